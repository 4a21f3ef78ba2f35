use serde_json::json;

use super::super::update_status;
use super::{NEWEST, VERSIONS, profile, texts, update, updated, with};

const OTHER_FIELDS: &str = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', \
    'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are \
    forbidden";

/// Source: `ValidateStatefulSetUpdate`.
#[test]
fn immutable_fields_are_one_error_until_1_36_and_one_each_from_1_37() {
    let new = [
        ("spec.serviceName", json!("other")),
        ("spec.podManagementPolicy", json!("Parallel")),
        ("spec.selector.matchLabels", json!({"tier": "a"})),
        ("spec.template.metadata.labels", json!({"tier": "a"})),
        ("spec.volumeClaimTemplates", json!([])),
    ];
    for version in VERSIONS {
        let found = texts(&updated(version, &[], &new));
        if version == NEWEST {
            let expected = [
                "spec.selector: Invalid value: field is immutable",
                "spec.volumeClaimTemplates: Invalid value: field is immutable",
                "spec.serviceName: Invalid value: \"other\": field is immutable",
                "spec.podManagementPolicy: Invalid value: \"Parallel\": field is immutable",
            ];
            assert_eq!(found, expected);
        } else {
            assert_eq!(found, [OTHER_FIELDS], "{version}");
        }
    }
}

#[test]
fn everything_else_may_change() {
    let new = [
        ("spec.replicas", json!(5)),
        ("spec.ordinals", json!({"start": 1})),
        ("spec.minReadySeconds", json!(5)),
        ("spec.revisionHistoryLimit", json!(5)),
        ("spec.updateStrategy", json!({"type": "OnDelete"})),
        (
            "spec.persistentVolumeClaimRetentionPolicy",
            json!({"whenDeleted": "Delete"}),
        ),
        ("spec.template.spec.containers.0.image", json!("nginx:2")),
        ("metadata.labels", json!({"a": "b"})),
    ];
    for version in VERSIONS {
        let verdict = updated(version, &[], &new);
        assert_eq!(texts(&verdict), Vec::<String>::new(), "{version}");
        assert_eq!(verdict.object["metadata"]["generation"], 2, "{version}");
    }
}

#[test]
fn a_quantity_written_otherwise_is_no_change() {
    let storage = |text: &str| {
        [(
            "spec.volumeClaimTemplates.0.spec.resources.requests.storage",
            json!(text),
        )]
    };
    for version in VERSIONS {
        for same in ["1024Mi", "1073741824"] {
            let verdict = updated(version, &storage("1Gi"), &storage(same));
            assert!(verdict.is_accepted(), "{version} {same}");
            assert_eq!(verdict.object["metadata"]["generation"], 1, "{version} {same}");
        }
        assert!(!updated(version, &storage("1Gi"), &storage("1G")).is_accepted());
    }
}

#[test]
fn what_is_stored_and_immutable_is_not_checked_again() {
    let old = [
        ("spec.serviceName", json!("A.B")),
        ("spec.volumeClaimTemplates.0.spec.accessModes", json!([])),
    ];
    for version in VERSIONS {
        assert_eq!(
            texts(&updated(version, &old, &old)),
            Vec::<String>::new(),
            "{version}"
        );
    }
}

#[test]
fn a_stored_recreate_stays_without_its_gate() {
    let recreate = [("spec.updateStrategy", json!({"type": "Recreate"}))];
    assert!(updated(NEWEST, &recreate, &recreate).is_accepted());
    assert!(!updated("1.36", &recreate, &recreate).is_accepted());
    assert!(!updated(NEWEST, &[], &recreate).is_accepted());
}

#[test]
fn a_stored_max_unavailable_stays_without_its_gate() {
    let strategy = |value| {
        [(
            "spec.updateStrategy",
            json!({"rollingUpdate": {"maxUnavailable": value}}),
        )]
    };
    let stored = |old: &[_], new: &[_]| {
        let off = profile("1.36");
        let verdict = update(&with(new), &with(old), &off).unwrap();
        verdict.object["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"].clone()
    };
    assert_eq!(stored(&strategy(2), &strategy(3)), 3);
    assert_eq!(stored(&[], &strategy(3)), json!(null));
}

/// Source: `ValidateStatefulSetStatusUpdate`.
#[test]
fn counts_of_the_status_fit_together() {
    let counts = |replicas: i32, ready: i32, available: i32, collisions: i32| json!({"replicas": replicas, "readyReplicas": ready, "availableReplicas": available, "collisionCount": collisions});
    let found = |status| {
        let old = with(&[("status", counts(1, 1, 1, 2))]);
        texts(&update_status(&with(&[("status", status)]), &old, &profile(NEWEST)).unwrap())
    };
    assert!(found(counts(3, 2, 1, 2)).is_empty());
    assert_eq!(
        found(counts(1, 2, 3, 1)),
        [
            "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas",
            "status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas",
            "status.availableReplicas: Invalid value: 3: cannot be greater than status.readyReplicas",
            "status.collisionCount: Invalid value: 1: cannot be decremented",
        ]
    );
    assert_eq!(
        found(counts(-1, -1, -1, 2)),
        [
            "status.replicas: Invalid value: -1: must be greater than or equal to 0",
            "status.readyReplicas: Invalid value: -1: must be greater than or equal to 0",
            "status.availableReplicas: Invalid value: -1: must be greater than or equal to 0",
            "status.currentReplicas: Invalid value: cannot be greater than status.replicas",
            "status.updatedReplicas: Invalid value: cannot be greater than status.replicas",
        ]
    );
    assert_eq!(
        found(json!({})),
        ["status.collisionCount: Invalid value: cannot be decremented"]
    );
}

#[test]
fn a_status_update_changes_no_spec() {
    let new = with(&[
        ("spec.replicas", json!(-5)),
        ("metadata.labels", json!({"a": "b"})),
    ]);
    let verdict = update_status(&new, &with(&[]), &profile(NEWEST)).unwrap();
    assert!(verdict.is_accepted());
    assert_eq!(verdict.object["spec"]["replicas"], 1);
    assert_eq!(verdict.object["metadata"]["labels"], json!({"a": "b"}));
}
