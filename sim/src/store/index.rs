//! What is looked up by other ways than its key.

use std::sync::Arc;

use serde_json::Value;
use steadfast_core::sorted::{SortedMap, SortedSet};

use super::key::Key;
use super::{Object, Part};
use crate::view;

/// Objects by UID, and dependents by the UID of their owners.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_uid: SortedMap<Arc<str>, Key>,
    dependents: SortedMap<Arc<str>, SortedSet<Key>>,
}

impl Index {
    pub(super) fn key_of_uid(&self, uid: &str) -> Option<&Key> {
        self.by_uid.get(uid)
    }

    pub(super) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> + use<'_> {
        self.dependents.get(uid).into_iter().flatten()
    }

    /// Takes notice of one object's change.
    pub(super) fn change(&mut self, key: &Key, before: Option<&Object>, after: Option<&Object>) {
        if let (Some(before), Some(after)) = (before, after)
            && after.has_same(Part::Metadata, before)
        {
            return;
        }
        if before.map(Object::uid) != after.map(Object::uid) {
            if let Some(before) = before {
                self.by_uid.remove(before.uid());
            }
            if let Some(after) = after {
                self.by_uid.insert(after.uid().into(), key.clone());
            }
        }
        if references(before) == references(after) {
            return;
        }
        for owner in owners(before) {
            let is_left_without = self.dependents.get_mut(owner).is_some_and(|dependents| {
                dependents.remove(key);
                dependents.is_empty()
            });
            if is_left_without {
                self.dependents.remove(owner);
            }
        }
        for owner in owners(after) {
            self.dependents
                .change(owner.into(), |dependents| dependents.insert(key.clone()));
        }
    }
}

fn references(object: Option<&Object>) -> &[Value] {
    object
        .map(|object| view::items(object, &["metadata", "ownerReferences"]))
        .unwrap_or_default()
}

fn owners(object: Option<&Object>) -> impl Iterator<Item = &str> {
    references(object)
        .iter()
        .map(|reference| view::text_or_empty(reference, &["uid"]))
}
