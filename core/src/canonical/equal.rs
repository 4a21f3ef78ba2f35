//! Whether two objects in canonical form mean the same.
//!
//! Source: `apimachinery/pkg/api/equality/semantic.go`, `Semantic.DeepEqual`: quantities are compared by value, an
//! empty list or map equals an absent one.

use std::cmp::Ordering;

use serde_json::Value;

use super::quantity::Quantity;
use super::schema::{Field, Kind, Shape, set::STATEFUL_SET_SPEC};

/// Whether two specs of a set mean the same.
pub(crate) fn is_same_spec(one: &Value, other: &Value) -> bool {
    is_same_value(Kind::Struct(&STATEFUL_SET_SPEC), one, other)
}

/// Whether the field `name` means the same in two specs of a set.
pub(crate) fn is_same_in_spec(name: &str, one: &Value, other: &Value) -> bool {
    let mut fields = STATEFUL_SET_SPEC.fields.iter().filter(|field| field.name == name);
    fields.all(|field| is_same_field(field, one, other))
}

static NULL: Value = Value::Null;

fn is_same_field(field: &Field, one: &Value, other: &Value) -> bool {
    let one = one.get(field.name).unwrap_or(&NULL);
    let other = other.get(field.name).unwrap_or(&NULL);
    match field.shape {
        Shape::One(kind) => {
            let is_one_nil = field.is_pointer && one.is_null() != other.is_null();
            !is_one_nil && is_same_value(kind, one, other)
        }
        Shape::List(kind) => {
            let items = |value: &'_ Value| value.as_array().map_or(0, Vec::len);
            let pairs = one
                .as_array()
                .into_iter()
                .flatten()
                .zip(other.as_array().into_iter().flatten());
            items(one) == items(other) && { pairs }.all(|(one, other)| is_same_value(kind, one, other))
        }
        Shape::Map(kind) => {
            let size = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
            let mut entries = one.as_object().into_iter().flatten();
            size(one) == size(other)
                && entries.all(|(key, value)| {
                    other
                        .get(key)
                        .is_some_and(|found| is_same_value(kind, value, found))
                })
        }
    }
}

fn is_same_value(kind: Kind, one: &Value, other: &Value) -> bool {
    match kind {
        Kind::Struct(of) => of.fields.iter().all(|field| is_same_field(field, one, other)),
        Kind::Quantity => {
            let quantity = |value: &'_ Value| value.as_str().unwrap_or("0").to_owned();
            let (one, other) = (quantity(one), quantity(other));
            match (Quantity::parse(&one), Quantity::parse(&other)) {
                (Ok(one), Ok(other)) => one.compare(&other) == Ordering::Equal,
                _ => one == other,
            }
        }
        _ => one == other,
    }
}
