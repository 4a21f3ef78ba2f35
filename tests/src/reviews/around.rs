//! What stands around a set.

use serde_json::{Value, json};

use super::NAMESPACE;
use crate::worlds::Draw;

/// The context of a request that is about `set`, in the form of an observation; each list is at times not there.
pub fn around(set: &Value, stored: &Value, draw: &mut Draw) -> Value {
    let mut context = whole(set, draw);
    context["statefulSet"] = stored.clone();
    for list in [
        "statefulSet",
        "pods",
        "persistentVolumeClaims",
        "services",
        "podDisruptionBudgets",
        "workloads",
    ] {
        if draw.percent(8) {
            context.as_object_mut().unwrap().remove(list);
        }
    }
    context
}

/// All that a cluster might hold beside the set, and the set.
pub fn whole(set: &Value, draw: &mut Draw) -> Value {
    let name = match set["metadata"]["name"].as_str() {
        Some(name) => name.to_owned(),
        None => "db".to_owned(),
    };
    let start = set["spec"]["ordinals"]["start"].as_i64().unwrap_or(0);
    let (mut pods, mut claims) = (Vec::new(), Vec::new());
    let has_pods = draw.percent(85);
    for ordinal in (start - 2).max(0)..start + 7 {
        if has_pods && draw.percent(75) {
            pods.push(pod(&name, ordinal, set, draw));
        }
        for template in set["spec"]["volumeClaimTemplates"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if draw.percent(60) {
                claims.push(claim(&name, ordinal, template, draw));
            }
        }
    }
    // What is called alike and belongs to somebody else.
    pods.push(json!({"kind": "Pod", "metadata": {"name": format!("{name}-01"), "namespace": NAMESPACE}}));
    pods.push(json!({"kind": "Pod", "metadata": {"name": format!("{name}-0"), "namespace": "other"}}));
    claims.push(json!({"kind": "PersistentVolumeClaim", "metadata": {"name": format!("data-{name}-x-0"), "namespace": NAMESPACE}}));
    draw.shuffle(&mut pods);
    draw.shuffle(&mut claims);
    json!({
        "statefulSet": set, "pods": pods, "persistentVolumeClaims": claims, "services": services(draw),
        "podDisruptionBudgets": budgets(draw), "workloads": workloads(set, draw),
    })
}

fn pod(set: &str, ordinal: i64, owner: &Value, draw: &mut Draw) -> Value {
    let state = draw
        .weighted(&[
            (6, json!({"running": {"startedAt": "2026-11-20T00:00:00Z"}})),
            (1, json!({"waiting": {"reason": "ImagePullBackOff"}})),
            (1, json!({"waiting": {"reason": "CrashLoopBackOff"}})),
            (1, json!({"waiting": {"reason": "ContainerCreating"}})),
        ])
        .clone();
    let is_ready = state.get("running").is_some();
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("{set}-{ordinal}"), "namespace": NAMESPACE,
            "uid": format!("pod-{ordinal}"), "labels": owner["spec"]["template"]["metadata"]["labels"]},
        "spec": {"containers": [{"name": "db", "image": "db:0"}]},
        "status": {"phase": if is_ready { "Running" } else { "Pending" },
            "conditions": [{"type": "Ready", "status": if is_ready { "True" } else { "False" }}],
            "containerStatuses": [{"name": "db", "ready": is_ready, "restartCount": 0, "state": state, "image": "db:0", "imageID": ""}]}});
    if draw.percent(6) {
        pod["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    }
    pod
}

fn claim(set: &str, ordinal: i64, template: &Value, draw: &mut Draw) -> Value {
    let name = format!(
        "{}-{set}-{ordinal}",
        template["metadata"]["name"].as_str().unwrap()
    );
    let mut claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": template["spec"]});
    if draw.percent(30) {
        let requests = &mut claim["spec"]["resources"]["requests"];
        requests["storage"] = json!(*draw.pick(&["1Gi", "10Gi", "10240Mi", "5Gi"]));
    }
    if draw.percent(8) {
        claim["spec"]["volumeMode"] = json!("Block");
    }
    if draw.percent(15) {
        claim["spec"]["storageClassName"] = json!(*draw.pick(&["fast", "slow", ""]));
    }
    if draw.percent(8) {
        claim["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    }
    let owner = match draw.below(4) {
        0 => {
            json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": set, "uid": "5e7a0d3c-0000-4000-8000-000000000001"})
        }
        1 => json!({"apiVersion": "v1", "kind": "Pod", "name": format!("{set}-{ordinal}"), "uid": "p"}),
        _ => return claim,
    };
    claim["metadata"]["ownerReferences"] = json!([owner]);
    claim
}

fn services(draw: &mut Draw) -> Vec<Value> {
    let mut services = Vec::new();
    for name in ["db", "web", "third"] {
        if draw.percent(75) {
            let address = *draw.weighted(&[(6, "None"), (1, "10.0.0.9")]);
            let selector = draw
                .weighted(&[
                    (4, json!({"app": "db"})),
                    (4, json!({"app": "web"})),
                    (1, json!({"app": "db", "tier": "back"})),
                    (1, json!({})),
                ])
                .clone();
            services.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE},
                "spec": {"clusterIP": address, "selector": selector, "ports": [{"port": 80}]}}));
        }
    }
    draw.shuffle(&mut services);
    services
}

fn budgets(draw: &mut Draw) -> Vec<Value> {
    let mut budgets = Vec::new();
    for name in ["first", "second"] {
        if draw.percent(45) {
            let bound = draw
                .pick(&[
                    json!({"minAvailable": 2}),
                    json!({"minAvailable": "100%"}),
                    json!({"maxUnavailable": 0}),
                    json!({"maxUnavailable": "30%"}),
                    json!({"minAvailable": 3}),
                ])
                .clone();
            let mut spec = bound;
            spec["selector"] = json!({"matchLabels": {"app": *draw.pick(&["db", "web"])}});
            budgets.push(json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                "metadata": {"name": name, "namespace": NAMESPACE}, "spec": spec}));
        }
    }
    draw.shuffle(&mut budgets);
    budgets
}

fn workloads(set: &Value, draw: &mut Draw) -> Vec<Value> {
    let mut workloads = vec![set.clone()];
    workloads[0]["kind"] = json!("StatefulSet");
    for (version, kind) in [
        ("apps/v1", "Deployment"),
        ("apps/v1", "ReplicaSet"),
        ("apps/v1", "DaemonSet"),
        ("batch/v1", "Job"),
        ("apps/v1", "StatefulSet"),
    ] {
        if draw.percent(20) {
            let app = *draw.pick(&["db", "web", "mail"]);
            let selector = draw
                .pick(&[
                    json!({"matchLabels": {"app": app}}),
                    json!({"matchExpressions": [{"key": "app", "operator": "In", "values": [app, "x"]}]}),
                    json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}]}),
                    json!({"matchLabels": {"app": app, "tier": "back"}}),
                ])
                .clone();
            let mut workload = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "neighbour", "namespace": NAMESPACE,
                    "uid": kind}, "spec": {"selector": selector, "template": {"metadata": {"labels": {"app": app}},
                    "spec": {"containers": []}}}});
            if kind == "ReplicaSet" && draw.percent(60) {
                workload["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": "neighbour", "uid": "d", "controller": true}]);
            }
            workloads.push(workload);
        }
    }
    draw.shuffle(&mut workloads);
    workloads
}
