package harness

import (
	"slices"
	"strings"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/cache"
)

// Store is a read-only cache of one kind and one namespace. Upstream's own walks a Go map; this one answers in name
// order, so that a world gives the same answer each time.
type Store struct {
	cache.Indexer // nil: a method that is not below is never called
	items         []any
	byKey         map[string]any
	indexers      cache.Indexers
	indexed       map[string]map[string][]any
}

func newStore(items []any) *Store {
	s := &Store{byKey: map[string]any{}, indexers: cache.Indexers{}, indexed: map[string]map[string][]any{}}
	for _, item := range items {
		key, err := cache.MetaNamespaceKeyFunc(item)
		if err != nil {
			panic(err)
		}
		s.byKey[key] = item
	}
	for _, item := range s.byKey {
		s.items = append(s.items, item)
	}
	slices.SortFunc(s.items, func(a, b any) int { return strings.Compare(nameOf(a), nameOf(b)) })
	return s
}

func nameOf(item any) string {
	object, err := apimeta.Accessor(item)
	if err != nil {
		panic(err)
	}
	return object.GetName()
}

func (s *Store) GetByKey(key string) (any, bool, error) {
	item, found := s.byKey[key]
	return item, found, nil
}

func (s *Store) List() []any { return s.items }

// Index serves listers, which ask for the objects of a namespace: all of them.
func (s *Store) Index(string, any) ([]any, error) { return s.items, nil }

func (s *Store) ByIndex(index, key string) ([]any, error) { return s.indexed[index][key], nil }

func (s *Store) GetIndexers() cache.Indexers { return s.indexers }

// Informer lets upstream's functions add their own indexes.
func (s *Store) Informer() cache.SharedIndexInformer { return informer{store: s} }

type informer struct {
	cache.SharedIndexInformer
	store *Store
}

func (i informer) GetIndexer() cache.Indexer { return i.store }

func (i informer) AddIndexers(added cache.Indexers) error {
	for index, keysOf := range added {
		i.store.indexers[index] = keysOf
		i.store.indexed[index] = map[string][]any{}
		for _, item := range i.store.items {
			keys, err := keysOf(item)
			if err != nil {
				return err
			}
			for _, key := range keys {
				i.store.indexed[index][key] = append(i.store.indexed[index][key], item)
			}
		}
	}
	return nil
}
