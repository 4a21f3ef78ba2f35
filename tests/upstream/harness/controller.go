package harness

import (
	"context"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	appslisters "k8s.io/client-go/listers/apps/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

// Wiring is what one Kubernetes version adds: the fields of its StatefulSetController that depend on the version's
// signatures, by field name ("control", and where they exist "podIndexer", "clock", "consistencyStore").
type Wiring func(*World) map[string]any

// syncSet is upstream's own (*StatefulSetController).sync, which nothing exported reaches without running workers.
//
//go:linkname syncSet k8s.io/kubernetes/pkg/controller/statefulset.(*StatefulSetController).sync
func syncSet(ssc *statefulset.StatefulSetController, ctx context.Context, key string) error

// newController gives upstream's controller over one world: it reads what was observed and writes to the record.
func newController(w *World, wiring Wiring) *statefulset.StatefulSetController {
	ssc := &statefulset.StatefulSetController{}
	fields := wiring(w)
	fields["kubeClient"] = w.Client()
	fields["podControl"] = patches{world: w}
	fields["podLister"] = corelisters.NewPodLister(w.Pods)
	fields["setLister"] = appslisters.NewStatefulSetLister(newStore([]any{w.Set}))
	fields["queue"] = queue{record: &w.Record}
	for name, value := range fields {
		field := reflect.ValueOf(ssc).Elem().FieldByName(name)
		if !field.IsValid() {
			panic(fmt.Sprintf("StatefulSetController has no field %s in this version", name))
		}
		reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
	}
	return ssc
}

// decide runs one sync and reports it; a panic on sync's own goroutine becomes an error of the second kind.
func decide(w *World, wiring Wiring) (err error, crash string) {
	defer func() {
		if cause := recover(); cause != nil {
			crash = fmt.Sprintf("panic: %v", cause)
		}
	}()
	return syncSet(newController(w, wiring), context.Background(), w.key()), ""
}

// queue takes the delayed enqueue of sync; it has no other use there.
type queue struct {
	workqueue.TypedRateLimitingInterface[string]
	record *Record
}

func (q queue) AddAfter(_ string, delay time.Duration) {
	seconds := delay.Seconds()
	q.record.requeueAfter = &seconds
}
