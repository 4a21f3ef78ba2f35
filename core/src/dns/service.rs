//! A Service, as far as DNS and endpoints go.

use serde_json::Value;

use super::slice::each;
use crate::json::{Faults, Field};
use crate::object::namespace_of;
use crate::{Cause, Error};

/// What the plugin makes of a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceKind {
    /// `clusterIP: None`: its name stands for its endpoints.
    Headless,
    /// It has addresses of its own.
    ClusterIp,
    /// Another name for something elsewhere.
    ExternalName,
}

/// A Service, parsed once. Defaults of the API server are filled in.
#[derive(Clone, Debug)]
pub(super) struct Service {
    pub name: String,
    pub namespace: String,
    pub kind: ServiceKind,
    /// `spec.clusterIPs`, else `spec.clusterIP` alone; empty where it has none yet.
    pub cluster_ips: Vec<String>,
    pub external_name: String,
    /// Entries of `spec.selector`, by key; empty selects nothing.
    pub selector: Vec<(String, String)>,
    pub ports: Vec<ServicePort>,
    pub publishes_not_ready: bool,
    /// IPv4, IPv6.
    pub families: [bool; 2],
    /// `spec.ipFamilies` says so.
    pub names_families: bool,
}

/// One of `spec.ports`.
#[derive(Clone, Debug)]
pub(super) struct ServicePort {
    pub name: String,
    pub protocol: String,
    pub port: i32,
    pub target: Target,
}

/// `targetPort`.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Number(i32),
    /// The name of a container's port.
    Name(String),
}

impl Service {
    pub fn parse_all(services: &[Value]) -> Result<Vec<Self>, Error> {
        each("services", services, Self::parse)
    }

    /// What the EndpointSlices of the Service are found by (`plugin/kubernetes/object`, `ServiceKey`).
    pub fn key(&self) -> String {
        format!("{}.{}", self.name, self.namespace)
    }

    /// Whether the Service selects a Pod with these labels: one without a selector selects none.
    pub fn selects(&self, labels: &[(String, String)]) -> bool {
        !self.selector.is_empty() && self.lacking(labels).next().is_none()
    }

    /// The entries of the selector that the labels lack.
    pub fn lacking<'a>(
        &'a self,
        labels: &'a [(String, String)],
    ) -> impl Iterator<Item = &'a (String, String)> {
        self.selector.iter().filter(move |entry| !labels.contains(entry))
    }

    fn parse(service: &Value) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let root = Field::root(service, &faults);
        let (metadata, spec) = (root.key("metadata"), root.key("spec"));
        let text = |key| spec.key(key).string().unwrap_or_default().to_owned();
        let first = text("clusterIP");
        let list = spec.key("clusterIPs");
        let mut cluster_ips: Vec<String> = list
            .items()
            .filter_map(|ip| ip.string().map(str::to_owned))
            .collect();
        if cluster_ips.is_empty() && !first.is_empty() {
            cluster_ips.push(first.clone());
        }
        let kind = match (text("type").as_str(), cluster_ips.first().map(String::as_str)) {
            ("ExternalName", _) => ServiceKind::ExternalName,
            (_, Some("None")) => ServiceKind::Headless,
            _ => ServiceKind::ClusterIp,
        };
        let selector = spec.key("selector");
        let selector = selector.strings();
        let parsed = Self {
            name: metadata.key("name").string().unwrap_or_default().to_owned(),
            namespace: namespace_of(service).to_owned(),
            kind,
            families: families(&spec.key("ipFamilies"), &first),
            names_families: spec.key("ipFamilies").is_present(),
            cluster_ips,
            external_name: text("externalName"),
            selector: selector
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            ports: spec
                .key("ports")
                .items()
                .map(|port| ServicePort::parse(&port))
                .collect(),
            publishes_not_ready: spec.key("publishNotReadyAddresses").bool().unwrap_or(false),
        };
        faults.or(parsed)
    }
}

/// The address families of the Service's EndpointSlices (`k8s.io/endpointslice`, `getAddressTypesForService`).
fn families(list: &Field<'_>, cluster_ip: &str) -> [bool; 2] {
    let named: Vec<&str> = list
        .items()
        .filter_map(|family| family.value()?.as_str())
        .collect();
    let found = [named.contains(&"IPv4"), named.contains(&"IPv6")];
    match (found, cluster_ip) {
        ([false, false], "" | "None") => [true, true],
        ([false, false], ip) => [!ip.contains(':'), ip.contains(':')],
        (found, _) => found,
    }
}

impl ServicePort {
    fn parse(port: &Field<'_>) -> Self {
        let number = port.key("port").i32().unwrap_or(0);
        let target = port.key("targetPort");
        // The API server's defaults: `pkg/apis/core/v1/defaults.go`, `SetDefaults_Service`.
        let target = match target.value() {
            Some(Value::String(name)) if !name.is_empty() => Target::Name(name.clone()),
            Some(Value::String(_)) | None => Target::Number(number),
            Some(_) => match target.i32() {
                None | Some(0) => Target::Number(number),
                Some(number) => Target::Number(number),
            },
        };
        let protocol = port
            .key("protocol")
            .string()
            .filter(|protocol| !protocol.is_empty());
        Self {
            name: port.key("name").string().unwrap_or_default().to_owned(),
            protocol: protocol.unwrap_or("TCP").to_owned(),
            port: number,
            target,
        }
    }
}
