//! What runs on the nodes: one component for the kubelets of all of them.
//!
//! Source of rules and words: `pkg/kubelet` (`kubelet_pods.go`, `status/generate.go`, `images/image_manager.go`,
//! `kuberuntime/kuberuntime_manager.go`, `prober/worker.go`).

mod config;
mod container;
mod images;
mod pod;
mod run;
mod status;
mod stop;

use std::sync::Arc;

use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step, World};
use crate::settings::REREAD;
use crate::store::{Change, Key, Object, Resource, Write};
use crate::view;
use images::Images;
use pod::{Pod, Stage};

pub use pod::INIT_WAITS_FOR;

/// The kubelets of all nodes.
///
/// A Pod that is bound to a node waits for its claims, pulls its images (each once a node), runs its init
/// containers in order, starts its containers and becomes ready by its probes. What goes wrong with which Pod is in
/// [`Settings::behaviours`](crate::settings::Settings::behaviours); after a change of that list the timer of
/// [`reread`](crate::settings::reread) makes the kubelets act on it at once.
///
/// Kept simple, on purpose:
/// - All containers of a Pod start together and become ready together, when the last of them would.
/// - A container that crashes does so as it starts, so it is never ready; the first restart comes at once, the
///   others after the back-off, as upstream's.
/// - A Pod that is being deleted is not ready at once; upstream's is when its containers have stopped.
/// - A Pod whose containers have not started yet goes at once when it is deleted.
/// - A node that comes back finds its containers still running.
/// - The commands of init containers are not interpreted. With the annotation `sim.steadfast.dev/init-waits-for:
///   previous` on the Pod template the first init container runs until the Pod with the ordinal before is ready,
///   and then as long as any other; for the first ordinal of the set it does not wait. That stands for "the first
///   Pod bootstraps, later ones clone from the one before".
/// - A Pod that was observed in a state that waiting does not mend (CrashLoopBackOff, ImagePullBackOff,
///   CreateContainerConfigError …) stays in it until it is deleted, and its image cannot be pulled by others
///   either.
#[derive(Clone, Debug, Default)]
pub struct Kubelet {
    pods: SortedMap<Key, Box<Pod>>,
    on_node: SortedMap<Arc<str>, SortedSet<Key>>,
    /// Nodes whose kubelet is not heard of.
    silent: SortedSet<Arc<str>>,
    images: Images,
    /// Objects that Pods wait for: claims, Secrets, ConfigMaps, and the Pod with the ordinal before.
    awaited: SortedMap<Key, SortedSet<Key>>,
    addresses: u32,
}

/// What one turn of the kubelet works with.
struct Turn<'a, 'w> {
    key: &'a Key,
    world: &'a mut World<'w>,
    step: &'a mut Step,
}

impl Component for Kubelet {
    fn name(&self) -> &'static str {
        "kubelet"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match change.key.resource {
            Resource::Pod => self.pod_changed(change, world, &mut step),
            Resource::Node => self.node_changed(change, world, &mut step),
            _ => {}
        }
        if let Some(waiting) = self.awaited.remove(&change.key) {
            for key in waiting {
                self.turn(&key, world, &mut step, Self::go_on);
            }
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        if timer.what == REREAD {
            let keys: Vec<Key> = self.pods.keys().cloned().collect();
            for key in keys {
                self.turn(&key, world, &mut step, Self::reread);
            }
            return step;
        }
        if let Some(pod) = self.pods.get_mut(&timer.key)
            && pod.token == timer.token
            && pod.is_due
        {
            pod.is_due = false;
            pod.has_missed = self.silent.contains(&pod.node);
            self.turn(&timer.key, world, &mut step, Self::tick);
        }
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Kubelet {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn pod_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        let key = &change.key;
        let after = change.after.as_ref();
        let bound = after.and_then(|pod| {
            Some((
                pod,
                view::text(pod, &["spec", "nodeName"]).filter(|n| !n.is_empty())?,
            ))
        });
        let Some((pod, node)) = bound else {
            self.forget(key);
            return;
        };
        match self.pods.get(key).map(|known| known.uid == pod.uid()) {
            Some(true) => {
                self.turn(key, world, step, |kubelet, known, turn| {
                    kubelet.heed(known, pod, turn)
                });
                return;
            }
            Some(false) => self.forget(key),
            None => {}
        }
        let mut known = Pod::of(pod, node, world.store);
        let has_run = known.start_time.is_some()
            || !matches!(view::text(pod, &["status", "phase"]), None | Some("Pending"));
        if change.before.is_none() && has_run {
            known.adopt(pod);
            for container in known.init.iter().chain(&known.main) {
                if container.lacks_image() {
                    self.images.put_unpullable(&container.image);
                } else if container.has_started() {
                    self.images.put(&known.node, &container.image, Millis(0));
                }
            }
        }
        self.on_node
            .change(known.node.clone(), |pods| pods.insert(key.clone()));
        self.pods.insert(key.clone(), Box::new(known));
        self.turn(key, world, step, Self::go_on);
    }

    fn forget(&mut self, key: &Key) {
        let Some(pod) = self.pods.remove(key) else { return };
        if let Some(pods) = self.on_node.get_mut(&pod.node) {
            pods.remove(key);
            if pods.is_empty() {
                self.on_node.remove(&pod.node);
            }
        }
    }

    fn node_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        let name = &change.key.name;
        let is_heard = change
            .after
            .as_ref()
            .is_some_and(|node| view::condition(node, "Ready") != Some("Unknown"));
        if !is_heard {
            self.silent.insert(name.clone());
        } else if self.silent.remove(name) {
            let keys: Vec<Key> = self.on_node.get(name).into_iter().flatten().cloned().collect();
            for key in keys {
                self.turn(&key, world, step, Self::come_back);
            }
        }
    }

    /// Lets a Pod take its turn, if its kubelet is there, and writes its status if that has changed.
    fn turn(
        &mut self,
        key: &Key,
        world: &mut World<'_>,
        step: &mut Step,
        act: impl FnOnce(&mut Self, &mut Pod, &mut Turn<'_, '_>),
    ) {
        let Some(mut pod) = self.pods.remove(key) else {
            return;
        };
        if !self.silent.contains(&pod.node) {
            act(
                self,
                &mut pod,
                &mut Turn {
                    key,
                    world: &mut *world,
                    step: &mut *step,
                },
            );
        }
        if std::mem::take(&mut pod.is_dirty)
            && let Some(stored) = world.store.get(key).filter(|stored| stored.uid() == pod.uid)
        {
            // One that is as it was is no write for the store.
            step.writes.push(Write::SetStatus {
                key: key.clone(),
                status: status::of(&pod, stored, world.wall),
            });
        }
        self.pods.insert(key.clone(), pod);
    }

    /// The Pod object has changed.
    fn heed(&mut self, pod: &mut Pod, object: &Object, turn: &mut Turn<'_, '_>) {
        if object.is_terminating() {
            self.stop(pod, object, turn);
        } else if view::is_finished(object) && !matches!(pod.stage, Stage::Finished(_)) {
            pod.adopt(object);
            pod.cancel();
        } else if !view::items(object, &["spec", "readinessGates"]).is_empty() && pod.stage == Stage::Running
        {
            pod.is_dirty = true;
        }
    }

    /// The node has come back: what was missed is done now, and the status is reported again.
    fn come_back(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let has_missed = std::mem::take(&mut pod.has_missed);
        let object = turn.world.store.get(turn.key).cloned();
        if let Some(object) = object.filter(|object| object.is_terminating()) {
            self.stop(pod, &object, turn);
        } else if has_missed {
            self.tick(pod, turn);
        } else {
            self.go_on(pod, turn);
        }
        self.reread(pod, turn);
        pod.is_dirty |= !matches!(pod.stage, Stage::Stopped | Stage::Frozen) && pod.start_time.is_some();
    }

    /// The next address in 10.64.0.0/10 that is neither the first nor the last of its /24.
    fn address(&mut self) -> String {
        loop {
            self.addresses = self.addresses.wrapping_add(1) % (1 << 22);
            let [_, second, third, last] = self.addresses.to_be_bytes();
            if !matches!(last, 0 | 255) {
                return format!("10.{}.{third}.{last}", 64 + second);
            }
        }
    }
}

impl Turn<'_, '_> {
    fn event(&mut self, kind: &'static str, reason: &'static str, message: String) {
        self.step.event(self.key, "kubelet", kind, reason, message);
    }

    /// The Pod's next tick comes after this delay.
    fn schedule(&mut self, pod: &mut Pod, what: &'static str, delay: Millis) {
        pod.cancel();
        pod.is_due = true;
        let timer = Timer {
            owner: "kubelet",
            what,
            key: self.key.clone(),
            token: pod.token,
        };
        self.step.timers.push((delay, timer));
    }
}

impl Pod {
    /// Its timer counts no more.
    fn cancel(&mut self) {
        self.token += 1;
        self.is_due = false;
    }
}

#[cfg(test)]
mod tests;
