//! Why an action is taken.

use serde::{Deserialize, Serialize};

/// Why an action is taken: the rule that asks for it, with the facts that it was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Reason {
    /// CreatePod: an ordinal in range has no Pod.
    ReplicaMissing {
        /// The revision that the Pod is made from.
        revision: String,
    },
    /// DeletePod: the ordinal is out of range.
    ScaleDown {
        /// The Pod's ordinal.
        ordinal: u64,
    },
    /// DeletePod: the Pod has not the update revision.
    RollingUpdate {
        /// The Pod's revision; empty where its label is absent.
        from: String,
        /// The update revision.
        to: String,
    },
    /// DeletePod: strategy Recreate, and the Pod has not the update revision.
    Recreate {
        /// The Pod's revision; empty where its label is absent.
        from: String,
        /// The update revision.
        to: String,
    },
    /// DeletePod: the Pod is Failed or Succeeded and is to be replaced.
    TerminalPhase {
        /// The Pod's phase.
        #[cfg_attr(feature = "ts", ts(type = "\"Failed\" | \"Succeeded\""))]
        phase: String,
    },
    /// CreatePersistentVolumeClaim: a Pod needs it and it is not there.
    ClaimMissing {
        /// The name of the claim template.
        template: String,
    },
    /// UpdatePersistentVolumeClaim: its owner references are not what the retention policy asks for.
    ClaimRetention {
        /// `Retain` or `Delete`.
        #[cfg_attr(feature = "ts", ts(type = "\"Retain\" | \"Delete\""))]
        when_scaled: String,
        /// `Retain` or `Delete`.
        #[cfg_attr(feature = "ts", ts(type = "\"Retain\" | \"Delete\""))]
        when_deleted: String,
        /// True where the Pod's ordinal is out of range.
        condemned: bool,
    },
    /// UpdatePod: what of the Pod does not match the set.
    PodMismatch {
        /// The name, or the label `statefulset.kubernetes.io/pod-name`.
        identity: bool,
        /// The volumes of the claim templates.
        storage: bool,
        /// The owner references of its claims; the Pod itself is written unchanged for these.
        claim_owners: bool,
    },
    /// AdoptPod, AdoptControllerRevision: it has no controller, and the selector matches.
    Orphan,
    /// ReleasePod: the selector no longer matches its labels.
    SelectorMismatch,
    /// ReleasePod: its name is not one of this set.
    NameMismatch,
    /// CreateControllerRevision: no revision holds this template.
    NewTemplate {
        /// How many names were taken by other data.
        collisions: u32,
    },
    /// UpdateControllerRevision: an earlier revision holds this template, and becomes the newest.
    Rollback {
        /// The number it had.
        from: i64,
        /// The number it gets.
        to: i64,
    },
    /// DeleteControllerRevision: no Pod has it, and there are more than `revisionHistoryLimit`.
    HistoryLimit {
        /// The limit.
        limit: i64,
    },
}

impl Reason {
    /// The code on the wire, such as `replicaMissing`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReplicaMissing { .. } => "replicaMissing",
            Self::ScaleDown { .. } => "scaleDown",
            Self::RollingUpdate { .. } => "rollingUpdate",
            Self::Recreate { .. } => "recreate",
            Self::TerminalPhase { .. } => "terminalPhase",
            Self::ClaimMissing { .. } => "claimMissing",
            Self::ClaimRetention { .. } => "claimRetention",
            Self::PodMismatch { .. } => "podMismatch",
            Self::Orphan => "orphan",
            Self::SelectorMismatch => "selectorMismatch",
            Self::NameMismatch => "nameMismatch",
            Self::NewTemplate { .. } => "newTemplate",
            Self::Rollback { .. } => "rollback",
            Self::HistoryLimit { .. } => "historyLimit",
        }
    }
}
