//! PUT, PUT of the status, and the writes of components.
//!
//! Source: `apiserver/pkg/registry/generic/registry/store.go` (`Update`, `ShouldDeleteDuringUpdate`),
//! `rest/update.go` (`BeforeUpdate`), and the strategies' `PrepareForUpdate`.

use serde_json::{Map, Value};

use super::key::{Key, Resource};
use super::{ApiError, Next, Object, Part, claim, metadata, pod, set};
use crate::view;

/// What only the API server changes in the metadata.
const KEPT: [&str; 5] = [
    "uid",
    "creationTimestamp",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// PUT: another UID or resourceVersion than the stored one is a conflict; without them it is unconditional.
pub(super) fn put(key: &Key, stored: &Object, mut given: Value) -> Result<Next, ApiError> {
    check_preconditions(key, stored, &given)?;
    if let Value::Object(root) = &mut given {
        for field in ["apiVersion", "kind", "status"] {
            take_over(root, field, stored.field(field));
        }
    }
    metadata::edit(&mut given, |metadata| {
        for field in KEPT.into_iter().chain(["namespace"]) {
            take_over(metadata, field, view::at(stored, &["metadata", field]));
        }
    });
    finish(key, stored, Object::of(given, Some(stored)))
}

/// PUT of `/status`.
pub(super) fn put_status(key: &Key, stored: &Object, given: Value) -> Result<Next, ApiError> {
    check_preconditions(key, stored, &given)?;
    let status = match given {
        Value::Object(mut root) => root.remove("status").unwrap_or_default(),
        _ => Value::Null,
    };
    set_status(key, stored, status)
}

/// The object with another status; null takes it away.
pub(super) fn set_status(key: &Key, stored: &Object, mut status: Value) -> Result<Next, ApiError> {
    let before = stored.field("status");
    match key.resource {
        Resource::Pod => keep_quality(&mut status, before),
        Resource::StatefulSet => {
            let causes = set::check_status(&status, before);
            if !causes.is_empty() {
                return Err(ApiError::invalid(key, &causes));
            }
        }
        _ => {}
    }
    if before.unwrap_or(&Value::Null) == &status {
        return Ok(Next::Same);
    }
    let mut object = stored.clone();
    object.set_status(Some(status).filter(|status| !status.is_null()));
    Ok(Next::Put(object))
}

/// The object with another list of finalizers.
pub(super) fn set_finalizers(key: &Key, stored: &Object, finalizers: &[String]) -> Result<Next, ApiError> {
    let mut object = stored.clone();
    object.edit_metadata(|metadata| metadata::put_finalizers(metadata, finalizers));
    finish(key, stored, object)
}

/// The object with another value in one field of its spec.
pub(super) fn set_spec_field(
    key: &Key,
    stored: &Object,
    field: &str,
    value: Value,
) -> Result<Next, ApiError> {
    let mut object = stored.clone();
    let path: Vec<&str> = field.strip_prefix("spec.").unwrap_or(field).split('.').collect();
    let Some((last, way)) = path.split_last() else {
        return Ok(Next::Same);
    };
    object.edit_spec(|spec| {
        let mut holder = spec;
        for step in way {
            let inner = holder.entry(*step).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            let Value::Object(inner) = inner else { return };
            holder = inner;
        }
        match value {
            Value::Null => drop(holder.remove(*last)),
            value => drop(holder.insert((*last).to_owned(), value)),
        }
    });
    finish(key, stored, object)
}

/// Checks what is to take the place of `stored`, and stores it, or lets the object go where its last finalizer did.
pub(super) fn finish(key: &Key, stored: &Object, mut object: Object) -> Result<Next, ApiError> {
    let is_same_spec = object.has_same(Part::Spec, stored);
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
    let is_deleted = stored.is_terminating() && grace(stored) == 0;
    if is_deleted && metadata::finalizers(&object).next().is_none() {
        return Ok(Next::Gone);
    }
    if object.is_same(stored) {
        return Ok(Next::Same);
    }
    if key.resource.has_generation() && !is_same_spec {
        raise_generation(&mut object);
    }
    Ok(Next::Put(object))
}

/// Counts `metadata.generation` up.
pub(super) fn raise_generation(object: &mut Object) {
    let generation = view::number(object, &["metadata", "generation"]).unwrap_or_default();
    object.edit_metadata(|metadata| drop(metadata.insert("generation".to_owned(), (generation + 1).into())));
}

/// The seconds that are left to an object that is being deleted; 0 where none are told.
pub(super) fn grace(object: &Object) -> i64 {
    view::number(object, &["metadata", "deletionGracePeriodSeconds"]).unwrap_or_default()
}

fn check_preconditions(key: &Key, stored: &Object, given: &Value) -> Result<(), ApiError> {
    let version = view::text_or_empty(given, &["metadata", "resourceVersion"]);
    check_state(key, stored, (view::uid(given), version))
}

/// Whether the stored object is the one of this UID and resourceVersion; empty ones are not asked for.
pub(super) fn check_state(key: &Key, stored: &Object, (uid, version): (&str, &str)) -> Result<(), ApiError> {
    let differs = |given: &str, stored: &str| !given.is_empty() && given != stored;
    if differs(uid, stored.uid()) {
        return Err(ApiError::other_uid(key, uid, stored.uid()));
    }
    if differs(version, stored.version()) {
        Err(ApiError::modified(key))
    } else {
        Ok(())
    }
}

/// Makes `field` what it is in the stored object.
fn take_over(to: &mut Map<String, Value>, field: &str, stored: Option<&Value>) {
    match stored {
        Some(value) => drop(to.insert(field.to_owned(), value.clone())),
        None => drop(to.remove(field)),
    }
}

/// The quality of service is the API server's own (`podStatusStrategy.PrepareForUpdate`).
fn keep_quality(status: &mut Value, stored: Option<&Value>) {
    let Some(class) = stored.and_then(|stored| stored.get("qosClass")) else {
        return;
    };
    if let Value::Object(status) = status
        && !status.contains_key("qosClass")
    {
        status.insert("qosClass".to_owned(), class.clone());
    }
}
