//! JSON text to values, as Go's `json.Decoder` reads a stream of them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::error::{Position, ReadError};
use super::work::{self, Work};
use super::{MAX_DEPTH, text};

/// One value of a JSON stream: where its text lies, and whether some object in it names a key twice.
pub(super) struct JsonValue {
    pub(super) value: Value,
    pub(super) duplicates: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Why the stream stopped.
pub(super) struct JsonFault {
    pub(super) error: ReadError,
    /// The text is what `json.Decoder` would take, but for this reader's own limits: YAML cannot help.
    pub(super) is_final: bool,
}

/// Counts what a JSON text would be made into, before it is.
///
/// # Errors
/// There is more in it than may be.
pub(super) fn pay_for(text: &str, work: &mut Work) -> Result<(), ReadError> {
    let mut depth = 0usize;
    let mut bytes = text.bytes().enumerate();
    let mut in_string = false;
    while let Some((at, byte)) = bytes.next() {
        let cost = match byte {
            b'"' => {
                in_string = !in_string;
                continue;
            }
            b'\\' if in_string => {
                bytes.next();
                continue;
            }
            _ if in_string => continue,
            b'{' => work::OBJECT,
            b'[' | b',' | b':' => 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        depth += usize::from(matches!(byte, b'{' | b'['));
        // The reader refuses that, and says why.
        if depth > MAX_DEPTH {
            return Ok(());
        }
        if !work.pay(cost) {
            return Err(work::excess(text::end_of(text.get(..at).unwrap_or_default(), 1)));
        }
    }
    Ok(())
}

/// The text with U+FFFD for each half of a surrogate pair that is escaped without the other half, as Go reads it; `None`
/// where there is none. The length stays.
pub(super) fn whole_characters(text: &str) -> Option<String> {
    let half = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        (0xD800..0xE000).contains(&code).then_some(code)
    };
    let mut whole: Option<String> = None;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        match (half(at), half(at + 6)) {
            (Some(0xD800..0xDC00), Some(0xDC00..)) => at += 12,
            (Some(_), _) => {
                let whole = whole.get_or_insert_with(|| text.to_owned());
                whole.replace_range(at..at + 6, "\\ufffd");
                at += 6;
            }
            // Past what is escaped, which may be a backslash.
            _ => at += 2,
        }
        while !text.is_char_boundary(at.min(text.len())) {
            at += 1;
        }
    }
    whole
}

/// Reads values until the text or the JSON ends, `most` at most.
pub(super) fn read(text: &str, most: usize) -> (Vec<JsonValue>, Option<JsonFault>) {
    let mut values = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Node>();
    while values.len() < most {
        let before = stream.byte_offset();
        match stream.next() {
            None => return (values, None),
            Some(Ok(node)) => {
                let blank = text
                    .as_bytes()
                    .iter()
                    .skip(before)
                    .take_while(|b| b.is_ascii_whitespace())
                    .count();
                values.push(JsonValue {
                    value: node.value,
                    duplicates: node.duplicates,
                    start: before + blank,
                    end: stream.byte_offset(),
                });
            }
            Some(Err(error)) => return (values, Some(fault(&error, text))),
        }
    }
    (values, None)
}

fn fault(error: &serde_json::Error, text: &str) -> JsonFault {
    let position = position_of(error, text);
    let full = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let reason = full.strip_suffix(&place).unwrap_or(&full);
    let (message, is_final) = match (error.classify(), reason) {
        (_, "recursion limit exceeded") => {
            return JsonFault {
                error: ReadError::too_deep(position),
                is_final: true,
            };
        }
        (Category::Eof, reason) => {
            let within = reason.strip_prefix("EOF while parsing ").unwrap_or("a value");
            (
                format!("the JSON ends inside {}: is the file cut off?", article(within)),
                false,
            )
        }
        (_, "number out of range") => ("a number is too large".to_owned(), true),
        (_, "trailing comma") => ("a comma is followed by no value: remove it".to_owned(), false),
        (_, "key must be a string") => ("a key of a JSON object stands in double quotes".to_owned(), false),
        (_, reason) => (reason.to_owned(), false),
    };
    JsonFault {
        error: ReadError::at(position, message),
        is_final,
    }
}

fn article(within: &str) -> String {
    match within.split_once(' ') {
        Some(("a" | "an", _)) => within.to_owned(),
        _ => format!("a {within}"),
    }
}

/// serde_json counts columns in bytes, from 1, at the byte it stopped on or, after a line break, 0.
fn position_of(error: &serde_json::Error, text: &str) -> Position {
    let line = text
        .split('\n')
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let bytes = line
        .as_bytes()
        .get(..error.column().saturating_sub(1))
        .unwrap_or(line.as_bytes());
    let column = bytes.iter().filter(|b| **b & 0xC0 != 0x80).count() + 1;
    Position {
        line: u32::try_from(error.line().max(1)).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}

/// A value that remembers whether a key came twice in it; the last one counts, as in Go.
struct Node {
    value: Value,
    duplicates: bool,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

fn leaf<E>(value: impl Into<Value>) -> Result<Node, E> {
    Ok(Node {
        value: value.into(),
        duplicates: false,
    })
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        leaf(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        leaf(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        let mut duplicates = false;
        while let Some(item) = items.next_element::<Node>()? {
            duplicates |= item.duplicates;
            list.push(item.value);
        }
        Ok(Node {
            value: Value::Array(list),
            duplicates,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Map::new();
        let mut duplicates = false;
        while let Some((key, entry)) = entries.next_entry::<String, Node>()? {
            duplicates |= entry.duplicates;
            duplicates |= map.insert(key, entry.value).is_some();
        }
        Ok(Node {
            value: Value::Object(map),
            duplicates,
        })
    }
}
