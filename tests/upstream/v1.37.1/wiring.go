package main

import (
	"context"
	"time"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/registry/rest"
	appslisters "k8s.io/client-go/listers/apps/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/history"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/util/consistency"
	clocktesting "k8s.io/utils/clock/testing"
	"upstream/harness"
)

// Since 1.37 the rules that are generated from the types' comments count, too.
func init() {
	harness.ValidateCreate, harness.ValidateUpdate = rest.ValidateCreate, rest.ValidateUpdate
}

// wiring gives the fields of this version's StatefulSetController. A fresh control for each world: it remembers
// which revisions were equal.
func wiring(w *harness.World) map[string]any {
	if err := controller.AddPodControllerIndexer(w.Pods.Informer()); err != nil {
		panic(err)
	}
	if err := history.AddControllerRevisionControllerIndexer(w.Revisions.Informer()); err != nil {
		panic(err)
	}
	return map[string]any{
		"control": control{world: w, StatefulSetControlInterface: statefulset.NewDefaultStatefulSetControl(
			statefulset.NewStatefulPodControlFromManager(objects{w}, &record.FakeRecorder{}),
			w,
			history.NewHistory(w.Client(), appslisters.NewControllerRevisionLister(w.Revisions), w.Revisions),
		)},
		"podIndexer":       w.Pods,
		"clock":            clocktesting.NewFakePassiveClock(w.Now),
		"consistencyStore": consistency.NewNoopConsistencyStore(),
	}
}

// control notes the status that upstream's control returns.
type control struct {
	statefulset.StatefulSetControlInterface
	world *harness.World
}

func (c control) UpdateStatefulSet(ctx context.Context, set *apps.StatefulSet, pods []*v1.Pod, now time.Time) (*apps.StatefulSetStatus, error) {
	status, err := c.StatefulSetControlInterface.UpdateStatefulSet(ctx, set, pods, now)
	c.world.Record.Returned(status)
	return status, err
}

// objects has this version's signatures; the rest is the world's.
type objects struct{ *harness.World }

func (o objects) CreatePod(_ context.Context, pod *v1.Pod, _ *apps.StatefulSet) error {
	return o.World.CreatePod(pod)
}

func (o objects) UpdatePod(pod *v1.Pod, _ *apps.StatefulSet) error { return o.World.UpdatePod(pod) }

func (o objects) CreateClaim(claim *v1.PersistentVolumeClaim, _ *apps.StatefulSet) error {
	return o.World.CreateClaim(claim)
}

func (o objects) UpdateClaim(claim *v1.PersistentVolumeClaim, _ *apps.StatefulSet) error {
	return o.World.UpdateClaim(claim)
}
