//! What `kubectl apply` makes of a manifest where there is a set already: fields that the manifest does not speak of stay.
//!
//! Source: `kubectl/pkg/util/apply.go`, `apimachinery/pkg/util/strategicpatch/patch.go` (`CreateThreeWayMergePatch`,
//! `mergeSortedSlice`) with the tags of `k8s.io/api`.

use serde_json::{Map, Value};

use crate::canonical::compare::{LAST_APPLIED, patch_merge_key};
use crate::object::without_nulls;
use crate::sorted::SortedMap;

/// The set that an API server is sent when `manifest` is applied over `live`, a set that it returned: what the manifest
/// says, and what `live` has beside it, such as replicas that an autoscaler sets or the annotation of a
/// `kubectl rollout restart`; without what the manifest that was applied last said and this one does not.
///
/// Only the set that [`diff`](super::diff) compares is made of this; one that is deleted and made anew is the manifest alone.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::diff::applied;
/// let live = json!({"metadata": {"name": "web", "uid": "u", "labels": {"a": "1", "b": "2"}, "annotations": {
///     "kubectl.kubernetes.io/last-applied-configuration": r#"{"metadata": {"name": "web", "labels": {"a": "1"}}}"#}},
///     "spec": {"replicas": 5}});
/// let new = json!({"metadata": {"name": "web", "labels": {"c": "3"}}, "spec": {"serviceName": "web"}});
/// let set = applied(&new, &live);
/// assert_eq!(set["metadata"]["labels"], json!({"b": "2", "c": "3"}));
/// assert_eq!(set["spec"], json!({"replicas": 5, "serviceName": "web"}));
/// ```
pub fn applied(manifest: &Value, live: &Value) -> Value {
    let annotations = live
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations"));
    let last = annotations.and_then(|annotations| annotations.get(LAST_APPLIED)?.as_str());
    let last: Value = last
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    merged("", manifest, live, &last, true)
}

static NULL: Value = Value::Null;

/// What stands at the field `name`. `keeps`: what only the live object has stays.
fn merged(name: &str, new: &Value, live: &Value, last: &Value, keeps: bool) -> Value {
    match (new, live) {
        (Value::Object(new), Value::Object(live)) => Value::Object(merged_fields(new, live, last, keeps)),
        (Value::Array(new), Value::Array(live)) => match patch_merge_key(name) {
            Some(key) => Value::Array(merged_items(name, key, new, live, last)),
            // The one list of texts that merges.
            None if name == "finalizers" => Value::Array(merged_texts(new, live, last)),
            None => Value::Array(new.iter().map(without_nulls).collect()),
        },
        _ => without_nulls(new),
    }
}

fn merged_fields(
    new: &Map<String, Value>,
    live: &Map<String, Value>,
    last: &Value,
    keeps: bool,
) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in new.iter().filter(|(_, value)| !value.is_null()) {
        let last = last.get(name).unwrap_or(&NULL);
        let value = merged(name, value, live.get(name).unwrap_or(&NULL), last, true);
        fields.insert(name.clone(), value);
    }
    let is_kept = |name: &String| keeps && !new.contains_key(name) && last.get(name).is_none();
    for (name, value) in live.iter().filter(|(name, _)| is_kept(name)) {
        fields.insert(name.clone(), value.clone());
    }
    fields
}

fn merged_items(name: &str, key: &str, new: &[Value], live: &[Value], last: &Value) -> Vec<Value> {
    let last = last.as_array().map_or(&[][..], Vec::as_slice);
    let (of_live, of_last, of_new) = (places(key, live), places(key, last), places(key, new));
    // `retainKeys`: a volume of another kind has nothing of the old one.
    let keeps = !matches!(name, "volumes" | "resourceClaims");
    let item = |of: &SortedMap<String, usize>, items: &'_ [Value], key: &str| -> Option<(usize, Value)> {
        let place = *of.get(key)?;
        Some((place, items.get(place)?.clone()))
    };
    let mut patched: Vec<(Option<usize>, Value)> = Vec::with_capacity(new.len());
    for value in new {
        let key = key_of(key, value);
        let before = item(&of_last, last, &key).map_or(Value::Null, |(_, value)| value);
        patched.push(match item(&of_live, live, &key) {
            Some((place, live)) => (Some(place), merged("", value, &live, &before, keeps)),
            None => (None, without_nulls(value)),
        });
    }
    let is_kept = |value: &&Value| {
        let key = key_of(key, value);
        of_new.get(&key).is_none() && of_last.get(&key).is_none()
    };
    let kept = live.iter().enumerate().filter(|(_, value)| is_kept(value));
    around(kept, patched.into_iter())
}

/// As the list has it, around what only the live object has.
fn merged_texts(new: &[Value], live: &[Value], last: &Value) -> Vec<Value> {
    let last = last.as_array().map_or(&[][..], Vec::as_slice);
    let is_kept = |text: &&Value| !new.contains(text) && !last.contains(text);
    let kept = live.iter().enumerate().filter(|(_, text)| is_kept(text));
    let patched = new.iter().map(|text| {
        let place = live.iter().position(|other| other == text);
        (place, text.clone())
    });
    around(kept, patched)
}

/// What only the live object has stands before what it stood before there; places are those in the live list.
fn around<'a>(
    kept: impl Iterator<Item = (usize, &'a Value)>,
    patched: impl Iterator<Item = (Option<usize>, Value)>,
) -> Vec<Value> {
    let mut kept = kept.peekable();
    let mut items: Vec<Value> = Vec::new();
    for (place, value) in patched {
        while let Some((_, value)) = kept.next_if(|(own, _)| place.is_some_and(|place| *own < place)) {
            items.push(value.clone());
        }
        items.push(value);
    }
    items.extend(kept.map(|(_, value)| value.clone()));
    items
}

/// Where each key stands; of items with the same key the first.
fn places(key: &str, items: &[Value]) -> SortedMap<String, usize> {
    let mut places = SortedMap::new();
    for (place, item) in items.iter().enumerate().rev() {
        places.insert(key_of(key, item), place);
    }
    places
}

fn key_of(key: &str, item: &Value) -> String {
    crate::json_text::of(item.get(key).unwrap_or(&NULL)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The live set after `last` was applied and others wrote `live` into it.
    fn live(last: &Value, live: &Value) -> Value {
        let mut live = live.clone();
        live["metadata"]["annotations"][LAST_APPLIED] = json!(last.to_string());
        live
    }

    fn spec(new: Value, last: Value, live_spec: Value) -> Value {
        let live = live(
            &json!({"spec": last}),
            &json!({"metadata": {}, "spec": live_spec}),
        );
        applied(&json!({"spec": new}), &live)["spec"].clone()
    }

    #[test]
    fn what_others_wrote_stays_and_what_was_applied_before_goes() {
        let template = |annotations: Value| json!({"template": {"metadata": {"annotations": annotations}}});
        let merged = spec(
            template(json!({"a": "2"})),
            template(json!({"a": "1", "b": "1"})),
            template(json!({"a": "1", "b": "1", "kubectl.kubernetes.io/restartedAt": "now"})),
        );
        assert_eq!(
            merged,
            template(json!({"a": "2", "kubectl.kubernetes.io/restartedAt": "now"}))
        );
    }

    #[test]
    fn items_merge_by_their_keys_in_the_order_of_the_manifest_around_what_only_the_server_has() {
        let list = |items: &[(&str, &str)]| -> Value {
            let item = |(name, image): &(&str, &str)| json!({"name": name, "image": image});
            json!({"containers": items.iter().map(item).collect::<Vec<_>>()})
        };
        let merged = spec(
            list(&[("c", "c:2"), ("new", "n:1")]),
            list(&[("a", "a:1"), ("c", "c:1")]),
            list(&[("a", "a:1"), ("injected", "i:1"), ("c", "c:1"), ("late", "l:1")]),
        );
        assert_eq!(
            merged,
            list(&[("injected", "i:1"), ("c", "c:2"), ("new", "n:1"), ("late", "l:1")])
        );
    }

    #[test]
    fn finalizers_of_others_stay() {
        let merged = spec(
            json!({"finalizers": ["b/x", "new/x"]}),
            json!({"finalizers": ["a/x", "b/x"]}),
            json!({"finalizers": ["a/x", "other/x", "b/x"]}),
        );
        assert_eq!(merged, json!({"finalizers": ["other/x", "b/x", "new/x"]}));
    }

    #[test]
    fn a_default_that_was_stored_stays_with_its_container() {
        let merged = spec(
            json!({"containers": [{"name": "a", "image": "a:latest"}]}),
            json!({"containers": [{"name": "a", "image": "a:1"}]}),
            json!({"containers": [{"name": "a", "image": "a:1", "imagePullPolicy": "IfNotPresent"}]}),
        );
        assert_eq!(merged["containers"][0]["imagePullPolicy"], "IfNotPresent");
    }

    #[test]
    fn a_volume_of_another_kind_has_nothing_of_the_old_one_and_other_lists_are_replaced() {
        let merged = spec(
            json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}], "args": ["b"], "gone": null}),
            json!({}),
            json!({"volumes": [{"name": "v", "emptyDir": {}}], "args": ["a", "c"], "gone": 1}),
        );
        assert_eq!(
            merged,
            json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}], "args": ["b"]})
        );
    }

    #[test]
    fn without_a_last_manifest_nothing_is_taken_away() {
        let live = json!({"metadata": {"labels": {"a": "1"}}});
        assert_eq!(applied(&json!({"metadata": {}}), &live), live);
        assert_eq!(applied(&json!(1), &live), json!(1));
    }
}
