//! Values that are read alone, whichever field they stand in.

use serde_json::Value;
use steadfast_core::{Cause, Error};

/// What is read from JSON by hand. What serde derives reads the same without a path, and is many times as much code.
pub(crate) trait Read: Sized {
    /// Reads the value that stands at `path`.
    ///
    /// # Errors
    /// All that is wrong, from `path` on.
    fn read(value: &Value, path: &str) -> Result<Self, Error>;
}

impl Read for u64 {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        whole(value, path, Self::MAX)
    }
}

impl Read for u32 {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        whole(value, path, Self::MAX.into()).map(|number| number as Self)
    }
}

impl Read for bool {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        value
            .as_bool()
            .ok_or_else(|| wrong_type(value, path, "true or false"))
    }
}

impl Read for String {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        text(value, path).map(str::to_owned)
    }
}

/// Null is none.
impl<T: Read> Read for Option<T> {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            value => T::read(value, path).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        let mut read = Self::new();
        each(value, path, &mut |item, path| {
            read.push(T::read(item, path)?);
            Ok(())
        })?;
        Ok(read)
    }
}

/// What all lists have in common: `take` is given each item with its path.
fn each(
    value: &Value,
    path: &str,
    take: &mut dyn FnMut(&Value, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let Value::Array(items) = value else {
        return Err(wrong_type(value, path, "a list"));
    };
    let mut causes = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if let Err(error) = take(item, &format!("{path}[{at}]")) {
            causes.extend(error.causes);
        }
    }
    match causes.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(causes)),
    }
}

/// A whole number from 0 to `most`.
pub(crate) fn whole(value: &Value, path: &str, most: u64) -> Result<u64, Error> {
    let detail = match value.as_u64() {
        Some(number) if number <= most => return Ok(number),
        Some(_) => format!("must be at most {most}"),
        None if value.is_number() => "must be a whole number from 0 up".to_owned(),
        None => return Err(wrong_type(value, path, "a whole number from 0 up")),
    };
    Err(Error::invalid(vec![Cause::invalid(path, value, detail)]))
}

/// One of some words.
pub(crate) fn word<T: Copy>(value: &Value, path: &str, words: &[(&str, T)]) -> Result<T, Error> {
    let text = text(value, path)?;
    if let Some((_, found)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*found);
    }
    let supported: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    Err(Error::invalid(vec![Cause::not_supported(
        path, value, &supported,
    )]))
}

fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str, Error> {
    value.as_str().ok_or_else(|| wrong_type(value, path, "a string"))
}

fn wrong_type(value: &Value, path: &str, expected: &str) -> Error {
    Error::invalid(vec![Cause::wrong_type(path, value, expected)])
}

/// Has serde read a type as [`Read`] does, for programs in Rust; paths begin with the name given.
macro_rules! deserialized {
    ($($read:ty: $path:literal),* $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $read {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                <Self as crate::fields::Read>::read(&value, $path).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use deserialized;
