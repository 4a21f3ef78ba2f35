//! A world: what a cluster holds, how its DNS is configured, and what it is asked; in the form of a line to the program.

use serde_json::{Value, json};

use super::questions::questions;
use super::{pods, slices};
use crate::worlds::Draw;

pub const NAMESPACES: [&str; 2] = ["shop", "other"];

/// Names of Services; Pods are called after them, too.
pub const NAMES: [&str; 4] = ["web", "db", "front", "x1"];

/// Names of ports, on both sides of a Service.
pub const PORTS: [&str; 4] = ["http", "metrics", "dns", "web"];

/// The world of a seed.
pub fn world(seed: u64) -> Value {
    let mut draw = Draw::of(seed ^ 0xd45);
    let domain = *draw.weighted(&[
        (6, "cluster.local"),
        (2, "k8s.example.com"),
        (1, "cluster"),
        (1, "svc.local"),
    ]);
    let mut world = json!({
        "id": seed,
        "clusterDomain": domain,
        "ttl": *draw.weighted(&[(5, 30), (3, 5), (1, 0), (1, 400), (1, 3600)]),
        "podRecords": *draw.weighted(&[(3, "insecure"), (2, "verified"), (2, "disabled")]),
        "endpointPodNames": draw.percent(20),
        "namespaces": ["shop", "other", "void"],
        "nodes": ["n1", "n2"],
    });
    let mut services = Vec::new();
    for namespace in NAMESPACES {
        for name in NAMES {
            if draw.percent(if namespace == "shop" { 75 } else { 20 }) {
                services.push(service(namespace, name, domain, services.len(), &mut draw));
            }
        }
    }
    let count = *draw.weighted(&[(2, 0), (4, 4), (8, 8), (1, 90)]);
    world["pods"] = (0..count)
        .map(|at| pods::pod(at, &mut draw))
        .collect::<Vec<Value>>()
        .into();
    draw.shuffle(&mut services);
    world["services"] = services.into();
    if draw.percent(50) {
        world["endpointSlices"] = slices::slices(&mut draw).into();
    }
    world["questions"] = questions(&world, &mut draw).into();
    world
}

/// A Service as an API server returns it. `at` makes its addresses its own.
fn service(namespace: &str, name: &str, domain: &str, at: usize, draw: &mut Draw) -> Value {
    let kind = *draw.weighted(&[(6, "headless"), (3, "clusterIp"), (2, "externalName")]);
    let mut spec = json!({});
    if kind == "externalName" {
        spec["type"] = json!("ExternalName");
        spec["externalName"] = json!(external_name(domain, draw));
        return json!({"metadata": {"name": name, "namespace": namespace}, "spec": spec});
    }
    let families: &[&str] = match *draw.weighted(&[(5, 4), (2, 6), (3, 46), (1, 64)]) {
        4 => &["IPv4"],
        6 => &["IPv6"],
        46 => &["IPv4", "IPv6"],
        _ => &["IPv6", "IPv4"],
    };
    let ips: Vec<String> = match kind {
        "headless" => vec!["None".to_owned()],
        _ => families
            .iter()
            .map(|family| match *family {
                "IPv4" => format!("10.96.0.{}", at + 1),
                _ => format!("fd00:10:96::{:x}", at + 1),
            })
            .collect(),
    };
    spec["clusterIP"] = json!(ips[0]);
    if draw.percent(95) {
        spec["clusterIPs"] = json!(ips);
    }
    if draw.percent(95) {
        spec["ipFamilies"] = json!(families);
    }
    spec["type"] = json!("ClusterIP");
    if draw.percent(90) {
        spec["selector"] = match draw.below(8) {
            0 => json!({}),
            1 => json!({"app": name, "tier": "a"}),
            _ => json!({"app": name}),
        };
    }
    if draw.percent(25) {
        spec["publishNotReadyAddresses"] = json!(true);
    }
    let least = usize::from(kind != "headless");
    let ports: Vec<Value> = (0..least.max(draw.below(4))).map(|at| port(at, draw)).collect();
    if !ports.is_empty() {
        spec["ports"] = ports.into();
    }
    json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}")}, "spec": spec})
}

fn port(at: usize, draw: &mut Draw) -> Value {
    let mut port =
        json!({"port": 80 + at, "protocol": *draw.weighted(&[(6, "TCP"), (3, "UDP"), (1, "SCTP")])});
    if at > 0 || draw.percent(80) {
        port["name"] = json!(PORTS[at]);
    }
    port["targetPort"] = match draw.percent(50) {
        true => json!(*draw.pick(&PORTS)),
        false => json!(8000 + draw.below(3)),
    };
    port
}

/// What an ExternalName stands for: something elsewhere, or a name of the cluster, with circles and dead ends.
fn external_name(domain: &str, draw: &mut Draw) -> String {
    let name = *draw.pick(&NAMES);
    let namespace = *draw.pick(&NAMESPACES);
    let dot = if draw.percent(15) { "." } else { "" };
    match draw.below(8) {
        0 | 1 => format!("db.example.com{dot}"),
        2..=4 => format!("{name}.{namespace}.svc.{domain}{dot}"),
        5 => format!("{name}-0.{name}.{namespace}.svc.{domain}"),
        6 => "10.9.8.7".to_owned(),
        _ => (*draw.pick(&[
            format!("{namespace}.svc.{domain}"),
            domain.to_owned(),
            "1.0.96.10.in-addr.arpa".to_owned(),
            format!("10-1-0-1.{namespace}.pod.{domain}"),
        ]))
        .clone(),
    }
}
