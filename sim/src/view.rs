//! Reading opaque JSON objects: what is absent or of another type than expected counts as not there.

use serde_json::{Map, Value};
use steadfast_core::observed::Document;

/// The value at the end of a path of keys.
pub(crate) fn at<'a>(document: &'a dyn Document, path: &[&str]) -> Option<&'a Value> {
    let Some((first, rest)) = path.split_first() else {
        return Some(document.whole());
    };
    rest.iter()
        .try_fold(document.field(first)?, |value, key| value.as_object()?.get(*key))
}

/// A value as JSON. Not by its `Display`, which brings a second and a third writer into a WebAssembly module.
pub(crate) fn json(value: &Value) -> String {
    steadfast_core::json_text::of(value).unwrap_or_default()
}

/// The text at the end of a path.
pub(crate) fn text<'a>(document: &'a dyn Document, path: &[&str]) -> Option<&'a str> {
    at(document, path).and_then(Value::as_str)
}

/// The text at the end of a path, or the empty one.
pub(crate) fn text_or_empty<'a>(document: &'a dyn Document, path: &[&str]) -> &'a str {
    text(document, path).unwrap_or_default()
}

/// The whole number at the end of a path.
pub(crate) fn number(document: &dyn Document, path: &[&str]) -> Option<i64> {
    at(document, path).and_then(Value::as_i64)
}

/// The boolean at the end of a path; absent is false.
pub(crate) fn is_true(document: &dyn Document, path: &[&str]) -> bool {
    at(document, path).and_then(Value::as_bool).unwrap_or_default()
}

/// The items of the list at the end of a path.
pub(crate) fn items<'a>(document: &'a dyn Document, path: &[&str]) -> &'a [Value] {
    at(document, path)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The entries of the mapping of strings at the end of a path, in order of keys.
pub(crate) fn strings<'a>(
    document: &'a dyn Document,
    path: &[&str],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let entries = at(document, path).and_then(Value::as_object);
    entries
        .into_iter()
        .flatten()
        .filter_map(|(key, entry)| Some((key.as_str(), entry.as_str()?)))
}

/// The item of a list that has this `name`.
pub(crate) fn named<'a>(items: &'a [Value], name: &str) -> Option<&'a Value> {
    items.iter().find(|item| text(item, &["name"]) == Some(name))
}

/// The status of the condition `kind`: `True`, `False` or `Unknown`.
pub(crate) fn condition<'a>(object: &'a dyn Document, kind: &str) -> Option<&'a str> {
    let conditions = items(object, &["status", "conditions"]);
    conditions
        .iter()
        .find(|condition| text(condition, &["type"]) == Some(kind))
        .and_then(|c| text(c, &["status"]))
}

/// Whether the object is being deleted.
pub(crate) fn is_terminating(object: &dyn Document) -> bool {
    text(object, &["metadata", "deletionTimestamp"]).is_some()
}

/// Whether a Pod is Failed or Succeeded, and so never runs again.
pub(crate) fn is_finished(pod: &dyn Document) -> bool {
    matches!(text(pod, &["status", "phase"]), Some("Failed" | "Succeeded"))
}

/// The object's UID.
pub(crate) fn uid(object: &dyn Document) -> &str {
    text_or_empty(object, &["metadata", "uid"])
}

/// The names of the claims that a Pod uses, ephemeral volumes' included (`ephemeral.VolumeClaimName`).
pub(crate) fn claim_names(pod: &dyn Document) -> impl Iterator<Item = String> {
    items(pod, &["spec", "volumes"]).iter().filter_map(move |volume| {
        let named = text(volume, &["persistentVolumeClaim", "claimName"]).map(str::to_owned);
        named.or_else(|| {
            volume.get("ephemeral").map(|_| {
                let owner = text_or_empty(pod, &["metadata", "name"]);
                format!("{owner}-{}", text_or_empty(volume, &["name"]))
            })
        })
    })
}

/// A copy of `spec`, empty where there is none.
pub(crate) fn spec(object: &dyn Document) -> Map<String, Value> {
    object
        .field("spec")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}
