//! Spans of time as people write them.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::Value;
use steadfast_core::{Cause, Error};

use crate::clock::Millis;
use crate::fields::{Read, deserialized};

/// A span of virtual time, written `500ms`, `2s`, `1m30s` or `1h`; whole milliseconds. No time is `0s`, or the number 0.
///
/// ```
/// use steadfast_sim::settings::Span;
/// assert_eq!("1m30s".parse::<Span>().unwrap().millis().0, 90_000);
/// assert_eq!(Span::of_millis(61_500).to_string(), "1m1s500ms");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string | 0"))]
pub struct Span(pub Millis);

/// The units, from long to short, with their milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Span {
    /// A span of so many milliseconds.
    pub const fn of_millis(millis: u64) -> Self {
        Self(Millis(millis))
    }

    /// A span of so many seconds.
    pub const fn of_seconds(seconds: u64) -> Self {
        Self(Millis(seconds.saturating_mul(1000)))
    }

    /// Reads a span from its JSON form.
    ///
    /// # Errors
    /// What is no span; the cause is of the field `path`.
    pub fn parse(value: &Value, path: &str) -> Result<Self, Error> {
        let detail = match value {
            Value::String(text) => match text.parse() {
                Ok(span) => return Ok(span),
                Err(detail) => detail,
            },
            Value::Number(number) if number.as_u64() == Some(0) => return Ok(Self::default()),
            Value::Number(_) => "must be a span of time with its unit, such as `2s`".to_owned(),
            other => {
                let expected = "a span of time such as `500ms`, `2s`, `1m30s` or `1h`";
                return Err(Error::invalid(vec![Cause::wrong_type(path, other, expected)]));
            }
        };
        Err(Error::invalid(vec![Cause::invalid(path, value, detail)]))
    }

    /// Its length.
    pub const fn millis(self) -> Millis {
        self.0
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a span of time such as `500ms`, `2s`, `1m30s` or `1h`");
        if text == "0" {
            return Ok(Self::default());
        }
        let mut rest = text;
        let mut millis = 0u64;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let letters = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = rest.strip_suffix(letters).ok_or_else(wrong)?;
            let after = letters.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let unit = letters.strip_suffix(after).ok_or_else(wrong)?;
            // Each unit at most once, from long to short: `find` leaves the iterator behind the unit found.
            let (_, factor) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            let count = digits.parse::<u64>().map_err(|_| wrong())?;
            millis = count
                .checked_mul(*factor)
                .and_then(|part| millis.checked_add(part))
                .ok_or_else(wrong)?;
            rest = after;
        }
        if text.is_empty() {
            Err(wrong())
        } else {
            Ok(Self(Millis(millis)))
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.0;
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, factor) in UNITS {
            if rest >= factor {
                write!(f, "{}{name}", rest / factor)?;
                rest %= factor;
            }
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Read for Span {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        Self::parse(value, path)
    }
}

deserialized! { Span: "span" }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_survive_writing_and_reading() {
        for millis in [
            0,
            1,
            999,
            1000,
            59_999,
            60_000,
            61_001,
            3_600_000,
            90_061_001,
            u64::MAX,
        ] {
            let span = Span::of_millis(millis);
            assert_eq!(span.to_string().parse::<Span>(), Ok(span), "{span}");
        }
        assert_eq!("90s".parse::<Span>(), "1m30s".parse());
    }

    #[test]
    fn what_is_no_span_is_refused_and_quoted() {
        for text in [
            "",
            "2",
            "s",
            "2 s",
            "1.5s",
            "-1s",
            "1s1m",
            "1s1s",
            "2d",
            "é",
            "1sé",
            "99999999999999999999s",
            "9999999999999999h",
        ] {
            let error = text.parse::<Span>().unwrap_err();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }
}
