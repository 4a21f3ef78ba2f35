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
