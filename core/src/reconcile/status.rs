//! The status: counted from what was observed, completed; and when to look again.
//!
//! Source: `stateful_set_control.go` (`updateStatus`, `updateStatefulSetStatus`) and `stateful_set_utils.go`
//! (`completeUpdate`, `setStatefulSetCondition`).

use std::time::Duration;

use serde_json::{Value, json};

use super::draft::Draft;
use super::ownership::Claimed;
use super::partition::{Judged, Partition, Tally};
use super::update::{max_unavailable, unreadable};
use super::{Call, recreate};
use crate::observed::StrategyType;
use crate::plan::Status;
use crate::{Gate, Timestamp, health};

/// The counts over all claimed Pods, those without an ordinal included: for a set that is being deleted.
pub(super) fn of_all(call: &Call<'_>, pods: &Claimed<'_>) -> Status {
    let mut tally = Tally::default();
    for pod in pods.list().iter() {
        tally.count(&Judged::of(call, pod));
    }
    counted(call, tally.counted())
}

/// The counts over the Pods that have a place, and those that are condemned. Pods that this call creates or deletes
/// are not looked ahead at.
pub(super) fn of_partition(call: &Call<'_>, partition: &Partition<'_>) -> Status {
    counted(call, partition.tally.with(&partition.condemned))
}

/// Ends the update where all Pods are new and ready; nothing where upstream could not write the status.
pub(super) fn complete(call: &Call<'_>, mut status: Status, draft: &mut Draft) -> Option<Status> {
    let set = call.observed.set();
    let replicas = i32::try_from(set.replicas()).unwrap_or(i32::MAX);
    let completes =
        call.profile.every_strategy_completes() || set.spec.strategy.kind == StrategyType::RollingUpdate;
    if completes && [status.updated_replicas, status.ready_replicas, status.replicas] == [replicas; 3] {
        status.current_replicas = status.updated_replicas;
        status.current_revision.clone_from(&status.update_revision);
        if recreate::is_recreate(call) && has_progressing(&status) {
            set_progressing(
                &mut status,
                false,
                "RecreateCompleted",
                "All pods recreated successfully",
                call.now,
            );
        }
    }
    let is_read = call.profile.status_reads_max_unavailable()
        && call.profile.is_enabled(Gate::MaxUnavailableStatefulSet)
        && set.spec.strategy.rolling.is_some();
    if is_read && let Err(detail) = max_unavailable(call) {
        draft.wait(unreadable(call, detail));
        return None;
    }
    Some(status)
}

/// When the next Pod becomes available by time alone, where the status does not count it yet.
pub(super) fn requeue_after(call: &Call<'_>, status: &Status, pods: &Claimed<'_>) -> Option<Duration> {
    let set = call.observed.set();
    let min_ready = u64::try_from(set.spec.min_ready_seconds)
        .ok()
        .filter(|seconds| *seconds > 0)?;
    if !call.profile.requeues_at_next_availability() {
        let is_short =
            i64::from(status.available_replicas) != i64::try_from(set.replicas()).unwrap_or(i64::MAX);
        return is_short.then(|| Duration::from_secs(min_ready));
    }
    if status.ready_replicas == status.available_replicas {
        return None;
    }
    let pods = pods.list();
    let due = pods
        .iter()
        .filter_map(|pod| health::available_at(pod, set.spec.min_ready_seconds));
    let next = due
        .filter(|due| *due > call.now)
        .min()
        .map(|due| due.since(call.now));
    Some(next.unwrap_or_else(|| Duration::from_secs(min_ready)))
}

/// Sets the condition Progressing; `lastTransitionTime` moves only with its status.
pub(super) fn set_progressing(
    status: &mut Status,
    is_true: bool,
    reason: &str,
    message: &str,
    now: Timestamp,
) {
    let word = if is_true { "True" } else { "False" };
    let conditions = status.conditions.get_or_insert_default();
    let condition = conditions.iter_mut().find(|condition| is_progressing(condition));
    let since = condition
        .as_ref()
        .filter(|c| c.get("status").and_then(Value::as_str) == Some(word));
    let since = since.and_then(|c| c.get("lastTransitionTime").cloned());
    let new = json!({
        "type": "Progressing",
        "status": word,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since.unwrap_or_else(|| json!(now.whole_seconds().to_string())),
    });
    match condition {
        Some(condition) => *condition = new,
        None => conditions.push(new),
    }
}

fn is_progressing(condition: &Value) -> bool {
    condition.get("type").and_then(Value::as_str) == Some("Progressing")
}

fn has_progressing(status: &Status) -> bool {
    status.conditions.iter().flatten().any(is_progressing)
}

fn counted(call: &Call<'_>, tally: Tally) -> Status {
    let observed = &call.observed.set().status;
    let number = |counted: usize| i32::try_from(counted).unwrap_or(i32::MAX);
    let kept = observed
        .conditions
        .clone()
        .filter(|conditions| !conditions.is_empty());
    Status {
        observed_generation: call.observed.set().generation,
        replicas: number(tally.created),
        ready_replicas: number(tally.ready),
        available_replicas: number(tally.available),
        current_replicas: number(tally.current),
        updated_replicas: number(tally.updated),
        current_revision: call.chosen.current.name().to_owned(),
        update_revision: call.chosen.update.name().to_owned(),
        collision_count: Some(call.chosen.collision_count),
        conditions: kept.filter(|_| call.profile.keeps_conditions()),
    }
}
