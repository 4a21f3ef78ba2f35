//! Small moves on opaque JSON objects.

use serde_json::{Map, Value};

/// A copy without fields that are null: what a typed client would send.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter(|(_, entry)| !entry.is_null());
            Value::Object(
                kept.map(|(key, entry)| (key.clone(), without_nulls(entry)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// Changes the mapping at `key`, which is made where there is none.
pub(crate) fn edit(owner: &mut Map<String, Value>, key: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    let mut inner = match owner.remove(key) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    };
    change(&mut inner);
    owner.insert(key.to_owned(), Value::Object(inner));
}
