//! What upstream's controller did on a real control plane is what the core plans: every recorded moment, one step.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::PathBuf;

use serde_json::Value;
use steadfast_core::{Observation, Observed, Plan, Profile, Timestamp, reconcile};
use steadfast_tests::recorded::{files, json, objects};

#[test]
fn every_recorded_moment_is_followed_by_what_the_plan_says() {
    let moments = moments();
    assert!(moments.len() > 60, "the recordings are there: {}", moments.len());
    let wrong: Vec<String> = moments
        .iter()
        .filter_map(|moment| Some(format!("{}: {}", moment.name, check(moment)?)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} moments:\n{}",
        wrong.len(),
        moments.len(),
        wrong.join("\n")
    );
}

#[test]
fn revision_names_computed_from_recorded_sets_are_the_real_ones() {
    let mut seen = 0;
    for moment in moments() {
        let set = moment.observed.set();
        let name = set.object()["status"]["updateRevision"]
            .as_str()
            .unwrap_or_default();
        let is_current =
            set.object()["status"]["observedGeneration"] == set.object()["metadata"]["generation"];
        // Only a status of this generation names the revision of this template.
        if name.is_empty() || !is_current {
            continue;
        }
        let data = steadfast_core::RevisionData::of_template(set.template(), false);
        assert_eq!(
            steadfast_core::revision_name(set.name(), &data.hash(0)),
            name,
            "{}",
            moment.name
        );
        seen += 1;
    }
    assert!(seen > 25, "only {seen} sets had a status of their own generation");
}

struct Moment {
    name: String,
    observed: Observed,
    next: Value,
}

fn moments() -> Vec<Moment> {
    let dumps = files(".yaml")
        .into_iter()
        .filter(|(_, dump)| dump.with_extension("next.json").exists());
    let moment = |(name, dump): (String, PathBuf)| Moment {
        name,
        observed: observed(objects(&dump)),
        next: json(&dump.with_extension("next.json")),
    };
    dumps.map(moment).collect()
}

fn observed(objects: Vec<Value>) -> Observed {
    let of = |kind: &str| -> Vec<Value> {
        objects
            .iter()
            .filter(|object| object["kind"] == kind)
            .cloned()
            .collect()
    };
    let mut observation = Observation::default();
    observation.stateful_set = of("StatefulSet").remove(0);
    observation.pods = Some(of("Pod"));
    observation.persistent_volume_claims = Some(of("PersistentVolumeClaim"));
    observation.controller_revisions = Some(of("ControllerRevision"));
    Observed::parse(observation).unwrap()
}

/// The first difference between the recorded writes and the plan.
fn check(moment: &Moment) -> Option<String> {
    let now = Timestamp::parse(moment.next["now"].as_str().unwrap()).unwrap();
    let plan = reconcile(&moment.observed, now, &Profile::default());
    let mut recorded: Vec<&Value> = moment.next["writes"].as_array().unwrap().iter().collect();
    let status = recorded
        .iter()
        .position(|write| write["subresource"] == "status")
        .map(|at| recorded.remove(at));
    let mut planned: Vec<&steadfast_core::Action> = plan.actions.iter().collect();
    if recorded.len() != planned.len() {
        return Some(format!(
            "recorded {} writes, planned {}:\n{}",
            recorded.len(),
            planned.len(),
            sides(&recorded, &plan)
        ));
    }
    // Orphan revisions come in the random order of a Go map.
    let adoptions = recorded
        .iter()
        .take_while(|write| write["kind"] == "ControllerRevision" && write["verb"] == "patch");
    let adoptions = adoptions.count();
    recorded[..adoptions].sort_by_key(|write| write["name"].to_string());
    // Inside a batch the order is upstream's goroutines': there, bring the recording into the plan's order.
    let mut start = 0;
    for batch in planned.chunk_by_mut(|one, next| one.batch == next.batch) {
        let end = start + batch.len();
        recorded[start..end].sort_by_key(|write| (write["name"].to_string(), write["verb"].to_string()));
        batch.sort_by_key(|action| {
            (
                Value::from(action.name.as_str()).to_string(),
                Value::from(verb(action)).to_string(),
            )
        });
        start = end;
    }
    for (write, action) in recorded.iter().zip(&planned) {
        let is_same = write["verb"] == verb(action)
            && write["kind"] == action.operation.kind().name()
            && write["name"] == action.name
            && action
                .operation
                .object()
                .is_none_or(|object| contains(&write["object"], object))
            && action
                .operation
                .patch()
                .is_none_or(|patch| write["patch"] == *patch);
        if !is_same {
            let planned = serde_json::to_string(action).unwrap();
            return Some(format!("recorded {write:.1500}\n  planned {planned:.1500}"));
        }
    }
    match status {
        None if plan.status_changed => Some("a status was planned, none was recorded".to_owned()),
        None => None,
        Some(write) => {
            let planned = serde_json::to_value(plan.status.filter(|_| plan.status_changed)).unwrap();
            (planned != write["status"])
                .then(|| format!("recorded status {}\n  planned {planned}", write["status"]))
        }
    }
}

fn verb(action: &steadfast_core::Action) -> &'static str {
    let name = action.operation.name();
    match name {
        _ if name.starts_with("Create") => "create",
        _ if name.starts_with("Update") => "update",
        _ if name.starts_with("Delete") => "delete",
        _ => "patch",
    }
}

/// The API server fills in defaults: all that was planned must be there, and may have company.
fn contains(stored: &Value, planned: &Value) -> bool {
    match (stored, planned) {
        (Value::Object(stored), Value::Object(planned)) => {
            let is_stored = |(key, value): (&String, &Value)| match stored.get(key) {
                Some(stored) => contains(stored, value),
                // Upstream names the namespace of a new revision in the URL only.
                None => key == "namespace",
            };
            planned.iter().all(is_stored)
        }
        (Value::Array(stored), Value::Array(planned)) => {
            stored.len() == planned.len()
                && stored
                    .iter()
                    .zip(planned)
                    .all(|(stored, planned)| contains(stored, planned))
        }
        _ => stored == planned,
    }
}

fn sides(recorded: &[&Value], plan: &Plan) -> String {
    let recorded: Vec<String> = recorded
        .iter()
        .map(|w| format!("{} {}", w["verb"], w["name"]))
        .collect();
    let planned: Vec<String> = plan
        .actions
        .iter()
        .map(|a| format!("{} {}", a.operation.name(), a.name))
        .collect();
    format!(
        "  recorded {}\n  planned {}",
        recorded.join(", "),
        planned.join(", ")
    )
}
