//! Pods as an API server returns them.

use super::draw::Draw;
use super::life::{Health, Life, PodPlan};
use super::moment::timestamp;
use super::object::{object, text};
use serde_json::{Value, json};

/// The Pod that the set's controller made for this plan, and what became of it. `number` makes the UID.
pub fn pod(draw: &mut Draw, life: &Life, plan: &PodPlan, number: usize) -> Value {
    let era = &life.eras[plan.era];
    let name = life.pod_name(plan.ordinal);
    let born = era.created + 60 + number as i64;
    let mut labels = era.template["metadata"]["labels"].clone();
    labels["apps.kubernetes.io/pod-index"] = text(plan.ordinal.to_string());
    labels["controller-revision-hash"] = text(&era.name);
    labels["statefulset.kubernetes.io/pod-name"] = text(&name);
    let mut metadata = object([
        ("creationTimestamp", text(timestamp(born))),
        ("generateName", text(format!("{}-", life.name))),
        ("labels", labels),
        ("name", text(&name)),
        ("namespace", text(life.namespace)),
        ("ownerReferences", Value::Array(vec![set_reference(life)])),
        ("resourceVersion", text((1_000 + number).to_string())),
        ("uid", text(uid(number))),
    ]);
    for kept in ["annotations", "finalizers"] {
        if let Some(value) = era.template["metadata"].get(kept) {
            metadata[kept] = value.clone();
        }
    }
    if life.rich && number.is_multiple_of(4) {
        metadata["managedFields"] = json!([{"apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec":
            {".": {}, "k:{\"name\":\"main\"}": {"f:image": {}}}}, "manager": "kube-controller-manager",
            "operation": "Update", "time": timestamp(born)}]);
    }
    if plan.terminating {
        terminate(draw, life.now.seconds, &mut metadata);
    }
    object([
        ("apiVersion", text("v1")),
        ("kind", text("Pod")),
        ("metadata", metadata),
        ("spec", spec(life, plan, &name)),
        ("status", status(draw, life, plan.health)),
    ])
}

/// The UID of the Pod of this number.
pub fn uid(number: usize) -> String {
    format!("b0d00000-0000-4000-8000-{number:012}")
}

/// An owner reference that says: this object controls.
pub fn controller_reference(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    object([
        ("apiVersion", text(api_version)),
        ("blockOwnerDeletion", Value::Bool(true)),
        ("controller", Value::Bool(true)),
        ("kind", text(kind)),
        ("name", text(name)),
        ("uid", text(uid)),
    ])
}

/// The set as controller.
pub fn set_reference(life: &Life) -> Value {
    controller_reference("apps/v1", "StatefulSet", &life.name, life.uid)
}

/// Marks an object as being deleted.
pub fn terminate(draw: &mut Draw, now: i64, metadata: &mut Value) {
    metadata["deletionGracePeriodSeconds"] = json!(30);
    metadata["deletionTimestamp"] = json!(timestamp(now + draw.between(-40, 30)));
}

fn spec(life: &Life, plan: &PodPlan, name: &str) -> Value {
    let mut spec = life.eras[plan.era].template["spec"].clone();
    spec["enableServiceLinks"] = json!(true);
    spec["hostname"] = json!(name);
    if !life.service.is_empty() {
        spec["subdomain"] = json!(life.service);
    }
    if plan.health != Health::Pending {
        spec["nodeName"] = json!(format!("node-{}", plan.ordinal.rem_euclid(3)));
    }
    for list in ["containers", "initContainers"] {
        for container in spec
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            request_what_is_limited(container);
        }
    }
    let mut volumes: Vec<Value> = life
        .claims
        .iter()
        .map(|claim| claim_volume(life, claim, plan.ordinal))
        .collect();
    for volume in spec
        .get("volumes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if !volumes.iter().any(|other| other["name"] == volume["name"]) {
            volumes.push(volume.clone());
        }
    }
    if life.rich {
        volumes.push(
            json!({"name": "kube-api-access-x7k2p", "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                "path": "namespace"}]}}]}}),
        );
        spec["preemptionPolicy"] = json!("PreemptLowerPriority");
        spec["priority"] = json!(0);
        spec["tolerations"] = json!([{"effect": "NoExecute", "key": "node.kubernetes.io/not-ready",
            "operator": "Exists", "tolerationSeconds": 300}]);
        if spec.get("serviceAccountName").is_none() {
            spec["serviceAccount"] = json!("default");
            spec["serviceAccountName"] = json!("default");
        }
    }
    if !volumes.is_empty() {
        spec["volumes"] = Value::Array(volumes);
    }
    spec
}

/// The volume of a claim template's claim.
pub fn claim_volume(life: &Life, claim: &Value, ordinal: i64) -> Value {
    let template = claim["metadata"]["name"].as_str().unwrap_or_default();
    let claim = object([("claimName", text(format!("{template}-{}-{ordinal}", life.name)))]);
    object([("name", text(template)), ("persistentVolumeClaim", claim)])
}

/// Defaulting of a Pod: a limit without a request is the request.
fn request_what_is_limited(container: &mut Value) {
    let Some(limits) = container["resources"]
        .get("limits")
        .and_then(Value::as_object)
        .cloned()
    else {
        return;
    };
    for (resource, amount) in limits {
        if container["resources"]["requests"].get(&resource).is_none() {
            container["resources"]["requests"][resource] = amount;
        }
    }
}

/// `status` of a Pod that is doing so.
pub fn status(draw: &mut Draw, life: &Life, health: Health) -> Value {
    let phase = match health {
        Health::Ready | Health::Late | Health::Unready => "Running",
        Health::Pending => "Pending",
        Health::Failed => "Failed",
        Health::Succeeded => "Succeeded",
        Health::Unknown => "Unknown",
        Health::Blank => "",
    };
    let ready = match health {
        Health::Ready | Health::Late => Some("True"),
        Health::Unready | Health::Failed | Health::Succeeded => Some("False"),
        Health::Unknown => *draw.pick(&[Some("True"), Some("Unknown"), Some("False"), None]),
        Health::Pending => *draw.pick(&[None, Some("False")]),
        Health::Blank => None,
    };
    let since = match health {
        Health::Late => life.now.seconds - life.min_ready + draw.pick(&[-1, 0, 0, 1, 1, 5]),
        _ => life.now.seconds - 3_000,
    };
    let mut status = json!({});
    if !phase.is_empty() {
        status["phase"] = json!(phase);
        status["qosClass"] = json!("BestEffort");
    }
    let mut conditions = Vec::new();
    if let Some(ready) = ready {
        conditions.push(condition("Ready", ready, &timestamp(since)));
    }
    if life.rich && health != Health::Blank {
        conditions.push(condition(
            "PodScheduled",
            "True",
            &timestamp(life.now.seconds - 4_000),
        ));
        let first = draw.below(conditions.len());
        conditions.rotate_left(first);
    }
    if !conditions.is_empty() {
        status["conditions"] = Value::Array(conditions);
    }
    if life.rich && phase == "Running" {
        status["podIP"] = json!("10.0.0.7");
        status["podIPs"] = json!([{"ip": "10.0.0.7"}]);
        status["startTime"] = json!(timestamp(life.now.seconds - 4_000));
    }
    status
}

/// One entry of `status.conditions`.
pub fn condition(kind: &str, status: &str, since: &str) -> Value {
    object([
        ("lastProbeTime", Value::Null),
        ("lastTransitionTime", text(since)),
        ("status", text(status)),
        ("type", text(kind)),
    ])
}
