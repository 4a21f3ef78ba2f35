//! The slices of a set that has no Pods yet: what there will be once it is stable.

use super::address::Host;
use super::service::{Service, ServiceKind};
use super::slice::{Address, Port, Slice};
use super::{Facts, Settings};

/// More than this is not foreseen ordinal by ordinal: such a Service answers with a part of its addresses only.
pub(super) const MOST: u64 = 10_000;

/// Slices of the Services that select the template's labels. The set names the Pods after themselves and its governing
/// Service (`pkg/controller/statefulset/stateful_set_utils.go`, `initIdentity`).
pub(super) fn slices(facts: &Facts, settings: &Settings) -> Vec<Slice> {
    let Some(set) = &facts.set else {
        return Vec::new();
    };
    let near = facts.services.iter().flatten();
    let near = near.filter(|service| service.namespace == set.namespace);
    let selecting = near
        .filter(|service| service.kind != ServiceKind::ExternalName && service.selects(&set.template.labels));
    let mut slices = Vec::new();
    for service in selecting {
        let mut ports = set.template.ports_for(service);
        if ports.is_empty() {
            ports.push(Port::NONE);
        }
        for host in hosts(service) {
            let pods = set.ordinals().take(usize::try_from(MOST).unwrap_or(usize::MAX));
            let addresses = pods.map(|ordinal| {
                let pod = set.pod_name(ordinal);
                let hostname = if service.name == set.service {
                    pod.as_str()
                } else {
                    ""
                };
                let mut address = Address::new("", hostname, Some(&pod), settings);
                if address.hostname.is_empty() {
                    address.hostname = format!("<address-of-{pod}>");
                }
                // Distinct, so that no two are taken for one.
                address.text = format!("{pod}/{host:?}");
                Address { host, ..address }
            });
            slices.push(Slice {
                key: service.key(),
                namespace: service.namespace.clone(),
                addresses: addresses.collect(),
                ports: ports.clone(),
            });
        }
    }
    slices
}

/// The families of addresses that are to be expected: a Service that names none gets the cluster's first, taken as IPv4.
pub(super) fn hosts(service: &Service) -> Vec<Host> {
    match (service.names_families, service.families) {
        (true, [true, true]) => vec![Host::PlannedV4, Host::PlannedV6],
        (true, [false, true]) => vec![Host::PlannedV6],
        _ => vec![Host::PlannedV4],
    }
}
