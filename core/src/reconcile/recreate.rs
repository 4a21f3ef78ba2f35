//! The strategy Recreate: all old Pods go before anything else is done (KEP-3541, behind a gate in 1.37).
//!
//! Source: `stateful_set_control.go` (`recreateDeleteAndWait`).

use super::draft::Draft;
use super::partition::Partition;
use super::replicas::{Flow, slow_start};
use super::status::set_progressing;
use super::{Call, Stopped};
use crate::Gate;
use crate::observed::StrategyType;
use crate::plan::{Kind, Operation, Reason, Status, Wait, WaitCode};

/// Whether this version treats the set's strategy as Recreate.
pub(super) fn is_recreate(call: &Call<'_>) -> bool {
    call.observed.set().spec.strategy.kind == StrategyType::Recreate && call.profile.knows_recreate()
}

/// With the gate off, a version that knows the strategy gives up on the set.
pub(super) fn check_gate(call: &Call<'_>, draft: &mut Draft) -> Result<(), Stopped> {
    if is_recreate(call) && !call.profile.is_enabled(Gate::StatefulSetRecreateStrategy) {
        let set = call.observed.set();
        return draft.stop(Wait::new(
            WaitCode::StrategyDisabled,
            Kind::StatefulSet,
            set.name(),
        ));
    }
    Ok(())
}

/// Deletes old Pods, all at once by slow start, under OrderedReady too; nothing else runs while one is there.
pub(super) fn run(
    call: &Call<'_>,
    partition: &Partition<'_>,
    status: &mut Status,
    draft: &mut Draft,
) -> Result<(), Stopped> {
    if !is_recreate(call) {
        return Ok(());
    }
    let mut is_old_left = false;
    let places = partition
        .slots(call)
        .map(|slot| slot.judged)
        .chain(partition.condemned.iter().copied().map(Some));
    slow_start(call, places, draft, |judged, draft| {
        let Some(judged) = judged.filter(|judged| judged.is_created() && !judged.is_updated()) else {
            return Flow::Next;
        };
        is_old_left = true;
        if judged.pod.is_terminating() {
            draft.wait(Wait::new(WaitCode::PodTermination, Kind::Pod, judged.name()));
        } else {
            let (from, to) = (
                judged.pod.revision().to_owned(),
                call.chosen.update.name().to_owned(),
            );
            let reason = Reason::Recreate { from, to };
            draft.push(
                Operation::DeletePod { uid: judged.uid() },
                judged.name(),
                judged.name(),
                reason,
            );
        }
        Flow::Next
    })?;
    if is_old_left {
        set_progressing(
            status,
            true,
            "RecreateInProgress",
            "Deleting old revision pods",
            call.now,
        );
        return draft.stop_after_action();
    }
    if call.is_updating {
        let message = "Waiting for new-revision pods to be created";
        set_progressing(status, true, "RecreateInProgress", message, call.now);
    }
    Ok(())
}
