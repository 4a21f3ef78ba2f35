//! The Events that a controller sends about its actions, in upstream's words: users' alerts match on them.
//!
//! Source: `pkg/controller/statefulset/stateful_pod_control.go`, `recordPodEvent` and `recordClaimEvent`.

use super::{Action, Operation};
use crate::Profile;

/// What upstream calls itself in Events, as their source and reporting component.
pub const EVENT_COMPONENT: &str = "statefulset-controller";

/// An Event about a StatefulSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The Event's `type`: `Normal` or `Warning`.
    pub kind: &'static str,
    /// The Event's `reason`, such as `SuccessfulCreate`.
    pub reason: String,
    /// The Event's `message`.
    pub message: String,
}

impl Action {
    /// The Event that says what became of this action, for the set of this name; upstream says nothing of actions on
    /// revisions, adoptions, releases and updates of claims, and nothing where the object was there already.
    ///
    /// `refused` is the reason and the message of the API server's Status where it refused, such as `Forbidden`.
    ///
    /// ```
    /// # use serde_json::json;
    /// use steadfast_core::{Action, Profile};
    /// let action: Action = serde_json::from_value(json!({
    ///     "type": "DeletePod", "name": "web-2", "uid": "u", "batch": 0, "reason": {"code": "scaleDown", "ordinal": 2}}))?;
    /// let event = action.announcement("web", None, &Profile::default()).unwrap();
    /// assert_eq!(event.message, "Delete Pod web-2 in StatefulSet web successful");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn announcement(
        &self,
        set: &str,
        refused: Option<(&str, &str)>,
        profile: &Profile,
    ) -> Option<Announcement> {
        let verb = match &self.operation {
            Operation::CreatePod { .. } | Operation::CreatePersistentVolumeClaim { .. } => "Create",
            Operation::UpdatePod { .. } => "Update",
            Operation::DeletePod { .. } => "Delete",
            _ => return None,
        };
        if refused.is_some_and(|(reason, _)| reason == "AlreadyExists") {
            return None;
        }
        let name = &self.name;
        let pod = self.pod.as_deref().unwrap_or(name);
        let is_claim = matches!(self.operation, Operation::CreatePersistentVolumeClaim { .. });
        // Up to 1.34 the sentence began with a small letter.
        let shown = match profile.minor() < 35 {
            true => verb.to_ascii_lowercase(),
            false => verb.to_owned(),
        };
        let message = match (is_claim, refused) {
            (false, None) => format!("{shown} Pod {name} in StatefulSet {set} successful"),
            (false, Some((_, error))) => {
                format!("{shown} Pod {name} in StatefulSet {set} failed error: {error}")
            }
            (true, None) => format!("{shown} Claim {name} Pod {pod} in StatefulSet {set} success"),
            (true, Some((_, error))) => {
                format!("{shown} Claim {name} for Pod {pod} in StatefulSet {set} failed error: {error}")
            }
        };
        let (kind, outcome) = match refused {
            Some(_) => ("Warning", "Failed"),
            None => ("Normal", "Successful"),
        };
        Some(Announcement {
            kind,
            reason: format!("{outcome}{verb}"),
            message,
        })
    }
}
