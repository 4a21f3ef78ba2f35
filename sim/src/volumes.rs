//! Claims and their volumes: binding, protection, and what becomes of a volume when its claim goes.
//!
//! Source of rules and words: `pkg/controller/volume/persistentvolume/pv_controller.go`, `pvcprotection`,
//! `pkg/controller/volume/ephemeral`. Not modelled: attaching, snapshots; a volume grows at once, with its file system.

pub(crate) mod available;
pub(crate) mod class;
mod objects;
pub(crate) mod resize;
pub(crate) mod size;

use std::sync::Arc;

use serde_json::{Value, json};
use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;

use crate::clock::Timer;
use crate::component::{Component, Step, World};
use crate::settings::{REREAD, Span};
use crate::store::{Change, DeleteOptions, Key, Object, Resource, Write};
use crate::view;
use available::{Available, Want};
use class::{Class, NO_PROVISIONER, SELECTED_NODE};
pub(crate) use objects::{annotate, drop_version};
use objects::{create_ephemeral, new_volume, push_bound_claim, reference, without_selected_node};

/// The finalizer that keeps a claim while a Pod uses it.
const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";
/// The finalizer that keeps a volume while it is bound.
const VOLUME_PROTECTION: &str = "kubernetes.io/pv-protection";

/// The controllers for claims and volumes in one component.
///
/// A claim is bound to the smallest available volume that satisfies it, else one is made after the delay of its
/// class. In a class that waits for its first consumer both happen once the scheduler has chosen a node. A claim
/// that is being deleted stays as long as a Pod that has a node uses it, whatever the Pod's phase. A volume whose
/// claim has gone is deleted or kept by its `persistentVolumeReclaimPolicy`. Claims of ephemeral volumes are
/// created here.
#[derive(Clone, Debug, Default)]
pub struct Volumes {
    available: Available,
    /// Claims without a volume.
    pending: SortedMap<Key, Pending>,
    /// The Pods that use a claim, and whether they have a node.
    users: SortedMap<Key, SortedMap<Key, bool>>,
    tokens: u64,
}

#[derive(Clone, Debug, Default)]
struct Pending {
    uid: String,
    class: String,
    /// The volume is being made: the token of the timer.
    making: Option<u64>,
    /// The last message about it: none is said twice in a row.
    said: Option<String>,
}

impl Component for Volumes {
    fn name(&self) -> &'static str {
        "volumes"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match change.key.resource {
            Resource::PersistentVolumeClaim => self.claim_changed(change, world, &mut step),
            Resource::PersistentVolume => self.volume_changed(change, world, &mut step),
            Resource::Pod => self.pod_changed(change, world, &mut step),
            Resource::StorageClass => self.reconsider(world, &mut step),
            _ => {}
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        if timer.what == REREAD {
            self.reconsider(world, &mut step);
            return step;
        }
        let Some(pending) = self.pending.get_mut(&timer.key) else {
            return step;
        };
        if pending.making != Some(timer.token) {
            return step;
        }
        pending.making = None;
        self.consider(&timer.key, true, world, &mut step);
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Volumes {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn claim_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        let key = &change.key;
        if let Some(before) = &change.before {
            let is_gone = change
                .after
                .as_ref()
                .is_none_or(|after| after.uid() != before.uid());
            if is_gone {
                self.pending.remove(key);
                release(before, world, step);
            }
        }
        // What has been decided since this change counts, so the store is asked and not the change.
        let Some(claim) = world.store.get(key).cloned() else {
            return;
        };
        if claim.is_terminating() {
            self.pending.remove(key);
            self.unprotect(key, &claim, step);
        } else if matches!(view::text(&claim, &["status", "phase"]), Some("Bound" | "Lost")) {
            self.pending.remove(key);
            if let Some(before) = &change.before {
                resize::grow(key, before, &claim, world, step);
            }
        } else {
            self.consider(key, false, world, step);
        }
    }

    /// Binds a claim if that can be done now. `is_made` says that the time to make a volume has passed.
    fn consider(&mut self, key: &Key, is_made: bool, world: &mut World<'_>, step: &mut Step) {
        let Some(claim) = world.store.get(key).cloned() else {
            return;
        };
        if claim.is_terminating() || view::text(&claim, &["status", "phase"]) == Some("Bound") {
            self.pending.remove(key);
            return;
        }
        let class = Class::of(&claim, world.settings, world.store);
        let class_name = class.as_ref().map_or("", |class| &class.name);
        let mut is_making = false;
        self.pending.change(key.clone(), |pending| {
            if pending.uid != claim.uid() {
                *pending = Pending {
                    uid: claim.uid().to_owned(),
                    ..Pending::default()
                };
            }
            class_name.clone_into(&mut pending.class);
            is_making = pending.making.is_some();
        });
        if is_making {
            return;
        }
        if let Some(name) = view::text(&claim, &["spec", "volumeName"]).filter(|name| !name.is_empty()) {
            self.bind_to_named(key, &claim, name, world, step);
            return;
        }
        let selected = view::text(&claim, &["metadata", "annotations", SELECTED_NODE]);
        let waits = class.as_ref().is_some_and(Class::waits);
        if waits && selected.is_none() {
            let (reason, message) = self.waiting_for(key);
            self.say(key, "Normal", reason, message, step);
            return;
        }
        let want = Want::of(key, &claim, class_name);
        let node = selected.filter(|_| waits);
        let labels = node.map(|name| {
            let node = world.store.get(&Key::new(Resource::Node, "", name));
            node.map(|node| crate::scheduler::selector::labels_of(node))
                .unwrap_or_default()
        });
        let found = self
            .available
            .offers(&want)
            .find(|(_, offer)| match (node, &labels, &offer.affinity) {
                (Some(node), Some(labels), Some(affinity)) => affinity.matches(node, labels),
                _ => true,
            });
        if let Some(volume) = found.map(|(name, _)| name.clone()) {
            self.bind(key, &claim, class.as_ref(), &volume, world, step);
            return;
        }
        self.make(key, &claim, class.as_ref(), is_made, world, step);
    }

    /// No volume that exists will do: one is made, or it is said why not.
    fn make(
        &mut self,
        key: &Key,
        claim: &dyn Document,
        class: Option<&Class>,
        is_made: bool,
        world: &mut World<'_>,
        step: &mut Step,
    ) {
        let Some(class) = class else {
            let message =
                "no persistent volumes available for this claim and no storage class is set".to_owned();
            self.say(key, "Normal", "FailedBinding", message, step);
            return;
        };
        if !class.exists {
            let message = format!("storageclass.storage.k8s.io \"{}\" not found", class.name);
            self.say(key, "Warning", "ProvisioningFailed", message, step);
        } else if class.provisioner == NO_PROVISIONER && class.waits() {
            // The volume that the scheduler counted on is taken: it has to choose again.
            step.writes.push(Write::Update(without_selected_node(claim)));
        } else if class.provisioner == NO_PROVISIONER {
            let message = format!("no volume plugin matched name: {NO_PROVISIONER}");
            self.say(key, "Warning", "ProvisioningFailed", message, step);
        } else if !class.provisions || (class.delay > Span::default() && !is_made) {
            let message = format!(
                "Waiting for a volume to be created either by the external provisioner '{}' or manually by the \
                 system administrator. If volume creation is delayed, please verify that the provisioner is running \
                 and correctly registered.",
                class.provisioner
            );
            self.say(key, "Normal", "ExternalProvisioning", message, step);
            if class.provisions {
                self.tokens += 1;
                let token = self.tokens;
                if let Some(pending) = self.pending.get_mut(key) {
                    pending.making = Some(token);
                }
                let timer = Timer {
                    owner: "volumes",
                    what: "make",
                    key: key.clone(),
                    token,
                };
                step.timers.push((class.delay.millis(), timer));
            }
        } else {
            self.pending.remove(key);
            let volume = new_volume(key, claim, class, world);
            let name = view::text_or_empty(&volume, &["metadata", "name"]).to_owned();
            step.event(
                key,
                "volumes",
                "Normal",
                "ProvisioningSucceeded",
                format!("Successfully provisioned volume {name}"),
            );
            let spec = volume.field("spec").cloned().unwrap_or_default();
            step.writes.push(Write::Create(volume));
            let key_of_volume = Key::new(Resource::PersistentVolume, "", &name);
            step.writes.push(Write::SetStatus {
                key: key_of_volume,
                status: json!({"phase": "Bound"}),
            });
            push_bound_claim(key, claim, Some(class), &name, &spec, step);
        }
    }

    /// Binds a claim to an available volume.
    fn bind(
        &mut self,
        key: &Key,
        claim: &dyn Document,
        class: Option<&Class>,
        name: &Arc<str>,
        world: &World<'_>,
        step: &mut Step,
    ) {
        let key_of_volume = Key::new(Resource::PersistentVolume, "", name);
        let Some(volume) = world.store.get(&key_of_volume) else {
            return;
        };
        // Nobody else gets it, even before its change comes round.
        self.available.put(name, None);
        self.pending.remove(key);
        let mut bound = volume.whole().clone();
        if let Some(spec) = bound.get_mut("spec").and_then(Value::as_object_mut) {
            spec.insert("claimRef".to_owned(), reference(key, claim));
        }
        annotate(&mut bound, &[("pv.kubernetes.io/bound-by-controller", "yes")]);
        drop_version(&mut bound);
        step.writes.push(Write::Update(bound));
        step.writes.push(Write::SetStatus {
            key: key_of_volume,
            status: json!({"phase": "Bound"}),
        });
        let spec = volume.field("spec").cloned().unwrap_or_default();
        push_bound_claim(key, claim, class, name, &spec, step);
    }

    /// A claim that names its volume gets that one or none.
    fn bind_to_named(
        &mut self,
        key: &Key,
        claim: &dyn Document,
        name: &str,
        world: &World<'_>,
        step: &mut Step,
    ) {
        let name: Arc<str> = Arc::from(name);
        let Some(volume) = world.store.get(&Key::new(Resource::PersistentVolume, "", &name)) else {
            return;
        };
        let holder = view::at(volume, &["spec", "claimRef"]).filter(|holder| !holder.is_null());
        let is_ours = holder.is_none_or(|holder| {
            view::text(holder, &["namespace"]) == Some(&*key.namespace)
                && view::text(holder, &["name"]) == Some(&*key.name)
                && view::text(holder, &["uid"]).is_none_or(|uid| uid.is_empty() || uid == view::uid(claim))
        });
        if is_ours {
            self.bind(key, claim, None, &name, world, step);
        } else {
            let message = format!("volume \"{name}\" already bound to a different claim.");
            self.say(key, "Warning", "FailedBinding", message, step);
        }
    }

    fn volume_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        let volume = world.store.get(&change.key).cloned();
        let is_available = self.available.put(&change.key.name, volume.as_ref());
        if let (Some(before), None) = (&change.before, &change.after) {
            lose(&change.key, before, world, step);
        }
        let Some(volume) = volume else { return };
        let is_bound = view::text(&volume, &["status", "phase"]) == Some("Bound");
        if volume.is_terminating() && !is_bound {
            drop_finalizer(&change.key, &volume, VOLUME_PROTECTION, step);
        }
        if is_available {
            self.offer(&change.key, &volume, world, step);
        }
    }

    /// A volume may be had: by the claim that it is kept for, or by the first that wants it.
    fn offer(&mut self, key: &Key, volume: &dyn Document, world: &mut World<'_>, step: &mut Step) {
        let kept_for = |field| view::text_or_empty(volume, &["spec", "claimRef", field]);
        if !kept_for("uid").is_empty() {
            return;
        }
        if view::text(volume, &["status", "phase"]) != Some("Available") {
            step.writes.push(Write::SetStatus {
                key: key.clone(),
                status: json!({"phase": "Available"}),
            });
        }
        let class = view::text_or_empty(volume, &["spec", "storageClassName"]);
        let wanting = self.pending.iter().filter(|(_, pending)| pending.class == class);
        let keys: Vec<Key> = match kept_for("name") {
            "" => wanting.map(|(key, _)| key.clone()).collect(),
            name => vec![Key::new(
                Resource::PersistentVolumeClaim,
                kept_for("namespace"),
                name,
            )],
        };
        for claim in keys {
            if !self.available.has(&key.name) {
                break;
            }
            if self.pending.contains_key(&claim) {
                self.consider(&claim, false, world, step);
            }
        }
    }

    /// Looks again at all claims without a volume.
    fn reconsider(&mut self, world: &mut World<'_>, step: &mut Step) {
        let keys: Vec<Key> = self.pending.keys().cloned().collect();
        for key in keys {
            self.consider(&key, false, world, step);
        }
    }

    fn pod_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        if change.is_status_at_most() {
            return;
        }
        let (before, after) = (uid_and_node(&change.before), uid_and_node(&change.after));
        if before == after {
            return;
        }
        let claim_key = |name: &str| change.key.beside(Resource::PersistentVolumeClaim, name);
        if let Some(pod) = &change.before {
            for name in view::claim_names(pod) {
                let key = claim_key(&name);
                let Some(users) = self.users.get_mut(&key) else {
                    continue;
                };
                users.remove(&change.key);
                if users.is_empty() {
                    self.users.remove(&key);
                }
            }
        }
        if let (Some(pod), Some((_, has_node))) = (&change.after, after) {
            for name in view::claim_names(pod) {
                self.users.change(claim_key(&name), |users| {
                    users.insert(change.key.clone(), has_node)
                });
            }
            if change.before.is_none() {
                create_ephemeral(&change.key, pod, world, step);
            }
        }
        let pods = change.before.iter().chain(&change.after);
        let mut names: Vec<String> = pods.flat_map(|pod| view::claim_names(pod)).collect();
        names.dedup();
        for name in names {
            let key = claim_key(&name);
            let Some(claim) = world.store.get(&key) else {
                continue;
            };
            if claim.is_terminating() {
                self.unprotect(&key, claim, step);
            } else if self.pending.contains_key(&key) {
                self.consider(&key, false, world, step);
            }
        }
    }

    /// Takes the finalizer off a claim that is being deleted, once no Pod with a node uses it
    /// (`podUsesPVCForDeletion`).
    fn unprotect(&self, key: &Key, claim: &dyn Document, step: &mut Step) {
        let is_used = self
            .users
            .get(key)
            .is_some_and(|users| users.values().any(|has_node| *has_node));
        if !is_used {
            drop_finalizer(key, claim, CLAIM_PROTECTION, step);
        }
    }

    fn waiting_for(&self, key: &Key) -> (&'static str, String) {
        let users = self.users.get(key).into_iter().flatten();
        let pods: Vec<&str> = users
            .filter(|(_, has_node)| !**has_node)
            .map(|(pod, _)| &*pod.name)
            .collect();
        match pods.as_slice() {
            [] => (
                "WaitForFirstConsumer",
                "waiting for first consumer to be created before binding".to_owned(),
            ),
            [pod] => (
                "WaitForPodScheduled",
                format!("waiting for pod {pod} to be scheduled"),
            ),
            pods => (
                "WaitForPodScheduled",
                format!("waiting for pods {} to be scheduled", pods.join(",")),
            ),
        }
    }

    fn say(&mut self, key: &Key, kind: &'static str, reason: &str, message: String, step: &mut Step) {
        let Some(pending) = self.pending.get_mut(key) else {
            return;
        };
        if pending.said.as_ref() != Some(&message) {
            pending.said = Some(message.clone());
            step.event(key, "volumes", kind, reason, message);
        }
    }
}

/// A Pod's UID, and whether it has a node.
fn uid_and_node(pod: &Option<Object>) -> Option<(&str, bool)> {
    let pod = pod.as_ref()?;
    let has_node = view::text(pod, &["spec", "nodeName"]).is_some_and(|node| !node.is_empty());
    Some((pod.uid(), has_node))
}

/// The claim has gone: its volume is deleted, or stays and may not be used again.
fn release(claim: &dyn Document, world: &World<'_>, step: &mut Step) {
    let Some(name) = view::text(claim, &["spec", "volumeName"]) else {
        return;
    };
    let key = Key::new(Resource::PersistentVolume, "", name);
    let Some(volume) = world.store.get(&key) else {
        return;
    };
    if view::text(volume, &["spec", "claimRef", "uid"]) != Some(view::uid(claim)) {
        return;
    }
    step.writes.push(Write::SetStatus {
        key: key.clone(),
        status: json!({"phase": "Released"}),
    });
    if view::text(volume, &["spec", "persistentVolumeReclaimPolicy"]) == Some("Delete") {
        step.writes.push(Write::Delete {
            key,
            options: DeleteOptions::default(),
        });
    }
}

/// The volume has gone: a claim that had it has lost its data.
fn lose(key: &Key, volume: &dyn Document, world: &World<'_>, step: &mut Step) {
    let claim = |field| view::text_or_empty(volume, &["spec", "claimRef", field]);
    let claim_key = Key::new(Resource::PersistentVolumeClaim, claim("namespace"), claim("name"));
    let Some(object) = world.store.get(&claim_key) else {
        return;
    };
    let is_bound =
        object.uid() == claim("uid") && view::text(object, &["spec", "volumeName"]) == Some(&*key.name);
    if is_bound && !object.is_terminating() {
        let mut status = object.field("status").cloned().unwrap_or_else(|| json!({}));
        if let Some(status) = status.as_object_mut() {
            status.insert("phase".to_owned(), json!("Lost"));
        }
        let message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
        step.event(&claim_key, "volumes", "Warning", "ClaimLost", message);
        step.writes.push(Write::SetStatus {
            key: claim_key,
            status,
        });
    }
}

fn drop_finalizer(key: &Key, object: &dyn Document, finalizer: &str, step: &mut Step) {
    let finalizers = view::items(object, &["metadata", "finalizers"])
        .iter()
        .filter_map(Value::as_str);
    let (ours, others): (Vec<&str>, Vec<&str>) = finalizers.partition(|name| *name == finalizer);
    if !ours.is_empty() {
        let finalizers = others.into_iter().map(str::to_owned).collect();
        step.writes.push(Write::Finalizers {
            key: key.clone(),
            finalizers,
        });
    }
}

#[cfg(test)]
mod tests;
