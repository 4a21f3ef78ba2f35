//! Gives Pods their nodes.
//!
//! Source of rules and words: `pkg/scheduler` (`schedule_one.go`, `framework/plugins`). Of the nodes that a Pod may
//! go to it gets the one with the fewest Pods, then the first by name; upstream's scores and chance are not
//! modelled, nor are priorities and preemption.

mod claims;
mod demand;
mod filter;
pub(crate) mod selector;
mod topology;

use std::sync::Arc;

use serde_json::{Value, json};
use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::Timer;
use crate::component::{Component, Step, World};
use crate::store::{Change, Key, Resource, Write};
use crate::view;
use crate::volumes::available::Available;
use claims::claim_key;
use demand::Demand;
use topology::{Node, Topology};

/// The scheduler.
///
/// A Pod is tried `scheduling` after it appeared, and again that long after what it lacked may have come: a claim
/// of its own was bound, a node changed, a Pod left its node, a volume became available. A Pod that names its node
/// needs no scheduling.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    topology: Topology,
    pods: SortedMap<Key, Entry>,
    /// The Pods that use a claim.
    users: SortedMap<Key, SortedSet<Key>>,
    /// Pods that no node would have, in order of arrival.
    homeless: SortedMap<u64, Key>,
    /// Those of them that one more Pod somewhere may help: they want company, or even numbers.
    lonely: SortedSet<u64>,
    available: Available,
    /// A timer to try all homeless Pods again is running.
    is_retrying: bool,
    arrivals: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    uid: String,
    demand: Arc<Demand>,
    arrival: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// Not tried yet, or tried without success. `is_due`: a timer for the next try is running.
    None { is_due: bool, said: Option<String> },
    /// The node is chosen; its volumes are being bound. `asked`: the token of the timeout, once they have been
    /// asked for.
    Reserved { node: Arc<str>, asked: Option<u64> },
    /// Bound.
    On(Arc<str>),
}

impl Component for Scheduler {
    fn name(&self) -> &'static str {
        "scheduler"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match change.key.resource {
            Resource::Pod => self.pod_changed(change, world, &mut step),
            Resource::Node => {
                let node = change.after.as_ref().map(|node| Node::of(node));
                if self.topology.put_node(&change.key.name, node) {
                    self.retry(world, &mut step);
                }
            }
            Resource::PersistentVolumeClaim => self.claim_changed(&change.key, world, &mut step),
            Resource::PersistentVolume => {
                let is_available = self.available.put(&change.key.name, world.store.get(&change.key));
                if is_available {
                    self.retry(world, &mut step);
                }
            }
            _ => {}
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match timer.what {
            "retry" => {
                self.is_retrying = false;
                let homeless = std::mem::take(&mut self.homeless);
                self.lonely.clear();
                for key in homeless.values() {
                    self.attempt(key, world, &mut step);
                }
            }
            "bind timeout" => self.give_up(timer, world, &mut step),
            _ => {
                let Some(entry) = self.pods.get_mut(&timer.key) else {
                    return step;
                };
                if entry.arrival == timer.token
                    && let Place::None { is_due, .. } = &mut entry.place
                {
                    *is_due = false;
                    self.attempt(&timer.key, world, &mut step);
                }
            }
        }
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Scheduler {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn pod_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        let key = &change.key;
        let Some(pod) = change.after.as_ref().filter(|pod| !view::is_finished(pod)) else {
            self.forget(key, world, step);
            return;
        };
        let has_finished = change
            .before
            .as_ref()
            .is_some_and(|before| view::is_finished(before));
        if change.is_status_at_most() && !has_finished {
            return;
        }
        if self.pods.get(key).is_some_and(|entry| entry.uid != pod.uid()) {
            self.forget(key, world, step);
        }
        let is_relabelled = change
            .before
            .as_ref()
            .is_some_and(|before| labels(before) != labels(pod));
        if is_relabelled && let Some(entry) = self.pods.get_mut(key) {
            entry.demand = Arc::new(Demand::of(key, pod));
            if let Some(node) = entry.place.node() {
                self.topology.remove(node, key);
                self.topology.place(node, key, &entry.demand);
                self.retry(world, step);
            }
        }
        let node = view::text(pod, &["spec", "nodeName"]).filter(|node| !node.is_empty());
        match (node, self.pods.get_mut(key)) {
            (Some(node), Some(entry)) => match &entry.place {
                Place::On(known) if **known == *node => {}
                place => {
                    let (arrival, demand) = (entry.arrival, entry.demand.clone());
                    if let Some(known) = place.node() {
                        self.topology.remove(known, key);
                    }
                    let node = Arc::from(node);
                    self.topology.place(&node, key, &demand);
                    entry.place = Place::On(node);
                    self.house(arrival);
                    self.keep_company(world, step);
                }
            },
            (Some(node), None) => {
                let demand = self.remember(key, pod, Place::On(Arc::from(node)));
                self.topology.place(&Arc::from(node), key, &demand);
                self.keep_company(world, step);
            }
            (None, None) => {
                let is_ours = matches!(
                    view::text(pod, &["spec", "schedulerName"]),
                    None | Some("" | "default-scheduler")
                );
                let is_gated = !view::items(pod, &["spec", "schedulingGates"]).is_empty();
                if is_ours && !is_gated && !pod.is_terminating() {
                    self.remember(
                        key,
                        pod,
                        Place::None {
                            is_due: false,
                            said: None,
                        },
                    );
                    self.try_later(key, world, step);
                }
            }
            (None, Some(_)) => {
                if pod.is_terminating() {
                    self.forget(key, world, step);
                }
            }
        }
    }

    fn remember(&mut self, key: &Key, pod: &dyn Document, place: Place) -> Arc<Demand> {
        let demand = Arc::new(Demand::of(key, pod));
        for name in &demand.claims {
            self.users
                .change(claim_key(key, name), |users| users.insert(key.clone()));
        }
        self.arrivals += 1;
        let uid = view::uid(pod).to_owned();
        self.pods.insert(
            key.clone(),
            Entry {
                uid,
                demand: demand.clone(),
                arrival: self.arrivals,
                place,
            },
        );
        demand
    }

    fn forget(&mut self, key: &Key, world: &mut World<'_>, step: &mut Step) {
        let Some(entry) = self.pods.remove(key) else {
            return;
        };
        self.house(entry.arrival);
        for name in &entry.demand.claims {
            let claim = claim_key(key, name);
            let Some(users) = self.users.get_mut(&claim) else {
                continue;
            };
            users.remove(key);
            if users.is_empty() {
                self.users.remove(&claim);
            }
        }
        if let Some(node) = entry.place.node() {
            self.topology.remove(node, key);
            self.retry(world, step);
        }
    }

    fn house(&mut self, arrival: u64) {
        self.homeless.remove(&arrival);
        self.lonely.remove(&arrival);
    }

    /// There is one more Pod on a node.
    fn keep_company(&mut self, world: &mut World<'_>, step: &mut Step) {
        if !self.lonely.is_empty() {
            self.retry(world, step);
        }
    }

    /// Something changed that may help those that no node would have.
    fn retry(&mut self, world: &mut World<'_>, step: &mut Step) {
        if self.is_retrying || self.homeless.is_empty() {
            return;
        }
        self.is_retrying = true;
        let key = Key::new(Resource::Node, "", "");
        let timer = Timer {
            owner: "scheduler",
            what: "retry",
            key,
            token: 0,
        };
        step.timers.push((
            world.settings.varied(world.settings.scheduling, world.random),
            timer,
        ));
    }

    fn try_later(&mut self, key: &Key, world: &mut World<'_>, step: &mut Step) {
        let Some(entry) = self.pods.get_mut(key) else {
            return;
        };
        let token = entry.arrival;
        if let Place::None {
            is_due: is_due @ false,
            ..
        } = &mut entry.place
        {
            *is_due = true;
            let timer = Timer {
                owner: "scheduler",
                what: "attempt",
                key: key.clone(),
                token,
            };
            step.timers.push((
                world.settings.varied(world.settings.scheduling, world.random),
                timer,
            ));
        }
    }

    fn claim_changed(&mut self, claim: &Key, world: &mut World<'_>, step: &mut Step) {
        let users: Vec<Key> = self.users.get(claim).into_iter().flatten().cloned().collect();
        for key in users {
            match self.pods.get(&key).map(|entry| &entry.place) {
                Some(Place::None { said: Some(_), .. }) => self.try_later(&key, world, step),
                Some(Place::Reserved { .. }) => self.go_on(&key, world, step),
                _ => {}
            }
        }
    }

    fn attempt(&mut self, key: &Key, world: &mut World<'_>, step: &mut Step) {
        let Some(entry) = self.pods.get(key) else { return };
        if !matches!(entry.place, Place::None { .. }) {
            return;
        }
        let (demand, arrival) = (entry.demand.clone(), entry.arrival);
        let asked = self.volume_demand(key, &demand, world);
        let node = match asked {
            Ok(asked) => {
                let chosen = filter::choose(&mut self.topology, &demand, &asked);
                if chosen.is_err() {
                    self.homeless.insert(arrival, key.clone());
                    if !demand.affinity.is_empty() || !demand.spread.is_empty() {
                        self.lonely.insert(arrival);
                    }
                }
                chosen
            }
            // What is wrong with a claim only a change of that claim can mend.
            Err(reason) => Err(filter::refused(self.topology.len(), &reason)),
        };
        match node {
            Err(message) => self.say_unschedulable(key, "Unschedulable", message, world, step),
            Ok(node) => {
                self.topology.place(&node, key, &demand);
                if let Some(entry) = self.pods.get_mut(key) {
                    entry.place = Place::Reserved { node, asked: None };
                }
                self.house(arrival);
                self.keep_company(world, step);
                self.go_on(key, world, step);
            }
        }
    }

    fn say_unschedulable(
        &mut self,
        key: &Key,
        reason: &str,
        message: String,
        world: &World<'_>,
        step: &mut Step,
    ) {
        let Some(entry) = self.pods.get_mut(key) else {
            return;
        };
        let Place::None { said, .. } = &mut entry.place else {
            return;
        };
        if said.as_ref() == Some(&message) {
            return;
        }
        *said = Some(message.clone());
        let Some(pod) = world.store.get(key) else { return };
        let mut status = pod
            .field("status")
            .cloned()
            .unwrap_or_else(|| json!({"phase": "Pending"}));
        let since = view::items(&status, &["conditions"]).iter().find(|condition| {
            condition.get("type") == Some(&json!("PodScheduled"))
                && condition.get("status") == Some(&json!("False"))
        });
        let since = since.and_then(|condition| condition.get("lastTransitionTime").cloned());
        let condition = json!({
            "type": "PodScheduled",
            "status": "False",
            "reason": reason,
            "message": message,
            "lastTransitionTime": since.unwrap_or_else(|| json!(world.wall.whole_seconds())),
        });
        if let Some(status) = status.as_object_mut() {
            let conditions = status.entry("conditions").or_insert_with(|| json!([]));
            if let Some(conditions) = conditions.as_array_mut() {
                conditions.retain(|condition| condition.get("type") != Some(&json!("PodScheduled")));
                conditions.push(condition);
            }
        }
        step.writes.push(Write::SetStatus {
            key: key.clone(),
            status,
        });
        step.event(key, "default-scheduler", "Warning", "FailedScheduling", message);
    }
}

fn labels(pod: &dyn Document) -> Option<&Value> {
    view::at(pod, &["metadata", "labels"])
}

impl Place {
    fn node(&self) -> Option<&Arc<str>> {
        match self {
            Self::None { .. } => None,
            Self::Reserved { node, .. } | Self::On(node) => Some(node),
        }
    }
}

#[cfg(test)]
mod tests;
