//! Who must own a claim, by the retention policy and the state of its owner references.
//!
//! Source: `pkg/controller/statefulset/stateful_set_utils.go` (`isClaimOwnerUpToDate`,
//! `updateClaimOwnerRefForSetAndPod`); KEP-1847.

use serde_json::{Value, json};

use crate::object::{drop_fields, edit, without_nulls};
use crate::observed::{Claim, OwnerReference, RetentionPolicy, StatefulSet};
use crate::owner::controller_reference;

/// The Pod as far as its claims know it: one that is yet to be created has no UID.
#[derive(Clone, Copy)]
pub(crate) struct PodRef<'a> {
    pub name: &'a str,
    pub uid: &'a str,
    /// Its ordinal is out of range.
    pub is_condemned: bool,
}

/// A claim is stale where its first reference to a v1 Pod of that name has another UID: it belongs to an earlier Pod
/// and garbage collection will take it (`PodClaimIsStale`). It matters only where scaling down deletes claims.
pub(crate) fn is_stale(claim: &Claim, set: &StatefulSet, pod: PodRef<'_>) -> bool {
    set.spec.retention.when_scaled == RetentionPolicy::Delete
        && refers_to_earlier(claim, |owner| names_pod(owner, pod), pod.uid)
}

/// Whether the owner references are as the policy asks. A claim that is marked by an earlier owner or a foreign
/// controller counts as right: it is not touched, but for taking our own references away.
pub(crate) fn is_up_to_date(claim: &Claim, set: &StatefulSet, pod: PodRef<'_>) -> bool {
    if claim.metadata.owners.is_empty() {
        // By far the most frequent.
        return wanted(set, pod) == (false, false);
    }
    let (by_set, by_pod) = (has_owner(claim, set_uid(set)), has_owner(claim, pod.uid));
    if refers_to_earlier(claim, |owner| names_set(owner, set), set_uid(set))
        || refers_to_earlier(claim, |owner| names_pod(owner, pod), pod.uid)
    {
        return true;
    }
    if has_unexpected_controller(claim, set, pod) {
        return !by_set && !by_pod;
    }
    let is_ours = |owner: &&OwnerReference| *owner.uid == *set_uid(set) || *owner.uid == *pod.uid;
    if claim
        .metadata
        .owners
        .iter()
        .filter(is_ours)
        .any(|owner| !owner.controller)
    {
        return false;
    }
    let (want_set, want_pod) = wanted(set, pod);
    by_set == want_set && by_pod == want_pod
}

/// The claim with the owner references that the policy asks for.
pub(crate) fn with_owners(claim: &Claim, set: &StatefulSet, pod: PodRef<'_>) -> Value {
    let mut owners: Vec<Value> = Vec::new();
    let written = claim
        .object
        .field("metadata")
        .and_then(|metadata| metadata.get("ownerReferences"));
    for (owner, value) in claim
        .metadata
        .owners
        .iter()
        .zip(written.and_then(Value::as_array).into_iter().flatten())
    {
        if !names_set(owner, set) && !names_pod(owner, pod) {
            owners.push(value.clone());
        }
    }
    if !has_unexpected_controller(claim, set, pod) {
        let (want_set, want_pod) = wanted(set, pod);
        if want_pod {
            add(&mut owners, controller_reference("v1", "Pod", pod.name, pod.uid));
        }
        if want_set {
            add(
                &mut owners,
                controller_reference("apps/v1", "StatefulSet", set.name(), set_uid(set)),
            );
        }
    }
    let mut object = without_nulls(claim.object());
    if let Value::Object(object) = &mut object {
        object.insert("apiVersion".into(), json!("v1"));
        object.insert("kind".into(), json!("PersistentVolumeClaim"));
        drop_fields(object, &["status"]);
        edit(object, "metadata", |metadata| {
            if owners.is_empty() {
                drop_fields(metadata, &["ownerReferences"]);
            } else {
                metadata.insert("ownerReferences".into(), Value::Array(owners));
            }
        });
    }
    object
}

/// Whether the policy gives claims owners at all.
pub(crate) fn has_owners(set: &StatefulSet) -> bool {
    set.spec.retention.when_scaled == RetentionPolicy::Delete
        || set.spec.retention.when_deleted == RetentionPolicy::Delete
}

/// Whether the policy wants the set, and whether it wants the Pod, as controller.
fn wanted(set: &StatefulSet, pod: PodRef<'_>) -> (bool, bool) {
    use RetentionPolicy::{Delete, Retain};
    match (set.spec.retention.when_scaled, set.spec.retention.when_deleted) {
        (Retain, Retain) => (false, false),
        (Retain, Delete) => (true, false),
        (Delete, Retain) => (false, pod.is_condemned),
        (Delete, Delete) => (!pod.is_condemned, pod.is_condemned),
    }
}

fn set_uid(set: &StatefulSet) -> &str {
    &set.metadata.uid
}

fn add(owners: &mut Vec<Value>, owner: Value) {
    if !owners
        .iter()
        .any(|earlier| earlier.get("uid") == owner.get("uid"))
    {
        owners.push(owner);
    }
}

fn has_owner(claim: &Claim, uid: &str) -> bool {
    claim.metadata.owners.iter().any(|owner| *owner.uid == *uid)
}

fn names_set(owner: &OwnerReference, set: &StatefulSet) -> bool {
    &*owner.api_version == "apps/v1" && &*owner.kind == "StatefulSet" && *owner.name == *set.name()
}

fn names_pod(owner: &OwnerReference, pod: PodRef<'_>) -> bool {
    &*owner.api_version == "v1" && &*owner.kind == "Pod" && *owner.name == *pod.name
}

/// The first reference that names the owner decides (`hasStaleOwnerRef`).
fn refers_to_earlier(claim: &Claim, names: impl Fn(&OwnerReference) -> bool, uid: &str) -> bool {
    claim
        .metadata
        .owners
        .iter()
        .find(|owner| names(owner))
        .is_some_and(|owner| *owner.uid != *uid)
}

/// Another controller, or an owner of our name with another UID (`hasUnexpectedController`). With both policies Retain
/// nobody else is unexpected.
fn has_unexpected_controller(claim: &Claim, set: &StatefulSet, pod: PodRef<'_>) -> bool {
    if !has_owners(set) {
        return false;
    }
    claim.metadata.owners.iter().any(|owner| {
        if names_set(owner, set) {
            *owner.uid != *set_uid(set)
        } else if names_pod(owner, pod) {
            *owner.uid != *pod.uid
        } else {
            owner.controller
        }
    })
}
