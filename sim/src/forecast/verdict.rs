//! How a set stands: done, on its way, or stuck, and on what.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use steadfast_core::observed::Phase;
use steadfast_core::sorted::SortedMap;
use steadfast_core::{Kind, Ordinal, Wait, WaitCode, membership};

use crate::cluster::{Cluster, Ending, SetView};
use crate::store::{Key, Object, Resource};
use crate::trace::{Happening, Refusal, SetName, pod_status};
use crate::view;

/// How a forecast or a story ends for a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing is left to do. Pods that are kept by the partition, or left to a person to delete, are no obstacle.
    Stable,
    /// Nothing will go on by itself, and not all is done.
    Blocked,
    /// The time was up.
    Unfinished,
}

/// The state of a set's rollout (`diagnoses.md`, "Progress verdict").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// All Pods are there, available and of the right revision; or the set is gone with all that goes with it.
    Stable,
    /// Something is being done.
    Progressing,
    /// Time has to pass.
    Waiting,
    /// Nothing goes on by itself.
    Blocked,
    /// Stable, and the partition keeps old Pods.
    HeldByPartition,
    /// Stable, and old Pods are left to a person to delete.
    WaitingForManualDelete,
}

/// How a set stands, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// In a word.
    pub state: State,
    /// What the controller waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub waits: Vec<Wait>,
    /// What is in the way, where the set is blocked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub blockers: Vec<Blocker>,
    /// The ordinals of `pods`, where they are held by the partition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub ordinals: Vec<u64>,
    /// The Pods that are held, left to a person, or not available yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub pods: Vec<String>,
    /// True where the set is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub deleted: bool,
}

/// Something that is in the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// Its kind.
    #[cfg_attr(feature = "ts", ts(as = "Resource"))]
    pub kind: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Why it is in the way, in its own words: the STATUS of a Pod, such as `ImagePullBackOff`; the reason of an API
    /// error.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub reason: String,
    /// The sentence behind it, such as the scheduler's.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub message: String,
    /// The wait that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitCode>,
    /// The action that the API server refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// How the set stands at the end of a run. A set that is gone is judged by what it leaves behind.
pub(crate) fn verdict_of(cluster: &Cluster, set: &Key, ending: Ending) -> (Outcome, Verdict) {
    match cluster.set(set) {
        Some(view) => Judge::of(cluster, set).present(view, ending),
        None => Judge::of(cluster, set).gone(ending),
    }
}

impl Verdict {
    fn of(state: State) -> Self {
        Self {
            state,
            waits: Vec::new(),
            blockers: Vec::new(),
            ordinals: Vec::new(),
            pods: Vec::new(),
            deleted: false,
        }
    }
}

struct Judge<'a> {
    cluster: &'a Cluster,
    set: &'a Key,
    /// The last warning about each object.
    warnings: SortedMap<(&'static str, &'a str), (&'a str, &'a str)>,
}

impl<'a> Judge<'a> {
    fn of(cluster: &'a Cluster, set: &'a Key) -> Self {
        let mut warnings = SortedMap::new();
        for entry in cluster.trace().entries() {
            if let Happening::Event {
                kind: "Warning",
                object_kind,
                name,
                namespace,
                reason,
                message,
                ..
            } = &entry.what
                && *namespace == set.namespace
            {
                warnings.insert((*object_kind, &**name), (&**reason, &**message));
            }
        }
        Self {
            cluster,
            set,
            warnings,
        }
    }

    fn present(&self, view: SetView<'_>, ending: Ending) -> (Outcome, Verdict) {
        let waits = view.waits().to_vec();
        let find = |code| waits.iter().find(|wait| wait.code == code);
        if view.stable_since().is_some() {
            let mut verdict = Verdict::of(State::Stable);
            if let Some(wait) = find(WaitCode::ManualDelete) {
                verdict.state = State::WaitingForManualDelete;
                verdict.pods.clone_from(&wait.pods);
            } else if let Some(wait) = find(WaitCode::Partition) {
                verdict.state = State::HeldByPartition;
                verdict.pods.clone_from(&wait.pods);
                let ordinal = |pod: &String| membership(pod).and_then(|m| m.ordinal).map(Ordinal::number);
                verdict.ordinals = wait.pods.iter().filter_map(ordinal).collect();
            }
            verdict.waits = waits;
            return (Outcome::Stable, verdict);
        }
        let pods = self.unavailable(view);
        if ending != Ending::TimeUp {
            let blockers = self.blockers(view, &pods);
            let verdict = Verdict {
                waits,
                blockers,
                pods,
                ..Verdict::of(State::Blocked)
            };
            return (Outcome::Blocked, verdict);
        }
        let is_time = !waits.is_empty() && waits.iter().all(|wait| wait.until.is_some());
        let state = if is_time {
            State::Waiting
        } else {
            State::Progressing
        };
        (
            Outcome::Unfinished,
            Verdict {
                waits,
                pods,
                ..Verdict::of(state)
            },
        )
    }

    /// The set is gone: is everything that goes with it?
    fn gone(&self, ending: Ending) -> (Outcome, Verdict) {
        let mut blockers = Vec::new();
        for resource in [Resource::Pod, Resource::PersistentVolumeClaim] {
            for (key, object) in self.cluster.store().list(resource, Some(&self.set.namespace)) {
                if self.is_named_after(key) && object.is_terminating() {
                    blockers.push(self.blocker(key, None));
                }
            }
        }
        let mut verdict = Verdict {
            deleted: true,
            ..Verdict::of(State::Stable)
        };
        let outcome = match ending {
            _ if blockers.is_empty() => Outcome::Stable,
            Ending::TimeUp => Outcome::Unfinished,
            _ => Outcome::Blocked,
        };
        match outcome {
            Outcome::Stable => {}
            Outcome::Blocked => {
                verdict = Verdict {
                    state: State::Blocked,
                    blockers,
                    ..verdict
                }
            }
            Outcome::Unfinished => verdict.state = State::Progressing,
        }
        (outcome, verdict)
    }

    fn is_named_after(&self, key: &Key) -> bool {
        let parent = membership(&key.name).map(|member| member.parent);
        match key.resource {
            Resource::Pod => parent == Some(&*self.set.name),
            _ => parent
                .and_then(|p| p.strip_suffix(&*self.set.name))
                .is_some_and(|p| p.ends_with('-')),
        }
    }

    /// The Pods in range that are missing or not available, and those out of range, in order.
    fn unavailable(&self, view: SetView<'_>) -> Vec<String> {
        let set = view.observed().set();
        let mut present = SortedMap::new();
        let mut condemned = Vec::new();
        for pod in view
            .observed()
            .pods()
            .filter(|pod| pod.parent() == Some(set.name()))
        {
            let Some(ordinal) = pod.ordinal() else { continue };
            if (set.start()..set.end()).contains(&ordinal) {
                let is_well = pod.phase() == Phase::Running && pod.is_ready() && !pod.is_terminating();
                present.insert(ordinal, is_well);
            } else {
                condemned.push(pod.name().to_owned());
            }
        }
        let is_well = |ordinal: &u64| present.get(ordinal).copied().unwrap_or(false);
        let names = (set.start()..set.end()).filter(|ordinal| !is_well(ordinal));
        // A set of any size may be blocked at its first Pod: the missing ones behind it need no list.
        let mut pods: Vec<String> = names
            .take(MOST_PODS)
            .map(|o| Ordinal::new(o).pod_name(set.name()).into())
            .collect();
        pods.extend(condemned);
        pods
    }

    fn blockers(&self, view: SetView<'_>, unavailable: &[String]) -> Vec<Blocker> {
        let mut blockers: Vec<Blocker> = Vec::new();
        for wait in view.waits() {
            let is_kept = matches!(wait.code, WaitCode::Partition | WaitCode::ManualDelete);
            if is_kept {
                continue;
            }
            let resource = match wait.kind {
                Kind::StatefulSet => Resource::StatefulSet,
                Kind::Pod => Resource::Pod,
                Kind::PersistentVolumeClaim => Resource::PersistentVolumeClaim,
                _ => Resource::ControllerRevision,
            };
            let names = if wait.pods.is_empty() {
                std::slice::from_ref(&wait.name)
            } else {
                wait.pods.as_slice()
            };
            for name in names {
                let mut blocker =
                    self.blocker(&Key::new(resource, &self.set.namespace, name), Some(wait.code));
                if let Some(detail) = &wait.detail {
                    blocker.message.clone_from(detail);
                }
                add(&mut blockers, blocker);
            }
        }
        if let Some((action, refusal)) = view.refusal() {
            add(&mut blockers, self.refused(action, refusal));
        }
        if blockers.is_empty() {
            for pod in unavailable {
                add(
                    &mut blockers,
                    self.blocker(&Key::new(Resource::Pod, &self.set.namespace, pod), None),
                );
            }
        }
        // A Pod that cannot be scheduled because of its claims: the claims say more.
        let claims: Vec<Blocker> = blockers
            .iter()
            .filter(|blocker| blocker.kind == "Pod" && blocker.reason == "Pending")
            .flat_map(|blocker| self.unbound_claims(&blocker.name))
            .collect();
        claims.into_iter().for_each(|claim| add(&mut blockers, claim));
        blockers
    }

    fn refused(&self, action: &str, refusal: &Refusal) -> Blocker {
        Blocker {
            kind: "StatefulSet",
            name: Arc::clone(&self.set.name),
            reason: refusal.reason.to_owned(),
            message: refusal.message.clone(),
            wait: None,
            action: Some(action.to_owned()),
        }
    }

    fn unbound_claims(&self, pod: &str) -> Vec<Blocker> {
        let namespace = &self.set.namespace;
        let Some(pod) = self.cluster.store().get(&Key::new(Resource::Pod, namespace, pod)) else {
            return Vec::new();
        };
        let keys =
            view::claim_names(pod).map(|name| Key::new(Resource::PersistentVolumeClaim, namespace, &name));
        let is_unbound = |key: &Key| {
            let claim = self.cluster.store().get(key);
            claim.is_none_or(|claim| view::text(claim, &["status", "phase"]) != Some("Bound"))
        };
        keys.filter(is_unbound)
            .map(|key| self.blocker(&key, None))
            .collect()
    }

    fn blocker(&self, key: &Key, wait: Option<WaitCode>) -> Blocker {
        let object = self.cluster.store().get(key);
        let (reason, message) = match (object, key.resource) {
            (None, _) => ("Missing".to_owned(), String::new()),
            (Some(pod), Resource::Pod) => self.of_pod(key, pod),
            (Some(object), _) => {
                let is_terminating = object.is_terminating();
                let phase = view::text_or_empty(object, &["status", "phase"]);
                let reason = if is_terminating { "Terminating" } else { phase };
                (
                    reason.to_owned(),
                    finalizers(object).unwrap_or_else(|| self.warning(key)),
                )
            }
        };
        Blocker {
            kind: key.resource.kind(),
            name: Arc::clone(&key.name),
            reason,
            message,
            wait,
            action: None,
        }
    }

    fn of_pod(&self, key: &Key, pod: &Object) -> (String, String) {
        let status = pod_status(pod);
        if status == "Terminating" {
            return (status, finalizers(pod).unwrap_or_default());
        }
        let conditions = view::items(pod, &["status", "conditions"]);
        let unscheduled = conditions.iter().find(|condition| {
            view::text(condition, &["type"]) == Some("PodScheduled")
                && view::text(condition, &["status"]) == Some("False")
        });
        if let Some(condition) = unscheduled {
            return (status, view::text_or_empty(condition, &["message"]).to_owned());
        }
        let mut states = ["initContainerStatuses", "containerStatuses"]
            .into_iter()
            .flat_map(|list| view::items(pod, &["status", list]))
            .filter_map(|container| view::text(container, &["state", "waiting", "message"]));
        let message = states
            .next_back()
            .map(str::to_owned)
            .unwrap_or_else(|| self.warning(key));
        let is_unready = status == "Running" && view::condition(pod, "Ready") != Some("True");
        (if is_unready { "NotReady".to_owned() } else { status }, message)
    }

    fn warning(&self, key: &Key) -> String {
        let warning = self.warnings.get(&(key.resource.kind(), &*key.name));
        warning
            .map(|(_, message)| (*message).to_owned())
            .unwrap_or_default()
    }
}

/// How many Pods a verdict lists at most.
const MOST_PODS: usize = 100;

fn add(blockers: &mut Vec<Blocker>, blocker: Blocker) {
    let is_same = |other: &Blocker| {
        other.kind == blocker.kind && other.name == blocker.name && other.action == blocker.action
    };
    if blockers.len() < MOST_PODS && !blockers.iter().any(is_same) {
        blockers.push(blocker);
    }
}

fn finalizers(object: &Object) -> Option<String> {
    let finalizers = view::items(object, &["metadata", "finalizers"]);
    if finalizers.is_empty() || !object.is_terminating() {
        return None;
    }
    let names: Vec<&str> = finalizers.iter().filter_map(Value::as_str).collect();
    Some(format!("finalizers: {}", names.join(", ")))
}

/// The set of a verdict, for messages.
pub(crate) fn name_of(set: &Key) -> String {
    let SetName { namespace, name } = SetName::of(set);
    if *namespace == *"default" {
        name.to_string()
    } else {
        format!("{namespace}/{name}")
    }
}
