//! The simulated controller: it observes, calls the core, and executes plans exactly as `wire.md` says ("What a host
//! does"). It wakes as upstream's does: on events of the set and its Pods, when a Pod that became ready may be
//! available, after `requeueAfterSeconds`, and by the backoff of `retry` waits and failed actions.
//! Where the last decision left nothing to be done and nothing has changed that one reads, the core is not called again.
//!
//! Source of the wake-ups: `pkg/controller/statefulset/stateful_set.go` (`addPod`, `updatePod`, `deletePod`,
//! `processNextWorkItem`) and `client-go/util/workqueue`.

use std::collections::VecDeque;

use serde_json::Value;
use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::{Millis, Timer};
use crate::cluster::Machine;
use crate::store::{Change, Key, Resource};
use crate::view;

mod announce;
mod decider;
mod run;
mod worker;

pub(crate) use decider::Shared;
pub use decider::{Decider, Decision, Look};
pub(crate) use worker::Worker;

/// The owner of the controller's timers.
pub(crate) const OWNER: &str = "host";

/// A change is delivered to the cache.
const WATCH: &str = "watch";
/// A set is looked at again.
const WAKE: &str = "wake";
/// An API call has come back.
const CALL: &str = "call";

/// The controller: one worker for each set. Upstream runs five at a time; sets do not wait for each other here.
#[derive(Clone, Default)]
pub(crate) struct Host {
    workers: SortedMap<Key, Worker>,
    /// The sets that are to be looked at. Wake-ups of a set that is in here already are one.
    queue: SortedSet<Key>,
    /// Changes on their way to the cache, with when they arrive and their numbers.
    inbox: VecDeque<(Millis, u64, Change)>,
    /// The number of the last change that the cache has seen.
    seen: u64,
    /// The number of the last change that was put on its way.
    sent: u64,
}

impl Host {
    /// The sets and what the controller knows of them.
    pub fn workers(&self) -> impl Iterator<Item = (&Key, &Worker)> {
        self.workers.iter()
    }

    /// What the controller knows of one set.
    pub fn worker(&self, set: &Key) -> Option<&Worker> {
        self.workers.get(set)
    }

    /// True where nothing is being done, nothing is to be looked at, and the cache is up to date.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
            && self.inbox.is_empty()
            && self.workers.values().all(|worker| !worker.is_running())
    }

    /// True where there is a set to look at now.
    pub fn is_due(&self) -> bool {
        self.queue.iter().any(|key| {
            self.workers
                .get(key)
                .is_some_and(|w| !w.is_running() && w.has_seen_own_writes(self.seen))
        })
    }

    /// An object changed: the cache hears of it after the watch latency.
    pub fn observe(&mut self, change: &Change, machine: &mut Machine) {
        self.sent += 1;
        let latency = machine.settings.watch.millis();
        if latency.0 == 0 && self.inbox.is_empty() {
            self.seen = self.sent;
            self.deliver(change, machine);
            return;
        }
        let at = Millis(machine.clock.now().0.saturating_add(latency.0));
        if self.inbox.back().is_none_or(|(last, ..)| *last < at) {
            let timer = Timer {
                owner: OWNER,
                what: WATCH,
                key: change.key.clone(),
                token: 0,
            };
            machine.schedule_after(latency, timer);
        }
        self.inbox.push_back((at, self.sent, change.clone()));
    }

    /// A timer of the controller is due.
    pub fn due(&mut self, timer: &Timer, machine: &mut Machine) {
        match timer.what {
            WATCH => {
                while self
                    .inbox
                    .front()
                    .is_some_and(|(at, ..)| *at <= machine.clock.now())
                {
                    if let Some((_, number, change)) = self.inbox.pop_front() {
                        self.seen = number;
                        self.deliver(&change, machine);
                    }
                }
            }
            WAKE => {
                if self
                    .workers
                    .get_mut(&timer.key)
                    .is_some_and(|worker| worker.wakes(timer.token))
                {
                    self.queue.insert(timer.key.clone());
                }
            }
            _ => {
                let Some(worker) = self.workers.get_mut(&timer.key) else {
                    return;
                };
                if worker.came_back(timer.token, machine) {
                    self.queue.insert(timer.key.clone());
                }
            }
        }
    }

    /// Looks at every set that is to be looked at and can be; true where there was one.
    pub fn start(&mut self, machine: &mut Machine) -> bool {
        let is_due = |key: &&Key| {
            let worker = self.workers.get(*key);
            worker.is_none_or(|worker| !worker.is_running() && worker.has_seen_own_writes(self.seen))
        };
        let due: Vec<Key> = self.queue.iter().filter(is_due).cloned().collect();
        let mut has_started = false;
        for key in due {
            self.queue.remove(&key);
            let Some(worker) = self.workers.get_mut(&key) else {
                continue;
            };
            has_started = true;
            if worker.look(machine) {
                self.queue.insert(key);
            }
        }
        has_started
    }

    /// Looks at the set again as soon as possible, as a resync does.
    pub fn wake(&mut self, set: &Key) {
        if self.workers.contains_key(set) {
            self.queue.insert(set.clone());
        }
    }

    /// The cache takes a change in, and wakes whom it concerns.
    fn deliver(&mut self, change: &Change, machine: &mut Machine) {
        match change.key.resource {
            Resource::StatefulSet => self.deliver_set(change, machine),
            Resource::Pod => self.deliver_pod(change, machine),
            Resource::PersistentVolumeClaim | Resource::ControllerRevision => {
                for worker in self.workers_of(&change.key.namespace) {
                    worker.take_in(change);
                }
            }
            _ => {}
        }
    }

    fn deliver_set(&mut self, change: &Change, machine: &mut Machine) {
        let key = &change.key;
        let Some(object) = &change.after else {
            if let Some(mut worker) = self.workers.remove(key) {
                worker.end(machine);
            }
            self.queue.remove(key);
            return;
        };
        match self.workers.get_mut(key) {
            Some(worker) if worker.uid() == object.uid() => worker.take_in(change),
            _ => match Worker::new(key, object, machine) {
                Some(worker) => drop(self.workers.insert(key.clone(), worker)),
                None => return,
            },
        }
        self.queue.insert(key.clone());
    }

    fn deliver_pod(&mut self, change: &Change, machine: &mut Machine) {
        for worker in self.workers_of(&change.key.namespace) {
            worker.take_in(change);
        }
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let new = after.and_then(|pod| controller(pod));
        let old = match change.is_status_at_most() {
            true => new,
            false => before.and_then(|pod| controller(pod)),
        };
        if let Some(set) = old.filter(|_| after.is_none() || old != new) {
            self.wake_owner(set, change);
        }
        let Some(pod) = after else { return };
        if let Some(set) = new {
            let Some(key) = self.wake_owner(set, change) else {
                return;
            };
            let became_ready = || before.is_some_and(|before| !is_ready(before)) && is_ready(pod);
            if let Some(worker) = self.workers.get_mut(&key)
                && worker.waits_for_availability()
                && became_ready()
            {
                worker.wake_when_available(machine);
            }
            return;
        }
        // An orphan that is terminating is nobody's to adopt; one that only changed its status was offered before.
        let is_offered = match before {
            None => !pod.is_terminating(),
            Some(before) => old.is_some() || labels(before) != labels(pod),
        };
        if is_offered {
            let name = &*change.key.name;
            let keys: Vec<Key> = self
                .workers_of(&change.key.namespace)
                .filter(|w| w.selects(name))
                .map(|w| w.key().clone())
                .collect();
            self.queue.extend(keys);
        }
    }

    fn wake_owner(&mut self, owner: Owner<'_>, change: &Change) -> Option<Key> {
        let key = change.key.beside(Resource::StatefulSet, owner.name);
        let is_owner =
            owner.kind == "StatefulSet" && self.workers.get(&key).is_some_and(|w| w.uid() == owner.uid);
        is_owner.then(|| {
            self.queue.insert(key.clone());
            key
        })
    }

    fn workers_of(&mut self, namespace: &str) -> impl Iterator<Item = &mut Worker> {
        self.workers
            .iter_mut()
            .filter(move |(key, _)| *key.namespace == *namespace)
            .map(|(_, worker)| worker)
    }
}

/// What an owner reference says of a controller.
#[derive(Clone, Copy, Default, PartialEq)]
struct Owner<'a> {
    kind: &'a str,
    name: &'a str,
    uid: &'a str,
}

fn controller(object: &dyn Document) -> Option<Owner<'_>> {
    let owners = view::items(object, &["metadata", "ownerReferences"]);
    let owner = owners
        .iter()
        .find(|owner| view::is_true(owner, &["controller"]))?;
    let mut found = Owner::default();
    // Every change of a Pod comes by here: its fields are gone through once, and not looked for one by one.
    for (field, value) in owner.as_object()? {
        let place = match field.as_str() {
            "kind" => &mut found.kind,
            "name" => &mut found.name,
            "uid" => &mut found.uid,
            _ => continue,
        };
        *place = value.as_str().unwrap_or_default();
    }
    Some(found)
}

fn is_ready(pod: &dyn Document) -> bool {
    view::condition(pod, "Ready") == Some("True")
}

fn labels(pod: &dyn Document) -> Option<&Value> {
    view::at(pod, &["metadata", "labels"])
}

#[cfg(test)]
mod tests;
