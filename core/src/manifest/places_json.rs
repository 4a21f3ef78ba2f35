//! Where the nodes of a JSON document stand.

use serde_json::Value;

use super::error::{Position, Span};
use super::places::{Builder, Places};

/// The places of the JSON value that `text` is, which starts at `start` in the input. The text has been read
/// before, so nothing is checked here.
pub(super) fn of_json(text: &str, start: Position) -> Places {
    let mut builder = Builder::starting(start);
    let mut cursor = Cursor {
        bytes: text.as_bytes(),
        offset: 0,
        at: start,
    };
    while let Some(byte) = cursor.peek() {
        let at = cursor.at;
        match byte {
            b'{' => drop(builder.open_mapping(at)),
            b'[' => drop(builder.open_sequence(at)),
            b'}' | b']' => builder.close(Position {
                column: at.column.saturating_add(1),
                ..at
            }),
            b'"' => {
                let token = cursor.string();
                let span = Span {
                    start: at,
                    end: cursor.at,
                };
                if builder.expects_key() {
                    let token = std::str::from_utf8(token).unwrap_or_default();
                    // As a value, not as a `String`: whoever reads a type must be able to say of any value that it is of
                    // another, floats included, and all that code is used nowhere else.
                    let name = match serde_json::from_str(token) {
                        Ok(Value::String(name)) => name,
                        _ => String::new(),
                    };
                    builder.key(Some(name.into_boxed_str()), span);
                } else {
                    builder.scalar(span);
                }
                continue;
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                while cursor
                    .peek()
                    .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
                {
                    cursor.advance();
                }
                builder.scalar(Span {
                    start: at,
                    end: cursor.at,
                });
                continue;
            }
            _ => {}
        }
        cursor.advance();
    }
    builder.finish()
}

struct Cursor<'t> {
    bytes: &'t [u8],
    offset: usize,
    at: Position,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn advance(&mut self) {
        match self.peek() {
            Some(b'\n') => {
                self.at = Position {
                    line: self.at.line.saturating_add(1),
                    column: 1,
                }
            }
            // The bytes after the first of a character add no column.
            Some(0x80..=0xBF) | None => {}
            Some(_) => self.at.column = self.at.column.saturating_add(1),
        }
        self.offset += 1;
    }

    /// Moves past a string, and gives it with its quotes.
    fn string(&mut self) -> &'t [u8] {
        let from = self.offset;
        self.advance();
        while let Some(byte) = self.peek() {
            self.advance();
            match byte {
                b'\\' => self.advance(),
                b'"' => break,
                _ => {}
            }
        }
        self.bytes.get(from..self.offset).unwrap_or_default()
    }
}
