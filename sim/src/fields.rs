//! Reading a mapping field by field, so that every error has a path and says what is allowed.

mod read;

use serde_json::{Map, Value};
use steadfast_core::{Cause, CauseType, Error, Profile, Timestamp};

use crate::clock::Millis;
use crate::settings::Span;
use crate::store::Propagation;

pub(crate) use read::{Read, deserialized, whole, word};

/// A mapping that is being read.
pub(crate) struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
    asked: Vec<&'static str>,
    causes: Vec<Cause>,
}

impl<'a> Fields<'a> {
    /// Starts to read `what`, which is a mapping.
    pub fn of_root(value: &'a Value, what: &str) -> Result<Self, Error> {
        if value.is_object() {
            return Self::of(value, "");
        }
        Err(Error::invalid(vec![Cause::wrong_type(what, value, "a mapping")]))
    }

    /// Starts to read the mapping at `path`.
    pub fn of(value: &'a Value, path: &str) -> Result<Self, Error> {
        match value {
            Value::Object(map) => Ok(Self {
                path: path.to_owned(),
                map,
                asked: Vec::new(),
                causes: Vec::new(),
            }),
            other => Err(Error::invalid(vec![Cause::wrong_type(path, other, "a mapping")])),
        }
    }

    /// The path of a field.
    pub fn path_of(&self, field: &str) -> String {
        if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.path)
        }
    }

    /// All fields that are there.
    pub fn names(&self) -> Vec<String> {
        self.map.keys().cloned().collect()
    }

    /// Reads a field into `place`, which stays as it is where there is none. What is wrong is told by
    /// [`finish`](Self::finish), with all else that is.
    pub fn read<T: Read>(&mut self, field: &'static str, place: &mut T) {
        self.asked.push(field);
        if let Some(value) = self.map.get(field) {
            self.put(field, value, place);
        }
    }

    /// The same for a field that must be there.
    pub fn needed<T: Read>(&mut self, field: &'static str, place: &mut T) {
        match self.required(field) {
            Ok(value) => self.put(field, value, place),
            Err(error) => self.causes.extend(error.causes),
        }
    }

    fn put<T: Read>(&mut self, field: &str, value: &Value, place: &mut T) {
        match T::read(value, &self.path_of(field)) {
            Ok(read) => *place = read,
            Err(error) => self.causes.extend(error.causes),
        }
    }

    /// Refuses a field unless it has been asked for before; null counts as absent.
    pub fn forbid(&mut self, field: &'static str, detail: &str) {
        if !self.asked.contains(&field) && self.optional(field).is_some() {
            let cause = Cause::of(self.path_of(field), CauseType::FieldValueForbidden, detail);
            self.causes.push(cause);
        }
    }

    /// Adds what else is wrong, which [`finish`](Self::finish) tells.
    pub fn wrong(&mut self, cause: Cause) {
        self.causes.push(cause);
    }

    /// The field, or nothing; null counts as absent.
    pub fn optional(&mut self, field: &'static str) -> Option<&'a Value> {
        self.asked.push(field);
        self.map.get(field).filter(|value| !value.is_null())
    }

    /// The field.
    pub fn required(&mut self, field: &'static str) -> Result<&'a Value, Error> {
        self.optional(field)
            .ok_or_else(|| Error::invalid(vec![Cause::required(self.path_of(field))]))
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &'static str) -> Result<&'a str, Error> {
        let value = self.required(field)?;
        self.as_text(field, value)
    }

    /// A text.
    pub fn optional_text(&mut self, field: &'static str) -> Result<Option<&'a str>, Error> {
        self.optional(field)
            .map(|value| self.as_text(field, value))
            .transpose()
    }

    /// A flag of any name.
    pub fn flag(&self, field: &str) -> Result<bool, Error> {
        match self.map.get(field) {
            Some(Value::Bool(flag)) => Ok(*flag),
            other => Err(self.wrong_type(field, other.unwrap_or(&Value::Null), "true or false")),
        }
    }

    /// A whole number from 0 up, as far as the API server can count.
    pub fn optional_count(&mut self, field: &'static str) -> Result<Option<u32>, Error> {
        let Some(value) = self.optional(field) else {
            return Ok(None);
        };
        let count = whole(value, &self.path_of(field), i32::MAX as u64)?;
        Ok(u32::try_from(count).ok())
    }

    /// A span of time.
    pub fn optional_span(&mut self, field: &'static str) -> Result<Option<Millis>, Error> {
        let Some(value) = self.optional(field) else {
            return Ok(None);
        };
        Span::parse(value, &self.path_of(field)).map(|span| Some(span.millis()))
    }

    /// `kubernetes` and `featureGates` (`wire.md`, "Profiles on the wire").
    pub fn profile(&mut self) -> Result<Profile, Error> {
        let mut profile: Profile = match self.optional("kubernetes") {
            // In YAML `1.37` is a number.
            Some(Value::Number(version)) => version.to_string().parse()?,
            Some(_) => self.text("kubernetes")?.parse()?,
            None => Profile::default(),
        };
        if let Some(gates) = self.optional("featureGates") {
            let gates = Fields::of(gates, &self.path_of("featureGates"))?;
            for name in gates.names() {
                profile = profile.with_gate(&name, gates.flag(&name)?)?;
            }
        }
        Ok(profile)
    }

    /// `cascade`, as in `kubectl delete --cascade`.
    pub fn cascade(&mut self) -> Result<Option<Propagation>, Error> {
        let Some(value) = self.optional("cascade") else {
            return Ok(None);
        };
        let words = [
            ("background", Propagation::Background),
            ("foreground", Propagation::Foreground),
            ("orphan", Propagation::Orphan),
        ];
        word(value, &self.path_of("cascade"), &words).map(Some)
    }

    /// An instant.
    pub fn optional_instant(&mut self, field: &'static str) -> Result<Option<Timestamp>, Error> {
        let Some(text) = self.optional_text(field)? else {
            return Ok(None);
        };
        let instant = Timestamp::parse(text).ok_or_else(|| {
            let detail = "must be a time such as `2026-11-21T00:00:00Z`";
            self.invalid(field, &Value::from(text), detail)
        });
        instant.map(Some)
    }

    /// A list; absent is empty.
    pub fn optional_list(&mut self, field: &'static str) -> Result<&'a [Value], Error> {
        match self.optional(field) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(self.wrong_type(field, other, "a list")),
        }
    }

    /// An error about a field's value.
    pub fn invalid(&self, field: &str, value: &Value, detail: &str) -> Error {
        let shown = (!value.is_object() && !value.is_array()).then(|| value.clone());
        let cause = Cause::of(self.path_of(field), CauseType::FieldValueInvalid, detail);
        Error::invalid(vec![Cause {
            value: shown,
            ..cause
        }])
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// What was wrong with the fields that were read, and each field that nobody asked for, with those that there are.
    pub fn finish(mut self) -> Result<(), Error> {
        let unknown = self
            .map
            .keys()
            .filter(|name| !self.asked.contains(&name.as_str()));
        let detail = format!("unknown field; there are {}", self.asked.join(", "));
        let unknown: Vec<Cause> = unknown
            .map(|name| Cause::of(self.path_of(name), CauseType::FieldValueForbidden, detail.clone()))
            .collect();
        self.causes.extend(unknown);
        if self.causes.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(self.causes))
        }
    }

    fn as_text(&self, field: &str, value: &'a Value) -> Result<&'a str, Error> {
        value
            .as_str()
            .ok_or_else(|| self.wrong_type(field, value, "a string"))
    }

    fn wrong_type(&self, field: &str, value: &Value, expected: &str) -> Error {
        Error::invalid(vec![Cause::wrong_type(self.path_of(field), value, expected)])
    }
}
