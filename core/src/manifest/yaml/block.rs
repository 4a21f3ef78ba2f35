//! Block scalars: literal ones after `|`, folded ones after `>`.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::token::{Style, Token};
use super::{Refusal, TAB, refused};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

/// Reads from the indicator to the line that no longer belongs to it. `indent` is the column of the collection around it, -1
/// for none.
pub(super) fn scalar<'t>(cursor: &mut Cursor<'t>, indent: isize) -> Result<Token<'t>, Refusal> {
    let is_literal = cursor.byte() == b'|';
    let (chomping, increment) = header(cursor)?;
    let around = usize::try_from(indent).unwrap_or_default();
    let mut column = increment.map(|increment| around + increment);
    let least = usize::try_from(indent + 1).unwrap_or_default().max(1);
    let mut breaks = String::new();
    empty_lines(cursor, &mut column, least, &mut breaks)?;
    let column = column.unwrap_or(least);

    let mut text = String::new();
    let mut line_break = "";
    let mut was_indented = false;
    while cursor.column() == column && !cursor.is_at_end() {
        let is_indented = cursor.is_blank();
        // Folding joins lines, but for those that are indented further.
        if !is_literal && !was_indented && !is_indented && line_break == "\n" {
            if breaks.is_empty() {
                text.push(' ');
            }
        } else {
            text.push_str(line_break);
        }
        text.push_str(&breaks);
        breaks.clear();
        was_indented = is_indented;
        let from = cursor.mark().offset;
        cursor.advance_to_break();
        text.push_str(cursor.between(from, cursor.mark().offset));
        line_break = cursor.advance_over_break();
        empty_lines(cursor, &mut Some(column), least, &mut breaks)?;
    }
    if chomping != Chomping::Strip {
        text.push_str(line_break);
    }
    if chomping == Chomping::Keep {
        text.push_str(&breaks);
    }
    Ok(Token::Scalar {
        text: Cow::Owned(text),
        style: Style::Block,
    })
}

/// The indicators in either order, a comment, and the line break.
fn header(cursor: &mut Cursor<'_>) -> Result<(Chomping, Option<usize>), Refusal> {
    cursor.advance();
    let mut chomping = None;
    let mut increment = None;
    for _ in 0..2 {
        match cursor.byte() {
            sign @ (b'+' | b'-') if chomping.is_none() => {
                chomping = Some(if sign == b'+' {
                    Chomping::Keep
                } else {
                    Chomping::Strip
                });
                cursor.advance();
            }
            b'0' if increment.is_none() => {
                let message = "the indentation of a block of text is 1 to 9, not 0";
                return Err(refused(cursor.at(), message));
            }
            digit @ b'1'..=b'9' if increment.is_none() => {
                increment = Some(usize::from(digit - b'0'));
                cursor.advance();
            }
            _ => {}
        }
    }
    cursor.advance_over_blanks();
    if cursor.byte() == b'#' {
        cursor.advance_to_break();
    }
    if !cursor.is_at_end() && !cursor.is_break() {
        let message =
            "after `|` or `>` a block of text begins on the next line: only a comment may stand here";
        return Err(refused(cursor.at(), message));
    }
    cursor.advance_over_break();
    Ok((chomping.unwrap_or(Chomping::Clip), increment))
}

/// Over indentation and lines that hold nothing else, up to the next line of text, whose column it finds where `column`
/// does not say it.
fn empty_lines(
    cursor: &mut Cursor<'_>,
    column: &mut Option<usize>,
    least: usize,
    breaks: &mut String,
) -> Result<(), Refusal> {
    let mut widest = 0;
    loop {
        let is_within = |cursor: &Cursor<'_>| column.is_none_or(|column| cursor.column() < column);
        while is_within(cursor) && cursor.byte() == b' ' {
            cursor.advance();
        }
        widest = widest.max(cursor.column());
        if is_within(cursor) && cursor.byte() == b'\t' {
            return Err(refused(cursor.at(), TAB));
        }
        if !cursor.is_break() {
            break;
        }
        breaks.push_str(cursor.advance_over_break());
    }
    column.get_or_insert(widest.max(least));
    Ok(())
}
