//! Anchors, tags, and the directives that tags depend on.

use std::borrow::Cow;

use super::super::error::Position;
use super::cursor::{Cursor, is_of_name};
use super::token::{TagPrefix, TagToken, Token};
use super::{Refusal, refused};

/// `&name` or `*name`.
pub(super) fn anchor<'t>(cursor: &mut Cursor<'t>) -> Result<Token<'t>, Refusal> {
    let (at, is_alias) = (cursor.at(), cursor.byte() == b'*');
    cursor.advance();
    let rest = cursor.rest();
    let name = pass_name(cursor);
    if name.is_empty() || !(cursor.is_space() || b"?:,]}%@`".contains(&cursor.byte())) {
        let shown = rest
            .split(|c: char| c.is_whitespace() || ",[]{}".contains(c))
            .next();
        let shown: String = shown.unwrap_or_default().chars().take(40).collect();
        let message = match (is_alias, shown.is_empty()) {
            (true, true) => "`*` begins the name of an anchor: quote the text that it begins".to_owned(),
            (true, false) => format!("`*{shown}` is no name of an anchor: quote the text that `*` begins"),
            (false, true) => "`&` begins the name of an anchor: quote the text that it begins".to_owned(),
            (false, false) => format!("anchor `{shown}` may hold only letters, digits, `-` and `_`"),
        };
        return Err(refused(at, message));
    }
    Ok(if is_alias {
        Token::Alias(name)
    } else {
        Token::Anchor(name)
    })
}

/// `!name`, `!!name`, `!handle!name`, `!<name>` or `!`.
pub(super) fn tag<'t>(cursor: &mut Cursor<'t>) -> Result<Token<'t>, Refusal> {
    let at = cursor.at();
    let token = if cursor.byte_after(1) == b'<' {
        cursor.advance_by(2);
        let suffix = uri(cursor, at, "")?;
        if cursor.byte() != b'>' {
            return Err(refused(at, "the tag that `!<` begins needs a `>` at its end"));
        }
        cursor.advance();
        TagToken { handle: "", suffix }
    } else {
        let handle = pass_handle(cursor);
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = uri(cursor, at, "")?;
            TagToken { handle, suffix }
        } else {
            let suffix = uri(cursor, at, handle)?;
            match suffix.is_empty() {
                true => TagToken {
                    handle: "",
                    suffix: Cow::Borrowed("!"),
                },
                false => TagToken { handle: "!", suffix },
            }
        }
    };
    if !cursor.is_space() {
        let message = "a tag ends with a space: quote the text that `!` begins";
        return Err(refused(at, message));
    }
    Ok(Token::Tag(Box::new(token)))
}

/// A line `%YAML 1.1`, or `%TAG !handle! prefix`.
pub(super) fn directive<'t>(cursor: &mut Cursor<'t>) -> Result<Token<'t>, Refusal> {
    let at = cursor.at();
    cursor.advance();
    let name = pass_name(cursor);
    let unknown = || {
        refused(
            at,
            "a line that starts with `%` is `%YAML` or `%TAG`: quote the text, or indent it",
        )
    };
    if !cursor.is_space() {
        return Err(unknown());
    }
    cursor.advance_over_blanks();
    let token = match name {
        "YAML" => {
            let number = |cursor: &mut Cursor<'_>| {
                let digits = cursor.rest().bytes().take_while(u8::is_ascii_digit).count();
                let number = cursor.rest().get(..digits).and_then(|digits| digits.parse().ok());
                cursor.advance_by(digits);
                number
                    .filter(|_| digits <= 2)
                    .ok_or_else(|| refused(at, "`%YAML` is followed by a version such as 1.1"))
            };
            let major = number(cursor)?;
            if cursor.byte() != b'.' {
                return Err(refused(at, "`%YAML` is followed by a version such as 1.1"));
            }
            cursor.advance();
            Token::Version(major, number(cursor)?)
        }
        "TAG" => {
            let handle = pass_handle(cursor);
            if handle.is_empty() || handle != "!" && !handle.ends_with('!') || !cursor.is_blank() {
                return Err(refused(
                    at,
                    "`%TAG` is followed by a handle such as `!x!`, and by a prefix",
                ));
            }
            cursor.advance_over_blanks();
            let prefix = uri(cursor, at, "")?;
            if !cursor.is_space() {
                return Err(refused(
                    at,
                    "the prefix of `%TAG` holds a character that it cannot hold",
                ));
            }
            Token::TagPrefix(Box::new(TagPrefix { handle, prefix }))
        }
        _ => return Err(unknown()),
    };
    cursor.advance_over_blanks();
    if cursor.byte() == b'#' {
        cursor.advance_to_break();
    }
    if !cursor.is_at_end() && !cursor.is_break() {
        return Err(refused(cursor.at(), "only a comment may stand after a directive"));
    }
    cursor.advance_over_break();
    Ok(token)
}

fn pass_name<'t>(cursor: &mut Cursor<'t>) -> &'t str {
    let from = cursor.mark().offset;
    let length = cursor.rest().bytes().take_while(|byte| is_of_name(*byte)).count();
    cursor.advance_by(length);
    cursor.between(from, from + length)
}

/// `!`, then a name, then perhaps another `!`; empty where there is no `!`.
fn pass_handle<'t>(cursor: &mut Cursor<'t>) -> &'t str {
    let from = cursor.mark().offset;
    if cursor.byte() == b'!' {
        cursor.advance();
        pass_name(cursor);
        if cursor.byte() == b'!' {
            cursor.advance();
        }
    }
    cursor.between(from, cursor.mark().offset)
}

/// The rest of a tag, of which `head` has been read already: its `!` is none of it.
fn uri<'t>(cursor: &mut Cursor<'t>, at: Position, head: &'t str) -> Result<Cow<'t, str>, Refusal> {
    let from = cursor.mark().offset - head.len();
    let skipped = usize::from(!head.is_empty());
    let is_of_uri = |byte: u8| is_of_name(byte) || b";/?:@&=+$,.!~*'()[]".contains(&byte);
    let mut decoded: Option<Vec<u8>> = None;
    loop {
        let length = cursor.rest().bytes().take_while(|byte| is_of_uri(*byte)).count();
        let piece = cursor.between(cursor.mark().offset, cursor.mark().offset + length);
        if let Some(decoded) = &mut decoded {
            decoded.extend(piece.bytes());
        }
        cursor.advance_by(length);
        if cursor.byte() != b'%' {
            break;
        }
        let before = cursor.between(from + skipped, cursor.mark().offset);
        let decoded = decoded.get_or_insert_with(|| before.as_bytes().to_vec());
        decoded.push(
            octet(cursor)
                .ok_or_else(|| refused(at, "a `%` in a tag is followed by two hexadecimal digits"))?,
        );
    }
    let read = cursor.mark().offset - from;
    if read == 0 {
        return Err(refused(at, "a tag needs a name: quote the text that `!` begins"));
    }
    match decoded {
        None => Ok(Cow::Borrowed(cursor.between(from + skipped, from + read))),
        Some(bytes) => {
            let text = String::from_utf8(bytes);
            text.map(Cow::Owned)
                .map_err(|_| refused(at, "what `%` stands for in a tag is not UTF-8"))
        }
    }
}

/// `%` and two digits.
fn octet(cursor: &mut Cursor<'_>) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (high, low) = (digit(cursor.byte_after(1))?, digit(cursor.byte_after(2))?);
    cursor.advance_by(3);
    Some(high << 4 | low)
}
