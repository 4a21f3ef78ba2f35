//! The cluster: objects, components, the controller and the clock, and the loop that moves them.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Error, ErrorCode, Observed, Plan, Profile, Status, Timestamp, Wait, reconcile};

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step};
use crate::disruption::Disruption;
use crate::endpoints::Endpoints;
use crate::faults::FaultRule;
use crate::garbage::GarbageCollector;
use crate::host::{self, Host, Worker};
use crate::intake;
use crate::kubelet::Kubelet;
use crate::nodes::Nodes;
use crate::scheduler::Scheduler;
use crate::settings::{self, Settings};
use crate::store::{ApiError, Change, DeleteOptions, Key, Object, Resource, Store, Write};
use crate::trace::{Detail, Happening, ObjectRecord, Refusal, Trace};
use crate::volumes::Volumes;

pub(crate) mod census;
mod holds;
mod machine;
pub(crate) mod quiet;

use census::Census;
pub(crate) use holds::Holds;
pub(crate) use machine::Machine;

pub use crate::host::{Decider, Decision, Look};

/// A whole cluster with its controller, at one instant of virtual time. A clone goes its own way from there on.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, Timestamp};
/// use steadfast_sim::cluster::{Cluster, Ending};
/// use steadfast_sim::{clock::Millis, settings::Settings, store::{Key, Resource}};
///
/// let epoch = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
/// let mut cluster = Cluster::new(Settings::default(), Profile::default(), epoch);
/// cluster.apply(&json!({
///     "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
///     "spec": {
///         "replicas": 2, "serviceName": "web",
///         "selector": {"matchLabels": {"app": "web"}},
///         "template": {
///             "metadata": {"labels": {"app": "web"}},
///             "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}}))?;
/// assert_eq!(cluster.run_to_rest(Millis(3_600_000)), Ending::Rest);
/// let set = Key::new(Resource::StatefulSet, "default", "web");
/// assert_eq!(cluster.store().get(&set).unwrap()["status"]["availableReplicas"], 2);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Cluster {
    pub(crate) machine: Machine,
    host: Host,
    components: Vec<Box<dyn Component>>,
    pub(crate) census: Option<Census>,
    pub(crate) holds: Holds,
    /// What a scenario has in store, by the token of its timer.
    pub(crate) story: crate::scenario::Story,
}

/// The owner of the timers for the beginning and the end of a fault.
const FAULTS: &str = "faults";

/// How running to rest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing is left to happen.
    Rest,
    /// Only repetitions are left to happen, such as restarts of a container that crashes, and nothing new has happened for
    /// ten minutes, or every set is stable.
    Repeats,
    /// The time was up.
    TimeUp,
}

/// What the controller knows of a set.
#[derive(Clone, Copy)]
pub struct SetView<'a> {
    worker: &'a Worker,
}

impl Cluster {
    /// A cluster with the nodes of the settings and nothing else, at the instant `epoch`.
    pub fn new(settings: Settings, profile: Profile, epoch: Timestamp) -> Self {
        let nodes = settings.nodes.objects();
        let mut cluster = Self {
            machine: Machine::new(settings, profile, epoch),
            host: Host::default(),
            components: vec![
                Box::new(Scheduler::new()),
                Box::new(Kubelet::new()),
                Box::new(Volumes::new()),
                Box::new(Nodes::new()),
                Box::new(GarbageCollector),
                Box::new(Endpoints::new()),
                Box::new(Disruption::default()),
            ],
            census: None,
            holds: Holds::default(),
            story: crate::scenario::Story::default(),
        };
        for node in nodes {
            // Names of nodes were checked when the settings were read; one that is there twice stays as it is.
            drop(cluster.machine.insert(node));
        }
        cluster.pump();
        cluster
    }

    /// Puts objects in as they are: what a dump shows. One that has no UID is a manifest, and is applied.
    ///
    /// # Errors
    /// `invalid` where an object cannot be read, or its name is taken; the message names it.
    pub fn insert(&mut self, objects: impl IntoIterator<Item = Value>) -> Result<(), Error> {
        let mut result = Ok(());
        for object in objects {
            result = result.and(self.insert_one(object));
        }
        self.pump();
        result
    }

    /// Creates or replaces an object from its manifest, as `kubectl apply` does.
    ///
    /// # Errors
    /// What [`intake::receive`] refuses, and what the API server answers.
    pub fn apply(&mut self, manifest: &Value) -> Result<(), Error> {
        let result = self.apply_one(manifest);
        self.pump();
        result
    }

    /// Deletes an object, as `kubectl delete` does.
    ///
    /// # Errors
    /// What the API server answers, such as `pods "web-0" not found`.
    pub fn delete(&mut self, key: &Key, options: DeleteOptions) -> Result<(), Error> {
        self.write(Write::Delete {
            key: key.clone(),
            options,
        })
        .map_err(|error| refused(&error))
    }

    /// Makes a write as a person or another client, past all faults.
    ///
    /// # Errors
    /// What the API server answers.
    pub fn write(&mut self, write: Write) -> Result<(), ApiError> {
        let result = self.machine.write(write).map(drop);
        self.pump();
        result
    }

    /// From now on `decider` decides in the core's place, here and in clones that are made from now on.
    pub fn set_decider(&mut self, decider: Rc<RefCell<dyn Decider>>) {
        self.machine.decider = Some(decider);
    }

    /// Changes how the cluster behaves from now on.
    pub fn set_up(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.machine.settings);
        for component in ["kubelet", "volumes"] {
            self.machine
                .schedule_after(Millis(0), settings::reread(component));
        }
        let now = self.now();
        self.machine.quiet.renew(now);
    }

    /// Does everything that happens at the next instant at which something does; false where there is none.
    pub fn step(&mut self) -> bool {
        self.pump();
        if self.host.start(&mut self.machine) {
            self.pump();
            return true;
        }
        let Some(at) = self.machine.clock.next_at() else {
            return false;
        };
        while let Some(timer) = self.machine.clock.pop_due(at) {
            self.machine.quiet.fired(&timer);
            match timer.owner {
                host::OWNER => self.host.due(&timer, &mut self.machine),
                crate::scenario::OWNER => self.tell(timer.token),
                FAULTS => self.machine.quiet.renew(at),
                _ if self.holds.keeps(&timer) => {}
                owner => {
                    let mut components = std::mem::take(&mut self.components);
                    if let Some(component) = components.iter_mut().find(|component| component.name() == owner)
                    {
                        let step = component.due(&timer, &mut self.machine.world());
                        self.carry_out(step);
                    }
                    self.components = components;
                }
            }
            self.pump();
        }
        while self.host.start(&mut self.machine) {
            self.pump();
        }
        true
    }

    /// Runs until `until`, and stands there.
    pub fn run_until(&mut self, until: Millis) {
        while self.next_at().is_some_and(|at| at <= until) && self.step() {}
        self.machine.clock.advance_to(until);
    }

    /// Runs until nothing new can happen by itself, at most until `until`.
    pub fn run_to_rest(&mut self, until: Millis) -> Ending {
        self.run_watched(until, &mut |_| true)
    }

    /// As [`run_to_rest`](Self::run_to_rest); `watch` is called after each step, and ends the run where it says false.
    pub fn run_watched(&mut self, until: Millis, watch: &mut dyn FnMut(&Self) -> bool) -> Ending {
        loop {
            match self.next_at() {
                None => return Ending::Rest,
                Some(at) if at > until => {
                    self.machine.clock.advance_to(until);
                    return Ending::TimeUp;
                }
                Some(_) if self.is_repeating() => return Ending::Repeats,
                Some(_) => {}
            }
            self.step();
            if !watch(self) {
                return Ending::TimeUp;
            }
        }
    }

    /// True where nothing is left to happen.
    pub fn is_at_rest(&self) -> bool {
        self.next_at().is_none()
    }

    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.machine.clock.now()
    }

    /// The virtual time as an instant.
    pub fn wall(&self) -> Timestamp {
        self.machine.clock.wall()
    }

    /// The objects.
    pub fn store(&self) -> &Store {
        &self.machine.store
    }

    /// How the cluster behaves.
    pub fn settings(&self) -> &Settings {
        &self.machine.settings
    }

    /// Which Kubernetes this is.
    pub fn profile(&self) -> &Profile {
        &self.machine.profile
    }

    /// What has happened so far.
    pub fn trace(&self) -> &Trace {
        &self.machine.trace
    }

    /// When something new happened last: not a repetition such as one more restart of a container that crashes.
    pub fn last_new(&self) -> Millis {
        self.machine.quiet.last_new()
    }

    /// The sets that the controller deals with, in order of keys.
    pub fn sets(&self) -> impl Iterator<Item = SetView<'_>> {
        self.host.workers().map(|(_, worker)| SetView { worker })
    }

    /// What the controller knows of this set.
    pub fn set(&self, key: &Key) -> Option<SetView<'_>> {
        self.host.worker(key).map(|worker| SetView { worker })
    }

    /// What the controller would do for a set if it looked at it now.
    pub fn plan(&self, set: &Key) -> Option<Plan> {
        let worker = self.host.worker(set)?;
        Some(reconcile(worker.observed(), self.wall(), &self.machine.profile))
    }

    /// Lets the controller look at every set, as a resync does.
    pub(crate) fn wake_all(&mut self) {
        let keys: Vec<Key> = self.host.workers().map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.host.wake(&key);
        }
    }

    /// Lets the API server refuse what the controller writes, as the rule says.
    pub fn add_fault(&mut self, rule: FaultRule) {
        let now = self.now();
        // When a rule begins or ends by time, the controller may get on: it is not stuck before.
        for at in [rule.from, rule.until].into_iter().flatten() {
            let key = Key::new(Resource::StatefulSet, "", &at.to_string());
            let timer = Timer {
                owner: FAULTS,
                what: "due",
                key,
                token: 0,
            };
            self.machine
                .schedule_after(Millis(at.millis().0.saturating_sub(now.0)), timer);
        }
        self.machine.faults.add(rule);
        self.machine.quiet.renew(now);
    }

    /// Claims that were held are bound if they can be.
    pub(crate) fn free_claims(&mut self, is_meant: impl Fn(&Key) -> bool) {
        let (free, held) = std::mem::take(&mut self.holds.unbound)
            .into_iter()
            .partition(|key| is_meant(key));
        self.holds.unbound = held;
        for timer in std::mem::take(&mut self.holds.late) {
            self.machine.schedule_after(Millis(0), timer);
        }
        let free: SortedSet<Key> = free;
        for key in free {
            let after = self.machine.store.get(&key).cloned();
            self.machine.pending.push(Change {
                key,
                before: after.clone(),
                after,
            });
            self.machine.produced += 1;
        }
        self.pump();
    }

    /// Puts nodes in beside those of the settings.
    pub(crate) fn insert_nodes(&mut self, nodes: &[Value]) {
        for node in nodes {
            drop(self.machine.insert(node.clone()));
        }
        self.pump();
    }

    /// Somebody does something: what went round in circles may go on now.
    pub(crate) fn renew(&mut self) {
        let now = self.now();
        self.machine.quiet.renew(now);
    }

    /// From now on the trace holds so much.
    pub(crate) fn record(&mut self, detail: Detail) {
        self.machine.detail = detail;
    }

    /// Forgets what has happened so far.
    pub(crate) fn forget_trace(&mut self) {
        self.machine.trace = Trace::default();
    }

    /// What has happened so far, which is then forgotten.
    pub(crate) fn take_trace(&mut self) -> Trace {
        std::mem::take(&mut self.machine.trace)
    }

    /// From now on the least number of available Pods is kept.
    pub(crate) fn begin_census(&mut self) {
        let now = self.now();
        if let Some(census) = &mut self.census {
            census.begin(now);
        }
    }

    /// When the next thing happens: now, if anything waits to be dealt with.
    fn next_at(&self) -> Option<Millis> {
        let is_due = !self.machine.pending.is_empty() || self.host.is_due();
        if is_due {
            Some(self.now())
        } else {
            self.machine.clock.next_at()
        }
    }

    fn is_repeating(&self) -> bool {
        let quiet = &self.machine.quiet;
        let waited = self.now().0.saturating_sub(quiet.last_new().0);
        self.machine.pending.is_empty()
            && self.host.is_idle()
            && quiet.is_repeating()
            && (waited >= quiet::PATIENCE.0 || self.sets().all(|set| set.stable_since().is_some()))
    }

    fn insert_one(&mut self, object: Value) -> Result<(), Error> {
        let key = intake::key_of(&object)?;
        let has_uid = object
            .get("metadata")
            .and_then(|m| m.get("uid"))
            .and_then(Value::as_str)
            .is_some_and(|u| !u.is_empty());
        if !has_uid {
            return self.apply_one(&object);
        }
        intake::check_stored(&object).map_err(|error| match error.message.contains(&*key.name) {
            true => error,
            false => error.of_object(key.resource.kind(), &key.name),
        })?;
        self.machine.insert(object).map_err(|error| refused(&error))
    }

    fn apply_one(&mut self, manifest: &Value) -> Result<(), Error> {
        let key = intake::key_of(manifest)?;
        let live = self.machine.store.get(&key).cloned();
        let object = intake::receive(manifest, live.as_ref().map(Object::whole), &self.machine.profile)?;
        let write = if live.is_some() {
            Write::Update(object)
        } else {
            Write::Create(object)
        };
        self.machine
            .write(write)
            .map(drop)
            .map_err(|error| refused(&error))
    }

    /// Tells everybody what changed, until nothing changes any more.
    fn pump(&mut self) {
        let mut components = std::mem::take(&mut self.components);
        while !self.machine.pending.is_empty() {
            for change in std::mem::take(&mut self.machine.pending) {
                self.saw(&change);
                for component in &mut components {
                    if self.holds.hides(&change, &**component) {
                        continue;
                    }
                    let step = component.changed(&change, &mut self.machine.world());
                    self.carry_out(step);
                }
                self.host.observe(&change, &mut self.machine);
            }
        }
        self.components = components;
    }

    fn carry_out(&mut self, mut step: Step) {
        if step.is_empty() {
            return;
        }
        if !self.holds.allow_all() {
            step.writes
                .retain(|write| !self.holds.forbids(write, &self.machine.store));
        }
        self.machine.carry_out(step);
    }

    /// The record of a change, and what is reckoned from it.
    fn saw(&mut self, change: &Change) {
        let machine = &mut self.machine;
        machine.quiet.saw(change, machine.clock.now());
        if (machine.detail == Detail::Whole || change.after.is_none())
            && let Some(record) = ObjectRecord::of(change, machine.clock.wall())
        {
            machine.record(|| Happening::Object(Box::new(record)));
        }
        if let Some(census) = &mut self.census {
            census.saw(change, &self.machine.clock);
        }
        if change.after.is_none() {
            self.holds.release(&change.key);
        }
    }
}

impl<'a> SetView<'a> {
    /// The set's key.
    pub fn key(&self) -> &'a Key {
        self.worker.key()
    }

    /// The controller's cache, as it would be given to the core.
    pub fn observed(&self) -> &'a Observed {
        self.worker.observed()
    }

    /// What the last plan waits for.
    pub fn waits(&self) -> &'a [Wait] {
        self.worker.waits()
    }

    /// The status that the last plan counted.
    pub fn status(&self) -> Option<&'a Status> {
        self.worker.status()
    }

    /// The first write of the last plan that was refused: which, and the answer.
    pub fn refusal(&self) -> Option<(&'a str, &'a Refusal)> {
        self.worker.refusal()
    }

    /// How often in a row the set could not be dealt with, up to now.
    pub fn failures(&self) -> u32 {
        self.worker.failures()
    }

    /// Since when the set has been stable: nothing to do, and all Pods available. Old Pods that are kept by the partition
    /// or left to a person are no obstacle.
    pub fn stable_since(&self) -> Option<Millis> {
        self.worker.stable_since()
    }
}

/// What the API server answered, as an error of the input.
pub(crate) fn refused(error: &ApiError) -> Error {
    Error::new(ErrorCode::Invalid, error.message.clone())
}
