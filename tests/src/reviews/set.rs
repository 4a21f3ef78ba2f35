//! A StatefulSet as an API server stores it.

use serde_json::{Map, Value, json};

use super::NAMESPACE;
use crate::worlds::Draw;

/// Names of claim templates, of which one may also be a volume's.
pub const CLAIMS: [&str; 3] = ["data", "logs", "cache"];

pub fn set(draw: &mut Draw) -> Value {
    let name = name(draw);
    let replicas = *draw.weighted(&[(1, 0), (2, 1), (3, 2), (6, 3), (3, 5), (1, 12)]);
    let app = *draw.pick(&["db", "web"]);
    let mut spec = json!({
        "replicas": replicas,
        "serviceName": *draw.weighted(&[(6, "db"), (2, "web"), (1, "none"), (3, "")]),
        "selector": {"matchLabels": {"app": app}},
        "podManagementPolicy": *draw.weighted(&[(3, "OrderedReady"), (1, "Parallel")]),
        "revisionHistoryLimit": 10,
        "template": template(app, draw),
        "persistentVolumeClaimRetentionPolicy": {
            "whenScaled": retention(draw),
            "whenDeleted": retention(draw),
        },
        "updateStrategy": strategy(draw),
    });
    if draw.percent(70) {
        spec["volumeClaimTemplates"] = claims(draw).into();
    }
    if draw.percent(15) {
        spec["ordinals"] = json!({"start": *draw.pick(&[0, 1, 2, 100])});
    }
    let mut metadata = json!({
        "name": name, "namespace": NAMESPACE, "uid": "5e7a0d3c-0000-4000-8000-000000000001", "generation": 1,
    });
    let annotations = annotations(draw);
    if !annotations.is_empty() {
        metadata["annotations"] = annotations.into();
    }
    if draw.percent(3) {
        metadata["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    }
    let status = json!({"replicas": replicas, "observedGeneration": 1});
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec, "status": status})
}

fn name(draw: &mut Draw) -> String {
    match draw.below(12) {
        0 | 1 => "x".repeat(draw.between(50, 64) as usize),
        2 => "web".to_owned(),
        _ => "db".to_owned(),
    }
}

pub fn retention(draw: &mut Draw) -> &'static str {
    ["Retain", "Delete"][draw.below(2)]
}

pub fn annotations(draw: &mut Draw) -> Map<String, Value> {
    let mut annotations = Map::new();
    if draw.percent(35) {
        let some: Vec<String> = (1..=10)
            .filter(|_| draw.percent(40))
            .map(|number| format!("P{number}"))
            .collect();
        let allowed = match draw.below(8) {
            0 => (*draw.pick(&["p1", "all", "", "P99, P9", " P2 , P4 ", "P1;P3"])).to_owned(),
            _ => some.join(","),
        };
        annotations.insert("steadfast.dev/allow".to_owned(), allowed.into());
    }
    if draw.percent(12) {
        let protected = *draw.weighted(&[(5, "true"), (1, "True"), (1, "")]);
        annotations.insert("steadfast.dev/protect".to_owned(), protected.into());
    }
    if draw.percent(6) {
        let applied = r#"{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":2}}}}"#;
        let applied = *draw.pick(&[applied, "{}", "no JSON"]);
        annotations.insert(
            "kubectl.kubernetes.io/last-applied-configuration".to_owned(),
            applied.into(),
        );
    }
    annotations
}

pub fn strategy(draw: &mut Draw) -> Value {
    let mut rolling = json!({"partition": *draw.weighted(&[(6, 0), (1, 1), (1, 3), (1, 100)])});
    if draw.percent(20) {
        rolling["maxUnavailable"] = draw.pick(&[json!(2), json!("50%")]).clone();
    }
    match draw.percent(12) {
        true => json!({"type": "OnDelete"}),
        false => json!({"type": "RollingUpdate", "rollingUpdate": rolling}),
    }
}

fn claims(draw: &mut Draw) -> Vec<Value> {
    let count = *draw.weighted(&[(6, 1), (2, 2), (1, 3)]);
    let names = (0..count).map(|at| match draw.percent(90) {
        true => CLAIMS[at],
        false => CLAIMS[0],
    });
    let names: Vec<&str> = names.collect();
    let claim = |name: &str| {
        let mut spec = json!({"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": *draw.pick(&["1Gi", "10Gi", "1024Mi"])}}});
        if draw.percent(40) {
            spec["storageClassName"] = json!(*draw.pick(&["fast", "slow"]));
        }
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec,
            "status": {"phase": "Pending"}})
    };
    names.into_iter().map(claim).collect()
}

pub fn template(app: &str, draw: &mut Draw) -> Value {
    let mounts: Vec<Value> = CLAIMS
        .iter()
        .filter(|_| draw.percent(85))
        .map(|name| json!({"name": name, "mountPath": format!("/{name}")}))
        .collect();
    let list = *draw.weighted(&[(8, "containers"), (1, "initContainers")]);
    let image = format!("db:{}", draw.below(3));
    let mut spec = json!({"containers": [{"name": "db", "image": image, "imagePullPolicy": "IfNotPresent",
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}],
        "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
        "terminationGracePeriodSeconds": 30, "securityContext": {}});
    if list == "initContainers" {
        spec[list] = json!([{"name": "first", "image": "db:0", "imagePullPolicy": "IfNotPresent",
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}]);
    }
    spec[list][0]["volumeMounts"] = mounts.into();
    // The mounts of what is no claim template need a volume.
    let mut volumes: Vec<Value> = Vec::new();
    for name in CLAIMS {
        if draw.percent(8) {
            volumes.push(json!({"name": name, "emptyDir": {}}));
        }
    }
    if !volumes.is_empty() {
        spec["volumes"] = volumes.into();
    }
    let mut labels = json!({"app": app});
    if draw.percent(15) {
        labels["tier"] = json!("back");
    }
    json!({"metadata": {"labels": labels}, "spec": spec})
}
