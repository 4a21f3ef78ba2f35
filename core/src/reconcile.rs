//! One reconcile: the passes, in upstream's order, on one page.

use std::cell::OnceCell;

use crate::observed::{Ends, Observed};
use crate::plan::{Kind, Plan, Status, Wait, WaitCode};
use crate::storage::Templates;
use crate::{Profile, Timestamp};

mod condemned;
mod draft;
mod history;
mod ownership;
mod partition;
mod recreate;
mod replicas;
mod revisions;
mod status;
mod update;

use draft::Draft;
use ownership::Claimed;
use partition::Partition;
use revisions::Chosen;

/// Decides what must happen next for the observed set, at the instant `now`, as the controller of this Kubernetes
/// version would.
///
/// Total and pure: it cannot fail, panic or block, and the order in which objects were put into `observed` does not
/// matter. Source: `pkg/controller/statefulset/stateful_set.go` (`sync`) and `stateful_set_control.go`
/// (`UpdateStatefulSet`).
///
/// The crate's first page shows it in its loop.
pub fn reconcile(observed: &Observed, now: Timestamp, profile: &Profile) -> Plan {
    let mut draft = Draft::default();
    let set = observed.set();
    let selector = match set.selector() {
        Ok(selector) => selector,
        Err(detail) => {
            draft.wait(Wait::new(WaitCode::SelectorInvalid, Kind::StatefulSet, set.name()).detailed(detail));
            return draft.into_plan();
        }
    };
    let mut history = history::of_set(observed, selector, profile);
    if ownership::adopt_revisions(observed, &history, &mut draft).is_err() {
        return draft.into_plan();
    }
    let pods = ownership::claim_pods(observed, profile, &mut draft);
    history::sort(&mut history);
    let chosen = revisions::choose(observed, &history, profile, &mut draft);

    let (current, update) = (chosen.current.name(), chosen.update.name());
    let is_updating = current != update;
    let call = Call {
        observed,
        now,
        profile,
        chosen: &chosen,
        current: (Ends::of(current), current),
        update: (Ends::of(update), update),
        is_updating,
        unhealthy_is_unavailable: profile.unavailable_is_unhealthy(),
        asks_more_of_available: set.min_ready_seconds() != 0 || profile.unavailable_is_unhealthy(),
        templates: OnceCell::new(),
    };
    let counted = passes(&call, &pods, &mut draft);
    let written = counted
        .ok()
        .and_then(|counted| status::complete(&call, counted, &mut draft));
    history::trim(&call, &history, &pods, &mut draft);

    if let Some(status) = written {
        draft.plan.status_changed = status.differs(&set.status, profile);
        if !draft.plan.is_retry() {
            draft.plan.requeue_after = status::requeue_after(&call, &status, &pods);
        }
        draft.plan.status = Some(status);
    }
    draft.into_plan()
}

/// What every pass may look at.
struct Call<'a> {
    observed: &'a Observed,
    now: Timestamp,
    profile: &'a Profile,
    chosen: &'a Chosen<'a>,
    /// The names of the revisions chosen.
    current: (Ends, &'a str),
    update: (Ends, &'a str),
    /// The current revision is not the update's.
    is_updating: bool,
    /// See [`Profile::unavailable_is_unhealthy`].
    unhealthy_is_unavailable: bool,
    /// A Pod that is ready may be unavailable.
    asks_more_of_available: bool,
    templates: OnceCell<Templates<'a>>,
}

impl<'a> Call<'a> {
    /// Named once for all Pods, and where no Pod asks, not at all.
    fn templates(&self) -> &Templates<'a> {
        self.templates.get_or_init(|| Templates::of(self.observed.set()))
    }
}

/// The end of all passes: a wait in the draft says why. Only [`Draft::stop`] makes one.
struct Stopped(());

/// The passes on Pods, from the Recreate gate to the update: the status as it counts afterwards, or nothing where
/// upstream gives up before it has counted.
fn passes<'a>(call: &Call<'a>, pods: &Claimed<'a>, draft: &mut Draft) -> Result<Status, Stopped> {
    revisions::check_readable(call, draft)?;
    recreate::check_gate(call, draft)?;
    let partition = Partition::of(call, pods);
    if call.observed.set().metadata().is_terminating() {
        // The set's own Pods are left to garbage collection: only the status is kept up.
        draft.wait(Wait::new(
            WaitCode::SetDeletion,
            Kind::StatefulSet,
            call.observed.set().name(),
        ));
        return Ok(status::of_all(call, pods));
    }
    let mut status = status::of_partition(call, &partition);
    // A pass that stops, for whatever reason, ends the passes but not the status.
    drop(run(call, &partition, &mut status, draft));
    Ok(status)
}

fn run<'a>(
    call: &Call<'a>,
    partition: &Partition<'a>,
    status: &mut Status,
    draft: &mut Draft,
) -> Result<(), Stopped> {
    recreate::run(call, partition, status, draft)?;
    replicas::run(call, partition, draft)?;
    condemned::claims(call, partition, draft);
    condemned::run(call, partition, draft)?;
    update::run(call, partition, status, draft)
}
