//! PUT, PUT of the status, and the writes of components.
//!
//! Source: `apiserver/pkg/registry/generic/registry/store.go` (`Update`, `ShouldDeleteDuringUpdate`),
//! `rest/update.go` (`BeforeUpdate`), and the strategies' `PrepareForUpdate`.

use serde_json::{Map, Value};

use super::key::{Key, Resource};
use super::{ApiError, Next, claim, metadata, pod, set};
use crate::view;

/// What only the API server changes in the metadata.
const KEPT: [&str; 6] = [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// PUT: another UID or resourceVersion than the stored one is a conflict; without them it is unconditional.
pub(super) fn put(key: &Key, stored: &Value, mut given: Value) -> Result<Next, ApiError> {
    check_preconditions(key, stored, &given)?;
    if let (Value::Object(root), Value::Object(stored)) = (&mut given, stored) {
        for field in ["apiVersion", "kind", "status"] {
            take_over(root, stored, field);
        }
    }
    let stored_metadata = stored.get("metadata").and_then(Value::as_object);
    metadata::edit(&mut given, |metadata| {
        let Some(stored) = stored_metadata else { return };
        for field in KEPT.into_iter().chain(["namespace"]) {
            take_over(metadata, stored, field);
        }
    });
    finish(key, stored, given)
}

/// PUT of `/status`.
pub(super) fn put_status(key: &Key, stored: &Value, given: Value) -> Result<Next, ApiError> {
    check_preconditions(key, stored, &given)?;
    let status = match given {
        Value::Object(mut root) => root.remove("status").unwrap_or_default(),
        _ => Value::Null,
    };
    set_status(key, stored, status)
}

/// The object with another status; null takes it away.
pub(super) fn set_status(key: &Key, stored: &Value, mut status: Value) -> Result<Next, ApiError> {
    let Value::Object(root) = stored else {
        return Ok(Next::Same);
    };
    match key.resource {
        Resource::Pod => keep_quality(&mut status, root.get("status")),
        Resource::StatefulSet => {
            let causes = set::check_status(&status, root.get("status"));
            if !causes.is_empty() {
                return Err(ApiError::invalid(key, &causes));
            }
        }
        _ => {}
    }
    if root.get("status").unwrap_or(&Value::Null) == &status {
        return Ok(Next::Same);
    }
    // The old status is left out of the copy.
    let mut object = Map::new();
    for (field, value) in root.iter().filter(|(field, _)| *field != "status") {
        object.insert(field.clone(), value.clone());
    }
    if !status.is_null() {
        object.insert("status".to_owned(), status);
    }
    Ok(Next::Put(Value::Object(object)))
}

/// The object with another list of finalizers.
pub(super) fn set_finalizers(key: &Key, stored: &Value, finalizers: &[String]) -> Result<Next, ApiError> {
    let mut object = stored.clone();
    metadata::edit(&mut object, |metadata| {
        metadata::put_finalizers(metadata, finalizers)
    });
    finish(key, stored, object)
}

/// The object with another value in one field of its spec.
pub(super) fn set_spec_field(key: &Key, stored: &Value, field: &str, value: Value) -> Result<Next, ApiError> {
    let mut object = stored.clone();
    let path: Vec<&str> = field.strip_prefix("spec.").unwrap_or(field).split('.').collect();
    let Some((last, way)) = path.split_last() else {
        return Ok(Next::Same);
    };
    let mut holder = Some(&mut object);
    for step in ["spec"].iter().chain(way) {
        holder = holder.and_then(Value::as_object_mut).map(|map| {
            let inner = map.entry(*step).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            inner
        });
    }
    if let Some(Value::Object(holder)) = holder {
        match value {
            Value::Null => drop(holder.remove(*last)),
            value => drop(holder.insert((*last).to_owned(), value)),
        }
    }
    finish(key, stored, object)
}

/// Checks what is to take the place of `stored`, and stores it, or lets the object go where its last finalizer did.
pub(super) fn finish(key: &Key, stored: &Value, mut object: Value) -> Result<Next, ApiError> {
    let is_same_spec = stored.get("spec") == object.get("spec");
    let mut causes = metadata::check_update(stored, &object);
    match key.resource {
        Resource::Pod if !is_same_spec => causes.extend(pod::check_update(stored, &object)),
        Resource::PersistentVolumeClaim if !is_same_spec => {
            causes.extend(claim::check_update(stored, &object))
        }
        Resource::ControllerRevision => causes.extend(set::check_revision(stored, &object)),
        _ => {}
    }
    if !causes.is_empty() {
        return Err(ApiError::invalid(key, &causes));
    }
    let is_deleted = view::is_terminating(stored) && grace(stored) == 0;
    if is_deleted && metadata::finalizers(&object).next().is_none() {
        return Ok(Next::Gone);
    }
    if is_same_spec && is_same_beside_spec(stored, &object) {
        return Ok(Next::Same);
    }
    if key.resource.has_generation() && !is_same_spec {
        raise_generation(&mut object);
    }
    Ok(Next::Put(object))
}

/// Specs are large, and compared once.
fn is_same_beside_spec(one: &Value, other: &Value) -> bool {
    beside_spec(one).eq(beside_spec(other))
}

fn beside_spec(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(field, _)| *field != "spec")
}

/// Counts `metadata.generation` up.
pub(super) fn raise_generation(object: &mut Value) {
    let generation = view::number(object, &["metadata", "generation"]).unwrap_or_default();
    metadata::edit(object, |metadata| {
        drop(metadata.insert("generation".to_owned(), (generation + 1).into()))
    });
}

/// The seconds that are left to an object that is being deleted; 0 where none are told.
pub(super) fn grace(object: &Value) -> i64 {
    view::number(object, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or_default()
}

fn check_preconditions(key: &Key, stored: &Value, given: &Value) -> Result<(), ApiError> {
    let differs = |field: &str| {
        let text = |object| view::text_or_empty(object, &["metadata", field]);
        !text(given).is_empty() && text(given) != text(stored)
    };
    if differs("uid") {
        return Err(ApiError::other_uid(key, view::uid(given), view::uid(stored)));
    }
    if differs("resourceVersion") {
        Err(ApiError::modified(key))
    } else {
        Ok(())
    }
}

/// Makes `field` what it is in `from`.
fn take_over(to: &mut Map<String, Value>, from: &Map<String, Value>, field: &str) {
    match from.get(field) {
        Some(value) => drop(to.insert(field.to_owned(), value.clone())),
        None => drop(to.remove(field)),
    }
}

/// The quality of service is the API server's own (`podStatusStrategy.PrepareForUpdate`).
fn keep_quality(status: &mut Value, stored: Option<&Value>) {
    let Some(class) = stored.and_then(|stored| stored.get("qosClass")) else {
        return;
    };
    if let Value::Object(status) = status {
        status.entry("qosClass").or_insert_with(|| class.clone());
    }
}
