//! What holds all along in a life, whoever decides (`docs/architecture.md`, "What done means").

use std::collections::BTreeSet;

use steadfast_core::observed::{Phase, PodManagementPolicy, RetentionPolicy};
use steadfast_core::{Action, Observed, Operation, Plan, Reason, Timestamp};
use steadfast_sim::Cluster;
use steadfast_sim::cluster::Look;

use super::after_failures::Did;

/// What has been done so far, as far as it must not be done again.
#[derive(Default)]
pub(super) struct Invariants {
    done: BTreeSet<(&'static str, String)>,
    /// Deletes are done again: the API server says of some that there is nothing to delete, or the cache lags behind somebody
    /// else's delete, after which ours changes nothing that could be waited for.
    repeats_deletes: bool,
}

impl Invariants {
    pub fn new(repeats_deletes: bool) -> Self {
        Self {
            repeats_deletes,
            ..Self::default()
        }
    }

    /// The first rule that a plan breaks.
    pub fn before(&self, plan: &Plan, look: &Look<'_>) -> Option<String> {
        let observed = look.observed();
        let mut created = BTreeSet::new();
        for action in &plan.actions {
            let broken = match &action.operation {
                Operation::CreatePod { .. } if !created.insert(&action.name) => Some("it is created twice"),
                Operation::CreatePod { .. } => is_in_turn(observed, action, look.now()),
                Operation::DeletePod { .. } => is_highest(observed, action),
                Operation::CreatePersistentVolumeClaim { .. }
                | Operation::UpdatePersistentVolumeClaim { .. } => is_owned_rightly(observed, action),
                _ => None,
            };
            if let Some(broken) = broken {
                return Some(format!("{} {}: {broken}", action.operation.name(), action.name));
            }
        }
        None
    }

    /// The first action that succeeded a second time.
    pub fn after(&mut self, plan: &Plan, did: &Did) -> Option<String> {
        let mut repeated = None;
        for (kind, name, reason) in &did.calls {
            let is_meant = |action: &&Action| {
                action.operation.name() == *kind && action.name == *name && reason.is_none()
            };
            let Some(key) = plan.actions.iter().find(is_meant).and_then(once) else {
                continue;
            };
            let is_forgiven = self.repeats_deletes && *kind == "DeletePod";
            if !self.done.insert((kind, key)) && !is_forgiven {
                repeated = Some(format!("{kind} {name} is done again"));
            }
        }
        repeated
    }
}

/// A stable set gets an empty plan; only old revisions may still go.
pub(super) fn at_the_end(cluster: &Cluster) -> Option<String> {
    for set in cluster.sets().filter(|set| set.stable_since().is_some()) {
        let plan = cluster.plan(set.key())?;
        if !plan.actions.iter().all(|action| action.operation.is_trim()) || plan.status_changed {
            return Some(format!("{} is stable and gets a plan: {plan:?}", set.key().name));
        }
    }
    None
}

/// OrderedReady: no Pod is created before all below it are available.
fn is_in_turn(observed: &Observed, action: &Action, now: Timestamp) -> Option<&'static str> {
    let set = observed.set();
    if observed.pod(&action.name).is_some() {
        return Some("it exists");
    }
    if set.policy() != PodManagementPolicy::OrderedReady {
        return None;
    }
    let ordinal: u64 = action.name.rsplit_once('-')?.1.parse().ok()?;
    let min_ready = u64::try_from(set.min_ready_seconds()).unwrap_or(0);
    let is_available = |below: u64| {
        observed
            .pod(&format!("{}-{below}", set.name()))
            .is_some_and(|pod| {
                let waited = pod
                    .ready_since()
                    .map(|since| now.since(since).as_secs() >= min_ready);
                pod.phase() == Phase::Running
                    && pod.is_ready()
                    && !pod.is_terminating()
                    && (min_ready == 0 || waited == Some(true))
            })
    };
    let is_in_turn = (set.start()..ordinal).all(is_available);
    (!is_in_turn).then_some("a Pod below it is not available")
}

/// OrderedReady: condemned Pods go from the highest ordinal down.
fn is_highest(observed: &Observed, action: &Action) -> Option<&'static str> {
    let set = observed.set();
    let Reason::ScaleDown { ordinal } = action.reason else {
        return None;
    };
    if set.policy() != PodManagementPolicy::OrderedReady {
        return None;
    }
    let is_higher = observed.pods().any(|pod| {
        let is_ours = pod
            .metadata()
            .controller()
            .is_some_and(|owner| *owner.uid == *set.metadata().uid);
        is_ours
            && pod
                .ordinal()
                .is_some_and(|other| other > ordinal && other >= set.end())
    });
    is_higher.then_some("a condemned Pod above it is still there")
}

/// A claim is never owned unless retention says so.
fn is_owned_rightly(observed: &Observed, action: &Action) -> Option<&'static str> {
    let retention = observed.set().retention();
    let owners = action
        .operation
        .object()?
        .pointer("/metadata/ownerReferences")?
        .as_array()?;
    let is_owned_by = |kind: &str| owners.iter().any(|owner| owner["kind"] == kind);
    if is_owned_by("StatefulSet") && retention.when_deleted != RetentionPolicy::Delete {
        return Some("the set owns it, and whenDeleted is Retain");
    }
    (is_owned_by("Pod") && retention.when_scaled != RetentionPolicy::Delete)
        .then_some("a Pod owns it, and whenScaled is Retain")
}

/// What of an action tells it from all others; nothing for those that may be right again. A Pod is written unchanged as often as
/// the owners of its claims are.
fn once(action: &Action) -> Option<String> {
    match &action.operation {
        Operation::DeletePod { uid: Some(uid) } | Operation::DeleteControllerRevision { uid: Some(uid) } => {
            Some(uid.clone())
        }
        Operation::UpdatePod { object } if !is_for_claims(&action.reason) => Some(object.to_string()),
        Operation::UpdatePersistentVolumeClaim { object }
        | Operation::UpdateControllerRevision { object } => Some(object.to_string()),
        _ => None,
    }
}

fn is_for_claims(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::PodMismatch {
            identity: false,
            storage: false,
            ..
        }
    )
}
