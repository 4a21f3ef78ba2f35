//! What keeps a Pod from being ready, as far as its status says.

use serde::Serialize;
use serde_json::Value;

use crate::observed::{Phase, Pod};

/// Why a Pod is not ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Trouble {
    /// The kubelet's or scheduler's own word, such as `CrashLoopBackOff` or `Unschedulable`; the phase of a Pod that has ended.
    pub reason: String,
    /// What they say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The container that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Whether waiting may be enough: nothing says that it is not.
    pub may_recover: bool,
}

/// What a container waits for and never gets by waiting, unless somebody changes something.
const HOPELESS: [&str; 9] = [
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "PostStartHookError",
];

impl Trouble {
    /// Why the Pod is not Running and Ready; `None` where it is.
    pub(crate) fn of(pod: &Pod) -> Option<Self> {
        if crate::health::is_running_and_ready(pod) {
            return None;
        }
        let status = pod.object().get("status");
        let text = |field: &str| status.and_then(|s| s.get(field)).and_then(Value::as_str);
        if let phase @ (Phase::Failed | Phase::Succeeded) = pod.phase() {
            let reason = text("reason").filter(|reason| !reason.is_empty());
            let name = if phase == Phase::Failed {
                "Failed"
            } else {
                "Succeeded"
            };
            // The controller replaces it, unless something stops it before.
            return Some(Self::new(reason.unwrap_or(name), text("message"), true));
        }
        let containers = ["initContainerStatuses", "containerStatuses"];
        let containers = containers
            .into_iter()
            .filter_map(|list| status?.get(list)?.as_array());
        let mut waiting = None;
        for container in containers.flatten() {
            let Some(state) = container.get("state").and_then(|state| state.get("waiting")) else {
                continue;
            };
            let text =
                |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
            let reason = text(state, "reason").unwrap_or_default();
            let is_hopeless = HOPELESS.contains(&reason.as_str());
            let found = Self {
                container: text(container, "name"),
                ..Self::new(&reason, text(state, "message").as_deref(), !is_hopeless)
            };
            if is_hopeless {
                return Some(found);
            }
            waiting = waiting.or(Some(found));
        }
        let conditions = status.and_then(|status| status.get("conditions")?.as_array());
        let condition = |kind: &str| {
            let mut all = conditions.into_iter().flatten();
            let found = all.find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))?;
            let text = |field: &str| found.get(field).and_then(Value::as_str);
            (text("status") == Some("False")).then(|| (text("reason").unwrap_or_default(), text("message")))
        };
        if let Some((reason, message)) = condition("PodScheduled") {
            let reason = if reason.is_empty() {
                "Unschedulable"
            } else {
                reason
            };
            let is_gated = reason == "SchedulingGated";
            return Some(Self::new(reason, message, is_gated));
        }
        if let Some(waiting) = waiting.filter(|waiting| !waiting.reason.is_empty()) {
            return Some(waiting);
        }
        Some(match (pod.phase(), condition("Ready")) {
            (Phase::Running, Some((reason, message))) if !reason.is_empty() => {
                Self::new(reason, message, true)
            }
            (Phase::Running, _) => Self::new("NotReady", None, true),
            (Phase::Unknown, _) => Self::new("Unknown", text("message"), true),
            _ => Self::new("Pending", text("message"), true),
        })
    }

    fn new(reason: &str, message: Option<&str>, may_recover: bool) -> Self {
        Self {
            reason: reason.to_owned(),
            message: message.filter(|message| !message.is_empty()).map(str::to_owned),
            container: None,
            may_recover,
        }
    }

    /// `ImagePullBackOff (container nginx): Back-off pulling image`.
    pub(super) fn sentence(&self) -> String {
        let container = self.container.as_ref().map(|name| format!(" (container {name})"));
        let message = self.message.as_ref().map(|message| format!(": {message}"));
        format!(
            "{}{}{}",
            self.reason,
            container.unwrap_or_default(),
            message.unwrap_or_default()
        )
    }
}
