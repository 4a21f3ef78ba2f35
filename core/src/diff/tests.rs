//! Tests of the difference. What becomes of Pods was read from upstream's passes; errors are upstream's, per version.

mod pods;
mod runbooks;

use serde_json::{Value, json};

use super::{Change, ChangeKind, Diff, PhantomReason, Restarts};
use crate::Profile;

const NEWEST: &str = "1.37";

/// Three web servers with a claim each.
fn web() -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 3, "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "nginx", "image": "nginx:1",
                    "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                    "ports": [{"containerPort": 80, "name": "http"}],
                    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                    "resources": {"requests": {"memory": "1Gi"}},
                }]},
            },
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
            }],
        },
    })
}

/// The set with other values at JSON pointers; null takes away.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut set = web();
    for (pointer, value) in changes {
        let (room, name) = pointer.rsplit_once('/').unwrap();
        let room = set.pointer_mut(room).unwrap();
        match (room, value) {
            (Value::Object(fields), Value::Null) => drop(fields.remove(name)),
            (Value::Object(fields), value) => drop(fields.insert(name.to_owned(), value.clone())),
            (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{pointer}"),
        }
    }
    set
}

fn between(old: &Value, new: &Value, version: &str) -> Diff {
    super::diff(old, new, &version.parse().unwrap()).unwrap()
}

/// The change from the web servers to what they become.
fn diff(changes: &[(&str, Value)]) -> Diff {
    between(&web(), &with(changes), NEWEST)
}

const CONTAINER: &str = "/spec/template/spec/containers/0";
const PATH: &str = "spec.template.spec.containers[0]";

fn at(field: &str) -> String {
    format!("{CONTAINER}/{field}")
}

fn only(diff: &Diff) -> &Change {
    assert_eq!(diff.changes.len(), 1, "{:?}", diff.changes);
    &diff.changes[0]
}

fn fields(diff: &Diff) -> Vec<&str> {
    diff.changes.iter().map(|change| change.field.as_str()).collect()
}

#[test]
fn a_set_does_not_differ_from_itself_in_any_version() {
    for version in Profile::VERSIONS {
        let same = between(&web(), &web(), version);
        assert_eq!((same.changes, same.equal), (vec![], vec![]));
        assert!(same.allowed && !same.makes_revision);
        assert_eq!(same.old_revision, same.new_revision);
    }
}

#[test]
fn a_field_of_the_template_makes_a_revision_and_restarts_pods() {
    let found = diff(&[(&at("image"), json!("nginx:2"))]);
    let change = only(&found);
    assert_eq!(change.field, format!("{PATH}.image"));
    assert_eq!(
        (&change.old, &change.new),
        (&Some(json!("nginx:1")), &Some(json!("nginx:2")))
    );
    assert!(change.allowed && change.revision && found.makes_revision);
    assert_eq!(change.restarts, Restarts::Rolling);
    assert_ne!(found.old_revision, found.new_revision);
}

#[test]
fn metadata_of_the_set_makes_no_revision_and_what_a_server_fills_in_is_not_compared() {
    let stored = with(&[(
        "/metadata",
        json!({
            "name": "web", "namespace": "default", "uid": "u", "generation": 4, "resourceVersion": "7",
            "creationTimestamp": "2026-11-21T00:00:00Z", "managedFields": [{"manager": "kubectl"}],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "a"},
            "labels": {"tier": "front"},
        }),
    )]);
    let mut stored = stored;
    stored["status"] = json!({"replicas": 3, "availableReplicas": 3, "currentRevision": "web-x"});
    let new = with(&[("/metadata", json!({"name": "web", "annotations": {"team": "b"}}))]);
    let found = between(&stored, &new, NEWEST);
    assert_eq!(
        fields(&found),
        ["metadata.annotations[team]", "metadata.labels[tier]"]
    );
    assert_eq!(found.changes[1].kind, ChangeKind::Removed);
    let is_harmless =
        |change: &Change| change.allowed && !change.revision && change.restarts == Restarts::None;
    assert!(
        found.changes.iter().all(is_harmless) && !found.makes_revision,
        "{found:?}"
    );
}

#[test]
fn what_is_written_differently_and_means_the_same_is_no_change_but_told() {
    let found = diff(&[
        (&at("resources/requests/memory"), json!("1024Mi")),
        ("/spec/podManagementPolicy", json!("OrderedReady")),
        (
            "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
            json!("10240Mi"),
        ),
        ("/spec/template/spec/hostNetwork", json!(false)),
    ]);
    assert_eq!(found.changes, []);
    assert!(found.allowed);
    let equal: Vec<(&str, PhantomReason)> =
        found.equal.iter().map(|p| (p.field.as_str(), p.reason)).collect();
    let memory = format!("{PATH}.resources.requests[memory]");
    assert_eq!(
        equal,
        [
            ("spec.podManagementPolicy", PhantomReason::Defaulted),
            (&memory, PhantomReason::SameValue),
            ("spec.template.spec.hostNetwork", PhantomReason::Defaulted),
            (
                "spec.volumeClaimTemplates[0].spec.resources.requests[storage]",
                PhantomReason::SameValue
            ),
        ]
    );
    assert_eq!(
        (&found.equal[1].old, &found.equal[1].new),
        (&Some(json!("1Gi")), &Some(json!("1024Mi")))
    );
}

#[test]
fn what_the_server_drops_is_no_change() {
    let new = with(&[
        (&at("imgae"), json!("nginx:2")),
        (
            "/spec/updateStrategy",
            json!({"rollingUpdate": {"maxUnavailable": 2}}),
        ),
    ]);
    let found = between(&web(), &new, "1.36");
    assert_eq!(found.changes, []);
    let dropped: Vec<&str> = found
        .equal
        .iter()
        .filter(|p| p.reason == PhantomReason::Dropped)
        .map(|p| p.field.as_str())
        .collect();
    assert_eq!(dropped, [format!("{PATH}.imgae").as_str()]);
    assert_eq!(found.warnings, [format!("unknown field \"{PATH}.imgae\"")]);
    // With type and partition on both sides, only the dropped number differs.
    let strategy = |rolling: Value| {
        with(&[(
            "/spec/updateStrategy",
            json!({"type": "RollingUpdate", "rollingUpdate": rolling}),
        )])
    };
    let (old, new) = (
        strategy(json!({"partition": 0})),
        strategy(json!({"partition": 0, "maxUnavailable": 2})),
    );
    let found = between(&old, &new, "1.36");
    assert_eq!(found.changes, []);
    assert_eq!(
        found.equal[0].field,
        "spec.updateStrategy.rollingUpdate.maxUnavailable"
    );
    assert_eq!(found.equal[0].reason, PhantomReason::Dropped);
    assert_eq!(
        fields(&between(&old, &new, NEWEST)),
        ["spec.updateStrategy.rollingUpdate.maxUnavailable"]
    );
}

#[test]
fn items_are_known_by_their_merge_keys_and_have_the_index_of_the_new_list() {
    let found = diff(&[
        (
            &at("env"),
            json!([{"name": "NEW", "value": "0"}, {"name": "B", "value": "3"}]),
        ),
        (
            &at("ports"),
            json!([{"containerPort": 80, "protocol": "UDP", "name": "http"}]),
        ),
    ]);
    let told: Vec<(String, ChangeKind)> = found.changes.iter().map(|c| (c.field.clone(), c.kind)).collect();
    let expected = [
        ("env[0]", ChangeKind::Added),
        ("env[1].value", ChangeKind::Changed),
        // Of what is removed, the index is that of the old list.
        ("env[0]", ChangeKind::Removed),
        ("ports[0]", ChangeKind::Added),
        ("ports[0]", ChangeKind::Removed),
    ];
    assert_eq!(
        told,
        expected.map(|(field, kind)| (format!("{PATH}.{field}"), kind))
    );
}

#[test]
fn another_order_is_a_change_because_the_revision_keeps_it() {
    let found = diff(&[(
        &at("env"),
        json!([{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]),
    )]);
    let change = only(&found);
    assert_eq!(
        (change.field.as_str(), change.kind),
        (format!("{PATH}.env").as_str(), ChangeKind::Reordered)
    );
    assert_eq!(
        (&change.old, &change.new),
        (&Some(json!(["A", "B"])), &Some(json!(["B", "A"])))
    );
    assert!(change.revision && found.makes_revision);
}

#[test]
fn fields_that_cannot_be_changed_are_marked_in_every_version_and_others_beside_them_are_not() {
    for version in Profile::VERSIONS {
        let new = with(&[
            ("/spec/serviceName", json!("other")),
            ("/spec/podManagementPolicy", json!("Parallel")),
            (
                "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
                json!("20Gi"),
            ),
            ("/spec/replicas", json!(4)),
            (&at("image"), json!("nginx:2")),
        ]);
        let found = between(&web(), &new, version);
        let refused: Vec<&str> = found
            .changes
            .iter()
            .filter(|c| !c.allowed)
            .map(|c| c.field.as_str())
            .collect();
        assert_eq!(
            refused,
            [
                "spec.podManagementPolicy",
                "spec.serviceName",
                "spec.volumeClaimTemplates[0].spec.resources.requests[storage]"
            ],
            "{version}"
        );
        assert_eq!((found.changes.len(), found.allowed), (5, false));
        let expected = if version == NEWEST { 3 } else { 1 };
        assert_eq!(found.errors.len(), expected, "{version}: {:?}", found.errors);
    }
}

#[test]
fn a_change_to_what_is_invalid_is_not_allowed_and_what_was_invalid_before_is_not_blamed() {
    let found = diff(&[("/spec/replicas", json!(-1)), ("/spec/minReadySeconds", json!(5))]);
    let told: Vec<(&str, bool)> = found
        .changes
        .iter()
        .map(|c| (c.field.as_str(), c.allowed))
        .collect();
    assert_eq!(told, [("spec.minReadySeconds", true), ("spec.replicas", false)]);
    let (mut old, mut new) = (web(), web());
    old["spec"]["minReadySeconds"] = json!(-1);
    new["spec"]["minReadySeconds"] = json!(-1);
    new["spec"]["replicas"] = json!(4);
    let found = between(&old, &new, NEWEST);
    assert!(!found.allowed && only(&found).allowed, "{found:?}");
}

#[test]
fn an_empty_list_that_was_absent_is_a_change_only_where_the_stored_form_keeps_it() {
    let found = diff(&[("/spec/template/spec/tolerations", json!([]))]);
    assert_eq!(found.changes, []);
    assert_eq!(found.equal[0].reason, PhantomReason::Defaulted);
    let without = with(&[("/spec/template/spec/containers", Value::Null)]);
    let empty = with(&[("/spec/template/spec/containers", json!([]))]);
    let found = between(&without, &empty, NEWEST);
    assert_eq!(fields(&found), ["spec.template.spec.containers"]);
}

#[test]
fn numbers_that_a_revision_cannot_tell_apart_make_none() {
    let seconds = |seconds: i64| {
        with(&[(
            "/spec/template/spec/terminationGracePeriodSeconds",
            json!(seconds),
        )])
    };
    let found = between(
        &seconds(4611686018427387904),
        &seconds(4611686018427387905),
        NEWEST,
    );
    assert!(!only(&found).revision && !found.makes_revision, "{found:?}");
    assert_eq!(found.old_revision, found.new_revision);
}

#[test]
fn what_the_decoder_refuses_is_an_error_that_says_of_which_set() {
    let wrong = with(&[("/spec/replicas", json!("three"))]);
    let profile = Profile::default();
    assert_eq!(
        super::diff(&web(), &wrong, &profile).unwrap_err().causes[0].field,
        "spec.replicas"
    );
    assert!(super::diff(&wrong, &web(), &profile).is_err());
    assert!(super::diff(&json!([]), &json!(1), &profile).is_err());
}

#[test]
fn the_wire_form_leaves_out_what_is_absent() {
    let found = diff(&[("/spec/replicas", json!(4))]);
    let text = serde_json::to_value(&found).unwrap();
    assert_eq!(
        text["changes"],
        json!([{"field": "spec.replicas", "kind": "changed", "old": 3, "new": 4, "allowed": true, "revision": false,
            "restarts": "scaling"}])
    );
    assert_eq!(text["pods"], json!({"created": [{"first": 3, "last": 3}]}));
    assert_eq!(text["makesRevision"], json!(false));
}
