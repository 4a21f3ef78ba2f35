//! What an API server does to an object before it validates it.
//!
//! Source: `PrepareForCreate` and `PrepareForUpdate` of `pkg/registry/apps/statefulset/strategy.go`, `BeforeCreate` and
//! `BeforeUpdate` of `apiserver/pkg/registry/rest`.

use serde_json::{Map, Value, json};

use super::disabled;
use crate::canonical::equal;
use crate::{Gate, Profile};

/// Prepares a set in canonical form that is to be created, and gives the warning of that, if there is one.
pub(super) fn create(set: &mut Value, profile: &Profile) -> Option<String> {
    let metadata = part(set, "metadata")?;
    for name in [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "selfLink",
        "uid",
    ] {
        metadata.remove(name);
    }
    let warning = owners_once(metadata, "");
    metadata.insert("generation".to_owned(), json!(1));
    if let Some(Value::String(prefix)) = metadata.get("generateName")
        && !metadata.contains_key("name")
    {
        // A name has 63 letters at most; the server draws the last five.
        let prefix = prefix.get(..58).unwrap_or(prefix);
        let name = format!("{prefix}xxxxx");
        metadata.insert("name".to_owned(), Value::String(name));
    }
    if let Some(status) = part(set, "status") {
        status.clear();
    }
    drop_disabled(set, None, profile);
    warning
}

/// Prepares a set in canonical form that is to replace `old`.
pub(super) fn update(set: &mut Value, old: &Value, profile: &Profile) -> Option<String> {
    let warning = inherit(set, old);
    copy(set, old, "status");
    drop_disabled(set, Some(old), profile);
    let (now, before) = (field(set, "spec"), field(old, "spec"));
    if !equal::is_same_spec(now, before)
        && let Some(metadata) = part(set, "metadata")
    {
        let generation = metadata.get("generation").and_then(Value::as_i64);
        let next = generation.unwrap_or(1).wrapping_add(1);
        metadata.insert("generation".to_owned(), json!(next));
    }
    warning
}

/// Prepares a set in canonical form whose status and metadata are to replace those of `old`.
pub(super) fn update_status(set: &mut Value, old: &Value) -> Option<String> {
    let warning = inherit(set, old);
    copy(set, old, "spec");
    warning
}

/// What an update takes from the stored object. Source: `BeforeUpdate`.
fn inherit(set: &mut Value, old: &Value) -> Option<String> {
    let before = field(old, "metadata");
    let metadata = part(set, "metadata")?;
    let warning = owners_once(metadata, " after mutating admission happens");
    // The first three only where the new object says nothing.
    for (at, name) in [
        "namespace",
        "resourceVersion",
        "uid",
        "deletionGracePeriodSeconds",
        "creationTimestamp",
        "deletionTimestamp",
    ]
    .into_iter()
    .enumerate()
    {
        let stored = field(before, name);
        if !stored.is_null() && (at >= 4 || !metadata.contains_key(name)) {
            metadata.insert(name.to_owned(), stored.clone());
        }
    }
    let generation = field(before, "generation").as_i64().unwrap_or(1);
    metadata.insert("generation".to_owned(), json!(generation));
    warning
}

/// Takes out owners that appear twice. Source: `dedupOwnerReferencesAndAddWarning`.
fn owners_once(metadata: &mut Map<String, Value>, when: &str) -> Option<String> {
    let Some(Value::Array(owners)) = metadata.get_mut("ownerReferences") else {
        return None;
    };
    let mut kept: Vec<Value> = Vec::new();
    let mut twice: Vec<String> = Vec::new();
    for owner in std::mem::take(owners) {
        if kept.contains(&owner) {
            twice.push(field(&owner, "uid").as_str().unwrap_or_default().to_owned());
        } else {
            kept.push(owner);
        }
    }
    *owners = kept;
    (!twice.is_empty()).then(|| {
        [
            ".metadata.ownerReferences contains duplicate entries",
            when,
            "; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix \
             your requests; duplicate UID(s) observed: ",
            &twice.join(", "),
        ]
        .concat()
    })
}

static NULL: Value = Value::Null;

fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&NULL)
}

/// A struct of the object; canonical form has it always.
fn part<'a>(object: &'a mut Value, name: &str) -> Option<&'a mut Map<String, Value>> {
    object.get_mut(name).and_then(Value::as_object_mut)
}

fn copy(set: &mut Value, old: &Value, name: &str) {
    if let Value::Object(fields) = set {
        fields.insert(name.to_owned(), field(old, name).clone());
    }
}

/// Source: `dropStatefulSetDisabledFields`, `DropDisabledTemplateFields`.
fn drop_disabled(set: &mut Value, old: Option<&Value>, profile: &Profile) {
    const MAX_UNAVAILABLE: &str = "spec.updateStrategy.rollingUpdate.maxUnavailable";
    let is_kept = old.is_some_and(|old| disabled::holds(old, MAX_UNAVAILABLE));
    if !is_kept && !profile.is_enabled(Gate::MaxUnavailableStatefulSet) {
        disabled::remove(set, MAX_UNAVAILABLE);
    }
    let old = old.map(|old| field(field(old, "spec"), "template"));
    if let Some(template) = set.get_mut("spec").and_then(|spec| spec.get_mut("template")) {
        disabled::drop_from(template, old, profile.minor());
    }
}
