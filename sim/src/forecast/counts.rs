//! What becomes of every Pod and claim, by comparing before and after.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::membership;
use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;

use super::steps::belongs;
use crate::cluster::Cluster;
use crate::store::{Key, Resource};
use crate::view;

/// How many Pods, of those that were there before and those that are there in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PodCounts {
    /// New names.
    pub created: usize,
    /// Names that are no more.
    pub deleted: usize,
    /// The same name, another Pod.
    pub restarted: usize,
    /// The same Pod.
    pub untouched: usize,
}

/// The names behind [`PodCounts`], in order of ordinals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PodNames {
    /// New names.
    pub created: Vec<String>,
    /// Names that are no more.
    pub deleted: Vec<String>,
    /// The same name, another Pod.
    pub restarted: Vec<String>,
    /// The same Pod.
    pub untouched: Vec<String>,
}

/// How many claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ClaimCounts {
    /// New claims; one that was deleted and made anew counts here and under `deleted`.
    pub created: usize,
    /// The same claims as before.
    pub kept: usize,
    /// Claims that are no more, with their data.
    pub deleted: usize,
}

/// The names behind [`ClaimCounts`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ClaimNames {
    /// New claims.
    pub created: Vec<String>,
    /// The same claims as before.
    pub kept: Vec<String>,
    /// Claims that are no more.
    pub deleted: Vec<String>,
}

/// The UIDs of a set's Pods or claims, by ordinal and name.
pub(super) type Census = SortedMap<(Option<u64>, String), String>;

/// The Pods or claims that have a name which the set gives.
pub(super) fn census(cluster: &Cluster, set: &Key, resource: Resource) -> Census {
    let listed = cluster.store().list(resource, Some(&set.namespace));
    listed
        .filter_map(|(key, object)| entry(key, object, set))
        .collect()
}

/// The same of a dump: on its way into the cluster what was about to go has gone.
pub(super) fn census_of(objects: &[Value], set: &Key, resource: Resource) -> Census {
    let keyed = objects
        .iter()
        .filter_map(|object| Some((crate::intake::key_of(object).ok()?, object)));
    let own = keyed.filter(|(key, _)| key.resource == resource && key.namespace == set.namespace);
    own.filter_map(|(key, object)| entry(&key, object, set)).collect()
}

fn entry(key: &Key, object: &dyn Document, set: &Key) -> Option<((Option<u64>, String), String)> {
    let ordinal = membership(&key.name)
        .and_then(|member| member.ordinal)
        .map(|ordinal| ordinal.number());
    let is_own = belongs(key.resource.kind(), &key.name, &set.name);
    is_own.then(|| ((ordinal, key.name.to_string()), view::uid(object).to_owned()))
}

pub(super) fn pods(before: &Census, after: &Census) -> PodNames {
    let mut names = PodNames::default();
    for (key, uid) in after {
        let list = match before.get(key) {
            None => &mut names.created,
            Some(old) if old == uid => &mut names.untouched,
            Some(_) => &mut names.restarted,
        };
        list.push(key.1.clone());
    }
    names.deleted = before
        .keys()
        .filter(|key| !after.contains_key(*key))
        .map(|key| key.1.clone())
        .collect();
    names
}

pub(super) fn claims(before: &Census, after: &Census) -> ClaimNames {
    let mut names = ClaimNames::default();
    for (key, uid) in after {
        let is_kept = before.get(key) == Some(uid);
        if is_kept {
            &mut names.kept
        } else {
            &mut names.created
        }
        .push(key.1.clone());
    }
    let is_lost = |(key, uid): &(&(Option<u64>, String), &String)| after.get(*key) != Some(*uid);
    names.deleted = before
        .iter()
        .filter(is_lost)
        .map(|(key, _)| key.1.clone())
        .collect();
    names
}

impl From<&PodNames> for PodCounts {
    fn from(names: &PodNames) -> Self {
        let PodNames {
            created,
            deleted,
            restarted,
            untouched,
        } = names;
        Self {
            created: created.len(),
            deleted: deleted.len(),
            restarted: restarted.len(),
            untouched: untouched.len(),
        }
    }
}

impl From<&ClaimNames> for ClaimCounts {
    fn from(names: &ClaimNames) -> Self {
        let ClaimNames {
            created,
            kept,
            deleted,
        } = names;
        Self {
            created: created.len(),
            kept: kept.len(),
            deleted: deleted.len(),
        }
    }
}
