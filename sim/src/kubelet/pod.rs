//! What the kubelet knows of one Pod.

use std::sync::Arc;

use steadfast_core::observed::Document;
use steadfast_core::{REVISION_LABEL, Timestamp};

use super::container::Container;
use crate::clock::Millis;
use crate::settings::{Fate, Phase, Settings, Subject};
use crate::store::{Key, Resource, Store};
use crate::view;

/// The annotation of a Pod template for "the first Pod bootstraps, later ones clone from the one before": the commands of
/// init containers are not interpreted, but with the value `previous` the first of them runs until the Pod with the ordinal
/// before is ready, and then as long as any other. In the Pod with the set's first ordinal it does not wait.
pub const INIT_WAITS_FOR: &str = "sim.steadfast.dev/init-waits-for";

/// A Pod on a node.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) uid: String,
    pub(crate) node: Arc<str>,
    pub(crate) revision: Option<String>,
    pub(crate) restarts: RestartPolicy,
    pub(crate) init: Vec<Container>,
    pub(crate) main: Vec<Container>,
    pub(crate) stage: Stage,
    /// It is being deleted: when its containers were asked to stop, and how long they take.
    pub(crate) stopping: Option<(Millis, Option<Millis>)>,
    /// The deadline that the stopping was planned with, as in `metadata.deletionTimestamp`.
    pub(crate) deadline: Option<String>,
    /// Tells the timer that counts from those that do not any more.
    pub(crate) token: u64,
    /// A timer is running.
    pub(crate) is_due: bool,
    /// Its timer was due while the kubelet was gone.
    pub(crate) has_missed: bool,
    /// How often the pull of an image failed.
    pub(crate) pulls: u32,
    pub(crate) ip: Option<String>,
    pub(crate) host_ip: Option<String>,
    pub(crate) start_time: Option<Timestamp>,
    /// The last complaint about its volumes.
    pub(crate) said: Option<String>,
    /// Its status is to be written.
    pub(crate) is_dirty: bool,
}

/// How far a Pod has come. Init containers are counted from 0; the number after the last stands for the containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its claims, Secrets or ConfigMaps are not all there.
    Mounting,
    /// The images for this step are being pulled.
    Pulling(usize),
    /// The pull has failed, a moment ago.
    PullFailed(usize),
    /// The kubelet waits before it pulls again.
    PullBackOff(usize),
    /// A Secret or ConfigMap that a container's environment needs is not there.
    Unconfigured(usize),
    /// The first init container waits for another Pod.
    Following,
    /// The init container is running.
    Initializing(usize),
    /// The containers are being started.
    Starting,
    /// The containers run.
    Running,
    /// The kubelet waits before it starts a container again that failed.
    BackOff(usize),
    /// As it was observed: broken, and waiting does not help.
    Frozen,
    /// It will never run again.
    Finished(Phase),
    /// Its deletion has been completed as far as the kubelet is concerned.
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestartPolicy {
    Always,
    OnFailure,
    Never,
}

impl Pod {
    /// A Pod that has just been bound to its node.
    pub(crate) fn of(pod: &dyn Document, node: &str, store: &Store) -> Self {
        let addresses = store.get(&Key::new(Resource::Node, "", node));
        let addresses = addresses
            .map(|node| view::items(node, &["status", "addresses"]))
            .unwrap_or_default();
        let host = addresses
            .iter()
            .find(|address| view::text(address, &["type"]) == Some("InternalIP"));
        Self {
            uid: view::uid(pod).to_owned(),
            node: Arc::from(node),
            revision: view::text(pod, &["metadata", "labels", REVISION_LABEL]).map(str::to_owned),
            restarts: match view::text(pod, &["spec", "restartPolicy"]) {
                Some("Never") => RestartPolicy::Never,
                Some("OnFailure") => RestartPolicy::OnFailure,
                _ => RestartPolicy::Always,
            },
            init: Container::init(pod),
            main: Container::main(pod),
            stage: Stage::Mounting,
            stopping: None,
            deadline: None,
            token: 0,
            is_due: false,
            has_missed: false,
            pulls: 0,
            ip: view::text(pod, &["status", "podIP"])
                .filter(|ip| !ip.is_empty())
                .map(str::to_owned),
            host_ip: host
                .and_then(|address| view::text(address, &["address"]))
                .map(str::to_owned),
            start_time: view::text(pod, &["status", "startTime"]).and_then(Timestamp::parse),
            said: None,
            is_dirty: false,
        }
    }

    /// Takes over an observed status: what ran goes on, what was broken stays so.
    pub(crate) fn adopt(&mut self, pod: &dyn Document) {
        for (field, containers) in [
            ("initContainerStatuses", &mut self.init),
            ("containerStatuses", &mut self.main),
        ] {
            let statuses = view::items(pod, &["status", field]);
            for container in containers {
                if let Some(status) = view::named(statuses, &container.name) {
                    container.adopt(status);
                }
            }
        }
        // A dump may have the conditions only.
        let is_ready = view::condition(pod, "Ready") == Some("True");
        let is_running = view::text(pod, &["status", "phase"]) == Some("Running");
        if is_running && view::items(pod, &["status", "containerStatuses"]).is_empty() {
            let since = self.start_time.unwrap_or_default();
            for container in self.init.iter_mut().filter(|container| !container.is_sidecar) {
                container.end(0, since);
            }
            for container in self
                .main
                .iter_mut()
                .chain(self.init.iter_mut().filter(|c| c.is_sidecar))
            {
                container.run(since);
                container.is_ready = is_ready;
            }
        }
        self.stage = match view::text(pod, &["status", "phase"]) {
            Some("Failed") => Stage::Finished(Phase::Failed),
            Some("Succeeded") => Stage::Finished(Phase::Succeeded),
            _ if self.init.iter().chain(&self.main).any(Container::is_broken) => Stage::Frozen,
            _ if self.main.iter().all(Container::is_running) => Stage::Running,
            _ => Stage::Mounting,
        };
    }

    /// What the settings say of this Pod.
    pub(crate) fn fate(&self, key: &Key, settings: &Settings) -> Fate {
        if settings.behaviours.is_empty() {
            return Fate::default();
        }
        let images: Vec<Arc<str>> = self
            .init
            .iter()
            .chain(&self.main)
            .map(|c| c.image.clone())
            .collect();
        settings.fate(Subject {
            name: &key.name,
            revision: self.revision.as_deref(),
            images: &images,
        })
    }

    /// The step after the init containers that are done.
    pub(crate) fn next(&self) -> usize {
        self.init
            .iter()
            .take_while(|container| container.is_done())
            .count()
    }

    /// The containers of a step: one init container, or all others.
    pub(crate) fn step(&mut self, at: usize) -> &mut [Container] {
        match self.init.get_mut(at) {
            Some(container) => std::slice::from_mut(container),
            None => &mut self.main,
        }
    }

    /// Whether any container runs.
    pub(crate) fn runs(&self) -> bool {
        self.init.iter().chain(&self.main).any(Container::is_running)
    }

    /// Whether all containers are ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.main.iter().all(|container| container.is_ready)
    }
}

/// The Pod before this one in its set, whose readiness the first init container waits for: `None` for the first of
/// the set and for Pods without the annotation.
pub(crate) fn predecessor(key: &Key, pod: &dyn Document, store: &Store) -> Option<Key> {
    if view::text(pod, &["metadata", "annotations", INIT_WAITS_FOR]) != Some("previous") {
        return None;
    }
    let membership = steadfast_core::membership(&key.name)?;
    let set = Key::new(Resource::StatefulSet, &key.namespace, membership.parent);
    let start = store
        .get(&set)
        .and_then(|set| view::number(set, &["spec", "ordinals", "start"]));
    let ordinal = membership.ordinal?.number();
    if ordinal
        <= start
            .and_then(|start| u64::try_from(start).ok())
            .unwrap_or_default()
    {
        return None;
    }
    let before = steadfast_core::Ordinal::new(ordinal - 1).pod_name(membership.parent);
    Some(Key::new(Resource::Pod, &key.namespace, before.as_str()))
}
