//! Where in an object a struct of the schema stands.

use std::collections::BTreeMap;

use serde_json::Value;
use steadfast_core::canonical::SchemaField;

/// A struct in an object.
pub struct Place {
    /// Upstream's name of the struct.
    pub of: &'static str,
    /// A JSON pointer to it.
    pub pointer: String,
}

/// Every struct of a set, the set itself first; what has the wrong type is passed over.
pub fn structs(set: &Value, schema: &BTreeMap<&'static str, Vec<SchemaField>>) -> Vec<Place> {
    let mut found = Vec::new();
    collect("StatefulSet", set, String::new(), schema, &mut found);
    found
}

fn collect(
    of: &'static str,
    value: &Value,
    pointer: String,
    schema: &BTreeMap<&'static str, Vec<SchemaField>>,
    found: &mut Vec<Place>,
) {
    let (Some(fields), Some(object)) = (schema.get(of), value.as_object()) else {
        return;
    };
    found.push(Place {
        of,
        pointer: pointer.clone(),
    });
    for field in fields.iter().filter(|field| field.kind == "struct") {
        let below = format!("{pointer}/{}", field.name);
        match object.get(field.name) {
            Some(Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    collect(field.of, item, format!("{below}/{at}"), schema, found);
                }
            }
            Some(value) => collect(field.of, value, below, schema, found),
            None => {}
        }
    }
}
