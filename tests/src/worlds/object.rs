//! JSON objects, built and changed without copying what goes into them (`json!` serialises every value it is given).

use serde_json::{Map, Value};

/// An object of these entries.
pub fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Object(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_string(), value))
            .collect::<Map<_, _>>(),
    )
}

/// A string value.
pub fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// Takes a field away; an object without it stays as it is.
pub fn remove(object: &mut Value, key: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(key);
    }
}
