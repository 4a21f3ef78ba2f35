//! What remedies have done, by comparing before and after and by what happened between.

use std::sync::Arc;

use steadfast_core::membership;
use steadfast_core::remedy::{Risk, RiskCode};
use steadfast_core::sorted::{SortedMap, SortedSet};

use super::ResizedClaim;
use crate::clock::Millis;
use crate::cluster::Cluster;
use crate::forecast::{Begun, Forecast};
use crate::store::{Key, Object, Resource};
use crate::trace::{Fate, Happening};
use crate::view;
use crate::volumes::resize::capacity_of;

/// How many names a sentence has.
const NAMES: usize = 5;

/// What there was before the first remedy.
pub(super) struct Before {
    /// The claims that the set's Pods use: UID and size.
    claims: SortedMap<Arc<str>, (String, String)>,
}

/// What was found in the end.
pub(super) struct Findings {
    pub resized: Vec<ResizedClaim>,
    /// How long Pods had no controller, where all have one in the end.
    pub uncontrolled: Option<Millis>,
    /// Pods that have none in the end.
    orphans: Vec<String>,
    /// Pods that the controller could not correct.
    wedged: Vec<String>,
    /// Claims that were used, are there, and are used no more although their Pod is there.
    left: Vec<String>,
    /// Pods with another subdomain than the set's Service.
    misnamed: Vec<String>,
}

impl Before {
    pub fn of(begun: &Begun<'_>) -> Self {
        let (cluster, set) = (&begun.cluster, &begun.set);
        let mut claims = SortedMap::new();
        for name in used_claims(cluster, set) {
            let key = Key::new(Resource::PersistentVolumeClaim, &set.namespace, &name);
            if let Some(claim) = cluster.store().get(&key) {
                let facts = (claim.uid().to_owned(), capacity_of(claim).to_owned());
                claims.insert(Arc::from(name), facts);
            }
        }
        Self { claims }
    }

    /// Compares with what there is now.
    pub fn compare(self, begun: &Begun<'_>) -> Findings {
        let (cluster, set) = (&begun.cluster, &begun.set);
        let used: SortedSet<String> = used_claims(cluster, set).into_iter().collect();
        let mut found = Findings {
            resized: Vec::new(),
            uncontrolled: None,
            orphans: Vec::new(),
            wedged: Vec::new(),
            left: Vec::new(),
            misnamed: Vec::new(),
        };
        let ordinal = |name: &str| membership(name).and_then(|member| member.ordinal);
        let present: Vec<_> = pods(cluster, set)
            .filter_map(|(key, _)| ordinal(&key.name))
            .collect();
        for (name, (uid, size)) in &self.claims {
            let key = Key::new(Resource::PersistentVolumeClaim, &set.namespace, name);
            let claim = cluster.store().get(&key);
            let Some(claim) = claim.filter(|claim| claim.uid() == uid) else {
                continue;
            };
            if capacity_of(claim) != size {
                found.resized.push(ResizedClaim {
                    name: name.to_string(),
                    from: size.clone(),
                    to: capacity_of(claim).to_owned(),
                });
            }
            let has_pod = ordinal(name).is_some_and(|ordinal| present.contains(&ordinal));
            if has_pod && !used.contains(&**name) {
                found.left.push(name.to_string());
            }
        }
        // Names of claims are not in order of ordinals.
        found.resized.sort_by_key(|claim| ordinal(&claim.name));
        found.left.sort_by_key(|name| ordinal(name));
        let service = cluster
            .store()
            .get(set)
            .map(|set| view::text_or_empty(set, &["spec", "serviceName"]));
        for (key, pod) in pods(cluster, set) {
            let owners = view::items(pod, &["metadata", "ownerReferences"]);
            if !owners.iter().any(|owner| view::is_true(owner, &["controller"])) {
                found.orphans.push(key.name.to_string());
            }
            let subdomain = view::text_or_empty(pod, &["spec", "subdomain"]);
            if service.is_some_and(|service| service != subdomain) {
                found.misnamed.push(key.name.to_string());
            }
        }
        found.read_trace(begun);
        found
    }
}

impl Findings {
    /// What the record says: when Pods lost their controller and were adopted, and which ones could not be corrected.
    fn read_trace(&mut self, begun: &Begun<'_>) {
        let set = &begun.set;
        let mut gone = None;
        for entry in begun.cluster.trace().entries() {
            match &entry.what {
                Happening::Object(object)
                    if object.change == Fate::Gone
                        && object.kind == Resource::StatefulSet.kind()
                        && (&object.namespace, &object.name) == (&set.namespace, &set.name) =>
                {
                    gone = Some(entry.at);
                }
                Happening::Action {
                    set: of,
                    action,
                    error,
                } if of.name == set.name && of.namespace == set.namespace => {
                    let is_refused = error.as_ref().is_some_and(|error| error.reason == "Invalid");
                    if action.operation == "AdoptPod" && error.is_none() {
                        self.uncontrolled = gone.map(|gone| Millis(entry.at.0.saturating_sub(gone.0)));
                    } else if action.operation == "UpdatePod"
                        && is_refused
                        && !self.wedged.contains(&action.name)
                    {
                        self.wedged.push(action.name.clone());
                    }
                }
                _ => {}
            }
        }
        if !self.orphans.is_empty() {
            // Nobody knows for how long.
            self.uncontrolled = None;
        }
    }

    /// The risks that came true.
    pub fn risks(&self, forecast: &Forecast) -> Vec<Risk> {
        let mut risks = Vec::new();
        let mut add = |code, names: &[String], sentence: &dyn Fn(String) -> String| {
            if !names.is_empty() {
                let message = sentence(some(names));
                risks.push(Risk { code, message });
            }
        };
        add(RiskCode::ClaimsLost, &forecast.claim_names.deleted, &|names| {
            format!("claims are deleted with their data: {names}")
        });
        add(RiskCode::PodsNotAdopted, &self.orphans, &|names| {
            format!("Pods have no controller in the end: {names}")
        });
        add(RiskCode::AdoptionWedge, &self.wedged, &|names| {
            format!(
                "the controller fails on Pods until they are deleted, because their volumes cannot be changed: {names}"
            )
        });
        add(RiskCode::DataLeftBehind, &self.left, &|names| {
            format!("Pods no longer use the claims that they had: {names}")
        });
        add(RiskCode::OldSubdomain, &self.misnamed, &|names| {
            format!(
                "Pods have another subdomain than the set's Service, and so no DNS names under it: {names}"
            )
        });
        risks
    }
}

fn pods<'a>(cluster: &'a Cluster, set: &'a Key) -> impl Iterator<Item = (&'a Key, &'a Object)> {
    let all = cluster.store().list(Resource::Pod, Some(&set.namespace));
    all.filter(|(key, _)| membership(&key.name).is_some_and(|member| member.parent == &*set.name))
}

fn used_claims(cluster: &Cluster, set: &Key) -> Vec<String> {
    pods(cluster, set)
        .flat_map(|(_, pod)| view::claim_names(pod))
        .collect()
}

fn some(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMES);
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}
