//! All records of a zone, as if everything that there is were asked for.

use crate::sorted::SortedSet;

use super::address::{Host, reverse};
use super::find::endpoint_name;
use super::lookup::lookup;
use super::record::{Kind, Record};
use super::service::{Service, ServiceKind};
use super::{Zone, is_name};

/// Every name that can have records is asked for them, except those of endpoints, of which there may be thousands: their
/// records are written straight from the slices.
pub(super) fn records(zone: &Zone) -> Vec<Record> {
    let mut records = SortedSet::new();
    let mut reversed = SortedSet::new();
    let domain = &zone.settings.cluster_domain;
    for service in zone.facts.services.iter().flatten() {
        let own = format!("{}.svc.{domain}", service.key());
        for kind in [Kind::A, Kind::Aaaa, Kind::Cname] {
            let found = lookup(zone, &own, kind).records;
            records.extend(
                found
                    .into_iter()
                    .filter(|record| record.name == own && record.kind == kind),
            );
        }
        for (port, protocol) in ports(zone, service) {
            let name = format!("_{port}._{}.{own}", protocol.to_ascii_lowercase());
            records.extend(lookup(zone, &name, Kind::Srv).records);
        }
        reversed.extend(service.cluster_ips.iter().cloned());
        if service.kind != ServiceKind::ExternalName {
            endpoints(zone, service, &own, &mut records);
        }
    }
    reversed.extend(zone.facts.addressed.keys().cloned());
    for address in reversed.iter().filter_map(|address| address.parse().ok()) {
        let asked = lookup(zone, &reverse(address), Kind::Ptr);
        records.extend(asked.records);
    }
    records.into_iter().collect()
}

/// The named ports of a Service and of its endpoints.
fn ports(zone: &Zone, service: &Service) -> SortedSet<(String, String)> {
    let of_endpoints = zone
        .facts
        .slices_of(&service.key())
        .flat_map(|slice| &slice.ports);
    let mut ports: SortedSet<(String, String)> = match service.kind {
        ServiceKind::Headless => of_endpoints
            .map(|port| (port.name.clone(), port.protocol.clone()))
            .collect(),
        ServiceKind::ClusterIp => {
            let own = service.ports.iter();
            own.map(|port| (port.name.clone(), port.protocol.clone()))
                .collect()
        }
        ServiceKind::ExternalName => SortedSet::new(),
    };
    ports.retain(|(name, protocol)| !name.is_empty() && !protocol.is_empty());
    ports
}

fn endpoints(zone: &Zone, service: &Service, own: &str, records: &mut SortedSet<Record>) {
    for slice in zone.facts.slices_of(&service.key()) {
        for address in &slice.addresses {
            let kind = match address.host {
                Host::V4(_) | Host::PlannedV4 => Kind::A,
                Host::V6(_) | Host::PlannedV6 => Kind::Aaaa,
                Host::Name => continue,
            };
            let name = endpoint_name(address, own);
            if address.hostname.is_empty() || !is_name(&name) {
                continue;
            }
            records.insert(Record {
                name,
                kind,
                ttl: zone.settings.ttl,
                data: address.host.data(),
                pod: address.pod.clone(),
            });
        }
    }
}
