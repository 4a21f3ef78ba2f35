//! EndpointSlices, also as nobody's controller writes them.

use serde_json::{Value, json};

use super::world::{NAMES, PORTS};
use crate::worlds::Draw;

pub fn slices(draw: &mut Draw) -> Vec<Value> {
    let count = draw.below(9);
    (0..count).map(|at| slice(at, draw)).collect()
}

fn slice(at: usize, draw: &mut Draw) -> Value {
    let service = *draw.pick(&NAMES);
    let namespace = if draw.percent(85) { "shop" } else { "other" };
    let kind = *draw.weighted(&[(8, "IPv4"), (5, "IPv6"), (1, "FQDN")]);
    let mut metadata = json!({"name": format!("{service}-{at}"), "namespace": namespace});
    if draw.percent(96) {
        metadata["labels"] = json!({"kubernetes.io/service-name": service});
    }
    // Enough for a datagram to be too small, now and then.
    let size = *draw.weighted(&[(20, 5), (3, 40), (2, 200)]);
    let count = draw.below(size);
    let endpoints: Vec<Value> = (0..count).map(|at| endpoint(at, service, kind, draw)).collect();
    let mut slice = json!({"metadata": metadata, "addressType": kind, "endpoints": endpoints});
    let count = draw.below(4);
    if count > 0 {
        let ports: Vec<Value> = (0..count).map(|_| port(draw)).collect();
        slice["ports"] = ports.into();
    }
    slice
}

fn port(draw: &mut Draw) -> Value {
    let mut port = json!({});
    if draw.percent(90) {
        port["name"] = json!(if draw.percent(90) { *draw.pick(&PORTS) } else { "" });
    }
    if draw.percent(92) {
        port["port"] = json!(8000 + draw.below(3));
    }
    if draw.percent(92) {
        port["protocol"] = json!(*draw.weighted(&[(3, "TCP"), (1, "UDP")]));
    }
    port
}

fn endpoint(at: usize, service: &str, kind: &str, draw: &mut Draw) -> Value {
    let addresses: Vec<String> = match kind {
        "FQDN" => vec![
            (*draw.pick(&[
                "a.example.com",
                "b.example.com.",
                "web.shop.svc.cluster.local",
                "alone",
            ]))
            .to_owned(),
        ],
        "IPv4" => vec![four(at, draw)],
        _ => vec![six(at, draw)],
    };
    let mut endpoint = json!({"addresses": addresses});
    if draw.percent(8) {
        let more = if kind == "IPv6" {
            six(at + 200, draw)
        } else {
            four(at + 200, draw)
        };
        endpoint["addresses"]
            .as_array_mut()
            .expect("made above")
            .push(more.into());
    }
    match draw.below(12) {
        0 => {}
        1 => endpoint["conditions"] = json!({}),
        2 | 3 => endpoint["conditions"] = json!({"ready": false, "serving": draw.percent(50)}),
        _ => endpoint["conditions"] = json!({"ready": true}),
    }
    match draw.below(10) {
        0 | 1 => {}
        2 => endpoint["hostname"] = json!("same"),
        _ => endpoint["hostname"] = json!(format!("{service}-{at}")),
    }
    if draw.percent(80) {
        let long = "p".repeat(62 + draw.below(4));
        let name = if draw.percent(90) {
            format!("{service}-{at}")
        } else {
            long
        };
        endpoint["targetRef"] = json!({"kind": "Pod", "name": name, "namespace": "shop"});
    }
    endpoint
}

fn four(at: usize, draw: &mut Draw) -> String {
    match draw.below(25) {
        0 => "10.1.0.1".to_owned(),
        1 => "10.96.0.2".to_owned(),
        _ => format!("10.2.{}.{}", at / 200, at % 200),
    }
}

fn six(at: usize, draw: &mut Draw) -> String {
    match draw.below(12) {
        0 => format!("FD00:2::{at:X}"),
        1 => format!("fd00:2:0:0:0:0:0:{at:x}"),
        2 => format!("fd00:{at:x}::"),
        3 => format!("::ffff:10.2.0.{}", at % 200),
        _ => format!("fd00:2::{at:x}"),
    }
}
