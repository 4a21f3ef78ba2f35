//! Where go-yaml's YAML 1.1 refuses what the YAML 1.2 parser lets pass (`scannerc.go`).

use std::ops::Range;

use granit_parser::{Event, ScalarStyle, Span, StructureStyle};

/// Follows the events of a document through its text. Offsets are bytes.
pub(super) struct Dialect<'t> {
    text: &'t str,
    /// The end of the last token that an event told of.
    last: usize,
    last_is_plain: bool,
    /// The open collections, the outermost first: whether each is in brackets.
    in_brackets: Vec<bool>,
}

/// What is wrong, and at which offset.
pub(super) type Refusal = (usize, &'static str);

pub(super) const TAB: &str = "tabs cannot indent YAML: use spaces";

impl<'t> Dialect<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            last: 0,
            last_is_plain: false,
            in_brackets: Vec::new(),
        }
    }

    pub(super) fn check(&mut self, event: &Event<'_>, span: &Span) -> Result<(), Refusal> {
        let Some(range) = span.byte_range() else {
            return Ok(());
        };
        match event {
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                let brackets = *style == StructureStyle::Flow;
                if brackets {
                    self.reach(range.start, range.end)?;
                }
                self.in_brackets.push(brackets || self.is_in_brackets());
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let was_in_brackets = self.in_brackets.pop();
                if was_in_brackets == Some(true) {
                    self.last = range.end;
                }
            }
            Event::Alias(_) => self.reach(range.start, range.end)?,
            Event::Scalar(value, style, ..) if !range.is_empty() => {
                let explicit = self.text.get(self.last..range.start).unwrap_or_default();
                self.reach(range.start, range.end)?;
                let raw = self.text.get(range.clone()).unwrap_or_default();
                match style {
                    ScalarStyle::DoubleQuoted => escapes(raw, range.start)?,
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        let tab = value.trim_start_matches('\n').starts_with('\t');
                        let header = explicit.rsplit(['|', '>']).next().unwrap_or_default();
                        if tab
                            && !header
                                .trim_start_matches(['+', '-'])
                                .starts_with(|c: char| c.is_ascii_digit())
                        {
                            return Err((range.start, TAB));
                        }
                    }
                    _ => {}
                }
                if self.is_in_brackets() {
                    self.scalar_in_brackets(raw, *style, range.start, range.end)?;
                }
                self.last_is_plain = *style == ScalarStyle::Plain;
            }
            // An input without a document has no end of one either.
            Event::DocumentEnd | Event::StreamEnd => {
                let rest = self.text.get(self.last..).unwrap_or_default();
                let lines = rest.split_inclusive('\n');
                let space = lines.take_while(|line| !line.starts_with("---") && !line.starts_with("..."));
                let end = self.last + space.map(str::len).sum::<usize>();
                self.reach(end, end)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The quoted scalar that comes next in the text, past indicators, properties and comments: where it starts,
    /// and its bytes, if it ends.
    pub(super) fn next_quoted(&self) -> Option<(usize, Option<Range<usize>>)> {
        let mut rest = self.text.get(self.last..)?;
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\r', '\n', '-', '?', ':', ',', '[', '{']);
            let end = match rest.chars().next()? {
                // A block scalar without a line has no extent that an event could tell.
                '#' | '|' | '>' => rest.find('\n')?,
                '&' | '!' => rest.find(char::is_whitespace)?,
                '"' | '\'' => break,
                _ => return None,
            };
            rest = rest.get(end..)?;
        }
        let start = self.text.len() - rest.len();
        Some((start, end_of_quoted(rest).map(|length| start..start + length)))
    }

    fn is_in_brackets(&self) -> bool {
        self.in_brackets.last() == Some(&true)
    }

    /// Moves to the next token, over text that holds indicators, properties, comments and space only.
    fn reach(&mut self, start: usize, end: usize) -> Result<(), Refusal> {
        let from = self.last;
        let after_plain = std::mem::take(&mut self.last_is_plain);
        self.last = end;
        if self.is_in_brackets() {
            return Ok(());
        }
        let gap = self.text.get(from..start).unwrap_or_default();
        if !gap.contains('\t') {
            return Ok(());
        }
        let mut at = from;
        for (index, line) in gap.split_inclusive('\n').enumerate() {
            let is_whole = index > 0 || from == 0;
            if let Some(column) = tab_in_indentation(line, is_whole) {
                // Indented lines without a token after a plain scalar belong to it.
                let belongs = after_plain && index > 0 && column > 0 && line.trim().is_empty();
                if !belongs {
                    return Err((at + column, TAB));
                }
            }
            at += line.len();
        }
        Ok(())
    }

    /// In brackets, `?` is always an indicator, so is `:` where a scalar could start, and a `:` inside a plain
    /// scalar belongs to it unless white space follows.
    fn scalar_in_brackets(
        &self,
        raw: &str,
        style: ScalarStyle,
        start: usize,
        end: usize,
    ) -> Result<(), Refusal> {
        let after = self.text.get(end..).unwrap_or_default();
        if style == ScalarStyle::Plain {
            if let Some(at) = raw.find('?') {
                return Err((
                    start + at,
                    "a `?` in brackets starts a key: quote the text that holds it",
                ));
            }
            if raw.starts_with(':') {
                return Err((start, "a `:` in brackets cannot start a value: quote it"));
            }
            let next = after.strip_prefix(':').and_then(|rest| rest.chars().next());
            if next.is_some_and(|c| !c.is_whitespace()) {
                return Err((end, "a `:` that ends a key needs a space after it"));
            }
        }
        let rest = after.trim_start();
        let (between, _) = after
            .split_at_checked(after.len() - rest.len())
            .unwrap_or_default();
        if rest.starts_with(':') && (raw.contains('\n') || between.contains('\n')) {
            return Err((start, "a key must stand on one line with its `:`"));
        }
        Ok(())
    }
}

/// How many bytes come before the closing quote of a text that starts with the opening one.
fn end_of_quoted(text: &str) -> Option<usize> {
    let is_double = text.starts_with('"');
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if is_double => drop(bytes.next()),
            b'"' if is_double => return Some(at),
            // Two of them in a row are one that belongs to the text.
            b'\'' if !is_double && text.as_bytes().get(at + 1) == Some(&b'\'') => drop(bytes.next()),
            b'\'' if !is_double => return Some(at),
            _ => {}
        }
    }
    None
}

/// The column of a tab that stands where go-yaml looks for indentation: before anything but `-`, `?` and `:`.
/// `is_whole` is false for what follows a token in its line.
fn tab_in_indentation(line: &str, is_whole: bool) -> Option<usize> {
    if line.starts_with("---") || line.starts_with('%') {
        return None;
    }
    let mut indents = is_whole;
    for (column, byte) in line.bytes().enumerate() {
        match byte {
            b' ' => {}
            b'\t' if indents => return Some(column),
            b'\t' | b':' => {}
            b'-' | b'?' => indents = true,
            _ => return None,
        }
    }
    None
}

/// JSON's `\/` and its pairs of `\u` surrogates are no escapes of go-yaml's.
fn escapes(raw: &str, start: usize) -> Result<(), Refusal> {
    let mut bytes = raw.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'\\' {
            continue;
        }
        match bytes.next().map(|(_, escaped)| escaped) {
            Some(b'/') => return Err((start + at, "found unknown escape character: write `/` for `\\/`")),
            Some(b'u') => {
                let code = raw
                    .get(at + 2..at + 6)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                if code.is_some_and(|code| (0xD800..0xE000).contains(&code)) {
                    let message = "found half a character: write it as `\\U` with eight digits";
                    return Err((start + at, message));
                }
            }
            _ => {}
        }
    }
    Ok(())
}
