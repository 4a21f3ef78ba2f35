//! Which item of a list became which.
//!
//! Source: the tags `patchMergeKey` and `+listMapKey` of `k8s.io/api/core/v1/types.go` and
//! `apimachinery/pkg/apis/meta/v1/types.go`.

use serde_json::{Map, Value};

/// The items of two lists, side by side.
#[derive(Debug, PartialEq)]
pub(super) struct Aligned {
    /// Places in the old and in the new list, in order of the new one; those that only the old one has come last.
    pub pairs: Vec<(Option<usize>, Option<usize>)>,
    /// The keys of both lists, where what both have stands in another order.
    pub reordered: Option<(Value, Value)>,
}

/// The fields by which items of the list `name` are known; none where items have no names.
fn key(name: &str) -> &'static [&'static str] {
    match name {
        "claims"
        | "containers"
        | "env"
        | "ephemeralContainers"
        | "evictionResponders"
        | "imagePullSecrets"
        | "initContainers"
        | "resourceClaims"
        | "schedulingGates"
        | "volumes" => &["name"],
        "hostAliases" => &["ip"],
        "ownerReferences" => &["uid"],
        "ports" => &["containerPort", "protocol"],
        "topologySpreadConstraints" => &["topologyKey", "whenUnsatisfiable"],
        "volumeDevices" => &["devicePath"],
        "volumeMounts" => &["mountPath"],
        // An atomic list to a patch; but claims are named after the templates' names.
        "volumeClaimTemplates" => &["metadata"],
        _ => &[],
    }
}

/// The field by which a strategic merge patch knows the items of the list `name`; none where it replaces the list.
pub(crate) fn patch_merge_key(name: &str) -> Option<&'static str> {
    let key = key(name).first().copied();
    key.filter(|_| name != "volumeClaimTemplates")
}

impl Aligned {
    /// Item by item.
    pub fn by_place(length: usize) -> Self {
        Self {
            pairs: (0..length).map(|at| (Some(at), Some(at))).collect(),
            reordered: None,
        }
    }

    /// The items of the list `name`: by their keys, of items with the same key in order; without keys by place, from
    /// both ends of the list.
    pub fn of(name: &str, old: &[Value], new: &[Value]) -> Self {
        match key(name) {
            [] => Self::without_keys(old, new),
            key => Self::with_keys(key, old, new),
        }
    }

    fn with_keys(key: &[&str], old: &[Value], new: &[Value]) -> Self {
        let (before, after) = (sorted(key, old), sorted(key, new));
        let mut of_new: Vec<(usize, Option<usize>)> = Vec::with_capacity(new.len());
        let mut removed: Vec<usize> = Vec::new();
        let mut rest = before.iter().peekable();
        for (name, place) in &after {
            while let Some((_, passed)) = rest.next_if(|(other, _)| other < name) {
                removed.push(*passed);
            }
            let found = rest.next_if(|(other, _)| other == name);
            of_new.push((*place, found.map(|(_, place)| *place)));
        }
        removed.extend(rest.map(|(_, place)| *place));
        removed.sort_unstable();
        of_new.sort_unstable_by_key(|(place, _)| *place);
        let matched: Vec<usize> = of_new.iter().filter_map(|(_, before)| *before).collect();
        let is_in_order = matched.is_sorted();
        let pairs = of_new.into_iter().map(|(after, before)| (before, Some(after)));
        let removed = removed.into_iter().map(|before| (Some(before), None));
        Self {
            pairs: pairs.chain(removed).collect(),
            reordered: (!is_in_order).then(|| (keys_of(key, old), keys_of(key, new))),
        }
    }

    fn without_keys(old: &[Value], new: &[Value]) -> Self {
        let same = |pair: &(&Value, &Value)| pair.0 == pair.1;
        let head = old.iter().zip(new).take_while(same).count();
        let (old_rest, new_rest) = (old.len() - head, new.len() - head);
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
        let tail = tail.min(old_rest).min(new_rest);
        let (old_end, new_end) = (old.len() - tail, new.len() - tail);
        let mut pairs: Vec<(Option<usize>, Option<usize>)> = Vec::new();
        let both = old_end.min(new_end);
        pairs.extend((0..both).map(|at| (Some(at), Some(at))));
        pairs.extend((both..new_end).map(|at| (None, Some(at))));
        pairs.extend((0..tail).map(|at| (Some(old_end + at), Some(new_end + at))));
        pairs.extend((both..old_end).map(|at| (Some(at), None)));
        Self {
            pairs,
            reordered: None,
        }
    }
}

/// The items' keys as text with their places, in order of both.
fn sorted(key: &[&str], items: &[Value]) -> Vec<(String, usize)> {
    let text = |item| crate::json_text::of(&key_of(key, item)).unwrap_or_default();
    let places = items.iter().enumerate();
    let mut sorted: Vec<(String, usize)> = places.map(|(place, item)| (text(item), place)).collect();
    sorted.sort_unstable();
    sorted
}

fn keys_of(key: &[&str], items: &[Value]) -> Value {
    Value::Array(items.iter().map(|item| key_of(key, item)).collect())
}

/// What an item is known by: the value of its key; of several keys a mapping.
fn key_of(key: &[&str], item: &Value) -> Value {
    let get = |name: &str| item.get(name).cloned().unwrap_or_default();
    match key {
        ["metadata"] => get("metadata").get("name").cloned().unwrap_or_default(),
        [one] => get(one),
        several => {
            let mut keys = Map::new();
            for name in several {
                keys.insert((*name).to_owned(), get(name));
            }
            Value::Object(keys)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pairs(name: &str, old: Value, new: Value) -> Vec<(Option<usize>, Option<usize>)> {
        let list = |value: Value| value.as_array().unwrap().clone();
        Aligned::of(name, &list(old), &list(new)).pairs
    }

    #[test]
    fn items_are_known_by_their_keys_wherever_they_stand() {
        let (old, new) = (
            json!([{"name": "a"}, {"name": "b"}, {"name": "c"}]),
            json!([{"name": "c"}, {"name": "x"}, {"name": "a"}]),
        );
        assert_eq!(
            pairs("env", old.clone(), new.clone()),
            [
                (Some(2), Some(0)),
                (None, Some(1)),
                (Some(0), Some(2)),
                (Some(1), None)
            ]
        );
        let aligned = Aligned::of("env", old.as_array().unwrap(), new.as_array().unwrap());
        assert_eq!(
            aligned.reordered,
            Some((json!(["a", "b", "c"]), json!(["c", "x", "a"])))
        );
    }

    #[test]
    fn a_port_is_another_one_under_another_protocol() {
        let (old, new) = (
            json!([{"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}]),
            json!([{"containerPort": 53, "protocol": "UDP"}]),
        );
        assert_eq!(pairs("ports", old, new), [(Some(1), Some(0)), (Some(0), None)]);
    }

    #[test]
    fn items_with_the_same_key_are_matched_in_order() {
        let (old, new) = (
            json!([{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]),
            json!([{"name": "a", "value": "1"}]),
        );
        assert_eq!(pairs("env", old, new), [(Some(0), Some(0)), (Some(1), None)]);
    }

    #[test]
    fn items_without_keys_are_matched_from_both_ends() {
        let (old, new) = (json!(["a", "b", "c", "d"]), json!(["a", "x", "d"]));
        assert_eq!(
            pairs("tolerations", old, new),
            [
                (Some(0), Some(0)),
                (Some(1), Some(1)),
                (Some(3), Some(2)),
                (Some(2), None)
            ]
        );
        let (old, new) = (json!(["a", "a"]), json!(["a", "a", "a"]));
        assert_eq!(
            pairs("tolerations", old, new),
            [(Some(0), Some(0)), (Some(1), Some(1)), (None, Some(2))]
        );
    }
}
