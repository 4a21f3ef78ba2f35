//! What a plan waits for.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Something that is not done yet because of a named object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Wait {
    /// What is awaited.
    pub code: WaitCode,
    /// The kind of the blocker.
    pub kind: Kind,
    /// The name of the blocker.
    pub name: String,
    /// The Pod that is held back by it, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// All the Pods that are awaited (`maxUnavailable`), held (`partition`) or left to a person (`manualDelete`), in
    /// order of ordinals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub pods: Vec<String>,
    /// When it will be over, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// True where upstream would return an error: call again after a backoff.
    pub retry: bool,
    /// What is wrong, for waits on something that cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WaitCode {
    /// A Pod to be Running and Ready.
    PodRunningAndReady,
    /// A ready Pod to have been so for minReadySeconds.
    PodAvailable,
    /// A terminating Pod to be gone.
    PodTermination,
    /// A terminating claim to be gone; creation is retried.
    ClaimTermination,
    /// A claim that belongs to an earlier Pod of the same name to be gone.
    ClaimStale,
    /// Another object to give up a name.
    NameTaken,
    /// The partition to be lowered: older Pods below it are kept.
    Partition,
    /// Pods to become available: the budget of maxUnavailable is used up.
    MaxUnavailable,
    /// A person to delete the Pods of strategy OnDelete.
    ManualDelete,
    /// The set itself to be gone.
    SetDeletion,
    /// The set's deletion is in the way of adopting an orphan revision.
    RevisionAdoption,
    /// The selector to be corrected.
    SelectorInvalid,
    /// A revision's data to be restored.
    RevisionUnreadable,
    /// The feature gate StatefulSetRecreateStrategy to be switched on, or another strategy.
    StrategyDisabled,
    /// `spec.updateStrategy.rollingUpdate.maxUnavailable` to be corrected.
    MaxUnavailableInvalid,
    /// The plan is as long as a plan gets: execute it and call again.
    PlanLimit,
}

/// The kinds that actions and waits speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Kind {
    /// apps/v1 StatefulSet.
    StatefulSet,
    /// v1 Pod.
    Pod,
    /// v1 PersistentVolumeClaim.
    PersistentVolumeClaim,
    /// apps/v1 ControllerRevision.
    ControllerRevision,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::StatefulSet,
        Self::Pod,
        Self::PersistentVolumeClaim,
        Self::ControllerRevision,
    ];

    /// The kind as manifests write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StatefulSet => "StatefulSet",
            Self::Pod => "Pod",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
            Self::ControllerRevision => "ControllerRevision",
        }
    }

    /// The apiVersion as manifests write it.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::Pod | Self::PersistentVolumeClaim => "v1",
            Self::StatefulSet | Self::ControllerRevision => "apps/v1",
        }
    }
}

impl Wait {
    /// A wait for `kind` `name`; it asks for a retry where its code is one that upstream returns as an error.
    pub(crate) fn new(code: WaitCode, kind: Kind, name: impl Into<String>) -> Self {
        let retry = matches!(
            code,
            WaitCode::ClaimTermination
                | WaitCode::NameTaken
                | WaitCode::RevisionAdoption
                | WaitCode::RevisionUnreadable
                | WaitCode::StrategyDisabled
                | WaitCode::MaxUnavailableInvalid
                | WaitCode::PlanLimit
        );
        Self {
            code,
            kind,
            name: name.into(),
            pod: None,
            pods: Vec::new(),
            until: None,
            retry,
            detail: None,
        }
    }

    pub(crate) fn holding(mut self, pod: &str) -> Self {
        self.pod = Some(pod.to_owned());
        self
    }

    pub(crate) fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl WaitCode {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::PodRunningAndReady,
        Self::PodAvailable,
        Self::PodTermination,
        Self::ClaimTermination,
        Self::ClaimStale,
        Self::NameTaken,
        Self::Partition,
        Self::MaxUnavailable,
        Self::ManualDelete,
        Self::SetDeletion,
        Self::RevisionAdoption,
        Self::SelectorInvalid,
        Self::RevisionUnreadable,
        Self::StrategyDisabled,
        Self::MaxUnavailableInvalid,
        Self::PlanLimit,
    ];

    /// The code on the wire, such as `podAvailable`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PodRunningAndReady => "podRunningAndReady",
            Self::PodAvailable => "podAvailable",
            Self::PodTermination => "podTermination",
            Self::ClaimTermination => "claimTermination",
            Self::ClaimStale => "claimStale",
            Self::NameTaken => "nameTaken",
            Self::Partition => "partition",
            Self::MaxUnavailable => "maxUnavailable",
            Self::ManualDelete => "manualDelete",
            Self::SetDeletion => "setDeletion",
            Self::RevisionAdoption => "revisionAdoption",
            Self::SelectorInvalid => "selectorInvalid",
            Self::RevisionUnreadable => "revisionUnreadable",
            Self::StrategyDisabled => "strategyDisabled",
            Self::MaxUnavailableInvalid => "maxUnavailableInvalid",
            Self::PlanLimit => "planLimit",
        }
    }
}
