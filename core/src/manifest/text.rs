//! Bytes to text: encodings, byte order marks, and the characters that YAML allows.

use super::error::{Position, ReadError, ReadErrorCode};

/// The input as text, and whether a byte order mark stood before it.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) marked: bool,
}

/// Decodes UTF-8 with or without, and UTF-16 with a byte order mark, as go-yaml does (`readerc.go`,
/// `yaml_parser_determine_encoding`).
pub(super) fn decode(bytes: &[u8], max_bytes: usize) -> Result<Text, ReadError> {
    if bytes.len() > max_bytes {
        return Err(ReadError {
            code: ReadErrorCode::TooLarge,
            message: format!(
                "the input has {} bytes: at most {max_bytes} are read",
                bytes.len()
            ),
            position: None,
        });
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return utf16(rest, u16::from_be_bytes);
    }
    let rest = bytes.strip_prefix(b"\xEF\xBB\xBF");
    match std::str::from_utf8(rest.unwrap_or(bytes)) {
        Ok(text) => Ok(Text {
            text: text.to_owned(),
            marked: rest.is_some(),
        }),
        Err(error) => {
            let (good, bad) = rest
                .unwrap_or(bytes)
                .split_at_checked(error.valid_up_to())
                .unwrap_or((bytes, &[]));
            let before = String::from_utf8_lossy(good);
            // A file with a NUL early is some binary format, and the first odd byte is beside the point.
            if let Some((head, _)) = before.split_once('\0') {
                return Err(not_text(head, '\0'));
            }
            let byte = bad.first().copied().unwrap_or_default();
            Err(ReadError::at(
                end_of(&before, 1),
                format!("byte 0x{byte:02x} is not UTF-8: save the file as UTF-8 text"),
            ))
        }
    }
}

/// Refuses what go-yaml's reader calls control characters among the first `seen` bytes, and those that it takes up with
/// them, which are 512 at a time. The text starts at `start`.
pub(super) fn check_characters(text: &str, seen: usize, start: Position) -> Result<(), ReadError> {
    let mut end = (seen / BLOCK + 1).saturating_mul(BLOCK).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    // One pass over bytes settles nearly every file: only these lead to a forbidden character.
    let suspicious = |b: &u8| matches!(b, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xC2 | 0xEF);
    if !text.as_bytes().iter().any(suspicious) {
        return Ok(());
    }
    match text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        None => Ok(()),
        Some((at, c)) => {
            let (before, _) = text.split_at_checked(at).unwrap_or((text, ""));
            let mut error = not_text(before, c);
            if let Some(position) = error.position.as_mut() {
                if position.line == 1 {
                    position.column += start.column - 1;
                }
                position.line += start.line - 1;
            }
            Err(error)
        }
    }
}

/// How many bytes go-yaml's reader takes up at a time.
const BLOCK: usize = 512;

/// The position just after `text`, which starts at the first column of `first_line`.
pub(super) fn end_of(text: &str, first_line: u32) -> Position {
    let lines = text.bytes().filter(|b| *b == b'\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    let column = last.bytes().filter(|b| b & 0xC0 != 0x80).count();
    Position {
        line: first_line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
        column: u32::try_from(column).unwrap_or(u32::MAX - 1) + 1,
    }
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..)
}

fn not_text(before: &str, c: char) -> ReadError {
    let position = end_of(before, 1);
    let code = u32::from(c);
    if code < 0x80 {
        let what = format!("this is not text: byte 0x{code:02x} cannot stand in YAML");
        return ReadError::at(position, what);
    }
    ReadError::at(
        position,
        format!("control character U+{code:04X} cannot stand in YAML: remove it"),
    )
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Text, ReadError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(c) => text.push(c),
            Err(error) => {
                let message = format!("0x{:04x} is half a UTF-16 character", error.unpaired_surrogate());
                return Err(ReadError::at(end_of(&text, 1), message));
            }
        }
    }
    if !odd.is_empty() {
        let message = "the last UTF-16 character has only one byte: is the file cut off?";
        return Err(ReadError::at(end_of(&text, 1), message));
    }
    Ok(Text { text, marked: true })
}
