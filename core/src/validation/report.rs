//! A place in an object in canonical form, and what is said about places.

use serde_json::{Map, Value};

use crate::error::supported_values;
use crate::{Cause, CauseType};

/// What validation has to say, in upstream's order.
#[derive(Default)]
pub(super) struct Report {
    pub causes: Vec<Cause>,
    /// Paths of what no rule here looks at.
    pub unchecked: Vec<String>,
}

/// A value at its place. The object is in canonical form, so that types are right; what is absent is null.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    value: &'a Value,
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    /// The first step: nothing for the object itself, or what stands before, such as `spec.template`.
    Root(&'a str),
    Field(&'a str),
    Item(usize),
    Key(&'a str),
}

static NULL: Value = Value::Null;
static EMPTY: Value = Value::String(String::new());

impl<'a> At<'a> {
    /// The object itself, or a part of it that stands at `path`.
    pub fn root(value: &'a Value, path: &'a str) -> Self {
        Self {
            value,
            parent: None,
            step: Step::Root(path),
        }
    }

    /// The field `name`; its value is null where it is absent.
    pub fn field(&'a self, name: &'a str) -> Self {
        At {
            value: self.value.get(name).unwrap_or(&NULL),
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// The items of the list; none where it is absent.
    pub fn items(&'a self) -> impl Iterator<Item = At<'a>> {
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().enumerate().map(move |(at, value)| At {
            value,
            parent: Some(self),
            step: Step::Item(at),
        })
    }

    /// The entries of the map in order of keys, each with its key; none where it is absent.
    pub fn entries(&'a self) -> impl Iterator<Item = (&'a str, At<'a>)> {
        let entries = self.value.as_object().into_iter().flat_map(Map::iter);
        entries.map(move |(key, value)| {
            let at = At {
                value,
                parent: Some(self),
                step: Step::Key(key),
            };
            (key.as_str(), at)
        })
    }

    /// What stands under `key` of this map, at the path that upstream's `Key` gives: `labels[key]`.
    pub fn key(&'a self, key: &'a str) -> Self {
        At {
            value: self.value.get(key).unwrap_or(&NULL),
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// A place below this one where upstream reports what stands at `of`: its paths are not always the object's.
    pub const fn alias(&'a self, name: &'a str, of: &At<'a>) -> Self {
        At {
            value: of.value,
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// As [`At::alias`], with a number for a name.
    pub const fn alias_item(&'a self, index: usize, of: &At<'a>) -> Self {
        At {
            value: of.value,
            parent: Some(self),
            step: Step::Item(index),
        }
    }

    /// Another value at this place: upstream sometimes leaves out an index.
    pub const fn with(&self, value: &'a Value) -> Self {
        At { value, ..*self }
    }

    /// This place with the text of another one, empty where there is none: what upstream shows there.
    pub const fn showing(&self, text: &At<'a>) -> Self {
        match text.value {
            Value::Null => self.with(&EMPTY),
            value => self.with(value),
        }
    }

    /// This place with an empty text, which upstream shows where it has nothing better.
    pub const fn showing_nothing(&self) -> Self {
        self.with(&EMPTY)
    }

    pub const fn value(&self) -> &'a Value {
        self.value
    }

    /// True where the field stands there: upstream's pointer is not nil.
    pub fn is_present(&self) -> bool {
        !self.value.is_null()
    }

    /// The text; empty where there is none.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The number; 0 where there is none.
    pub fn number(&self) -> i64 {
        self.value.as_i64().unwrap_or_default()
    }

    /// True where it says so; false where it is absent.
    pub fn flag(&self) -> bool {
        self.value.as_bool().unwrap_or_default()
    }

    /// How many items or entries there are.
    pub fn len(&self) -> usize {
        match self.value {
            Value::Array(items) => items.len(),
            Value::Object(entries) => entries.len(),
            _ => 0,
        }
    }

    /// The path as the API server writes it: `spec.containers[0].name`, `metadata.labels[app]`.
    pub fn path(&self) -> String {
        let mut path = self.parent.map(At::path).unwrap_or_default();
        match self.step {
            Step::Root(name) => path.push_str(name),
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Item(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                path.push('[');
                path.push_str(key);
                path.push(']');
            }
        }
        path
    }
}

impl Report {
    /// One more thing that is wrong with the value at a place.
    pub fn say(&mut self, kind: CauseType, at: &At<'_>, detail: impl Into<String>) {
        let value = Some(at.value().clone()).filter(|value| {
            // Whole objects would drown the message that they are shown in.
            !value.is_null() && !value.is_array() && !value.is_object()
        });
        self.causes.push(Cause {
            value,
            ..Cause::of(at.path(), kind, detail)
        });
    }

    pub fn invalid(&mut self, at: &At<'_>, detail: impl Into<String>) {
        self.say(CauseType::FieldValueInvalid, at, detail);
    }

    /// One invalid value for each of the sentences.
    pub fn invalid_for(&mut self, at: &At<'_>, sentences: Vec<String>) {
        for sentence in sentences {
            self.invalid(at, sentence);
        }
    }

    pub fn required(&mut self, at: &At<'_>, detail: impl Into<String>) {
        self.say(CauseType::FieldValueRequired, at, detail);
    }

    pub fn forbidden(&mut self, at: &At<'_>, detail: impl Into<String>) {
        self.say(CauseType::FieldValueForbidden, at, detail);
    }

    pub fn duplicate(&mut self, at: &At<'_>) {
        self.say(CauseType::FieldValueDuplicate, at, "");
    }

    pub fn not_found(&mut self, at: &At<'_>) {
        self.say(CauseType::FieldValueNotFound, at, "");
    }

    /// Upstream quotes and joins the supported values in the order given (`field.NotSupported`).
    pub fn not_supported(&mut self, at: &At<'_>, supported: &[&str]) {
        let detail = supported_values(supported);
        self.say(CauseType::FieldValueNotSupported, &at.showing(at), detail);
    }

    /// `limit` in bytes (`field.TooLong`).
    pub fn too_long(&mut self, at: &At<'_>, limit: usize) {
        let unit = if limit == 1 { "byte" } else { "bytes" };
        self.say(
            CauseType::FieldValueTooLong,
            at,
            format!("may not be more than {limit} {unit}"),
        );
    }

    /// `limit` entries at most (`field.TooMany`).
    pub fn too_many(&mut self, at: &At<'_>, limit: usize) {
        let unit = if limit == 1 { "item" } else { "items" };
        let detail = format!("must have at most {limit} {unit}");
        self.causes.push(Cause {
            value: Some(at.len().into()),
            ..Cause::of(at.path(), CauseType::FieldValueTooMany, detail)
        });
    }
}
