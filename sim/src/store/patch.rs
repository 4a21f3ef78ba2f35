//! Strategic merge patches of the metadata.
//!
//! Source: `apimachinery/pkg/util/strategicpatch/patch.go` with the tags of `ObjectMeta`: owner references merge by UID
//! and new ones stand first; finalizers merge; labels and annotations merge, and null takes one away.

use serde_json::{Map, Value};

use super::key::Key;
use super::{ApiError, Next, Object, metadata, update};
use crate::view;

/// The object after the patch. The UID in it is a precondition (422 as for every field that cannot be changed), and so
/// is the resourceVersion (409).
pub(super) fn patch(key: &Key, stored: &Object, patch: &Value) -> Result<Next, ApiError> {
    let uid = view::uid(patch);
    if !uid.is_empty() && uid != stored.uid() {
        return Err(ApiError::invalid(
            key,
            &[metadata::invalid("metadata.uid", uid, "field is immutable")],
        ));
    }
    let version = view::text_or_empty(patch, &["metadata", "resourceVersion"]);
    if !version.is_empty() && version != stored.version() {
        return Err(ApiError::modified(key));
    }
    let mut object = stored.clone();
    object.edit_metadata(|metadata| {
        for field in ["labels", "annotations"] {
            merge_strings(metadata, field, view::at(patch, &["metadata", field]));
        }
        merge_finalizers(metadata, patch);
        merge_references(metadata, view::items(patch, &["metadata", "ownerReferences"]));
    });
    update::finish(key, stored, object)
}

fn merge_strings(metadata: &mut Map<String, Value>, field: &str, patch: Option<&Value>) {
    let Some(Value::Object(patch)) = patch else { return };
    let mut merged = match metadata.remove(field) {
        Some(Value::Object(stored)) => stored,
        _ => Map::new(),
    };
    for (name, value) in patch {
        match value {
            Value::Null => drop(merged.remove(name)),
            value => drop(merged.insert(name.clone(), value.clone())),
        }
    }
    if !merged.is_empty() {
        metadata.insert(field.to_owned(), Value::Object(merged));
    }
}

fn merge_finalizers(metadata: &mut Map<String, Value>, patch: &Value) {
    let added = view::items(patch, &["metadata", "finalizers"]);
    let removed = view::items(patch, &["metadata", "$deleteFromPrimitiveList/finalizers"]);
    if added.is_empty() && removed.is_empty() {
        return;
    }
    let mut merged = list(metadata, "finalizers");
    merged.retain(|finalizer| !removed.contains(finalizer));
    for finalizer in added {
        if !merged.contains(finalizer) {
            merged.push(finalizer.clone());
        }
    }
    put_list(metadata, "finalizers", merged);
}

fn merge_references(metadata: &mut Map<String, Value>, patch: &[Value]) {
    if patch.is_empty() {
        return;
    }
    let mut merged = list(metadata, "ownerReferences");
    let mut added = Vec::new();
    for reference in patch {
        let is_same = |other: &Value| view::text(other, &["uid"]) == view::text(reference, &["uid"]);
        if view::text(reference, &["$patch"]) == Some("delete") {
            merged.retain(|other| !is_same(other));
        } else if let Some(Value::Object(found)) = merged.iter_mut().find(|other| is_same(other)) {
            for (field, value) in reference.as_object().into_iter().flatten() {
                found.insert(field.clone(), value.clone());
            }
        } else {
            added.push(reference.clone());
        }
    }
    added.append(&mut merged);
    put_list(metadata, "ownerReferences", added);
}

fn list(metadata: &mut Map<String, Value>, field: &str) -> Vec<Value> {
    match metadata.remove(field) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn put_list(metadata: &mut Map<String, Value>, field: &str, items: Vec<Value>) {
    if !items.is_empty() {
        metadata.insert(field.to_owned(), Value::Array(items));
    }
}
