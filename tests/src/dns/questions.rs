//! Questions about a world: about everything that there is, and beside it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use super::world::{NAMES, PORTS};
use crate::worlds::Draw;

const KINDS: [&str; 5] = ["A", "AAAA", "SRV", "PTR", "CNAME"];

/// How many are asked of a world.
const ASKED: usize = 30;

pub fn questions(world: &Value, draw: &mut Draw) -> Vec<Value> {
    let addresses = addresses(world);
    let reversed: Vec<String> = addresses.iter().filter_map(|address| reverse(address)).collect();
    (0..ASKED)
        .map(|_| {
            let kinds = *draw.weighted(&[
                (30, Part::Service),
                (16, Part::Endpoint),
                (8, Part::Dashed),
                (16, Part::Port),
                (5, Part::Pod),
                (12, Part::Reverse),
                (10, Part::Beside),
            ]);
            question(kinds, world, &addresses, &reversed, draw)
        })
        .collect()
}

/// What a question is about.
#[derive(Clone, Copy)]
enum Part {
    Service,
    Endpoint,
    Dashed,
    Port,
    Pod,
    Reverse,
    Beside,
}

fn question(part: Part, world: &Value, addresses: &[String], reversed: &[String], draw: &mut Draw) -> Value {
    let domain = world["clusterDomain"].as_str().unwrap_or_default();
    let (service, namespace) = service(world, draw);
    let own = format!("{service}.{namespace}.svc.{domain}");
    let dashed = draw.pick(addresses).replace(['.', ':'], "-");
    let name = match part {
        Part::Service => own,
        Part::Endpoint => match draw.below(12) {
            0 => format!("same.{own}"),
            1 => format!("a.b.c.{own}"),
            _ => {
                let most = *draw.weighted(&[(4, 6), (1, 60)]);
                format!(
                    "{}-{}.{own}",
                    *draw.pick(&[service.as_str(), "web"]),
                    draw.below(most)
                )
            }
        },
        Part::Dashed => format!("{dashed}{}.{own}", if draw.percent(30) { "0" } else { "" }),
        Part::Port => port(&own, draw),
        Part::Pod => format!(
            "{dashed}.{}.pod.{domain}",
            *draw.pick(&["shop", "shop", "other", "nowhere"])
        ),
        Part::Reverse if !reversed.is_empty() => draw.pick(reversed).clone(),
        Part::Reverse | Part::Beside => draw.pick(&beside(domain)).clone(),
    };
    let kind = match part {
        Part::Reverse => *draw.weighted(&[(9, "PTR"), (1, "A")]),
        Part::Port => *draw.weighted(&[(9, "SRV"), (1, "A"), (1, "CNAME")]),
        _ => *draw.weighted(&[
            (8, KINDS[0]),
            (5, KINDS[1]),
            (3, KINDS[2]),
            (1, KINDS[3]),
            (2, KINDS[4]),
        ]),
    };
    let name = if draw.percent(10) {
        capitals(&name, draw)
    } else {
        name
    };
    let dot = if draw.percent(20) { "." } else { "" };
    // Where slices are made from Pods, upstream gives them in a random order; the number that fits depends on it unless all
    // are of one length.
    let is_ordered = world.get("endpointSlices").is_some();
    let may_be_cut = is_ordered || matches!(kind, "A" | "AAAA");
    let size = match may_be_cut && draw.percent(40) {
        true => *draw.pick(&[512, 1232, 4096]),
        false => 0,
    };
    json!({"name": format!("{name}{dot}"), "kind": kind, "size": size})
}

/// Mostly a Service that there is.
fn service(world: &Value, draw: &mut Draw) -> (String, String) {
    let services = world["services"].as_array().map_or(&[][..], Vec::as_slice);
    if services.is_empty() || draw.percent(15) {
        let namespace = *draw.pick(&["shop", "other", "void", "nowhere"]);
        return ((*draw.pick(&NAMES)).to_owned(), namespace.to_owned());
    }
    let metadata = &draw.pick(services)["metadata"];
    let text = |field: &str| metadata[field].as_str().unwrap_or_default().to_owned();
    (text("name"), text("namespace"))
}

fn port(own: &str, draw: &mut Draw) -> String {
    match draw.below(20) {
        0 => format!("_._tcp.{own}"),
        1 => format!("_none._tcp.{own}"),
        _ => {
            let protocol = *draw.weighted(&[(10, "_tcp"), (5, "_udp"), (1, "tcp"), (1, "_sctp")]);
            let underscore = if draw.percent(90) { "_" } else { "" };
            format!("{underscore}{}.{protocol}.{own}", *draw.pick(&PORTS))
        }
    }
}

/// What nobody should have, and what has no meaning.
fn beside(domain: &str) -> Vec<String> {
    let mut names: Vec<String> = [
        "example.com",
        "in-addr.arpa",
        "ip6.arpa",
        "svc.in-addr.arpa",
        "web.shop.svc.in-addr.arpa",
        "10.in-addr.arpa",
        "0.0.0.0.5.in-addr.arpa",
        "01.0.1.10.in-addr.arpa",
        "1.0.1.10.ip6.arpa",
        "d.f.ip6.arpa",
        "local",
        "alone",
    ]
    .map(str::to_owned)
    .into();
    names.push(domain.to_owned());
    for below in [
        "shop.svc",
        "void.svc",
        "nowhere.svc",
        "shop.pod",
        "nowhere.pod",
        "svc",
        "pod",
        "dns",
        "ns.dns",
        "x.ns.dns",
        "web.shop.nothing",
        "1-2-3.shop.pod",
        "1-2-3-4.shop.pod",
        "x.1-2-3-4.shop.pod",
        "fd00--1.shop.pod",
        "1-2-3-4.nowhere.pod",
        "--.shop.pod",
    ] {
        names.push(format!("{below}.{domain}"));
    }
    names
}

/// Every address of the world, as it is written there.
fn addresses(world: &Value) -> Vec<String> {
    let mut found: BTreeSet<String> = ["10.9.9.9".to_owned()].into();
    let mut add = |value: &Value| found.extend(value.as_str().map(str::to_owned));
    for service in world["services"].as_array().into_iter().flatten() {
        let ips = service["spec"]["clusterIPs"].as_array();
        ips.into_iter().flatten().for_each(&mut add);
    }
    for pod in world["pods"].as_array().into_iter().flatten() {
        let ips = pod["status"]["podIPs"].as_array();
        ips.into_iter().flatten().for_each(|ip| add(&ip["ip"]));
    }
    for slice in world["endpointSlices"].as_array().into_iter().flatten() {
        for endpoint in slice["endpoints"].as_array().into_iter().flatten() {
            endpoint["addresses"]
                .as_array()
                .into_iter()
                .flatten()
                .for_each(&mut add);
        }
    }
    found.retain(|address| address != "None" && !address.ends_with('.'));
    found.into_iter().collect()
}

fn reverse(address: &str) -> Option<String> {
    Some(match address.parse().ok()? {
        IpAddr::V4(four) => {
            let octets = four.octets().map(|octet| octet.to_string());
            format!(
                "{}.{}.{}.{}.in-addr.arpa",
                octets[3], octets[2], octets[1], octets[0]
            )
        }
        IpAddr::V6(six) => {
            let digits: String = six.octets().iter().map(|octet| format!("{octet:02x}")).collect();
            let digits: Vec<String> = digits.chars().rev().map(String::from).collect();
            format!("{}.ip6.arpa", digits.join("."))
        }
    })
}

fn capitals(name: &str, draw: &mut Draw) -> String {
    let letters = name.chars();
    letters
        .map(|letter| {
            if draw.percent(40) {
                letter.to_ascii_uppercase()
            } else {
                letter
            }
        })
        .collect()
}
