//! Edits that grant nothing, though they come close: they must not let anything go on.

use serde_json::{Value, json};
use steadfast_core::{Kind, Timestamp, Wait, WaitCode};

use super::edit;
use super::grant::hold_all;

/// A world in which a wait is still not granted.
pub struct Withheld {
    /// In what way.
    pub how: &'static str,
    pub observation: Value,
    pub expected: Expected,
}

/// What must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing at all.
    Same,
    /// The wait stays, and nothing new is done.
    StillWaits,
    /// None of the wait's Pods is deleted.
    HoldsItsPods,
}

/// Every edit that is tried for `wait`.
pub fn withhold(observation: &Value, wait: &Wait) -> Vec<Withheld> {
    let mut all = vec![Withheld {
        how: "an annotation on what is awaited",
        observation: annotated(observation, wait),
        expected: Expected::Same,
    }];
    let until = wait.until.filter(|_| wait.code == WaitCode::PodAvailable);
    if let Some(until) = until.filter(|until| !is_other_due_before(observation, &wait.name, *until)) {
        let mut world = observation.clone();
        world["now"] = json!(edit::just_before(until).to_string());
        all.push(Withheld {
            how: "one nanosecond too early",
            observation: world,
            expected: Expected::StillWaits,
        });
    }
    if wait.code == WaitCode::Partition
        && let Some(world) = hold_all(observation, wait)
    {
        all.push(Withheld {
            how: "a partition one above the highest Pod held",
            observation: world,
            expected: Expected::HoldsItsPods,
        });
    }
    all
}

/// Whether another Pod becomes available in the meantime: then more than this wait is at stake.
fn is_other_due_before(observation: &Value, name: &str, until: Timestamp) -> bool {
    let min_ready = observation["statefulSet"]["spec"]["minReadySeconds"]
        .as_i64()
        .unwrap_or(0);
    let moment = |text: &Value| text.as_str().and_then(Timestamp::parse);
    let Some(now) = moment(&observation["now"]) else {
        return true;
    };
    let pods = observation["pods"].as_array().into_iter().flatten();
    pods.filter(|pod| pod["metadata"]["name"] != name)
        .flat_map(|pod| pod["status"]["conditions"].as_array().into_iter().flatten())
        .filter(|condition| condition["type"] == "Ready")
        .filter_map(|condition| moment(&condition["lastTransitionTime"]))
        .map(|since| since.plus_seconds(min_ready))
        .any(|due| now <= due && due < until)
}

fn annotated(observation: &Value, wait: &Wait) -> Value {
    let mut world = observation.clone();
    let list = match wait.kind {
        Kind::Pod => "pods",
        Kind::PersistentVolumeClaim => "persistentVolumeClaims",
        Kind::ControllerRevision => "controllerRevisions",
        _ => {
            edit::annotate(&mut world["statefulSet"]);
            return world;
        }
    };
    if let Some(object) = edit::find(&mut world, list, &wait.name) {
        edit::annotate(object);
    }
    world
}
