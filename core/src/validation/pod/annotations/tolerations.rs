//! Tolerations written as JSON into an annotation, with the sentences of Go's `encoding/json` where that is no JSON.
//!
//! Source: `ValidateTolerationsInPodAnnotations`, `GetTolerationsFromPodAnnotations`; `encoding/json/scanner.go`.

use serde_json::{Map, Value};

use crate::validation::pod::Options;
use crate::validation::pod::spec::tolerations;
use crate::validation::report::{At, Report};

const NAME: &str = "scheduler.alpha.kubernetes.io/tolerations";

/// The fields as Go's type has them, whose names it reads whatever their case.
const FIELDS: [(&str, &str, &str); 5] = [
    ("key", "Key", "string"),
    ("operator", "Operator", "core.TolerationOperator"),
    ("value", "Value", "string"),
    ("effect", "Effect", "core.TaintEffect"),
    ("tolerationSeconds", "TolerationSeconds", "int64"),
];

pub(super) fn check(annotations: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let found = annotations.key(NAME);
    if found.text().is_empty() {
        return;
    }
    let read = match serde_json::from_str(found.text()) {
        Ok(Value::Null) => return,
        Ok(Value::Array(items)) => items.into_iter().map(toleration).collect::<Result<Vec<_>, _>>(),
        Ok(other) => Err(mismatch(&other, "value of type []core.Toleration")),
        Err(_) => match syntax(found.text().trim_start_matches([' ', '\t', '\r', '\n'])) {
            Some(sentence) => Err(sentence),
            // Wrong further inside.
            None => return report.unchecked.push(found.path()),
        },
    };
    match read {
        Ok(list) => {
            let list = Value::Array(list);
            let at = At::root(&list, "");
            tolerations::all(&annotations.alias(NAME, &at), options, report);
        }
        Err(sentence) => report.invalid(annotations, sentence),
    }
}

/// The item with the field names of the API.
fn toleration(item: Value) -> Result<Value, String> {
    let fields = match item {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        other => return Err(mismatch(&other, "value of type core.Toleration")),
    };
    let mut toleration = Map::new();
    for (name, value) in fields {
        let known = FIELDS
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(&name));
        let Some((known, in_go, kind)) = known.filter(|_| !value.is_null()) else {
            continue;
        };
        let is_right = if *kind == "int64" {
            value.is_i64()
        } else {
            value.is_string()
        };
        if !is_right {
            let target = format!("struct field Toleration.{in_go} of type {kind}");
            return Err(mismatch(&value, &target));
        }
        toleration.insert((*known).to_owned(), value);
    }
    Ok(Value::Object(toleration))
}

/// Source: `UnmarshalTypeError`.
fn mismatch(value: &Value, target: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Number(number) if target.ends_with("int64") => &format!("number {number}"),
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) | Value::Null => "object",
    };
    format!("json: cannot unmarshal {kind} into Go {target}")
}

/// What is wrong with the beginning of a text that is no JSON; `None` where it is not the beginning.
fn syntax(text: &str) -> Option<String> {
    let Some(first) = text.bytes().next() else {
        return Some("unexpected end of JSON input".to_owned());
    };
    let literal = match first {
        b'[' | b'{' | b'"' => return None,
        b'-' | b'0'..=b'9' => return number(text),
        b't' => "true",
        b'f' => "false",
        b'n' => "null",
        _ => return unexpected(text, "looking for beginning of value"),
    };
    let same = literal
        .bytes()
        .zip(text.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    match literal.get(same..).and_then(|missing| missing.chars().next()) {
        Some(missing) => {
            let place = format!("in literal {literal} (expecting '{missing}')");
            unexpected(text.get(same..)?, &place)
        }
        None => unexpected(text.get(same..)?.trim_start(), "after top-level value"),
    }
}

fn number(text: &str) -> Option<String> {
    let starts = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let after_digits = |text: &'_ str| text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    for (mark, place) in [
        (&[][..], "in numeric literal"),
        (&['.'], "after decimal point in numeric literal"),
        (&['e', 'E'], "in exponent of numeric literal"),
    ] {
        let part = if mark.is_empty() {
            Some(rest)
        } else {
            rest.strip_prefix(mark)
        };
        let Some(mut part) = part else { continue };
        if mark.len() == 2 {
            part = part.strip_prefix(['+', '-']).unwrap_or(part);
        }
        if !starts(part) {
            return unexpected(part, place);
        }
        let is_zero = mark.is_empty() && part.starts_with('0');
        let end = if is_zero {
            1
        } else {
            part.len() - after_digits(part)
        };
        rest = part.get(end..)?;
    }
    unexpected(rest.trim_start(), "after top-level value")
}

/// The first byte of what is left, or the space that Go reads at the end. It is shown as if it were a character.
/// Source: `quoteChar`.
fn unexpected(rest: &str, place: &str) -> Option<String> {
    let found = match rest.bytes().next().unwrap_or(b' ') {
        b'\'' => r"\'".to_owned(),
        b'\\' => r"\\".to_owned(),
        byte @ (0..=0x1F | 0x7F..=0xA0 | 0xAD) => format!(r"\x{byte:02x}"),
        byte => char::from(byte).to_string(),
    };
    Some(format!("invalid character '{found}' {place}"))
}
