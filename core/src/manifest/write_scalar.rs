//! How one string is written: which style it allows, and the text of each style (libyaml's emitter, as go-yaml
//! v2 has it in `emitterc.go` and `encode.go`).

use std::fmt::Write as _;

use super::scalar::Scalar;
use super::timestamp;
use super::write::Writer;

/// Past this column, a space may become a line break.
const WIDTH: usize = 80;

pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// The style for a string: plain where nothing would read it as something else.
pub(super) fn style_of(text: &str, is_key: bool) -> Style {
    let shape = Shape::of(text);
    let wanted = match text.contains('\n') {
        true => Style::Literal,
        false if is_string(text) => Style::Plain,
        false => Style::DoubleQuoted,
    };
    match wanted {
        _ if is_key && shape.is_multiline => Style::DoubleQuoted,
        Style::Literal if is_key || !shape.allows_literal => Style::DoubleQuoted,
        Style::Plain if shape.allows_plain => Style::Plain,
        Style::Plain if shape.allows_single => Style::SingleQuoted,
        Style::Plain => Style::DoubleQuoted,
        style => style,
    }
}

/// Whether a plain scalar of this text would be read as a string, by Go and by readers of base 60 numbers.
fn is_string(text: &str) -> bool {
    Scalar::of_plain(text).is_none() && text != "<<" && !timestamp::is_timestamp(text) && !is_base_60(text)
}

/// `1:30`, which YAML 1.1 takes for 90.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let Some(first) = parts.next() else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return false;
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let is_sixty = |part: &str| match part.as_bytes() {
        [b'0'..=b'5', digit] | [digit] => digit.is_ascii_digit(),
        _ => false,
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    first.starts_with(is_digit)
        && first.chars().all(|c| is_digit(c) || c == '_')
        && middle.iter().all(|part| is_sixty(part))
        && is_sixty(last)
        && fraction.chars().all(|c| is_digit(c) || c == '_')
}

/// What a text's characters allow (`yaml_emitter_analyze_scalar`).
pub(super) struct Shape {
    pub(super) is_multiline: bool,
    allows_plain: bool,
    allows_single: bool,
    allows_literal: bool,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut breaks, mut special, mut space_break, mut break_space) = (false, false, false, false);
        let mut before: Option<char> = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let ends_word = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t'));
            indicators |= match (before, c) {
                (None, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>') => true,
                (None, '\'' | '"' | '%' | '@' | '`') => true,
                (None, '?' | '-') | (_, ':') => ends_word,
                (Some(before), '#') => before == ' ' || before == '\t' || is_break(before),
                _ => false,
            };
            special |= !is_printable(c);
            breaks |= is_break(c);
            break_space |= c == ' ' && before.is_some_and(is_break);
            space_break |= is_break(c) && before == Some(' ');
            before = Some(c);
        }
        let at_edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
        let edges = at_edge(text.chars().next()) || at_edge(before);
        Self {
            is_multiline: breaks,
            allows_plain: !(indicators || breaks || edges || special),
            allows_single: !(special || space_break || break_space),
            allows_literal: !(special || space_break || before == Some(' ')),
        }
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What may stand unescaped: not tabs, and nothing outside of Unicode's first plane.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{A0}'..='\u{2027}' | '\u{202A}'..='\u{FEFE}' | '\u{FF00}'..='\u{FFFD}')
}

pub(super) fn plain(out: &mut Writer, text: &str, may_fold: bool) {
    let mut after_space = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' && may_fold && !after_space && out.column > WIDTH && chars.peek() != Some(&' ') {
            out.start_line();
        } else {
            out.put(c);
        }
        after_space = c == ' ';
    }
}

pub(super) fn single_quoted(out: &mut Writer, text: &str, may_fold: bool) {
    out.token("'", true);
    let mut after_space = false;
    let mut is_first = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let folds = c == ' ' && may_fold && !after_space && out.column > WIDTH && !is_first;
        if folds && chars.peek().is_some_and(|next| *next != ' ') {
            out.start_line();
        } else {
            if c == '\'' {
                out.put(c);
            }
            out.put(c);
        }
        after_space = c == ' ';
        is_first = false;
    }
    out.token("'", false);
}

pub(super) fn double_quoted(out: &mut Writer, text: &str, may_fold: bool) {
    out.token("\"", true);
    let mut after_space = false;
    let mut is_first = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
            escaped(c).chars().for_each(|c| out.put(c));
        } else if c == ' '
            && may_fold
            && !after_space
            && out.column > WIDTH
            && !is_first
            && chars.peek().is_some()
        {
            out.start_line();
            if chars.peek() == Some(&' ') {
                out.put('\\');
            }
        } else {
            out.put(c);
        }
        after_space = c == ' ';
        is_first = false;
    }
    out.token("\"", false);
}

fn escaped(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{B}' => 'v',
        '\u{C}' => 'f',
        '\r' => 'r',
        '\u{1B}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let mut long = String::new();
            // Writing to a String cannot fail.
            let _ = match u32::from(c) {
                code @ ..=0xFF => write!(long, "\\x{code:02X}"),
                code @ ..=0xFFFF => write!(long, "\\u{code:04X}"),
                code => write!(long, "\\U{code:08X}"),
            };
            return long;
        }
    };
    format!("\\{short}")
}

pub(super) fn literal(out: &mut Writer, text: &str) {
    out.token("|", true);
    if text.starts_with([' ', '\n']) {
        out.token("2", false);
    }
    match text.strip_suffix('\n') {
        None => out.token("-", false),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => out.token("+", false),
        Some(_) => {}
    }
    out.line_break();
    let mut at_start = true;
    for c in text.chars() {
        if c == '\n' {
            out.line_break();
        } else {
            if at_start {
                out.start_line();
            }
            out.put(c);
        }
        at_start = c == '\n';
    }
}
