//! What can be asked of the API server.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::Key;
use super::object::{Object, Part};

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// POST the object.
    Create(Value),
    /// PUT the object: spec and metadata are taken, the stored status stays.
    Update(Value),
    /// PUT the object's `/status`: only the status is taken.
    UpdateStatus(Value),
    /// The same of one object, by whoever holds the new status alone.
    PutStatus {
        /// The object.
        key: Key,
        /// The UID and the resourceVersion of the state that it was made for: preconditions, where they are not empty.
        of: (String, String),
        /// The whole new status.
        status: Value,
    },
    /// PATCH the metadata by a strategic merge patch, as adoption and release send it. A UID in it is a precondition.
    PatchMetadata {
        /// The object.
        key: Key,
        /// `{"metadata": {...}}`.
        patch: Value,
    },
    /// Replaces `status`, whatever the resourceVersion: a component's write.
    SetStatus {
        /// The object.
        key: Key,
        /// The whole new status.
        status: Value,
    },
    /// Assigns a Pod to a node, as the scheduler does.
    Bind {
        /// The Pod.
        pod: Key,
        /// The node's name.
        node: String,
    },
    /// Replaces `metadata.finalizers`.
    Finalizers {
        /// The object.
        key: Key,
        /// The whole new list.
        finalizers: Vec<String>,
    },
    /// Sets one field of the spec; null takes it away.
    SetSpecField {
        /// The object.
        key: Key,
        /// The way to it, with or without the leading `spec.`: `replicas`, `spec.updateStrategy.rollingUpdate.partition`.
        field: &'static str,
        /// The new value.
        value: Value,
    },
    /// DELETE.
    Delete {
        /// The object.
        key: Key,
        /// How.
        options: DeleteOptions,
    },
}

/// How an object is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeleteOptions {
    /// A precondition: 409 where the object has another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// For Pods; absent: `spec.terminationGracePeriodSeconds`.
    #[serde(rename = "gracePeriodSeconds", skip_serializing_if = "Option::is_none")]
    pub grace_seconds: Option<i64>,
    /// Absent: by the garbage collector's finalizers that the object has already, else in the background.
    #[serde(rename = "propagationPolicy", skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Propagation>,
}

/// What becomes of an object's dependents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Propagation {
    /// They go after it.
    Background,
    /// Those that block its deletion go before it.
    Foreground,
    /// They stay, without it as owner.
    Orphan,
}

/// What happened to one object.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which.
    pub key: Key,
    /// What it was; `None`: it was not there.
    pub before: Option<Object>,
    /// What it is; `None`: it is gone.
    pub after: Option<Object>,
}

impl Change {
    /// Whether of the parts that most are interested in only the status, if anything, has changed.
    pub(crate) fn is_status_at_most(&self) -> bool {
        let both = self.before.as_ref().zip(self.after.as_ref());
        both.is_some_and(|(before, after)| {
            [Part::Metadata, Part::Spec]
                .into_iter()
                .all(|part| after.has_same(part, before))
        })
    }
}

impl Write {
    /// The object that is written; `None` where an object to be written has no kind that is simulated, or no name.
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::Create(object) | Self::Update(object) | Self::UpdateStatus(object) => Key::of(object),
            Self::PatchMetadata { key, .. }
            | Self::PutStatus { key, .. }
            | Self::SetStatus { key, .. }
            | Self::Bind { pod: key, .. }
            | Self::Finalizers { key, .. }
            | Self::SetSpecField { key, .. }
            | Self::Delete { key, .. } => Some(key.clone()),
        }
    }
}
