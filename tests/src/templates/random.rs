//! Random StatefulSets over the whole schema: every field of every version, nulls, empty values, unknown fields, wrong
//! types. The same seed gives the same set for as long as the schema stays as it is.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use steadfast_core::Profile;
use steadfast_core::canonical::{SchemaField, SchemaStruct, schema};

use super::values;
use crate::worlds::Draw;

/// All structs with the fields of every version; the newest version's where they differ.
pub struct Union(BTreeMap<&'static str, BTreeMap<&'static str, SchemaField>>);

impl Default for Union {
    fn default() -> Self {
        let mut union: BTreeMap<&'static str, BTreeMap<&'static str, SchemaField>> = BTreeMap::new();
        for version in Profile::VERSIONS {
            let profile: Profile = version.parse().unwrap();
            for SchemaStruct { name, fields } in schema(&profile) {
                let known = union.entry(name).or_default();
                known.extend(fields.into_iter().map(|field| (field.name, field)));
            }
        }
        Self(union)
    }
}

impl Union {
    /// The set of this seed.
    pub fn set(&self, seed: u64) -> Value {
        let mut draw = Draw::of(seed);
        let mut author = Author {
            union: self,
            left: draw.between(10, 160),
            is_clumsy: draw.one_in(8),
            draw,
        };
        let spec = author.structure("StatefulSetSpec");
        let mut set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": spec});
        if author.draw.one_in(4) {
            set["metadata"] = author.structure("ObjectMeta");
            set["status"] = author.structure("StatefulSetStatus");
        }
        if !set["metadata"].is_object() {
            set["metadata"] = json!({});
        }
        // What the harness needs to find it.
        set["metadata"]["name"] = json!("web");
        set["metadata"]["namespace"] = json!("default");
        if author.draw.one_in(10) {
            for field in ["apiVersion", "kind"] {
                set.as_object_mut().unwrap().remove(field);
            }
        }
        set
    }
}

struct Author<'a> {
    union: &'a Union,
    draw: Draw,
    /// How many more structs are begun.
    left: i64,
    /// Makes mistakes of type.
    is_clumsy: bool,
}

impl Author<'_> {
    fn structure(&mut self, of: &str) -> Value {
        let fields = &self.union.0[of];
        self.left -= 1;
        // About four fields of each, more where there is much to choose from; what matters most nearly always.
        let share = (500 / fields.len().max(1)).clamp(12, 70);
        let mut object = Map::new();
        for (name, field) in fields {
            let share = match *name {
                "template" | "containers" | "volumes" | "volumeClaimTemplates" => 85,
                "spec" => 90,
                "initContainers" | "ephemeralContainers" | "updateStrategy" => 40,
                _ => share,
            };
            if !self.draw.percent(share) || (self.left <= 0 && field.kind == "struct") {
                continue;
            }
            let value = self.field(of, field);
            object.insert((*name).to_owned(), value);
        }
        if self.draw.one_in(60) {
            let name = *self
                .draw
                .pick(&["unheardOf", "Name", "Spec", "image ", "$patch", ""]);
            object.entry(name).or_insert_with(|| json!({"a": [1, null]}));
        }
        Value::Object(object)
    }

    fn field(&mut self, of: &str, field: &SchemaField) -> Value {
        if self.draw.one_in(25) {
            return Value::Null;
        }
        if self.is_clumsy && self.draw.one_in(60) {
            return values::mistake(&mut self.draw);
        }
        match field.container {
            "list" => {
                let count = *self.draw.weighted(&[(1, 0), (6, 1), (3, 2), (1, 3)]);
                (0..count).map(|_| self.item(of, field)).collect()
            }
            "map" => {
                let count = *self.draw.weighted(&[(1, 0), (6, 1), (3, 2)]);
                let entries = (0..count).map(|_| {
                    let key = values::key(&mut self.draw, field.kind).to_owned();
                    (key, self.item(of, field))
                });
                Value::Object(entries.collect())
            }
            _ => self.one(of, field),
        }
    }

    fn item(&mut self, of: &str, field: &SchemaField) -> Value {
        if self.draw.one_in(30) {
            Value::Null
        } else if self.is_clumsy && self.draw.one_in(60) {
            values::mistake(&mut self.draw)
        } else {
            self.one(of, field)
        }
    }

    fn one(&mut self, of: &str, field: &SchemaField) -> Value {
        let draw = &mut self.draw;
        match field.kind {
            "struct" if self.left <= -200 => json!({}),
            "struct" => self.structure(field.of),
            "string" => json!(values::text(draw, of, field.name)),
            "bool" => json!(draw.percent(60)),
            "int32" => json!(values::int32(draw)),
            "int64" => json!(values::int64(draw)),
            "quantity" => values::quantity(draw),
            "intOrString" if draw.percent(50) => json!(values::int32(draw)),
            "intOrString" => json!(*draw.pick(&["", "http", "0%", "25%", "1"])),
            "time" => json!(*draw.pick(&values::TIMES)),
            "raw" => values::raw(draw),
            other => panic!("no values for {other}"),
        }
    }
}
