//! EndpointSlices as the EndpointSlice controller makes them from Pods.

use crate::sorted::SortedMap;
use std::net::IpAddr;

use super::pod::Pod;
use super::service::{Service, ServiceKind};
use super::slice::{Address, Port, Slice};
use super::{Facts, Settings};

/// The slices of all Services that have a selector. One slice stands for all of an address family and set of ports: DNS
/// does not show that they hold at most 100 endpoints each.
///
/// Source: `k8s.io/kubernetes/pkg/controller/endpointslice`, `syncService`; `k8s.io/endpointslice`, `reconcileByAddressType`
/// and `podToEndpoint`.
pub(super) fn slices(facts: &Facts, settings: &Settings) -> Vec<Slice> {
    let mut pods: Vec<&Pod> = facts.pods.iter().flatten().collect();
    pods.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    let mut slices = Vec::new();
    for service in facts.services.iter().flatten() {
        if service.kind == ServiceKind::ExternalName {
            continue;
        }
        let near = pods.iter().filter(|pod| pod.namespace == service.namespace);
        let selected: Vec<&Pod> = near.copied().filter(|pod| service.selects(&pod.labels)).collect();
        for is_six in [false, true] {
            let [four, six] = service.families;
            if if is_six { six } else { four } {
                slices.extend(of_family(service, &selected, is_six, facts, settings));
            }
        }
    }
    slices
}

fn of_family(
    service: &Service,
    pods: &[&Pod],
    is_six: bool,
    facts: &Facts,
    settings: &Settings,
) -> Vec<Slice> {
    let mut by_ports: SortedMap<Vec<Port>, Vec<Address>> = SortedMap::new();
    for pod in pods {
        if !has_endpoint(service, pod, facts) || !is_served(service, pod) {
            continue;
        }
        let hostname = match pod.subdomain == service.name {
            true => pod.hostname.as_str(),
            false => "",
        };
        let of_family = pod
            .addresses
            .iter()
            .filter(|address| matches!(address, IpAddr::V6(_)) == is_six);
        let found = of_family.map(|ip| Address::new(&ip.to_string(), hostname, Some(&pod.name), settings));
        by_ports.change(pod.ports_for(service), |addresses| addresses.extend(found));
    }
    let slices = by_ports.into_iter().map(|(mut ports, addresses)| {
        if ports.is_empty() {
            ports.push(Port::NONE);
        }
        Slice {
            key: service.key(),
            namespace: service.namespace.clone(),
            addresses,
            ports,
        }
    });
    slices.collect()
}

/// Whether the Pod stands in the slices at all, ready or not: it has an address, has not ended, and its node is there.
pub(super) fn has_endpoint(service: &Service, pod: &Pod, facts: &Facts) -> bool {
    let is_node_there = facts.nodes.as_ref().is_none_or(|nodes| nodes.contains(&pod.node));
    !pod.is_finished() && !pod.addresses.is_empty() && (is_node_there || service.publishes_not_ready)
}

/// Whether its endpoint is ready, which is what DNS asks.
pub(super) fn is_served(service: &Service, pod: &Pod) -> bool {
    service.publishes_not_ready || (pod.is_ready && !pod.is_terminating)
}
