//! The two questions of the hosts: what DNS says of a set, and what becomes of one name. Every host gives these answers.

use serde::Serialize;
use serde_json::Value;

use super::resolver::{Resolution, Resolver, is_name};
use super::{Answer, Kind, NameState, Record, Zone, names, why_not};
use crate::object::{namespace_of, text_at};
use crate::{Cause, Error, ErrorCode, Observation};

/// What the cluster's DNS says of a set.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsNames"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Names {
    /// `NAMESPACE/NAME`.
    pub set: String,
    /// There were no Pods and no EndpointSlices: this is how it will be once the set is stable.
    pub is_planned: bool,
    /// The domain below which the cluster's names are.
    pub cluster_domain: String,
    /// For how many seconds an answer may be kept, a denial too.
    pub ttl: u32,
    /// The name of each ordinal, and whether it resolves.
    pub names: Vec<NameState>,
    /// All records of the Services and their endpoints.
    pub records: Vec<Record>,
}

impl Names {
    /// Reads them off a zone of an observation that has a set.
    pub fn of(zone: &Zone) -> Self {
        let set = zone.facts.set.as_ref();
        Self {
            set: set.map_or_else(String::new, |set| format!("{}/{}", set.namespace, set.name)),
            is_planned: zone.is_planned,
            cluster_domain: zone.settings.cluster_domain.clone(),
            ttl: zone.settings.ttl,
            names: names(zone),
            records: zone.records.clone(),
        }
    }
}

/// What became of a name that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsLookup", optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Lookup {
    /// The name, as it was asked for.
    pub name: String,
    /// The types of records that are wanted.
    pub types: Vec<Kind>,
    /// Who asks: `Pod web-0`, or `a Pod in namespace shop`.
    pub asker: String,
    /// Its resolver.
    pub resolver: Resolver,
    /// What was asked, and what came of it.
    #[serde(flatten)]
    pub resolution: Resolution,
    /// As [`Zone::is_planned`].
    pub is_planned: bool,
    /// Why it does not resolve, as a sentence without a full stop, where there is a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Lookup {
    /// Asks as a Pod would, `asker`, `[NAMESPACE/]NAME`; without one, or where no Pods were observed, as an ordinary Pod of
    /// that namespace, or of the set's. `zone` must be of this observation. Without `types` it asks for addresses.
    ///
    /// # Errors
    /// `invalid` for what is no DNS name and for an asker whose `dnsConfig` cannot be read, `missing` where there is no such Pod.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::Observation;
    /// use steadfast_core::dns::{Lookup, Settings, zone};
    /// let observation = Observation::of_value(json!({
    ///     "statefulSet": {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"serviceName": "web"}}, "pods": [],
    ///     "services": []}))?;
    /// let zone = zone(&observation, &Settings::default())?;
    /// let asked = Lookup::ask(&zone, &observation, "web-0.web", &[], None)?;
    /// assert!(!asked.resolution.resolves);
    /// assert_eq!(asked.why.unwrap(), "Service web does not exist");
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn ask(
        zone: &Zone,
        observation: &Observation,
        name: &str,
        types: &[Kind],
        asker: Option<&str>,
    ) -> Result<Self, Error> {
        let plain = name.strip_suffix('.').unwrap_or(name);
        if !is_name(plain) {
            let message = format!(
                "`{name}` is no DNS name: labels of 1 to 63 characters with dots between them, 253 in all"
            );
            let cause = Cause::invalid("name", &Value::from(name), "must be a DNS name");
            return Err(Error {
                causes: vec![cause],
                ..Error::new(ErrorCode::Invalid, message)
            });
        }
        let namespace = namespace_of(&observation.stateful_set);
        let (asker, resolver) = match asker {
            None => (
                format!("a Pod in namespace {namespace}"),
                Resolver::of_namespace(namespace, &zone.settings),
            ),
            Some(asker) => (
                format!("Pod {asker}"),
                of_pod(asker, namespace, observation, zone)?,
            ),
        };
        let types = match types {
            [] => &[Kind::A, Kind::Aaaa],
            some => some,
        };
        let resolution = resolver.resolve(zone, name, types);
        let mut lookup = Self {
            name: name.to_owned(),
            types: types.to_vec(),
            asker,
            resolver,
            resolution,
            is_planned: zone.is_planned,
            why: None,
        };
        lookup.why = lookup.reason(zone);
        Ok(lookup)
    }

    /// Why the name does not resolve. Search domains make names that nobody means, such as `web-0.web.svc.cluster.local`, and a
    /// name that is not the cluster's goes through them too: so only a name of which something is known has a reason.
    fn reason(&self, zone: &Zone) -> Option<String> {
        if self.resolution.resolves || !self.resolver.asks_cluster {
            return None;
        }
        let below = format!(".svc.{}", zone.settings.cluster_domain);
        let states = names(zone);
        let is_meant = |answer: &&Answer| {
            let name = answer.name.to_ascii_lowercase();
            let is_pod = states.iter().any(|state| state.name.as_deref() == Some(&name));
            let mut labels = name.strip_suffix(below.as_str()).unwrap_or_default().rsplit('.');
            let (namespace, service) = (
                labels.next().unwrap_or_default(),
                labels.next().unwrap_or_default(),
            );
            let is_short = !self.name.contains('.') && zone.has_namespace(namespace);
            is_pod || is_short || zone.has_service(namespace, service)
        };
        let is_whole = |answer: &&Answer| answer.name.len() <= self.name.len();
        let asked = &self.resolution.asked;
        let meant = asked.iter().filter(is_meant).chain(asked.iter().filter(is_whole));
        meant.filter_map(|answer| why_not(zone, &answer.name)).next()
    }
}

/// The resolver of a Pod of the observation.
fn of_pod(asker: &str, namespace: &str, observation: &Observation, zone: &Zone) -> Result<Resolver, Error> {
    let (namespace, name) = asker.split_once('/').unwrap_or((namespace, asker));
    let Some(pods) = &observation.pods else {
        return Ok(Resolver::of_namespace(namespace, &zone.settings));
    };
    let is_it = |pod: &&Value| text_at(pod, "/metadata/name") == Some(name) && namespace_of(pod) == namespace;
    match pods.iter().find(is_it) {
        Some(pod) => Resolver::of_pod(pod, &zone.settings),
        None => {
            let message = format!("no Pod `{namespace}/{name}` was observed, to ask from");
            let cause = Cause::required("pods");
            Err(Error {
                causes: vec![cause],
                ..Error::new(ErrorCode::Missing, message)
            })
        }
    }
}
