//! Which set is asked about, and whether it is small enough.

use std::borrow::Cow;

use serde_json::Value;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Error, ErrorCode};

use super::dump::Reading;
use super::nodes::{self, Assumed};
use super::verdict::name_of;
use super::{ForecastInput, MOST_REPLICAS, missing};
use crate::intake;
use crate::settings::{NodesSetting, Settings};
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

/// The nodes of the forecast beside those of the input. Where the input has none they are assumed, for the largest set that
/// it speaks of, or they are those of the settings and those that Pods of the dump are on.
pub(super) fn nodes(input: &ForecastInput, set: &Key, dump: &Reading, settings: &mut Settings) -> Assumed {
    let is_node = |object: &Value| view::text(object, &["kind"]) == Some("Node");
    let given = input
        .objects
        .iter()
        .chain(input.from.iter().flatten())
        .any(is_node);
    if dump.has_nodes || given {
        settings.nodes = NodesSetting::List(Vec::new());
        return Assumed::default();
    }
    if !input.assumes_nodes {
        let known: SortedSet<String> = settings
            .nodes
            .objects()
            .iter()
            .filter_map(|node| view::text(node, &["metadata", "name"]).map(str::to_owned))
            .collect();
        let missing = dump.used_nodes.iter().filter(|(name, _)| !known.contains(*name));
        return nodes::of_names(missing.map(|(name, pods)| (name.clone(), *pods)));
    }
    settings.nodes = NodesSetting::List(Vec::new());
    let used = &dump.used_nodes;
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

/// The input with the namespace that is meant, and what to say of it: `kubectl apply` takes the namespace of its context
/// where a manifest names none, and the dump shows which one that is.
pub(super) fn in_namespace(input: &ForecastInput) -> (Cow<'_, ForecastInput>, Option<String>) {
    let observed = sets(input.observed.iter()).unwrap_or_default();
    let is_open = |object: &&Value| view::text(object, &["metadata", "namespace"]).is_none_or(str::is_empty);
    let manifests = input
        .objects
        .iter()
        .chain(input.from.iter().flatten())
        .filter(is_open);
    let named = sets(manifests).unwrap_or_default();
    let meant: SortedSet<&Key> = observed
        .iter()
        .filter(|key| named.iter().any(|other| other.name == key.name))
        .collect();
    let mut meant = meant.into_iter();
    let (Some(only), None) = (meant.next(), meant.next()) else {
        return (Cow::Borrowed(input), None);
    };
    if *only.namespace == *"default" {
        return (Cow::Borrowed(input), None);
    }
    let mut moved = input.clone();
    for object in moved.objects.iter_mut().chain(moved.from.iter_mut().flatten()) {
        let is_namespaced = intake::key_of(object).is_ok_and(|key| key.resource.is_namespaced());
        if is_namespaced
            && is_open(&&*object)
            && let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut)
        {
            metadata.insert("namespace".to_owned(), Value::from(&*only.namespace));
        }
    }
    let sentence = format!(
        "manifests without a namespace are applied in `{}`, where `{}` is",
        only.namespace, only.name
    );
    (Cow::Owned(moved), Some(sentence))
}

fn sets<'a>(objects: impl Iterator<Item = &'a Value>) -> Result<SortedSet<Key>, Error> {
    let sets = objects.filter(|object| view::text(object, &["kind"]) == Some("StatefulSet"));
    sets.map(intake::key_of).collect()
}

fn find<'a>(chosen: &str, candidates: impl Iterator<Item = &'a Key>) -> Result<Key, Error> {
    let (namespace, name) = match chosen.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, chosen),
    };
    let candidates: SortedSet<&Key> = candidates.collect();
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
