//! What a Pod's resolver makes of a name before it asks.

use serde::Serialize;
use serde_json::Value;

use super::lookup::lookup;
use super::record::{Answer, Kind, Outcome};
use super::{Settings, Zone};
use crate::Error;
use crate::json::{Faults, Field};
use crate::object::namespace_of;

/// The dots from which on a name is tried as it stands first, where a Pod's options say nothing else: 5
/// (`pkg/kubelet/network/dns`, `defaultDNSOptions`).
const DOTS: u32 = 5;

/// The resolver of a Pod, as its `/etc/resolv.conf` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsResolver"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resolver {
    /// The domains that are added to a short name, in order.
    pub searches: Vec<String>,
    /// `ndots`: a name with fewer dots is tried with the search domains first.
    pub dots: u32,
    /// It asks the cluster's DNS; else that of the node, which knows none of the cluster's names.
    pub asks_cluster: bool,
}

/// What became of a name: the questions that were asked, and whether one was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsResolution"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resolution {
    /// The questions in order, each with its answer; the last name asked is the one that counts.
    pub asked: Vec<Answer>,
    /// There is a record.
    pub resolves: bool,
    /// The resolver of the node has the last word: the name is none of the cluster's, or leads out of it.
    pub is_forwarded: bool,
}

impl Resolver {
    /// The resolver of an ordinary Pod of a namespace: the policy `ClusterFirst`.
    ///
    /// ```
    /// use steadfast_core::dns::{Resolver, Settings};
    /// let resolver = Resolver::of_namespace("shop", &Settings::default());
    /// assert_eq!(resolver.searches, ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"]);
    /// assert_eq!(resolver.candidates("web-0.web").next().unwrap(), "web-0.web.shop.svc.cluster.local");
    /// assert_eq!(resolver.candidates("web-0.web.").collect::<Vec<_>>(), ["web-0.web"]);
    /// ```
    pub fn of_namespace(namespace: &str, settings: &Settings) -> Self {
        let domain = &settings.cluster_domain;
        Self {
            searches: vec![
                format!("{namespace}.svc.{domain}"),
                format!("svc.{domain}"),
                domain.clone(),
            ],
            dots: DOTS,
            asks_cluster: true,
        }
    }

    /// The resolver of a Pod, by its `dnsPolicy` and `dnsConfig`. The node's own search domains, which come after the cluster's,
    /// are not known here; with the policy `None`, the Pod's own nameservers are taken to be the cluster's.
    ///
    /// Source: `pkg/kubelet/network/dns/dns.go`, `getPodDNSType` and `GetPodDNS`.
    ///
    /// # Errors
    /// `invalid` with the fields that have a wrong type.
    pub fn of_pod(pod: &Value, settings: &Settings) -> Result<Self, Error> {
        let faults = Faults::default();
        let root = Field::root(pod, &faults);
        let spec = root.key("spec");
        let is_on_host = spec.key("hostNetwork").bool().unwrap_or(false);
        let asks_cluster = match spec.key("dnsPolicy").string().unwrap_or("ClusterFirst") {
            "ClusterFirstWithHostNet" => true,
            // On the host's network it falls back to the node's resolver.
            "ClusterFirst" => !is_on_host,
            "None" => true,
            _ => false,
        };
        let mut resolver = match asks_cluster && spec.key("dnsPolicy").string() != Some("None") {
            true => Self::of_namespace(namespace_of(pod), settings),
            false => Self {
                searches: Vec::new(),
                dots: 1,
                asks_cluster,
            },
        };
        let config = spec.key("dnsConfig");
        for search in config
            .key("searches")
            .items()
            .filter_map(|search| search.string().map(str::to_owned))
        {
            let search = search.strip_suffix('.').map(str::to_owned).unwrap_or(search);
            if !resolver.searches.contains(&search) {
                resolver.searches.push(search);
            }
        }
        for option in config.key("options").items() {
            let value = option.key("value");
            if option.key("name").string() == Some("ndots")
                && let Some(dots) = value.string().and_then(|value| value.parse().ok())
            {
                resolver.dots = dots;
            }
        }
        faults.or(resolver).map_err(Error::invalid)
    }

    /// The whole names that a name may mean, in the order in which they are tried (`resolv.conf(5)`, `ndots`).
    pub fn candidates<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let is_whole = name.ends_with('.');
        let name = name.strip_suffix('.').unwrap_or(name);
        let is_first = is_whole || name.matches('.').count() >= self.dots as usize;
        let own = |is_now: bool| is_now.then(|| name.to_owned()).into_iter();
        let searches = self.searches.iter().filter(move |_| !is_whole);
        own(is_first)
            .chain(searches.map(move |search| format!("{name}.{search}")))
            .chain(own(!is_first))
    }

    /// Resolves a name: each candidate is asked for each type, until one has records. This is glibc's way; musl stops at a name
    /// that exists, even without a record.
    pub fn resolve(&self, zone: &Zone, name: &str, kinds: &[Kind]) -> Resolution {
        let mut asked = Vec::new();
        for candidate in self.candidates(name).filter(|candidate| is_name(candidate)) {
            let from = asked.len();
            asked.extend(kinds.iter().map(|kind| self.ask(zone, &candidate, *kind)));
            let answers = asked.get(from..).unwrap_or_default();
            let resolves = answers.iter().any(Answer::is_answered);
            let is_forwarded = answers
                .iter()
                .any(|answer| answer.outcome == Outcome::Forwarded || answer.leaves_to.is_some());
            if resolves || is_forwarded {
                return Resolution {
                    asked,
                    resolves,
                    is_forwarded,
                };
            }
        }
        Resolution {
            asked,
            resolves: false,
            is_forwarded: false,
        }
    }

    fn ask(&self, zone: &Zone, name: &str, kind: Kind) -> Answer {
        let mut answer = lookup(zone, name, kind);
        if !self.asks_cluster {
            answer = Answer {
                outcome: Outcome::Forwarded,
                records: Vec::new(),
                additional: Vec::new(),
                denial_ttl: None,
                leaves_to: None,
                ..answer
            };
        }
        answer
    }
}

/// Whether a text can be asked for at all: labels of 1 to 63 bytes, with dots between them, at most 253 bytes, and no blanks. A
/// dot at the end is one too many here.
pub fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}
