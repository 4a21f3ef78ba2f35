use super::*;
use crate::clock::Millis;
use crate::random::Random;
use crate::settings::Settings;
use steadfast_core::Timestamp;

const NOW: Timestamp = Timestamp::new(1_800_000_000, 0);

fn key(resource: Resource, name: &str) -> Key {
    Key::new(resource, "default", name)
}

fn object(resource: Resource, name: &str, owners: Value) -> Value {
    json!({"apiVersion": resource.api_version(), "kind": resource.kind(),
        "metadata": {"name": name, "namespace": "default", "uid": format!("uid-of-{name}"), "ownerReferences": owners},
        "spec": {"nodeName": "node-1", "terminationGracePeriodSeconds": 30}})
}

fn owned_by(resource: Resource, name: &str, blocking: bool) -> Value {
    json!([{"apiVersion": resource.api_version(), "kind": resource.kind(), "name": name,
        "uid": format!("uid-of-{name}"), "controller": true, "blockOwnerDeletion": blocking}])
}

/// `web` with two Pods, a revision, and a claim of `web-0`.
fn cluster() -> Store {
    let mut store = Store::new(1);
    let web = owned_by(Resource::StatefulSet, "web", true);
    for object in [
        object(Resource::StatefulSet, "web", json!([])),
        object(Resource::Pod, "web-0", web.clone()),
        object(Resource::Pod, "web-1", web.clone()),
        object(Resource::ControllerRevision, "web-rev", web),
        object(
            Resource::PersistentVolumeClaim,
            "data-web-0",
            owned_by(Resource::Pod, "web-0", false),
        ),
    ] {
        store.insert(object, NOW).unwrap();
    }
    store
}

/// Lets the collector work until nothing changes; gives what it wrote.
fn settle(store: &mut Store) -> Vec<Write> {
    let settings = Settings::default();
    let mut random = Random::new(0);
    let mut log = Vec::new();
    loop {
        let changes = store.take_changes();
        if changes.is_empty() {
            return log;
        }
        for change in changes {
            let now = store.snapshot();
            let mut world = World {
                store: &now,
                now: Millis(0),
                wall: NOW,
                settings: &settings,
                random: &mut random,
            };
            for write in GarbageCollector.changed(&change, &mut world).writes {
                log.push(write.clone());
                let _ = store.apply(write, NOW);
            }
            assert!(log.len() < 100, "it does not come to an end: {log:?}");
        }
    }
}

fn delete(
    store: &mut Store,
    resource: Resource,
    name: &str,
    propagation: Option<Propagation>,
    grace: Option<i64>,
) {
    let options = DeleteOptions {
        propagation,
        grace_seconds: grace,
        uid: None,
    };
    store
        .apply(
            Write::Delete {
                key: key(resource, name),
                options,
            },
            NOW,
        )
        .unwrap();
}

fn left(store: &Store) -> Vec<String> {
    let all = Resource::ALL
        .into_iter()
        .flat_map(|resource| store.list(resource, None));
    all.map(|(key, object)| {
        let mark = if view::is_terminating(object) {
            " terminating"
        } else {
            ""
        };
        format!("{}{mark}", key.name)
    })
    .collect()
}

/// The kubelet's part.
fn stop_pods(store: &mut Store) {
    let pods: Vec<Key> = store
        .list(Resource::Pod, None)
        .map(|(key, _)| key.clone())
        .collect();
    for pod in pods {
        delete(store, Resource::Pod, &pod.name, None, Some(0));
    }
}

#[test]
fn nothing_is_collected_while_every_owner_is_there() {
    let mut store = cluster();
    assert_eq!(settle(&mut store), []);
}

#[test]
fn in_the_background_dependents_go_after_their_owner_and_theirs_after_them() {
    let mut store = cluster();
    settle(&mut store);
    delete(&mut store, Resource::StatefulSet, "web", None, None);
    settle(&mut store);
    assert_eq!(
        left(&store),
        ["web-0 terminating", "web-1 terminating", "data-web-0"]
    );
    stop_pods(&mut store);
    settle(&mut store);
    assert_eq!(left(&store), Vec::<String>::new(), "the claim was its Pod's");
}

#[test]
fn in_the_foreground_the_owner_waits_for_the_dependents_that_block_it() {
    let mut store = cluster();
    settle(&mut store);
    delete(
        &mut store,
        Resource::StatefulSet,
        "web",
        Some(Propagation::Foreground),
        None,
    );
    settle(&mut store);
    // The claim's owner goes in the foreground too, so that the claim goes before it.
    assert_eq!(
        left(&store),
        ["web terminating", "web-0 terminating", "web-1 terminating"]
    );
    delete(&mut store, Resource::Pod, "web-1", None, Some(0));
    settle(&mut store);
    assert_eq!(left(&store), ["web terminating", "web-0 terminating"]);
    stop_pods(&mut store);
    settle(&mut store);
    assert_eq!(left(&store), Vec::<String>::new());
}

#[test]
fn a_dependent_with_dependents_goes_in_the_foreground_too() {
    let mut store = cluster();
    settle(&mut store);
    delete(
        &mut store,
        Resource::StatefulSet,
        "web",
        Some(Propagation::Foreground),
        None,
    );
    let log = settle(&mut store);
    let of = |name: &str| {
        log.iter().find_map(|write| match write {
            Write::Delete { key, options } if &*key.name == name => options.propagation,
            _ => None,
        })
    };
    assert_eq!(of("web-0"), Some(Propagation::Foreground), "it has a claim");
    assert_eq!(of("web-1"), Some(Propagation::Background));
}

#[test]
fn dependents_that_do_not_block_do_not_hold_the_owner_and_still_go() {
    let mut store = Store::new(1);
    store
        .insert(object(Resource::StatefulSet, "web", json!([])), NOW)
        .unwrap();
    store
        .insert(
            object(
                Resource::Pod,
                "web-0",
                owned_by(Resource::StatefulSet, "web", false),
            ),
            NOW,
        )
        .unwrap();
    settle(&mut store);
    delete(
        &mut store,
        Resource::StatefulSet,
        "web",
        Some(Propagation::Foreground),
        None,
    );
    settle(&mut store);
    assert_eq!(left(&store), ["web-0 terminating"]);
}

#[test]
fn orphans_stay_without_the_owner() {
    let mut store = cluster();
    settle(&mut store);
    delete(
        &mut store,
        Resource::StatefulSet,
        "web",
        Some(Propagation::Orphan),
        None,
    );
    settle(&mut store);
    assert_eq!(left(&store), ["web-0", "web-1", "data-web-0", "web-rev"]);
    let pod = store.get(&key(Resource::Pod, "web-0")).unwrap();
    assert_eq!(pod["metadata"].get("ownerReferences"), None);
    assert_eq!(store.dependents("uid-of-web").count(), 0);
}

#[test]
fn an_owner_of_that_name_with_another_uid_is_not_the_owner() {
    let mut store = Store::new(1);
    let mut pod = object(Resource::Pod, "web-0", json!([]));
    pod["metadata"]["uid"] = json!("the-second");
    store.insert(pod, NOW).unwrap();
    let claim = object(
        Resource::PersistentVolumeClaim,
        "data-web-0",
        owned_by(Resource::Pod, "web-0", false),
    );
    store.insert(claim, NOW).unwrap();
    settle(&mut store);
    assert_eq!(left(&store), ["web-0"], "the claim was the first Pod's");
}

#[test]
fn one_owner_that_is_there_is_enough_and_the_others_are_taken_out() {
    let mut store = cluster();
    let mut owners = owned_by(Resource::Pod, "web-1", false);
    owners.as_array_mut().unwrap().extend(
        owned_by(Resource::StatefulSet, "web", false)
            .as_array()
            .unwrap()
            .clone(),
    );
    owners[0]["controller"] = json!(false);
    let claim = object(Resource::PersistentVolumeClaim, "data-web-1", owners);
    store.insert(claim, NOW).unwrap();
    settle(&mut store);
    delete(&mut store, Resource::Pod, "web-1", None, Some(0));
    settle(&mut store);
    let claim = store
        .get(&key(Resource::PersistentVolumeClaim, "data-web-1"))
        .unwrap();
    assert!(!view::is_terminating(claim));
    assert_eq!(
        claim["metadata"]["ownerReferences"],
        owned_by(Resource::StatefulSet, "web", false)
    );
}

#[test]
fn owners_of_kinds_that_are_not_simulated_count_as_being_there() {
    let mut store = Store::new(1);
    let operator = json!([{"apiVersion": "example.com/v1", "kind": "Database", "name": "db", "uid": "u"}]);
    let kruise =
        json!([{"apiVersion": "apps.kruise.io/v1beta1", "kind": "StatefulSet", "name": "db", "uid": "u"}]);
    store
        .insert(object(Resource::StatefulSet, "web", operator), NOW)
        .unwrap();
    store.insert(object(Resource::Pod, "db-0", kruise), NOW).unwrap();
    assert_eq!(settle(&mut store), []);
}

#[test]
fn owners_that_wait_for_each_other_do_not_wait_for_ever() {
    let mut store = Store::new(1);
    let a = object(Resource::ConfigMap, "a", owned_by(Resource::ConfigMap, "b", true));
    let b = object(Resource::ConfigMap, "b", owned_by(Resource::ConfigMap, "a", true));
    store.insert(a, NOW).unwrap();
    store.insert(b, NOW).unwrap();
    settle(&mut store);
    delete(
        &mut store,
        Resource::ConfigMap,
        "a",
        Some(Propagation::Foreground),
        None,
    );
    settle(&mut store);
    assert_eq!(left(&store), Vec::<String>::new());
}

#[test]
fn a_thousand_dependents_are_deleted_once_each() {
    let mut store = Store::new(1);
    store
        .insert(object(Resource::StatefulSet, "web", json!([])), NOW)
        .unwrap();
    for n in 0..1000 {
        let pod = object(
            Resource::Pod,
            &format!("web-{n}"),
            owned_by(Resource::StatefulSet, "web", true),
        );
        store.insert(pod, NOW).unwrap();
    }
    store.take_changes();
    delete(
        &mut store,
        Resource::StatefulSet,
        "web",
        Some(Propagation::Foreground),
        None,
    );
    let settings = Settings::default();
    let mut random = Random::new(0);
    let mut collector = GarbageCollector;
    let mut deletes = 0;
    let mut pending = store.take_changes();
    while let Some(change) = pending.pop() {
        let writes = {
            let mut world = World {
                store: &store,
                now: Millis(0),
                wall: NOW,
                settings: &settings,
                random: &mut random,
            };
            collector.changed(&change, &mut world).writes
        };
        for write in writes {
            deletes += usize::from(matches!(write, Write::Delete { .. }));
            store.apply(write, NOW).unwrap();
        }
        pending.extend(store.take_changes());
    }
    assert_eq!((deletes, left(&store).len()), (1000, 1001));
}
