//! Writing JSON text: what `serde_json` writes, byte by byte, by less code.
//!
//! `serde_json` writes to anything that can fail, through a formatter: in a WebAssembly module, which is built for size, each of
//! the five pieces of a field is two or three calls, each of which asks for an error that cannot be: the text of a plan was a
//! quarter of what a decision took. Text in memory is all that is written here. Native programs may as well use `serde_json`.
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::json_text;
//! let value = json!({"name": "web\n", "replicas": [3, -0.5], "now": null});
//! assert_eq!(json_text::of(&value)?, serde_json::to_string(&value).unwrap());
//! # Ok::<(), json_text::NotJson>(())
//! ```

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{self, Serializer};
use serde_json::Number;

/// A value as text.
///
/// # Errors
/// The value has what JSON does not know: a key that is no string, or a whole number of more than 64 bits.
pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<String, NotJson> {
    let mut text = Vec::new();
    append(&mut text, value)?;
    // Only text was written.
    String::from_utf8(text).map_err(|_| NotJson)
}

/// Appends a value to `text`, in UTF-8.
///
/// # Errors
/// As [`of`]; what is appended then is of no use.
pub fn append<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) -> Result<(), NotJson> {
    value.serialize(Writer(text))
}

/// There is no JSON for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotJson;

impl Display for NotJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON cannot say it")
    }
}

impl std::error::Error for NotJson {}

impl ser::Error for NotJson {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// What is written goes to the end.
struct Writer<'a>(&'a mut Vec<u8>);

/// A list or an object that is not closed yet. A comma stands before what does not come first: nothing else ends with an
/// opening bracket, strings end with quotes.
struct Open<'a> {
    text: &'a mut Vec<u8>,
    end: &'static [u8],
}

impl<'a> Writer<'a> {
    fn open(self, start: &[u8], end: &'static [u8]) -> Open<'a> {
        self.0.extend_from_slice(start);
        Open { text: self.0, end }
    }

    /// `{"variant":` and what closes it.
    fn open_variant(self, variant: &str, start: u8, end: &'static [u8]) -> Open<'a> {
        self.0.push(b'{');
        quote(self.0, variant);
        self.open(&[b':', start], end)
    }

    fn whole(self, number: impl itoa::Integer) {
        self.0
            .extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }
}

impl Open<'_> {
    fn separate(&mut self) {
        if !matches!(self.text.last(), Some(b'[' | b'{')) {
            self.text.push(b',');
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotJson> {
        self.separate();
        append(self.text, value)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), NotJson> {
        self.separate();
        quote(self.text, key);
        self.text.push(b':');
        append(self.text, value)
    }

    fn close(self) {
        self.text.extend_from_slice(self.end);
    }
}

fn quote(text: &mut Vec<u8>, string: &str) {
    text.push(b'"');
    let bytes = string.as_bytes();
    let mut written = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escape = match byte {
            b'"' | b'\\' => *byte,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            0..0x20 => b'u',
            _ => continue,
        };
        text.extend_from_slice(bytes.get(written..at).unwrap_or_default());
        written = at + 1;
        text.extend_from_slice(&[b'\\', escape]);
        if escape == b'u' {
            let digit = |digit: u8| {
                if digit < 10 {
                    b'0' + digit
                } else {
                    b'a' + digit - 10
                }
            };
            text.extend_from_slice(&[b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    text.extend_from_slice(bytes.get(written..).unwrap_or_default());
    text.push(b'"');
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = NotJson;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), NotJson> {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), NotJson> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), NotJson> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), NotJson> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), NotJson> {
        self.whole(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), NotJson> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), NotJson> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), NotJson> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), NotJson> {
        self.whole(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), NotJson> {
        // As a float of 64 bits it would have more digits.
        let text = serde_json::to_string(&value).map_err(|_| NotJson)?;
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// What is no number is null, as `serde_json` has it.
    fn serialize_f64(self, value: f64) -> Result<(), NotJson> {
        match Number::from_f64(value) {
            Some(number) => self.0.extend_from_slice(number.to_string().as_bytes()),
            None => self.0.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), NotJson> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), NotJson> {
        quote(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotJson> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), NotJson> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotJson> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotJson> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotJson> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotJson> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NotJson> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotJson> {
        let mut open = self.open(b"{", b"}");
        open.field(variant, value)?;
        open.close();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, NotJson> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, NotJson> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, NotJson> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, NotJson> {
        Ok(self.open_variant(variant, b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, NotJson> {
        Ok(self.open(b"{", b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, NotJson> {
        Ok(self.open(b"{", b"}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, NotJson> {
        Ok(self.open_variant(variant, b'{', b"}}"))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), NotJson> {
        self.serialize_str(&value.to_string())
    }
}

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = NotJson;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotJson> {
        self.separate();
        let start = self.text.len();
        append(self.text, key)?;
        match self.text.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(NotJson),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotJson> {
        self.text.push(b':');
        append(self.text, value)
    }

    fn end(self) -> Result<(), NotJson> {
        self.close();
        Ok(())
    }
}

/// The others have either items or fields.
macro_rules! open {
    ($($of:ident: $write:ident($($key:ident)?)),*) => {$(
        impl ser::$of for Open<'_> {
            type Ok = ();
            type Error = NotJson;

            fn $write<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), NotJson> {
                open!(@ self, value $(, $key)?)
            }

            fn end(self) -> Result<(), NotJson> {
                self.close();
                Ok(())
            }
        }
    )*};
    (@ $open:ident, $value:ident) => { $open.item($value) };
    (@ $open:ident, $value:ident, $key:ident) => { $open.field($key, $value) };
}

open!(
    SerializeSeq: serialize_element(),
    SerializeTuple: serialize_element(),
    SerializeTupleStruct: serialize_field(),
    SerializeTupleVariant: serialize_field(),
    SerializeStruct: serialize_field(key),
    SerializeStructVariant: serialize_field(key)
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    /// Every shape that serde knows.
    #[derive(Serialize)]
    struct Shapes<'a> {
        unit: (),
        none: Option<u8>,
        some: Option<i8>,
        tuple: (u16, i16, char, bool),
        empty: [u8; 0],
        bytes: Bytes<'a>,
        wrapped: Wrapped,
        pair: Pair,
        nothing: Nothing,
        variants: [Variant<'a>; 4],
        map: BTreeMap<&'a str, f32>,
        address: std::net::Ipv4Addr,
        #[serde(flatten)]
        flat: BTreeMap<&'a str, Value>,
    }

    #[derive(Serialize)]
    struct Wrapped(f64);

    #[derive(Serialize)]
    struct Pair(u64, i64);

    #[derive(Serialize)]
    struct Nothing;

    #[derive(Serialize)]
    enum Variant<'a> {
        Unit,
        Newtype(&'a str),
        Tuple(u32, i32),
        Struct { one: bool, other: Option<&'a str> },
    }

    struct Bytes<'a>(&'a [u8]);

    impl Serialize for Bytes<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(self.0)
        }
    }

    #[track_caller]
    fn is_what_serde_json_writes(value: &impl Serialize) {
        assert_eq!(of(value).unwrap(), serde_json::to_string(value).unwrap());
    }

    #[test]
    fn every_shape_is_written_as_serde_json_writes_it() {
        is_what_serde_json_writes(&Shapes {
            unit: (),
            none: None,
            some: Some(-1),
            tuple: (u16::MAX, i16::MIN, 'é', true),
            empty: [],
            bytes: Bytes(&[0, 255]),
            wrapped: Wrapped(-0.0),
            pair: Pair(u64::MAX, i64::MIN),
            nothing: Nothing,
            variants: [
                Variant::Unit,
                Variant::Newtype("a\"b"),
                Variant::Tuple(u32::MAX, i32::MIN),
                Variant::Struct {
                    one: false,
                    other: None,
                },
            ],
            map: BTreeMap::from([("", 1e-7), ("[", 0.1), ("{", f32::NAN), ("quoted\\", f32::MAX)]),
            address: std::net::Ipv4Addr::LOCALHOST,
            flat: BTreeMap::from([("flat", json!([[], {}, [[[]]], {"a": {}}]))]),
        });
    }

    #[test]
    fn every_character_is_written_as_serde_json_writes_it() {
        let all: String = (0..=0x2_ffff).filter_map(char::from_u32).collect();
        is_what_serde_json_writes(&all);
        for character in (0..=0xff).filter_map(char::from_u32) {
            is_what_serde_json_writes(&[
                character.to_string(),
                format!("web{character}"),
                format!("{character}0"),
            ]);
        }
    }

    #[test]
    fn every_kind_of_float_is_written_as_serde_json_writes_it() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            is_what_serde_json_writes(&f64::from_bits(bits));
            is_what_serde_json_writes(&(bits as u32 as f64 / 1e3));
        }
        for float in [
            f64::NAN,
            f64::INFINITY,
            f64::MIN_POSITIVE,
            5e-324,
            1e16,
            1e21,
            0.5,
            3.0,
        ] {
            is_what_serde_json_writes(&float);
        }
    }

    #[test]
    fn what_json_cannot_say_is_refused() {
        assert_eq!(of(&BTreeMap::from([(1, "key")])), Err(NotJson));
        assert_eq!(of(&BTreeMap::from([(vec!["key"], 1)])), Err(NotJson));
        assert_eq!(of(&u128::MAX), Err(NotJson));
    }
}
