//! Scalars without quotes.

use std::borrow::Cow;

use super::super::error::Position;
use super::cursor::Cursor;
use super::token::{Style, Token};
use super::{Refusal, TAB, refused};

pub(super) struct PlainScalar<'t> {
    pub(super) token: Token<'t>,
    /// Where its last character ends; the cursor stands before the next token.
    pub(super) end: Position,
    /// Whether a line break follows.
    pub(super) ends_line: bool,
}

/// Reads on until white space is followed by what cannot continue it: a comment, a key's colon, in brackets a sign of
/// theirs, outside of brackets a line that starts left of `least`.
pub(super) fn scalar<'t>(
    cursor: &mut Cursor<'t>,
    least: usize,
    in_brackets: bool,
) -> Result<PlainScalar<'t>, Refusal> {
    let start = cursor.mark().offset;
    let mut end = cursor.mark();
    // Only what goes on over a line break is no piece of the text.
    let mut text: Option<String> = None;
    let mut gap = Gap::default();
    loop {
        if cursor.is_document_sign() || cursor.byte() == b'#' {
            break;
        }
        let from = cursor.mark().offset;
        pass_word(cursor, in_brackets);
        let to = cursor.mark();
        if to.offset > from {
            if gap.has_break {
                let text = text.get_or_insert_with(|| cursor.between(start, end.offset).to_owned());
                gap.join(text);
            } else if let Some(text) = &mut text {
                text.push_str(cursor.between(end.offset, from));
            }
            if let Some(text) = &mut text {
                text.push_str(cursor.between(from, to.offset));
            }
            gap = Gap::default();
            end = to;
        }
        if !(cursor.is_blank() || cursor.is_break()) {
            break;
        }
        while cursor.is_blank() || cursor.is_break() {
            if cursor.is_break() {
                gap.break_line(cursor.advance_over_break());
            } else if gap.has_break && cursor.column() < least && cursor.byte() == b'\t' {
                return Err(refused(cursor.at(), TAB));
            } else {
                cursor.advance();
            }
        }
        if !in_brackets && cursor.column() < least {
            break;
        }
    }
    let text = text.map_or_else(|| Cow::Borrowed(cursor.between(start, end.offset)), Cow::Owned);
    Ok(PlainScalar {
        token: Token::Scalar {
            text,
            style: Style::Plain,
        },
        end: end.at,
        ends_line: gap.has_break,
    })
}

/// Over characters up to white space, or a sign that ends the scalar.
fn pass_word(cursor: &mut Cursor<'_>, in_brackets: bool) {
    loop {
        cursor.advance_to_space_or(|b| match b {
            b':' => true,
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => in_brackets,
            _ => false,
        });
        if cursor.byte() != b':' || cursor.is_space_after(1) {
            return;
        }
        cursor.advance();
    }
}

/// The white space between two words, or lines of a quoted scalar.
#[derive(Default)]
pub(super) struct Gap {
    pub(super) has_break: bool,
    /// The first line break, and those after it.
    first: &'static str,
    others: String,
}

impl Gap {
    pub(super) fn break_line(&mut self, read: &'static str) {
        if self.has_break {
            self.others.push_str(read);
        } else {
            self.has_break = true;
            self.first = read;
        }
    }

    /// A line break that leaves nothing: it was escaped.
    pub(super) fn escape_break(&mut self) {
        self.has_break = true;
    }

    /// One line break is a space; of several the first is lost. Those of Unicode stay what they are.
    pub(super) fn join(&self, text: &mut String) {
        match self.first {
            "\n" if self.others.is_empty() => text.push(' '),
            "\n" => {}
            first => text.push_str(first),
        }
        text.push_str(&self.others);
    }
}
