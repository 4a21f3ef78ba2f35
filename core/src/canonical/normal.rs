//! The walk: what decoding into Go's typed structs and encoding again makes of a value, with or without defaults.
//!
//! Source: `sigs.k8s.io/json` (`UnmarshalCaseSensitivePreserveInts`), Go's `encoding/json`, and the unmarshallers of
//! `apimachinery` (`Quantity`, `IntOrString`, `Time`, `FieldsV1`).

use serde_json::{Map, Value, json};

use super::quantity::Quantity;
use super::schema::{Default, Field, Kind, Shape, Struct};
use super::{moment, rules};
use crate::{Cause, CauseType};

/// What the walk is for.
pub(super) struct Purpose<'a> {
    /// Kubernetes 1.`minor`.
    pub minor: u8,
    /// Empty fields get their defaults.
    pub is_defaulted: bool,
    /// As the API server gives it back, after it went through its own types.
    pub is_stored: bool,
    pub has_max_unavailable: bool,
    /// Fields that the version does not know stay.
    pub keeps_unknown: bool,
    /// Lists and maps stay that are there and empty, where validation tells them from absent ones.
    pub keeps_empty: bool,
    pub found: &'a mut Found,
}

/// What was found on the way.
#[derive(Default)]
pub(super) struct Found {
    pub faults: Vec<Cause>,
    /// Paths of fields that the version does not know.
    pub unknown: Vec<String>,
}

/// A place in the object, written out only when there is something to say about it.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    Root(&'a str),
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
    Key(&'a Place<'a>, &'a str),
}

/// The normal form of a struct; null and absent are the empty struct.
pub(super) fn structure(
    of: &'static Struct,
    value: Option<&Value>,
    at: &Place<'_>,
    purpose: &mut Purpose<'_>,
) -> Map<String, Value> {
    let mut normal = Map::new();
    let empty = Map::new();
    let entries = match value {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(entries)) => entries,
        Some(other) => {
            purpose.wrong_type::<()>(at, other, "a mapping");
            return normal;
        }
    };
    let minor = purpose.minor;
    let mut fields = of.fields.iter().filter(|field| field.is_in(minor)).peekable();
    // Both are in order of name.
    for (name, value) in entries {
        while let Some(passed) = fields.next_if(|field| field.name < name.as_str()) {
            put(&mut normal, passed, None, at, purpose);
        }
        match fields.next_if(|field| field.name == name.as_str()) {
            Some(field) => put(&mut normal, field, Some(value), at, purpose),
            None => {
                purpose.found.unknown.push(Place::Field(at, name).to_string());
                if purpose.keeps_unknown {
                    normal.insert(name.clone(), value.clone());
                }
            }
        }
    }
    for absent in fields {
        put(&mut normal, absent, None, at, purpose);
    }
    if let Some(rule) = of.rule.filter(|_| purpose.is_defaulted) {
        rules::apply(rule, &mut normal, purpose);
    }
    normal
}

fn put(
    normal: &mut Map<String, Value>,
    field: &'static Field,
    value: Option<&Value>,
    at: &Place<'_>,
    purpose: &mut Purpose<'_>,
) {
    let value = value.filter(|value| !value.is_null());
    let is_silent = value.is_none() && !field.is_always && field.default.is_none();
    if is_silent {
        return;
    }
    let written = written(field, value, &Place::Field(at, field.name), purpose);
    let default = field.default.filter(|_| purpose.is_defaulted);
    let value = match (written, default) {
        (Some(value), _) => value,
        (None, Some(default)) => defaulted(default, field, &Place::Field(at, field.name), purpose),
        (None, None) if !field.is_always => return,
        (None, None) => zero(field, value.is_some(), at, purpose),
    };
    normal.insert(field.name.to_owned(), value);
}

/// What stands in the field; `None` where that is empty in Go's sense.
fn written(
    field: &'static Field,
    value: Option<&Value>,
    at: &Place<'_>,
    purpose: &mut Purpose<'_>,
) -> Option<Value> {
    let value = value?;
    match field.shape {
        Shape::One(kind) => {
            let normal = one(kind, value, at, purpose);
            Some(normal).filter(|normal| field.is_pointer || !is_zero(kind, normal))
        }
        Shape::List(kind) => {
            let Value::Array(items) = value else {
                return purpose.wrong_type(at, value, "a list");
            };
            let items: Vec<Value> = items
                .iter()
                .enumerate()
                .map(|(index, item)| one(kind, item, &Place::Item(at, index), purpose))
                .collect();
            Some(items)
                .filter(|items| !items.is_empty() || purpose.keeps(field))
                .map(Value::Array)
        }
        Shape::Map(kind) => {
            let Value::Object(entries) = value else {
                return purpose.wrong_type(at, value, "a mapping");
            };
            let mut normal = Map::new();
            for (key, value) in entries {
                normal.insert(key.clone(), one(kind, value, &Place::Key(at, key), purpose));
            }
            Some(normal)
                .filter(|normal| !normal.is_empty() || purpose.keeps(field))
                .map(Value::Object)
        }
    }
}

fn one(kind: Kind, value: &Value, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    match (kind, value) {
        (Kind::Struct(of), _) => return Value::Object(structure(of, Some(value), at, purpose)),
        (Kind::Raw, _) => return value.clone(),
        (_, Value::Null) => return zero_of(kind),
        _ => {}
    }
    let is_right = match kind {
        Kind::Text => value.is_string(),
        Kind::Bool => value.is_boolean(),
        Kind::Int32 => is_int32(value),
        Kind::Int64 => value.is_i64(),
        Kind::IntOrText => value.is_string() || is_int32(value),
        Kind::Quantity => return quantity(value, at, purpose),
        Kind::Time => return time(value, at, purpose),
        Kind::Struct(_) | Kind::Raw => true,
    };
    if !is_right {
        purpose.wrong_type::<()>(at, value, expected(kind));
    }
    value.clone()
}

fn is_int32(value: &Value) -> bool {
    value.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Bool => "a boolean",
        Kind::Int32 => "a 32-bit integer",
        Kind::Int64 => "a 64-bit integer",
        Kind::IntOrText => "a 32-bit integer or a string",
        Kind::Quantity => "a quantity",
        Kind::Time => "a time",
        Kind::Raw | Kind::Struct(_) => "a mapping",
    }
}

fn quantity(value: &Value, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    let number;
    let text = match value {
        // Upstream reads what stands between the quotes without resolving escapes: none is a digit.
        Value::String(text) => text.trim_matches(|c: char| c.is_whitespace() && !c.is_ascii_control()),
        Value::Number(found) => {
            number = found.to_string();
            number.as_str()
        }
        other => {
            purpose.wrong_type::<()>(at, other, expected(Kind::Quantity));
            return Value::Null;
        }
    };
    match Quantity::parse(text) {
        Ok(mut quantity) => {
            // Every list of resources in a set is rounded by defaulting, and no other quantity.
            if purpose.is_defaulted && matches!(at, Place::Key(..)) {
                quantity.round_to_milli();
            }
            json!(quantity.to_string())
        }
        Err(sentence) => {
            let cause = Cause::invalid(at.to_string(), value, sentence);
            purpose.found.faults.push(cause);
            Value::Null
        }
    }
}

fn time(value: &Value, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    let Value::String(text) = value else {
        purpose.wrong_type::<()>(at, value, expected(Kind::Time));
        return Value::Null;
    };
    match moment::normal(text) {
        Ok(time) => time.map_or(Value::Null, Value::String),
        Err(()) => {
            let cause = Cause::invalid(
                at.to_string(),
                value,
                "must be a time such as 2026-11-21T00:00:00Z",
            );
            purpose.found.faults.push(cause);
            Value::Null
        }
    }
}

/// Whether a value that is no pointer counts as empty. Structs, quantities and ports never do.
fn is_zero(kind: Kind, normal: &Value) -> bool {
    match kind {
        Kind::Text => normal.as_str() == Some(""),
        Kind::Bool => *normal == Value::Bool(false),
        Kind::Int32 | Kind::Int64 => normal.as_i64() == Some(0),
        Kind::Time | Kind::Raw => normal.is_null(),
        Kind::Quantity | Kind::IntOrText | Kind::Struct(_) => false,
    }
}

fn zero_of(kind: Kind) -> Value {
    match kind {
        Kind::Text => json!(""),
        Kind::Bool => json!(false),
        Kind::Int32 | Kind::Int64 | Kind::IntOrText => json!(0),
        Kind::Quantity => json!("0"),
        Kind::Time | Kind::Raw | Kind::Struct(_) => Value::Null,
    }
}

/// What an empty field that is always written holds.
fn zero(field: &'static Field, is_given: bool, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    match field.shape {
        Shape::One(_) if field.is_pointer => Value::Null,
        Shape::One(Kind::Struct(of)) => {
            Value::Object(structure(of, None, &Place::Field(at, field.name), purpose))
        }
        Shape::One(kind) => zero_of(kind),
        Shape::List(_) if is_given => json!([]),
        Shape::Map(_) if is_given => json!({}),
        Shape::List(_) | Shape::Map(_) => Value::Null,
    }
}

fn defaulted(default: &Default, field: &'static Field, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    match (default, field.shape) {
        (Default::Text(text), _) => json!(text),
        (Default::Int(number), _) => json!(number),
        (Default::False, _) => json!(false),
        (Default::Struct, Shape::One(Kind::Struct(of))) => Value::Object(structure(of, None, at, purpose)),
        (Default::Struct, _) => json!({}),
    }
}

/// Lists and maps of which some rule of validation asks whether they are nil, not whether they are empty.
///
/// Source: `validateFieldAllowList`, `validateWindows`, `validatePodResources` of `pkg/apis/core/validation/validation.go`,
/// `warningsForOverlappingVirtualPaths` of `pkg/api/pod/warnings.go`.
const TOLD_FROM_NIL: [&str; 11] = [
    "claims",
    "finalizers",
    "items",
    "limits",
    "managedFields",
    "ownerReferences",
    "ports",
    "requests",
    "resizePolicy",
    "restartPolicyRules",
    "supplementalGroups",
];

impl Purpose<'_> {
    /// Whether the list or map in the field stays where it is empty.
    fn keeps(&self, field: &Field) -> bool {
        self.keeps_empty && TOLD_FROM_NIL.contains(&field.name)
    }

    fn wrong_type<T>(&mut self, at: &Place<'_>, value: &Value, expected: &str) -> Option<T> {
        let path = at.to_string();
        self.found.faults.push(if path.is_empty() {
            Cause::of(
                path,
                CauseType::FieldValueTypeInvalid,
                format!("must be {expected}"),
            )
        } else {
            Cause::wrong_type(path, value, expected)
        });
        None
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Field(Self::Root(""), name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Key(parent, key) => write!(f, "{parent}[{key}]"),
        }
    }
}
