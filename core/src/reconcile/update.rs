//! The last pass on Pods: those of an old revision are deleted, so that the next call makes them anew.
//!
//! Source: `stateful_set_control.go`, the end of `updateStatefulSet` and `updateStatefulSetAfterInvariantEstablished`.

use super::draft::Draft;
use super::partition::{Judged, Partition};
use super::recreate::is_recreate;
use super::replicas::{revision_of_missing, unavailability};
use super::{Call, Stopped};
use crate::observed::{IntOrPercent, PodManagementPolicy, StrategyType};
use crate::plan::{Kind, Operation, Reason, Status, Wait, WaitCode};
use crate::{Gate, Ordinal};

pub(super) fn run<'a>(
    call: &Call<'a>,
    partition: &Partition<'a>,
    status: &mut Status,
    draft: &mut Draft,
) -> Result<(), Stopped> {
    let set = call.observed.set();
    if is_recreate(call) {
        return Ok(());
    }
    if set.spec.strategy.kind == StrategyType::OnDelete {
        name_old_pods(call, WaitCode::ManualDelete, partition.replicas.iter(), draft);
        return Ok(());
    }
    let budget = if call.profile.is_enabled(Gate::MaxUnavailableStatefulSet) {
        match max_unavailable(call) {
            Ok(budget) => Some(budget),
            // From 1.35 on the status reads the field too, and says so.
            Err(_) if call.profile.status_reads_max_unavailable() => return Ok(()),
            Err(detail) => return draft.stop(unreadable(call, detail)),
        }
    } else {
        None
    };
    if partition.is_whole(call) && partition.is_updated() {
        // Nothing is old, nothing is missing that could be made old: whatever the budget, nobody is deleted.
        return Ok(());
    }
    let mut update = Update::of(call, partition, status, draft);
    match budget {
        Some(budget) => update.within_budget(budget),
        None => update.one_by_one(),
    }
    Ok(())
}

/// How many Pods may be unavailable: at least 1, percentages rounded down; an error is upstream's sentence.
///
/// Source: `stateful_set_utils.go`, `getStatefulSetMaxUnavailable`.
pub(super) fn max_unavailable(call: &Call<'_>) -> Result<i64, String> {
    let set = call.observed.set();
    let given = set
        .spec
        .strategy
        .rolling
        .as_ref()
        .and_then(|rolling| rolling.max_unavailable.as_ref());
    let pods = given.unwrap_or(&IntOrPercent::Int(1)).of_total(set.replicas())?;
    Ok(pods.max(1))
}

/// The wait for a maxUnavailable that is neither a number nor a percentage.
pub(super) fn unreadable(call: &Call<'_>, detail: String) -> Wait {
    let set = call.observed.set();
    Wait::new(WaitCode::MaxUnavailableInvalid, Kind::StatefulSet, set.name()).detailed(detail)
}

struct Update<'c, 'a> {
    call: &'c Call<'a>,
    /// Every place of the range from the highest ordinal down.
    targets: Vec<Target<'a>>,
    /// The first ordinal that is updated.
    from: u64,
    status: &'c mut Status,
    draft: &'c mut Draft,
    has_deleted: bool,
    /// How many actions this pass has added.
    deletes: u32,
}

/// A place of the range as the update pass sees it; a Pod that this call has just made is there too.
#[derive(Clone, Copy)]
struct Target<'a> {
    ordinal: u64,
    judged: Option<Judged<'a>>,
    is_old: bool,
    is_unavailable: bool,
    is_terminating: bool,
}

impl<'c, 'a> Update<'c, 'a> {
    fn of(
        call: &'c Call<'a>,
        partition: &Partition<'a>,
        status: &'c mut Status,
        draft: &'c mut Draft,
    ) -> Self {
        let set = call.observed.set();
        let update = call.chosen.update.name();
        let mut targets: Vec<Target<'a>> = partition
            .slots(call)
            .map(|slot| {
                let is_old = match slot.judged {
                    Some(judged) => !judged.is_updated(),
                    None => revision_of_missing(call, slot.ordinal) != update,
                };
                Target {
                    ordinal: slot.ordinal,
                    judged: slot.judged,
                    is_old,
                    is_unavailable: slot.judged.is_none_or(|judged| judged.is_unavailable()),
                    is_terminating: slot.judged.is_some_and(|judged| judged.pod.is_terminating()),
                }
            })
            .collect();
        targets.reverse();
        let partition = set
            .spec
            .strategy
            .rolling
            .as_ref()
            .map_or(0, |rolling| rolling.partition);
        Self {
            call,
            targets,
            from: set.start() + partition,
            status,
            draft,
            has_deleted: false,
            deletes: 0,
        }
    }

    /// Without maxUnavailable: the highest old Pod is deleted, unless a higher one is not available yet.
    fn one_by_one(&mut self) {
        for target in self.reached() {
            if target.is_old && !target.is_terminating {
                self.delete(&target);
                return;
            }
            if target.is_unavailable {
                if self.is_old_left() {
                    let wait = self.unavailable(&target);
                    self.draft.wait(wait);
                }
                return;
            }
        }
        self.hold_rest();
    }

    /// With maxUnavailable: as many old Pods as the budget leaves.
    fn within_budget(&mut self, budget: i64) {
        let is_two_phased = self.call.profile.replaces_unavailable_first()
            && self.call.observed.set().spec.policy == PodManagementPolicy::Parallel;
        let unavailable = self.targets.iter().filter(|target| target.is_unavailable).count();
        let free = budget.saturating_sub(i64::try_from(unavailable).unwrap_or(i64::MAX));
        let is_broken_old =
            |target: &Target<'_>| target.is_old && target.is_unavailable && !target.is_terminating;
        if free <= 0 && !(is_two_phased && self.targets.iter().any(is_broken_old)) {
            return self.hold_for_budget();
        }
        if is_two_phased {
            // First what is of no use already, whatever the budget; then, within the budget, what is available.
            for target in self.reached() {
                let is_available = target.judged.is_some_and(|judged| judged.is_available());
                if target.is_old && !is_available && !target.is_terminating {
                    self.delete(&target);
                }
            }
            self.delete_at_most(free, |target| target.is_old && !target.is_unavailable);
        } else {
            self.delete_at_most(free, |target| target.is_old && !target.is_terminating);
        }
        if !self.has_deleted {
            self.hold_for_budget();
        }
    }

    fn delete_at_most(&mut self, mut free: i64, is_due: impl Fn(&Target<'_>) -> bool) {
        for target in self.reached() {
            if free <= 0 {
                return;
            }
            if is_due(&target) {
                self.delete(&target);
                free -= 1;
            }
        }
    }

    /// The places that the partition leaves to the update, from the highest down.
    fn reached(&self) -> Vec<Target<'a>> {
        self.targets
            .iter()
            .filter(|target| target.ordinal >= self.from)
            .copied()
            .collect()
    }

    /// Deletes a Pod in a batch of its own. Its count goes down whatever its revision was, and also where an earlier
    /// pass has deleted it already.
    fn delete(&mut self, target: &Target<'_>) {
        let generated = Ordinal::new(target.ordinal).pod_name(self.call.observed.set().name());
        let name = target.judged.map_or(generated.as_str(), |judged| judged.name());
        let from = match target.judged {
            Some(judged) => judged.pod.revision(),
            None => revision_of_missing(self.call, target.ordinal),
        };
        let reason = Reason::RollingUpdate {
            from: from.to_owned(),
            to: self.call.chosen.update.name().to_owned(),
        };
        let uid = target.judged.and_then(|judged| judged.uid());
        self.draft.end_batch();
        match self.draft.push(Operation::DeletePod { uid }, name, name, reason) {
            true => self.deletes += 1,
            false => self.draft.plan.repeated_deletes.push(self.deletes),
        }
        self.draft.end_batch();
        self.status.current_replicas = self.status.current_replicas.wrapping_sub(1);
        self.has_deleted = true;
    }

    fn is_old_left(&self) -> bool {
        self.targets
            .iter()
            .any(|target| target.ordinal >= self.from && target.is_old && !target.is_terminating)
    }

    /// The budget is used up: whoever is unavailable is awaited.
    fn hold_for_budget(&mut self) {
        if !self.is_old_left() {
            return self.hold_rest();
        }
        let set = self.call.observed.set().name();
        let awaited: Vec<String> = self
            .targets
            .iter()
            .rev()
            .filter(|target| target.is_unavailable)
            .map(|target| match target.judged {
                Some(judged) => judged.name().to_owned(),
                None => Ordinal::new(target.ordinal).pod_name(set).into(),
            })
            .collect();
        let first = awaited.first().cloned().unwrap_or_default();
        let mut wait = Wait::new(WaitCode::MaxUnavailable, Kind::Pod, first);
        wait.pods = awaited;
        self.draft.wait(wait);
    }

    /// Nothing is left above the partition: what is old below it stays.
    fn hold_rest(&mut self) {
        let below = self
            .targets
            .iter()
            .rev()
            .filter(|target| target.ordinal < self.from);
        let judged: Vec<Judged<'a>> = below.filter_map(|target| target.judged).collect();
        name_old_pods(self.call, WaitCode::Partition, judged.iter(), self.draft);
    }

    fn unavailable(&self, target: &Target<'_>) -> Wait {
        let set = self.call.observed.set().name();
        let missing = |name: String| Wait::new(WaitCode::PodRunningAndReady, Kind::Pod, name);
        match target.judged {
            None => missing(Ordinal::new(target.ordinal).pod_name(set).into()),
            Some(judged) if target.is_terminating => {
                Wait::new(WaitCode::PodTermination, Kind::Pod, judged.name())
            }
            Some(judged) => {
                unavailability(self.call, &judged).unwrap_or_else(|| missing(judged.name().to_owned()))
            }
        }
    }
}

/// One wait for all old Pods among these, if there are any.
fn name_old_pods<'a>(
    call: &Call<'_>,
    code: WaitCode,
    pods: impl Iterator<Item = &'a Judged<'a>>,
    draft: &mut Draft,
) {
    let is_left = |judged: &&Judged<'_>| !judged.is_updated() && !judged.pod.is_terminating();
    let old: Vec<String> = pods
        .filter(is_left)
        .map(|judged| judged.name().to_owned())
        .collect();
    let Some(first) = old.first() else { return };
    let mut wait = match code {
        WaitCode::Partition => Wait::new(code, Kind::StatefulSet, call.observed.set().name()),
        _ => Wait::new(code, Kind::Pod, first),
    };
    wait.pods = old;
    draft.wait(wait);
}
