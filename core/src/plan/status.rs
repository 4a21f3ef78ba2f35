//! The status of a StatefulSet, whole.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Profile;

/// `StatefulSetStatus` of apps/v1. Counters are signed and never clamped: upstream can count `currentReplicas` below
/// zero, which an API server then refuses.
///
/// Fields stand and are left out as in `k8s.io/api/apps/v1/types.go`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// The generation of the set that this status speaks of.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub observed_generation: i64,
    /// Pods that exist.
    pub replicas: i32,
    /// Pods that are Running and Ready.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub ready_replicas: i32,
    /// Pods of the current revision that are not terminating.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub current_replicas: i32,
    /// Pods of the update revision that are not terminating.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub updated_replicas: i32,
    /// The name of the revision before the update.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub current_revision: String,
    /// The name of the revision that the update leads to.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub update_revision: String,
    /// How many revision names were taken by other data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collision_count: Option<i32>,
    /// Conditions as they were written, in their order (`None` and an empty list differ for 1.37).
    #[serde(skip_serializing_if = "nothing")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Array<Condition>"))]
    pub conditions: Option<Vec<Value>>,
    /// Ready Pods that have been so for minReadySeconds.
    pub available_replicas: i32,
}

impl Status {
    /// Whether it counts as many Pods as are wanted (`spec.replicas`), all of them ready and available, be they old or new.
    ///
    /// ```
    /// let counts = serde_json::json!({"replicas": 3, "readyReplicas": 3, "availableReplicas": 3});
    /// let status: steadfast_core::Status = serde_json::from_value(counts)?;
    /// assert!(status.has_all(3));
    /// assert!(!status.has_all(4));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn has_all(&self, wanted: u64) -> bool {
        [self.replicas, self.ready_replicas, self.available_replicas]
            .into_iter()
            .all(|count| u64::try_from(count) == Ok(wanted))
    }

    /// Whether it is to be written in place of `observed`. The collision count is never compared.
    ///
    /// Source: `stateful_set_utils.go`, `inconsistentStatus`.
    pub(crate) fn differs(&self, observed: &Self, profile: &Profile) -> bool {
        let numbers = |s: &Self| {
            [
                s.replicas,
                s.current_replicas,
                s.ready_replicas,
                s.updated_replicas,
                s.available_replicas,
            ]
        };
        self.observed_generation > observed.observed_generation
            || numbers(self) != numbers(observed)
            || self.current_revision != observed.current_revision
            || self.update_revision != observed.update_revision
            || (profile.keeps_conditions() && self.conditions != observed.conditions)
    }
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

fn nothing(conditions: &Option<Vec<Value>>) -> bool {
    conditions.as_ref().is_none_or(Vec::is_empty)
}
