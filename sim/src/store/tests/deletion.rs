use serde_json::json;

use super::*;

#[test]
fn a_pod_that_no_kubelet_runs_goes_at_once() {
    let mut finished = pod_on_node("web-1");
    finished["metadata"]["uid"] = json!("u1");
    finished["status"] = json!({"phase": "Failed"});
    let mut store = store([pod("web-0")]);
    store.insert(finished, wall(0)).unwrap();
    store.take_changes();
    for name in ["web-0", "web-1"] {
        assert_eq!(
            store.apply(delete(name, Resource::Pod, DeleteOptions::default()), wall(1)),
            Ok(None)
        );
        assert!(store.get(&key(Resource::Pod, name)).is_none());
    }
    let changes = store.take_changes();
    assert!(
        changes
            .iter()
            .all(|change| change.before.is_some() && change.after.is_none())
    );
    assert_eq!(
        message(store.apply(delete("web-0", Resource::Pod, grace(0)), wall(1))).0,
        404
    );
}

#[test]
fn the_grace_of_a_deletion_can_only_be_shortened() {
    let mut store = store([pod_on_node("web-0")]);
    let ask = |store: &mut Store, options, at| {
        store
            .apply(delete("web-0", Resource::Pod, options), wall(at))
            .unwrap();
        deletion(store, Resource::Pod, "web-0")
    };
    assert_eq!(
        ask(&mut store, DeleteOptions::default(), 0),
        ("2026-11-21T08:15:52Z".into(), 30, 2)
    );
    assert_eq!(
        ask(&mut store, DeleteOptions::default(), 3),
        ("2026-11-21T08:15:52Z".into(), 30, 2)
    );
    assert_eq!(
        ask(&mut store, grace(50), 3),
        ("2026-11-21T08:15:52Z".into(), 30, 2)
    );
    assert_eq!(
        ask(&mut store, grace(5), 3),
        ("2026-11-21T08:15:27Z".into(), 5, 2)
    );
    // The five seconds are over already: the kubelet gets one.
    assert_eq!(
        ask(&mut store, grace(3), 9),
        ("2026-11-21T08:15:31Z".into(), 1, 2)
    );
    assert_eq!(
        store.apply(delete("web-0", Resource::Pod, grace(0)), wall(9)),
        Ok(None)
    );
}

#[test]
fn a_finalizer_keeps_an_object_until_it_is_gone_and_none_can_be_added_meanwhile() {
    let mut store = store([claim(), {
        let mut pod = pod_on_node("web-0");
        pod["metadata"]["finalizers"] = json!(["a/b"]);
        pod
    }]);
    let claim = Resource::PersistentVolumeClaim;
    store
        .apply(delete("data-web-0", claim, DeleteOptions::default()), wall(1))
        .unwrap();
    assert_eq!(
        deletion(&store, claim, "data-web-0"),
        ("2026-11-21T08:15:23Z".into(), 0, -1)
    );
    let finalizers = |resource, name, list: &[&str]| Write::Finalizers {
        key: key(resource, name),
        finalizers: list.iter().map(|f| (*f).to_owned()).collect(),
    };
    let added = finalizers(claim, "data-web-0", &["kubernetes.io/pvc-protection", "c/d"]);
    assert_eq!(
        message(store.apply(added, wall(1))).2,
        "PersistentVolumeClaim \"data-web-0\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if \
         the object is being deleted, found new finalizers []string{\"c/d\"}"
    );
    assert_eq!(
        store.apply(finalizers(claim, "data-web-0", &[]), wall(2)),
        Ok(None)
    );
    // While a Pod still has grace, losing its last finalizer does not end it; the kubelet does.
    store
        .apply(delete("web-0", Resource::Pod, DeleteOptions::default()), wall(2))
        .unwrap();
    assert!(
        store
            .apply(finalizers(Resource::Pod, "web-0", &[]), wall(3))
            .unwrap()
            .is_some()
    );
    assert_eq!(
        store.apply(delete("web-0", Resource::Pod, grace(0)), wall(4)),
        Ok(None)
    );
}

#[test]
fn a_pod_with_a_finalizer_stays_after_the_kubelet_is_done() {
    let mut object = pod_on_node("web-0");
    object["metadata"]["finalizers"] = json!(["a/b"]);
    let mut store = store([object]);
    store
        .apply(delete("web-0", Resource::Pod, DeleteOptions::default()), wall(0))
        .unwrap();
    store
        .apply(delete("web-0", Resource::Pod, grace(0)), wall(2))
        .unwrap();
    assert_eq!(
        deletion(&store, Resource::Pod, "web-0"),
        ("2026-11-21T08:15:24Z".into(), 0, 2)
    );
    let none = Write::Finalizers {
        key: key(Resource::Pod, "web-0"),
        finalizers: vec![],
    };
    assert_eq!(store.apply(none, wall(3)), Ok(None));
}

#[test]
fn a_delete_of_another_uid_is_a_conflict() {
    let mut store = store([pod("web-0"), set()]);
    let other = DeleteOptions {
        uid: Some("zzz".into()),
        ..DeleteOptions::default()
    };
    for (name, resource, kind) in [
        ("web-0", Resource::Pod, "Pod"),
        ("web", Resource::StatefulSet, "StatefulSet.apps"),
    ] {
        let uid = view::uid(&stored(&store, resource, name)).to_owned();
        let words = format!(
            "Operation cannot be fulfilled on {kind} \"{name}\": the UID in the precondition (zzz) does not match the UID \
             in record ({uid}). The object might have been deleted and then recreated"
        );
        assert_eq!(
            message(store.apply(delete(name, resource, other.clone()), wall(1))),
            (409, "Conflict", words)
        );
    }
}

#[test]
fn the_propagation_of_a_deletion_stands_in_the_finalizers_until_another_is_asked_for() {
    let mut store = store([set()]);
    let ask = |store: &mut Store, propagation| {
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        store
            .apply(delete("web", Resource::StatefulSet, options), wall(1))
            .unwrap()
    };
    let finalizers = |set: Option<Object>| set.unwrap()["metadata"]["finalizers"].clone();
    assert_eq!(
        finalizers(ask(&mut store, Some(Propagation::Foreground))),
        json!(["foregroundDeletion"])
    );
    assert_eq!(finalizers(ask(&mut store, None)), json!(["foregroundDeletion"]));
    assert_eq!(
        finalizers(ask(&mut store, Some(Propagation::Orphan))),
        json!(["orphan"])
    );
    assert_eq!(ask(&mut store, Some(Propagation::Background)), None);
}
