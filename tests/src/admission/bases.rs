//! The sets that mutations begin with, and samples of every struct that they are made of.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use steadfast_core::Profile;
use steadfast_core::canonical::{SchemaField, SchemaStruct, schema};
use steadfast_core::manifest;

use super::places;

/// Valid sets as a version knows them.
pub struct Bases {
    structs: BTreeMap<&'static str, Vec<SchemaField>>,
    sets: Vec<Value>,
    samples: BTreeMap<&'static str, Vec<Value>>,
}

/// Texts of the bases; a set that uses much of the schema stands twice.
const TEXTS: [&str; 10] = [
    include_str!("bases/everyday.yaml"),
    include_str!("bases/everyday.yaml"),
    include_str!("bases/volumes.yaml"),
    include_str!("bases/volumes.yaml"),
    include_str!("bases/scheduling.yaml"),
    include_str!("bases/host.yaml"),
    include_str!("bases/windows.yaml"),
    include_str!("bases/claims.yaml"),
    include_str!("bases/newest.yaml"),
    include_str!("bases/minimal.yaml"),
];

/// What no valid set can hold, and mutations shall add.
const OTHERS: &str = include_str!("others.yaml");

impl Bases {
    /// The bases without the fields that the version does not know.
    ///
    /// # Panics
    /// A base is no YAML.
    pub fn of(profile: &Profile) -> Self {
        let structs = schema(profile)
            .into_iter()
            .map(|SchemaStruct { name, fields }| (name, fields))
            .collect();
        let mut bases = Self {
            structs,
            sets: Vec::new(),
            samples: BTreeMap::new(),
        };
        bases.sets = TEXTS.iter().map(|text| bases.known(&parsed(text))).collect();
        let others = bases.known(&parsed(OTHERS));
        for set in bases.sets.iter().chain([&others]) {
            for place in places::structs(set, &bases.structs) {
                let value = set.pointer(&place.pointer).cloned().unwrap_or_default();
                let samples = bases.samples.entry(place.of).or_default();
                if !samples.contains(&value) {
                    samples.push(value);
                }
            }
        }
        bases
    }

    pub fn sets(&self) -> &[Value] {
        &self.sets
    }

    pub const fn structs(&self) -> &BTreeMap<&'static str, Vec<SchemaField>> {
        &self.structs
    }

    /// Whole values of a struct; none for one that no base has.
    pub fn samples(&self, of: &str) -> &[Value] {
        self.samples.get(of).map_or(&[], Vec::as_slice)
    }

    /// The set without unknown fields, so that an older version warns of none that a mutation did not make.
    fn known(&self, set: &Value) -> Value {
        self.pruned("StatefulSet", set)
    }

    fn pruned(&self, of: &str, value: &Value) -> Value {
        let (Some(fields), Some(object)) = (self.structs.get(of), value.as_object()) else {
            return value.clone();
        };
        let mut kept = Map::new();
        for field in fields {
            let Some(value) = object.get(field.name) else {
                continue;
            };
            let value = match (field.kind, value) {
                ("struct", Value::Array(items)) => {
                    let items = items.iter().map(|item| self.pruned(field.of, item));
                    // An item whose only field is unknown would be an invalid one.
                    items
                        .filter(|item| item.as_object().is_none_or(|item| !item.is_empty()))
                        .collect()
                }
                ("struct", value) => self.pruned(field.of, value),
                (_, value) => value.clone(),
            };
            kept.insert(field.name.to_owned(), value);
        }
        Value::Object(kept)
    }
}

fn parsed(text: &str) -> Value {
    let document = manifest::read_one(text.as_bytes()).expect("a base is YAML");
    document.expect("a base is no empty text").value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bases_have_every_struct_of_every_version() {
        for version in Profile::VERSIONS {
            let bases = Bases::of(&version.parse().unwrap());
            for name in bases.structs.keys() {
                assert!(!bases.samples(name).is_empty(), "{version}: no base has a {name}");
            }
        }
    }
}
