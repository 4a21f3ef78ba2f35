//! A diagnosis: a stable code, the objects, a sentence, and what to do.

use serde::{Deserialize, Serialize};

use super::scene::Scene;
use crate::remedy::{CommandContext, Remedy};

/// Something that is wrong with a set, or worth knowing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Diagnosis {
    /// What it is.
    pub code: DiagnosisCode,
    /// How bad it is.
    pub severity: Severity,
    /// The objects that it speaks of, the most important first.
    pub objects: Vec<ObjectName>,
    /// What is wrong, in a sentence or two.
    pub message: String,
    /// What can be done, the best first.
    pub remedies: Vec<Proposal>,
    /// Reports of it, as `kubernetes/kubernetes#67250` is written: `k/k#67250`.
    pub reports: Vec<String>,
}

/// How bad a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DiagnosisSeverity"))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// It works, or will after a while; it may surprise.
    Warning,
    /// Nothing gets better without somebody.
    Error,
}

/// An object's kind and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ObjectName {
    /// Its kind.
    pub kind: String,
    /// Its name, in the set's namespace where the kind has one.
    pub name: String,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Proposal {
    /// What, as a clause: `delete Pod web-3; its claims stay`.
    pub sentence: String,
    /// The same as what a simulator can play; empty where it cannot.
    pub actions: Vec<Remedy>,
    /// The same as commands for a POSIX shell.
    pub commands: Vec<String>,
}

/// The codes of the catalogue (`docs/diagnoses/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum DiagnosisCode {
    /// A broken Pod of OrderedReady keeps the update from replacing it.
    RollbackTrap,
    /// Broken old Pods of Parallel use up the whole budget.
    ParallelBudgetStuck,
    /// A Pod that should go stays, because others are not available.
    ScaleDownBlocked,
    /// A claim keeps a Pod from being made or started.
    ClaimBlocksPod,
    /// A Pod cannot end because its node is gone.
    NodeLost,
    /// A Pod's volumes are not those of the claim templates, and cannot be changed.
    AdoptionWedge,
    /// A name is, or may become, longer than a label may be.
    NameTooLong,
    /// The Service that gives the Pods their names does not.
    GoverningService,
    /// Claims go with their data.
    ClaimDataLoss,
    /// The partition is counted from the first ordinal, or is past the last.
    PartitionOffset,
    /// maxUnavailable is more than one, and OrderedReady brings Pods back one by one.
    BudgetSerial,
    /// Another controller selects the same Pods.
    OverlappingSelector,
    /// No budget limits how many Pods a drain takes.
    NoDisruptionBudget,
    /// A change that the API server refuses.
    ImmutableChange,
    /// A change that looks like one and is none, or makes a revision where nothing seems to change.
    SpuriousRollout,
    /// A Pod is not ready, and the controller will not do anything about it.
    PodNotReady,
    /// A Pod is terminating and does not end, although its node is there.
    PodStuckTerminating,
    /// The controller stops before it does anything, until something is corrected.
    ControllerStopped,
}

impl DiagnosisCode {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::RollbackTrap, "RollbackTrap"),
        (Self::ParallelBudgetStuck, "ParallelBudgetStuck"),
        (Self::ScaleDownBlocked, "ScaleDownBlocked"),
        (Self::ClaimBlocksPod, "ClaimBlocksPod"),
        (Self::NodeLost, "NodeLost"),
        (Self::AdoptionWedge, "AdoptionWedge"),
        (Self::NameTooLong, "NameTooLong"),
        (Self::GoverningService, "GoverningService"),
        (Self::ClaimDataLoss, "ClaimDataLoss"),
        (Self::PartitionOffset, "PartitionOffset"),
        (Self::BudgetSerial, "BudgetSerial"),
        (Self::OverlappingSelector, "OverlappingSelector"),
        (Self::NoDisruptionBudget, "NoDisruptionBudget"),
        (Self::ImmutableChange, "ImmutableChange"),
        (Self::SpuriousRollout, "SpuriousRollout"),
        (Self::PodNotReady, "PodNotReady"),
        (Self::PodStuckTerminating, "PodStuckTerminating"),
        (Self::ControllerStopped, "ControllerStopped"),
    ];

    /// The name, as it is written in JSON.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(code, _)| *code == self);
        found.map_or("", |(_, name)| name)
    }

    /// Where it was reported.
    pub(super) const fn reports(self) -> &'static [&'static str] {
        match self {
            Self::RollbackTrap => &["k/k#67250", "k/k#60164"],
            Self::ParallelBudgetStuck => &["k/k#137409"],
            Self::ScaleDownBlocked => &["k/k#36333", "k/k#57865"],
            Self::ClaimBlocksPod => &["k/k#74374", "k/k#83282"],
            Self::NodeLost => &["k/k#54368", "k/k#74689"],
            Self::AdoptionWedge => &["k/k#141876"],
            Self::NameTooLong => &["k/k#64023"],
            Self::GoverningService => &["k/k#92559"],
            Self::PartitionOffset => &["k/k#128529"],
            Self::ImmutableChange => &["k/k#41015", "k/k#68737"],
            Self::SpuriousRollout => &["k/k#134773"],
            _ => &[],
        }
    }
}

impl Diagnosis {
    pub(super) fn new(code: DiagnosisCode, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            objects: Vec::new(),
            message: message.into(),
            remedies: Vec::new(),
            reports: code.reports().iter().map(|report| (*report).to_owned()).collect(),
        }
    }

    /// The same, speaking of one more object.
    pub(super) fn about(mut self, kind: &str, name: impl Into<String>) -> Self {
        self.objects.push(ObjectName {
            kind: kind.to_owned(),
            name: name.into(),
        });
        self
    }

    /// The same, with these Pods deleted as a remedy.
    pub(super) fn deleting<'p>(self, scene: &Scene<'_>, pods: impl IntoIterator<Item = &'p str>) -> Self {
        let actions: Vec<Remedy> = pods
            .into_iter()
            .map(|pod| Remedy::DeletePod { pod: pod.to_owned() })
            .collect();
        let sentence = match actions.as_slice() {
            [one] => one.sentence(),
            _ => "delete these Pods; their claims stay".to_owned(),
        };
        self.doing(scene, &sentence, actions)
    }

    /// The same, with a remedy that a simulator can play.
    pub(super) fn doing(mut self, scene: &Scene<'_>, sentence: &str, actions: Vec<Remedy>) -> Self {
        let set = scene.set();
        let context = CommandContext {
            namespace: Some(set.namespace()),
            set: set.name(),
            manifest: "FILE",
        };
        let commands = actions
            .iter()
            .flat_map(|action| action.commands(&context))
            .collect();
        self.remedies.push(Proposal {
            sentence: sentence.to_owned(),
            actions,
            commands,
        });
        self
    }

    /// The same, with advice for a person, and commands where there are some.
    pub(super) fn advising(mut self, sentence: impl Into<String>, commands: Vec<String>) -> Self {
        self.remedies.push(Proposal {
            sentence: sentence.into(),
            actions: Vec::new(),
            commands,
        });
        self
    }
}
