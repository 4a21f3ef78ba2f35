//! What the control plane does about nodes that fail, return or go.
//!
//! Source of rules and words: `pkg/controller/nodelifecycle` (taints, Pods not ready),
//! `pkg/controller/tainteviction` (eviction), `pkg/controller/podgc` (Pods of nodes that are gone or out of
//! service), KEP-2268.

mod taints;

use std::sync::Arc;

use serde_json::{Value, json};
use steadfast_core::Timestamp;
use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step, World};
use crate::scheduler::selector::{Taint, Toleration};
use crate::store::{ApiError, Change, DeleteOptions, Key, Object, Resource, Store, Write};
use crate::view;
use taints::{patience, retaint, taints};

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const NOT_READY: &str = "node.kubernetes.io/not-ready";
const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";
/// How long a node must be missing before its Pods are collected (`podgc`, `quarantineTime`).
const QUARANTINE: Millis = Millis(40_000);

/// The node lifecycle controller, taint eviction and Pod garbage collection in one component.
///
/// A node whose condition Ready is Unknown has lost its kubelet since that condition's last transition. After
/// `nodeMonitor` it is tainted unreachable and its Pods are no longer ready; after `evictionAfter` more (or as long
/// as a Pod's own tolerations say) they are deleted, and stay terminating until the node returns, is deleted, or is
/// tainted `node.kubernetes.io/out-of-service`. A node that reports Ready False is tainted at once; its kubelet
/// goes on. When a node is ready again the taints go and evictions that have not happened are called off.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    pods: SortedMap<Arc<str>, SortedSet<Key>>,
    nodes: SortedMap<Arc<str>, Node>,
    /// Evictions that are planned: the token of the timer.
    evictions: SortedMap<Key, u64>,
    tokens: u64,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// NoExecute taints, and since when.
    taints: Vec<(Taint, Option<Timestamp>)>,
    /// The timer of the one thing that is planned for this node.
    token: u64,
    is_ready: bool,
}

/// A Pod that has a node.
#[derive(Clone, Copy, PartialEq)]
struct OnNode<'a> {
    node: &'a str,
    uid: &'a str,
    is_terminating: bool,
}

impl<'a> OnNode<'a> {
    fn of(pod: Option<&'a Object>) -> Option<Self> {
        let pod = pod?;
        let node = view::text(pod, &["spec", "nodeName"]).filter(|node| !node.is_empty())?;
        Some(Self {
            node,
            uid: pod.uid(),
            is_terminating: pod.is_terminating(),
        })
    }
}

/// The timer that makes a node fail, or come back, when it is due.
///
/// # Errors
/// 404 where there is no such node.
pub fn switch(store: &Store, name: &str, is_up: bool) -> Result<Timer, ApiError> {
    let key = Key::new(Resource::Node, "", name);
    if store.get(&key).is_none() {
        return Err(ApiError::not_found(&key));
    }
    Ok(Timer {
        owner: "nodes",
        what: if is_up { "up" } else { "down" },
        key,
        token: 0,
    })
}

impl Component for Nodes {
    fn name(&self) -> &'static str {
        "nodes"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match change.key.resource {
            // What has been written since this change counts, so the store is asked and not the change.
            Resource::Node => match world.store.get(&change.key).cloned() {
                Some(node) => self.node_changed(&change.key, &node, world, &mut step),
                None => self.node_gone(&change.key, &mut step),
            },
            Resource::Pod => self.pod_changed(change, world, &mut step),
            _ => {}
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match timer.what {
            "evict" => {
                if self.evictions.get(&timer.key) == Some(&timer.token) {
                    self.evictions.remove(&timer.key);
                    evict(&timer.key, world, &mut step);
                }
            }
            "monitor" => {
                let is_current = self
                    .nodes
                    .get(&timer.key.name)
                    .is_some_and(|node| node.token == timer.token);
                if is_current && let Some(node) = world.store.get(&timer.key) {
                    self.mark_lost(&timer.key, node, world, &mut step);
                }
            }
            "up" | "down" => report(&timer.key, timer.what == "up", world, &mut step),
            _ => {
                if world.store.get(&timer.key).is_none() {
                    let pods = self.pods.get(&timer.key.name).into_iter().flatten();
                    pods.for_each(|pod| collect(pod, Some("PodGC: node no longer exists"), world, &mut step));
                }
            }
        }
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Nodes {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn node_changed(&mut self, key: &Key, object: &dyn Document, world: &mut World<'_>, step: &mut Step) {
        let ready = view::condition(object, "Ready").unwrap_or("True");
        let taints = taints(object);
        self.tokens += 1;
        let token = self.tokens;
        let mut node = self.nodes.remove(&key.name).unwrap_or_default();
        let are_other_taints = node.taints != taints;
        let has = |name: &str| taints.iter().any(|(taint, _)| taint.key == name);
        node.taints.clone_from(&taints);
        node.is_ready = ready == "True";
        match ready {
            "True" => {
                node.token = token;
                if has(UNREACHABLE) || has(NOT_READY) {
                    step.writes.push(retaint(object, None, world.wall));
                    step.event(
                        key,
                        "node-controller",
                        "Normal",
                        "NodeReady",
                        node_status(key, "NodeReady"),
                    );
                }
            }
            "Unknown" if !has(UNREACHABLE) && node.token == 0 => {
                node.token = token;
                let since = view::items(object, &["status", "conditions"]).iter();
                let since = since.filter(|condition| view::text(condition, &["type"]) == Some("Ready"));
                let since = since
                    .filter_map(|c| Timestamp::parse(view::text(c, &["lastTransitionTime"])?))
                    .next();
                let silent = since.map_or(0, |since| {
                    world.wall.millis().saturating_sub(since.millis()).max(0)
                });
                let delay = world
                    .settings
                    .node_monitor
                    .millis()
                    .0
                    .saturating_sub(u64::try_from(silent).unwrap_or(0));
                let timer = Timer {
                    owner: "nodes",
                    what: "monitor",
                    key: key.clone(),
                    token,
                };
                step.timers.push((Millis(delay), timer));
            }
            "Unknown" => {}
            _ => {
                node.token = token;
                if !has(NOT_READY) {
                    taint_not_ready(key, object, NOT_READY, world, step);
                }
            }
        }
        // From now on a node that is not heard of is planned for anew.
        if ready == "True" {
            node.token = 0;
        }
        self.nodes.insert(key.name.clone(), node);
        if are_other_taints {
            let pods: Vec<Key> = self.pods.get(&key.name).into_iter().flatten().cloned().collect();
            for pod in pods {
                self.judge(&pod, &key.name, world, step);
            }
        }
    }

    fn node_gone(&mut self, key: &Key, step: &mut Step) {
        self.nodes.remove(&key.name);
        for pod in self.pods.get(&key.name).into_iter().flatten() {
            self.evictions.remove(pod);
        }
        let timer = Timer {
            owner: "nodes",
            what: "collect",
            key: key.clone(),
            token: 0,
        };
        step.timers.push((QUARANTINE, timer));
    }

    /// The node has not been heard of for too long.
    fn mark_lost(&self, key: &Key, node: &dyn Document, world: &World<'_>, step: &mut Step) {
        taint_not_ready(key, node, UNREACHABLE, world, step);
        for pod_key in self.pods.get(&key.name).into_iter().flatten() {
            let Some(pod) = world.store.get(pod_key) else {
                continue;
            };
            if view::condition(pod, "Ready") != Some("True") {
                continue;
            }
            let condition = json!({"type": "Ready", "status": "False"});
            let status = with_condition(pod, condition, world.wall);
            step.writes.push(Write::SetStatus {
                key: pod_key.clone(),
                status,
            });
            step.event(
                pod_key,
                "node-controller",
                "Warning",
                "NodeNotReady",
                "Node is not ready",
            );
        }
    }

    fn pod_changed(&mut self, change: &Change, world: &mut World<'_>, step: &mut Step) {
        if change.is_status_at_most() {
            return;
        }
        let (before, after) = (
            OnNode::of(change.before.as_ref()),
            OnNode::of(change.after.as_ref()),
        );
        let (left, entered) = (before.map(|pod| pod.node), after.map(|pod| pod.node));
        if left != entered {
            if let Some(pods) = left.and_then(|node| self.pods.get_mut(node)) {
                pods.remove(&change.key);
            }
            self.evictions.remove(&change.key);
            if let Some(node) = entered {
                self.pods
                    .change(node.into(), |pods| pods.insert(change.key.clone()));
            }
        }
        if let Some(pod) = after
            && before != Some(pod)
        {
            self.judge(&change.key, pod.node, world, step);
        }
    }

    /// What is to become of a Pod on this node.
    fn judge(&mut self, key: &Key, node: &str, world: &mut World<'_>, step: &mut Step) {
        let Some(node) = self.nodes.get(node) else { return };
        let Some(pod) = world.store.get(key) else { return };
        if pod.is_terminating() {
            self.evictions.remove(key);
            if !node.is_ready && node.taints.iter().any(|(taint, _)| taint.key == OUT_OF_SERVICE) {
                collect(key, None, world, step);
            }
            return;
        }
        if node.taints.is_empty() {
            if self.evictions.remove(key).is_some() {
                let message = format!("Cancelling deletion of Pod {}/{}", key.namespace, key.name);
                step.event(
                    key,
                    "taint-eviction-controller",
                    "Normal",
                    "TaintManagerEviction",
                    message,
                );
            }
            return;
        }
        let tolerations = Toleration::of_pod(pod);
        let allowed = node
            .taints
            .iter()
            .map(|taint| patience(taint, &tolerations, world));
        let Some(delay) = allowed.flatten().min() else {
            self.evictions.remove(key);
            return;
        };
        if delay == 0 {
            self.evictions.remove(key);
            evict(key, world, step);
        } else if !self.evictions.contains_key(key) {
            self.tokens += 1;
            self.evictions.insert(key.clone(), self.tokens);
            let timer = Timer {
                owner: "nodes",
                what: "evict",
                key: key.clone(),
                token: self.tokens,
            };
            step.timers.push((Millis(delay), timer));
        }
    }
}

/// The node is not ready any more: the taint that says how, and the Event that says so.
fn taint_not_ready(key: &Key, node: &dyn Document, taint: &str, world: &World<'_>, step: &mut Step) {
    step.writes.push(retaint(node, Some(taint), world.wall));
    step.event(
        key,
        "node-controller",
        "Normal",
        "NodeNotReady",
        node_status(key, "NodeNotReady"),
    );
}

/// The node is heard of again, or for the last time.
fn report(key: &Key, is_up: bool, world: &World<'_>, step: &mut Step) {
    let Some(node) = world.store.get(key) else { return };
    let (state, reason, message) = if is_up {
        ("True", "KubeletReady", "kubelet is posting ready status")
    } else {
        (
            "Unknown",
            "NodeStatusUnknown",
            "Kubelet stopped posting node status.",
        )
    };
    if view::condition(node, "Ready") == Some(state) {
        return;
    }
    let condition = json!({"type": "Ready", "status": state, "reason": reason, "message": message});
    let status = with_condition(node, condition, world.wall);
    step.writes.push(Write::SetStatus {
        key: key.clone(),
        status,
    });
}

fn node_status(key: &Key, event: &str) -> String {
    format!("Node {} status is now: {event}", key.name)
}

fn evict(key: &Key, world: &World<'_>, step: &mut Step) {
    let Some(pod) = world.store.get(key).filter(|pod| !pod.is_terminating()) else {
        return;
    };
    let condition = json!({"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager",
        "message": "Taint manager: deleting due to NoExecute taint"});
    let status = with_condition(pod, condition, world.wall);
    step.writes.push(Write::SetStatus {
        key: key.clone(),
        status,
    });
    let message = format!("Marking for deletion Pod {}/{}", key.namespace, key.name);
    step.event(
        key,
        "taint-eviction-controller",
        "Normal",
        "TaintManagerEviction",
        message,
    );
    let options = DeleteOptions {
        uid: Some(pod.uid().to_owned()),
        ..DeleteOptions::default()
    };
    step.writes.push(Write::Delete {
        key: key.clone(),
        options,
    });
}

/// Deletes a Pod by force, as Failed (`markFailedAndDeletePodWithCondition`).
fn collect(key: &Key, message: Option<&str>, world: &World<'_>, step: &mut Step) {
    let Some(pod) = world.store.get(key) else { return };
    if !view::is_finished(pod) {
        let mut status = match message {
            Some(message) => {
                let condition = json!({"type": "DisruptionTarget", "status": "True", "reason": "DeletionByPodGC",
                    "message": message});
                with_condition(pod, condition, world.wall)
            }
            None => pod.field("status").cloned().unwrap_or_else(|| json!({})),
        };
        if let Some(status) = status.as_object_mut() {
            status.insert("phase".to_owned(), json!("Failed"));
        }
        step.writes.push(Write::SetStatus {
            key: key.clone(),
            status,
        });
    }
    let uid = Some(pod.uid().to_owned());
    let options = DeleteOptions {
        uid,
        grace_seconds: Some(0),
        ..DeleteOptions::default()
    };
    step.writes.push(Write::Delete {
        key: key.clone(),
        options,
    });
}

/// An object's status with this condition in the place of the one of its type, from now on.
fn with_condition(pod: &dyn Document, mut condition: Value, wall: Timestamp) -> Value {
    let mut status = pod.field("status").cloned().unwrap_or_else(|| json!({}));
    if let Some(condition) = condition.as_object_mut() {
        condition.insert("lastTransitionTime".to_owned(), json!(wall.whole_seconds()));
    }
    if let Some(status) = status.as_object_mut() {
        let conditions = status.entry("conditions").or_insert_with(|| json!([]));
        if let Some(conditions) = conditions.as_array_mut() {
            match conditions
                .iter_mut()
                .find(|other| other.get("type") == condition.get("type"))
            {
                Some(place) => *place = condition,
                None => conditions.push(condition),
            }
        }
    }
    status
}

#[cfg(test)]
mod tests;
