package harness

import (
	"context"

	apps "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	appsclient "k8s.io/client-go/kubernetes/typed/apps/v1"
	"k8s.io/kubernetes/pkg/controller"
)

// Client answers the calls that upstream's sync and history make: reads from the observation, writes to the record.
func (w *World) Client() kubernetes.Interface { return client{world: w} }

type client struct {
	kubernetes.Interface // nil: any other call is a bug here, and panics
	world                *World
}

func (c client) AppsV1() appsclient.AppsV1Interface { return appsV1{world: c.world} }

type appsV1 struct {
	appsclient.AppsV1Interface
	world *World
}

func (a appsV1) StatefulSets(string) appsclient.StatefulSetInterface {
	return statefulSets{world: a.world}
}

func (a appsV1) ControllerRevisions(string) appsclient.ControllerRevisionInterface {
	return controllerRevisions{world: a.world}
}

type statefulSets struct {
	appsclient.StatefulSetInterface
	world *World
}

// Get is the uncached read before an adoption: here the set is as observed.
func (s statefulSets) Get(context.Context, string, metav1.GetOptions) (*apps.StatefulSet, error) {
	return s.world.Set, nil
}

type controllerRevisions struct {
	appsclient.ControllerRevisionInterface
	world *World
}

func (c controllerRevisions) Get(_ context.Context, name string, _ metav1.GetOptions) (*apps.ControllerRevision, error) {
	item, found, _ := c.world.Revisions.GetByKey(c.world.Set.Namespace + "/" + name)
	if !found {
		return nil, apierrors.NewNotFound(apps.Resource("controllerrevisions"), name)
	}
	return item.(*apps.ControllerRevision).DeepCopy(), nil
}

func (c controllerRevisions) Create(ctx context.Context, revision *apps.ControllerRevision, _ metav1.CreateOptions) (*apps.ControllerRevision, error) {
	if _, err := c.Get(ctx, revision.Name, metav1.GetOptions{}); err == nil {
		return nil, apierrors.NewAlreadyExists(apps.Resource("controllerrevisions"), revision.Name)
	}
	err := c.world.send(Action{Type: "CreateControllerRevision", Name: revision.Name, Object: revisionJSON(revision)})
	return revision.DeepCopy(), err
}

func (c controllerRevisions) Update(_ context.Context, revision *apps.ControllerRevision, _ metav1.UpdateOptions) (*apps.ControllerRevision, error) {
	err := c.world.send(Action{Type: "UpdateControllerRevision", Name: revision.Name, Object: revisionJSON(revision)})
	return revision.DeepCopy(), err
}

func (c controllerRevisions) Delete(_ context.Context, name string, _ metav1.DeleteOptions) error {
	return c.world.send(Action{Type: "DeleteControllerRevision", Name: name})
}

// Patch is sent only to adopt; the caller does not look at the patched object.
func (c controllerRevisions) Patch(ctx context.Context, name string, _ types.PatchType, patch []byte, _ metav1.PatchOptions, _ ...string) (*apps.ControllerRevision, error) {
	if err := c.world.send(Action{Type: "AdoptControllerRevision", Name: name, Patch: patch}); err != nil {
		return nil, err
	}
	return c.Get(ctx, name, metav1.GetOptions{})
}

// patches takes the adopt and release patches of Pods.
type patches struct {
	controller.PodControlInterface
	world *World
}

func (p patches) PatchPod(_ context.Context, _, name string, patch []byte) error {
	return p.world.send(Action{Type: typeOfPodPatch(patch), Name: name, Pod: name, Patch: patch})
}
