package harness

import (
	"encoding/json"
	"errors"
	"time"

	apps "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install" // registers the defaults, here and for upstream's own comparison
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/utils/ptr"
)

// canonicalInput is a line of --canonical; a line without `set` is the set itself.
type canonicalInput struct {
	Set          json.RawMessage `json:"set"`
	RevisionData json.RawMessage `json:"revisionData"`
	FeatureGates map[string]bool `json:"featureGates"`
}

type canonical struct {
	Stored    *apps.StatefulSet `json:"object"`              // defaulted, and through the API server's own types
	Normal    *apps.StatefulSet `json:"normal"`              // decoded and encoded, nothing else
	Revision  string            `json:"revision"`            // the name of the first revision of the stored set
	Data      json.RawMessage   `json:"data"`                // its bytes
	Restored  json.RawMessage   `json:"restored,omitempty"`  // the bytes of the given revision, restored and defaulted
	IsRevised *bool             `json:"isRevised,omitempty"` // whether upstream makes a new revision beside the given one

	RestoreError string `json:"restoreError,omitempty"` // why upstream cannot restore the given revision
}

// refused is a set that upstream's decoder does not read.
type refused struct {
	Error string `json:"error"`
}

// canonicalLine shows a StatefulSet as an API server would return it, and the revision that upstream makes of it.
func canonicalLine(line []byte, wiring Wiring, gates *gates) any {
	var in canonicalInput
	if err := json.Unmarshal(line, &in); err != nil {
		return crash{nil, err.Error()}
	}
	if in.Set == nil {
		in.Set = line
	}
	if err := gates.choose(in.FeatureGates); err != nil {
		return crash{nil, err.Error()}
	}
	set := &apps.StatefulSet{}
	if err := utiljson.Unmarshal(in.Set, set); err != nil {
		return refused{err.Error()}
	}
	answer, err := canonicalOf(set, in.RevisionData, wiring)
	if err != nil {
		return crash{nil, err.Error()}
	}
	return answer
}

func canonicalOf(set *apps.StatefulSet, data json.RawMessage, wiring Wiring) (answer canonical, err error) {
	answer.Normal = set.DeepCopy()
	legacyscheme.Scheme.Default(set)
	if answer.Stored, err = stored(set); err != nil {
		return answer, err
	}
	bare := bareSet(answer.Stored)
	if answer.Revision, answer.Data, err = firstRevision(bare, nil, wiring); err != nil || data == nil {
		return answer, err
	}
	revision := &apps.ControllerRevision{Data: runtime.RawExtension{Raw: data}}
	restored, err := statefulset.ApplyRevision(bare, revision)
	if err != nil {
		answer.RestoreError = err.Error()
		return answer, nil
	}
	legacyscheme.Scheme.Default(restored)
	if _, answer.Restored, err = firstRevision(restored, nil, wiring); err != nil {
		return answer, err
	}
	name, _, err := firstRevision(bare, revision, wiring)
	answer.IsRevised = ptr.To(name != "")
	return answer, err
}

// stored takes a defaulted set through the API server's own types, as every write and read does.
func stored(set *apps.StatefulSet) (*apps.StatefulSet, error) {
	internal := schema.GroupVersion{Group: apps.GroupName, Version: runtime.APIVersionInternal}
	within, err := legacyscheme.Scheme.ConvertToVersion(set, internal)
	if err != nil {
		return nil, err
	}
	back, err := legacyscheme.Scheme.ConvertToVersion(within, apps.SchemeGroupVersion)
	if err != nil {
		return nil, err
	}
	result, ok := back.(*apps.StatefulSet)
	if !ok {
		return nil, errors.New("no StatefulSet came back")
	}
	return result, nil
}

// bareSet keeps of a set what its revisions depend on: what else there is could keep a sync from writing one.
func bareSet(set *apps.StatefulSet) *apps.StatefulSet {
	bare := &apps.StatefulSet{ObjectMeta: metav1.ObjectMeta{
		Name: set.Name, Namespace: set.Namespace, UID: "00000000-0000-0000-0000-000000000000",
	}}
	bare.Spec = apps.StatefulSetSpec{
		Replicas: ptr.To[int32](0), RevisionHistoryLimit: ptr.To[int32](10),
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}},
		Template: *set.Spec.Template.DeepCopy(),
	}
	return bare
}

// firstRevision lets upstream decide in a world that holds nothing but the set and, perhaps, one revision of it. It
// returns name and data of the revision that upstream makes; none if it makes none.
func firstRevision(set *apps.StatefulSet, existing *apps.ControllerRevision, wiring Wiring) (string, json.RawMessage, error) {
	o := Observation{Now: time.Unix(0, 0).UTC().Format(time.RFC3339), StatefulSet: set.DeepCopy()}
	if existing != nil {
		revision := existing.DeepCopy()
		revision.Name, revision.Revision, revision.Labels = "existing", 1, set.Spec.Selector.MatchLabels
		kind := apps.SchemeGroupVersion.WithKind("StatefulSet")
		revision.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(set, kind)}
		o.Revisions = []*apps.ControllerRevision{revision}
	}
	w, err := newWorld(o)
	if err != nil {
		return "", nil, err
	}
	err, panicked := decide(w, wiring)
	if panicked != "" {
		return "", nil, errors.New(panicked)
	}
	for _, action := range w.Record.actions {
		if action.Type == "CreateControllerRevision" {
			var revision struct {
				Data json.RawMessage `json:"data"`
			}
			err := json.Unmarshal(action.Object, &revision)
			return action.Name, revision.Data, err
		}
	}
	if err == nil && existing == nil {
		err = errors.New("no revision was created")
	}
	return "", nil, err
}
