//! What a Pod's claims have to do with where it goes.

use steadfast_core::observed::Document;

use super::demand::Demand;
use super::filter::VolumeDemand;
use super::selector::NodeSelector;
use super::{Place, Scheduler};
use crate::clock::{Millis, Timer};
use crate::component::{Step, World};
use crate::store::{Key, Resource, Write};
use crate::view;
use crate::volumes::available::Want;
use crate::volumes::class::{Class, NO_PROVISIONER, SELECTED_NODE};
use crate::volumes::{annotate, drop_version};

/// How long the scheduler waits for the volumes of a Pod that it has chosen a node for (`bindTimeoutSeconds`).
const BIND_TIMEOUT: Millis = Millis(600_000);

impl Scheduler {
    /// What the Pod's claims ask of its node; an error is the scheduler's message about a claim.
    pub(super) fn volume_demand(
        &self,
        key: &Key,
        demand: &Demand,
        world: &World<'_>,
    ) -> Result<VolumeDemand, String> {
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
            if claim.is_terminating() {
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
    pub(super) fn go_on(&mut self, key: &Key, world: &mut World<'_>, step: &mut Step) {
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
                let mut claim = claim.whole().clone();
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
    pub(super) fn give_up(&mut self, timer: &Timer, world: &mut World<'_>, step: &mut Step) {
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

pub(super) fn claim_key(pod: &Key, name: &str) -> Key {
    pod.beside(Resource::PersistentVolumeClaim, name)
}

fn is_bound(claim: &dyn Document) -> bool {
    view::text(claim, &["spec", "volumeName"]).is_some_and(|name| !name.is_empty())
        && view::text(
            claim,
            &["metadata", "annotations", "pv.kubernetes.io/bind-completed"],
        )
        .is_some()
        || view::text(claim, &["status", "phase"]) == Some("Bound")
}

fn names_claim(pod: &dyn Document, name: &str) -> bool {
    let volumes = view::items(pod, &["spec", "volumes"]);
    volumes
        .iter()
        .any(|volume| view::text(volume, &["persistentVolumeClaim", "claimName"]) == Some(name))
}
