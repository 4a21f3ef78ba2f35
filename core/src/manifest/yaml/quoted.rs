//! Scalars in single or double quotes.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::plain::Gap;
use super::token::{Style, Token};
use super::{Refusal, refused};

/// Reads from the opening quote to behind the closing one.
pub(super) fn scalar<'t>(cursor: &mut Cursor<'t>) -> Result<Token<'t>, Refusal> {
    let start = cursor.at();
    let quote = cursor.byte();
    cursor.advance();
    let content = cursor.mark().offset;
    // Only what has an escape or a line break is no piece of the text.
    let mut text: Option<String> = None;
    loop {
        if cursor.is_document_sign() {
            let message = "a line that separates documents stands inside of this quoted text";
            return Err(refused(start, message));
        }
        if cursor.is_at_end() {
            return Err(refused(start, "this quote is never closed"));
        }
        let mut gap = Gap::default();
        words(cursor, quote, content, &mut text, &mut gap)?;
        if cursor.byte() == quote {
            break;
        }
        let from = cursor.mark().offset;
        while cursor.is_blank() || cursor.is_break() {
            if cursor.is_break() {
                // What comes before the line break goes with it.
                text.get_or_insert_with(|| cursor.between(content, from).to_owned());
                gap.break_line(cursor.advance_over_break());
            } else {
                cursor.advance_over_blanks();
            }
        }
        if let Some(text) = &mut text {
            if gap.has_break {
                gap.join(text);
            } else {
                text.push_str(cursor.between(from, cursor.mark().offset));
            }
        }
    }
    let text = text.map_or_else(
        || Cow::Borrowed(cursor.between(content, cursor.mark().offset)),
        Cow::Owned,
    );
    cursor.advance();
    let style = if quote == b'"' {
        Style::DoubleQuoted
    } else {
        Style::SingleQuoted
    };
    Ok(Token::Scalar { text, style })
}

/// Over characters and escapes up to white space or the closing quote, or behind an escaped line break.
fn words(
    cursor: &mut Cursor<'_>,
    quote: u8,
    content: usize,
    text: &mut Option<String>,
    gap: &mut Gap,
) -> Result<(), Refusal> {
    loop {
        let from = cursor.mark().offset;
        cursor.advance_to_space_or(|b| b == quote || b == b'\\' && quote == b'"');
        let to = cursor.mark().offset;
        if let Some(text) = text {
            text.push_str(cursor.between(from, to));
        }
        match cursor.byte() {
            b'\'' if quote == b'\'' && cursor.byte_after(1) == b'\'' => {
                let text = text.get_or_insert_with(|| cursor.between(content, to).to_owned());
                text.push('\'');
                cursor.advance_by(2);
            }
            b'\\' if quote == b'"' => {
                let text = text.get_or_insert_with(|| cursor.between(content, to).to_owned());
                if cursor.is_break_after(1) {
                    cursor.advance();
                    cursor.advance_over_break();
                    gap.escape_break();
                    return Ok(());
                }
                text.push(escaped(cursor)?);
            }
            _ => return Ok(()),
        }
    }
}

/// The character that a backslash and what follows it stand for.
fn escaped(cursor: &mut Cursor<'_>) -> Result<char, Refusal> {
    let at = cursor.at();
    let digits = match cursor.byte_after(1) {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => 0,
    };
    let simple = match cursor.byte_after(1) {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0B',
        b'f' => '\x0C',
        b'r' => '\r',
        b'e' => '\x1B',
        byte @ (b' ' | b'"' | b'\'' | b'\\') => char::from(byte),
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        b'x' | b'u' | b'U' => '\0',
        b'/' => {
            let message = "found unknown escape character: write `/` for `\\/`";
            return Err(refused(at, message));
        }
        _ => {
            let message =
                "found unknown escape character: write `\\\\` for a backslash, or use single quotes";
            return Err(refused(at, message));
        }
    };
    cursor.advance_by(2);
    if digits == 0 {
        return Ok(simple);
    }
    let mut code = 0u32;
    for _ in 0..digits {
        let Some(digit) = char::from(cursor.byte()).to_digit(16) else {
            let message = format!("this escape needs {digits} hexadecimal digits");
            return Err(refused(at, message));
        };
        code = code << 4 | digit;
        cursor.advance();
    }
    char::from_u32(code).ok_or_else(|| {
        let message = match code {
            0xD800..0xE000 => "found half a character: write it as `\\U` with eight digits",
            _ => "there is no character of this number",
        };
        refused(at, message)
    })
}
