//! What the API server answers here was compared with what kube-apiserver 1.37.1 answers to the same requests.

use serde_json::{Value, json};
use steadfast_core::Timestamp;

use super::*;
use crate::view;

const START: &str = "2026-11-21T08:15:22Z";

fn wall(seconds: i64) -> Timestamp {
    Timestamp::parse(START).unwrap().plus_seconds(seconds)
}

fn pod(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"terminationGracePeriodSeconds": 30, "containers": [{"name": "nginx", "image": "nginx:1"}]}})
}

fn pod_on_node(name: &str) -> Value {
    let mut pod = pod(name);
    pod["spec"]["nodeName"] = json!("node-1");
    pod
}

fn set() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": {"replicas": 1}})
}

fn claim() -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data-web-0"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
}

fn key(resource: Resource, name: &str) -> Key {
    Key::new(resource, "default", name)
}

/// A store with these objects in it, created at the start.
fn store(objects: impl IntoIterator<Item = Value>) -> Store {
    let mut store = Store::new(1);
    for object in objects {
        store.apply(Write::Create(object), wall(0)).unwrap();
    }
    store.take_changes();
    store
}

fn stored(store: &Store, resource: Resource, name: &str) -> Value {
    store.get(&key(resource, name)).unwrap().whole().clone()
}

fn delete(name: &str, resource: Resource, options: DeleteOptions) -> Write {
    Write::Delete {
        key: key(resource, name),
        options,
    }
}

fn grace(seconds: i64) -> DeleteOptions {
    DeleteOptions {
        grace_seconds: Some(seconds),
        ..DeleteOptions::default()
    }
}

fn message(result: Result<Option<Object>, ApiError>) -> (u16, &'static str, String) {
    let error = result.unwrap_err();
    (error.status, error.reason, error.message)
}

/// deletionTimestamp, deletionGracePeriodSeconds, generation.
fn deletion(store: &Store, resource: Resource, name: &str) -> (String, i64, i64) {
    let object = stored(store, resource, name);
    let number = |field| view::number(&object, &["metadata", field]).unwrap_or(-1);
    let at = view::text_or_empty(&object, &["metadata", "deletionTimestamp"]).to_owned();
    (at, number("deletionGracePeriodSeconds"), number("generation"))
}

mod creation;
mod deletion;
mod update;

#[test]
fn what_is_taken_or_missing_is_told_in_the_servers_words() {
    let mut store = store([pod("web-0"), set()]);
    let taken = [
        (pod("web-0"), "pods \"web-0\" already exists"),
        (set(), "statefulsets.apps \"web\" already exists"),
    ];
    for (object, text) in taken {
        assert_eq!(
            message(store.apply(Write::Create(object), wall(1))),
            (409, "AlreadyExists", text.into())
        );
    }
    let missing = Write::Update(pod("web-9"));
    assert_eq!(
        message(store.apply(missing, wall(1))),
        (404, "NotFound", "pods \"web-9\" not found".into())
    );
    let unknown = Write::Create(json!({"kind": "Deployment", "metadata": {"name": "web"}}));
    assert_eq!(message(store.apply(unknown, wall(1))).0, 404);
    assert!(store.take_changes().is_empty(), "a refused write changes nothing");
}

#[test]
fn lists_are_of_one_kind_and_namespace_in_order_of_names() {
    let mut objects: Vec<Value> = ["web-2", "web-10", "web-0"]
        .iter()
        .map(|name| pod(name))
        .collect();
    let mut elsewhere = pod("web-1");
    elsewhere["metadata"]["namespace"] = json!("other");
    objects.extend([elsewhere, set(), claim()]);
    let store = store(objects);
    let names = |namespace| {
        store
            .list(Resource::Pod, namespace)
            .map(|(key, _)| &*key.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Some("default")), ["web-0", "web-10", "web-2"]);
    assert_eq!(names(None), ["web-0", "web-10", "web-2", "web-1"]);
    assert_eq!(store.list(Resource::Node, None).count(), 0);
}

#[test]
fn a_seed_gives_the_same_uids_and_a_snapshot_goes_its_own_way() {
    let uids = |seed| {
        let mut store = Store::new(seed);
        let mut create = |n: u32| {
            store
                .apply(Write::Create(pod(&format!("web-{n}"))), wall(0))
                .unwrap()
                .unwrap()
        };
        (0..100)
            .map(|n| view::uid(&create(n)).to_owned())
            .collect::<std::collections::BTreeSet<String>>()
    };
    assert_eq!(uids(5), uids(5));
    assert_eq!(uids(5).len(), 100);
    assert!(uids(5).is_disjoint(&uids(6)));
    assert!(
        uids(5)
            .iter()
            .all(|uid| uid.as_bytes()[14] == b'4' && b"89ab".contains(&uid.as_bytes()[19]))
    );
    let mut store = store([pod("web-0")]);
    let fork = store.snapshot();
    store
        .apply(delete("web-0", Resource::Pod, DeleteOptions::default()), wall(1))
        .unwrap();
    assert!(
        store.get(&key(Resource::Pod, "web-0")).is_none() && fork.get(&key(Resource::Pod, "web-0")).is_some()
    );
}

#[test]
fn any_json_at_all_is_answered_and_never_a_panic() {
    let odd = [
        json!(null),
        json!([]),
        json!("x"),
        json!(1),
        json!({}),
        json!({"a": []}),
    ];
    let mut store = store([pod("web-0"), set(), claim()]);
    for value in &odd {
        for kind in [
            "Pod",
            "StatefulSet",
            "PersistentVolumeClaim",
            "ControllerRevision",
        ] {
            for field in ["metadata", "spec", "status", "data"] {
                let mut object = json!({"kind": kind, "metadata": {"name": "web-0"}});
                object[field] = value.clone();
                let _ = store.apply(Write::Create(object.clone()), wall(0));
                let _ = store.apply(Write::Update(object.clone()), wall(0));
                let _ = store.apply(Write::UpdateStatus(object.clone()), wall(0));
                let _ = store.insert(object, wall(0));
            }
        }
        for field in [
            "ownerReferences",
            "labels",
            "finalizers",
            "uid",
            "resourceVersion",
            "deletionTimestamp",
        ] {
            let mut object = pod("web-3");
            object["metadata"][field] = value.clone();
            let _ = store.insert(object.clone(), wall(0));
            let _ = store.apply(Write::Update(object), wall(0));
            let patch = json!({"metadata": {field: value}});
            let _ = store.apply(
                Write::PatchMetadata {
                    key: key(Resource::Pod, "web-3"),
                    patch,
                },
                wall(0),
            );
            let _ = store.apply(
                Write::Bind {
                    pod: key(Resource::Pod, "web-3"),
                    node: String::new(),
                },
                wall(0),
            );
            let _ = store.apply(delete("web-3", Resource::Pod, grace(i64::MIN)), wall(0));
            let _ = store.apply(delete("web-3", Resource::Pod, grace(i64::MAX)), wall(0));
            let none = Write::Finalizers {
                key: key(Resource::Pod, "web-3"),
                finalizers: vec![],
            };
            let _ = store.apply(none, wall(0));
        }
        let _ = store.apply(Write::Create(value.clone()), wall(0));
        let _ = store.insert(value.clone(), wall(0));
    }
    assert!(store.get(&key(Resource::StatefulSet, "web")).is_some());
}

/// The index's simple twin: looks at every object.
fn dependents(store: &Store, uid: &str) -> Vec<Key> {
    let all = Resource::ALL
        .into_iter()
        .flat_map(|resource| store.list(resource, None));
    let is_dependent = |object: &Object| {
        let owners = view::items(object, &["metadata", "ownerReferences"]);
        owners
            .iter()
            .any(|owner| view::text(owner, &["uid"]) == Some(uid))
    };
    all.filter(|(_, object)| is_dependent(object))
        .map(|(key, _)| key.clone())
        .collect()
}

#[test]
fn dependents_and_uids_are_found_as_if_every_object_were_looked_at() {
    let mut random = crate::random::Random::new(7);
    let mut store = Store::new(1);
    for round in 0..3000 {
        let name = format!("web-{}", random.below(6));
        let owners: Vec<Value> = (0..random.below(3))
            .map(|_| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": random.below(4).to_string()}))
            .collect();
        let mut object = pod(&name);
        object["metadata"]["ownerReferences"] = json!(owners);
        let key = key(Resource::Pod, &name);
        let patch = json!({"metadata": {"ownerReferences": [{"$patch": "delete", "uid": random.below(4).to_string()}]}});
        let _ = match random.below(5) {
            0 | 1 => store.apply(Write::Create(object), wall(0)),
            2 => store.apply(Write::Update(object), wall(0)),
            3 => store.apply(Write::PatchMetadata { key, patch }, wall(0)),
            _ => store.apply(
                Write::Delete {
                    key,
                    options: DeleteOptions::default(),
                },
                wall(0),
            ),
        };
        for uid in ["0", "1", "2", "3"] {
            let found: Vec<Key> = store.dependents(uid).cloned().collect();
            assert_eq!(found, dependents(&store, uid), "round {round}, uid {uid}");
        }
        for (key, object) in store.list(Resource::Pod, None) {
            assert_eq!(store.key_of_uid(view::uid(object)), Some(key), "round {round}");
        }
    }
}
