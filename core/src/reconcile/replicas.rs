//! The pass over the range: what is missing is made, what has ended is removed, what is wrong is corrected.
//!
//! Source: `stateful_set_control.go` (`processReplica`, `runForAll`, `slowStartBatch`) and
//! `stateful_pod_control.go`.

use super::draft::Draft;
use super::partition::{Judged, Partition, Slot};
use super::{Call, Stopped};
use crate::Ordinal;
use crate::health;
use crate::observed::{Claim, ClaimTemplate, Phase, PodManagementPolicy, StrategyType};
use crate::plan::{Kind, Operation, Reason, Wait, WaitCode};
use crate::replica::{corrected_pod, new_pod};
use crate::sorted;
use crate::storage::retention::{self, PodRef};

/// How a pass goes on after one Pod.
pub(super) enum Flow {
    /// To the next.
    Next,
    /// OrderedReady ends here; Parallel goes on.
    Exit,
    /// Upstream returns an error: OrderedReady ends here, Parallel with this batch.
    Fail,
}

pub(super) fn run<'a>(call: &Call<'a>, partition: &Partition<'a>, draft: &mut Draft) -> Result<(), Stopped> {
    let are_claims_settled = are_claims_settled(call);
    if partition.is_whole(call) && partition.is_settled() && are_claims_settled && !draft.is_full() {
        // By far the most frequent: no Pod need be looked at again.
        draft.end_batch();
        return Ok(());
    }
    // Nothing is to be done for a settled Pod; under Parallel its place counts in the batches.
    let is_passed_over = |slot: &Slot<'_>| slot.judged.is_some_and(|judged| judged.is_settled());
    let passes_over =
        are_claims_settled && call.observed.set().spec.policy == PodManagementPolicy::OrderedReady;
    let slots = partition.slots(call);
    let slots = slots.filter(|slot| !(passes_over && is_passed_over(slot)));
    let mut claims = ClaimCursor::new(call);
    for_all(call, slots, draft, |slot, draft| {
        one(call, slot, &mut claims, draft)
    })
}

/// Runs a pass over Pods: one by one under OrderedReady; under Parallel by slow start, in batches by position that a
/// failure ends.
pub(super) fn for_all<T>(
    call: &Call<'_>,
    items: impl Iterator<Item = T>,
    draft: &mut Draft,
    mut pass: impl FnMut(T, &mut Draft) -> Flow,
) -> Result<(), Stopped> {
    if call.observed.set().spec.policy == PodManagementPolicy::Parallel {
        return slow_start(call, items, draft, pass);
    }
    for item in items {
        draft.end_batch();
        let flow = pass(item, draft);
        draft.end_batch();
        if !matches!(flow, Flow::Next) {
            return draft.stop_after_action();
        }
    }
    Ok(())
}

/// Batches of 1, 2, 4 … 256, 500, 500 … places, idle ones included (`slowStartBatch`, `MaxBatchSize`).
pub(super) fn slow_start<T>(
    call: &Call<'_>,
    items: impl Iterator<Item = T>,
    draft: &mut Draft,
    mut pass: impl FnMut(T, &mut Draft) -> Flow,
) -> Result<(), Stopped> {
    const LARGEST: u64 = 500;
    let (mut size, mut left, mut has_failed) = (1u64, 1u64, false);
    draft.end_batch();
    for item in items {
        if left == 0 {
            if has_failed {
                return draft.stop_after_action();
            }
            if draft.is_full() {
                let set = call.observed.set();
                return draft.stop(Wait::new(WaitCode::PlanLimit, Kind::StatefulSet, set.name()));
            }
            size = (size * 2).min(LARGEST);
            left = size;
            draft.end_batch();
        }
        has_failed |= matches!(pass(item, draft), Flow::Fail);
        left -= 1;
    }
    draft.end_batch();
    if has_failed {
        draft.stop_after_action()
    } else {
        Ok(())
    }
}

fn one<'a>(call: &Call<'a>, slot: Slot<'a>, cursor: &mut ClaimCursor<'a>, draft: &mut Draft) -> Flow {
    let is_ordered = call.observed.set().spec.policy == PodManagementPolicy::OrderedReady;
    let Some(judged) = slot.judged.filter(Judged::is_created) else {
        return create(call, slot, draft);
    };
    let pod = judged.pod;
    if judged.is_settled() {
        // Nothing below would hold it up.
        return correct(call, &judged, cursor, draft);
    }
    if matches!(pod.status.phase, Phase::Failed | Phase::Succeeded) {
        if pod.is_terminating() {
            draft.wait(Wait::new(WaitCode::PodTermination, Kind::Pod, pod.name()));
        } else {
            let reason = Reason::TerminalPhase {
                phase: pod.status.phase.name().to_owned(),
            };
            draft.push(
                Operation::DeletePod { uid: judged.uid() },
                pod.name(),
                pod.name(),
                reason,
            );
        }
        return Flow::Exit;
    }
    if pod.status.phase == Phase::Pending {
        if create_claims(call, judged.ordinal(), pod.name(), draft).is_err() {
            return Flow::Fail;
        }
        correct_claims(call, judged.ordinal(), pod_ref(&judged), draft);
    }
    if pod.is_terminating() {
        draft.wait(Wait::new(WaitCode::PodTermination, Kind::Pod, pod.name()));
    }
    if is_ordered {
        if pod.is_terminating() {
            return Flow::Exit;
        }
        if let Some(wait) = unavailability(call, &judged) {
            draft.wait(wait);
            return Flow::Exit;
        }
    }
    correct(call, &judged, cursor, draft)
}

/// The wait for a Pod that blocks the passes of OrderedReady, if it does.
pub(super) fn unavailability(call: &Call<'_>, judged: &Judged<'_>) -> Option<Wait> {
    let name = judged.name();
    if !judged.is_running_and_ready() {
        return Some(Wait::new(WaitCode::PodRunningAndReady, Kind::Pod, name));
    }
    let mut wait = (!judged.is_available()).then(|| Wait::new(WaitCode::PodAvailable, Kind::Pod, name))?;
    wait.until = health::available_at(judged.pod, call.observed.set().spec.min_ready_seconds);
    Some(wait)
}

/// A place without a Pod, or with one that has no phase: upstream takes it for one that is yet to be created.
fn create(call: &Call<'_>, slot: Slot<'_>, draft: &mut Draft) -> Flow {
    let set = call.observed.set();
    let generated = Ordinal::new(slot.ordinal).pod_name(set.name());
    let name = slot.judged.map_or(generated.as_str(), |judged| judged.name());
    let uid = slot.judged.map_or("", |judged| &judged.pod.metadata.uid);
    let pod = PodRef {
        name,
        uid,
        is_condemned: false,
    };

    let existing = || claims_of(call, slot.ordinal);
    if let Some((claim_name, _)) = existing().find(|(_, claim)| retention::is_stale(claim, set, pod)) {
        draft.wait(Wait::new(WaitCode::ClaimStale, Kind::PersistentVolumeClaim, claim_name).holding(name));
        return Flow::Exit;
    }
    if create_claims(call, slot.ordinal, name, draft).is_err() {
        return Flow::Fail;
    }
    if call.observed.pod(name).is_some() {
        draft.wait(Wait::new(WaitCode::NameTaken, Kind::Pod, name).holding(name));
        return Flow::Fail;
    }
    let object = new_replica(call, slot.ordinal);
    let revision = revision_of_missing(call, slot.ordinal).to_owned();
    draft.push(
        Operation::CreatePod { object },
        name,
        name,
        Reason::ReplicaMissing { revision },
    );
    correct_claims(call, slot.ordinal, pod, draft);
    if set.spec.policy == PodManagementPolicy::OrderedReady {
        return Flow::Exit;
    }
    // Parallel goes on with the Pod as it was just made: where a claim had wrong owners, it is written once more.
    if existing().any(|(_, claim)| !retention::is_up_to_date(claim, set, pod)) {
        let reason = Reason::PodMismatch {
            identity: false,
            storage: false,
            claim_owners: true,
        };
        let object = new_replica(call, slot.ordinal);
        draft.push(Operation::UpdatePod { object }, name, name, reason);
    }
    Flow::Next
}

/// A Pod that is there, is it what the set asks for? (The second half of `processReplica`, `UpdateStatefulPod`.)
fn correct<'a>(
    call: &Call<'a>,
    judged: &Judged<'a>,
    cursor: &mut ClaimCursor<'a>,
    draft: &mut Draft,
) -> Flow {
    let set = call.observed.set();
    let (pod, ordinal) = (judged.pod, judged.ordinal());
    let identity = !pod.has_identity;
    let storage = !pod.standing.has_volumes;
    let owners_right = cursor.all(ordinal, |claim| {
        retention::is_up_to_date(claim, set, pod_ref(judged))
    });
    if !identity && !storage && owners_right {
        return Flow::Next;
    }
    let generated = Ordinal::new(ordinal).pod_name(set.name());
    // From here on upstream works with the corrected name.
    let named = PodRef {
        name: generated.as_str(),
        ..pod_ref(judged)
    };
    if storage && create_claims(call, ordinal, pod.name(), draft).is_err() {
        return Flow::Fail;
    }
    let claim_owners = correct_claims_for(call, ordinal, named, pod.name(), draft);
    if identity || storage || claim_owners {
        let object = corrected_pod(set, call.templates(), pod, ordinal, (identity, storage));
        let reason = Reason::PodMismatch {
            identity,
            storage,
            claim_owners,
        };
        draft.push(
            Operation::UpdatePod { object },
            generated.as_str(),
            pod.name(),
            reason,
        );
    }
    Flow::Next
}

/// The name of the revision that a missing Pod of `ordinal` is made from (`newVersionedStatefulSetPod`). Without
/// `rollingUpdate` the *observed* count of current replicas decides.
pub(super) fn revision_of_missing<'a>(call: &Call<'a>, ordinal: u64) -> &'a str {
    if is_current(call, ordinal) {
        call.chosen.current.name()
    } else {
        call.chosen.update.name()
    }
}

fn is_current(call: &Call<'_>, ordinal: u64) -> bool {
    let set = call.observed.set();
    match &set.spec.strategy.rolling {
        Some(rolling) => ordinal < set.start() + rolling.partition,
        None if set.spec.strategy.kind == StrategyType::RollingUpdate => {
            // Ordinals are below 2^32: two int32 added up.
            let place = ordinal.cast_signed().wrapping_sub(set.start().cast_signed());
            place < i64::from(set.status.current_replicas)
        }
        None => false,
    }
}

fn new_replica(call: &Call<'_>, ordinal: u64) -> serde_json::Value {
    let set = call.observed.set();
    let target = if is_current(call, ordinal) {
        &call.chosen.current
    } else {
        &call.chosen.update
    };
    new_pod(
        set,
        call.templates(),
        ordinal,
        target.template(set.template()),
        target.name(),
    )
}

fn pod_ref<'a>(judged: &Judged<'a>) -> PodRef<'a> {
    PodRef {
        name: judged.name(),
        uid: &judged.pod.metadata.uid,
        is_condemned: false,
    }
}

/// Whether no claim has an owner, and none is to have one.
pub(super) fn are_claims_settled(call: &Call<'_>) -> bool {
    let has_owned = |claims: &sorted::SortedMap<u64, Claim>| claims.values().any(Claim::is_owned);
    let claims_of = |prefix| call.observed.claims_of(prefix);
    let is_any_owned = || {
        call.templates()
            .iter()
            .any(|(_, prefix)| claims_of(prefix).is_some_and(has_owned))
    };
    let are_owned =
        retention::has_owners(call.observed.set()) || call.observed.has_owned_claims() && is_any_owned();
    !are_owned
}

/// The claims that are there for `ordinal`, with their names, in the order of the templates.
pub(super) fn claims_of<'a>(call: &Call<'a>, ordinal: u64) -> impl Iterator<Item = (String, &'a Claim)> {
    call.templates().iter().filter_map(move |(_, prefix)| {
        let claim = call.observed.claims_of(prefix)?.get(&ordinal)?;
        Some((format!("{prefix}-{ordinal}"), claim))
    })
}

/// Creates every claim that is missing. A terminating one is an error, after its siblings were created.
///
/// Source: `stateful_pod_control.go`, `createPersistentVolumeClaims`.
fn create_claims(call: &Call<'_>, ordinal: u64, pod: &str, draft: &mut Draft) -> Result<(), ()> {
    let mut result = Ok(());
    for (template, prefix) in call.templates().iter() {
        let name = format!("{prefix}-{ordinal}");
        match call
            .observed
            .claims_of(prefix)
            .and_then(|claims| claims.get(&ordinal))
        {
            Some(claim) if claim.metadata.is_terminating() => {
                let wait = Wait::new(WaitCode::ClaimTermination, Kind::PersistentVolumeClaim, name);
                draft.wait(wait.holding(pod));
                result = Err(());
            }
            Some(_) => {}
            None => {
                let object = call.templates().new_claim(template, prefix, ordinal);
                let operation = Operation::CreatePersistentVolumeClaim { object };
                draft.push(operation, name, pod, claim_missing(template));
            }
        }
    }
    result
}

fn claim_missing(template: &ClaimTemplate) -> Reason {
    Reason::ClaimMissing {
        template: template.name.to_string(),
    }
}

/// Corrects the owners of the claims that are there; true where one was wrong (`UpdatePodClaimForRetentionPolicy`).
pub(super) fn correct_claims(call: &Call<'_>, ordinal: u64, pod: PodRef<'_>, draft: &mut Draft) -> bool {
    correct_claims_for(call, ordinal, pod, pod.name, draft)
}

fn correct_claims_for(
    call: &Call<'_>,
    ordinal: u64,
    pod: PodRef<'_>,
    on_behalf: &str,
    draft: &mut Draft,
) -> bool {
    let set = call.observed.set();
    let mut was_wrong = false;
    for (name, claim) in claims_of(call, ordinal) {
        if !retention::is_up_to_date(claim, set, pod) {
            was_wrong = true;
            let object = retention::with_owners(claim, set, pod);
            let reason = Reason::ClaimRetention {
                when_scaled: set.spec.retention.when_scaled.name().to_owned(),
                when_deleted: set.spec.retention.when_deleted.name().to_owned(),
                condemned: pod.is_condemned,
            };
            draft.push(
                Operation::UpdatePersistentVolumeClaim { object },
                name,
                on_behalf,
                reason,
            );
        }
    }
    was_wrong
}

/// Walks the claims of each template along with the ordinals, so that a stable set looks none of them up.
struct ClaimCursor<'a> {
    walks: Vec<Walk<'a>>,
}

/// The claim that is next, and those behind it.
struct Walk<'a> {
    next: Option<(&'a u64, &'a Claim)>,
    rest: sorted::Iter<'a, u64, Claim>,
}

impl<'a> ClaimCursor<'a> {
    fn new(call: &Call<'a>) -> Self {
        let start = call.observed.set().start();
        let lists = call
            .templates()
            .iter()
            .filter_map(|(_, prefix)| call.observed.claims_of(prefix));
        let walk = |claims: &'a sorted::SortedMap<u64, Claim>| {
            let mut rest = claims.iter_from(&start);
            let next = rest.next();
            Walk { next, rest }
        };
        Self {
            walks: lists.map(walk).collect(),
        }
    }

    /// Whether all claims of `ordinal` that are there are as `test` asks; ordinals come upwards.
    fn all(&mut self, ordinal: u64, test: impl Fn(&Claim) -> bool) -> bool {
        for walk in &mut self.walks {
            while let Some((number, claim)) = walk.next {
                if *number == ordinal && !test(claim) {
                    return false;
                }
                if *number >= ordinal {
                    break;
                }
                walk.next = walk.rest.next();
            }
        }
        true
    }
}
