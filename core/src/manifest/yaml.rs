//! YAML's events: one document of a text, node by node, with positions in the whole input.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::MAX_DEPTH;
use super::dialect::{Dialect, TAB};
use super::error::{Position, ReadError};
use super::{scalar, text};

/// The namespace that `!!` stands for.
const CORE: &str = "tag:yaml.org,2002:";

/// The parser's events of one document, with positions in the whole input.
pub(super) struct Events<'t> {
    parser: Parser<'t, StrInput<'t>>,
    dialect: Dialect<'t>,
    text: &'t str,
    start: Position,
    end: Position,
}

/// Why the events stop.
pub(super) struct Fault {
    pub(super) error: ReadError,
    /// What lets the parser go on.
    pub(super) missing: Option<Missing>,
}

/// White space that the parser wants and go-yaml does not, and that changes nothing of what is read.
pub(super) enum Missing {
    /// A space before a comment, at this byte.
    Space(usize),
    /// Indentation of the lines of a quoted scalar: its bytes.
    Indentation(Range<usize>),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self { error, missing: None }
    }
}

/// What an event says, apart from what only matters to the parser.
pub(super) enum Node<'t> {
    Scalar {
        text: Cow<'t, str>,
        plain: bool,
        tag: Option<scalar::Tag>,
        merges: bool,
        anchor: usize,
    },
    Sequence {
        anchor: usize,
    },
    Mapping {
        anchor: usize,
    },
    Alias {
        anchor: usize,
        name: &'t str,
    },
    End,
}

impl<'t> Events<'t> {
    pub(super) fn of(text: &'t str, start: Position) -> Self {
        let mut options = Options::default();
        options.flow_nesting_limit = MAX_DEPTH;
        options.block_nesting_limit = MAX_DEPTH;
        options.emit_anchor_events = true;
        options.set_emit_comments(false);
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            dialect: Dialect::of(text),
            text,
            start,
            end: start,
        }
    }

    /// Where the last node, or end of one, ended: the first character after it.
    pub(super) fn end(&self) -> Position {
        self.end
    }

    /// The next node, or end of one; `None` at the end of the document.
    pub(super) fn next_in_document(&mut self) -> Result<Option<(Node<'t>, Position)>, Fault> {
        loop {
            let (event, span) = match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.fault(&error)),
                Some(Ok(next)) => next,
            };
            if let Err((at, message)) = self.dialect.check(&event, &span) {
                return Err(ReadError::at(self.place_of(at), message).into());
            }
            let at = self.position(&span);
            self.end = self.place(span.end.line(), span.end.col());
            let node = match event {
                Event::DocumentEnd | Event::StreamEnd => return Ok(None),
                Event::DocumentStart(_, Some(version)) if (version.major, version.minor) != (1, 1) => {
                    return Err(
                        ReadError::at(at, "only `%YAML 1.1` is understood: remove the directive").into(),
                    );
                }
                Event::Anchor(_, name) if !is_anchor_name(&name) => {
                    let message = format!("anchor `{name}` may hold only letters, digits, `-` and `_`");
                    return Err(ReadError::at(at, message).into());
                }
                Event::Alias(anchor) => {
                    let name = span.slice(self.text).unwrap_or_default().trim_start_matches('*');
                    Node::Alias { anchor, name }
                }
                Event::SequenceStart(_, anchor, _) => Node::Sequence { anchor },
                Event::MappingStart(_, anchor, _) => Node::Mapping { anchor },
                Event::SequenceEnd | Event::MappingEnd => Node::End,
                Event::Scalar(text, style, anchor, tag) => {
                    let plain = style == ScalarStyle::Plain;
                    // The parser writes `~` for a scalar that is not there.
                    let absent = plain && span.byte_range().is_some_and(|range| range.is_empty());
                    let text = if absent {
                        Cow::Borrowed("")
                    } else {
                        self.unended(text, style, &span)
                    };
                    // Empty for tags of the user's own, which only make the scalar a string.
                    let tag = tag.map(|tag| tag.suffix_in_namespace(CORE).unwrap_or_default().into_owned());
                    let merges = text == "<<" && tag.as_deref().map_or(plain, |tag| tag == "merge");
                    Node::Scalar {
                        text,
                        plain,
                        tag: tag.as_deref().map(scalar::Tag::of_suffix),
                        merges,
                        anchor,
                    }
                }
                _ => continue,
            };
            return Ok(Some((node, at)));
        }
    }

    /// Where something stands after the document that was read to its end.
    pub(super) fn content_after_document(&mut self) -> Option<Position> {
        match self.parser.next_event()? {
            Err(error) => self.fault(&error).error.position,
            Ok((Event::StreamEnd, _)) => None,
            Ok((_, span)) => Some(self.position(&span)),
        }
    }

    /// The parser ends every line of a block scalar, also one that the input cuts off.
    fn unended(&self, mut text: Cow<'t, str>, style: ScalarStyle, span: &Span) -> Cow<'t, str> {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let is_last = is_block
            && span
                .byte_range()
                .is_some_and(|range| range.end == self.text.len());
        if is_last && text.ends_with('\n') {
            let line = self.text.rsplit(['\n', '\r']).next().unwrap_or_default();
            if line.len() > span.start.col() || !line.trim_matches(' ').is_empty() {
                text.to_mut().pop();
            }
        }
        text
    }

    fn position(&self, span: &Span) -> Position {
        self.place(span.start.line(), span.start.col())
    }

    fn place(&self, line: usize, column: usize) -> Position {
        let line = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX);
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        // Only a document that starts in the middle of a line does not start in column 1.
        let left = if line == 0 { self.start.column } else { 1 };
        Position {
            line: self.start.line.saturating_add(line),
            column: left.saturating_add(column),
        }
    }

    fn fault(&self, error: &ScanError) -> Fault {
        let mark = error.marker();
        let at = self.place(mark.line(), mark.col());
        let byte = mark.byte_offset();
        let rest = byte.and_then(|byte| self.text.get(byte..)).unwrap_or_default();
        let missing = match error.kind() {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => {
                let tab = self.tab_near(byte.unwrap_or_default());
                return ReadError::at(tab.map_or(at, |tab| self.place_of(tab)), TAB).into();
            }
            ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation => {
                match self.dialect.next_quoted() {
                    Some((_, Some(range))) => Some(Missing::Indentation(range)),
                    Some((start, None)) => return ReadError::at(self.place_of(start), UNCLOSED).into(),
                    None => None,
                }
            }
            ErrorKind::CommentNotSeparated => byte.map(Missing::Space),
            _ => None,
        };
        Fault {
            error: explained(error.kind(), at, rest),
            missing,
        }
    }

    /// The tab that the parser stumbled over: it stopped after it, or at the start of the scalar that it is in.
    fn tab_near(&self, byte: usize) -> Option<usize> {
        if self.text.get(..byte)?.ends_with('\t') {
            return Some(byte - 1);
        }
        let mut at = byte;
        for (index, line) in self.text.get(byte..)?.split_inclusive('\n').enumerate() {
            let indented = line.trim_start_matches(' ');
            if indented.starts_with('\t') && index > 0 {
                return Some(at + line.len() - indented.len());
            }
            at += line.len();
        }
        None
    }

    fn place_of(&self, offset: usize) -> Position {
        let end = text::end_of(self.text.get(..offset).unwrap_or_default(), 1);
        self.place(end.line as usize, end.column as usize - 1)
    }
}

const UNCLOSED: &str = "this quote is never closed";

/// The parser's error in words that name a remedy; `rest` is the text from `at` on.
fn explained(kind: &ErrorKind, at: Position, rest: &str) -> ReadError {
    let message = match kind {
        ErrorKind::RecursionLimitExceeded => return ReadError::too_deep(at),
        ErrorKind::UnknownAnchor => {
            let name = rest
                .trim_start_matches('*')
                .split(char::is_whitespace)
                .next()
                .unwrap_or_default();
            return ReadError::at(at, format!("unknown anchor `{name}` referenced"));
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return ReadError::at(
                at,
                format!("`{character}` cannot start a value: quote the text that it begins"),
            );
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return ReadError::at(at, format!("this `{open}` is never closed"));
        }
        ErrorKind::MappingValueNotAllowed => {
            "a `:` is not allowed here: check the indentation, or quote the text that holds it"
        }
        ErrorKind::SimpleKeyExpected => "could not find expected ':': a key of this level should start here",
        ErrorKind::UnclosedQuotedScalar => UNCLOSED,
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            "the quoted text ends before this: write `''` for a quote inside of it"
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "the quoted text ends before this: write `\\\"` for a quote inside of it"
        }
        ErrorKind::CommentInterceptedScalar => {
            "a comment cannot stand inside of a value, and a value ends before it"
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "found unknown escape character: write `\\\\` for a backslash, or use single quotes"
        }
        _ => return ReadError::at(at, lower(&kind.to_string())),
    };
    ReadError::at(at, message)
}

fn lower(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn is_anchor_name(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
