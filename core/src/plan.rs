//! What comes out of a reconcile: actions in order, each with its reason; waits, each with its blocker; the status;
//! and when to call again. This is the vocabulary of every host (`wire.md`, "Plan").

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::sorted::SortedSet;
use crate::{Observed, Profile};

mod announcement;
mod execution;
mod reason;
mod status;
mod wait;
mod written;

pub use announcement::{Announcement, EVENT_COMPONENT};
pub use reason::Reason;
pub use status::Status;
pub use wait::{Kind, Wait, WaitCode};

/// All that must happen next for one StatefulSet, as a value.
///
/// A host executes `actions` batch by batch, writes `status` if `status_changed`, and calls again when an object
/// changes, after `requeue_after`, or, where a wait says `retry`, after a backoff of 5 ms doubling to 1,000 s.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Plan {
    /// What to do, in upstream's order.
    pub actions: Vec<Action>,
    /// What is not done yet, and for what it waits.
    pub waits: Vec<Wait>,
    /// The whole status after this plan; `None`: nothing is to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// False: the status stands already and is not to be written.
    pub status_changed: bool,
    /// Deletes of the update pass that are no actions, because an earlier pass deletes the same Pod; each by how many of
    /// the update pass's actions come before it. They count as made (see [`Plan::status_to_write`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub repeated_deletes: Vec<u32>,
    /// When to call again although nothing changed; `None`: nothing is due.
    #[serde(
        default,
        rename = "requeueAfterSeconds",
        with = "seconds",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub requeue_after: Option<Duration>,
}

/// One write to the API server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Action {
    /// What is written.
    #[serde(flatten)]
    pub operation: Operation,
    /// The name in the request's URL.
    pub name: String,
    /// The Pod on whose behalf: actions of one Pod keep their order even inside a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// The batch, counted from 0: inside one, the actions of different Pods may run at once.
    pub batch: u32,
    /// Why.
    pub reason: Reason,
}

/// What an [`Action`] writes, with what is needed to write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum Operation {
    /// POST the complete Pod.
    CreatePod {
        /// The Pod, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// PUT the complete Pod, with the resourceVersion that was observed.
    UpdatePod {
        /// The Pod, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// DELETE the Pod.
    DeletePod {
        /// The UID as precondition; `None` for a Pod that this very plan creates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<String>,
    },
    /// PATCH an orphan to take control of it.
    AdoptPod {
        /// A strategic merge patch.
        #[cfg_attr(feature = "ts", ts(type = "JsonObject"))]
        patch: Value,
    },
    /// PATCH a Pod that no longer belongs to the set to give up control of it.
    ReleasePod {
        /// A strategic merge patch.
        #[cfg_attr(feature = "ts", ts(type = "JsonObject"))]
        patch: Value,
    },
    /// POST the complete claim.
    CreatePersistentVolumeClaim {
        /// The claim, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// PUT the complete claim, with the resourceVersion that was observed.
    UpdatePersistentVolumeClaim {
        /// The claim, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// POST the complete revision.
    CreateControllerRevision {
        /// The revision, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// PUT the revision with its new number.
    UpdateControllerRevision {
        /// The revision, with apiVersion and kind.
        #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
        object: Value,
    },
    /// DELETE the revision.
    DeleteControllerRevision {
        /// The UID as precondition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<String>,
    },
    /// PATCH an orphan to take control of it.
    AdoptControllerRevision {
        /// A strategic merge patch.
        #[cfg_attr(feature = "ts", ts(type = "JsonObject"))]
        patch: Value,
    },
}

impl Plan {
    /// True where there is neither anything to do, nor to wait for, nor to write.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.waits.is_empty() && !self.status_changed
    }

    /// True where a wait asks to be called again after a backoff.
    pub fn is_retry(&self) -> bool {
        self.waits.iter().any(|wait| wait.retry)
    }

    /// The status that a host writes after it has executed the plan but for the actions `undone` (by their index in
    /// `actions`: those that failed and those that were not reached); `None` where nothing is to be written.
    ///
    /// Every delete of the update pass that is undone leaves `currentReplicas` one higher, those that are no actions of their
    /// own included; after a delete of Recreate that is undone the conditions stay as they were. Source:
    /// `stateful_set_control.go`: the update pass counts `CurrentReplicas` down after each successful delete, and is not
    /// reached after an error; `recreateDeleteAndWait` sets the condition last.
    pub fn status_to_write(
        &self,
        undone: &SortedSet<usize>,
        observed: &Observed,
        profile: &Profile,
    ) -> Option<Status> {
        let status = self.status.as_ref()?;
        if undone.is_empty() {
            return self.status_changed.then(|| status.clone());
        }
        let mut status = status.clone();
        let kept = self.undone_deletes(undone);
        let is_recreate = |action: &Action| matches!(action.reason, Reason::Recreate { .. });
        let is_refused = undone
            .iter()
            .filter_map(|at| self.actions.get(*at))
            .any(is_recreate);
        if kept == 0 && !is_refused {
            return self.status_changed.then_some(status);
        }
        status.current_replicas = status.current_replicas.saturating_add(i32::try_from(kept).ok()?);
        if is_refused {
            status.conditions.clone_from(&observed.set().status().conditions);
        }
        status.differs(observed.set().status(), profile).then_some(status)
    }

    /// How many deletes of the update pass were counted and not made.
    fn undone_deletes(&self, undone: &SortedSet<usize>) -> usize {
        let is_update = |action: &Action| {
            matches!(action.operation, Operation::DeletePod { .. })
                && matches!(action.reason, Reason::RollingUpdate { .. })
        };
        let own = || {
            let actions = self.actions.iter().enumerate();
            actions.filter(|(_, action)| is_update(action)).map(|(at, _)| at)
        };
        let is_reached = undone
            .iter()
            .filter_map(|at| self.actions.get(*at))
            .all(|action| is_update(action) || action.operation.is_trim());
        let first_undone = own().position(|at| undone.contains(&at));
        let is_undone = |before: &&u32| {
            !is_reached || first_undone.is_some_and(|first| first < usize::try_from(**before).unwrap_or(0))
        };
        own().filter(|at| undone.contains(at)).count()
            + self.repeated_deletes.iter().filter(is_undone).count()
    }
}

impl Operation {
    /// The operation's name on the wire, such as `CreatePod`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CreatePod { .. } => "CreatePod",
            Self::UpdatePod { .. } => "UpdatePod",
            Self::DeletePod { .. } => "DeletePod",
            Self::AdoptPod { .. } => "AdoptPod",
            Self::ReleasePod { .. } => "ReleasePod",
            Self::CreatePersistentVolumeClaim { .. } => "CreatePersistentVolumeClaim",
            Self::UpdatePersistentVolumeClaim { .. } => "UpdatePersistentVolumeClaim",
            Self::CreateControllerRevision { .. } => "CreateControllerRevision",
            Self::UpdateControllerRevision { .. } => "UpdateControllerRevision",
            Self::DeleteControllerRevision { .. } => "DeleteControllerRevision",
            Self::AdoptControllerRevision { .. } => "AdoptControllerRevision",
        }
    }

    /// The kind of the object that is written.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::CreatePod { .. }
            | Self::UpdatePod { .. }
            | Self::DeletePod { .. }
            | Self::AdoptPod { .. }
            | Self::ReleasePod { .. } => Kind::Pod,
            Self::CreatePersistentVolumeClaim { .. } | Self::UpdatePersistentVolumeClaim { .. } => {
                Kind::PersistentVolumeClaim
            }
            Self::CreateControllerRevision { .. }
            | Self::UpdateControllerRevision { .. }
            | Self::DeleteControllerRevision { .. }
            | Self::AdoptControllerRevision { .. } => Kind::ControllerRevision,
        }
    }

    /// The object that is created or put, if it is one of those.
    pub const fn object(&self) -> Option<&Value> {
        match self {
            Self::CreatePod { object }
            | Self::UpdatePod { object }
            | Self::CreatePersistentVolumeClaim { object }
            | Self::UpdatePersistentVolumeClaim { object }
            | Self::CreateControllerRevision { object }
            | Self::UpdateControllerRevision { object } => Some(object),
            _ => None,
        }
    }

    /// The strategic merge patch that is sent, if it is an adoption or a release.
    pub const fn patch(&self) -> Option<&Value> {
        match self {
            Self::AdoptPod { patch }
            | Self::ReleasePod { patch }
            | Self::AdoptControllerRevision { patch } => Some(patch),
            _ => None,
        }
    }

    /// The UID that a delete has as its precondition.
    pub fn uid(&self) -> Option<&str> {
        match self {
            Self::DeletePod { uid } | Self::DeleteControllerRevision { uid } => uid.as_deref(),
            _ => None,
        }
    }
}

mod seconds {
    use super::{Deserialize, Duration, Serializer};

    pub fn serialize<S: Serializer>(after: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match after {
            Some(after) => serializer.serialize_f64(after.as_secs_f64()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(deserializer)?
            .map(|seconds| Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom))
            .transpose()
    }
}
