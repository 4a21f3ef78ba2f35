package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
)

// The gates that a StatefulSet's controller, validation or defaults look at in some release.
var ofStatefulSets = []featuregate.Feature{
	"MaxUnavailableStatefulSet", "PodIndexLabel", "RelaxedServiceNameValidation", "StaleControllerConsistencyStatefulSet",
	"StatefulSetAutoDeletePVC", "StatefulSetRecreateStrategy", "StatefulSetSemanticRevisionComparison", "StatefulSetStartOrdinal",
}

type gateState struct {
	Default bool `json:"default"`
	Locked  bool `json:"locked"`
}

// concerning gives those gates that this release has.
func concerning() map[featuregate.Feature]gateState {
	known, found := utilfeature.DefaultMutableFeatureGate.GetAll(), map[featuregate.Feature]gateState{}
	for _, name := range ofStatefulSets {
		if spec, is := known[name]; is {
			found[name] = gateState{spec.Default, spec.LockToDefault}
		}
	}
	return found
}

// chosenGates is a flag: NAME=true or NAME=false, separated by commas.
type chosenGates map[string]bool

func (c chosenGates) String() string { return choiceOf(c) }

func (c chosenGates) Set(text string) error {
	for _, choice := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(choice, "=")
		switch value {
		case "true", "false":
			c[name] = value == "true"
		default:
			return fmt.Errorf("`%s` is not NAME=true or NAME=false", choice)
		}
	}
	return nil
}

// gates sets the process's feature gates for one world after another.
type gates struct {
	defaults featuregate.MutableVersionedFeatureGate
	known    map[featuregate.Feature]featuregate.FeatureSpec
	base     map[string]bool
	// The gates of each choice so far: setting them is slow.
	chosen map[string]featuregate.MutableVersionedFeatureGate
}

// newGates fails where base is not a choice.
func newGates(base map[string]bool) (*gates, error) {
	defaults := utilfeature.DefaultMutableFeatureGate.DeepCopy()
	g := &gates{defaults: defaults, known: defaults.GetAll(), base: base, chosen: map[string]featuregate.MutableVersionedFeatureGate{}}
	return g, g.choose(nil)
}

// choose gives every gate that is not in wanted its value of the base again, or its default. Upstream looks at these
// variables each time.
func (g *gates) choose(wanted map[string]bool) error {
	if len(g.base) > 0 {
		all := maps.Clone(g.base)
		maps.Copy(all, wanted)
		wanted = all
	}
	choice := choiceOf(wanted)
	gate, found := g.chosen[choice]
	if !found {
		var err error
		if gate, err = g.with(wanted); err != nil {
			return err
		}
		if len(g.chosen) > 1000 {
			clear(g.chosen)
		}
		g.chosen[choice] = gate
	}
	utilfeature.DefaultMutableFeatureGate, utilfeature.DefaultFeatureGate = gate, gate
	return nil
}

func choiceOf(wanted map[string]bool) string {
	if len(wanted) == 0 {
		return ""
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		fmt.Fprintf(&text, "%s=%t,", name, wanted[name])
	}
	return text.String()
}

func (g *gates) with(wanted map[string]bool) (featuregate.MutableVersionedFeatureGate, error) {
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		spec, found := g.known[featuregate.Feature(name)]
		if !found {
			return nil, fmt.Errorf("featureGates: unknown gate `%s`", name)
		}
		if spec.LockToDefault && spec.Default != wanted[name] {
			return nil, fmt.Errorf("featureGates: `%s` is locked to %t", name, spec.Default)
		}
	}
	gate := g.defaults.DeepCopy()
	if err := gate.SetFromMap(wanted); err != nil {
		return nil, fmt.Errorf("featureGates: %w", err)
	}
	return gate, nil
}
