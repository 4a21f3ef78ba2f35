//! What is kept of an object: read from text or from a value, it builds what is kept and skips the rest.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A part of an object, by its shape. What has another shape stays whole: to complain of it is not for the reader.
#[derive(Clone, Copy, Debug)]
pub enum Keep<'a> {
    /// All of it.
    All,
    /// Nothing of it.
    Nothing,
    /// These fields of a mapping.
    Only(&'a [(&'a str, Keep<'a>)]),
    /// All fields of a mapping, but of these what is said here.
    But(&'a [(&'a str, Keep<'a>)]),
    /// Each item of a list.
    Each(&'a Keep<'a>),
}

impl<'de> DeserializeSeed<'de> for Keep<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self {
            Self::All => serde::Deserialize::deserialize(deserializer),
            Self::Nothing => deserializer
                .deserialize_ignored_any(IgnoredAny)
                .map(|_| Value::Null),
            keep => deserializer.deserialize_any(keep),
        }
    }
}

impl<'de> Visitor<'de> for Keep<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let (fields, others) = match self {
            Self::Only(fields) => (fields, Self::Nothing),
            Self::But(fields) => (fields, Self::All),
            _ => (&[][..], Self::All),
        };
        let mut kept = Map::new();
        while let Some(name) = access.next_key::<std::borrow::Cow<'_, str>>()? {
            let keep = fields.iter().find(|(field, _)| *field == name);
            match keep.map_or(others, |(_, keep)| *keep) {
                Self::Nothing => {
                    access.next_value::<IgnoredAny>()?;
                }
                keep => {
                    let value = access.next_value_seed(keep)?;
                    kept.insert(name.into_owned(), value);
                }
            }
        }
        Ok(Value::Object(kept))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let keep = match self {
            Self::Each(keep) => *keep,
            _ => Self::All,
        };
        let mut kept = Vec::new();
        while let Some(item) = access.next_element_seed(keep)? {
            kept.push(item);
        }
        Ok(Value::Array(kept))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}
