//! Which set is asked about, and whether it is small enough.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use steadfast_core::{Error, ErrorCode};

use super::nodes::{self, Assumed};
use super::verdict::name_of;
use super::{ForecastInput, MOST_REPLICAS, missing};
use crate::intake;
use crate::store::Key;
use crate::view;

/// The set that is asked about: the one chosen, else the only one of the manifests, else the only one of the dump.
pub(super) fn choose(input: &ForecastInput) -> Result<Key, Error> {
    let manifests = sets(input.objects.iter().chain(input.from.iter().flatten()))?;
    let observed = sets(input.observed.iter())?;
    let candidates = if manifests.is_empty() {
        &observed
    } else {
        &manifests
    };
    if let Some(chosen) = &input.set {
        return find(chosen, manifests.iter().chain(&observed));
    }
    let mut keys = candidates.iter();
    match (keys.next(), keys.next()) {
        (None, _) => Err(missing("there is no StatefulSet in the input")),
        (Some(only), None) => Ok(only.clone()),
        _ => {
            let names: Vec<String> = candidates
                .iter()
                .map(|key| format!("`{}`", name_of(key)))
                .collect();
            let message = format!(
                "there are several StatefulSets: choose one of {}",
                names.join(", ")
            );
            Err(Error::new(ErrorCode::Ambiguous, message))
        }
    }
}

/// Refuses sets that are too large to be played to the end.
pub(super) fn check_size(input: &ForecastInput) -> Result<(), Error> {
    for object in input
        .objects
        .iter()
        .chain(input.from.iter().flatten())
        .chain(&input.observed)
    {
        let is_set = view::text(object, &["kind"]) == Some("StatefulSet");
        let replicas = view::number(object, &["spec", "replicas"]).and_then(|n| u64::try_from(n).ok());
        if let Some(replicas) = replicas.filter(|replicas| is_set && *replicas > MOST_REPLICAS) {
            let message = format!(
                "`{}` has {replicas} replicas, and a forecast takes at most {MOST_REPLICAS}: ask for one step instead \
                 (`steadfast reconcile`)",
                view::text_or_empty(object, &["metadata", "name"])
            );
            return Err(Error::new(ErrorCode::TooLarge, message));
        }
    }
    Ok(())
}

/// `spec.minReadySeconds` of the set in these objects; nothing where it is not among them.
pub(super) fn min_ready_seconds(objects: &[Value], set: &Key) -> Option<i64> {
    let found = objects
        .iter()
        .rev()
        .find(|object| intake::key_of(object).is_ok_and(|key| key == *set))?;
    Some(view::number(found, &["spec", "minReadySeconds"]).unwrap_or(0))
}

/// The nodes that the set needs: for the largest of all that the input says of it.
pub(super) fn nodes(input: &ForecastInput, set: &Key, used: &BTreeMap<String, u32>) -> Assumed {
    let all = input
        .observed
        .iter()
        .chain(input.from.iter().flatten())
        .chain(&input.objects);
    let own: Vec<&Value> = all
        .filter(|object| intake::key_of(object).is_ok_and(|key| key == *set))
        .collect();
    let replicas = own
        .iter()
        .map(|o| view::number(o, &["spec", "replicas"]).unwrap_or(1))
        .max();
    let template = own
        .last()
        .and_then(|object| view::at(object, &["spec", "template"]));
    let replicas = replicas
        .and_then(|replicas| u64::try_from(replicas).ok())
        .unwrap_or(0);
    nodes::assume(template.unwrap_or(&Value::Null), replicas, used)
}

fn sets<'a>(objects: impl Iterator<Item = &'a Value>) -> Result<BTreeSet<Key>, Error> {
    let sets = objects.filter(|object| view::text(object, &["kind"]) == Some("StatefulSet"));
    sets.map(intake::key_of).collect()
}

fn find<'a>(chosen: &str, candidates: impl Iterator<Item = &'a Key>) -> Result<Key, Error> {
    let (namespace, name) = match chosen.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, chosen),
    };
    let candidates: BTreeSet<&Key> = candidates.collect();
    let is_meant =
        |key: &&&Key| *key.name == *name && namespace.is_none_or(|namespace| *key.namespace == *namespace);
    let found: Vec<&&Key> = candidates.iter().filter(is_meant).collect();
    let names: Vec<String> = candidates
        .iter()
        .map(|key| format!("`{}`", name_of(key)))
        .collect();
    match found.as_slice() {
        [only] => Ok((**only).clone()),
        [] => {
            let there_are = if names.is_empty() {
                "there is none".to_owned()
            } else {
                format!("there are {}", names.join(", "))
            };
            Err(missing(&format!(
                "there is no StatefulSet `{chosen}` in the input: {there_are}"
            )))
        }
        _ => {
            let message = format!(
                "`{chosen}` is in several namespaces: choose one of {}",
                names.join(", ")
            );
            Err(Error::new(ErrorCode::Ambiguous, message))
        }
    }
}
