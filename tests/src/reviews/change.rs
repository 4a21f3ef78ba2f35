//! What is asked of a stored set: to be made, changed, scaled or deleted, or something that is nobody's business.

use serde_json::{Value, json};

use super::{NAMESPACE, set};
use crate::worlds::Draw;

/// A request, and the set of whose names there may be Pods and claims.
pub fn request(stored: &Value, draw: &mut Draw) -> (Value, Value) {
    let mut of = stored.clone();
    let request = match draw.below(100) {
        0..24 => {
            of = created(stored, draw);
            asked("CREATE", &of, Some(of.clone()), None)
        }
        24..62 => {
            of = changed(stored, draw);
            asked("UPDATE", stored, Some(of.clone()), Some(stored.clone()))
        }
        62..78 => scale(stored, draw),
        78..94 => deletion(stored, draw),
        94..98 => other(stored, draw),
        _ => torn(stored, draw),
    };
    (request, of)
}

fn asked(operation: &str, set: &Value, object: Option<Value>, old: Option<Value>) -> Value {
    json!({
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
        "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
        "requestKind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
        "name": set["metadata"]["name"], "namespace": NAMESPACE, "operation": operation,
        "userInfo": {"username": "somebody", "groups": ["system:authenticated"]},
        "object": object, "oldObject": old, "dryRun": false, "options": null,
    })
}

/// A set that is new: what an API server has yet to make is not there.
fn created(stored: &Value, draw: &mut Draw) -> Value {
    let mut set = stored.clone();
    let metadata = set["metadata"].as_object_mut().unwrap();
    for field in ["uid", "generation", "deletionTimestamp"] {
        metadata.remove(field);
    }
    if draw.percent(8) {
        let name = metadata.remove("name").unwrap();
        metadata.insert(
            "generateName".to_owned(),
            format!("{}-", name.as_str().unwrap()).into(),
        );
    }
    if draw.percent(30) {
        set.as_object_mut().unwrap().remove("status");
    }
    set
}

fn changed(stored: &Value, draw: &mut Draw) -> Value {
    let mut set = stored.clone();
    for _ in 0..*draw.weighted(&[(1, 0), (6, 1), (3, 2), (1, 4)]) {
        let app = stored["spec"]["selector"]["matchLabels"]["app"]
            .as_str()
            .unwrap()
            .to_owned();
        let spec = &mut set["spec"];
        match draw.below(14) {
            0..3 => spec["replicas"] = json!(*draw.pick(&[0, 1, 2, 3, 4, 5, 20, 1000])),
            3 | 12 => {
                spec["persistentVolumeClaimRetentionPolicy"]["whenScaled"] = json!(set::retention(draw))
            }
            4 | 13 => {
                spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] = json!(set::retention(draw))
            }
            5 => {
                spec["ordinals"] =
                    json!({"start": *draw.pick(&[0, 1, 3, 5, 99, 2_147_483_000, 2_147_483_000])})
            }
            6 | 7 => spec["template"] = set::template(&app, draw),
            8 => spec["updateStrategy"] = set::strategy(draw),
            9 => set["metadata"]["annotations"] = set::annotations(draw).into(),
            10 => set["metadata"]["labels"] = json!({"changed": "yes"}),
            _ => set["status"]["readyReplicas"] = json!(1),
        }
    }
    if draw.percent(2) {
        set["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    }
    set
}

/// As `kubectl scale` and autoscalers ask.
fn scale(stored: &Value, draw: &mut Draw) -> Value {
    let of = |replicas: Value| {
        let mut scale = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": stored["metadata"]["name"],
            "namespace": NAMESPACE}, "spec": {"replicas": replicas}, "status": {"replicas": 0}});
        if scale["spec"]["replicas"] == 0 {
            scale["spec"] = json!({});
        }
        scale
    };
    let wanted = json!(*draw.pick(&[0, 1, 2, 3, 4, 7]));
    let mut request = asked(
        "UPDATE",
        stored,
        Some(of(wanted)),
        Some(of(stored["spec"]["replicas"].clone())),
    );
    request["kind"] = json!({"group": "autoscaling", "version": "v1", "kind": "Scale"});
    request["subResource"] = json!("scale");
    request
}

fn deletion(stored: &Value, draw: &mut Draw) -> Value {
    // API servers before 1.15 left the old object out.
    let old = Some(stored.clone()).filter(|_| draw.percent(92));
    let mut request = asked("DELETE", stored, None, old);
    request["options"] = draw
        .pick(&[
            json!(null),
            json!({"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1", "propagationPolicy": "Background"}),
            json!({"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1", "propagationPolicy": "Foreground"}),
            json!({"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1", "propagationPolicy": "Orphan"}),
            json!({"kind": "DeleteOptions", "orphanDependents": true}),
        ])
        .clone();
    if draw.percent(8) {
        let cleaner = "system:serviceaccount:kube-system:namespace-controller";
        request["userInfo"]["username"] = json!(cleaner);
    }
    request
}

/// What no policy is about.
fn other(stored: &Value, draw: &mut Draw) -> Value {
    let mut request = asked("UPDATE", stored, Some(stored.clone()), Some(stored.clone()));
    match draw.below(4) {
        0 => request["subResource"] = json!("status"),
        1 => request["resource"]["resource"] = json!("deployments"),
        2 => request["resource"]["group"] = json!("apps.kruise.io"),
        _ => request["operation"] = json!("CONNECT"),
    }
    request
}

/// What cannot be read.
fn torn(stored: &Value, draw: &mut Draw) -> Value {
    let mut request = asked("UPDATE", stored, Some(stored.clone()), Some(stored.clone()));
    match draw.below(6) {
        0 => request["uid"] = json!(null),
        1 => request["operation"] = json!(5),
        2 => request["resource"] = json!("statefulsets"),
        3 => request["object"] = json!([]),
        4 => request["oldObject"] = json!(null),
        _ => request["object"]["spec"]["replicas"] = json!("three"),
    }
    request
}
