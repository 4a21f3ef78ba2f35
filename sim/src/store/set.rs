//! What is refused of a set's status and of revisions.
//!
//! Source: `pkg/apis/apps/validation/validation.go` (`ValidateStatefulSetStatus`, `ValidateStatefulSetStatusUpdate`,
//! `ValidateControllerRevisionCreate`, `ValidateControllerRevisionUpdate`).

use serde_json::Value;
use steadfast_core::observed::Document;

use super::Object;

use crate::view;

/// What a status counts, in the order in which the API server looks at it.
const COUNTS: [&str; 7] = [
    "replicas",
    "readyReplicas",
    "currentReplicas",
    "updatedReplicas",
    "availableReplicas",
    "observedGeneration",
    "collisionCount",
];

/// What is wrong with a set's status; `stored` is the one before.
pub(super) fn check_status(status: &Value, stored: Option<&Value>) -> Vec<String> {
    let mut counts = COUNTS.map(|field| (field, 0));
    for (field, value) in status.as_object().into_iter().flatten() {
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == field) {
            *count = value.as_i64().unwrap_or_default();
        }
    }
    let mut causes = Vec::new();
    let mut refuse = |(field, count): (&str, i64), detail: &str| {
        causes.push(format!("status.{field}: Invalid value: {count}: {detail}"));
    };
    for counted in counts {
        if counted.1 < 0 {
            refuse(counted, "must be greater than or equal to 0");
        }
    }
    let [replicas, ready, current, updated, available, _, collisions] = counts;
    for counted in [ready, current, updated, available] {
        if counted.1 > replicas.1 {
            refuse(counted, "cannot be greater than status.replicas");
        }
    }
    if available.1 > ready.1 {
        refuse(available, "cannot be greater than status.readyReplicas");
    }
    let before = stored.and_then(|stored| view::number(stored, &["collisionCount"]));
    if before.is_some_and(|before| collisions.1 < before) {
        refuse(collisions, "cannot be decremented");
    }
    causes
}

/// What is wrong with a new revision.
pub(super) fn check_new_revision(revision: &Value) -> Vec<String> {
    let mut causes = number_fault(revision);
    match revision.get("data") {
        None | Some(Value::Null) => causes.push("data: Required value: data is mandatory".to_owned()),
        Some(Value::Object(_)) => {}
        Some(_) => causes.push("data: Required value: data must be a valid JSON object".to_owned()),
    }
    causes
}

/// What of a revision's change is refused: its data stays as it is.
pub(super) fn check_revision(stored: &Object, revision: &Object) -> Vec<String> {
    let mut causes = number_fault(revision);
    if stored.field("data") != revision.field("data") {
        let data = revision.field("data").unwrap_or(&Value::Null);
        causes.push(format!(
            "data: Invalid value: {}: field is immutable",
            view::json(data)
        ));
    }
    causes
}

fn number_fault(revision: &dyn Document) -> Vec<String> {
    let number = view::number(revision, &["revision"]).unwrap_or_default();
    let fault = format!("revision: Invalid value: {number}: must be greater than or equal to 0");
    if number < 0 { vec![fault] } else { Vec::new() }
}
