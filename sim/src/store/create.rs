//! What a new object gets from the API server.
//!
//! Source: `apiserver/pkg/registry/rest/create.go` (`BeforeCreate`), the strategies' `PrepareForCreate`, and the
//! admission plugin StorageObjectInUseProtection.

use serde_json::{Map, Value, json};
use steadfast_core::Timestamp;

use super::ApiError;
use super::key::{Key, Resource, namespace_of, resource_of};
use super::{metadata, pod, set};
use crate::view;

/// The finalizer that keeps a claim while a Pod uses it.
pub(super) const CLAIM_PROTECTION: &str = "kubernetes.io/pvc-protection";

/// The object's name; where only `generateName` is given, one that is made of it and the UID; else empty.
pub(super) fn name_of(object: &Value, uid: &str) -> String {
    let text = |field| view::text_or_empty(object, &["metadata", field]);
    match (text("name"), text("generateName")) {
        ("", "") => String::new(),
        ("", prefix) => {
            let suffix: String = uid.chars().filter(|c| *c != '-').take(5).collect();
            format!("{prefix}{suffix}")
        }
        (name, _) => name.to_owned(),
    }
}

/// The object as it is stored by a POST.
pub(super) fn create(key: &Key, mut object: Value, uid: &str, wall: Timestamp) -> Result<Value, ApiError> {
    metadata::edit(&mut object, |metadata| {
        for set_by_server in [
            "resourceVersion",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "creationTimestamp",
        ] {
            metadata.remove(set_by_server);
        }
        metadata.insert("uid".to_owned(), uid.into());
        if key.resource.has_generation() {
            metadata.insert("generation".to_owned(), 1.into());
        }
    });
    if let Value::Object(root) = &mut object {
        root.remove("status");
    }
    complete(key, &mut object, wall);
    let mut causes = metadata::check_new(key, &object);
    match key.resource {
        Resource::Pod => causes.extend(pod::check_new(&object)),
        Resource::ControllerRevision => causes.extend(set::check_new_revision(&object)),
        _ => {}
    }
    if causes.is_empty() {
        Ok(object)
    } else {
        Err(ApiError::invalid(key, &causes))
    }
}

/// The object as it stands in a story's beginning; one without a UID gets `uid` and what a created one gets.
pub(super) fn admit(mut object: Value, uid: &str, wall: Timestamp) -> Value {
    let Some(resource) = resource_of(&object) else {
        return object;
    };
    let key = Key::new(resource, namespace_of(&object), &name_of(&object, uid));
    let is_manifest = view::uid(&object).is_empty();
    metadata::edit(&mut object, |metadata| {
        if is_manifest {
            metadata.insert("uid".to_owned(), uid.into());
        }
        if resource.has_generation() && metadata.get("generation").is_none_or(Value::is_null) {
            metadata.insert("generation".to_owned(), 1.into());
        }
    });
    // A claim from a cluster has lost its finalizer for a reason.
    let finalizers = object
        .get("metadata")
        .and_then(|metadata| metadata.get("finalizers"))
        .cloned();
    complete(&key, &mut object, wall);
    if !is_manifest && resource == Resource::PersistentVolumeClaim {
        metadata::edit(&mut object, |metadata| match finalizers {
            Some(finalizers) => drop(metadata.insert("finalizers".to_owned(), finalizers)),
            None => drop(metadata.remove("finalizers")),
        });
    }
    object
}

/// Fills in what is missing.
fn complete(key: &Key, object: &mut Value, wall: Timestamp) {
    if let Value::Object(root) = object {
        root.insert("apiVersion".to_owned(), key.resource.api_version().into());
        root.insert("kind".to_owned(), key.resource.kind().into());
    }
    metadata::edit(object, |metadata| {
        metadata.insert("name".to_owned(), (*key.name).into());
        if key.resource.is_namespaced() {
            metadata.insert("namespace".to_owned(), (*key.namespace).into());
        } else {
            metadata.remove("namespace");
        }
        if metadata.get("creationTimestamp").is_none_or(Value::is_null) {
            metadata.insert(
                "creationTimestamp".to_owned(),
                wall.whole_seconds().to_string().into(),
            );
        }
        if key.resource == Resource::PersistentVolumeClaim {
            protect(metadata);
        }
    });
    if key.resource == Resource::PersistentVolumeClaim {
        metadata::edit_field(object, "spec", |spec| {
            if spec.get("volumeMode").is_none_or(Value::is_null) {
                spec.insert("volumeMode".to_owned(), "Filesystem".into());
            }
        });
    }
    let status = match key.resource {
        Resource::Pod => json!({"phase": "Pending", "qosClass": pod::quality_of_service(object)}),
        Resource::PersistentVolumeClaim | Resource::PersistentVolume => json!({"phase": "Pending"}),
        Resource::StatefulSet => json!({"replicas": 0, "availableReplicas": 0}),
        Resource::PodDisruptionBudget => {
            json!({"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0})
        }
        Resource::Service => json!({"loadBalancer": {}}),
        _ => return,
    };
    if let Value::Object(root) = object
        && root.get("status").is_none_or(Value::is_null)
    {
        root.insert("status".to_owned(), status);
    }
}

fn protect(metadata: &mut Map<String, Value>) {
    match metadata.get_mut("finalizers") {
        Some(Value::Array(finalizers)) if finalizers.iter().any(|f| f == CLAIM_PROTECTION) => {}
        Some(Value::Array(finalizers)) => finalizers.push(CLAIM_PROTECTION.into()),
        _ => drop(metadata.insert("finalizers".to_owned(), json!([CLAIM_PROTECTION]))),
    }
}
