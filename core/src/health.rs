//! Whether a Pod is ready, available, in the way: the predicates that every pass shares.
//!
//! Source: `pkg/api/v1/pod/util.go` (`IsPodReady`, `IsPodAvailable`) and `stateful_set_utils.go` (`isRunningAndReady`,
//! `isUnavailable`, until 1.33 `isHealthy`). Upstream has two: what *blocks* a pass also looks at the phase, what is
//! *unavailable* does not, from 1.34 on.

use crate::observed::{Phase, Pod};
use crate::{Profile, Timestamp};

/// Phase Running and condition Ready.
pub(crate) fn is_running_and_ready(pod: &Pod) -> bool {
    pod.status.phase == Phase::Running && pod.status.is_ready
}

/// Condition Ready for minReadySeconds; the phase does not matter.
pub(crate) fn is_available(pod: &Pod, min_ready_seconds: i64, now: Timestamp, profile: &Profile) -> bool {
    if !pod.status.is_ready || min_ready_seconds == 0 {
        return pod.status.is_ready;
    }
    let Some(due) = available_at(pod, min_ready_seconds) else {
        return false;
    };
    if profile.available_strictly_after() {
        due < now
    } else {
        due <= now
    }
}

/// When a ready Pod is available; `None` where it does not say since when it is ready.
pub(crate) fn available_at(pod: &Pod, min_ready_seconds: i64) -> Option<Timestamp> {
    pod.status
        .ready_since
        .filter(|_| pod.status.is_ready)
        .map(|since| since.plus_seconds(min_ready_seconds))
}

/// What the first-unavailable rule and the budget of an update count; `by_health` is
/// [`Profile::unavailable_is_unhealthy`], which is asked once for all Pods.
pub(crate) fn is_unavailable(pod: &Pod, available: bool, by_health: bool) -> bool {
    let healthy = if by_health {
        is_running_and_ready(pod)
    } else {
        available
    };
    !healthy || pod.is_terminating()
}
