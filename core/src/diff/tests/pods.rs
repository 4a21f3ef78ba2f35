//! Which Pods restart, are created or go.

use serde_json::{Value, json};

use super::super::{Ordinals, PodFates, Restarts};
use super::{NEWEST, at, between, web, with};

const fn run(first: u64, last: u64) -> Ordinals {
    Ordinals { first, last }
}

/// A new image, with more changes to the new set.
fn rolled(changes: &[(&str, Value)]) -> (Restarts, PodFates) {
    rolled_from(&web(), changes, NEWEST)
}

fn rolled_from(old: &Value, changes: &[(&str, Value)], version: &str) -> (Restarts, PodFates) {
    let image = (at("image"), json!("nginx:2"));
    let mut all = vec![(image.0.as_str(), image.1)];
    all.extend(changes.iter().cloned());
    let found = between(old, &with(&all), version);
    let image = found
        .changes
        .iter()
        .find(|change| change.field.ends_with("].image"))
        .unwrap();
    (image.restarts, found.pods)
}

fn strategy(strategy: Value) -> [(&'static str, Value); 1] {
    [("/spec/updateStrategy", strategy)]
}

fn partition(partition: u64) -> [(&'static str, Value); 1] {
    strategy(json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}))
}

#[test]
fn a_partition_counts_from_the_start_ordinal() {
    let (restarts, pods) = rolled(&[]);
    assert_eq!(
        (restarts, pods.restarted, pods.held),
        (Restarts::Rolling, Some(run(0, 2)), None)
    );
    let (restarts, pods) = rolled(&partition(1));
    assert_eq!(
        (restarts, pods.restarted, pods.held),
        (Restarts::Rolling, Some(run(1, 2)), Some(run(0, 0)))
    );
    let shifted = with(&[("/spec/ordinals", json!({"start": 5}))]);
    let mut changes = partition(1).to_vec();
    changes.push(("/spec/ordinals", json!({"start": 5})));
    let (_, pods) = rolled_from(&shifted, &changes, NEWEST);
    assert_eq!((pods.restarted, pods.held), (Some(run(6, 7)), Some(run(5, 5))));
    let (restarts, pods) = rolled(&partition(3));
    assert_eq!(
        (restarts, pods.restarted, pods.held),
        (Restarts::HeldByPartition, None, Some(run(0, 2)))
    );
}

#[test]
fn on_delete_restarts_nothing_by_itself() {
    let (restarts, pods) = rolled(&strategy(json!({"type": "OnDelete"})));
    assert_eq!(
        (restarts, pods.restarted, pods.by_hand),
        (Restarts::OnDelete, None, Some(run(0, 2)))
    );
}

#[test]
fn recreate_restarts_all_where_it_is_switched_on() {
    let recreate = strategy(json!({"type": "Recreate"}));
    let image = |changes: &[(&str, Value)], profile: &str| {
        let image = (at("image"), json!("nginx:2"));
        let mut all = vec![(image.0.as_str(), image.1)];
        all.extend(changes.iter().cloned());
        let profile: crate::Profile = "1.37"
            .parse::<crate::Profile>()
            .unwrap()
            .with_gates(profile)
            .unwrap();
        super::super::diff(&with(&recreate), &with(&all), &profile).unwrap()
    };
    let on = image(&recreate, "StatefulSetRecreateStrategy=true");
    assert_eq!(
        (on.changes[0].restarts, on.pods.restarted),
        (Restarts::Recreate, Some(run(0, 2)))
    );
    let off = image(&recreate, "StatefulSetRecreateStrategy=false");
    assert_eq!(
        (off.changes[0].restarts, off.pods.restarted),
        (Restarts::None, None)
    );
}

#[test]
fn only_pods_that_both_ranges_have_can_restart() {
    let (_, pods) = rolled(&[("/spec/replicas", json!(5))]);
    assert_eq!((pods.restarted, pods.created), (Some(run(0, 2)), vec![run(3, 4)]));
    let (_, pods) = rolled(&[("/spec/replicas", json!(1))]);
    assert_eq!((pods.restarted, pods.deleted), (Some(run(0, 0)), vec![run(1, 2)]));
    let (restarts, pods) = rolled(&[("/spec/replicas", json!(0))]);
    assert_eq!(
        (restarts, pods.restarted, pods.deleted),
        (Restarts::None, None, vec![run(0, 2)])
    );
}

#[test]
fn other_ordinals_create_and_delete_and_do_not_restart() {
    for (start, created, deleted) in [
        (1, vec![run(3, 3)], vec![run(0, 0)]),
        (3, vec![run(3, 5)], vec![run(0, 2)]),
        (10, vec![run(10, 12)], vec![run(0, 2)]),
    ] {
        let found = between(
            &web(),
            &with(&[("/spec/ordinals", json!({"start": start}))]),
            NEWEST,
        );
        assert_eq!((found.pods.created, found.pods.deleted), (created, deleted));
        assert_eq!(
            (found.changes[0].field.as_str(), found.changes[0].restarts),
            ("spec.ordinals", Restarts::Scaling)
        );
        assert!(!found.makes_revision);
    }
    let both = with(&[
        ("/spec/ordinals", json!({"start": 1})),
        ("/spec/replicas", json!(1)),
    ]);
    let found = between(&web(), &both, NEWEST);
    assert_eq!(
        (found.pods.created, found.pods.deleted),
        (vec![], vec![run(0, 0), run(2, 2)])
    );
}

#[test]
fn a_lower_partition_frees_what_it_held() {
    let [held, free] = [2, 0].map(|count| with(&partition(count)));
    let restarts = |old: &Value, new: &Value| between(old, new, NEWEST).changes[0].restarts;
    assert_eq!(restarts(&held, &free), Restarts::HeldPods);
    assert_eq!(restarts(&free, &held), Restarts::None);
    let by_hand = with(&strategy(json!({"type": "OnDelete"})));
    assert_eq!(restarts(&by_hand, &free), Restarts::HeldPods);
    assert_eq!(restarts(&free, &by_hand), Restarts::None);
}

#[test]
fn an_end_beyond_all_numbers_is_no_panic() {
    let (old, new) = (
        with(&[("/spec/replicas", json!(i32::MAX))]),
        with(&[
            ("/spec/ordinals", json!({"start": i32::MAX})),
            ("/spec/replicas", json!(i32::MAX)),
        ]),
    );
    let found = between(&old, &new, NEWEST);
    let last = u64::try_from(i32::MAX).unwrap();
    assert_eq!(found.pods.created, [run(last, last * 2 - 1)]);
    assert_eq!(found.pods.deleted, [run(0, last - 1)]);
}

#[test]
fn claims_go_with_pods_only_where_the_new_set_says_so() {
    let scaled = |when: &str| {
        let retention = json!({"whenDeleted": "Retain", "whenScaled": when});
        let new = with(&[
            ("/spec/replicas", json!(1)),
            ("/spec/persistentVolumeClaimRetentionPolicy", retention),
        ]);
        between(&web(), &new, NEWEST).pods.claims_deleted
    };
    assert_eq!([scaled("Retain"), scaled("Delete")], [false, true]);
    let kept = with(&[(
        "/spec/persistentVolumeClaimRetentionPolicy",
        json!({"whenDeleted": "Delete", "whenScaled": "Delete"}),
    )]);
    assert!(!between(&web(), &kept, NEWEST).pods.claims_deleted);
}
