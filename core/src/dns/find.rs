//! What a name stands for: CoreDNS' plugin `kubernetes`, from the name to what it finds in its caches
//! (`plugin/kubernetes/parse.go`, `parseRequest`; `plugin/kubernetes/kubernetes.go`, `Records` and `findServices`).

use super::address::Host;
use super::service::{Service, ServiceKind};
use super::slice::{Address, Port, Slice};
use super::{PodRecords, Zone};

/// The zones below which the plugin answers, as kubeadm configures it.
const REVERSE_ZONES: [&str; 2] = ["in-addr.arpa", "ip6.arpa"];

/// The name does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoName;

/// One thing that a name stands for.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// An address, or a name.
    pub text: String,
    pub host: Host,
    /// Nothing: no port is declared, and there is no SRV record.
    pub port: Option<i32>,
    /// The name that an SRV record gives it.
    pub target: String,
    pub pod: Option<String>,
}

/// A question's name and the zone that it lies in.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// As it was asked, without the dot at its end.
    pub name: String,
    /// In small letters.
    pub lower: String,
    /// The zone, as it was asked.
    pub zone: String,
    /// How many labels stand before the zone.
    labels: usize,
}

impl Question {
    /// Nothing: no zone of the plugin's has the name.
    pub fn of(name: &str, zone: &Zone) -> Option<Self> {
        let zones = REVERSE_ZONES
            .into_iter()
            .chain([zone.settings.cluster_domain.as_str()]);
        let zone = zones
            .filter(|zone| is_below(name, zone))
            .max_by_key(|zone| zone.len())?;
        Some(Self::in_zone(name, zone))
    }

    /// `name` is below `zone`.
    pub fn in_zone(name: &str, zone: &str) -> Self {
        let labels: Vec<&str> = name.split('.').collect();
        let before = labels.len().saturating_sub(zone.split('.').count());
        Self {
            lower: name.to_ascii_lowercase(),
            zone: labels.get(before..).unwrap_or_default().join("."),
            name: name.to_owned(),
            labels: before,
        }
    }

    /// In a zone whose unknown names are handed on to the next plugin.
    pub fn falls_through(&self) -> bool {
        REVERSE_ZONES.iter().any(|zone| is_below(&self.name, zone))
    }

    /// The name servers' own names, for which the plugin gives the addresses that it listens on: they are not known here.
    pub fn is_of_server(&self) -> bool {
        self.lower.strip_prefix("ns.dns.") == Some(self.zone.as_str())
    }

    pub fn parse(&self) -> Result<Request<'_>, NoName> {
        let mut labels: Vec<&str> = self.lower.split('.').take(self.labels).collect();
        let mut request = Request::default();
        let Some(root) = labels.pop() else {
            return Ok(request);
        };
        if root != "svc" && root != "pod" {
            return Err(NoName);
        }
        if labels.is_empty() {
            return Ok(request);
        }
        request.root = root;
        request.namespace = labels.pop().unwrap_or_default();
        request.service = labels.pop().unwrap_or_default();
        match labels.as_slice() {
            [] => {}
            [endpoint] => request.endpoint = endpoint,
            [port, protocol] => {
                request.port = port.strip_prefix('_').unwrap_or(port);
                request.protocol = protocol.strip_prefix('_').unwrap_or(protocol);
            }
            _ => return Err(NoName),
        }
        Ok(request)
    }
}

/// The parts of a name; empty where it does not have them.
#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    /// `svc` or `pod`; empty for the names above namespaces.
    pub root: &'a str,
    pub namespace: &'a str,
    pub service: &'a str,
    pub endpoint: &'a str,
    pub port: &'a str,
    pub protocol: &'a str,
}

impl Request<'_> {
    /// Whether the question is about a port of this name and protocol; a question without both is about all.
    pub fn takes(&self, name: &str, protocol: &str) -> bool {
        (self.port.is_empty() || self.port.eq_ignore_ascii_case(name))
            && (self.protocol.is_empty() || self.protocol.eq_ignore_ascii_case(protocol))
    }
}

/// Whether a name is another or lies below it.
pub(super) fn is_below(name: &str, zone: &str) -> bool {
    let (mut name, mut zone) = (name.rsplit('.'), zone.rsplit('.'));
    zone.all(|label| name.next().is_some_and(|own| own.eq_ignore_ascii_case(label)))
}

/// What the name stands for; an empty list is a name that exists and has nothing.
pub(super) fn find(zone: &Zone, question: &Question) -> Result<Vec<Item>, NoName> {
    let request = question.parse()?;
    if request.root.is_empty() {
        return Ok(Vec::new());
    }
    if question.falls_through() || !zone.facts.namespaces.contains(request.namespace) {
        return Err(NoName);
    }
    match request.root {
        "pod" => pods(zone, question, &request),
        _ => services(zone, question, &request),
    }
}

/// Names made of addresses (`findPods`).
fn pods(zone: &Zone, question: &Question, request: &Request<'_>) -> Result<Vec<Item>, NoName> {
    if zone.settings.pods == PodRecords::Disabled {
        return Err(NoName);
    }
    let name = request.service;
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let is_four = name.matches('-').count() == 3 && !name.contains("--");
    let address = name.replace('-', if is_four { "." } else { ":" });
    let item = |pod: Option<&str>| Item {
        host: Host::of(&address),
        text: address.clone(),
        port: Some(0),
        target: format!("{name}.{}.pod.{}", request.namespace, question.zone),
        pod: pod.map(str::to_owned),
    };
    if zone.settings.pods == PodRecords::Insecure {
        return match Host::of(&address) {
            Host::Name => Err(NoName),
            _ => Ok(vec![item(None)]),
        };
    }
    let known = zone.facts.pods.iter().flatten();
    let known = known.filter(|pod| {
        pod.namespace == request.namespace
            && !pod.is_finished()
            && pod.phase != "Unknown"
            && pod.raw_addresses.contains(&address)
    });
    let found: Vec<Item> = known.map(|pod| item(Some(&pod.name))).collect();
    match found.is_empty() {
        true => Err(NoName),
        false => Ok(found),
    }
}

/// Services, their ports and endpoints (`findServices`).
fn services(zone: &Zone, question: &Question, request: &Request<'_>) -> Result<Vec<Item>, NoName> {
    if request.service.is_empty() {
        return Ok(Vec::new());
    }
    let Some(service) = zone.facts.service(request.namespace, request.service) else {
        return Err(NoName);
    };
    let own = format!("{}.{}.svc.{}", service.name, service.namespace, question.zone);
    if service.kind == ServiceKind::ExternalName {
        let has_part = [request.endpoint, request.port, request.protocol]
            .iter()
            .any(|part| !part.is_empty());
        return match Host::of(&service.external_name) {
            Host::Name if !has_part => Ok(vec![Item {
                text: service.external_name.clone(),
                host: Host::Name,
                port: Some(0),
                target: own,
                pod: None,
            }]),
            _ => Err(NoName),
        };
    }
    // An endpoint's name is served for every Service that has endpoints, headless or not.
    if service.kind == ServiceKind::Headless || !request.endpoint.is_empty() {
        return endpoints(zone, service, request, &own);
    }
    let no_port = [(String::new(), String::new(), None)];
    let ports: Vec<(String, String, Option<i32>)> = service
        .ports
        .iter()
        .map(|port| (port.name.clone(), port.protocol.clone(), Some(port.port)))
        .collect();
    let ports = if ports.is_empty() { &no_port[..] } else { &ports };
    let (mut found, mut exists) = (Vec::new(), false);
    for (_, _, port) in ports
        .iter()
        .filter(|(name, protocol, _)| request.takes(name, protocol))
    {
        exists = true;
        let item = |text: &str, host| Item {
            text: text.to_owned(),
            host,
            port: *port,
            target: own.clone(),
            pod: None,
        };
        found.extend(service.cluster_ips.iter().map(|ip| item(ip, Host::of(ip))));
        if service.cluster_ips.is_empty() {
            found.extend(
                super::planned::hosts(service)
                    .into_iter()
                    .map(|host| item("", host)),
            );
        }
    }
    match exists {
        true => Ok(found),
        false => Err(NoName),
    }
}

fn endpoints(zone: &Zone, service: &Service, request: &Request<'_>, own: &str) -> Result<Vec<Item>, NoName> {
    let (mut found, key) = (Vec::new(), service.key());
    let mut add = |slice: &Slice, address: &Address| {
        let ports = slice.ports.iter();
        let ports = ports.filter(|port| request.takes(&port.name, &port.protocol));
        found.extend(ports.map(|port| item_of(address, port, own)));
    };
    match request.endpoint {
        "" => zone
            .facts
            .slices_of(&key)
            .for_each(|slice| slice.addresses.iter().for_each(|address| add(slice, address))),
        endpoint => zone
            .facts
            .named(endpoint, &key)
            .for_each(|(slice, address)| add(slice, address)),
    }
    match found.is_empty() {
        true => Err(NoName),
        false => Ok(found),
    }
}

fn item_of(address: &Address, port: &Port, own: &str) -> Item {
    Item {
        text: address.text.clone(),
        host: address.host,
        port: port.number,
        target: endpoint_name(address, own),
        pod: address.pod.clone(),
    }
}

/// The name of an endpoint below that of its Service.
pub(super) fn endpoint_name(address: &Address, service: &str) -> String {
    match address.hostname.as_str() {
        "" => service.to_owned(),
        hostname => format!("{hostname}.{service}"),
    }
}

/// The names of an address (`serviceRecordForIP`): that of the Service which has it, else those of the endpoints. Each with
/// the Pod.
pub(super) fn of_address(zone: &Zone, address: &str) -> Vec<(String, Option<String>)> {
    let domain = &zone.settings.cluster_domain;
    let mut services = zone.facts.services.iter().flatten();
    if let Some(service) = services.find(|service| service.cluster_ips.iter().any(|ip| ip == address)) {
        return vec![(format!("{}.svc.{domain}", service.key()), None)];
    }
    let found = zone.facts.addressed(address);
    let names = found.map(|(slice, found)| {
        let name = format!("{}.{}.svc.{domain}", found.hostname, slice.key);
        (name, found.pod.clone())
    });
    names.collect()
}
