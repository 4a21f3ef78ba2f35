package main

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	discoveryclient "k8s.io/client-go/kubernetes/typed/discovery/v1"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/endpointslice"
	endpointsliceutil "k8s.io/endpointslice/util"
	"k8s.io/klog/v2"
)

// reconciled gives the EndpointSlices that the EndpointSlice controller writes for the world's Services where there were
// none. Which Services and Pods it looks at is decided in `syncService` of k8s.io/kubernetes/pkg/controller/endpointslice.
func (w *world) reconciled() ([]*discovery.EndpointSlice, error) {
	nodes := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	for _, name := range w.Nodes {
		if err := nodes.Add(&v1.Node{ObjectMeta: meta.ObjectMeta{Name: name}}); err != nil {
			return nil, err
		}
	}
	client := &client{}
	reconciler := endpointslice.NewReconciler(client, listers.NewNodeLister(nodes), 100,
		endpointsliceutil.NewEndpointSliceTracker(), nil, nil, "endpointslice-controller.k8s.io")
	for _, service := range w.Services {
		// Over the wire an empty selector is none.
		if service.Spec.Type == v1.ServiceTypeExternalName || len(service.Spec.Selector) == 0 {
			continue
		}
		selector := labels.Set(service.Spec.Selector).AsSelectorPreValidated()
		var pods []*v1.Pod
		for _, pod := range w.Pods {
			if pod.Namespace == service.Namespace && selector.Matches(labels.Set(pod.Labels)) {
				pods = append(pods, pod)
			}
		}
		// A Pod whose node is gone is an error, with everything else written all the same.
		_ = reconciler.Reconcile(klog.Background(), service, pods, nil, time.Time{})
	}
	if client.written == nil {
		client.written = []*discovery.EndpointSlice{}
	}
	return client.written, nil
}

// client takes what the reconciler creates; it starts without EndpointSlices, so it only ever creates.
type client struct {
	kubernetes.Interface
	written []*discovery.EndpointSlice
}

func (c *client) DiscoveryV1() discoveryclient.DiscoveryV1Interface { return discoveries{client: c} }

type discoveries struct {
	discoveryclient.DiscoveryV1Interface
	client *client
}

func (d discoveries) EndpointSlices(string) discoveryclient.EndpointSliceInterface {
	return endpointSlices{client: d.client}
}

type endpointSlices struct {
	discoveryclient.EndpointSliceInterface
	client *client
}

func (e endpointSlices) Create(_ context.Context, slice *discovery.EndpointSlice, _ meta.CreateOptions) (*discovery.EndpointSlice, error) {
	created := slice.DeepCopy()
	created.Name = fmt.Sprintf("%s%d", slice.GenerateName, len(e.client.written))
	e.client.written = append(e.client.written, created)
	return created, nil
}
