package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// Observation is the input: what an API server returned at one moment.
type Observation struct {
	Now         string                      `json:"now"`
	StatefulSet *apps.StatefulSet           `json:"statefulSet"`
	Pods        []*v1.Pod                   `json:"pods"`
	Claims      []*v1.PersistentVolumeClaim `json:"persistentVolumeClaims"`
	Revisions   []*apps.ControllerRevision  `json:"controllerRevisions"`
}

// World is one observation as upstream's caches, and the record of one sync over it. No read sees a write.
type World struct {
	Now                     time.Time
	Set                     *apps.StatefulSet
	Pods, Claims, Revisions *Store
	Record                  Record
	faults                  faults
}

func newWorld(o Observation) (*World, error) {
	if o.Now == "" {
		return nil, errors.New("now: required")
	}
	now, err := time.Parse(time.RFC3339, o.Now)
	if err != nil {
		return nil, fmt.Errorf("now: %w", err)
	}
	if o.StatefulSet == nil {
		return nil, errors.New("statefulSet: required")
	}
	defaultNamespace(o.StatefulSet)
	for _, revision := range o.Revisions {
		if err := canonicalData(revision); err != nil {
			return nil, err
		}
	}
	w := &World{Now: now, Set: o.StatefulSet}
	w.Pods = newStore(inNamespace(o.StatefulSet.Namespace, o.Pods))
	w.Claims = newStore(inNamespace(o.StatefulSet.Namespace, o.Claims))
	w.Revisions = newStore(inNamespace(o.StatefulSet.Namespace, o.Revisions))
	return w, nil
}

func (w *World) key() string { return w.Set.Namespace + "/" + w.Set.Name }

func inNamespace[T metav1.Object](namespace string, objects []T) []any {
	var inside []any
	for _, object := range objects {
		defaultNamespace(object)
		if object.GetNamespace() == namespace {
			inside = append(inside, object)
		}
	}
	return inside
}

func defaultNamespace(object metav1.Object) {
	if object.GetNamespace() == "" {
		object.SetNamespace(metav1.NamespaceDefault)
	}
}

// canonicalData gives a revision's data the bytes that a controller wrote, whatever formatting the input had:
// upstream compares bytes.
func canonicalData(revision *apps.ControllerRevision) error {
	if revision.Data.Raw == nil || isTidy(revision.Data.Raw) {
		return nil
	}
	var value any
	if err := json.Unmarshal(revision.Data.Raw, &value); err != nil {
		return fmt.Errorf("controllerRevisions: data of `%s`: %w", revision.Name, err)
	}
	text, err := json.Marshal(value)
	revision.Data.Raw = text
	return err
}

// CreatePod answers AlreadyExists if a Pod of that name was observed.
func (w *World) CreatePod(pod *v1.Pod) error {
	_, taken, _ := w.Pods.GetByKey(pod.Namespace + "/" + pod.Name)
	action := Action{Type: "CreatePod", Name: pod.Name, Pod: pod.Name, Object: podJSON(pod), Refused: taken}
	if taken {
		w.Record.add(action)
		return apierrors.NewAlreadyExists(v1.Resource("pods"), pod.Name)
	}
	return w.send(action)
}

func (w *World) GetPod(namespace, name string) (*v1.Pod, error) {
	return corelisters.NewPodLister(w.Pods).Pods(namespace).Get(name)
}

func (w *World) UpdatePod(pod *v1.Pod) error {
	return w.send(Action{Type: "UpdatePod", Name: pod.Name, Pod: pod.Name, Object: podJSON(pod)})
}

func (w *World) DeletePod(pod *v1.Pod) error {
	return w.send(Action{Type: "DeletePod", Name: pod.Name, Pod: pod.Name, UID: string(pod.UID)})
}

func (w *World) CreateClaim(claim *v1.PersistentVolumeClaim) error {
	return w.send(Action{Type: "CreatePersistentVolumeClaim", Name: claim.Name, Pod: w.podOf(claim), Object: claimJSON(claim)})
}

func (w *World) GetClaim(namespace, name string) (*v1.PersistentVolumeClaim, error) {
	return corelisters.NewPersistentVolumeClaimLister(w.Claims).PersistentVolumeClaims(namespace).Get(name)
}

func (w *World) UpdateClaim(claim *v1.PersistentVolumeClaim) error {
	return w.send(Action{Type: "UpdatePersistentVolumeClaim", Name: claim.Name, Pod: w.podOf(claim), Object: claimJSON(claim)})
}

// UpdateStatefulSetStatus is upstream's status updater.
func (w *World) UpdateStatefulSetStatus(_ context.Context, _ *apps.StatefulSet, status *apps.StatefulSetStatus) error {
	return w.sendStatus(status)
}

// podOf names the Pod of a claim: upstream calls a claim TEMPLATE-SET-ORDINAL, so the last number decides.
func (w *World) podOf(claim *v1.PersistentVolumeClaim) string {
	return w.Set.Name + claim.Name[strings.LastIndexByte(claim.Name, '-'):]
}
