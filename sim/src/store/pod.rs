//! What is special about Pods: binding, what of them may be changed, quality of service.
//!
//! Source: `pkg/registry/core/pod/storage/storage.go` (`BindingREST`), `pkg/apis/core/validation/validation.go`
//! (`ValidatePodUpdate`), `pkg/apis/core/v1/helper/qos/qos.go`.

use serde_json::{Map, Value, json};
use steadfast_core::{Timestamp, quoted};

use super::key::Key;
use super::{ApiError, Next, Object, metadata, name};
use crate::view;

/// Assigns the Pod to a node; one that has a node, or is being deleted, cannot be.
pub(super) fn bind(key: &Key, stored: &Object, node: &str, wall: Timestamp) -> Result<Next, ApiError> {
    if stored.is_terminating() {
        let detail = format!("pod {} is being deleted, cannot be assigned to a host", key.name);
        return Err(ApiError::not_bound(key, &detail));
    }
    if let Some(other) = view::text(stored, &["spec", "nodeName"]).filter(|other| !other.is_empty()) {
        let other = quoted(other);
        let detail = format!("pod {} is already assigned to node {other}", key.name);
        return Err(ApiError::not_bound(key, &detail));
    }
    if !view::items(stored, &["spec", "schedulingGates"]).is_empty() {
        return Err(ApiError::not_bound(
            key,
            &format!("pod {} has non-empty .spec.schedulingGates", key.name),
        ));
    }
    let mut object = stored.clone();
    object.edit_spec(|spec| drop(spec.insert("nodeName".to_owned(), node.into())));
    object.edit_status(|status| {
        status.remove("nominatedNodeName");
        let mut conditions = match status.remove("conditions") {
            Some(Value::Array(conditions)) => conditions,
            _ => Vec::new(),
        };
        let scheduled = json!({"type": "PodScheduled", "status": "True", "lastTransitionTime": wall.whole_seconds().to_string()});
        match conditions
            .iter_mut()
            .find(|condition| view::text(&**condition, &["type"]) == Some("PodScheduled"))
        {
            Some(condition) => *condition = scheduled,
            None => conditions.push(scheduled),
        }
        status.insert("conditions".to_owned(), Value::Array(conditions));
    });
    Ok(Next::Put(object))
}

/// What is wrong with a new Pod, of what a StatefulSet can get wrong by its names.
pub(super) fn check_new(pod: &Value) -> Vec<String> {
    let mut causes = Vec::new();
    for (field, path) in [("hostname", "spec.hostname"), ("subdomain", "spec.subdomain")] {
        let text = view::text_or_empty(pod, &["spec", field]);
        if !text.is_empty() {
            causes.extend(
                name::label_faults(text)
                    .iter()
                    .map(|fault| metadata::invalid(path, text, fault)),
            );
        }
    }
    causes
}

/// What of a change of a Pod's spec is refused.
pub(super) fn check_update(stored: &Object, pod: &Object) -> Vec<String> {
    let (old, new) = (view::spec(stored), view::spec(pod));
    let mut causes = Vec::new();
    for list in ["containers", "initContainers"] {
        let (before, after) = (items(&old, list), items(&new, list));
        if before.len() != after.len() {
            causes.push(format!(
                "spec.{list}: Forbidden: pod updates may not add or remove containers"
            ));
            return causes;
        }
        for (at, container) in after.iter().enumerate() {
            let image = view::text_or_empty(container, &["image"]);
            let path = format!("spec.{list}[{at}].image");
            if image.is_empty() {
                causes.push(format!("{path}: Required value"));
            } else if image.trim() != image {
                causes.push(metadata::invalid(
                    &path,
                    image,
                    "must not have leading or trailing whitespace",
                ));
            }
        }
    }
    causes.extend(deadline_fault(&old, &new));
    let is_kept = |old: &Value| {
        items(&new, "tolerations")
            .iter()
            .any(|new| without_seconds(new) == without_seconds(old))
    };
    if !items(&old, "tolerations").iter().all(is_kept) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        causes.push(format!("spec.tolerations: Forbidden: {detail}"));
    }
    for gate in items(&new, "schedulingGates")
        .iter()
        .filter(|gate| !items(&old, "schedulingGates").contains(gate))
    {
        let gate = view::text_or_empty(gate, &["name"]);
        causes.push(format!(
            "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate '{gate}'"
        ));
    }
    if with_mutable_fields_of(&old, new) != old {
        causes.push(
            "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,\
             `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
             tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
                .to_owned(),
        );
    }
    causes
}

/// `BestEffort`, `Burstable` or `Guaranteed`, by the requests and limits of CPU and memory.
pub(super) fn quality_of_service(pod: &Value) -> &'static str {
    let lists = ["containers", "initContainers"];
    let containers: Vec<&Value> = lists
        .iter()
        .flat_map(|list| view::items(pod, &["spec", list]))
        .collect();
    let amount = |container: &Value, side: &str, name: &str| {
        let amount = view::at(container, &["resources", side, name]);
        amount
            .map(|amount| amount.as_str().map_or_else(|| view::json(amount), str::to_owned))
            .filter(|amount| amount != "0")
    };
    let is_bare = |container: &&Value| {
        ["requests", "limits"].iter().all(|side| {
            ["cpu", "memory"]
                .iter()
                .all(|name| amount(container, side, name).is_none())
        })
    };
    let is_full = |container: &&Value| {
        ["cpu", "memory"].iter().all(|name| {
            let limit = amount(container, "limits", name);
            // A request that is left out is set to the limit.
            limit.is_some()
                && (amount(container, "requests", name).is_none_or(|request| Some(request) == limit))
        })
    };
    match () {
        () if containers.iter().all(is_bare) => "BestEffort",
        () if containers.iter().all(is_full) => "Guaranteed",
        () => "Burstable",
    }
}

/// It can be set, and lowered.
fn deadline_fault(old: &Map<String, Value>, new: &Map<String, Value>) -> Option<String> {
    let path = "spec.activeDeadlineSeconds";
    let seconds = |spec: &Map<String, Value>| spec.get("activeDeadlineSeconds").and_then(Value::as_i64);
    match (seconds(old), seconds(new)) {
        (_, Some(new)) if !(0..=i64::from(i32::MAX)).contains(&new) => Some(format!(
            "{path}: Invalid value: {new}: must be between 0 and 2147483647, inclusive"
        )),
        (Some(old), Some(new)) if old < new => Some(format!(
            "{path}: Invalid value: {new}: must be less than or equal to previous value"
        )),
        (Some(_), None) => Some(format!(
            "{path}: Invalid value: null: must not update from a positive integer to nil value"
        )),
        _ => None,
    }
}

/// The new spec with all that may be changed as it was.
fn with_mutable_fields_of(old: &Map<String, Value>, mut new: Map<String, Value>) -> Map<String, Value> {
    for list in ["containers", "initContainers"] {
        let Some(Value::Array(containers)) = new.get_mut(list) else {
            continue;
        };
        for (container, old) in containers.iter_mut().zip(items(old, list)) {
            if let (Value::Object(container), Some(image)) = (container, old.get("image")) {
                container.insert("image".to_owned(), image.clone());
            }
        }
    }
    let seconds =
        |spec: &Map<String, Value>| spec.get("terminationGracePeriodSeconds").and_then(Value::as_i64);
    let is_repaired = seconds(old).is_some_and(|seconds| seconds < 0) && seconds(&new) == Some(1);
    let grace = is_repaired.then_some("terminationGracePeriodSeconds");
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"]
        .into_iter()
        .chain(grace)
    {
        match old.get(field) {
            Some(value) => drop(new.insert(field.to_owned(), value.clone())),
            None => drop(new.remove(field)),
        }
    }
    new
}

fn items<'a>(spec: &'a Map<String, Value>, field: &str) -> &'a [Value] {
    spec.get(field)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn without_seconds(toleration: &Value) -> Value {
    let mut toleration = toleration.clone();
    if let Value::Object(fields) = &mut toleration {
        fields.remove("tolerationSeconds");
    }
    toleration
}
