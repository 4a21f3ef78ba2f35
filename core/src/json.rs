//! Reading fields of opaque JSON with their paths, so that a wrong one is reported where it stands.

use std::cell::RefCell;

use serde_json::{Map, Value};

use crate::observed::Object;
use crate::{Cause, Timestamp};

/// A place in a JSON document: a value that may be absent, and the way to it. Null counts as absent, as in Go.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    value: Option<&'a Value>,
    parent: Option<&'a Field<'a>>,
    step: Step<'a>,
    faults: &'a Faults,
}

/// What was wrong on the way.
#[derive(Default)]
pub(crate) struct Faults(RefCell<Vec<Cause>>);

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Faults {
    pub(crate) fn add(&self, cause: Cause) {
        self.0.borrow_mut().push(cause);
    }

    /// The value where nothing was wrong, else all that was.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Vec<Cause>> {
        let causes = self.0.into_inner();
        if causes.is_empty() { Ok(value) } else { Err(causes) }
    }
}

impl<'a> Field<'a> {
    /// The field `key` at the root of an object.
    pub(crate) fn of(object: &'a Object, key: &'a str, faults: &'a Faults) -> Self {
        Self {
            value: object.field(key).filter(|value| !value.is_null()),
            parent: None,
            step: Step::Key(key),
            faults,
        }
    }

    /// A value that is no object of its own; its fields are named from there.
    pub(crate) fn root(value: &'a Value, faults: &'a Faults) -> Self {
        Self {
            value: Some(value).filter(|value| !value.is_null()),
            parent: None,
            step: Step::Key(""),
            faults,
        }
    }

    /// The field `key` of this mapping.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        let value = self.object().and_then(|object| object.get(key));
        self.inner(key, value)
    }

    fn inner(&'a self, key: &'a str, value: Option<&'a Value>) -> Self {
        Field {
            value: value.filter(|value| !value.is_null()),
            parent: Some(self),
            step: Step::Key(key),
            faults: self.faults,
        }
    }

    /// The items of this list; an absent list has none.
    pub(crate) fn items(&'a self) -> impl Iterator<Item = Field<'a>> {
        let items = match self.value {
            Some(Value::Array(items)) => items.as_slice(),
            Some(other) => {
                self.wrong_type::<()>(other, "a list");
                &[]
            }
            None => &[],
        };
        items.iter().enumerate().map(move |(at, value)| Field {
            value: Some(value).filter(|value| !value.is_null()),
            parent: Some(self),
            step: Step::Index(at),
            faults: self.faults,
        })
    }

    pub(crate) fn value(&self) -> Option<&'a Value> {
        self.value
    }

    pub(crate) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn object(&self) -> Option<&'a Map<String, Value>> {
        match self.value? {
            Value::Object(object) => Some(object),
            other => self.wrong_type(other, "a mapping"),
        }
    }

    pub(crate) fn string(&self) -> Option<&'a str> {
        match self.value? {
            Value::String(text) => Some(text),
            other => self.wrong_type(other, "a string"),
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        match self.value? {
            Value::Bool(value) => Some(*value),
            other => self.wrong_type(other, "a boolean"),
        }
    }

    pub(crate) fn i64(&self) -> Option<i64> {
        let value = self.value?;
        let number = integer(value);
        if number.is_none() {
            self.wrong_type::<()>(value, "a 64-bit integer");
        }
        number
    }

    pub(crate) fn i32(&self) -> Option<i32> {
        let value = self.value?;
        match integer(value).and_then(|number| i32::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.wrong_type(value, "a 32-bit integer"),
        }
    }

    /// An int32 that an API server lets in only where it is at least 0.
    pub(crate) fn count(&self) -> Option<i32> {
        let number = self.i32()?;
        if number < 0 {
            // The API server's words: `apimachinery/pkg/api/validation`, `IsNegativeErrorMsg`.
            self.invalid("must be greater than or equal to 0");
            return None;
        }
        Some(number)
    }

    pub(crate) fn time(&self) -> Option<Timestamp> {
        let text = self.string()?;
        let time = Timestamp::parse(text);
        if time.is_none() {
            self.invalid("must be a time such as 2026-11-21T00:00:00Z");
        }
        time.filter(|time| !time.is_zero())
    }

    /// The entries of a mapping of strings, in order of keys.
    pub(crate) fn strings(&'a self) -> Vec<(&'a str, &'a str)> {
        let Some(object) = self.object() else {
            return Vec::new();
        };
        let entries = object.iter().map(|(key, value)| {
            let text = self.inner(key, Some(value)).string();
            (key.as_str(), text.unwrap_or_default())
        });
        entries.collect()
    }

    pub(crate) fn invalid(&self, detail: &str) {
        self.faults.add(Cause::invalid(
            self.path(),
            self.value.unwrap_or(&Value::Null),
            detail,
        ));
    }

    pub(crate) fn not_supported(&self, supported: &[&str]) {
        self.faults.add(Cause::not_supported(
            self.path(),
            self.value.unwrap_or(&Value::Null),
            supported,
        ));
    }

    pub(crate) fn required(&self) {
        self.faults.add(Cause::required(self.path()));
    }

    fn wrong_type<T>(&self, value: &Value, expected: &str) -> Option<T> {
        self.faults.add(Cause::wrong_type(self.path(), value, expected));
        None
    }

    /// The path as the API server writes it: `spec.containers[0].name`, `metadata.labels[app]`.
    pub(crate) fn path(&self) -> String {
        let mut path = self.parent.map(Field::path).unwrap_or_default();
        match self.step {
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) if path.ends_with("labels") || path.ends_with("annotations") => {
                path = format!("{path}[{key}]");
            }
            Step::Key(key) => path = format!("{path}.{key}"),
            Step::Index(at) => path = format!("{path}[{at}]"),
        }
        path
    }
}

/// `3.0` is 3: what comes from YAML through JSON may be written either way.
fn integer(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let float = value
            .as_f64()
            .filter(|float| float.fract() == 0.0 && float.abs() <= EXACT)?;
        Some(float as i64)
    })
}
