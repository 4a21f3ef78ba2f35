package harness

import (
	"bytes"
	"encoding/json"
	"sync"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Action is one write that upstream asked for.
type Action struct {
	Type   string          `json:"type"`
	Name   string          `json:"name"`
	Pod    string          `json:"pod,omitempty"`
	UID    string          `json:"uid,omitempty"`
	Object json.RawMessage `json:"object,omitempty"`
	Patch  json.RawMessage `json:"patch,omitempty"`
	// Refused marks a call that was answered with an error.
	Refused bool `json:"refused,omitempty"`
}

// Record is what one sync did, in the order of its calls.
type Record struct {
	mutex         sync.Mutex
	actions       []Action
	status        *apps.StatefulSetStatus
	statusWritten bool
	requeueAfter  *float64
}

func (r *Record) add(action Action) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.actions = append(r.actions, action)
}

func (r *Record) clear() {
	r.actions, r.status, r.statusWritten, r.requeueAfter = nil, nil, false, nil
}

// Returned keeps the status that the control gives back, unless one was written.
func (r *Record) Returned(status *apps.StatefulSetStatus) {
	if !r.statusWritten {
		r.status = status
	}
}

func (r *Record) written(status *apps.StatefulSetStatus) {
	r.status, r.statusWritten = status.DeepCopy(), true
}

// body is an object without its status.
type body[Spec any] struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              Spec `json:"spec"`
}

func podJSON(pod *v1.Pod) json.RawMessage {
	return withoutNulls(body[v1.PodSpec]{metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, pod.ObjectMeta, pod.Spec})
}

func claimJSON(claim *v1.PersistentVolumeClaim) json.RawMessage {
	kind := metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}
	return withoutNulls(body[v1.PersistentVolumeClaimSpec]{kind, claim.ObjectMeta, claim.Spec})
}

func revisionJSON(revision *apps.ControllerRevision) json.RawMessage {
	copied := *revision
	copied.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ControllerRevision"}
	return withoutNulls(copied)
}

// withoutNulls writes an object without members that are null. A revision's data stays as it is: before 1.34 its
// bytes, and so its name, hold a null.
func withoutNulls(object any) json.RawMessage {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	if !bytes.Contains(text, []byte("null")) {
		return text
	}
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		panic(err)
	}
	data, hasData := members["data"]
	delete(members, "data")
	dropNulls(members)
	if hasData && data != nil {
		members["data"] = data
	}
	text, err = json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return text
}

func dropNulls(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, member := range value {
			if member == nil {
				delete(value, key)
			} else {
				dropNulls(member)
			}
		}
	case []any:
		for _, element := range value {
			dropNulls(element)
		}
	}
}

// typeOfPodPatch tells a release, which deletes an owner reference, from an adoption, which adds one.
func typeOfPodPatch(patch []byte) string {
	var content struct {
		Metadata struct {
			OwnerReferences []map[string]any `json:"ownerReferences"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(patch, &content); err != nil {
		panic(err)
	}
	for _, reference := range content.Metadata.OwnerReferences {
		if reference["$patch"] == "delete" {
			return "ReleasePod"
		}
	}
	return "AdoptPod"
}
