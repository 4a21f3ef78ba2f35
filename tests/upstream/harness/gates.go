package harness

import (
	"errors"
	"fmt"
	"maps"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
)

// gates sets the process's feature gates for one world after another.
type gates struct {
	known  map[featuregate.Feature]featuregate.FeatureSpec
	chosen map[string]bool
}

func newGates() *gates {
	return &gates{known: utilfeature.DefaultMutableFeatureGate.GetAll(), chosen: map[string]bool{}}
}

// choose gives every gate that is not in wanted its default again. Gates are checked first, and put back after a
// refusal, because upstream keeps a refused value.
func (g *gates) choose(wanted map[string]bool) error {
	if maps.Equal(g.chosen, wanted) {
		return nil
	}
	changed, defaults := map[string]bool{}, map[string]bool{}
	for name := range g.chosen {
		changed[name] = g.known[featuregate.Feature(name)].Default
	}
	for name, value := range wanted {
		spec, found := g.known[featuregate.Feature(name)]
		if !found {
			return fmt.Errorf("featureGates: unknown gate `%s`", name)
		}
		if spec.LockToDefault && spec.Default != value {
			return fmt.Errorf("featureGates: `%s` is locked to %t", name, spec.Default)
		}
		changed[name] = value
	}
	for name := range changed {
		defaults[name] = g.known[featuregate.Feature(name)].Default
	}
	if err := utilfeature.DefaultMutableFeatureGate.SetFromMap(changed); err != nil {
		g.chosen = map[string]bool{}
		return errors.Join(fmt.Errorf("featureGates: %w", err), utilfeature.DefaultMutableFeatureGate.SetFromMap(defaults))
	}
	g.chosen = maps.Clone(wanted)
	return nil
}
