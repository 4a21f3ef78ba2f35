//! The garbage collector: what becomes of objects whose owners go.
//!
//! Source: `pkg/controller/garbagecollector/garbagecollector.go` (`attemptToDeleteItem`,
//! `processDeletingDependentsItem`, `orphanDependents`) and `graph_builder.go` (when an object is looked at).

use serde_json::{Value, json};
use steadfast_core::observed::Document;

use crate::clock::Timer;
use crate::component::{Component, Step, World};
use crate::store::{
    Change, DeleteOptions, FOREGROUND, Key, ORPHAN, Object, Part, Propagation, Resource, Store, Write,
};
use crate::view;

/// Deletes dependents in the background or before their owner, or takes the owner out of them.
///
/// An owner is found by the kind, name and namespace of the reference and must have its UID; else it counts as gone. An
/// owner of a kind that is not simulated (an operator's own resource, a ReplicaSet) counts as being there: nothing is known
/// of its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct GarbageCollector;

/// What an owner reference leads to.
enum Owner {
    /// It is there.
    Solid,
    /// It is gone.
    Dangling,
    /// It is being deleted and waits for its dependents to go first.
    Waiting,
}

impl Component for GarbageCollector {
    fn name(&self) -> &'static str {
        "garbage-collector"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let store = world.store;
        let mut writes = Vec::new();
        match (&change.before, &change.after) {
            (Some(before), None) => {
                for dependent in store.dependents(before.uid()) {
                    attempt_to_delete(store, dependent, &mut writes);
                }
                release_owners(store, references(before), &mut writes);
            }
            (Some(before), Some(after))
                if after.has_same(Part::Metadata, before) && !after.is_terminating() => {}
            (before, Some(after)) => {
                let before = before.as_ref();
                if has_deletion(after, ORPHAN) {
                    orphan_dependents(store, after, &mut writes);
                }
                if has_deletion(after, FOREGROUND) {
                    if !before.is_some_and(|before| has_deletion(before, FOREGROUND)) {
                        for dependent in store.dependents(after.uid()) {
                            attempt_to_delete(store, dependent, &mut writes);
                        }
                    }
                    finish_foreground(store, &change.key, &mut writes);
                }
                let owners_before = before.map(|before| references(before)).unwrap_or_default();
                if owners_before != references(after) {
                    attempt_to_delete(store, &change.key, &mut writes);
                    release_owners(store, owners_before, &mut writes);
                }
            }
            (None, None) => {}
        }
        Step {
            writes,
            ..Step::default()
        }
    }

    fn due(&mut self, _: &Timer, _: &mut World<'_>) -> Step {
        Step::none()
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(*self)
    }
}

/// Deletes an object that has owners but none that is solid; takes the owners that are not out of one that has.
fn attempt_to_delete(store: &Store, key: &Key, writes: &mut Vec<Write>) {
    let Some(object) = store.get(key) else { return };
    if object.is_terminating() {
        return;
    }
    let owners: Vec<(&str, Owner)> = references(object)
        .iter()
        .map(|r| (view::text_or_empty(r, &["uid"]), owner(store, key, r)))
        .collect();
    if owners.is_empty() {
        return;
    }
    let lost: Vec<&str> = owners
        .iter()
        .filter(|(_, owner)| !matches!(owner, Owner::Solid))
        .map(|(uid, _)| *uid)
        .collect();
    if lost.len() < owners.len() {
        if !lost.is_empty() {
            writes.push(without_owners(key, object, &lost));
        }
        return;
    }
    let is_awaited = owners.iter().any(|(_, owner)| matches!(owner, Owner::Waiting));
    let mut dependents = store.dependents(object.uid()).peekable();
    let propagation = if is_awaited && dependents.peek().is_some() {
        // A cycle of objects that wait for each other is cut here.
        if dependents.any(|dependent| store.get(dependent).is_some_and(|d| has_deletion(d, FOREGROUND))) {
            writes.push(unblocking(key, object));
        }
        Propagation::Foreground
    } else if has_finalizer(object, ORPHAN) {
        Propagation::Orphan
    } else if has_finalizer(object, FOREGROUND) {
        Propagation::Foreground
    } else {
        Propagation::Background
    };
    let uid = Some(object.uid().to_owned());
    let options = DeleteOptions {
        uid,
        grace_seconds: None,
        propagation: Some(propagation),
    };
    writes.push(Write::Delete {
        key: key.clone(),
        options,
    });
}

/// Lets an object go whose deletion waited for dependents, once none is left that blocks it.
fn finish_foreground(store: &Store, key: &Key, writes: &mut Vec<Write>) {
    let Some(object) = store.get(key).filter(|object| has_deletion(object, FOREGROUND)) else {
        return;
    };
    let uid = object.uid();
    let is_blocking = |dependent: &Key| {
        let dependent = store.get(dependent);
        let references = dependent
            .map(|dependent| references(dependent))
            .unwrap_or_default();
        references
            .iter()
            .any(|r| view::text(r, &["uid"]) == Some(uid) && view::is_true(r, &["blockOwnerDeletion"]))
    };
    if !store.dependents(uid).any(is_blocking) {
        writes.push(without_finalizer(key, object, FOREGROUND));
    }
}

/// Takes the object out of its dependents, and then lets it go.
fn orphan_dependents(store: &Store, object: &dyn Document, writes: &mut Vec<Write>) {
    let uid = view::uid(object);
    for dependent in store.dependents(uid) {
        if let Some(found) = store.get(dependent) {
            writes.push(without_owners(dependent, found, &[uid]));
        }
    }
    if let Some(key) = Key::of(object) {
        writes.push(without_finalizer(&key, object, ORPHAN));
    }
}

/// The owners that may have waited for a dependent which is gone, or theirs no longer.
fn release_owners(store: &Store, references: &[Value], writes: &mut Vec<Write>) {
    for reference in references {
        if let Some(owner) = store.key_of_uid(view::text_or_empty(reference, &["uid"])) {
            finish_foreground(store, owner, writes);
        }
    }
}

fn owner(store: &Store, dependent: &Key, reference: &dyn Document) -> Owner {
    let text = |field| view::text_or_empty(reference, &[field]);
    let Some(resource) = Resource::of_reference(text("apiVersion"), text("kind")) else {
        return Owner::Solid;
    };
    match store.get(&dependent.beside(resource, text("name"))) {
        Some(owner) if owner.uid() != text("uid") => Owner::Dangling,
        Some(owner) if has_deletion(owner, FOREGROUND) => Owner::Waiting,
        Some(_) => Owner::Solid,
        None => Owner::Dangling,
    }
}

fn references(object: &dyn Document) -> &[Value] {
    view::items(object, &["metadata", "ownerReferences"])
}

fn has_finalizer(object: &dyn Document, finalizer: &str) -> bool {
    view::items(object, &["metadata", "finalizers"])
        .iter()
        .any(|found| found == finalizer)
}

fn has_deletion(object: &Object, finalizer: &str) -> bool {
    object.is_terminating() && has_finalizer(object, finalizer)
}

fn without_finalizer(key: &Key, object: &dyn Document, finalizer: &str) -> Write {
    let finalizers = view::items(object, &["metadata", "finalizers"])
        .iter()
        .filter_map(Value::as_str);
    let finalizers = finalizers
        .filter(|found| *found != finalizer)
        .map(str::to_owned)
        .collect();
    Write::Finalizers {
        key: key.clone(),
        finalizers,
    }
}

fn without_owners(key: &Key, object: &dyn Document, owners: &[&str]) -> Write {
    let gone: Vec<Value> = owners
        .iter()
        .map(|uid| json!({"$patch": "delete", "uid": uid}))
        .collect();
    let patch = json!({"metadata": {"uid": view::uid(object), "ownerReferences": gone}});
    Write::PatchMetadata {
        key: key.clone(),
        patch,
    }
}

fn unblocking(key: &Key, object: &dyn Document) -> Write {
    let blocking = references(object)
        .iter()
        .filter(|r| view::is_true(r, &["blockOwnerDeletion"]));
    let freed: Vec<Value> = blocking
        .map(|r| json!({"uid": r.get("uid"), "blockOwnerDeletion": false}))
        .collect();
    let patch = json!({"metadata": {"uid": view::uid(object), "ownerReferences": freed}});
    Write::PatchMetadata {
        key: key.clone(),
        patch,
    }
}

#[cfg(test)]
mod tests;
