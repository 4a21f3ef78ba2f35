use serde_json::{Value, json};

use super::*;

#[test]
fn a_put_with_an_old_version_is_a_conflict_and_one_without_is_unconditional() {
    let mut store = store([pod("web-0")]);
    let old = stored(&store, Resource::Pod, "web-0");
    let mut new = old.clone();
    new["metadata"]["labels"]["a"] = json!("b");
    new["status"] = json!({"phase": "Running"});
    let put = store.apply(Write::Update(new), wall(1)).unwrap().unwrap();
    assert_eq!(
        (
            &put["metadata"]["resourceVersion"],
            &put["metadata"]["generation"]
        ),
        (&json!("2"), &json!(1))
    );
    assert_eq!(put["status"]["phase"], "Pending", "a PUT leaves the status");
    let words = "Operation cannot be fulfilled on pods \"web-0\": the object has been modified; please apply your changes \
        to the latest version and try again";
    assert_eq!(
        message(store.apply(Write::Update(old.clone()), wall(2))),
        (409, "Conflict", words.into())
    );
    let mut unversioned = old;
    unversioned["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("resourceVersion");
    unversioned["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("creationTimestamp");
    let put = store.apply(Write::Update(unversioned), wall(2)).unwrap().unwrap();
    assert_eq!(put["metadata"]["labels"], json!({"app": "web"}));
    assert_eq!(put["metadata"]["creationTimestamp"], START);
}

#[test]
fn a_put_of_another_uid_is_a_conflict() {
    let mut store = store([pod("web-0"), set()]);
    let mut other = set();
    other["metadata"]["uid"] = json!("u2");
    let uid = view::uid(&stored(&store, Resource::StatefulSet, "web")).to_owned();
    let words = format!(
        "Operation cannot be fulfilled on statefulsets.apps \"web\": StorageError: invalid object, Code: 4, Key: \
         /registry/statefulsets/default/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in \
         precondition: u2, UID in object meta: {uid}"
    );
    for write in [Write::Update(other.clone()), Write::UpdateStatus(other)] {
        assert_eq!(
            message(store.apply(write, wall(1))),
            (409, "Conflict", words.clone())
        );
    }
}

#[test]
fn a_write_that_changes_nothing_gives_no_new_version_and_tells_nobody() {
    let mut store = store([pod("web-0"), set()]);
    let pod = stored(&store, Resource::Pod, "web-0");
    let key = key(Resource::Pod, "web-0");
    for write in [
        Write::Update(pod.clone()),
        Write::UpdateStatus(pod.clone()),
        Write::SetStatus {
            key: key.clone(),
            status: json!({"phase": "Pending"}),
        },
        Write::Finalizers {
            key: key.clone(),
            finalizers: vec![],
        },
        Write::SetSpecField {
            key: key.clone(),
            field: "terminationGracePeriodSeconds",
            value: json!(30),
        },
        Write::PatchMetadata {
            key,
            patch: json!({"metadata": {"labels": {"app": "web", "none": null}}}),
        },
    ] {
        assert_eq!(
            store.apply(write, wall(1)).unwrap().as_ref().map(Object::whole),
            Some(&pod)
        );
    }
    assert!(store.take_changes().is_empty());
}

#[test]
fn the_generation_counts_changes_of_the_spec_and_the_deletion_only() {
    let mut store = store([set(), pod_on_node("web-0")]);
    let web = key(Resource::StatefulSet, "web");
    let generation =
        |store: &Store| stored(store, Resource::StatefulSet, "web")["metadata"]["generation"].clone();
    let status = json!({"replicas": 1, "readyReplicas": 1, "availableReplicas": 1});
    store
        .apply(
            Write::SetStatus {
                key: web.clone(),
                status,
            },
            wall(1),
        )
        .unwrap();
    store
        .apply(
            Write::Finalizers {
                key: web.clone(),
                finalizers: vec!["a/b".into()],
            },
            wall(1),
        )
        .unwrap();
    assert_eq!(generation(&store), 1);
    let scale = |n| Write::SetSpecField {
        key: web.clone(),
        field: "spec.replicas",
        value: json!(n),
    };
    store.apply(scale(3), wall(2)).unwrap();
    assert_eq!(generation(&store), 2);
    let partition = "updateStrategy.rollingUpdate.partition";
    store
        .apply(
            Write::SetSpecField {
                key: web.clone(),
                field: partition,
                value: json!(2),
            },
            wall(2),
        )
        .unwrap();
    let set = stored(&store, Resource::StatefulSet, "web");
    assert_eq!(
        set["spec"],
        json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}})
    );
    store
        .apply(
            delete("web", Resource::StatefulSet, DeleteOptions::default()),
            wall(3),
        )
        .unwrap();
    store
        .apply(
            delete("web", Resource::StatefulSet, DeleteOptions::default()),
            wall(4),
        )
        .unwrap();
    assert_eq!(
        deletion(&store, Resource::StatefulSet, "web"),
        ("2026-11-21T08:15:25Z".into(), 0, 4)
    );
    store
        .apply(delete("web-0", Resource::Pod, DeleteOptions::default()), wall(3))
        .unwrap();
    assert_eq!(deletion(&store, Resource::Pod, "web-0").2, 2);
}

#[test]
fn a_pod_may_change_its_image_but_not_its_volumes() {
    let mut store = store([pod("web-0")]);
    let mut changed = stored(&store, Resource::Pod, "web-0");
    changed["spec"]["containers"][0]["image"] = json!("nginx:2");
    changed["spec"]["activeDeadlineSeconds"] = json!(10);
    changed["spec"]["tolerations"] = json!([{"key": "a", "operator": "Exists"}]);
    let put = store
        .apply(Write::Update(changed.clone()), wall(1))
        .unwrap()
        .unwrap();
    assert_eq!(put["metadata"]["generation"], 2);
    let mut volumes = put.whole().clone();
    volumes["spec"]["volumes"] =
        json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}}]);
    let (status, reason, text) = message(store.apply(Write::Update(volumes), wall(2)));
    assert_eq!((status, reason), (422, "Invalid"));
    assert_eq!(
        text,
        "Pod \"web-0\" is invalid: spec: Forbidden: pod updates may not change fields other than \
         `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only \
         additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
         previously negative)"
    );
}

#[test]
fn what_a_pods_update_gets_wrong_is_told_all_at_once() {
    let mut store = store([{
        let mut pod = pod("web-0");
        pod["spec"]["tolerations"] = json!([{"key": "a", "tolerationSeconds": 1}]);
        pod
    }]);
    let live = stored(&store, Resource::Pod, "web-0");
    let mut wrong = live.clone();
    wrong["spec"]["containers"][0]["image"] = json!("");
    wrong["spec"]["activeDeadlineSeconds"] = json!(-1);
    wrong["spec"]["tolerations"] = json!([]);
    assert_eq!(
        message(store.apply(Write::Update(wrong), wall(1))).2,
        "Pod \"web-0\" is invalid: [spec.containers[0].image: Required value, spec.activeDeadlineSeconds: Invalid value: \
         -1: must be between 0 and 2147483647, inclusive, spec.tolerations: Forbidden: existing toleration can not be \
         modified except its tolerationSeconds]"
    );
    let mut added = live.clone();
    added["spec"]["containers"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "b", "image": "b"}));
    assert_eq!(
        message(store.apply(Write::Update(added), wall(1))).2,
        "Pod \"web-0\" is invalid: spec.containers: Forbidden: pod updates may not add or remove containers"
    );
    let mut longer = live;
    longer["spec"]["tolerations"] = json!([{"key": "b"}, {"key": "a", "tolerationSeconds": 9}]);
    assert!(store.apply(Write::Update(longer), wall(1)).is_ok());
}

#[test]
fn the_data_of_a_revision_stays_and_its_number_changes() {
    let revision = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "web-1"},
        "revision": 1, "data": {"spec": 1}});
    let mut store = store([revision]);
    let mut next = stored(&store, Resource::ControllerRevision, "web-1");
    next["revision"] = json!(2);
    next = store
        .apply(Write::Update(next), wall(1))
        .unwrap()
        .unwrap()
        .whole()
        .clone();
    next["data"] = json!({"spec": 2});
    assert_eq!(
        message(store.apply(Write::Update(next), wall(1))).2,
        "ControllerRevision.apps \"web-1\" is invalid: data: Invalid value: {\"spec\":2}: field is immutable"
    );
}

#[test]
fn a_status_that_cannot_be_is_refused() {
    let mut store = store([set()]);
    let mut set = stored(&store, Resource::StatefulSet, "web");
    set["spec"]["replicas"] = json!(9);
    set["status"] = json!({"replicas": 1, "currentReplicas": -1, "readyReplicas": 2, "availableReplicas": 3});
    assert_eq!(
        message(store.apply(Write::UpdateStatus(set.clone()), wall(1))).2,
        "StatefulSet.apps \"web\" is invalid: [status.currentReplicas: Invalid value: -1: must be greater than or equal to \
         0, status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas, status.availableReplicas: \
         Invalid value: 3: cannot be greater than status.replicas, status.availableReplicas: Invalid value: 3: cannot be \
         greater than status.readyReplicas]"
    );
    set["status"] = json!({"replicas": 1, "collisionCount": 2});
    let put = store
        .apply(Write::UpdateStatus(set.clone()), wall(1))
        .unwrap()
        .unwrap();
    assert_eq!(
        (&put["spec"]["replicas"], &put["status"]["replicas"]),
        (&json!(1), &json!(1)),
        "only the status is taken"
    );
    set["metadata"].as_object_mut().unwrap().remove("resourceVersion");
    set["status"] = json!({"replicas": 1, "collisionCount": 1});
    assert_eq!(
        message(store.apply(Write::UpdateStatus(set), wall(1))).2,
        "StatefulSet.apps \"web\" is invalid: status.collisionCount: Invalid value: 1: cannot be decremented"
    );
}

#[test]
fn adoption_puts_the_new_owner_first_and_release_takes_it_away() {
    let mut store = store([pod("web-0")]);
    let uid = view::uid(&stored(&store, Resource::Pod, "web-0")).to_owned();
    let patch = |references: Value| Write::PatchMetadata {
        key: key(Resource::Pod, "web-0"),
        patch: json!({"metadata": {"uid": uid, "ownerReferences": references}}),
    };
    let owner = |name: &str, uid: &str, controller: bool| {
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name, "uid": uid, "controller": controller,
            "blockOwnerDeletion": true})
    };
    let owners = |store: &Store| {
        stored(store, Resource::Pod, "web-0")["metadata"]
            .get("ownerReferences")
            .cloned()
    };
    store
        .apply(patch(json!([owner("web", "u1", true)])), wall(1))
        .unwrap();
    assert_eq!(
        store.dependents("u1").collect::<Vec<_>>(),
        [&key(Resource::Pod, "web-0")]
    );
    assert_eq!(
        message(store.apply(patch(json!([owner("other", "u2", true)])), wall(1))).2,
        "Pod \"web-0\" is invalid: metadata.ownerReferences: Invalid value: \
         [{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"name\":\"other\",\"uid\":\"u2\",\"controller\":true,\
         \"blockOwnerDeletion\":true},{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"name\":\"web\",\"uid\":\"u1\",\
         \"controller\":true,\"blockOwnerDeletion\":true}]: Only one reference can have Controller set to true. Found \
         \"true\" in references for StatefulSet/other and StatefulSet/web"
    );
    store
        .apply(patch(json!([owner("other", "u2", false)])), wall(1))
        .unwrap();
    assert_eq!(
        owners(&store),
        Some(json!([owner("other", "u2", false), owner("web", "u1", true)]))
    );
    store
        .apply(patch(json!([{"$patch": "delete", "uid": "u1"}])), wall(2))
        .unwrap();
    assert_eq!(owners(&store), Some(json!([owner("other", "u2", false)])));
    store
        .apply(patch(json!([{"$patch": "delete", "uid": "u2"}])), wall(2))
        .unwrap();
    assert_eq!(
        (
            owners(&store),
            store.dependents("u1").count(),
            store.dependents("u2").count()
        ),
        (None, 0, 0)
    );
}

#[test]
fn a_patch_with_another_uid_is_refused_as_a_change_of_the_uid() {
    let mut store = store([pod("web-0")]);
    let patch = json!({"metadata": {"uid": "other", "labels": {"a": "b"}}});
    let write = Write::PatchMetadata {
        key: key(Resource::Pod, "web-0"),
        patch,
    };
    let words = "Pod \"web-0\" is invalid: metadata.uid: Invalid value: \"other\": field is immutable";
    assert_eq!(
        message(store.apply(write, wall(1))),
        (422, "Invalid", words.into())
    );
}

#[test]
fn a_pod_is_bound_once_and_not_while_it_is_deleted() {
    let mut store = store([pod("web-0"), {
        let mut pod = pod("web-1");
        pod["metadata"]["finalizers"] = json!(["a/b"]);
        pod
    }]);
    let bind = |name: &str| Write::Bind {
        pod: key(Resource::Pod, name),
        node: "n1".into(),
    };
    let bound = store.apply(bind("web-0"), wall(1)).unwrap().unwrap();
    assert_eq!(
        (&bound["spec"]["nodeName"], &bound["metadata"]["generation"]),
        (&json!("n1"), &json!(1))
    );
    let scheduled =
        json!({"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-21T08:15:23Z"});
    assert_eq!(bound["status"]["conditions"], json!([scheduled]));
    assert_eq!(
        message(store.apply(bind("web-0"), wall(2))).2,
        "Operation cannot be fulfilled on pods/binding \"web-0\": pod web-0 is already assigned to node \"n1\""
    );
    store
        .apply(delete("web-1", Resource::Pod, DeleteOptions::default()), wall(2))
        .unwrap();
    assert_eq!(
        message(store.apply(bind("web-1"), wall(2))).2,
        "Operation cannot be fulfilled on pods/binding \"web-1\": pod web-1 is being deleted, cannot be assigned to a host"
    );
}

#[test]
fn a_claim_is_resized_only_when_it_is_bound() {
    let mut store = store([claim()]);
    let key = key(Resource::PersistentVolumeClaim, "data-web-0");
    let resize = || Write::SetSpecField {
        key: key.clone(),
        field: "resources",
        value: json!({"requests": {"storage": "2Gi"}}),
    };
    assert_eq!(
        message(store.apply(resize(), wall(1))).2,
        "PersistentVolumeClaim \"data-web-0\" is invalid: spec: Forbidden: spec is immutable after creation except \
         resources.requests and volumeAttributesClassName for bound claims"
    );
    let name = |name: &str| Write::SetSpecField {
        key: key.clone(),
        field: "volumeName",
        value: json!(name),
    };
    store.apply(name("pv-1"), wall(1)).unwrap();
    assert_eq!(
        message(store.apply(name("pv-2"), wall(1))).0,
        422,
        "a volume is named once"
    );
    store
        .apply(
            Write::SetStatus {
                key: key.clone(),
                status: json!({"phase": "Bound"}),
            },
            wall(1),
        )
        .unwrap();
    assert!(store.apply(resize(), wall(2)).is_ok());
}
