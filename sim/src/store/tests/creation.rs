use serde_json::{Value, json};

use super::*;

#[test]
fn a_created_pod_gets_what_the_server_gives_and_nothing_that_it_does_not_take() {
    let mut store = Store::new(1);
    let mut given = pod("web-0");
    given["status"] = json!({"phase": "Running"});
    given["metadata"]["uid"] = json!("mine");
    given["metadata"]["generation"] = json!(7);
    given["metadata"]["deletionTimestamp"] = json!(START);
    given["metadata"]["generateName"] = json!("ignored-");
    let pod = store
        .apply(
            Write::Create(given),
            Timestamp::parse("2026-11-21T08:15:22.9Z").unwrap(),
        )
        .unwrap()
        .unwrap();
    let uid = view::uid(&pod).to_owned();
    assert_eq!(uid.len(), 36);
    assert_ne!(uid, "mine");
    assert_eq!(
        pod["metadata"],
        json!({"name": "web-0", "namespace": "default", "labels": {"app": "web"}, "generateName": "ignored-",
            "uid": uid, "resourceVersion": "1", "generation": 1, "creationTimestamp": START})
    );
    assert_eq!(
        pod["status"],
        json!({"phase": "Pending", "qosClass": "BestEffort"})
    );
    let changes = store.take_changes();
    assert_eq!(changes.len(), 1);
    assert!(changes[0].before.is_none() && changes[0].after.as_ref() == Some(&pod));
}

#[test]
fn a_created_claim_is_protected_pending_and_a_file_system() {
    let store = store([claim()]);
    let claim = stored(&store, Resource::PersistentVolumeClaim, "data-web-0");
    assert_eq!(
        claim["metadata"]["finalizers"],
        json!(["kubernetes.io/pvc-protection"])
    );
    assert_eq!(claim["status"], json!({"phase": "Pending"}));
    assert_eq!(claim["spec"]["volumeMode"], "Filesystem");
    assert_eq!(claim["metadata"].get("generation"), None);
}

#[test]
fn a_name_is_generated_where_only_a_prefix_is_given() {
    let mut object = pod("");
    object["metadata"] = json!({"generateName": "job-"});
    let mut store = Store::new(1);
    let pod = store.apply(Write::Create(object), wall(0)).unwrap().unwrap();
    let name = view::text(&pod, &["metadata", "name"]).unwrap();
    assert!(name.starts_with("job-") && name.len() == 9, "{name}");
    let nameless = json!({"kind": "Pod", "metadata": {}});
    let (status, _, text) = message(store.apply(Write::Create(nameless), wall(0)));
    assert_eq!(
        (status, text.as_str()),
        (
            422,
            "Pod \"\" is invalid: metadata.name: Required value: name or generateName is required"
        )
    );
}

#[test]
fn names_that_are_too_long_for_labels_are_refused_at_creation() {
    let long = "a".repeat(64);
    let mut object = pod("web-0");
    object["metadata"]["labels"]["controller-revision-hash"] = json!(long);
    object["spec"]["hostname"] = json!(long);
    assert_eq!(
        message(Store::new(1).apply(Write::Create(object), wall(0))).2,
        format!(
            "Pod \"web-0\" is invalid: [metadata.labels: Invalid value: \"{long}\": must be no more than 63 bytes, \
             spec.hostname: Invalid value: \"{long}\": must be no more than 63 characters]"
        )
    );
    let revision = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "a-1"}, "revision": -2});
    assert_eq!(
        message(Store::new(1).apply(Write::Create(revision), wall(0))).2,
        "ControllerRevision.apps \"a-1\" is invalid: [revision: Invalid value: -2: must be greater than or equal to 0, \
         data: Required value: data is mandatory]"
    );
}

#[test]
fn the_quality_of_service_follows_requests_and_limits() {
    let class = |resources: Value| {
        let mut pod = pod("web-0");
        pod["spec"]["containers"][0]["resources"] = resources;
        let status = stored(&store([pod]), Resource::Pod, "web-0")["status"].clone();
        status["qosClass"].as_str().unwrap().to_owned()
    };
    let both = json!({"cpu": "1", "memory": "1Gi"});
    assert_eq!(class(json!({})), "BestEffort");
    assert_eq!(
        class(json!({"requests": {"ephemeral-storage": "1Gi"}})),
        "BestEffort"
    );
    assert_eq!(class(json!({"requests": {"cpu": "1"}})), "Burstable");
    assert_eq!(class(json!({"limits": both})), "Guaranteed");
    assert_eq!(
        class(json!({"limits": both, "requests": {"cpu": "500m", "memory": "1Gi"}})),
        "Burstable"
    );
}

#[test]
fn what_a_story_begins_with_is_kept_as_it_was_given() {
    let mut store = Store::new(1);
    let mut from_cluster = pod_on_node("web-0");
    from_cluster["metadata"]["uid"] = json!("u1");
    from_cluster["metadata"]["resourceVersion"] = json!("500");
    from_cluster["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    from_cluster["status"] = json!({"phase": "Running"});
    store.insert(from_cluster.clone(), wall(0)).unwrap();
    let pod = stored(&store, Resource::Pod, "web-0");
    assert_eq!(
        (view::uid(&pod), &pod["status"]),
        ("u1", &json!({"phase": "Running"}))
    );
    assert_eq!(pod["metadata"]["deletionTimestamp"], "2026-11-21T00:00:00Z");
    assert_eq!(pod["metadata"]["resourceVersion"], "500");
    let mut unprotected = claim();
    unprotected["metadata"]["uid"] = json!("u2");
    store.insert(unprotected, wall(0)).unwrap();
    let known = stored(&store, Resource::PersistentVolumeClaim, "data-web-0");
    assert_eq!(
        known["metadata"]["resourceVersion"], "501",
        "versions go on from the highest"
    );
    assert_eq!(known["metadata"].get("finalizers"), None);
    assert_eq!(
        message(store.insert(from_cluster, wall(0)).map(|()| None)).1,
        "AlreadyExists"
    );
    store.insert(set(), wall(0)).unwrap();
    let set = stored(&store, Resource::StatefulSet, "web");
    assert_eq!(
        (view::uid(&set).len(), &set["metadata"]["generation"]),
        (36, &json!(1))
    );
    assert_eq!(store.take_changes().len(), 3);
    assert_eq!(store.key_of_uid("u1"), Some(&key(Resource::Pod, "web-0")));
}
