//! What holds in every world: the page of invariants in `docs/architecture.md`, as far as one decision shows it.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use steadfast_core::{Kind, Observation, Observed, Plan, Profile, Timestamp, WaitCode, reconcile};
use steadfast_tests::{stable, worlds};

const LISTS: [&str; 3] = ["pods", "persistentVolumeClaims", "controllerRevisions"];

#[test]
fn whatever_the_order_of_the_lists_the_plan_is_the_same() {
    for_worlds(400, |world, plan| {
        let mut reversed = world.clone();
        for list in LISTS {
            reversed[list].as_array_mut().unwrap().reverse();
        }
        assert_eq!(decide(&reversed), *plan);
    });
}

#[test]
fn an_observation_that_is_changed_object_by_object_decides_like_one_that_is_read_at_once() {
    for_worlds(400, |world, plan| {
        let mut observed = observed(world);
        let pods: Vec<Value> = world["pods"].as_array().unwrap().clone();
        let namespace = namespace(&world["statefulSet"]);
        let own = pods.into_iter().filter(|pod| self::namespace(pod) == namespace);
        for mut pod in own {
            assert!(observed.remove(Kind::Pod, pod["metadata"]["name"].as_str().unwrap()));
            pod["kind"] = json!("Pod");
            observed.put(pod).unwrap();
        }
        assert_eq!(reconcile(&observed, now(world), &Profile::default()), *plan);
    });
}

#[test]
fn no_plan_creates_or_deletes_one_object_twice() {
    for_worlds(2_000, |_, plan| {
        let mut seen = BTreeSet::new();
        let is_once = |name: &str| name.starts_with("Create") || name.starts_with("Delete");
        for action in plan
            .actions
            .iter()
            .filter(|action| is_once(action.operation.name()))
        {
            assert!(seen.insert((action.operation.name(), &action.name)), "{action:?}");
        }
    });
}

#[test]
fn batches_count_up_from_zero_without_a_gap() {
    for_worlds(2_000, |_, plan| {
        let mut expected = 0;
        for action in &plan.actions {
            assert!(
                action.batch == expected || action.batch == expected + 1,
                "{:?}",
                plan.actions
            );
            expected = action.batch;
        }
        assert!(plan.actions.first().is_none_or(|first| first.batch == 0));
    });
}

#[test]
fn a_plan_survives_its_json_form() {
    for_worlds(400, |_, plan| {
        let text = serde_json::to_string(plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), *plan);
    });
}

#[test]
fn a_decision_takes_any_int32_of_replicas() {
    let mut world = stable::observation(3, 1);
    world["statefulSet"]["spec"]["replicas"] = json!(i32::MAX);
    let ordered = decide(&world);
    assert_eq!(
        ordered.actions.len(),
        2,
        "the next claim and its Pod: {:?}",
        ordered.actions
    );

    world["statefulSet"]["spec"]["podManagementPolicy"] = json!("Parallel");
    let parallel = decide(&world);
    assert!(
        (200_000..202_000).contains(&parallel.actions.len()),
        "{}",
        parallel.actions.len()
    );
    assert_eq!(
        parallel.waits.last().map(|wait| (wait.code, wait.retry)),
        Some((WaitCode::PlanLimit, true))
    );
}

fn for_worlds(count: u64, check: impl Fn(&Value, &Plan)) {
    for seed in 0..count {
        let world = worlds::world(seed).observation;
        let plan = decide(&world);
        check(&world, &plan);
    }
}

fn decide(world: &Value) -> Plan {
    reconcile(&observed(world), now(world), &Profile::default())
}

fn observed(world: &Value) -> Observed {
    let observation: Observation = serde_json::from_value(world.clone()).unwrap();
    Observed::parse(observation).unwrap()
}

fn now(world: &Value) -> Timestamp {
    Timestamp::parse(world["now"].as_str().unwrap()).unwrap()
}

fn namespace(object: &Value) -> &str {
    object["metadata"]["namespace"].as_str().unwrap_or("default")
}
