//! One Pod of a set as an object: made anew from a template, or corrected.
//!
//! Source: `stateful_set_utils.go` (`newVersionedStatefulSetPod`, `initIdentity`, `updateIdentity`) and
//! `pkg/controller/controller_utils.go` (`GetPodFromTemplate`).

use serde_json::{Map, Value, json};

use crate::identity::{POD_INDEX_LABEL, POD_NAME_LABEL, REVISION_LABEL, generate_name};
use crate::object::{drop_fields, edit, without_nulls};
use crate::observed::{Pod, StatefulSet};
use crate::owner::set_reference;
use crate::storage::Templates;

/// The Pod of `ordinal`, made from `template`, which is the one of `revision`.
pub(crate) fn new_pod(
    set: &StatefulSet,
    templates: &Templates<'_>,
    ordinal: u64,
    template: &Value,
    revision: &str,
) -> Value {
    let name = format!("{}-{ordinal}", set.name());
    let from = |key: &str| {
        template
            .get("metadata")
            .and_then(|metadata| metadata.get(key))
            .map(without_nulls)
    };
    let mut metadata = Map::new();
    for key in ["labels", "annotations", "finalizers"] {
        let is_filled = |value: &Value| match value {
            Value::Object(entries) => !entries.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        if let Some(value) = from(key).filter(is_filled) {
            metadata.insert(key.to_owned(), value);
        }
    }
    metadata.insert("generateName".into(), json!(generate_name(set.name())));
    metadata.insert("ownerReferences".into(), Value::Array(vec![set_reference(set)]));
    identify(&mut metadata, set, &name, ordinal);
    edit(&mut metadata, "labels", |labels| {
        drop(labels.insert(REVISION_LABEL.into(), json!(revision)))
    });

    let mut spec = match template.get("spec").map(without_nulls) {
        Some(Value::Object(spec)) => spec,
        _ => Map::new(),
    };
    spec.insert("hostname".into(), json!(name));
    if set.service_name().is_empty() {
        drop_fields(&mut spec, &["subdomain"]);
    } else {
        spec.insert("subdomain".into(), json!(set.service_name()));
    }
    put_volumes(&mut spec, templates, ordinal);
    let mut pod = Map::new();
    pod.insert("apiVersion".into(), json!("v1"));
    pod.insert("kind".into(), json!("Pod"));
    pod.insert("metadata".into(), Value::Object(metadata));
    pod.insert("spec".into(), Value::Object(spec));
    Value::Object(pod)
}

/// The observed Pod with its identity and, where `storage` says so, its volumes corrected.
pub(crate) fn corrected_pod(
    set: &StatefulSet,
    templates: &Templates<'_>,
    pod: &Pod,
    ordinal: u64,
    (identity, storage): (bool, bool),
) -> Value {
    let mut object = without_nulls(pod.object());
    if let Value::Object(object) = &mut object {
        object.insert("apiVersion".into(), json!("v1"));
        object.insert("kind".into(), json!("Pod"));
        drop_fields(object, &["status"]);
        if identity {
            let name = format!("{}-{ordinal}", set.name());
            edit(object, "metadata", |metadata| {
                identify(metadata, set, &name, ordinal)
            });
        }
        if storage {
            edit(object, "spec", |spec| put_volumes(spec, templates, ordinal));
        }
    }
    object
}

fn identify(metadata: &mut Map<String, Value>, set: &StatefulSet, name: &str, ordinal: u64) {
    metadata.insert("name".into(), json!(name));
    metadata.insert("namespace".into(), json!(set.namespace()));
    edit(metadata, "labels", |labels| {
        labels.insert(POD_NAME_LABEL.into(), json!(name));
        labels.insert(POD_INDEX_LABEL.into(), json!(ordinal.to_string()));
    });
}

fn put_volumes(spec: &mut Map<String, Value>, templates: &Templates<'_>, ordinal: u64) {
    let volumes = templates.volumes(ordinal, spec.get("volumes"));
    if volumes.is_empty() {
        drop_fields(spec, &["volumes"]);
    } else {
        spec.insert("volumes".into(), Value::Array(volumes));
    }
}
