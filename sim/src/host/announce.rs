//! The Events that the controller itself sends, in upstream's words.
//!
//! Source: `pkg/controller/statefulset/stateful_pod_control.go`, `recordPodEvent` and `recordClaimEvent`.

use steadfast_core::{Action, Operation};

use crate::cluster::Machine;
use crate::component::Event;
use crate::store::{ApiError, Key};

/// What upstream calls itself in Events.
const COMPONENT: &str = "statefulset-controller";

/// Says what became of an action on a Pod or of a claim's creation; upstream says nothing of the others.
pub(super) fn announce(action: &Action, set: &Key, error: Option<&ApiError>, machine: &mut Machine) {
    let verb = match &action.operation {
        Operation::CreatePod { .. } | Operation::CreatePersistentVolumeClaim { .. } => "Create",
        Operation::UpdatePod { .. } => "Update",
        Operation::DeletePod { .. } => "Delete",
        _ => return,
    };
    if error.is_some_and(|error| error.reason == "AlreadyExists") {
        return;
    }
    let pod = action.pod.as_deref().unwrap_or(&action.name);
    let (name, set_name) = (&action.name, &set.name);
    let is_claim = matches!(action.operation, Operation::CreatePersistentVolumeClaim { .. });
    // Up to 1.34 the sentence began with a small letter.
    let shown = if is_before_1_35(machine) {
        verb.to_lowercase()
    } else {
        verb.to_owned()
    };
    let message = match (is_claim, error) {
        (false, None) => format!("{shown} Pod {name} in StatefulSet {set_name} successful"),
        (false, Some(error)) => {
            format!(
                "{shown} Pod {name} in StatefulSet {set_name} failed error: {}",
                error.message
            )
        }
        (true, None) => format!("{shown} Claim {name} Pod {pod} in StatefulSet {set_name} success"),
        (true, Some(error)) => {
            format!(
                "{shown} Claim {name} for Pod {pod} in StatefulSet {set_name} failed error: {}",
                error.message
            )
        }
    };
    let (kind, outcome) = if error.is_some() {
        ("Warning", "Failed")
    } else {
        ("Normal", "Successful")
    };
    let reason = format!("{outcome}{verb}");
    machine.record_event(Event {
        object: set.clone(),
        component: COMPONENT,
        kind,
        reason,
        message,
    });
}

fn is_before_1_35(machine: &Machine) -> bool {
    let minor = machine
        .profile
        .kubernetes()
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 35)
}
