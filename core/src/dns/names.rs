//! Whether the names of a set's Pods resolve.

use crate::sorted::SortedSet;
use std::net::IpAddr;

use serde::Serialize;

use super::derived::{has_endpoint, is_served};
use super::lookup::lookup;
use super::planned::MOST;
use super::pod::Pod;
use super::record::Kind;
use super::service::{Service, ServiceKind};
use super::set::Set;
use super::why::{Caveat, Why};
use super::{Zone, is_name};
use crate::membership;

/// The name of an ordinal's Pod, and whether it resolves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NameState {
    /// The ordinal.
    pub ordinal: u64,
    /// Its Pod's name, whether there is one or not.
    pub pod: String,
    /// The set should have it: a Pod without this is to go.
    pub is_wanted: bool,
    /// The Pod's whole name, `web-0.web.shop.svc.cluster.local`; nothing where the set has no serviceName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name has an address; where the zone is planned, it will, once the set is stable.
    pub resolves: bool,
    /// Its addresses, as far as they are known.
    pub addresses: Vec<String>,
    /// Why it does not resolve: what has to be so first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// The same as a sentence, without a full stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What would help, where there is something to do but wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// What is to be known although it resolves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Caveat>,
}

/// The names of the set's Pods by ordinal: of all that should have a Pod (of the first 10,000, where there are more), and of
/// Pods that should go. Empty where the observation had no set.
pub fn names(zone: &Zone) -> Vec<NameState> {
    let Some(set) = &zone.facts.set else {
        return Vec::new();
    };
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let mut ordinals: SortedSet<u64> = set.ordinals().take(most).collect();
    let near = zone.facts.pods.iter().flatten();
    let own = near
        .filter(|pod| pod.namespace == set.namespace)
        .filter_map(|pod| {
            let member = membership(&pod.name).filter(|member| member.parent == set.name)?;
            let ordinal = member.ordinal?.number();
            (set.pod_name(ordinal) == pod.name).then_some(ordinal)
        });
    ordinals.extend(own);
    ordinals
        .into_iter()
        .map(|ordinal| state(zone, set, ordinal))
        .collect()
}

fn state(zone: &Zone, set: &Set, ordinal: u64) -> NameState {
    let pod = set.pod_name(ordinal);
    let domain = &zone.settings.cluster_domain;
    let name = format!("{pod}.{}.{}.svc.{domain}", set.service, set.namespace);
    let mut state = NameState {
        ordinal,
        is_wanted: set.ordinals().contains(&ordinal),
        name: (!set.service.is_empty()).then(|| name.clone()),
        resolves: false,
        addresses: Vec::new(),
        why: None,
        message: None,
        advice: None,
        caveat: None,
        pod,
    };
    let service = zone.facts.service(&set.namespace, &set.service);
    if state.name.is_some() {
        for kind in [Kind::A, Kind::Aaaa] {
            let found = lookup(zone, &name, kind).records;
            state.resolves |= !found.is_empty();
            let known = found
                .into_iter()
                .filter(|record| record.kind == kind && !record.data.is_empty());
            state.addresses.extend(known.map(|record| record.data));
        }
    }
    if state.resolves {
        state.caveat = service
            .filter(|service| service.kind != ServiceKind::Headless)
            .map(|service| Caveat::NotHeadless {
                service: service.name.clone(),
            });
        return state;
    }
    let why = why(zone, set, service, &state.pod, &name);
    state.message = Some(why.to_string());
    state.advice = why.advice();
    state.why = Some(why);
    state
}

/// The first thing in the way, in the order in which each needs the one before.
fn why(zone: &Zone, set: &Set, service: Option<&Service>, pod: &str, name: &str) -> Why {
    let of_set = || set.service.clone();
    if set.service.is_empty() {
        return Why::NoServiceName;
    }
    if !is_name(name) {
        return Why::NameTooLong {
            name: name.to_owned(),
        };
    }
    let Some(service) = service else {
        return match zone.facts.services {
            None => Why::ServiceUnseen { service: of_set() },
            Some(_) => Why::ServiceMissing { service: of_set() },
        };
    };
    if service.kind == ServiceKind::ExternalName {
        return Why::ExternalName {
            service: of_set(),
            external_name: service.external_name.clone(),
        };
    }
    let has_slices = zone.facts.slices_of(&service.key()).next().is_some();
    if service.selector.is_empty() && !has_slices {
        return Why::NoSelector { service: of_set() };
    }
    let not_in_slices = Why::NotInSlices {
        pod: pod.to_owned(),
        service: of_set(),
    };
    match &zone.facts.pods {
        None if zone.is_planned => selection(service, &set.template, pod).unwrap_or(not_in_slices),
        None => not_in_slices,
        Some(_) => {
            let found = zone.facts.pod(&set.namespace, pod);
            match found {
                None => Why::PodMissing { pod: pod.to_owned() },
                Some(found) => of_pod(zone, service, found).unwrap_or(not_in_slices),
            }
        }
    }
}

fn selection(service: &Service, labels_of: &Pod, pod: &str) -> Option<Why> {
    // Slices of a Service without a selector are written by somebody else, who may choose as they like.
    let lacking = service.lacking(&labels_of.labels);
    let lacking: Vec<String> = lacking.map(|(key, value)| format!("{key}={value}")).collect();
    (!lacking.is_empty()).then(|| Why::SelectorMismatch {
        service: service.name.clone(),
        pod: pod.to_owned(),
        lacking,
    })
}

fn of_pod(zone: &Zone, service: &Service, found: &Pod) -> Option<Why> {
    let pod = found.name.clone();
    if let Some(mismatch) = selection(service, found, &pod) {
        return Some(mismatch);
    }
    if found.subdomain != service.name {
        let (service, subdomain) = (service.name.clone(), found.subdomain.clone());
        return Some(Why::OtherSubdomain {
            pod,
            service,
            subdomain,
        });
    }
    if found.hostname != found.name {
        let hostname = found.hostname.clone();
        return Some(Why::OtherHostname { pod, hostname });
    }
    if found.is_finished() {
        let phase = found.phase.clone();
        return Some(Why::Finished { pod, phase });
    }
    if found.addresses.is_empty() {
        return Some(Why::NoAddress { pod });
    }
    let [four, six] = service.families;
    let is_asked = |address: &IpAddr| if address.is_ipv6() { six } else { four };
    if !found.addresses.iter().any(is_asked) {
        return Some(Why::NoAddressOfFamily {
            pod,
            service: service.name.clone(),
            family: if six { "IPv6" } else { "IPv4" }.to_owned(),
        });
    }
    if !has_endpoint(service, found, &zone.facts) {
        let node = found.node.clone();
        return Some(Why::NodeMissing { pod, node });
    }
    if is_served(service, found) {
        return None;
    }
    Some(match found.is_terminating {
        true => Why::Terminating { pod },
        false => Why::NotReady {
            pod,
            service: service.name.clone(),
        },
    })
}
