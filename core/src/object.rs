//! Small moves on opaque JSON objects.

use serde_json::{Map, Value};

/// A copy without fields that are null: what a typed client would send.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let mut kept = Map::new();
            for (key, entry) in entries.iter().filter(|(_, entry)| !entry.is_null()) {
                kept.insert(key.clone(), without_nulls(entry));
            }
            Value::Object(kept)
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// The value at a path through mappings such as `/metadata/name`. `Value::pointer` would make two copies of each step of it.
pub(crate) fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/')
        .skip(1)
        .try_fold(object, |value, key| value.get(key))
}

/// The text at a path through mappings.
pub(crate) fn text_at<'a>(object: &'a Value, path: &str) -> Option<&'a str> {
    at(object, path).and_then(Value::as_str)
}

/// `metadata.namespace`; none named is `default`.
pub(crate) fn namespace_of(object: &Value) -> &str {
    let own = text_at(object, "/metadata/namespace").filter(|own| !own.is_empty());
    own.unwrap_or("default")
}

/// Changes the mapping at `key`, which is made where there is none.
pub(crate) fn edit(owner: &mut Map<String, Value>, key: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    if let Some(Value::Object(inner)) = owner.get_mut(key) {
        return change(inner);
    }
    let mut inner = Map::new();
    change(&mut inner);
    owner.insert(key.to_owned(), Value::Object(inner));
}

/// Takes fields out. The mapping is made anew: to remove from a B-tree, or to build one from a list, is 7 kB of
/// WebAssembly that the core does without.
pub(crate) fn drop_fields(owner: &mut Map<String, Value>, fields: &[&str]) {
    if fields.iter().any(|field| owner.contains_key(*field)) {
        for (key, value) in std::mem::take(owner) {
            if !fields.contains(&key.as_str()) {
                owner.insert(key, value);
            }
        }
    }
}
