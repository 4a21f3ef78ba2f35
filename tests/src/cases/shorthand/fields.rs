//! Reading a mapping so that a misspelt field is an error, and laying one value over another.

use serde_json::{Map, Value};

/// A mapping that is being read.
pub struct Fields<'a> {
    place: &'static str,
    map: &'a Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub fn of(value: &'a Value, place: &'static str) -> Result<Self, String> {
        let map = value
            .as_object()
            .ok_or_else(|| format!("{place} is not a mapping: `{value}`"))?;
        Ok(Self {
            place,
            map,
            asked: Vec::new(),
        })
    }

    pub fn optional(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.map.get(name)
    }

    pub fn text(&mut self, name: &'static str, default: &str) -> Result<String, String> {
        self.optional(name)
            .map_or_else(|| Ok(default.to_owned()), super::text_of)
    }

    /// A list; nothing is an empty one.
    pub fn list(&mut self, name: &'static str) -> Result<&'a [Value], String> {
        match self.optional(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(format!("`{name}` takes a list, not `{other}`")),
        }
    }

    /// Ends the reading: a field that nobody asked for is an error.
    pub fn finish(self) -> Result<(), String> {
        match self.map.keys().find(|name| !self.asked.contains(&name.as_str())) {
            Some(name) => Err(format!(
                "{} has no field `{name}`; there are {}",
                self.place,
                self.asked.join(", ")
            )),
            None => Ok(()),
        }
    }
}

/// Lays `over` on `under`: mappings are merged, null takes away, everything else replaces.
pub fn overlay(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                if value.is_null() {
                    under.remove(key);
                } else {
                    overlay(under.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}
