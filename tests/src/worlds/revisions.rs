//! ControllerRevisions as an API server returns them.

use super::life::{Era, Life};
use super::moment::timestamp;
use super::object::{object, text};
use super::pods;
use serde_json::Value;

/// The revision that stores an era's template.
pub fn revision(life: &Life, era: &Era, number: usize) -> Value {
    let mut labels = era.template["metadata"]["labels"].clone();
    labels["controller.kubernetes.io/hash"] = text(&era.hash);
    let mut metadata = object([
        ("creationTimestamp", text(timestamp(era.created))),
        ("labels", labels),
        ("name", text(&era.name)),
        ("namespace", text(life.namespace)),
        ("resourceVersion", text((9_000 + number).to_string())),
        ("uid", text(uid(number))),
    ]);
    if let Some(annotations) = &life.annotations {
        metadata["annotations"] = annotations.clone();
    }
    if !life.orphaned {
        metadata["ownerReferences"] = Value::Array(vec![pods::set_reference(life)]);
    }
    object([
        ("apiVersion", text("apps/v1")),
        ("data", era.data.clone()),
        ("kind", text("ControllerRevision")),
        ("metadata", metadata),
        ("revision", Value::from(era.number)),
    ])
}

/// The UID of the revision of this number.
pub fn uid(number: usize) -> String {
    format!("4e510000-0000-4000-8000-{number:012}")
}
