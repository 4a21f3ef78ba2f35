//! The record of everything that happened in a cluster, in order.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{Action, Kind, Reason, Status, Timestamp, Wait};

use crate::clock::Millis;
use crate::store::{ApiError, Change, Key, Resource};
use crate::view;

mod print;

pub use print::{PodRow, age, pod_status};

/// The entries of a trace, oldest first. The same scenario and seed give the same text, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Trace(Vec<Entry>);

/// How much of what happens is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Everything.
    Whole,
    /// What the steps of a forecast are made of, and which objects have gone.
    Steps,
    /// Warnings.
    Warnings,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "TraceEntry"))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When, in milliseconds of virtual time.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Happening {
    /// The controller carried out an action of a plan.
    Action {
        /// The set.
        set: SetName,
        /// Which.
        action: Arc<ActionRecord>,
        /// What the API server answered, where that was an error.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Refusal>,
    },
    /// The controller wrote the set's status.
    Status {
        /// The set.
        set: SetName,
        /// The status.
        status: Box<Status>,
        /// What the API server answered, where that was an error.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Refusal>,
    },
    /// What the controller waits for is not what it was before.
    Waits {
        /// The set.
        set: SetName,
        /// All waits; none means that it waits for nothing.
        waits: Vec<Wait>,
    },
    /// An object was created, changed or has gone.
    Object(Box<ObjectRecord>),
    /// What `kubectl get events` would show.
    Event {
        /// `Normal` or `Warning`.
        #[cfg_attr(feature = "ts", ts(type = "\"Normal\" | \"Warning\""))]
        kind: &'static str,
        /// Who says it.
        component: &'static str,
        /// The kind of the object it is about.
        #[cfg_attr(feature = "ts", ts(as = "Resource"))]
        object_kind: &'static str,
        /// Its namespace, where it has one.
        #[serde(skip_serializing_if = "str_is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
        /// Such as `BackOff`.
        reason: Arc<str>,
        /// The sentence.
        message: Arc<str>,
    },
    /// An event of the scenario took place.
    Scenario {
        /// The event as it is written in the scenario.
        #[cfg_attr(feature = "ts", ts(type = "JsonObject"))]
        event: Value,
        /// Why it could not take place.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
}

/// The set that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SetName {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// An action of a plan without the object that it writes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct ActionRecord {
    /// Such as `CreatePod`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "ts", ts(type = "Operation[\"type\"]"))]
    pub operation: &'static str,
    /// The kind of the object.
    #[serde(skip)]
    pub kind: Kind,
    /// The name in the request's URL.
    pub name: String,
    /// The Pod on whose behalf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// The batch of the plan.
    pub batch: u32,
    /// Why.
    pub reason: Reason,
}

/// An API server's answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The HTTP status, such as 409.
    pub status: u16,
    /// Such as `Conflict`.
    pub reason: &'static str,
    /// The sentence.
    pub message: String,
    /// True where the write took place although the answer never came.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub was_applied: bool,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct ObjectRecord {
    /// What happened to it.
    pub change: Fate,
    /// Its kind.
    #[cfg_attr(feature = "ts", ts(as = "Resource"))]
    pub kind: &'static str,
    /// Its namespace, where it has one.
    #[serde(skip_serializing_if = "str_is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its UID.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub uid: String,
    /// `status.phase`, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// True where it is terminating.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub terminating: bool,
    /// The node of a Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The revision of a Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// A Pod as `kubectl get pods -w` prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<PodRow>,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// It is new.
    Created,
    /// It is not as it was.
    Changed,
    /// It is no more; the record shows it as it was last.
    Gone,
}

impl Trace {
    /// All entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// What `kubectl get pods -w` prints: one row for each change of a Pod of the namespace, with when it was printed.
    pub fn watch<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = (Millis, &'a PodRow)> {
        self.0.iter().filter_map(move |entry| match &entry.what {
            Happening::Object(object) if *object.namespace == *namespace => {
                Some((entry.at, object.row.as_ref()?))
            }
            _ => None,
        })
    }

    /// Adds to the scenario event at `place` why it could not take place.
    pub(crate) fn note_error(&mut self, place: usize, text: String) {
        if let Some(Entry {
            what: Happening::Scenario { error, .. },
            ..
        }) = self.0.get_mut(place)
        {
            *error = Some(text);
        }
    }

    pub(crate) fn push(&mut self, at: Millis, what: Happening) {
        self.0.push(Entry { at, what });
    }
}

impl SetName {
    /// The set that this key names.
    pub fn of(key: &Key) -> Self {
        Self {
            namespace: Arc::clone(&key.namespace),
            name: Arc::clone(&key.name),
        }
    }

    /// The key of the set.
    pub fn key(&self) -> Key {
        Key {
            resource: Resource::StatefulSet,
            namespace: Arc::clone(&self.namespace),
            name: Arc::clone(&self.name),
        }
    }
}

impl ActionRecord {
    pub(crate) fn of(action: &Action) -> Self {
        Self {
            operation: action.operation.name(),
            kind: action.operation.kind(),
            name: action.name.clone(),
            pod: action.pod.clone(),
            batch: action.batch,
            reason: action.reason.clone(),
        }
    }
}

impl From<&ApiError> for Refusal {
    fn from(error: &ApiError) -> Self {
        let ApiError {
            status,
            reason,
            message,
            was_applied,
        } = error.clone();
        Self {
            status,
            reason,
            message,
            was_applied,
        }
    }
}

impl ObjectRecord {
    /// What this change was; nothing where there is neither a before nor an after.
    pub(crate) fn of(change: &Change, now: Timestamp) -> Option<Self> {
        let object = change.after.as_ref().or(change.before.as_ref())?;
        let is_pod = change.key.resource == Resource::Pod;
        let text = |path: &[&str]| {
            view::text(object, path)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        Some(Self {
            change: match (&change.before, &change.after) {
                (None, _) => Fate::Created,
                (Some(_), Some(_)) => Fate::Changed,
                (Some(_), None) => Fate::Gone,
            },
            kind: change.key.resource.kind(),
            namespace: Arc::clone(&change.key.namespace),
            name: Arc::clone(&change.key.name),
            uid: object.uid().to_owned(),
            phase: text(&["status", "phase"]),
            terminating: object.is_terminating(),
            node: text(&["spec", "nodeName"]).filter(|_| is_pod),
            revision: text(&["metadata", "labels", steadfast_core::REVISION_LABEL]).filter(|_| is_pod),
            row: is_pod.then(|| PodRow::of(object, now)),
        })
    }
}

fn str_is_empty(text: &Arc<str>) -> bool {
    text.is_empty()
}
