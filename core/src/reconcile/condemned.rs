//! The passes over Pods out of range: first the owners of their claims, then the Pods, from the highest ordinal down.
//!
//! Source: `stateful_set_control.go` (`fixPodClaim`, `processCondemned`).

use super::draft::Draft;
use super::partition::{FirstUnavailable, Judged, Partition};
use super::replicas::{Flow, correct_claims, for_all, unavailability};
use super::{Call, Stopped};
use crate::Ordinal;
use crate::observed::PodManagementPolicy;
use crate::plan::{Kind, Operation, Reason, Wait, WaitCode};
use crate::storage::retention::PodRef;

/// With whenScaled Delete the claims of Pods that go are handed to these, so that they go with them.
pub(super) fn claims(call: &Call<'_>, partition: &Partition<'_>, draft: &mut Draft) {
    if call.observed.set().claim_templates().is_empty() {
        return;
    }
    let pass = for_all(call, partition.condemned.iter(), draft, |judged, draft| {
        let pod = PodRef {
            name: judged.name(),
            uid: &judged.pod.metadata.uid,
            is_condemned: true,
        };
        correct_claims(call, judged.ordinal(), pod, draft);
        Flow::Next
    });
    // Nothing in this pass can stop it: no claim is read that could fail.
    drop(pass);
}

pub(super) fn run(call: &Call<'_>, partition: &Partition<'_>, draft: &mut Draft) -> Result<(), Stopped> {
    let first = partition.first_unavailable;
    for_all(call, partition.condemned.iter(), draft, |judged, draft| {
        one(call, judged, first, draft)
    })
}

fn one(call: &Call<'_>, judged: &Judged<'_>, first: FirstUnavailable<'_>, draft: &mut Draft) -> Flow {
    let pod = judged.pod;
    let is_ordered = call.observed.set().spec.policy == PodManagementPolicy::OrderedReady;
    if pod.is_terminating() {
        if is_ordered {
            draft.wait(Wait::new(WaitCode::PodTermination, Kind::Pod, pod.name()));
        }
        return Flow::Exit;
    }
    let is_first = matches!(first, FirstUnavailable::Pod(p) if std::ptr::eq(p.pod, pod));
    if is_ordered && !is_first && !(judged.is_running_and_ready() && judged.is_available()) {
        draft.wait(blocker(call, judged, first).holding(pod.name()));
        return Flow::Exit;
    }
    let reason = Reason::ScaleDown {
        ordinal: judged.ordinal(),
    };
    draft.push(
        Operation::DeletePod { uid: judged.uid() },
        pod.name(),
        pod.name(),
        reason,
    );
    Flow::Exit
}

/// A condemned Pod that is not well goes only when it is the first that is not; else it waits for that one.
fn blocker(call: &Call<'_>, judged: &Judged<'_>, first: FirstUnavailable<'_>) -> Wait {
    let set = call.observed.set();
    let fallback = |name: &str| Wait::new(WaitCode::PodRunningAndReady, Kind::Pod, name);
    match first {
        FirstUnavailable::Missing(ordinal) => fallback(Ordinal::new(ordinal).pod_name(set.name()).as_str()),
        FirstUnavailable::Pod(first) if first.pod.is_terminating() => {
            Wait::new(WaitCode::PodTermination, Kind::Pod, first.name())
        }
        FirstUnavailable::Pod(first) => {
            unavailability(call, &first).unwrap_or_else(|| fallback(first.name()))
        }
        // Ready and yet not Running: nobody else is in the way.
        FirstUnavailable::None => unavailability(call, judged).unwrap_or_else(|| fallback(judged.name())),
    }
}
