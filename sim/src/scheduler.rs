//! Gives Pods their nodes.
//!
//! Source of rules and words: `pkg/scheduler` (`schedule_one.go`, `framework/plugins`). Of the nodes that a Pod may go to it
//! gets the one with the fewest Pods, then the first by name; upstream's scores and chance are not modelled, nor are
//! priorities and preemption.

mod demand;
mod filter;
pub(crate) mod selector;
mod topology;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step, World};
use crate::store::{Change, Key, Resource, Write};
use crate::view;
use crate::volumes::available::{Available, Want};
use crate::volumes::class::{Class, NO_PROVISIONER, SELECTED_NODE};
use crate::volumes::{annotate, drop_version};
use demand::Demand;
use filter::VolumeDemand;
use selector::NodeSelector;
use topology::{Node, Topology};

/// How long the scheduler waits for the volumes of a Pod that it has chosen a node for (`bindTimeoutSeconds`).
const BIND_TIMEOUT: Millis = Millis(600_000);

/// The scheduler.
///
/// A Pod is tried `scheduling` after it appeared, and again that long after what it lacked may have come: a claim of
/// its own was bound, a node changed, a Pod left its node, a volume became available. A Pod that names its node needs no scheduling.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    topology: Topology,
    pods: BTreeMap<Key, Entry>,
    /// The Pods that use a claim.
    users: BTreeMap<Key, BTreeSet<Key>>,
    /// Pods that no node would have, in order of arrival.
    homeless: BTreeMap<u64, Key>,
    /// Those of them that one more Pod somewhere may help: they want company, or even numbers.
    lonely: BTreeSet<u64>,
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
    /// The node is chosen; its volumes are being bound. `asked`: the token of the timeout, once they have been asked for.
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
                let node = change.after.as_deref().map(Node::of);
                if self.topology.put_node(&change.key.name, node) {
                    self.retry(world, &mut step);
                }
            }
            Resource::PersistentVolumeClaim => self.claim_changed(&change.key, world, &mut step),
            Resource::PersistentVolume => {
                let is_available = self.available.put(&change.key.name, change.after.as_deref());
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
        if self
            .pods
            .get(key)
            .is_some_and(|entry| entry.uid != view::uid(pod))
        {
            self.forget(key, world, step);
        }
        let labels = |pod: &Value| view::at(pod, &["metadata", "labels"]).cloned();
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
                if is_ours && !is_gated && !view::is_terminating(pod) {
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
                if view::is_terminating(pod) {
                    self.forget(key, world, step);
                }
            }
        }
    }

    fn remember(&mut self, key: &Key, pod: &Value, place: Place) -> Arc<Demand> {
        let demand = Arc::new(Demand::of(key, pod));
        for name in &demand.claims {
            self.users
                .entry(claim_key(key, name))
                .or_default()
                .insert(key.clone());
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

    /// What the Pod's claims ask of its node; an error is the scheduler's message about a claim.
    fn volume_demand(&self, key: &Key, demand: &Demand, world: &World<'_>) -> Result<VolumeDemand, String> {
        let mut asked = VolumeDemand::default();
        for name in &demand.claims {
            let claim_key = claim_key(key, name);
            let Some(claim) = world.store.get(&claim_key) else {
                let pod = world.store.get(key);
                let is_ephemeral = pod.is_some_and(|pod| !names_claim(pod, name));
                return Err(if is_ephemeral {
                    format!(
                        "waiting for ephemeral volume controller to create the persistentvolumeclaim \"{name}\""
                    )
                } else {
                    format!("persistentvolumeclaim \"{name}\" not found")
                });
            };
            let volume = view::text_or_empty(claim, &["spec", "volumeName"]);
            if view::text(claim, &["status", "phase"]) == Some("Lost") {
                return Err(format!(
                    "persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\""
                ));
            }
            if view::is_terminating(claim) {
                return Err(format!("persistentvolumeclaim \"{name}\" is being deleted"));
            }
            let modes = view::items(claim, &["spec", "accessModes"]);
            if modes.iter().any(|mode| mode == "ReadWriteOncePod") {
                let mut others = self
                    .users
                    .get(&claim_key)
                    .into_iter()
                    .flatten()
                    .filter(|other| *other != key);
                asked.is_taken |= others.any(|other| {
                    self.pods
                        .get(other)
                        .is_some_and(|entry| !matches!(entry.place, Place::None { .. }))
                });
            }
            if is_bound(claim) {
                asked.add_volume(volume, world);
                continue;
            }
            let class = Class::of(claim, world.settings, world.store);
            let Some(class) = class.filter(Class::waits) else {
                return Err("pod has unbound immediate PersistentVolumeClaims".to_owned());
            };
            match view::text(claim, &["metadata", "annotations", SELECTED_NODE]) {
                Some(node) if self.topology.node(node).is_some() => asked.selected = Some(node.to_owned()),
                _ => {
                    let want = Want::of(&claim_key, claim, &class.name);
                    let offers = || {
                        self.available
                            .offers(&want)
                            .map(|(_, offer)| offer.affinity.clone())
                    };
                    let any = class.provisioner != NO_PROVISIONER;
                    asked.choices.push((!any).then(|| offers().collect()));
                }
            }
        }
        Ok(asked)
    }

    /// The node is chosen: binds the Pod if its claims are bound, else asks for their volumes.
    fn go_on(&mut self, key: &Key, world: &mut World<'_>, step: &mut Step) {
        let Some(entry) = self.pods.get(key) else { return };
        let Place::Reserved { node, asked } = &entry.place else {
            return;
        };
        let (node, has_asked, demand) = (node.clone(), asked.is_some(), entry.demand.clone());
        let mut asks = Vec::new();
        let mut is_lost = false;
        let mut is_waiting = false;
        for name in &demand.claims {
            let Some(claim) = world.store.get(&claim_key(key, name)) else {
                is_lost = true;
                continue;
            };
            if is_bound(claim) {
                continue;
            }
            match view::text(claim, &["metadata", "annotations", SELECTED_NODE]) {
                Some(selected) if *selected == *node => is_waiting = true,
                _ => asks.push(claim.clone()),
            }
        }
        if is_lost || (has_asked && !asks.is_empty()) {
            // A claim has gone, or the binder gave one back: the choice is made anew.
            self.unreserve(key);
            self.try_later(key, world, step);
        } else if !has_asked && (is_waiting || !asks.is_empty()) {
            for claim in asks {
                let mut claim = claim.as_ref().clone();
                annotate(&mut claim, &[(SELECTED_NODE, &node)]);
                drop_version(&mut claim);
                step.writes.push(Write::Update(claim));
            }
            self.arrivals += 1;
            let token = self.arrivals;
            if let Some(entry) = self.pods.get_mut(key) {
                entry.place = Place::Reserved {
                    node,
                    asked: Some(token),
                };
            }
            let timer = Timer {
                owner: "scheduler",
                what: "bind timeout",
                key: key.clone(),
                token,
            };
            step.timers.push((BIND_TIMEOUT, timer));
        } else if !is_waiting {
            if let Some(entry) = self.pods.get_mut(key) {
                entry.place = Place::On(node.clone());
            }
            let message = format!("Successfully assigned {}/{} to {node}", key.namespace, key.name);
            step.event(key, "default-scheduler", "Normal", "Scheduled", message);
            step.writes.push(Write::Bind {
                pod: key.clone(),
                node: node.to_string(),
            });
        }
    }

    fn unreserve(&mut self, key: &Key) {
        let Some(entry) = self.pods.get_mut(key) else {
            return;
        };
        if let Place::Reserved { node, .. } = &entry.place {
            self.topology.remove(node, key);
            entry.place = Place::None {
                is_due: false,
                said: None,
            };
        }
    }

    /// The volumes did not come in time.
    fn give_up(&mut self, timer: &Timer, world: &mut World<'_>, step: &mut Step) {
        let key = &timer.key;
        let Some(entry) = self.pods.get(key) else { return };
        if !matches!(&entry.place, Place::Reserved { asked, .. } if *asked == Some(timer.token)) {
            return;
        }
        self.unreserve(key);
        let message = "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded";
        self.say_unschedulable(key, "SchedulerError", message.to_owned(), world, step);
        self.try_later(key, world, step);
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
            .get("status")
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

impl Place {
    fn node(&self) -> Option<&Arc<str>> {
        match self {
            Self::None { .. } => None,
            Self::Reserved { node, .. } | Self::On(node) => Some(node),
        }
    }
}

impl VolumeDemand {
    fn add_volume(&mut self, name: &str, world: &World<'_>) {
        let Some(volume) = world.store.get(&Key::new(Resource::PersistentVolume, "", name)) else {
            return;
        };
        self.affinity
            .extend(NodeSelector::of(volume, &["spec", "nodeAffinity", "required"]));
        for label in [
            "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/zone",
        ] {
            if let Some(zones) = view::text(volume, &["metadata", "labels", label]) {
                self.zones
                    .push((label.to_owned(), zones.split("__").map(str::to_owned).collect()));
            }
        }
    }
}

fn claim_key(pod: &Key, name: &str) -> Key {
    Key::new(Resource::PersistentVolumeClaim, &pod.namespace, name)
}

fn is_bound(claim: &Value) -> bool {
    view::text(claim, &["spec", "volumeName"]).is_some_and(|name| !name.is_empty())
        && view::text(
            claim,
            &["metadata", "annotations", "pv.kubernetes.io/bind-completed"],
        )
        .is_some()
        || view::text(claim, &["status", "phase"]) == Some("Bound")
}

fn names_claim(pod: &Value, name: &str) -> bool {
    let volumes = view::items(pod, &["spec", "volumes"]);
    volumes
        .iter()
        .any(|volume| view::text(volume, &["persistentVolumeClaim", "claimName"]) == Some(name))
}

#[cfg(test)]
mod tests;
