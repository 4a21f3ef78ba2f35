//! Actions and waits as clauses, for tables and stories.

use crate::plan::{Action, Reason, Wait, WaitCode};

/// Why the action is taken, as a clause that stands beside it: `its ordinal is out of range`.
///
/// ```
/// use steadfast_core::{Action, explain};
/// let action: Action = serde_json::from_str(
///     r#"{"type": "DeletePod", "name": "web-2", "batch": 0, "reason": {"code": "scaleDown", "ordinal": 2}}"#).unwrap();
/// assert_eq!(explain::reason(&action), "ordinal 2 is out of range");
/// ```
pub fn reason(action: &Action) -> String {
    reason_of(
        action.operation.name(),
        &action.reason,
        action.operation.uid().is_none(),
    )
}

/// The same of a record of an action, which has neither object nor UID: the name of its operation, such as `DeletePod`, and
/// why. `is_planned`: whether the Pod that is deleted is one that the same plan makes.
///
/// ```
/// use steadfast_core::{Reason, explain};
/// let reason = Reason::TerminalPhase { phase: "Failed".to_owned() };
/// assert_eq!(explain::reason_of("DeletePod", &reason, false), "its phase is Failed; a new Pod takes its place");
/// ```
pub fn reason_of(operation: &str, reason: &Reason, is_planned: bool) -> String {
    match reason {
        Reason::ReplicaMissing { revision } => format!("its ordinal has no Pod; from revision {revision}"),
        Reason::ScaleDown { ordinal } => format!("ordinal {ordinal} is out of range"),
        Reason::RollingUpdate { from, .. } | Reason::Recreate { from, .. } if from.is_empty() => {
            "it has no revision label, so it counts as old".to_owned()
        }
        Reason::RollingUpdate { from, to } if is_planned => {
            format!("this plan makes it from revision {from}, the update leads to {to}")
        }
        Reason::RollingUpdate { from, to } => format!("it has revision {from}, the update leads to {to}"),
        Reason::Recreate { from, to } => {
            format!("Recreate: it has revision {from}, the update leads to {to}")
        }
        Reason::TerminalPhase { phase } => format!("its phase is {phase}; a new Pod takes its place"),
        Reason::ClaimMissing { template } => format!("the Pod needs it; from claim template {template}"),
        Reason::ClaimRetention {
            when_scaled,
            when_deleted,
            condemned,
        } => {
            let place = if *condemned {
                "is out of range"
            } else {
                "is in range"
            };
            format!("its Pod {place}; whenScaled is {when_scaled}, whenDeleted is {when_deleted}")
        }
        Reason::PodMismatch {
            identity,
            storage,
            claim_owners,
        } => {
            let parts = [
                (*identity, "identity"),
                (*storage, "volumes"),
                (*claim_owners, "claims' owners"),
            ];
            let wrong: Vec<&str> = parts
                .into_iter()
                .filter_map(|(is_wrong, part)| is_wrong.then_some(part))
                .collect();
            format!(
                "its {} {} not as the set asks",
                wrong.join(" and "),
                if wrong == ["identity"] { "is" } else { "are" }
            )
        }
        Reason::Orphan => match operation {
            "AdoptControllerRevision" => "the selector matches and nobody controls it".to_owned(),
            _ => "selector and name match and nobody controls it".to_owned(),
        },
        Reason::SelectorMismatch => "the selector no longer matches its labels".to_owned(),
        Reason::NameMismatch => "its name is not one of this set".to_owned(),
        Reason::NewTemplate { collisions: 0 } => "no revision holds this template".to_owned(),
        Reason::NewTemplate { collisions } => {
            format!("no revision holds this template; {collisions} name(s) were taken by other data")
        }
        Reason::Rollback { from, to } => {
            format!("it holds this template already: revision {from} becomes {to}")
        }
        Reason::HistoryLimit { limit } => format!("no Pod has it, and revisionHistoryLimit is {limit}"),
    }
}

/// What is waited for, as a clause after the word *waits*: `for Pod web-0 to be Running and Ready`.
///
/// ```
/// use steadfast_core::{Wait, explain};
/// let wait: Wait = serde_json::from_str(
///     r#"{"code": "podRunningAndReady", "kind": "Pod", "name": "web-0", "retry": false}"#).unwrap();
/// assert_eq!(explain::wait(&wait), "for Pod web-0 to be Running and Ready");
/// ```
pub fn wait(wait: &Wait) -> String {
    let object = format!("{} {}", wait.kind.name(), wait.name);
    let sentence = match wait.code {
        WaitCode::PodRunningAndReady => format!("for {object} to be Running and Ready"),
        WaitCode::PodAvailable => match wait.until {
            Some(until) => format!("for {object} to be available at {until} (minReadySeconds)"),
            None => format!("for {object} to be available (minReadySeconds)"),
        },
        WaitCode::PodTermination => format!("for {object} to be gone; it is terminating"),
        WaitCode::ClaimTermination => {
            format!("for {object} to be gone; it is terminating and will be made anew")
        }
        WaitCode::ClaimStale => format!("for {object} to be gone; it belongs to an earlier Pod of this name"),
        WaitCode::NameTaken => format!("for the name of {object}, which another object has"),
        WaitCode::Partition => format!(
            "below the partition: {} stay at the old revision",
            names(&wait.pods)
        ),
        WaitCode::MaxUnavailable => format!(
            "for {} to be available; maxUnavailable is used up",
            names(&wait.pods)
        ),
        WaitCode::ManualDelete => format!("for somebody to delete {} (strategy OnDelete)", names(&wait.pods)),
        WaitCode::SetDeletion => format!("for {object} to be gone; it is being deleted"),
        WaitCode::RevisionAdoption => {
            format!("to adopt {object}, which is impossible while the set is being deleted")
        }
        WaitCode::SelectorInvalid => "for a valid spec.selector".to_owned(),
        WaitCode::RevisionUnreadable => format!("for {object} to be readable"),
        WaitCode::StrategyDisabled => {
            "for the feature gate StatefulSetRecreateStrategy, or another updateStrategy".to_owned()
        }
        WaitCode::MaxUnavailableInvalid => "for a valid maxUnavailable".to_owned(),
        WaitCode::PlanLimit => "to be called again: this plan is as long as one gets".to_owned(),
    };
    let held = wait.pod.as_ref().filter(|pod| **pod != wait.name);
    let sentence = match held {
        Some(pod) => format!("{sentence}, before Pod {pod}"),
        None => sentence,
    };
    match &wait.detail {
        Some(detail) => format!("{sentence}: {detail}"),
        None => sentence,
    }
}

/// `web-0`, `web-0 and web-1`, `web-0, web-1 and 5 more`.
fn names(pods: &[String]) -> String {
    match pods {
        [] => "no Pod".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
