//! The nodes that a forecast assumes where nothing is said of them: as many, and with such labels, that the rollout can
//! succeed.

use serde_json::{Value, json};
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::settings::{NodeSetting, NodesSetting};
use crate::view;

/// How many nodes there are at least.
const LEAST: u64 = 3;
/// How many Pods a node takes.
const ROOM: u64 = 110;
const HOSTNAME: &str = "kubernetes.io/hostname";
const ZONE: &str = "topology.kubernetes.io/zone";

/// The nodes that exist and what the Pods of one set ask of them.
#[derive(Debug, Default)]
pub(super) struct Assumed {
    /// As API objects.
    pub objects: Vec<Value>,
    /// The labels that nodes were given because the template asks for them.
    pub labels: SortedMap<String, String>,
    /// How many zones they are in; 0 where nobody asks.
    pub zones: u64,
}

/// Nodes for a set with `replicas` Pods of this template; `used` are the names of nodes that Pods are on already, with
/// how many.
pub(super) fn assume(template: &Value, replicas: u64, used: &SortedMap<String, u32>) -> Assumed {
    let spec = view::at(template, &["spec"]).unwrap_or(&Value::Null);
    let apart: SortedSet<&str> = view::items(spec, &["affinity", "podAntiAffinity", REQUIRED])
        .iter()
        .filter_map(|term| view::text(term, &["topologyKey"]))
        .collect();
    let spread: SortedSet<&str> = view::items(spec, &["topologySpreadConstraints"])
        .iter()
        .filter_map(|constraint| view::text(constraint, &["topologyKey"]))
        .collect();
    // A Pod that must be alone in its zone needs a zone; one that must be alone on its node, a node; and while one is being
    // replaced its place is free.
    let zones = match (apart.contains(ZONE), spread.contains(ZONE)) {
        (true, _) => replicas.max(LEAST),
        (false, true) => LEAST,
        (false, false) => 0,
    };
    let alone = if apart.contains(HOSTNAME) { replicas } else { 0 };
    let count = LEAST.max(zones).max(alone).max(replicas.div_ceil(ROOM - 10));
    let labels = wanted(spec);
    let mut names: Vec<(String, u32)> = used.iter().map(|(name, pods)| (name.clone(), *pods)).collect();
    let free = (1u64..)
        .map(|n| format!("node-{n}"))
        .filter(|name| !used.contains_key(name));
    let missing = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_sub(names.len());
    names.extend(free.take(missing).map(|name| (name, 0)));
    let nodes = names
        .into_iter()
        .zip(0u64..)
        .map(|((name, pods), at)| NodeSetting {
            name,
            zone: (zones > 0).then(|| format!("zone-{}", at % zones + 1)),
            pods: pods.max(110),
        });
    let mut objects = NodesSetting::List(nodes.collect()).objects();
    for object in &mut objects {
        let found = object
            .get_mut("metadata")
            .and_then(|m| m.get_mut("labels"))
            .and_then(Value::as_object_mut);
        if let Some(found) = found {
            let name = found.get(HOSTNAME).cloned().unwrap_or_default();
            let own = apart.iter().chain(&spread);
            for key in own.filter(|key| !matches!(**key, HOSTNAME | ZONE)) {
                found.insert((*key).to_owned(), name.clone());
            }
            for (name, value) in &labels {
                if !found.contains_key(name) {
                    found.insert(name.clone(), json!(value));
                }
            }
        }
    }
    Assumed {
        objects,
        labels,
        zones,
    }
}

/// Plain nodes of these names, with how many Pods they hold already.
pub(super) fn of_names(names: impl Iterator<Item = (String, u32)>) -> Assumed {
    let nodes = names.map(|(name, pods)| NodeSetting {
        name,
        zone: None,
        pods: pods.max(110),
    });
    Assumed {
        objects: NodesSetting::List(nodes.collect()).objects(),
        ..Assumed::default()
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// The labels that a node must have to be chosen: those of the node selector, and what the first term of the required node
/// affinity asks for.
fn wanted(spec: &Value) -> SortedMap<String, String> {
    let mut labels: SortedMap<String, String> = view::strings(spec, &["nodeSelector"])
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let terms = view::items(spec, &["affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms"]);
    for expression in terms
        .first()
        .map_or(&[][..], |term| view::items(term, &["matchExpressions"]))
    {
        let Some(name) = view::text(expression, &["key"]) else {
            continue;
        };
        let first = view::items(expression, &["values"])
            .first()
            .and_then(Value::as_str);
        let value = match view::text(expression, &["operator"]) {
            Some("In") => first,
            Some("Exists") => Some("true"),
            _ => None,
        };
        if let Some(value) = value.filter(|_| name != HOSTNAME)
            && !labels.contains_key(name)
        {
            labels.insert(name.to_owned(), value.to_owned());
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(spec: Value, replicas: u64) -> usize {
        assume(&json!({"spec": spec}), replicas, &SortedMap::new())
            .objects
            .len()
    }

    fn apart(topology: &str) -> Value {
        json!({"affinity": {"podAntiAffinity": {REQUIRED: [{"topologyKey": topology}]}}})
    }

    #[test]
    fn there_is_room_for_every_pod() {
        assert_eq!(count(json!({}), 1), 3);
        assert_eq!(count(json!({}), 10_000), 100);
        assert_eq!(count(apart(HOSTNAME), 5), 5);
        assert_eq!(count(apart(ZONE), 4), 4);
    }

    #[test]
    fn nodes_have_the_labels_that_the_template_asks_for() {
        let spec = json!({
            "nodeSelector": {"disk": "ssd"},
            "affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "pool", "operator": "In", "values": ["a", "b"]}]}]}}},
            "topologySpreadConstraints": [{"topologyKey": ZONE}]});
        let assumed = assume(
            &json!({"spec": spec}),
            3,
            &[("mine".to_owned(), 1)].into_iter().collect(),
        );
        let labels: Vec<&Value> = assumed
            .objects
            .iter()
            .map(|node| &node["metadata"]["labels"])
            .collect();
        assert_eq!(labels[0][HOSTNAME], "mine");
        for (label, zone) in labels.iter().zip(["zone-1", "zone-2", "zone-3"]) {
            assert_eq!([&label["disk"], &label["pool"], &label[ZONE]], ["ssd", "a", zone]);
        }
    }
}
