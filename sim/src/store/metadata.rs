//! The metadata of objects: changing it, and what the API server refuses in it.
//!
//! Source: `apimachinery/pkg/api/validation/objectmeta.go`.

use serde_json::{Map, Value};
use steadfast_core::observed::Document;
use steadfast_core::quoted;

use super::Object;

use super::key::{Key, Resource};
use super::name;
use crate::view;

/// Changes `metadata`, which is made where there is none.
pub(super) fn edit(object: &mut Value, change: impl FnOnce(&mut Map<String, Value>)) {
    edit_field(object, "metadata", change);
}

/// Changes the mapping under `field`, which is made where there is none.
pub(super) fn edit_field(object: &mut Value, field: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    let Value::Object(root) = object else { return };
    match root.get_mut(field) {
        Some(Value::Object(inner)) => change(inner),
        _ => {
            let mut inner = Map::new();
            change(&mut inner);
            root.insert(field.to_owned(), Value::Object(inner));
        }
    }
}

/// Puts this list of finalizers in; an empty one is left out.
pub(super) fn put_finalizers(metadata: &mut Map<String, Value>, finalizers: &[String]) {
    if finalizers.is_empty() {
        metadata.remove("finalizers");
    } else {
        metadata.insert("finalizers".to_owned(), finalizers.into());
    }
}

/// What is wrong with the metadata of a new object.
pub(super) fn check_new(key: &Key, object: &Value) -> Vec<String> {
    let faults = match key.resource {
        Resource::StatefulSet => name::label_faults(&key.name),
        _ => name::subdomain_faults(&key.name),
    };
    let mut causes: Vec<String> = faults
        .iter()
        .map(|fault| invalid("metadata.name", &key.name, fault))
        .collect();
    causes.extend(check(object));
    causes
}

/// What is wrong with the metadata of an object that takes the place of `stored`.
pub(super) fn check_update(stored: &Object, object: &Object) -> Vec<String> {
    let mut causes = Vec::new();
    if stored.is_terminating() {
        let kept: Vec<&str> = finalizers(stored).collect();
        let added: Vec<String> = finalizers(object)
            .filter(|f| !kept.contains(f))
            .map(quoted)
            .collect();
        if !added.is_empty() {
            causes.push(format!(
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new \
                 finalizers []string{{{}}}",
                added.join(", ")
            ));
        }
    }
    causes.extend(check(object));
    causes
}

/// `metadata.finalizers`.
pub(super) fn finalizers(object: &dyn Document) -> impl Iterator<Item = &str> {
    view::items(object, &["metadata", "finalizers"])
        .iter()
        .filter_map(Value::as_str)
}

/// The cause of a value that is refused.
pub(super) fn invalid(field: &str, value: &str, fault: &str) -> String {
    format!("{field}: Invalid value: {}: {fault}", quoted(value))
}

fn check(object: &dyn Document) -> Vec<String> {
    let mut causes = Vec::new();
    for (key, value) in view::strings(object, &["metadata", "labels"]) {
        causes.extend(
            name::label_key_faults(key)
                .iter()
                .map(|fault| invalid("metadata.labels", key, fault)),
        );
        causes.extend(
            name::label_value_faults(value)
                .iter()
                .map(|fault| invalid("metadata.labels", value, fault)),
        );
    }
    let references = view::items(object, &["metadata", "ownerReferences"]);
    let mut controller: Option<&Value> = None;
    for (at, reference) in references.iter().enumerate() {
        for field in ["apiVersion", "kind", "name", "uid"] {
            if view::text_or_empty(reference, &[field]).is_empty() {
                let what = if field == "apiVersion" { "version" } else { "" };
                let detail = if what.is_empty() {
                    "must not be empty"
                } else {
                    "version must not be empty"
                };
                causes.push(format!(
                    "metadata.ownerReferences[{at}].{field}: Required value: {detail}"
                ));
            }
        }
        if view::is_true(reference, &["controller"]) {
            if let Some(first) = controller {
                let [first, owner] = [first, reference].map(|reference| {
                    let text = |field| view::text_or_empty(reference, &[field]);
                    format!("{}/{}", text("kind"), text("name"))
                });
                let listed: Vec<String> = references.iter().map(in_order_of_fields).collect();
                causes.push(format!(
                    "metadata.ownerReferences: Invalid value: [{}]: Only one reference can have Controller set to true. Found \
                     \"true\" in references for {first} and {owner}",
                    listed.join(",")
                ));
            } else {
                controller = Some(reference);
            }
        }
    }
    causes
}

/// The reference as Go writes it.
fn in_order_of_fields(reference: &Value) -> String {
    let fields = [
        "apiVersion",
        "kind",
        "name",
        "uid",
        "controller",
        "blockOwnerDeletion",
    ];
    let fields = fields
        .iter()
        .filter_map(|field| Some(format!("\"{field}\":{}", view::json(reference.get(*field)?))));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}
