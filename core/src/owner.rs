//! Owner references and the patches that set and clear them.
//!
//! Source: `pkg/controller/controller_ref_manager.go` and `pkg/controller/history/controller_history.go`.

use serde_json::{Value, json};

use crate::observed::{Metadata, StatefulSet};

/// A reference that makes the owner the controller (`metav1.NewControllerRef`).
pub(crate) fn controller_reference(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!({
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// The reference to the set that its Pods and revisions carry.
pub(crate) fn set_reference(set: &StatefulSet) -> Value {
    controller_reference("apps/v1", "StatefulSet", set.name(), &set.metadata.uid)
}

/// The strategic merge patch by which the set takes control of an orphan.
pub(crate) fn adoption(set: &StatefulSet, orphan: &Metadata) -> Value {
    json!({"metadata": {"uid": orphan.uid, "ownerReferences": [set_reference(set)]}})
}

/// The strategic merge patch by which the set gives up control.
pub(crate) fn release(set: &StatefulSet, dependent: &Metadata) -> Value {
    json!({"metadata": {"uid": dependent.uid, "ownerReferences": [{"$patch": "delete", "uid": set.metadata.uid}]}})
}

/// Whether the object is the set's to decide about: controlled by it, or by nobody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Claim {
    /// The set controls it.
    Owned,
    /// Nobody does.
    Orphan,
    /// Somebody else does.
    Foreign,
}

impl Claim {
    /// `whole`: the controller must also be of kind StatefulSet and have the set's name, not only its UID.
    pub(crate) fn of(object: &Metadata, set: &StatefulSet, whole: bool) -> Self {
        match object.controller() {
            None => Self::Orphan,
            Some(owner) if owner.uid != set.metadata.uid => Self::Foreign,
            Some(owner) if whole && !(object.is_of_set && *owner.name == *set.name()) => Self::Foreign,
            Some(_) => Self::Owned,
        }
    }
}
