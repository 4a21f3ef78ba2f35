//! The walk: what decoding into Go's typed structs and encoding again makes of a value, with or without defaults.
//!
//! Source: `sigs.k8s.io/json` (`UnmarshalCaseSensitivePreserveInts`), Go's `encoding/json`, and the unmarshallers of
//! `apimachinery` (`Quantity`, `IntOrString`, `Time`, `FieldsV1`).

use serde_json::{Map, Value, json};

use super::quantity::Quantity;
use super::schema::{Default, Field, Kind, Shape, Struct};
use super::{moment, rules};
use crate::object::drop_fields;
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

/// Brings a struct into its normal form; null is the empty struct. What was read is changed where it stands: an object that an
/// API server wrote is in normal form already, but for a field or two.
pub(super) fn structure(of: &'static Struct, value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(entries) = value else {
        purpose.wrong_type(at, value, "a mapping");
        return;
    };
    let minor = purpose.minor;
    let mut fields = of.fields.iter().filter(|field| field.is_in(minor)).peekable();
    let (mut absent, mut gone) = (Vec::new(), Vec::new());
    // Both are in order of name.
    for (name, value) in entries.iter_mut() {
        while let Some(passed) = fields.next_if(|field| field.name < name.as_str()) {
            absent.extend(Some(passed).filter(|field| field.is_written_absent()));
        }
        let stays = match fields.next_if(|field| field.name == name.as_str()) {
            Some(field) => put(field, value, &Place::Field(at, field.name), purpose),
            None => {
                purpose.found.unknown.push(Place::Field(at, name).to_string());
                purpose.keeps_unknown
            }
        };
        if !stays {
            gone.push(name.clone());
        }
    }
    absent.extend(fields.filter(|field| field.is_written_absent()));
    let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    drop_fields(entries, &gone);
    for field in absent {
        let mut value = Value::Null;
        if put(field, &mut value, &Place::Field(at, field.name), purpose) {
            entries.insert(field.name.to_owned(), value);
        }
    }
    if let Some(rule) = of.rule.filter(|_| purpose.is_defaulted) {
        rules::apply(rule, entries, purpose);
    }
}

/// Brings the value of a field into normal form, null where it is absent. Whether the field is written.
fn put(field: &'static Field, value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) -> bool {
    let is_given = !value.is_null();
    if is_given && is_full(field, value, at, purpose) {
        return true;
    }
    match field.default.filter(|_| purpose.is_defaulted) {
        Some(default) => *value = defaulted(default, field, at, purpose),
        None if field.is_always => *value = zero(field, is_given, at, purpose),
        None => return false,
    }
    true
}

/// Brings what stands in the field into normal form; false where that is empty in Go's sense.
fn is_full(field: &'static Field, value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) -> bool {
    match field.shape {
        Shape::One(kind) => {
            one(kind, value, at, purpose);
            field.is_pointer || !is_zero(kind, value)
        }
        Shape::List(kind) => {
            let Value::Array(items) = value else {
                purpose.wrong_type(at, value, "a list");
                return false;
            };
            for (index, item) in items.iter_mut().enumerate() {
                one(kind, item, &Place::Item(at, index), purpose);
            }
            !items.is_empty() || purpose.keeps(field)
        }
        Shape::Map(kind) => {
            let Value::Object(entries) = value else {
                purpose.wrong_type(at, value, "a mapping");
                return false;
            };
            for (key, value) in entries.iter_mut() {
                one(kind, value, &Place::Key(at, key), purpose);
            }
            !entries.is_empty() || purpose.keeps(field)
        }
    }
}

fn one(kind: Kind, value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) {
    let is_right = match (kind, &*value) {
        (Kind::Struct(of), _) => return structure(of, value, at, purpose),
        (Kind::Raw, _) => return,
        (_, Value::Null) => {
            *value = zero_of(kind);
            return;
        }
        (Kind::Quantity, _) => return quantity(value, at, purpose),
        (Kind::Time, _) => return time(value, at, purpose),
        (Kind::Text, value) => value.is_string(),
        (Kind::Bool, value) => value.is_boolean(),
        (Kind::Int32, value) => is_int32(value),
        (Kind::Int64, value) => value.is_i64(),
        (Kind::IntOrText, value) => value.is_string() || is_int32(value),
    };
    if !is_right {
        purpose.wrong_type(at, value, expected(kind));
    }
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

fn quantity(value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) {
    let number;
    let text = match &*value {
        // Upstream reads what stands between the quotes without resolving escapes: none is a digit.
        Value::String(text) => text.trim_matches(|c: char| c.is_whitespace() && !c.is_ascii_control()),
        Value::Number(found) => {
            number = found.to_string();
            number.as_str()
        }
        other => return purpose.wrong_type(at, other, expected(Kind::Quantity)),
    };
    // Every list of resources in a set is rounded by defaulting, and no other quantity.
    let is_rounded = purpose.is_defaulted && matches!(at, Place::Key(..));
    let normal = Quantity::parse(text).map(|mut quantity| {
        if is_rounded {
            quantity.round_to_milli();
        }
        quantity.to_string()
    });
    match normal {
        Ok(normal) => *value = Value::String(normal),
        Err(sentence) => {
            let cause = Cause::invalid(at.to_string(), value, sentence);
            purpose.found.faults.push(cause);
        }
    }
}

fn time(value: &mut Value, at: &Place<'_>, purpose: &mut Purpose<'_>) {
    let Value::String(text) = &*value else {
        return purpose.wrong_type(at, value, expected(Kind::Time));
    };
    match moment::normal(text) {
        Ok(time) => *value = time.map_or(Value::Null, Value::String),
        Err(()) => {
            let cause = Cause::invalid(
                at.to_string(),
                value,
                "must be a time such as 2026-11-21T00:00:00Z",
            );
            purpose.found.faults.push(cause);
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
        Shape::One(Kind::Struct(of)) => empty(of, at, purpose),
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
        (Default::Struct, Shape::One(Kind::Struct(of))) => empty(of, at, purpose),
        (Default::Struct, _) => json!({}),
    }
}

/// The normal form of an empty struct.
fn empty(of: &'static Struct, at: &Place<'_>, purpose: &mut Purpose<'_>) -> Value {
    let mut value = Value::Null;
    structure(of, &mut value, at, purpose);
    value
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

    fn wrong_type(&mut self, at: &Place<'_>, value: &Value, expected: &str) {
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
