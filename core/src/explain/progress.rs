//! One verdict on how far a set has come (k/k#68573, #72212).

use serde::Serialize;

use super::diagnosis::{Diagnosis, DiagnosisCode, Severity};
use super::scene::Scene;
use super::sentence;
use crate::Timestamp;
use crate::plan::{Kind, Operation, Wait, WaitCode};

/// How far a set has come.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Progress {
    /// The verdict.
    pub code: ProgressCode,
    /// The same as a sentence.
    pub message: String,
    /// The Pods that it is about: those waited for, held, or left to a person.
    pub pods: Vec<String>,
    /// The diagnosis that blocks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocker: Option<DiagnosisCode>,
    /// Since when nothing has changed with what is waited for, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub since: Option<Timestamp>,
    /// When the wait is over, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub until: Option<Timestamp>,
}

/// The verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ProgressCode {
    /// Every Pod is available and of the update revision; there is nothing to do.
    Stable,
    /// The controller acts now.
    Progressing,
    /// It waits for something that may well happen.
    Waiting,
    /// It waits for something that does not happen by itself.
    Blocked,
    /// All is well, and older Pods are kept below the partition.
    HeldByPartition,
    /// All is well, and a person is to delete older Pods (strategy OnDelete).
    WaitingForManualDelete,
    /// The set is being deleted.
    Deleting,
}

pub(super) fn of(scene: &Scene<'_>, diagnoses: &[Diagnosis]) -> Progress {
    let set = scene.set();
    let waits = &scene.plan.waits;
    if set.metadata().is_terminating() {
        let message = format!("StatefulSet {} is being deleted", set.name());
        return Progress {
            since: set.metadata().deleted,
            ..verdict(ProgressCode::Deleting, message)
        };
    }
    let not_ready: Vec<String> = scene
        .replicas()
        .filter(|judged| !judged.is_available || judged.pod.is_terminating())
        .map(|judged| judged.pod.name().to_owned())
        .collect();
    // The worst comes first.
    if let Some(worst) = diagnoses
        .iter()
        .find(|diagnosis| diagnosis.severity == Severity::Error && blocks(diagnosis.code, scene))
    {
        return Progress {
            blocker: Some(worst.code),
            pods: pods_of(worst),
            since: since(scene, worst),
            ..verdict(ProgressCode::Blocked, worst.message.clone())
        };
    }
    if !scene.plan.actions.is_empty() && !scene.plan.is_retry() {
        let count = scene.plan.actions.len();
        let noun = if count == 1 { "action" } else { "actions" };
        return verdict(
            ProgressCode::Progressing,
            format!("the controller has {count} {noun} to do now"),
        );
    }
    let is_kept = |wait: &&Wait| matches!(wait.code, WaitCode::Partition | WaitCode::ManualDelete);
    if let Some(wait) = waits.iter().find(|wait| !is_kept(wait)) {
        let named = wait
            .pod
            .as_ref()
            .or(Some(&wait.name).filter(|_| wait.kind == Kind::Pod));
        let pods = match wait.pods.is_empty() {
            true => named.cloned().into_iter().collect(),
            false => wait.pods.clone(),
        };
        return Progress {
            pods,
            until: wait.until,
            ..verdict(
                ProgressCode::Waiting,
                format!("it waits {}", sentence::wait(wait)),
            )
        };
    }
    if !not_ready.is_empty() || scene.first_missing().is_some() {
        let message = match not_ready.as_slice() {
            [] => "Pods are missing".to_owned(),
            [one] => format!("it waits for Pod {one} to be available"),
            [one, rest @ ..] => format!("it waits for Pod {one} and {} more to be available", rest.len()),
        };
        return Progress {
            pods: not_ready,
            ..verdict(ProgressCode::Waiting, message)
        };
    }
    match waits.first() {
        Some(wait) => {
            let code = match wait.code {
                WaitCode::ManualDelete => ProgressCode::WaitingForManualDelete,
                _ => ProgressCode::HeldByPartition,
            };
            Progress {
                pods: wait.pods.clone(),
                ..verdict(code, format!("it waits {}", sentence::wait(wait)))
            }
        }
        None => {
            let count = set.replicas();
            let noun = if count == 1 { "Pod is" } else { "Pods are" };
            verdict(
                ProgressCode::Stable,
                format!("all {count} {noun} available and up to date"),
            )
        }
    }
}

fn verdict(code: ProgressCode, message: String) -> Progress {
    Progress {
        code,
        message,
        pods: Vec::new(),
        blocker: None,
        since: None,
        until: None,
    }
}

/// Whether a diagnosis says why nothing moves: the plan does nothing, or nothing that can succeed.
fn blocks(code: DiagnosisCode, scene: &Scene<'_>) -> bool {
    let only = |is_vain: fn(&Operation) -> bool| {
        let mut operations = scene.plan.actions.iter().map(|action| &action.operation);
        operations.all(is_vain)
    };
    match code {
        DiagnosisCode::ClaimDataLoss
        | DiagnosisCode::GoverningService
        | DiagnosisCode::OverlappingSelector => false,
        // The first refusal ends the call: what comes after it is not done.
        DiagnosisCode::AdoptionWedge => {
            let first = scene.plan.actions.first();
            first.is_none_or(|action| matches!(action.operation, Operation::UpdatePod { .. }))
        }
        DiagnosisCode::NameTooLong => only(|operation| {
            matches!(
                operation,
                Operation::CreatePod { .. }
                    | Operation::CreatePersistentVolumeClaim { .. }
                    | Operation::CreateControllerRevision { .. }
            )
        }),
        _ => scene.plan.actions.is_empty() || scene.plan.is_retry(),
    }
}

fn pods_of(diagnosis: &Diagnosis) -> Vec<String> {
    let pods = diagnosis.objects.iter().filter(|object| object.kind == "Pod");
    pods.map(|object| object.name.clone()).collect()
}

fn since(scene: &Scene<'_>, diagnosis: &Diagnosis) -> Option<Timestamp> {
    let first = diagnosis.objects.iter().find(|object| object.kind == "Pod")?;
    let judged = scene.pods.iter().find(|judged| judged.pod.name() == first.name)?;
    judged.since()
}
