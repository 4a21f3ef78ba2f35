//! A cluster without a controller, for the components' own tests.

use std::collections::VecDeque;

use serde_json::{Value, json};
use steadfast_core::Timestamp;

use crate::clock::{Clock, Millis};
use crate::component::{Component, Event, Step, World};
use crate::endpoints::Endpoints;
use crate::kubelet::Kubelet;
use crate::nodes::Nodes;
use crate::random::Random;
use crate::scheduler::Scheduler;
use crate::settings::{Settings, reread};
use crate::store::{Change, DeleteOptions, Key, Object, Resource, Store, Write};
use crate::view;
use crate::volumes::Volumes;

/// Objects, the components of this crate that need no controller, and a clock.
pub(crate) struct Small {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) events: Vec<(u64, Event)>,
    /// What Pods looked like as they changed: time, name and how `kubectl get pods` would show them.
    pub(crate) pods: Vec<String>,
    /// How many writes the components have made.
    pub(crate) writes: usize,
    clock: Clock,
    random: Random,
    components: Vec<Box<dyn Component>>,
    pending: VecDeque<Change>,
}

impl Small {
    /// A cluster with the nodes of the settings and nothing else.
    pub(crate) fn new(settings: Settings) -> Self {
        let epoch = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
        let nodes = settings.nodes.objects();
        let mut small = Self {
            store: Store::new(0),
            events: Vec::new(),
            pods: Vec::new(),
            writes: 0,
            clock: Clock::new(epoch),
            random: Random::new(settings.seed),
            components: vec![
                Box::new(Scheduler::new()),
                Box::new(Kubelet::new()),
                Box::new(Volumes::new()),
                Box::new(Nodes::new()),
                Box::new(Endpoints::new()),
            ],
            pending: VecDeque::new(),
            settings,
        };
        nodes.into_iter().for_each(|node| small.put(node));
        small
    }

    /// Puts an object in as it is.
    pub(crate) fn put(&mut self, object: Value) {
        self.store.insert(object, self.clock.wall()).unwrap();
        self.pump();
    }

    /// Makes a write that must succeed.
    pub(crate) fn write(&mut self, write: Write) {
        self.store.apply(write, self.clock.wall()).unwrap();
        self.pump();
    }

    pub(crate) fn create(&mut self, object: Value) {
        self.write(Write::Create(object));
    }

    pub(crate) fn delete(&mut self, key: &Key, grace_seconds: Option<i64>) {
        let options = DeleteOptions {
            grace_seconds,
            ..DeleteOptions::default()
        };
        self.write(Write::Delete {
            key: key.clone(),
            options,
        });
    }

    /// Changes the settings and lets everybody know.
    pub(crate) fn set_up(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        for owner in ["kubelet", "volumes"] {
            self.clock.schedule(self.clock.now(), reread(owner));
        }
        self.run_until(self.clock.now().0);
    }

    /// Makes a node fail or come back.
    pub(crate) fn switch(&mut self, node: &str, is_up: bool) {
        let timer = crate::nodes::switch(&self.store, node, is_up).unwrap();
        self.clock.schedule(self.clock.now(), timer);
        self.run_until(self.clock.now().0);
    }

    /// Runs until this millisecond.
    pub(crate) fn run_until(&mut self, until: u64) {
        while let Some(timer) = self.clock.pop_due(Millis(until)) {
            let mut components = std::mem::take(&mut self.components);
            let component = components
                .iter_mut()
                .find(|component| component.name() == timer.owner)
                .unwrap();
            let step = component.due(&timer, &mut self.world());
            self.carry_out(step);
            self.components = components;
            self.pump();
        }
        self.clock.advance_to(Millis(until));
    }

    /// Whether a timer is left.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.clock.next_at().is_none()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.store.get(key).map(Object::whole)
    }

    pub(crate) fn pod(&self, name: &str) -> &Value {
        self.get(&pod_key(name)).unwrap()
    }

    pub(crate) fn claim(&self, name: &str) -> &Value {
        self.get(&claim_key(name)).unwrap()
    }

    /// The node of a Pod, or nothing.
    pub(crate) fn node_of(&self, name: &str) -> &str {
        view::text_or_empty(self.pod(name), &["spec", "nodeName"])
    }

    /// The message of the events with this reason about the object of this name, in order.
    pub(crate) fn messages(&self, name: &str, reason: &str) -> Vec<&str> {
        let events = self
            .events
            .iter()
            .filter(|(_, event)| &*event.object.name == name && event.reason == reason);
        events.map(|(_, event)| event.message.as_str()).collect()
    }

    fn world(&mut self) -> World<'_> {
        World {
            store: &self.store,
            now: self.clock.now(),
            wall: self.clock.wall(),
            settings: &self.settings,
            random: &mut self.random,
        }
    }

    fn carry_out(&mut self, step: Step) {
        for write in step.writes {
            self.writes += 1;
            drop(self.store.apply(write, self.clock.wall()));
            self.pending.extend(self.store.take_changes());
        }
        for (delay, timer) in step.timers {
            self.clock.schedule(Millis(self.clock.now().0 + delay.0), timer);
        }
        let now = self.clock.now().0;
        self.events
            .extend(step.events.into_iter().map(|event| (now, event)));
    }

    fn pump(&mut self) {
        self.pending.extend(self.store.take_changes());
        let mut components = std::mem::take(&mut self.components);
        while let Some(change) = self.pending.pop_front() {
            if change.key.resource == Resource::Pod {
                let line = change
                    .after
                    .as_ref()
                    .map_or("gone".to_owned(), |pod| shown(pod.whole()));
                let line = format!("{} {} {line}", self.clock.now().0, change.key.name);
                if self.pods.last() != Some(&line) {
                    self.pods.push(line);
                }
            }
            for component in &mut components {
                let step = component.changed(&change, &mut self.world());
                self.carry_out(step);
            }
        }
        self.components = components;
    }
}

/// READY, STATUS and RESTARTS as kubectl prints them (`pkg/printers/internalversion`, `printPod`), in short.
fn shown(pod: &Value) -> String {
    let waiting = |list: &str, prefix: &str| {
        view::items(pod, &["status", list]).iter().find_map(|container| {
            let state = |kind: &str| view::text(container, &["state", kind, "reason"]);
            let reason = state("waiting").or(state("terminated").filter(|reason| *reason != "Completed"))?;
            Some(format!("{prefix}{reason}"))
        })
    };
    let initialized = view::condition(pod, "Initialized") == Some("True");
    let init = (!initialized)
        .then(|| waiting("initContainerStatuses", "Init:"))
        .flatten();
    let phase = view::text_or_empty(pod, &["status", "phase"]);
    let mut status = init
        .or_else(|| waiting("containerStatuses", ""))
        .unwrap_or_else(|| phase.to_owned());
    if matches!(phase, "Failed" | "Succeeded") {
        phase.clone_into(&mut status);
    }
    if view::is_terminating(pod) {
        status = "Terminating".to_owned();
    }
    let containers = view::items(pod, &["status", "containerStatuses"]);
    let ready = containers
        .iter()
        .filter(|container| container["ready"] == true)
        .count();
    let restarts: u64 = containers
        .iter()
        .filter_map(|container| container["restartCount"].as_u64())
        .sum();
    let is_ready = if view::condition(pod, "Ready") == Some("True") {
        "ready"
    } else {
        "unready"
    };
    format!(
        "{ready}/{} {status} {restarts} {is_ready}",
        view::items(pod, &["spec", "containers"]).len()
    )
}

pub(crate) fn pod_key(name: &str) -> Key {
    Key::new(Resource::Pod, "default", name)
}

pub(crate) fn claim_key(name: &str) -> Key {
    Key::new(Resource::PersistentVolumeClaim, "default", name)
}

/// A Pod of one container, with `spec` on top.
pub(crate) fn pod(name: &str, spec: Value) -> Value {
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}},
        "spec": {
            "containers": [{"name": "nginx", "image": "nginx:1"}],
            "terminationGracePeriodSeconds": 30,
            "restartPolicy": "Always",
        },
    });
    let spec = spec.as_object().unwrap().clone();
    pod["spec"].as_object_mut().unwrap().extend(spec);
    pod
}

/// A claim for 1Gi of the class, or of none said.
pub(crate) fn claim(name: &str, class: Option<&str>) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": class,
        },
    })
}

/// The volumes of a Pod that uses these claims.
pub(crate) fn volumes(claims: &[&str]) -> Value {
    let volume = |name: &&str| json!({"name": name, "persistentVolumeClaim": {"claimName": name}});
    Value::Array(claims.iter().map(volume).collect())
}
