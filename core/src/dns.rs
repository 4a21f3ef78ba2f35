//! What the cluster's DNS says of a set and its Services: the records, answers to questions, and for each ordinal whether
//! its name resolves and why not. The rules are those of CoreDNS' plugin `kubernetes` and of the EndpointSlice controller.
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::Observation;
//! use steadfast_core::dns::{Kind, Outcome, Settings, lookup, names, zone};
//!
//! let pod = |name: &str, ip: &str, ready: &str| json!({
//!     "metadata": {"name": name, "namespace": "shop", "labels": {"app": "web"}},
//!     "spec": {"hostname": name, "subdomain": "web", "containers": []},
//!     "status": {"phase": "Running", "podIPs": [{"ip": ip}], "conditions": [{"type": "Ready", "status": ready}]}});
//! let observation = Observation::of_value(json!({
//!     "statefulSet": {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 2, "serviceName": "web"}},
//!     "pods": [pod("web-0", "10.1.0.7", "True"), pod("web-1", "10.1.0.8", "False")],
//!     "services": [{"metadata": {"name": "web", "namespace": "shop"},
//!         "spec": {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]}}]}))?;
//! let zone = zone(&observation, &Settings::default())?;
//!
//! let answer = lookup(&zone, "_http._tcp.web.shop.svc.cluster.local", Kind::Srv);
//! assert_eq!(answer.records[0].data, "0 100 80 web-0.web.shop.svc.cluster.local");
//!
//! let names = names(&zone);
//! assert_eq!(names[0].addresses, ["10.1.0.7"]);
//! assert_eq!(names[1].name.as_deref(), Some("web-1.web.shop.svc.cluster.local"));
//! assert_eq!(names[1].message.as_deref(), Some("Pod web-1 is not Ready, and Service web publishes only Pods that are"));
//! let denied = lookup(&zone, "web-1.web.shop.svc.cluster.local", Kind::A);
//! assert_eq!((denied.outcome, denied.denial_ttl), (Outcome::NxDomain, Some(30)));
//! # Ok::<(), steadfast_core::Error>(())
//! ```
//!
//! # How long a denial may be kept
//!
//! Every answer has the plugin's `ttl`: 5 s unless configured (`plugin/kubernetes/kubernetes.go`, `defaultTTL`), 30 s in the
//! Corefile that kubeadm writes (`cmd/kubeadm/app/phases/addons/dns/manifests.go`, `CoreDNSConfigMap`) and so by
//! [`Settings::default`]. A denial carries an SOA whose TTL is the same, at most 300 s, and whose minimum is the same
//! (`plugin/backend_lookup.go`, `SOA`); RFC 2308 lets a resolver keep it for the lesser of the two:
//! [`Answer::denial_ttl`]. The plugin `cache` (`plugin/cache/cache.go`) keeps a denial for at least 5 s and serves it with what is
//! left of its time, so it does not make longer ones longer; kubeadm's Corefile switches it off for the cluster's domain
//! (`disable denial`, seen in 1.33 to 1.37). NodeLocal DNSCache keeps a
//! denial for 5 s (`denial 9984 5`, `cluster/addons/dns/nodelocaldns/nodelocaldns.yaml`). Clients may keep it in their own
//! way: the JVM for 10 s, glibc and musl not at all.

use crate::sorted::{SortedMap, SortedSet};

use serde::{Deserialize, Serialize};

use crate::{Error, Observation};

mod address;
mod derived;
mod find;
mod fit;
mod hosts;
mod lookup;
mod names;
mod planned;
mod pod;
mod reason;
mod record;
mod resolver;
mod service;
mod set;
mod settings;
mod slice;
#[cfg(test)]
mod tests;
mod why;
mod written;

pub use fit::Fit;
pub use hosts::{Lookup, Names};
pub use lookup::lookup;
pub use names::{NameState, names};
pub use reason::why_not;
pub use record::{Answer, Kind, Outcome, Record};
pub use resolver::{Resolution, Resolver, is_name};
pub use why::{Caveat, Why};

use pod::Pod;
use service::Service;
use set::Set;
use slice::{Address, Slice};

/// How the cluster's DNS is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "DnsSettings", optional_fields)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settings {
    /// The domain below which the cluster's names are, without a dot at its end: `cluster.local`.
    pub cluster_domain: String,
    /// The plugin's `ttl`, in seconds, from 0 to 3600: 30, as kubeadm's Corefile has it.
    pub ttl: u32,
    /// The plugin's `pods`: whether names such as `10-1-0-7.shop.pod.cluster.local` resolve.
    pub pods: PodRecords,
    /// The plugin's `endpoint_pod_names`: endpoints without a hostname are called after their Pod, not after their address.
    pub endpoint_pod_names: bool,
    /// Namespaces that there are beside those of the objects: a name in any other does not exist.
    pub namespaces: Vec<String>,
}

/// Whether Pods have names made of their addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum PodRecords {
    /// No: what the plugin does unless configured.
    Disabled,
    /// For every address, whether a Pod has it or not: kubeadm's Corefile.
    #[default]
    Insecure,
    /// Where a Pod of the namespace has the address.
    Verified,
}

impl Default for Settings {
    /// As kubeadm configures CoreDNS.
    fn default() -> Self {
        Self {
            cluster_domain: "cluster.local".to_owned(),
            ttl: 30,
            pods: PodRecords::default(),
            endpoint_pod_names: false,
            namespaces: Vec::new(),
        }
    }
}

/// What the cluster's DNS knows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsZone"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Zone {
    /// How it is configured.
    pub settings: Settings,
    /// All records of the Services, their endpoints and addresses, by name and type. Names made of Pods' addresses, and the
    /// addresses that CoreDNS has for names of ports, are answered too ([`lookup`]), and not listed.
    pub records: Vec<Record>,
    /// There were no Pods and no EndpointSlices: the records are those that there will be once the set is stable, without the
    /// addresses that nobody knows yet.
    pub is_planned: bool,
    #[serde(skip)]
    #[cfg_attr(feature = "ts", ts(skip))]
    facts: Facts,
}

/// The objects, parsed.
#[derive(Clone, Debug, Default)]
struct Facts {
    set: Option<Set>,
    /// Known: an empty list is not an unknown one.
    services: Option<Vec<Service>>,
    slices: Vec<Slice>,
    /// The EndpointSlices were observed, and not made from Pods.
    are_slices_observed: bool,
    pods: Option<Vec<Pod>>,
    nodes: Option<SortedSet<String>>,
    namespaces: SortedSet<String>,
    /// Where in `slices` those of a Service stand, by `NAME.NAMESPACE`.
    slices_of: SortedMap<String, Vec<usize>>,
    /// Where the addresses stand, by what is written of them.
    addressed: SortedMap<String, Vec<Spot>>,
    /// Where the endpoints stand, by `HOSTNAME.SERVICE.NAMESPACE` in small letters.
    named: SortedMap<String, Vec<Spot>>,
    /// Where in `pods` one stands, by `NAME.NAMESPACE`.
    pods_of: SortedMap<String, usize>,
}

/// An address: which of the slices, and which of its addresses.
type Spot = (usize, usize);

/// The zone of what was observed. EndpointSlices that are absent are made from the Pods, and where these are absent too,
/// from the set: then the zone [is planned](Zone::is_planned). Objects of all namespaces count.
///
/// # Errors
/// `invalid` with every field that has a wrong type, such as `services[0].spec.ports[1].port`, and a `clusterDomain` that
/// is no name or a `ttl` above 3600.
pub fn zone(observation: &Observation, settings: &Settings) -> Result<Zone, Error> {
    let mut facts = Facts::parse(observation, settings)?;
    let mut is_planned = false;
    if let Some(slices) = &observation.endpoint_slices {
        facts.slices = Slice::parse_all(slices, settings)?;
        facts.are_slices_observed = true;
    } else if facts.pods.is_some() {
        facts.slices = derived::slices(&facts, settings);
    } else {
        is_planned = facts.set.is_some();
        facts.slices = planned::slices(&facts, settings);
    }
    facts.index(settings);
    let mut zone = Zone {
        settings: settings.clone(),
        records: Vec::new(),
        is_planned,
        facts,
    };
    zone.records = written::records(&zone);
    Ok(zone)
}

impl Zone {
    /// Whether anything is known of a namespace.
    pub fn has_namespace(&self, name: &str) -> bool {
        self.facts.namespaces.contains(name)
    }

    /// Whether there is a Service of this name.
    pub fn has_service(&self, namespace: &str, name: &str) -> bool {
        self.facts.service(namespace, name).is_some()
    }
}

impl Facts {
    fn parse(observation: &Observation, settings: &Settings) -> Result<Self, Error> {
        settings.check()?;
        let mut facts = Self::default();
        if !observation.stateful_set.is_null() {
            facts.set = Some(Set::parse(&observation.stateful_set)?);
        }
        let services = observation.services.as_ref();
        facts.services = services.map(|list| Service::parse_all(list)).transpose()?;
        facts.pods = observation
            .pods
            .as_ref()
            .map(|list| Pod::parse_all(list))
            .transpose()?;
        let name = |node: &serde_json::Value| Some(node.get("metadata")?.get("name")?.as_str()?.to_owned());
        let nodes = observation.nodes.as_ref();
        facts.nodes = nodes.map(|list| list.iter().filter_map(name).collect());
        Ok(facts)
    }

    /// Makes what is looked up by name and address quick to find.
    fn index(&mut self, settings: &Settings) {
        self.namespaces = settings.namespaces.iter().cloned().collect();
        let named = self.services.iter().flatten().map(|service| &service.namespace);
        let named = named.chain(self.pods.iter().flatten().map(|pod| &pod.namespace));
        let named = named.chain(self.slices.iter().map(|slice| &slice.namespace));
        let named = named.chain(self.set.iter().map(|set| &set.namespace));
        let named: Vec<String> = named.cloned().collect();
        self.namespaces.extend(named);
        for (at, slice) in self.slices.iter().enumerate() {
            self.slices_of.change(slice.key.clone(), |places| places.push(at));
            for (index, address) in slice.addresses.iter().enumerate() {
                let spot = (at, index);
                self.addressed
                    .change(address.text.clone(), |spots| spots.push(spot));
                let name = format!("{}.{}", address.hostname, slice.key).to_ascii_lowercase();
                self.named.change(name, |spots| spots.push(spot));
            }
        }
        for (at, pod) in self.pods.iter().flatten().enumerate() {
            let name = format!("{}.{}", pod.name, pod.namespace);
            if !self.pods_of.contains_key(&name) {
                self.pods_of.insert(name, at);
            }
        }
    }

    fn slices_of<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Slice> + use<'a> {
        let places = self.slices_of.get(key);
        places.into_iter().flatten().filter_map(|at| self.slices.get(*at))
    }

    /// The addresses written so.
    fn addressed(&self, address: &str) -> impl Iterator<Item = (&Slice, &Address)> {
        self.at(self.addressed.get(address))
    }

    /// The endpoints of a Service that are called so.
    fn named(&self, hostname: &str, key: &str) -> impl Iterator<Item = (&Slice, &Address)> {
        let name = format!("{hostname}.{key}").to_ascii_lowercase();
        self.at(self.named.get(&name))
    }

    fn at<'a>(&'a self, spots: Option<&'a Vec<Spot>>) -> impl Iterator<Item = (&'a Slice, &'a Address)> {
        spots.into_iter().flatten().filter_map(|(slice, address)| {
            let slice = self.slices.get(*slice)?;
            Some((slice, slice.addresses.get(*address)?))
        })
    }

    fn pod(&self, namespace: &str, name: &str) -> Option<&Pod> {
        let at = self.pods_of.get(&format!("{name}.{namespace}"))?;
        self.pods.as_ref()?.get(*at)
    }

    fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        let mut services = self.services.iter().flatten();
        services.find(|service| service.namespace == namespace && service.name == name)
    }
}
