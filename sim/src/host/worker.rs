//! The controller's work on one set: its cache, its wake-ups, and the plan that it is carrying out.

use serde_json::Value;
use steadfast_core::observed::Document;
use steadfast_core::{Kind, Observed, Plan, Status, Wait, WaitCode, membership};

use super::decider::{Decision, decide};
use super::run::{Outcome, Run};
use super::{CALL, OWNER, WAKE, controller};
use crate::clock::{Millis, Timer};
use crate::cluster::Machine;
use crate::store::{Change, Key, Object, Resource};
use crate::trace::{Happening, Refusal, SetName};
use crate::view;

/// The first backoff; it doubles up to [`LONGEST`] (`DefaultTypedControllerRateLimiter`).
const FIRST: u64 = 5;
const LONGEST: u64 = 1_000_000;

/// The controller's work on one set.
#[derive(Clone)]
pub(crate) struct Worker {
    key: Key,
    /// The set as the cache has it.
    set: Object,
    observed: Observed,
    run: Option<Run>,
    /// Tells the call that is under way from those of earlier runs.
    calls: u64,
    /// When the set is looked at again by time alone, and the token of the timer that does it.
    wake_at: Option<Millis>,
    wake_token: u64,
    /// Calls in a row that failed or were told to retry.
    failures: u32,
    /// The last change that this worker's own writes made.
    last_write: u64,
    waits: Vec<Wait>,
    status: Option<Status>,
    refusal: Option<(String, Refusal)>,
    stable_since: Option<Millis>,
    /// The last decision, where it left nothing to be done but to write the status.
    idle: Option<Idle>,
}

/// A decision with no actions and no time to wait for: as long as what it read stays, the next one says the same.
#[derive(Clone, Copy, PartialEq)]
struct Idle {
    /// The cache's edition that it was made from.
    edition: u64,
    /// The status that it counted is the set's.
    is_written: bool,
}

impl Worker {
    /// A worker for a set that is new to the cache; nothing where the core cannot read it.
    pub fn new(key: &Key, set: &Object, machine: &Machine) -> Option<Self> {
        let mut worker = Self {
            key: key.clone(),
            set: set.clone(),
            observed: Observed::of_set(set).ok()?,
            run: None,
            calls: 0,
            wake_at: None,
            wake_token: 0,
            failures: 0,
            last_write: 0,
            waits: Vec::new(),
            status: None,
            refusal: None,
            stable_since: None,
            idle: None,
        };
        for resource in [
            Resource::Pod,
            Resource::PersistentVolumeClaim,
            Resource::ControllerRevision,
        ] {
            for (_, object) in machine.store.list(resource, Some(&key.namespace)) {
                worker.put(resource, object);
            }
        }
        Some(worker)
    }

    /// The key of the set.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The UID of the set.
    pub fn uid(&self) -> &str {
        &self.observed.set().metadata().uid
    }

    /// The controller's cache.
    pub fn observed(&self) -> &Observed {
        &self.observed
    }

    /// What the last plan waits for.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// The status that the last plan counted.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    /// The last call's first write that was refused: what it was, and why. None after a clean call.
    pub fn refusal(&self) -> Option<(&str, &Refusal)> {
        self.refusal
            .as_ref()
            .map(|(what, refusal)| (what.as_str(), refusal))
    }

    /// Since when there has been nothing to do, with all Pods available.
    pub fn stable_since(&self) -> Option<Millis> {
        self.stable_since
    }

    /// How often in a row the set could not be dealt with.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    pub fn has_seen_own_writes(&self, seen: u64) -> bool {
        seen >= self.last_write
    }

    /// Whether the set's selector matches the Pod of this name.
    pub fn selects(&self, pod: &str) -> bool {
        let (Ok(selector), Some(pod)) = (self.observed.set().selector(), self.observed.pod(pod)) else {
            return false;
        };
        selector.matches(&pod.metadata().labels)
    }

    /// The cache takes in what changed.
    pub fn take_in(&mut self, change: &Change) {
        let edition = self.observed.edition();
        match &change.after {
            Some(object) => self.put(change.key.resource, object),
            None => self.remove(&change.key),
        }
        // A status that has become what the last decision counted is no news to the next one.
        let idle = self.idle.filter(|idle| idle.edition == edition);
        if idle.is_some()
            && change.key.resource == Resource::StatefulSet
            && change.is_status_at_most()
            && self.status.as_ref() == Some(self.observed.set().status())
        {
            self.idle = Some(Idle {
                edition: self.observed.edition(),
                is_written: true,
            });
        }
    }

    /// Whether a Pod that became ready is available only later.
    pub fn waits_for_availability(&self) -> bool {
        self.observed.set().min_ready_seconds() > 0
    }

    /// A Pod became ready: it may be available after minReadySeconds.
    pub fn wake_when_available(&mut self, machine: &mut Machine) {
        if let Ok(seconds @ 1..) = u64::try_from(self.observed.set().min_ready_seconds()) {
            self.wake_after(Millis(seconds.saturating_mul(1000)), machine);
        }
    }

    /// Whether the timer with this token is the one that wakes.
    pub fn wakes(&mut self, token: u64) -> bool {
        let is_wanted = self.wake_at.is_some() && token == self.wake_token;
        if is_wanted {
            self.wake_at = None;
        }
        is_wanted
    }

    /// Calls the core and starts to carry out its plan; true where the set must be looked at again at once.
    pub fn look(&mut self, machine: &mut Machine) -> bool {
        let is_as_before = Idle {
            edition: self.observed.edition(),
            is_written: true,
        };
        if self.idle == Some(is_as_before) && machine.decider.is_none() {
            (self.failures, self.refusal) = (0, None);
            self.judge(true, machine.clock.now());
            return false;
        }
        let before = machine.produced;
        let (decision, has_called) = decide(&self.key, &self.observed, machine);
        let plan = match decision {
            Decision::Plan(plan) => plan,
            Decision::Done {
                has_failed,
                requeue_after,
            } => {
                if machine.produced > before {
                    self.last_write = machine.produced;
                }
                self.run = Some(Run::done(has_failed, requeue_after));
                if has_called {
                    self.call_back(machine);
                    return false;
                }
                return self.proceed(machine);
            }
        };
        if plan.waits != self.waits {
            self.waits.clone_from(&plan.waits);
            machine.record(|| Happening::Waits {
                set: SetName::of(&self.key),
                waits: self.waits.clone(),
            });
        }
        if self.status != plan.status {
            self.status.clone_from(&plan.status);
        }
        self.idle = self.idle_after(&plan);
        // Old revisions that go change nothing for the set, and nothing wakes the controller after them.
        let has_nothing_to_do = plan.actions.iter().all(|action| action.operation.is_trim())
            && !plan.status_changed
            && plan.requeue_after.is_none();
        self.judge(has_nothing_to_do, machine.clock.now());
        self.run = Some(Run::of(plan));
        self.proceed(machine)
    }

    /// The call with this token has come back; true where the set must be looked at again at once.
    pub fn came_back(&mut self, token: u64, machine: &mut Machine) -> bool {
        token == self.calls && self.run.is_some() && self.proceed(machine)
    }

    /// The set is gone.
    pub fn end(&mut self, machine: &mut Machine) {
        self.run = None;
        if !self.waits.is_empty() {
            machine.record(|| Happening::Waits {
                set: SetName::of(&self.key),
                waits: Vec::new(),
            });
        }
    }

    fn proceed(&mut self, machine: &mut Machine) -> bool {
        let Some(run) = &mut self.run else { return false };
        let before = machine.produced;
        let is_under_way = run.proceed(&self.key, (&self.set, &self.observed), machine);
        if machine.settings.call.millis().0 == 0 {
            // All calls are made at this instant.
            while is_under_way && run.proceed(&self.key, (&self.set, &self.observed), machine) {}
        }
        if machine.produced > before {
            self.last_write = machine.produced;
        }
        if is_under_way {
            self.call_back(machine);
            return false;
        }
        let Some(run) = self.run.take() else { return false };
        self.conclude(run.outcome(), machine)
    }

    /// Goes on after the calls that were made. They take time, however little: a plan that is repeated for ever must not stop
    /// the clock.
    fn call_back(&mut self, machine: &mut Machine) {
        self.calls += 1;
        let timer = Timer {
            owner: OWNER,
            what: CALL,
            key: self.key.clone(),
            token: self.calls,
        };
        machine.schedule_after(Millis(machine.settings.call.millis().0.max(1)), timer);
    }

    /// The plan is carried out as far as it goes: when is the set looked at again?
    fn conclude(&mut self, outcome: Outcome, machine: &mut Machine) -> bool {
        let Outcome {
            has_failed,
            must_retry,
            requeue_after,
            taken_name,
            refusal,
        } = outcome;
        self.refusal = refusal;
        if let Some(name) = taken_name {
            // The cache does not know the revision that took the name: read it, and decide again.
            let key = Key::new(Resource::ControllerRevision, &self.key.namespace, &name);
            if let Some(object) = machine.store.get(&key).cloned() {
                self.put(Resource::ControllerRevision, &object);
            }
            return true;
        }
        if has_failed || must_retry {
            let wait = FIRST
                .saturating_mul(1u64.checked_shl(self.failures).unwrap_or(u64::MAX))
                .min(LONGEST);
            self.failures = self.failures.saturating_add(1);
            self.wake_after(Millis(wait), machine);
            return false;
        }
        self.failures = 0;
        if let Some(after) = requeue_after {
            self.wake_after(
                Millis(u64::try_from(after.as_millis()).unwrap_or(u64::MAX)),
                machine,
            );
        }
        false
    }

    /// Of several wake-ups by time the earliest counts, as in upstream's delaying queue.
    fn wake_after(&mut self, delay: Millis, machine: &mut Machine) {
        // Real timers are never early, and never late by nothing: a Pod is available strictly after its time.
        let delay = Millis(delay.0.saturating_add(1));
        let at = Millis(machine.clock.now().0.saturating_add(delay.0));
        if self.wake_at.is_some_and(|earlier| earlier <= at) {
            return;
        }
        self.wake_at = Some(at);
        self.wake_token += 1;
        let timer = Timer {
            owner: OWNER,
            what: WAKE,
            key: self.key.clone(),
            token: self.wake_token,
        };
        machine.schedule_after(delay, timer);
    }

    /// What the plan says of the decision after it. Of the set's status, decisions read these three.
    fn idle_after(&self, plan: &Plan) -> Option<Idle> {
        let set = self.observed.set();
        fn read(status: &Status) -> (&str, Option<i32>, &Option<Vec<Value>>) {
            (
                &status.current_revision,
                status.collision_count,
                &status.conditions,
            )
        }
        let is_idle = plan.actions.is_empty()
            && !plan.is_retry()
            && set.min_ready_seconds() == 0
            && plan.status.as_ref().map(read) == Some(read(set.status()));
        is_idle.then(|| Idle {
            edition: self.observed.edition(),
            is_written: !plan.status_changed,
        })
    }

    /// Stable is a set with nothing to do, all Pods available, and at most old Pods that are kept on purpose.
    fn judge(&mut self, has_nothing_to_do: bool, now: Millis) {
        let is_kept = |wait: &Wait| matches!(wait.code, WaitCode::Partition | WaitCode::ManualDelete);
        let replicas = self.observed.set().replicas();
        let is_whole = self
            .status
            .as_ref()
            .is_some_and(|status| status.has_all(replicas));
        let is_stable = is_whole && has_nothing_to_do && self.waits.iter().all(is_kept);
        self.stable_since = is_stable.then(|| self.stable_since.unwrap_or(now));
    }

    fn put(&mut self, resource: Resource, object: &Object) {
        if self.concerns(resource, object) {
            // What the core cannot read was refused when it came in; such an object stays as it was known.
            let is_read = self.observed.put(object).is_ok();
            if is_read && resource == Resource::StatefulSet {
                self.set = object.clone();
            }
        } else if resource == Resource::Pod {
            self.observed
                .remove(Kind::Pod, view::text_or_empty(object, &["metadata", "name"]));
        }
    }

    fn remove(&mut self, key: &Key) {
        let kind = match key.resource {
            Resource::Pod => Kind::Pod,
            Resource::PersistentVolumeClaim => Kind::PersistentVolumeClaim,
            Resource::ControllerRevision => Kind::ControllerRevision,
            _ => return,
        };
        self.observed.remove(kind, &key.name);
    }

    /// Whether a decision about this set can ask for the object: its own, those that nobody controls, and whatever has a
    /// name that it would give.
    fn concerns(&self, resource: Resource, object: &dyn Document) -> bool {
        let set = &*self.key.name;
        let name = view::text_or_empty(object, &["metadata", "name"]);
        match resource {
            Resource::StatefulSet => name == set,
            Resource::Pod => {
                membership(name).is_some_and(|member| member.parent == set)
                    || controller(object).is_none_or(|owner| owner.uid == self.uid())
            }
            Resource::PersistentVolumeClaim => {
                let before = name.rsplit_once('-').map(|(before, _)| before);
                before
                    .and_then(|before| before.strip_suffix(set))
                    .is_some_and(|template| template.ends_with('-'))
            }
            Resource::ControllerRevision => true,
            _ => false,
        }
    }
}
