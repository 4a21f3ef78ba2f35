//! What stands around the set, asked of the host.

use serde_json::{Value, json};
use steadfast_core::admission::{Context, Mode, Operation, Policy, Request, Settings, SubResource};

/// Who is asked for objects of the cluster.
pub trait Host {
    /// The answer to `list_resources_by_namespace` or `get_resource`; nothing where the host refuses or cannot say.
    fn ask(&self, operation: &str, question: &Value) -> Option<Value>;
}

/// Kinds of controllers whose Pods a set might select.
const WORKLOADS: [(&str, &str); 5] = [
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "ReplicaSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
];

/// The objects that the policies which are switched on read for this request.
pub fn surroundings(request: &Request, settings: &Settings, host: &dyn Host) -> Context {
    let mut context = Context::default();
    if request.group != "apps" || request.resource != "statefulsets" {
        return context;
    }
    let is_on = |policies: &[Policy]| policies.iter().any(|policy| settings.mode(*policy) != Mode::Off);
    let namespace = request.namespace.as_str();
    let list = |version: &str, kind: &str| -> Option<Vec<Value>> {
        let question = json!({"api_version": version, "kind": kind, "namespace": namespace,
            "label_selector": null, "field_selector": null});
        let mut answer = host.ask("list_resources_by_namespace", &question)?;
        let Some(Value::Array(mut items)) = answer.get_mut("items").map(Value::take) else {
            return None;
        };
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.entry("kind").or_insert_with(|| kind.into());
        }
        Some(items)
    };
    let is_new = request.operation == Operation::Create;
    let is_set = request.sub_resource == SubResource::None;
    if request.sub_resource == SubResource::Scale || request.operation == Operation::Delete {
        let question = json!({"api_version": "apps/v1", "kind": "StatefulSet", "name": request.name,
            "namespace": namespace, "disable_cache": false});
        context.stored_set = host.ask("get_resource", &question);
    }
    if !is_new && is_on(&[Policy::P1, Policy::P2, Policy::P3, Policy::P10]) {
        context.pods = list("v1", "Pod");
    }
    if is_on(&[Policy::P1, Policy::P2, Policy::P7]) {
        context.claims = list("v1", "PersistentVolumeClaim");
    }
    if request.operation != Operation::Delete && is_on(&[Policy::P10]) {
        context.disruption_budgets = list("policy/v1", "PodDisruptionBudget");
    }
    if is_set && request.operation != Operation::Delete {
        if is_on(&[Policy::P9]) || settings.fills_service_name {
            context.services = list("v1", "Service");
        }
        if is_on(&[Policy::P8]) {
            let lists = WORKLOADS.map(|(version, kind)| list(version, kind));
            // One list that cannot be read leaves the question open.
            let all: Option<Vec<Vec<Value>>> = lists.into_iter().collect();
            context.workloads = all.map(|lists| lists.into_iter().flatten().collect());
        }
    }
    context
}
