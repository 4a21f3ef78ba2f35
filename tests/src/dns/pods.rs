//! Pods: in every state that an endpoint can be in.

use serde_json::{Value, json};

use super::world::{NAMES, NAMESPACES, PORTS};
use crate::worlds::Draw;

pub fn pod(at: usize, draw: &mut Draw) -> Value {
    let set = *draw.pick(&NAMES[..2]);
    let namespace = if draw.percent(85) {
        "shop"
    } else {
        *draw.pick(&NAMESPACES)
    };
    let name = format!("{set}-{at}");
    let mut labels = json!({"app": if draw.percent(90) { set } else { *draw.pick(&NAMES) }});
    if draw.percent(50) {
        labels["tier"] = json!("a");
    }
    let mut metadata =
        json!({"name": name, "namespace": namespace, "labels": labels, "uid": format!("u-{at}")});
    if draw.percent(8) {
        metadata["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    }
    let mut spec = json!({"containers": [container("main", draw)]});
    match draw.below(10) {
        0 => {}
        1 => spec["hostname"] = json!("same"),
        _ => spec["hostname"] = json!(name),
    }
    match draw.below(10) {
        0 => {}
        1 => spec["subdomain"] = json!(*draw.pick(&NAMES)),
        _ => spec["subdomain"] = json!(set),
    }
    if draw.percent(95) {
        spec["nodeName"] = json!(*draw.weighted(&[(8, "n1"), (8, "n2"), (1, "gone")]));
    }
    if draw.percent(15) {
        let mut sidecar = container("side", draw);
        if draw.percent(70) {
            sidecar["restartPolicy"] = json!("Always");
        }
        spec["initContainers"] = json!([sidecar]);
    }
    let mut status = json!({"phase": *draw.weighted(
        &[(14, "Running"), (3, "Pending"), (1, "Succeeded"), (1, "Failed"), (1, "Unknown")])});
    let ips = addresses(at, draw);
    if let Some(first) = ips.first() {
        status["podIP"] = json!(first);
        let ips: Vec<Value> = ips.iter().map(|ip| json!({"ip": ip})).collect();
        status["podIPs"] = ips.into();
    }
    if draw.percent(90) {
        let mut conditions = vec![json!({"type": "Ready", "status": *draw.weighted(
            &[(8, "True"), (3, "False"), (1, "Unknown")])})];
        if draw.percent(20) {
            conditions.insert(0, json!({"type": "Initialized", "status": "True"}));
        }
        status["conditions"] = conditions.into();
    }
    json!({"metadata": metadata, "spec": spec, "status": status})
}

fn container(name: &str, draw: &mut Draw) -> Value {
    let count = draw.below(3);
    let ports = (0..count).map(|at| {
        let mut port =
            json!({"containerPort": 9000 + at, "protocol": *draw.weighted(&[(4, "TCP"), (1, "UDP")])});
        if draw.percent(85) {
            port["name"] = json!(*draw.pick(&PORTS));
        }
        port
    });
    let ports: Vec<Value> = ports.collect();
    json!({"name": name, "ports": ports})
}

/// Mostly one or both families; at times none, another Pod's, or one in an unusual form.
fn addresses(at: usize, draw: &mut Draw) -> Vec<String> {
    let four = match draw.below(30) {
        0 => "10.01.0.05".to_owned(),
        1 => "::ffff:10.1.0.6".to_owned(),
        2 => "10.1.0.1".to_owned(),
        3 => "10.96.0.1".to_owned(),
        _ => format!("10.1.{}.{}", at / 200, at % 200),
    };
    let six = match draw.below(20) {
        0 => format!("FD00:1:0:0:0:0:0:{at:X}"),
        1 => format!("fd00:{at:x}::"),
        2 => format!("::{at:x}:1"),
        _ => format!("fd00:1::{at:x}"),
    };
    match draw.below(12) {
        0 => Vec::new(),
        1..=6 => vec![four],
        7 | 8 => vec![six],
        9 | 10 => vec![four, six],
        _ => vec![six, four],
    }
}
