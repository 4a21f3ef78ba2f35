//! What lives apply: sets, and Pods that nobody owns. All in Go's typed normal form but for defaults, so that revisions have the
//! names that upstream gives them.

use serde_json::{Value, json};
use steadfast_core::Profile;

use super::timeless;
use crate::worlds::Draw;

/// Images that can be pulled.
pub(super) const IMAGES: [&str; 4] = ["nginx:1.25", "nginx:1.26", "nginx:1.27", "nginx:1.28"];

/// An image that cannot.
pub(super) const BROKEN: &str = "nginx:broken";

/// The set as it is at first.
pub(super) fn first_set(draw: &mut Draw, profile: &Profile) -> Value {
    let templates: &[&str] = match draw.below(5) {
        0 | 1 => &["data"],
        2 => &["data", "logs"],
        _ => &[],
    };
    let claims: Vec<Value> = templates
        .iter()
        .map(|name| {
            json!({"metadata": {"name": name}, "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
        })
        .collect();
    let mounts: Vec<Value> = templates
        .iter()
        .map(|name| json!({"name": name, "mountPath": format!("/{name}")}))
        .collect();
    let mut container = json!({"name": "nginx", "image": *draw.pick(&IMAGES)});
    if !mounts.is_empty() {
        container["volumeMounts"] = json!(mounts);
    }
    if draw.one_in(3) {
        container["readinessProbe"] =
            json!({"httpGet": {"port": 80}, "initialDelaySeconds": draw.between(1, 3), "periodSeconds": 2});
    }
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": match draw.one_in(25) { true => 6 + draw.below(7), false => draw.below(5) },
            "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "updateStrategy": strategy(draw, false),
            "template": {"metadata": {"labels": {"app": "web"}},
                "spec": {"terminationGracePeriodSeconds": 10, "containers": [container]}}}});
    if !claims.is_empty() {
        set["spec"]["volumeClaimTemplates"] = json!(claims);
        set["spec"]["persistentVolumeClaimRetentionPolicy"] = retention(draw);
    }
    if draw.percent(45) {
        set["spec"]["podManagementPolicy"] = json!("Parallel");
    }
    if !timeless(profile) && draw.percent(30) {
        set["spec"]["minReadySeconds"] = json!(*draw.pick(&[1, 3, 10, 40]));
    }
    if draw.one_in(4) {
        set["spec"]["revisionHistoryLimit"] = json!(draw.below(3));
    }
    if draw.one_in(8) {
        set["spec"]["ordinals"] = json!({"start": draw.between(1, 3)});
    }
    set
}

/// An update strategy.
pub(super) fn strategy(draw: &mut Draw, has_recreate: bool) -> Value {
    match draw.below(if has_recreate { 14 } else { 10 }) {
        0 => json!({"type": "OnDelete"}),
        1 => json!({"type": "RollingUpdate"}),
        2 | 3 => json!({"type": "RollingUpdate", "rollingUpdate": {"partition": draw.below(4)}}),
        4 => json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1 + draw.below(3)}}),
        5 => {
            json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": *draw.pick(&["10%", "50%", "100%"])}})
        }
        10.. => json!({"type": "Recreate"}),
        _ => json!({}),
    }
}

/// What becomes of claims.
pub(super) fn retention(draw: &mut Draw) -> Value {
    let keep = ["Retain", "Delete"];
    json!({"whenDeleted": *draw.pick(&keep), "whenScaled": *draw.pick(&keep)})
}

/// A Pod that nobody owns, with a name of the set's.
pub(super) fn orphan(ordinal: usize, set: &Value) -> Value {
    let mut pod = set["spec"]["template"].clone();
    let spec = pod["spec"].as_object_mut().expect("a template has a spec");
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        container
            .as_object_mut()
            .expect("a container")
            .remove("volumeMounts");
    }
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("web-{ordinal}"), "labels": pod["metadata"]["labels"]}, "spec": pod["spec"]})
}
