//! What a scalar means: go-yaml v2's resolution (`resolve.go`), which is YAML 1.1 with its own exceptions.

use serde_json::Value;

use super::{binary, float, timestamp};

/// A scalar's value before it becomes JSON. Mapping keys need the difference: `1e6:` is the key `1e+06`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
}

/// The tags that change how a scalar is read; every other tag makes it a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Str,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Other,
}

impl Tag {
    /// The tag for what follows `tag:yaml.org,2002:`.
    pub(super) fn of_suffix(suffix: &str) -> Self {
        match suffix {
            "str" => Self::Str,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "float" => Self::Float,
            "null" => Self::Null,
            "timestamp" => Self::Timestamp,
            "binary" => Self::Binary,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Str | Self::Other => "!!str",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Null => "!!null",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
        }
    }
}

impl Scalar {
    /// The value of a plain scalar without a tag.
    pub(super) fn of_plain(text: &str) -> Option<Self> {
        let first = text.as_bytes().first();
        match first {
            None | Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => {
                word(text)
            }
            Some(b'.') => word(text).or_else(|| fraction(text).map(Self::Float)),
            Some(b'+' | b'-' | b'0'..=b'9') => word(text).or_else(|| number(text)),
            Some(_) => None,
        }
    }

    /// The value of a scalar that carries `tag`, whatever its style.
    ///
    /// # Errors
    /// A sentence, where the text cannot be what the tag says.
    pub(super) fn of_tagged(text: &str, tag: Tag) -> Result<Self, String> {
        let text_itself = || Self::Text(text.to_owned());
        match tag {
            Tag::Str | Tag::Other => return Ok(text_itself()),
            Tag::Binary => {
                let decoded = binary::decode(text).map(Self::Text);
                return decoded.ok_or_else(|| "!!binary value contains invalid base64 data".to_owned());
            }
            Tag::Timestamp if timestamp::is_timestamp(text) => return Ok(text_itself()),
            _ => {}
        }
        let resolved = Self::of_plain(text).unwrap_or_else(text_itself);
        let is = match resolved {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) | Self::Uint(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Text(_) => Tag::Str,
        };
        match resolved {
            Self::Int(value) if tag == Tag::Float => Ok(Self::Float(value as f64)),
            resolved if is == tag => Ok(resolved),
            _ => Err(format!(
                "cannot decode {} `{text}` as a {}",
                is.name(),
                tag.name()
            )),
        }
    }

    /// The scalar in JSON.
    ///
    /// # Errors
    /// A sentence, for the floats that JSON has not.
    pub(super) fn into_json(self) -> Result<Value, String> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::from(value),
            Self::Uint(value) => Value::from(value),
            Self::Float(value) => float::json_of(value)
                .ok_or_else(|| format!("`{}` has no place in JSON: quote it", float::key_of(value)))?,
            Self::Text(text) => Value::String(text),
        })
    }

    /// The scalar as the key of a JSON object (`sigs.k8s.io/yaml`, `convertToJSONableObject`).
    ///
    /// # Errors
    /// A sentence, for the scalars that cannot be a key.
    pub(super) fn into_key(self) -> Result<String, String> {
        match self {
            Self::Null => Err("a key is empty or null: name it, or quote it".to_owned()),
            Self::Bool(value) => Ok(value.to_string()),
            Self::Int(value) => Ok(value.to_string()),
            Self::Uint(value) => Err(format!("the number `{value}` is too large for a key: quote it")),
            Self::Float(value) => Ok(float::key_of(value)),
            Self::Text(text) => Ok(text),
        }
    }
}

fn word(text: &str) -> Option<Scalar> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Scalar> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (negative, unsigned) = match digits.as_bytes().first() {
        Some(b'-') => (true, digits.get(1..)?),
        Some(b'+') => (false, digits.get(1..)?),
        _ => (false, digits.as_str()),
    };
    // Go's `ParseUint` takes no sign, so past an int64 a plus sign makes a float of the integer.
    let signed = unsigned.len() < digits.len();
    integer(unsigned, negative, signed)
        .or_else(|| decimal(&digits).map(Scalar::Float))
        .or_else(|| sign_after_prefix(&digits))
}

/// `strconv.ParseInt(s, 0, 64)`, then `ParseUint`: the prefix gives the base, and a leading 0 is octal.
fn integer(unsigned: &str, negative: bool, signed: bool) -> Option<Scalar> {
    let (base, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, unsigned.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, unsigned.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, unsigned.get(2..)?),
        [b'0', _, ..] => (8, unsigned.get(1..)?),
        _ => (10, unsigned),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match negative {
        true => 0i64.checked_sub_unsigned(magnitude).map(Scalar::Int),
        false => match i64::try_from(magnitude) {
            Ok(value) => Some(Scalar::Int(value)),
            Err(_) => (!signed).then_some(Scalar::Uint(magnitude)),
        },
    }
}

/// `.5`, which Go's `ParseFloat` reads: underscores may stand between digits.
fn fraction(text: &str) -> Option<f64> {
    let is_digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let fits = |at: usize| is_digit(bytes.get(at.wrapping_sub(1))) && is_digit(bytes.get(at + 1));
    match text.contains('_') {
        false => decimal(text),
        true if text.match_indices('_').all(|(at, _)| fits(at)) => decimal(&text.replace('_', "")),
        true => None,
    }
}

/// go-yaml's own regular expression for floats, and `.5`: digits with a point or an exponent, and no more.
/// `None` too where the number is beyond a float's range, as with Go's `ParseFloat`.
fn decimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let has_exponent_digits = exponent.is_none_or(|e| {
        let digits = e.strip_prefix(['+', '-']).unwrap_or(e);
        !digits.is_empty() && all_digits(digits)
    });
    if whole.len() + fraction.len() == 0
        || !all_digits(whole)
        || !all_digits(fraction)
        || !has_exponent_digits
    {
        return None;
    }
    // The reader of JSON is in every program that reads YAML; the standard library's would come with tables of 10 kB.
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    let (whole, exponent) = (
        Some(whole).filter(|whole| !whole.is_empty()),
        exponent.unwrap_or("0"),
    );
    let json = format!("{sign}{}.{fraction}0e{exponent}", whole.unwrap_or("0"));
    let value: Value = serde_json::from_str(&json).ok()?;
    value.as_f64().filter(|value| value.is_finite())
}

/// An oddity of go-yaml: after its own look for `0b` it hands the rest to `ParseInt`, sign and all, so that
/// `0b-11` is -3.
fn sign_after_prefix(digits: &str) -> Option<Scalar> {
    let rest = digits.strip_prefix("0b")?;
    let (negative, unsigned) = match rest.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, rest.strip_prefix('+')?),
    };
    if !unsigned.bytes().all(|b| matches!(b, b'0' | b'1')) {
        return None;
    }
    let magnitude = u64::from_str_radix(unsigned, 2).ok()?;
    if negative {
        return 0i64.checked_sub_unsigned(magnitude).map(Scalar::Int);
    }
    i64::try_from(magnitude).ok().map(Scalar::Int)
}
