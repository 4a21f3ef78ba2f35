//! JSON as Go's encoding/json writes a value that it has read into `interface{}`: keys sorted by bytes, every number
//! a float64, and `<`, `>`, `&`, U+2028 and U+2029 escaped.

use serde_json::{Number, Value};

use crate::float::Shortest;

/// Writes `value` as Go's `json.Marshal` writes what `json.Unmarshal` has read from the same text.
///
/// ```
/// use serde_json::json;
/// let go = |v| String::from_utf8(steadfast_core::to_go_json(&v)).unwrap();
/// assert_eq!(go(json!({"b": "a<b", "a": 1e21})), r#"{"a":1e+21,"b":"a\u003cb"}"#);
/// ```
pub fn to_go_json(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write_value(&mut out, value);
    out.into_bytes()
}

/// [`to_go_json`] behind what is written already.
pub(super) fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            // serde_json's map is a BTreeMap here (no `preserve_order`): its keys come sorted by bytes, as Go's.
            for (at, (key, item)) in entries.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write_value(out, item);
            }
            out.push('}');
        }
    }
}

/// Integers up to 2^53 are written as they are; all others go through float64, as in Go.
fn write_number(out: &mut String, number: &Number) {
    const EXACT: u64 = 1 << 53;
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) if integer.unsigned_abs() <= EXACT => out.push_str(&integer.to_string()),
        (_, Some(float)) => write_float(out, float),
        _ => out.push_str("null"),
    }
}

/// The shortest digits that read back as the same float64: plain between 1e-6 and 1e21, else with an exponent of at
/// least one digit (`1e-7`, `1e+21`). Source: `encoding/json/encode.go`, `floatEncoder`.
fn write_float(out: &mut String, float: f64) {
    let (shortest, magnitude) = (Shortest::of(float), float.abs());
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        out.push_str(&shortest.plain());
        return;
    }
    let (mantissa, exponent) = shortest.scientific();
    let sign = if exponent < 0 { "" } else { "+" };
    out.push_str(&format!("{mantissa}e{sign}{exponent}"));
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        let escape = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '<' => "\\u003c",
            '>' => "\\u003e",
            '&' => "\\u0026",
            '\u{2028}' => "\\u2028",
            '\u{2029}' => "\\u2029",
            control if control < ' ' => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        if escape.is_empty() {
            out.push_str(&format!("\\u{:04x}", character as u32));
        } else {
            out.push_str(escape);
        }
        plain = at + character.len_utf8();
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(text: &str) -> String {
        String::from_utf8(to_go_json(&serde_json::from_str(text).unwrap())).unwrap()
    }

    /// Each pair was printed by Go 1.26: `json.Unmarshal` into `interface{}`, then `json.Marshal`.
    #[test]
    fn numbers_and_strings_are_written_as_go_writes_them() {
        let pairs = [
            ("9007199254740993", "9007199254740992"),
            ("1658206780088562.25", "1658206780088562.2"),
            ("9223372036854775807", "9223372036854776000"),
            ("18446744073709551615", "18446744073709552000"),
            ("-0", "-0"),
            ("-0.0", "-0"),
            ("1.0", "1"),
            ("1e20", "100000000000000000000"),
            ("1e21", "1e+21"),
            ("0.000001", "0.000001"),
            ("1e-7", "1e-7"),
            ("1.5e-9", "1.5e-9"),
            ("1.2345678901234567e300", "1.2345678901234567e+300"),
            ("\"\\u0007\\b\\f\\u007f\"", "\"\\u0007\\b\\f\u{7f}\""),
            (
                "\"<&>\\u2028\\u2029\\ud83d\\ude00/\"",
                "\"\\u003c\\u0026\\u003e\\u2028\\u2029😀/\"",
            ),
            (
                "{\"b\":[],\"a\":{},\"é\":null,\"Z\":true}",
                "{\"Z\":true,\"a\":{},\"b\":[],\"é\":null}",
            ),
        ];
        for (text, expected) in pairs {
            assert_eq!(go(text), expected, "{text}");
        }
    }
}
