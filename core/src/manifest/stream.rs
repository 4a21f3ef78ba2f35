//! A file to its documents, as apimachinery's `YAMLOrJSONDecoder` cuts it (`util/yaml/decoder.go`).

use std::ops::Range;
use std::sync::Arc;

use super::document::{Document, Notice, NoticeCode, Source};
use super::error::{Position, ReadError};
use super::json::{self, JsonFault, JsonValue};
use super::work::Work;
use super::{text, yaml_value};

const START: Position = Position { line: 1, column: 1 };

pub(super) fn read(bytes: &[u8], max_bytes: usize) -> Result<Vec<Document>, ReadError> {
    let mut documents = read_all(bytes, max_bytes)?;
    documents.retain(|document| !document.value.is_null());
    Ok(documents)
}

fn read_all(bytes: &[u8], max_bytes: usize) -> Result<Vec<Document>, ReadError> {
    let text::Text { mut text, marked } = text::decode(bytes, max_bytes)?;
    let length = text.len();
    // Go's line reader ends every line, also the last, which a literal block at the end of the file can tell.
    if !text.ends_with('\n') {
        text.push('\n');
    }
    // It ends lines at CR LF, too, and only then are they YAML.
    if text.contains("\r\r\n") {
        text = text.replace("\r\n", "\n");
    }
    let is_json = !marked && text.trim_start().starts_with('{');
    let mut work = Work::allowed_for(text.len());
    let mut documents = Vec::new();
    if !is_json {
        read_yaml(&Arc::new(text), (0, START), marked, &mut work, &mut documents)?;
        return Ok(documents);
    }
    json::pay_for(&text, &mut work)?;
    let (values, fault) = json_values(&mut text, usize::MAX);
    let text = Arc::new(text);
    let count = values.len();
    let end = json_documents(&text, values, &mut documents);
    let Some(fault) = fault else { return Ok(documents) };
    // With no JSON value or one, this may still be YAML in braces, or JSON documents between `---` lines.
    if fault.is_final || count > 1 {
        return Err(fault.error);
    }
    let before = documents.len();
    let (offset, start) = after_line_break(&text, end);
    // Go's decoder looks at four bytes at a time for the white space between, and gives up where there are fewer.
    let passed = text.get(end.0..offset).unwrap_or_default();
    let looked_at = offset - usize::from(passed.ends_with('\n'));
    if looked_at + 4 > length {
        return Err(fault.error);
    }
    read_yaml(&text, (offset, start), false, &mut work, &mut documents).map_err(|error| {
        let rest = text.get(offset..).unwrap_or_default().trim_start();
        let inside = rest.strip_prefix('{').unwrap_or_default().trim_start();
        let is_json = inside.starts_with(['"', '}']) && documents.len() == before;
        if is_json { fault.error } else { error }
    })?;
    Ok(documents)
}

pub(super) fn read_one(bytes: &[u8], max_bytes: usize) -> Result<Option<Document>, ReadError> {
    let text::Text { mut text, marked } = text::decode(bytes, max_bytes)?;
    let is_json = !marked && text.trim_start().starts_with('{');
    let mut work = Work::allowed_for(text.len());
    let (mut values, mut json_fault) = (Vec::new(), None);
    if is_json {
        json::pay_for(&text, &mut work)?;
        (values, json_fault) = json_values(&mut text, 1);
        // JSON with something behind it is YAML.
        values.retain(|value| is_blank_from(&text, value.end));
    }
    let text = Arc::new(text);
    let mut documents = Vec::new();
    json_documents(&text, values, &mut documents);
    if let Some(document) = documents.pop() {
        return Ok(Some(document));
    }
    match (
        json_fault,
        read_document(&text, 0..text.len(), START, &mut work, &mut documents),
    ) {
        (Some(fault), Err(error)) => {
            let inside = text
                .trim_start()
                .strip_prefix('{')
                .unwrap_or_default()
                .trim_start();
            Err(if fault.is_final || inside.starts_with(['"', '}']) {
                fault.error
            } else {
                error
            })
        }
        (_, result) => {
            result?;
            let mut document = documents.pop();
            if let Some(document) = &mut document {
                document
                    .notices
                    .retain(|notice| notice.code != NoticeCode::IgnoredContent);
            }
            Ok(document)
        }
    }
}

/// The values of a JSON text, in which half a surrogate pair is U+FFFD, as in Go.
fn json_values(text: &mut String, most: usize) -> (Vec<JsonValue>, Option<JsonFault>) {
    let (values, fault) = json::read(text, most);
    if fault.is_some()
        && let Some(whole) = json::whole_characters(text)
        && let (values, None) = json::read(&whole, most)
    {
        *text = whole;
        return (values, None);
    }
    (values, fault)
}

fn is_blank_from(text: &str, offset: usize) -> bool {
    text.get(offset..).unwrap_or_default().trim().is_empty()
}

/// Adds the documents of JSON values, and gives where the last one ends.
fn json_documents(
    text: &Arc<String>,
    values: Vec<JsonValue>,
    documents: &mut Vec<Document>,
) -> (usize, Position) {
    let mut end = (0, START);
    for value in values {
        let (_, start) = advance_to(text, end, value.start);
        end = advance_to(text, (value.start, start), value.end);
        let source = Source::of(text, value.start..value.end, start, true);
        let notices = match value.duplicates {
            true => source
                .places()
                .duplicates()
                .iter()
                .map(|(f, at)| Notice::duplicate(f, *at))
                .collect(),
            false => Vec::new(),
        };
        documents.push(Document {
            value: value.value,
            line: start.line,
            notices,
            source: Some(source),
        });
    }
    end
}

/// Adds the YAML documents of `text` from a place on. A byte order mark, where `is_marked`, hides from Go that the first line
/// is a separator.
fn read_yaml(
    text: &Arc<String>,
    mut at: (usize, Position),
    is_marked: bool,
    work: &mut Work,
    documents: &mut Vec<Document>,
) -> Result<(), ReadError> {
    let mut chunk: Option<(usize, Position)> = None;
    for line in text.get(at.0..).unwrap_or_default().split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---")
            && !(is_marked && at.0 == 0)
        {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let shown: String = rest.chars().take(40).collect();
                let message = format!(
                    "invalid YAML document separator: after `---` only a comment may stand, not `{shown}`"
                );
                return Err(ReadError::at(Position { column: 4, ..at.1 }, message));
            }
            if let Some((from, start)) = chunk.take() {
                read_document(text, from..at.0, start, work, documents)?;
                at = next_line(at, line);
                continue;
            }
        }
        chunk.get_or_insert(at);
        at = next_line(at, line);
    }
    match chunk {
        Some((from, start)) => read_document(text, from..at.0, start, work, documents),
        None => Ok(()),
    }
}

/// Adds the first document of a chunk, unless it is empty.
fn read_document(
    text: &Arc<String>,
    range: Range<usize>,
    start: Position,
    work: &mut Work,
    documents: &mut Vec<Document>,
) -> Result<(), ReadError> {
    let chunk = text.get(range.clone()).unwrap_or_default();
    // A file's own mark is gone already.
    let mark = if range.start > 0 && chunk.starts_with('\u{FEFF}') {
        3
    } else {
        0
    };
    let chunk = chunk.get(mark..).unwrap_or_default();
    let parsed = yaml_value::parse(chunk, start, work)?;
    if let Some((value, at)) = parsed.root {
        let source = Source::of(text, range.start + mark..range.end, start, false);
        documents.push(Document {
            value,
            line: at.line,
            notices: parsed.notices,
            source: Some(source),
        });
    }
    Ok(())
}

fn next_line((offset, at): (usize, Position), line: &str) -> (usize, Position) {
    (
        offset + line.len(),
        Position {
            line: at.line.saturating_add(1),
            column: 1,
        },
    )
}

/// Past white space, up to and with the first line break: what Go's decoder skips between JSON and YAML.
fn after_line_break(text: &str, end: (usize, Position)) -> (usize, Position) {
    let rest = text.get(end.0..).unwrap_or_default();
    let mut skipped = 0;
    for c in rest.chars().take_while(|c| c.is_whitespace()) {
        skipped += c.len_utf8();
        if c == '\n' {
            break;
        }
    }
    advance_to(text, end, end.0 + skipped)
}

/// The position of the byte offset `to`, known the position of one before it.
fn advance_to(text: &str, (from, at): (usize, Position), to: usize) -> (usize, Position) {
    let passed = text.get(from..to).unwrap_or_default();
    let end = text::end_of(passed, at.line);
    let column = if end.line == at.line {
        at.column + end.column - 1
    } else {
        end.column
    };
    (
        to,
        Position {
            line: end.line,
            column,
        },
    )
}
