//! What Go's encoding/json makes of a parsed value, and the revision names that follow from it.
//!
//! Written from the behaviour of Go's `json.Marshal` on `map[string]interface{}` and of upstream's
//! `HashControllerRevision`, `ControllerRevisionName` and `SafeEncodeString`, apart from the library under test.

use serde_json::{Number, Value};

/// The name and the hash of the revision with this data.
pub fn revision_name(set: &str, data: &Value, collisions: i64) -> (String, String) {
    let mut bytes = marshal(data);
    bytes.extend_from_slice(collisions.to_string().as_bytes());
    let hash = safe_encoded(&fnv1(&bytes).to_string());
    let prefix: String = if set.len() > 223 {
        set.chars().take(223).collect()
    } else {
        set.to_string()
    };
    (format!("{prefix}-{hash}"), hash)
}

/// The bytes of `json.Marshal`: sorted keys, numbers as float64, `<`, `>`, `&`, U+2028 and U+2029 escaped.
pub fn marshal(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    write(value, &mut out);
    out
}

/// The value after a journey through float64, where integers beyond 2^53 lose their last digits.
pub fn through_float64(value: &mut Value) {
    match value {
        Value::Number(number) => *number = rounded(number),
        Value::Array(items) => items.iter_mut().for_each(through_float64),
        Value::Object(fields) => fields.values_mut().for_each(through_float64),
        _ => {}
    }
}

fn rounded(number: &Number) -> Number {
    match number.as_i64() {
        Some(small) if small.unsigned_abs() <= 1 << 53 => number.clone(),
        _ => serde_json::from_str(&float_text(number.as_f64().unwrap_or_default()))
            .unwrap_or_else(|_| number.clone()),
    }
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => match number.as_i64() {
            Some(small) if small.unsigned_abs() <= 1 << 53 => {
                out.extend_from_slice(small.to_string().as_bytes())
            }
            _ => out.extend_from_slice(float_text(number.as_f64().unwrap_or_default()).as_bytes()),
        },
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (index, (key, item)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for letter in text.chars() {
        match letter {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                out.extend_from_slice(format!("\\u{:04x}", letter as u32).as_bytes());
            }
            _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Go's text of a float64 in JSON: plain digits between 1e-6 and 1e21, else an exponent with its sign.
fn float_text(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
            _ => text,
        };
    }
    number.to_string()
}

/// FNV-1 with 32 bits: multiply, then exclusive or.
fn fnv1(bytes: &[u8]) -> u32 {
    bytes.iter().fold(2_166_136_261, |hash: u32, byte| {
        hash.wrapping_mul(16_777_619) ^ u32::from(*byte)
    })
}

fn safe_encoded(digits: &str) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    digits
        .bytes()
        .map(|digit| char::from(LETTERS[usize::from(digit) % LETTERS.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_written_as_go_writes_a_float64() {
        let value = json!([
            0,
            -3,
            9_007_199_254_740_993_i64,
            i64::MAX,
            1.5,
            1e21,
            1e20,
            1e-7,
            0.000_001
        ]);
        let text = String::from_utf8(marshal(&value)).unwrap_or_default();
        assert_eq!(
            text,
            "[0,-3,9007199254740992,9223372036854776000,1.5,1e+21,100000000000000000000,1e-7,0.000001]"
        );
    }

    #[test]
    fn text_is_escaped_as_go_escapes_it() {
        let value = json!({"b": "<a>&\u{2028}\u{2029}\u{1}\u{8}\u{c}\n\r\t\"\\\u{7f}é😀", "a": null});
        let text = String::from_utf8(marshal(&value)).unwrap_or_default();
        let expected = "{\"a\":null,\"b\":\"\\u003ca\\u003e\\u0026\\u2028\\u2029\\u0001\\b\\f\\n\\r\\t\\\"\\\\\u{7f}é😀\"}";
        assert_eq!(text, expected);
    }

    /// FNV-1's published vector for `foobar`; FNV-1a would give 0xbf9cf968.
    #[test]
    fn the_hash_is_fnv_1_and_not_1a() {
        assert_eq!(fnv1(b"foobar"), 0x31f0_b262);
    }

    #[test]
    fn names_are_cut_at_223_bytes_and_the_collision_count_changes_the_hash() {
        let long = "a".repeat(240);
        let (name, hash) = revision_name(&long, &json!({}), 0);
        assert_eq!(name, format!("{}-{hash}", "a".repeat(223)));
        assert_ne!(
            revision_name("web", &json!({}), 0),
            revision_name("web", &json!({}), 1)
        );
        assert!(
            hash.bytes()
                .all(|letter| b"bcdfghjklmnpqrstvwxz2456789".contains(&letter))
        );
    }
}
