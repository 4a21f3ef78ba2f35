//! What an API server would make of a manifest before it stores it: defaults, what may not be changed, what it refuses.
//!
//! Defaults and normal form of sets, Pods and claims are the core's; the rest is what the registry does around them.

use serde_json::{Map, Value, json};
use steadfast_core::canonical::{UnknownFields, canonical_claim, canonical_pod};
use steadfast_core::{Cause, Error, ErrorCode, Observed, Profile, validation};

use crate::store::{Key, Resource};

mod pod;
mod shape;

/// The object that an API server would store for `manifest`, where `live` is the object of that name, if there is one.
///
/// Labels and annotations of the live object that the manifest says nothing of stay, as `kubectl apply` leaves them; so
/// do its replicas where the manifest leaves them out and the last applied manifest did too.
///
/// # Errors
/// `wrongKind` for a kind that is not simulated; `invalid` for what an API server would refuse: a field of a wrong type, a
/// selector that does not match the template, a change of an immutable field.
pub fn receive(manifest: &Value, live: Option<&Value>, profile: &Profile) -> Result<Value, Error> {
    if let Some(resource) = manifest
        .get("kind")
        .and_then(Value::as_str)
        .and_then(Resource::of_kind)
    {
        shape::check(resource, manifest)?;
    }
    let key = key_of(manifest)?;
    let mut object = without_nulls(manifest);
    let Value::Object(root) = &mut object else {
        return Err(not_an_object());
    };
    root.insert("apiVersion".into(), json!(key.resource.api_version()));
    root.remove("status");
    edit(root, "metadata", |metadata| {
        default_metadata(metadata, &key, live)
    });
    let of_object = |error: Error| error.of_object(key.resource.kind(), &key.name);
    // Fields that no version knows are a newer server's: dropping them would hide that they change something.
    let unknown = UnknownFields::Keep;
    match key.resource {
        Resource::StatefulSet => {
            edit(root, "spec", |spec| keep_replicas(spec, live));
            let verdict = match live {
                Some(live) => validation::update(&object, live, profile),
                None => validation::create(&object, profile),
            };
            let verdict = verdict.map_err(of_object)?;
            if !verdict.is_accepted() {
                return Err(of_object(Error::invalid(verdict.errors)));
            }
            object = without_status(verdict.object);
            if let Value::Object(root) = &mut object {
                edit(root, "metadata", |metadata| drop(metadata.remove("generation")));
            }
        }
        Resource::Pod => {
            object = canonical_pod(&object, profile, unknown)
                .map_err(of_object)?
                .object;
            if let Value::Object(root) = &mut object {
                edit(root, "spec", pod::default_pod);
            }
        }
        Resource::PersistentVolumeClaim => {
            object = without_status(
                canonical_claim(&object, profile, unknown)
                    .map_err(of_object)?
                    .object,
            );
        }
        _ => {}
    }
    Ok(object)
}

/// The status is the server's to write.
fn without_status(mut object: Value) -> Value {
    if let Value::Object(root) = &mut object {
        root.remove("status");
    }
    object
}

/// The key of a manifest.
///
/// # Errors
/// `invalid` without kind or name, `wrongKind` for a kind that is not simulated.
pub fn key_of(manifest: &Value) -> Result<Key, Error> {
    let Some(root) = manifest.as_object() else {
        return Err(not_an_object());
    };
    let kind = root.get("kind").and_then(Value::as_str).unwrap_or_default();
    if kind.is_empty() {
        return Err(Error::invalid(vec![Cause::required("kind")]));
    }
    let Some(resource) = Resource::of_kind(kind) else {
        let message = format!("objects of kind `{kind}` are not simulated");
        return Err(Error::new(ErrorCode::WrongKind, message));
    };
    let metadata = root.get("metadata");
    let text = |field: &str| {
        metadata
            .and_then(|m| m.get(field))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if text("name").is_empty() {
        return Err(Error::invalid(vec![Cause::required("metadata.name")]).of_object(kind, ""));
    }
    let namespace = match text("namespace") {
        _ if !resource.is_namespaced() => "",
        "" => "default",
        given => given,
    };
    Ok(Key::new(resource, namespace, text("name")))
}

/// Whether the core can read an object that an API server returned.
///
/// # Errors
/// `invalid` with the fields at fault.
pub fn check_stored(object: &Value) -> Result<(), Error> {
    if object.get("kind") == Some(&json!("StatefulSet")) {
        return Observed::of_set(object.clone()).map(drop);
    }
    let namespace = object
        .get("metadata")
        .and_then(|metadata| metadata.get("namespace"))
        .cloned();
    let set = json!({
        "metadata": {"name": "any", "uid": "any", "namespace": namespace.unwrap_or_else(|| json!("default"))},
        "spec": {"replicas": 0, "selector": {}, "template": {"spec": {}}},
    });
    Observed::of_set(set)?.put(object.clone())
}

/// Changes the mapping under `key`, which is made where it is absent; a value of another type is left as it is, for
/// whoever reads it to refuse.
fn edit(map: &mut Map<String, Value>, key: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    match map.remove(key) {
        None | Some(Value::Null) => {
            let mut inner = Map::new();
            change(&mut inner);
            map.insert(key.to_owned(), Value::Object(inner));
        }
        Some(Value::Object(mut inner)) => {
            change(&mut inner);
            map.insert(key.to_owned(), Value::Object(inner));
        }
        Some(other) => drop(map.insert(key.to_owned(), other)),
    }
}

/// The value without null fields: Go reads null as absent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut kept = Map::new();
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                kept.insert(name.clone(), without_nulls(value));
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

fn default(map: &mut Map<String, Value>, key: &str, value: Value) {
    let is_unset = map
        .get(key)
        .is_none_or(|found| found.is_null() || *found == json!(""));
    if is_unset {
        map.insert(key.to_owned(), value);
    }
}

/// Sets a field that is absent; unlike [`default`] an empty text counts as given.
fn keep(map: &mut Map<String, Value>, key: &str, value: Value) {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), value);
    }
}

fn default_metadata(metadata: &mut Map<String, Value>, key: &Key, live: Option<&Value>) {
    if key.resource.is_namespaced() {
        metadata.insert("namespace".into(), json!(&*key.namespace));
    }
    for made_by_server in [
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "managedFields",
        "selfLink",
    ] {
        metadata.remove(made_by_server);
    }
    let Some(live) = live.and_then(|live| live.get("metadata")) else {
        return;
    };
    for field in ["labels", "annotations"] {
        for (name, value) in live.get(field).and_then(Value::as_object).into_iter().flatten() {
            edit(metadata, field, |entries| keep(entries, name, value.clone()));
        }
    }
    for field in ["finalizers", "ownerReferences"] {
        if let Some(value) = live.get(field).filter(|_| !metadata.contains_key(field)) {
            metadata.insert(field.into(), value.clone());
        }
    }
}

/// `kubectl apply` leaves the live set's replicas where neither this manifest nor the last one says how many.
fn keep_replicas(spec: &mut Map<String, Value>, live: Option<&Value>) {
    if spec.contains_key("replicas") {
        return;
    }
    let kept = live
        .filter(|live| !applied_replicas(live))
        .and_then(|live| live.get("spec")?.get("replicas"));
    spec.extend(kept.map(|replicas| ("replicas".to_owned(), replicas.clone())));
}

/// Whether `kubectl apply` was last given replicas: then leaving them out means the default.
fn applied_replicas(live: &Value) -> bool {
    let annotations = live
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations"));
    let applied = annotations.and_then(|a| a.get("kubectl.kubernetes.io/last-applied-configuration"));
    let applied: Option<Value> = applied
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str(text).ok());
    applied.is_some_and(|applied| {
        applied
            .get("spec")
            .is_some_and(|spec| spec.get("replicas").is_some())
    })
}

fn not_an_object() -> Error {
    Error::new(
        ErrorCode::WrongKind,
        "a manifest must be a mapping with `apiVersion`, `kind` and `metadata`",
    )
}

#[cfg(test)]
mod tests;
