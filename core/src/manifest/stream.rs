//! A file to its documents, as apimachinery's `YAMLOrJSONDecoder` cuts it (`util/yaml/decoder.go`).

use std::ops::Range;
use std::sync::Arc;

use super::document::{Document, Notice, NoticeCode, Source};
use super::error::{Position, ReadError};
use super::yaml::{Fault, Missing};
use super::yaml_value::{self, Parsed};
use super::{json, text};

const START: Position = Position { line: 1, column: 1 };

pub(super) fn read(bytes: &[u8], max_bytes: usize) -> Result<Vec<Document>, ReadError> {
    let mut documents = read_all(bytes, max_bytes)?;
    documents.retain(|document| !document.value.is_null());
    Ok(documents)
}

fn read_all(bytes: &[u8], max_bytes: usize) -> Result<Vec<Document>, ReadError> {
    let text::Text { mut text, marked } = text::decode(bytes, max_bytes)?;
    // Go's line reader ends every line, also the last, which a literal block at the end of the file can tell.
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let text = Arc::new(text);
    let mut documents = Vec::new();
    if marked || !text.trim_start().starts_with('{') {
        read_yaml(&text, 0, START, &mut documents)?;
        return Ok(documents);
    }
    let (values, fault) = json::read(&text, usize::MAX);
    let count = values.len();
    let end = json_documents(&text, values, &mut documents);
    let Some(fault) = fault else { return Ok(documents) };
    // With no JSON value or one, this may still be YAML in braces, or JSON documents between `---` lines.
    if fault.is_final || count > 1 {
        return Err(fault.error);
    }
    let before = documents.len();
    let (offset, start) = after_line_break(&text, end);
    read_yaml(&text, offset, start, &mut documents).map_err(|error| {
        let rest = text.get(offset..).unwrap_or_default().trim_start();
        let inside = rest.strip_prefix('{').unwrap_or_default().trim_start();
        let is_json = inside.starts_with(['"', '}']) && documents.len() == before;
        if is_json { fault.error } else { error }
    })?;
    Ok(documents)
}

pub(super) fn read_one(bytes: &[u8], max_bytes: usize) -> Result<Option<Document>, ReadError> {
    let text::Text { text, marked } = text::decode(bytes, max_bytes)?;
    let text = Arc::new(text);
    let mut documents = Vec::new();
    let mut json_fault = None;
    if !marked && text.trim_start().starts_with('{') {
        let (values, fault) = json::read(&text, 1);
        json_documents(&text, values, &mut documents);
        json_fault = fault;
    }
    if let Some(document) = documents.pop() {
        return Ok(Some(document));
    }
    match (
        json_fault,
        read_document(&text, 0..text.len(), START, &mut documents),
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

/// Adds the documents of JSON values, and gives where the last one ends.
fn json_documents(
    text: &Arc<String>,
    values: Vec<json::JsonValue>,
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

/// Adds the YAML documents of `text` from `offset` on.
fn read_yaml(
    text: &Arc<String>,
    offset: usize,
    start: Position,
    documents: &mut Vec<Document>,
) -> Result<(), ReadError> {
    let mut at = (offset, start);
    let mut chunk: Option<(usize, Position)> = None;
    for line in text.get(offset..).unwrap_or_default().split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                let shown: String = rest.chars().take(40).collect();
                let message = format!(
                    "invalid YAML document separator: after `---` only a comment may stand, not `{shown}`"
                );
                return Err(ReadError::at(Position { column: 4, ..at.1 }, message));
            }
            if let Some((from, start)) = chunk.take() {
                read_document(text, from..at.0, start, documents)?;
                at = next_line(at, line);
                continue;
            }
        }
        chunk.get_or_insert(at);
        at = next_line(at, line);
    }
    match chunk {
        Some((from, start)) => read_document(text, from..at.0, start, documents),
        None => Ok(()),
    }
}

/// Adds the first document of a chunk, unless it is empty.
fn read_document(
    text: &Arc<String>,
    range: Range<usize>,
    start: Position,
    documents: &mut Vec<Document>,
) -> Result<(), ReadError> {
    let chunk = text.get(range.clone()).unwrap_or_default();
    let mark = chunk.len() - chunk.trim_start_matches('\u{FEFF}').len();
    let chunk = chunk.get(mark..).unwrap_or_default();
    text::check_characters(chunk, start.line)?;
    let (parsed, padded) = match yaml_value::parse(chunk, start) {
        Ok(parsed) => (parsed, None),
        Err(fault) => pad(chunk, start, fault).map(|(parsed, text)| (parsed, Some(text)))?,
    };
    if let Some((value, at)) = parsed.root {
        let source = match padded {
            None => Source::of(text, range.start + mark..range.end, start, false),
            Some(text) => {
                let range = 0..text.len();
                Source::of(&Arc::new(text), range, start, false)
            }
        };
        documents.push(Document {
            value,
            line: at.line,
            notices: parsed.notices,
            source: Some(source),
        });
    }
    Ok(())
}

/// Bytes that may be parsed once more for the sake of missing white space.
const MAX_PARSED_AGAIN: usize = 64 << 20;

/// Parses a document again with the white space that the parser misses and go-yaml does not. Only comments and
/// the ends of quoted text can follow it in its line, so positions hold.
fn pad(chunk: &str, start: Position, mut fault: Fault) -> Result<(Parsed, String), ReadError> {
    let mut text = chunk.to_owned();
    let mut parsed = 0;
    while let Some(missing) = fault.missing.take() {
        let (range, padded) = match missing {
            Missing::Space(at) => (at..at, " ".to_owned()),
            Missing::Indentation(range) => {
                // No collection around a scalar is indented further than where the scalar starts.
                let before = text
                    .get(..range.start)
                    .and_then(|before| before.rsplit('\n').next());
                let columns = before.map_or(0, |line| line.chars().count()) + 1;
                let indented = format!("\n{}", " ".repeat(columns));
                let quoted = text
                    .get(range.clone())
                    .unwrap_or_default()
                    .replace('\n', &indented);
                (range, quoted)
            }
        };
        parsed += text.len() + padded.len();
        if parsed > MAX_PARSED_AGAIN || text.get(range.clone()).is_none() {
            break;
        }
        text.replace_range(range, &padded);
        match yaml_value::parse(&text, start) {
            Ok(parsed) => return Ok((parsed, text)),
            Err(next) => fault = next,
        }
    }
    Err(fault.error)
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
