package harness

import (
	"encoding/json"
	"time"

	apps "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install" // registers the defaults, here and for upstream's own comparison
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/utils/ptr"
)

type canonical struct {
	Object   *apps.StatefulSet `json:"object"`
	Revision string            `json:"revision"`
	Data     json.RawMessage   `json:"data"`
}

// canonicalLine defaults a StatefulSet and lets upstream create its first revision in an empty world.
func canonicalLine(line []byte, wiring Wiring) any {
	set := &apps.StatefulSet{}
	if err := utiljson.Unmarshal(line, set); err != nil {
		return crash{nil, err.Error()}
	}
	legacyscheme.Scheme.Default(set)

	// What a revision does not depend on is set so that the sync gets as far as writing one, and no further than needed.
	blank := set.DeepCopy()
	blank.UID, blank.DeletionTimestamp = "00000000-0000-0000-0000-000000000000", nil
	blank.Spec.Replicas, blank.Spec.Selector = ptr.To[int32](0), &metav1.LabelSelector{}
	w, err := newWorld(Observation{Now: time.Unix(0, 0).UTC().Format(time.RFC3339), StatefulSet: blank})
	if err != nil {
		return crash{nil, err.Error()}
	}
	err, panicked := decide(w, wiring)
	if panicked != "" {
		return crash{nil, panicked}
	}
	for _, action := range w.Record.actions {
		if action.Type != "CreateControllerRevision" {
			continue
		}
		var revision struct {
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(action.Object, &revision); err != nil {
			return crash{nil, err.Error()}
		}
		return canonical{set, action.Name, revision.Data}
	}
	if err != nil {
		return crash{nil, err.Error()}
	}
	return crash{nil, "no revision was created"}
}
