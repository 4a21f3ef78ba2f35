//! One field of a set changed: left out, emptied, of the wrong type, of another plausible value, odd; items doubled,
//! exchanged, added; keys renamed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use steadfast_core::canonical::SchemaField;

use super::bases::Bases;
use super::{numbers, places, texts};
use crate::worlds::Draw;

/// Mutates a field of the set. A note says which; nothing where the choice could not be carried out.
pub fn mutate(set: &mut Value, bases: &Bases, draw: &mut Draw) -> Option<String> {
    let mut of_struct: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for place in places::structs(set, bases.structs()) {
        of_struct.entry(place.of).or_default().push(place.pointer);
    }
    // Fields are drawn evenly, not places: a rule of a volume that stands once is as much a rule as one of a container.
    let mut fields: Vec<(usize, (&'static str, &SchemaField))> = Vec::new();
    for of in of_struct.keys() {
        for field in bases.structs().get(of).into_iter().flatten() {
            fields.push((weight(of, field.name), (*of, field)));
        }
    }
    let (of, field) = *draw.weighted(&fields);
    let pointer = draw.pick(of_struct.get(of)?).clone();
    let object = set.pointer_mut(&pointer)?.as_object_mut()?;
    let what = mutate_field(object, of, field, bases, draw);
    let path = pointer.trim_start_matches('/').replace('/', ".");
    Some(format!("{path}.{} {what}", field.name))
}

/// How often a field is drawn: what decides about the whole manifest seldom, the set's own rules often.
fn weight(of: &str, field: &str) -> usize {
    match (of, field) {
        // Another kind goes to another handler.
        ("StatefulSet", "apiVersion" | "kind") => 0,
        ("StatefulSet", "metadata") | ("StatefulSetSpec", "template") => 1,
        ("PodTemplateSpec", "spec") | ("PodSpec", "containers") => 2,
        ("ObjectMeta", "managedFields") | ("ManagedFieldsEntry", _) => 1,
        (of, _) if of.ends_with("Status") || of.ends_with("Condition") => 1,
        (of, _) if of.starts_with("StatefulSet") || of == "RollingUpdateStatefulSetStrategy" => 10,
        ("LabelSelector" | "LabelSelectorRequirement" | "ObjectMeta", _) => 6,
        ("EphemeralContainer", _) => 1,
        _ => 4,
    }
}

fn mutate_field(
    object: &mut Map<String, Value>,
    of: &str,
    field: &SchemaField,
    bases: &Bases,
    draw: &mut Draw,
) -> &'static str {
    let name = field.name.to_owned();
    let is_there = object.get(field.name).is_some_and(|value| !value.is_null());
    let (what, value) = match draw.below(100) {
        0..=11 if is_there => ("left out", None),
        12..=14 => ("null", Some(Value::Null)),
        15..=17 => ("of the wrong type", Some(wrong(draw, field))),
        18..=23 => ("empty", Some(empty(field))),
        24..=26 => {
            let unknown = misspelt(draw, field.name);
            let value = object.remove(field.name).unwrap_or_else(|| json!("x"));
            object.insert(unknown, value);
            return "misspelt";
        }
        _ => match (field.container, object.get(field.name)) {
            ("list", Some(Value::Array(items))) => list(items, of, field, bases, draw),
            ("list", _) => {
                let count = draw.between(1, 2);
                let items = (0..count).map(|_| one(draw, of, field, bases)).collect();
                ("begun", Some(items))
            }
            ("map", entries) => map(entries, of, field, draw),
            _ => ("another value", Some(one(draw, of, field, bases))),
        },
    };
    match value {
        Some(value) => drop(object.insert(name, value)),
        None => drop(object.remove(&name)),
    }
    what
}

fn list(
    items: &[Value],
    of: &str,
    field: &SchemaField,
    bases: &Bases,
    draw: &mut Draw,
) -> (&'static str, Option<Value>) {
    let mut items = items.to_vec();
    let at = draw.index(items.len());
    let what = match (draw.below(6), at) {
        (0, Some(at)) => {
            let item = items[at].clone();
            items.insert(draw.below(items.len() + 1), item);
            "with an item twice"
        }
        (1, Some(at)) if items.len() > 1 => {
            let other = draw.below(items.len());
            items.swap(at, other);
            "in another order"
        }
        (2, Some(at)) => {
            items.remove(at);
            "without an item"
        }
        (3 | 4, Some(at)) if field.kind != "struct" => {
            items[at] = one(draw, of, field, bases);
            "with another item"
        }
        (5, Some(at)) if draw.one_in(4) => {
            items[at] = Value::Null;
            "with a null"
        }
        _ => {
            items.push(one(draw, of, field, bases));
            "with one more"
        }
    };
    (what, Some(Value::Array(items)))
}

fn map(
    entries: Option<&Value>,
    of: &str,
    field: &SchemaField,
    draw: &mut Draw,
) -> (&'static str, Option<Value>) {
    let mut entries = entries.and_then(Value::as_object).cloned().unwrap_or_default();
    let known: Vec<String> = entries.keys().cloned().collect();
    let value = |draw: &mut Draw| match field.kind {
        "quantity" => numbers::quantity(draw, field.name),
        // Too much of it is refused, however long each is.
        _ if field.name == "annotations" && draw.one_in(100) => json!("x".repeat(262_150)),
        _ => json!(texts::text(draw, of, "value")),
    };
    let what = match (draw.below(4), draw.index(known.len())) {
        (0, Some(at)) => {
            entries.remove(&known[at]);
            "without an entry"
        }
        (1, Some(at)) => {
            entries.insert(known[at].clone(), value(draw));
            "with another value"
        }
        (2, Some(at)) => {
            let moved = entries.remove(&known[at]).unwrap_or_default();
            entries.insert(numbers::key(draw, of, field.name, field.kind), moved);
            "with another key"
        }
        _ => {
            let key = numbers::key(draw, of, field.name, field.kind);
            entries.insert(key, value(draw));
            "with one more"
        }
    };
    (what, Some(Value::Object(entries)))
}

/// One value that the field may have.
fn one(draw: &mut Draw, of: &str, field: &SchemaField, bases: &Bases) -> Value {
    match field.kind {
        "struct" => match bases.samples(field.of) {
            [] => json!({}),
            _ if draw.one_in(12) => json!({}),
            samples => draw.pick(samples).clone(),
        },
        "string" => json!(texts::text(draw, of, field.name)),
        "bool" => json!(draw.percent(50)),
        "int32" => numbers::integer(draw, of, field.name, false),
        "int64" => numbers::integer(draw, of, field.name, true),
        "quantity" => numbers::quantity(draw, field.name),
        "intOrString" => numbers::integer_or_text(draw, field.name),
        "time" => json!(*draw.pick(&["2026-11-21T00:00:00Z", "2025-01-01T00:00:00+01:00", "yesterday"])),
        "raw" => json!({"f:spec": {}}),
        other => panic!("no values for {other}"),
    }
}

fn empty(field: &SchemaField) -> Value {
    match (field.container, field.kind) {
        ("list", _) => json!([]),
        ("map", _) | (_, "struct" | "raw") => json!({}),
        (_, "string" | "time") => json!(""),
        (_, "bool") => json!(false),
        (_, "quantity") => json!("0"),
        _ => json!(0),
    }
}

fn wrong(draw: &mut Draw, field: &SchemaField) -> Value {
    let wrong = match (field.container, field.kind) {
        ("list", _) => [json!({}), json!("a"), json!([[]]), json!(1)],
        ("map", _) => [json!([]), json!({"a": []}), json!("a"), json!({"a": {}})],
        (_, "struct") => [json!([]), json!("a"), json!(true), json!(0)],
        (_, "string" | "time") => [json!(1), json!(true), json!({}), json!(["a"])],
        (_, "bool") => [json!("true"), json!(1), json!([]), json!("")],
        _ => [
            json!("1"),
            json!(1.5),
            json!(true),
            json!(9_223_372_036_854_775_807u64),
        ],
    };
    draw.pick(&wrong).clone()
}

/// A name that is not known, mostly one that is nearly right.
fn misspelt(draw: &mut Draw, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    match draw.below(4) {
        0 => letters.push('s'),
        1 => drop(letters.pop()),
        2 if letters.len() > 2 => {
            let at = draw.below(letters.len() - 1);
            letters.swap(at, at + 1);
        }
        _ => letters[0] = letters[0].to_ascii_uppercase(),
    }
    letters.into_iter().collect()
}
