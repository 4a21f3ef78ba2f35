//! An EndpointSlice as the plugin keeps it: its addresses that are ready, each with the name that it gets.

use serde_json::Value;

use super::Settings;
use super::address::Host;
use crate::json::{Faults, Field};
use crate::object::namespace_of;
use crate::{Cause, Error};

/// The label that says whose slice it is.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// The longest name of a Pod that can be a label of a name; the plugin leaves out longer ones.
const LABEL: usize = 63;

/// Ready addresses with their ports.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// `SERVICE.NAMESPACE`.
    pub key: String,
    pub namespace: String,
    pub addresses: Vec<Address>,
    /// Never empty: one without a number stands for none (`object.EndpointSliceToEndpoints`).
    pub ports: Vec<Port>,
}

/// An address of an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// As the slice has it.
    pub text: String,
    pub host: Host,
    /// The first label of the endpoint's name.
    pub hostname: String,
    /// Whose address it is.
    pub pod: Option<String>,
}

/// A port of a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub name: String,
    pub protocol: String,
    /// Nothing where the slice names none; it has no SRV record then.
    pub number: Option<i32>,
}

impl Port {
    pub const NONE: Self = Self {
        name: String::new(),
        protocol: String::new(),
        number: None,
    };
}

impl Slice {
    pub fn parse_all(slices: &[Value], settings: &Settings) -> Result<Vec<Self>, Error> {
        each("endpointSlices", slices, |slice| Self::parse(slice, settings))
    }

    fn parse(slice: &Value, settings: &Settings) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let root = Field::root(slice, &faults);
        let namespace = namespace_of(slice);
        let metadata = root.key("metadata");
        let labels = metadata.key("labels");
        let service = labels.key(SERVICE_LABEL).string().unwrap_or_default();
        let list = root.key("ports");
        let mut ports: Vec<Port> = list.items().map(|port| Port::parse(&port)).collect();
        if ports.is_empty() {
            ports.push(Port::NONE);
        }
        let mut addresses = Vec::new();
        for endpoint in root.key("endpoints").items() {
            // Absent is unknown, and counts as ready.
            if endpoint.key("conditions").key("ready").bool() == Some(false) {
                continue;
            }
            let target = endpoint.key("targetRef");
            let pod = target.key("name").string();
            let hostname = endpoint.key("hostname").string().unwrap_or_default();
            for address in endpoint.key("addresses").items() {
                let text = address.string().unwrap_or_default();
                addresses.push(Address::new(text, hostname, pod, settings));
            }
        }
        let parsed = Self {
            key: format!("{service}.{namespace}"),
            namespace: namespace.to_owned(),
            addresses,
            ports,
        };
        faults.or(parsed)
    }
}

impl Address {
    pub fn new(text: &str, hostname: &str, pod: Option<&str>, settings: &Settings) -> Self {
        Self {
            text: text.to_owned(),
            host: Host::of(text),
            hostname: endpoint_name(text, hostname, pod, settings),
            pod: pod.map(str::to_owned),
        }
    }
}

/// The first label of an endpoint's name: its hostname, or its address with dashes
/// (`plugin/kubernetes/kubernetes.go`, `endpointHostname`).
fn endpoint_name(address: &str, hostname: &str, pod: Option<&str>, settings: &Settings) -> String {
    if !hostname.is_empty() {
        return hostname.to_owned();
    }
    let pod = pod.filter(|pod| !pod.is_empty() && pod.len() <= LABEL);
    if let Some(pod) = pod.filter(|_| settings.endpoint_pod_names) {
        return pod.to_owned();
    }
    if address.contains('.') {
        return address.replace('.', "-");
    }
    let mut name = match address.contains(':') {
        true => address.replace(':', "-"),
        false => String::new(),
    };
    if name.ends_with('-') {
        name.push('0');
    }
    name
}

impl Port {
    fn parse(port: &Field<'_>) -> Self {
        Self {
            name: port.key("name").string().unwrap_or_default().to_owned(),
            protocol: port.key("protocol").string().unwrap_or_default().to_owned(),
            number: port.key("port").i32(),
        }
    }
}

/// Parses each object of a list; an error names all fields at fault, such as `services[0].spec.type`.
pub(super) fn each<T>(
    list: &str,
    objects: &[Value],
    parse: impl Fn(&Value) -> Result<T, Vec<Cause>>,
) -> Result<Vec<T>, Error> {
    let (mut parsed, mut causes) = (Vec::new(), Vec::new());
    for (at, object) in objects.iter().enumerate() {
        match parse(object) {
            Ok(one) => parsed.push(one),
            Err(found) => causes.extend(found.into_iter().map(|cause| {
                let separator = if cause.field.is_empty() { "" } else { "." };
                Cause {
                    field: format!("{list}[{at}]{separator}{}", cause.field),
                    ..cause
                }
            })),
        }
    }
    match causes.is_empty() {
        true => Ok(parsed),
        false => Err(Error::invalid(causes)),
    }
}
