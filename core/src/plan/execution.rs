//! What every host that carries out a plan must know of its operations: their place in the order, and which refusals are none.
//!
//! The order itself is in `wire.md` ("What a host does") and in the [`Plan`](super::Plan)'s documentation.

use super::Operation;
use crate::Profile;

impl Operation {
    /// True for the delete of an old revision: it comes after the status, also where an action on a Pod or a claim failed.
    ///
    /// Source: `stateful_set_control.go`, `UpdateStatefulSet` and `truncateHistory`.
    pub const fn is_trim(&self) -> bool {
        matches!(self, Self::DeleteControllerRevision { .. })
    }

    /// True for what upstream does before it counts Pods: where it fails, no status is written and nothing is trimmed.
    ///
    /// Source: `stateful_set.go`, `sync` (adoption and release), and `stateful_set_control.go`, `getStatefulSetRevisions`.
    pub const fn is_before_status(&self) -> bool {
        matches!(
            self,
            Self::AdoptPod { .. }
                | Self::ReleasePod { .. }
                | Self::AdoptControllerRevision { .. }
                | Self::CreateControllerRevision { .. }
                | Self::UpdateControllerRevision { .. }
        )
    }

    /// True where this refusal (its HTTP status) says that what was wanted is so already: the host goes on as after a success.
    ///
    /// Source: for an object that is gone (404) `stateful_pod_control.go`, `DeleteStatefulPod`, and `controller_history.go`,
    /// `DeleteControllerRevision`; `controller_ref_manager.go`, `ReleasePod`, takes 422 in the same way: a Pod without an owner
    /// reference, or another one of its name, is not the set's any more.
    ///
    /// ```
    /// use steadfast_core::{Operation, Profile};
    /// let delete = Operation::DeleteControllerRevision { uid: None };
    /// assert!(delete.is_done_despite(404, &Profile::default()));
    /// assert!(!delete.is_done_despite(409, &Profile::default()));
    /// ```
    pub fn is_done_despite(&self, status: u16, profile: &Profile) -> bool {
        match self {
            Self::DeletePod { .. } => status == 404 && profile.takes_gone_pods_for_deleted(),
            Self::DeleteControllerRevision { .. } => status == 404,
            Self::ReleasePod { .. } => matches!(status, 404 | 422),
            _ => false,
        }
    }
}
