//! What a host did of a plan some of whose calls were refused, against what upstream does where the same calls are.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use steadfast_core::Plan;
use steadfast_sim::trace::Happening;

use super::question::{Asker, Fault, Observed};

/// What a host did of one plan.
#[derive(Default)]
pub(super) struct Did {
    /// Type and name of each call, with the reason of its refusal.
    pub calls: Vec<(&'static str, String, Option<&'static str>)>,
    /// The status that it wrote, or tried to.
    status: Option<Value>,
}

impl Did {
    pub fn of<'a>(happenings: impl Iterator<Item = &'a Happening>) -> Self {
        let mut did = Self::default();
        for happening in happenings {
            match happening {
                Happening::Action { action, error, .. } => {
                    let reason = error.as_ref().map(|error| error.reason);
                    did.calls.push((action.operation, action.name.clone(), reason));
                }
                Happening::Status { set, status, error } => {
                    did.status = serde_json::to_value(status).ok();
                    let reason = error.as_ref().map(|error| error.reason);
                    did.calls.push(("UpdateStatus", set.name.to_string(), reason));
                }
                _ => {}
            }
        }
        did
    }

    /// Type and reason of each call that was refused.
    pub fn refused(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.calls
            .iter()
            .filter_map(|(kind, _, reason)| reason.map(|reason| (*kind, reason)))
    }

    pub fn has_refused(&self) -> bool {
        self.refused().next().is_some()
    }

    fn was_refused(&self, kind: &str, name: &str) -> bool {
        self.calls
            .iter()
            .any(|(called, on, reason)| *called == kind && on == name && reason.is_some())
    }
}

/// Asks upstream about the same observation, with the calls refused that were refused here; gives the first difference in
/// what was done, what was tried in vain, and the status.
///
/// Left out is what is deliberately ours (`docs/conformance.md`): no trim after a failed revision write, no claim correction
/// after a failed CreatePod; and an adoption of a Pod that is gone, after which a host observes again.
pub(super) fn after_failures(
    plan: &Plan,
    did: &Did,
    observed: &Observed,
    asker: &mut Asker,
) -> Option<String> {
    let is_refused_for = |kind: &str, reason: &str| {
        did.calls
            .iter()
            .any(|(called, _, refused)| *called == kind && *refused == Some(reason))
    };
    if is_refused_for("AdoptPod", "NotFound") {
        return None;
    }
    let faults: Vec<Fault> = did
        .calls
        .iter()
        .filter_map(|(kind, name, reason)| fault(kind, name, (*reason)?))
        .collect();
    let answer = match asker.ask(observed, &faults) {
        Ok(answer) => answer,
        Err(sentence) => return Some(sentence),
    };
    let revision_failed = did.calls.iter().any(|(kind, _, reason)| {
        reason.is_some() && matches!(*kind, "CreateControllerRevision" | "UpdateControllerRevision")
    });
    let (mut done, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for action in answer["actions"].as_array().into_iter().flatten() {
        let text = |field: &str| action[field].as_str().unwrap_or_default();
        let (kind, name) = (text("type"), text("name"));
        let is_ours = match kind {
            "DeleteControllerRevision" => revision_failed,
            "UpdatePersistentVolumeClaim" => did.was_refused("CreatePod", text("pod")),
            _ => false,
        };
        // A Pod of a name that is taken: the plan waits.
        let is_foreseen = kind == "CreatePod" && action["refused"] == true && !did.was_refused(kind, name);
        let side = match action["refused"] == true {
            true => &mut refused,
            false => &mut done,
        };
        if !is_ours && !is_foreseen {
            side.insert((kind.to_owned(), name.to_owned()));
        }
    }
    if answer["statusWritten"] == true {
        done.insert(("UpdateStatus".to_owned(), set_of(did).unwrap_or_default()));
    }
    let ours = |is_refused: bool| -> BTreeSet<(String, String)> {
        let of = did
            .calls
            .iter()
            .filter(|(.., reason)| reason.is_some() == is_refused);
        of.map(|(kind, name, _)| ((*kind).to_owned(), name.clone()))
            .collect()
    };
    let shown = || {
        let planned: Vec<String> = plan
            .actions
            .iter()
            .map(|action| format!("{} {} {}", action.batch, action.operation.name(), action.name))
            .collect();
        format!("\nplan: {planned:?}\n{}", observed.0)
    };
    if (&done, &refused) != (&ours(false), &ours(true)) {
        return Some(format!(
            "after {faults:?}\n  upstream did {done:?}, in vain {refused:?}\n  the host did {:?}, in vain {:?}{}",
            ours(false),
            ours(true),
            shown()
        ));
    }
    let (theirs, ours) = (answer.get("status")?, did.status.as_ref()?);
    (answer["statusWritten"] == true && filled(theirs, ours) != filled(ours, ours)).then(|| {
        format!(
            "after {faults:?} the status\n  upstream: {theirs}\n  the host: {ours}{}",
            shown()
        )
    })
}

/// The name that the host's write of the status has, if it made one.
fn set_of(did: &Did) -> Option<String> {
    let status = did.calls.iter().find(|(kind, ..)| *kind == "UpdateStatus");
    status.map(|(_, name, _)| name.clone())
}

fn fault(kind: &str, name: &str, reason: &str) -> Option<Fault> {
    let (verb, kind) = match kind {
        "UpdateStatus" => ("updateStatus", "StatefulSet"),
        "CreatePod" => ("create", "Pod"),
        "UpdatePod" => ("update", "Pod"),
        "DeletePod" => ("delete", "Pod"),
        "AdoptPod" | "ReleasePod" => ("patch", "Pod"),
        "CreatePersistentVolumeClaim" => ("create", "PersistentVolumeClaim"),
        "UpdatePersistentVolumeClaim" => ("update", "PersistentVolumeClaim"),
        "CreateControllerRevision" => ("create", "ControllerRevision"),
        "UpdateControllerRevision" => ("update", "ControllerRevision"),
        "DeleteControllerRevision" => ("delete", "ControllerRevision"),
        "AdoptControllerRevision" => ("patch", "ControllerRevision"),
        _ => return None,
    };
    Some(Fault {
        verb,
        kind,
        name: name.to_owned(),
        reason: reason.to_owned(),
        times: None,
    })
}

/// A status in which counters of 0 are written, and the time of a changed condition is `like`'s: it is the real one upstream.
fn filled(status: &Value, like: &Value) -> Value {
    let mut filled = json!({"readyReplicas": 0, "currentReplicas": 0, "updatedReplicas": 0, "observedGeneration": 0,
        "availableReplicas": 0, "currentRevision": "", "updateRevision": ""});
    for (field, value) in status.as_object().into_iter().flatten() {
        filled[field] = value.clone();
    }
    let conditions = filled.get_mut("conditions");
    for (at, condition) in conditions
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .enumerate()
    {
        if condition["type"] == "Progressing" {
            condition["lastTransitionTime"] = like["conditions"][at]["lastTransitionTime"].clone();
        }
    }
    filled
}
