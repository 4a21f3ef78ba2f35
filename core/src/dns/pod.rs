//! A Pod, as far as endpoints and names go.

use serde_json::Value;

use super::address::sloppy;
use super::service::{Service, ServicePort, Target};
use super::slice::{Port, each};
use crate::json::{Faults, Field};
use crate::object::namespace_of;
use crate::{Cause, Error};

/// A Pod, parsed once; also the one that a set's template makes.
#[derive(Clone, Debug, Default)]
pub(super) struct Pod {
    pub name: String,
    pub namespace: String,
    /// By key.
    pub labels: Vec<(String, String)>,
    pub hostname: String,
    pub subdomain: String,
    pub node: String,
    pub phase: String,
    pub is_ready: bool,
    pub is_terminating: bool,
    /// In the usual form of addresses.
    pub addresses: Vec<std::net::IpAddr>,
    /// As the status has them: what `pods verified` looks at.
    pub raw_addresses: Vec<String>,
    ports: Vec<ContainerPort>,
}

/// A port of a container that may have a name.
#[derive(Clone, Debug)]
struct ContainerPort {
    name: String,
    protocol: String,
    number: i32,
}

impl Pod {
    pub fn parse_all(pods: &[Value]) -> Result<Vec<Self>, Error> {
        each("pods", pods, Self::parse)
    }

    /// The Pod of a template: without a name, an address or a status.
    pub fn of_template(template: &Field<'_>) -> Self {
        Self::read(template, &template.key("status"))
    }

    fn parse(pod: &Value) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let root = Field::root(pod, &faults);
        let mut parsed = Self::read(&root, &root.key("status"));
        parsed.namespace = namespace_of(pod).to_owned();
        faults.or(parsed)
    }

    fn read(root: &Field<'_>, status: &Field<'_>) -> Self {
        let (metadata, spec) = (root.key("metadata"), root.key("spec"));
        let text = |field: &Field<'_>, key: &str| field.key(key).string().unwrap_or_default().to_owned();
        let list = status.key("podIPs");
        let mut raw: Vec<String> = list.items().map(|ip| text(&ip, "ip")).collect();
        let first = text(status, "podIP");
        if raw.is_empty() && !first.is_empty() {
            raw.push(first);
        }
        raw.retain(|ip| !ip.is_empty());
        let conditions = status.key("conditions");
        let ready = conditions
            .items()
            .find(|condition| condition.key("type").string() == Some("Ready"));
        let labels = metadata.key("labels");
        let labels = labels.strings();
        Self {
            name: text(&metadata, "name"),
            namespace: String::new(),
            labels: labels
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            hostname: text(&spec, "hostname"),
            subdomain: text(&spec, "subdomain"),
            node: text(&spec, "nodeName"),
            phase: text(status, "phase"),
            is_ready: ready.is_some_and(|ready| ready.key("status").string() == Some("True")),
            is_terminating: metadata.key("deletionTimestamp").is_present(),
            addresses: raw.iter().filter_map(|ip| sloppy(ip)).collect(),
            raw_addresses: raw,
            ports: container_ports(&spec),
        }
    }

    /// It has ended and never comes back.
    pub fn is_finished(&self) -> bool {
        matches!(self.phase.as_str(), "Succeeded" | "Failed")
    }

    /// The ports that an EndpointSlice of the Service has for this Pod (`k8s.io/endpointslice`, `getEndpointPorts`): those
    /// that the Pod has.
    pub fn ports_for(&self, service: &Service) -> Vec<Port> {
        let ports = service.ports.iter().filter_map(|port| {
            Some(Port {
                name: port.name.clone(),
                protocol: port.protocol.clone(),
                number: Some(self.number(port)?),
            })
        });
        ports.collect()
    }

    /// The container's port that a Service's port means (`FindPort`).
    fn number(&self, port: &ServicePort) -> Option<i32> {
        match &port.target {
            Target::Number(number) => Some(*number),
            Target::Name(name) => {
                let mut named = self.ports.iter();
                let found = named.find(|one| one.name == *name && one.protocol == port.protocol);
                found.map(|one| one.number)
            }
        }
    }
}

/// Ports of containers, and of init containers that stay.
fn container_ports(spec: &Field<'_>) -> Vec<ContainerPort> {
    let (containers, init) = (spec.key("containers"), spec.key("initContainers"));
    let staying = init
        .items()
        .filter(|container| container.key("restartPolicy").string() == Some("Always"));
    let mut ports = Vec::new();
    for container in containers.items().chain(staying) {
        for port in container.key("ports").items() {
            let protocol = port
                .key("protocol")
                .string()
                .filter(|protocol| !protocol.is_empty());
            ports.push(ContainerPort {
                name: port.key("name").string().unwrap_or_default().to_owned(),
                protocol: protocol.unwrap_or("TCP").to_owned(),
                number: port.key("containerPort").i32().unwrap_or(0),
            });
        }
    }
    ports
}
