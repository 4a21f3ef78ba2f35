package main

import (
	"context"
	"errors"

	"github.com/coredns/coredns/plugin/kubernetes"
	"github.com/coredns/coredns/plugin/kubernetes/object"
	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// cluster is what the plugin's caches hold: the objects in the plugin's own form, by the keys under which it looks them
// up. What the plugin never asks without its multicluster and external options is empty.
type cluster struct {
	services   []*object.Service
	endpoints  []*object.Endpoints
	pods       []*object.Pod
	namespaces map[string]bool
}

// Converting empties its argument, so it gets a copy.
func clusterOf(w *world) (*cluster, error) {
	c := &cluster{namespaces: map[string]bool{}}
	for _, name := range w.Namespaces {
		c.namespaces[name] = true
	}
	for _, service := range w.Services {
		converted, err := object.ToService(service.DeepCopy())
		if err != nil {
			return nil, err
		}
		c.services = append(c.services, converted.(*object.Service))
	}
	for _, slice := range w.EndpointSlices {
		converted, err := object.EndpointSliceToEndpoints(slice.DeepCopy())
		if err != nil {
			return nil, err
		}
		c.endpoints = append(c.endpoints, converted.(*object.Endpoints))
	}
	for _, pod := range w.Pods {
		if isFiltered(pod.Status.Phase) {
			continue
		}
		copied := pod.DeepCopy()
		// The plugin leaves out the event that marks a Pod as terminating: what it knew of the Pod stays until it is gone.
		copied.DeletionTimestamp = nil
		converted, err := object.ToPod(copied)
		if err != nil {
			return nil, err
		}
		c.pods = append(c.pods, converted.(*object.Pod))
	}
	return c, nil
}

// The field selector of the plugin's list and watch of Pods.
func isFiltered(phase v1.PodPhase) bool {
	return phase == v1.PodSucceeded || phase == v1.PodFailed || phase == v1.PodUnknown
}

func (c *cluster) ServiceList() []*object.Service             { return c.services }
func (c *cluster) EndpointsList() []*object.Endpoints         { return c.endpoints }
func (c *cluster) ServiceImportList() []*object.ServiceImport { return nil }

func (c *cluster) SvcIndex(key string) []*object.Service {
	return having(c.services, func(s *object.Service) []string { return []string{s.Index} }, key)
}

func (c *cluster) SvcIndexReverse(ip string) []*object.Service {
	return having(c.services, func(s *object.Service) []string { return s.ClusterIPs }, ip)
}

func (c *cluster) SvcExtIndexReverse(string) []*object.Service      { return nil }
func (c *cluster) SvcImportIndex(string) []*object.ServiceImport    { return nil }
func (c *cluster) McEpIndex(string) []*object.MultiClusterEndpoints { return nil }

func (c *cluster) PodIndex(ip string) []*object.Pod {
	return having(c.pods, func(p *object.Pod) []string { return p.PodIPs }, ip)
}

func (c *cluster) EpIndex(key string) []*object.Endpoints {
	return having(c.endpoints, func(e *object.Endpoints) []string { return []string{e.Index} }, key)
}

func (c *cluster) EpIndexReverse(ip string) []*object.Endpoints {
	return having(c.endpoints, func(e *object.Endpoints) []string { return e.IndexIP }, ip)
}

func (c *cluster) GetNodeByName(context.Context, string) (*v1.Node, error) {
	return nil, errors.New("nodes are not looked at")
}

func (c *cluster) GetNamespaceByName(name string) (*object.Namespace, error) {
	if !c.namespaces[name] {
		return nil, errors.New("namespace not found")
	}
	return &object.Namespace{Name: name}, nil
}

func (c *cluster) Run()                                   {}
func (c *cluster) HasSynced() bool                        { return true }
func (c *cluster) Stop() error                            { return nil }
func (c *cluster) Modified(kubernetes.ModifiedMode) int64 { return 0 }

// having gives the items with a key, in their order. An index would give them in a random one.
func having[T meta.Object](items []T, keys func(T) []string, wanted string) []T {
	var found []T
	for _, item := range items {
		for _, key := range keys(item) {
			if key == wanted {
				found = append(found, item)
				break
			}
		}
	}
	return found
}
