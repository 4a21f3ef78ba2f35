//! Tokens to the nodes of one document, as go-yaml v2 puts them together (`parserc.go`).

use std::borrow::Cow;

use super::super::error::Position;
use super::scanner::Scanner;
use super::token::{Placed, Style, TagPrefix, TagToken, Token};
use super::{Refusal, refused};

/// A node's start, or the end of a collection.
pub(super) struct Event<'t> {
    pub(super) what: What<'t>,
    pub(super) anchor: Option<&'t str>,
    /// The tag in full, its handle replaced.
    pub(super) tag: Option<Cow<'t, str>>,
    /// Where it starts, past anchor and tag.
    pub(super) at: Position,
}

pub(super) enum What<'t> {
    Scalar { text: Cow<'t, str>, is_plain: bool },
    Alias(&'t str),
    Sequence,
    Mapping,
    End,
}

pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    text: &'t str,
    stage: Stage,
    /// The open collections, the outermost first.
    open: Vec<Open>,
    prefixes: Vec<(&'t str, Cow<'t, str>)>,
    /// The end and the style of the last token, where it was a scalar.
    after_scalar: Option<(Position, Style)>,
    /// The end of the last token.
    end: Position,
}

/// Where the parser stands, seen from the document.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Before,
    Inside,
    After,
}

/// An open collection, and what comes next in it.
#[derive(Clone, Copy)]
enum Open {
    BlockSequence,
    /// One whose dashes stand at the column of the key that it is the value of.
    IndentlessSequence,
    BlockMapping(Next),
    FlowSequence {
        is_first: bool,
        at: Position,
    },
    /// `a: b` in a list in brackets.
    FlowPair(Next),
    FlowMapping {
        next: Next,
        is_first: bool,
        at: Position,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Next {
    Key,
    Value,
    /// The value of a key without a colon, which is not there.
    NoValue,
    End,
}

impl<'t> Parser<'t> {
    pub(super) fn of(text: &'t str, at: Position) -> Self {
        Self {
            scanner: Scanner::of(text, at),
            text,
            stage: Stage::Before,
            open: Vec::new(),
            prefixes: Vec::new(),
            after_scalar: None,
            end: at,
        }
    }

    /// Where the last token ended.
    pub(super) fn passed(&self) -> Position {
        self.end
    }

    /// The next event of the first document; `None` behind it, and where there is none.
    pub(super) fn next(&mut self) -> Result<Option<Event<'t>>, Refusal> {
        match (self.stage, self.open.last().copied()) {
            (Stage::Before, _) => self.begin(),
            (Stage::After, _) => Ok(None),
            (Stage::Inside, None) => {
                // What follows must be a token, whatever it is.
                self.scanner.peek()?;
                self.stage = Stage::After;
                Ok(None)
            }
            (Stage::Inside, Some(open)) => self.next_in(open).map(Some),
        }
    }

    /// Where something stands behind the document that was read to its end.
    pub(super) fn content_after(&mut self) -> Option<Position> {
        loop {
            match self.scanner.peek() {
                Err(error) => return error.position,
                Ok(placed) => match placed.token {
                    Token::StreamEnd => return None,
                    Token::DocumentEnd => drop(self.scanner.take()),
                    _ => return Some(placed.at),
                },
            }
        }
    }

    /// How many bytes of the text have been looked at.
    pub(super) fn looked_at(&self) -> usize {
        self.scanner.looked_at()
    }

    fn peek(&mut self) -> Result<&Placed<'t>, Refusal> {
        self.scanner.peek()
    }

    fn take(&mut self) -> Result<Placed<'t>, Refusal> {
        self.scanner.peek()?;
        let taken = self.scanner.take();
        self.after_scalar = taken.as_ref().and_then(|placed| match placed.token {
            Token::Scalar { style, .. } => Some((placed.end, style)),
            _ => None,
        });
        if let Some(placed) = &taken {
            self.end = placed.end;
        }
        // The queue holds what was peeked at.
        Ok(taken.unwrap_or(Placed {
            token: Token::StreamEnd,
            at: Position { line: 1, column: 1 },
            end: Position { line: 1, column: 1 },
        }))
    }

    fn begin(&mut self) -> Result<Option<Event<'t>>, Refusal> {
        let is_explicit = match self.peek()?.token {
            Token::StreamEnd => {
                self.stage = Stage::After;
                return Ok(None);
            }
            Token::Version(..) | Token::TagPrefix(_) | Token::DocumentStart => true,
            _ => false,
        };
        self.stage = Stage::Inside;
        if !is_explicit {
            return self.node(true, false).map(Some);
        }
        self.directives()?;
        if !matches!(self.peek()?.token, Token::DocumentStart) {
            let at = self.peek()?.at;
            return Err(refused(
                at,
                "did not find expected <document start>: a `---` line ends the directives",
            ));
        }
        self.take()?;
        match self.peek()?.token {
            Token::Version(..)
            | Token::TagPrefix(_)
            | Token::DocumentStart
            | Token::DocumentEnd
            | Token::StreamEnd => {
                let at = self.peek()?.at;
                Ok(Some(absent(at)))
            }
            _ => self.node(true, false).map(Some),
        }
    }

    fn directives(&mut self) -> Result<(), Refusal> {
        let mut has_version = false;
        loop {
            let at = self.peek()?.at;
            match self.peek()?.token {
                Token::Version(1, 1) if !has_version => has_version = true,
                Token::Version(1, 1) => {
                    return Err(refused(at, "`%YAML` stands twice: remove the second"));
                }
                Token::Version(..) => {
                    return Err(refused(
                        at,
                        "only `%YAML 1.1` is understood: remove the directive",
                    ));
                }
                Token::TagPrefix(_) => {}
                _ => return Ok(()),
            }
            if let Token::TagPrefix(declared) = self.take()?.token {
                let TagPrefix { handle, prefix } = *declared;
                if self.prefixes.iter().any(|(known, _)| *known == handle) {
                    return Err(refused(
                        at,
                        format!("`%TAG {handle}` stands twice: remove the second"),
                    ));
                }
                self.prefixes.push((handle, prefix));
            }
        }
    }

    fn next_in(&mut self, open: Open) -> Result<Event<'t>, Refusal> {
        match open {
            Open::BlockSequence => match self.peek()?.token {
                Token::BlockEntry => {
                    let end = self.take()?.end;
                    match self.peek()?.token {
                        Token::BlockEntry | Token::BlockEnd => Ok(absent(end)),
                        _ => self.node(true, false),
                    }
                }
                Token::BlockEnd => self.end(),
                _ => Err(self.unexpected("while parsing a list, did not find expected '-' indicator")),
            },
            Open::IndentlessSequence => match self.peek()?.token {
                Token::BlockEntry => {
                    let end = self.take()?.end;
                    match self.peek()?.token {
                        Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd => Ok(absent(end)),
                        _ => self.node(true, false),
                    }
                }
                _ => self.end_before(),
            },
            Open::BlockMapping(Next::Key) => match self.peek()?.token {
                Token::Key => {
                    let end = self.take()?.end;
                    self.go_on(Open::BlockMapping(Next::Value));
                    self.block_part(end)
                }
                Token::BlockEnd => self.end(),
                Token::Value => {
                    let at = self.peek()?.at;
                    Err(refused(at, "a key is empty or null: name it, or quote it"))
                }
                _ => Err(self.unexpected("while parsing a block mapping, did not find expected key")),
            },
            Open::BlockMapping(_) => {
                self.go_on(Open::BlockMapping(Next::Key));
                if !matches!(self.peek()?.token, Token::Value) {
                    return Ok(absent(self.peek()?.at));
                }
                let end = self.take()?.end;
                self.block_part(end)
            }
            Open::FlowSequence { is_first, at } => self.next_in_list(is_first, at),
            Open::FlowPair(next) => self.next_in_pair(next),
            Open::FlowMapping { next, is_first, at } => self.next_in_braces(next, is_first, at),
        }
    }

    /// The key or value that follows its sign in a block mapping.
    fn block_part(&mut self, end_of_sign: Position) -> Result<Event<'t>, Refusal> {
        match self.peek()?.token {
            Token::Key | Token::Value | Token::BlockEnd => Ok(absent(end_of_sign)),
            _ => self.node(true, true),
        }
    }

    fn next_in_list(&mut self, is_first: bool, at: Position) -> Result<Event<'t>, Refusal> {
        if !matches!(self.peek()?.token, Token::FlowSequenceEnd) {
            if !is_first {
                match self.peek()?.token {
                    Token::FlowEntry => drop(self.take()?),
                    Token::StreamEnd => return Err(refused(at, "this `[` is never closed")),
                    _ => {
                        return Err(self.unexpected(
                            "while parsing a list in brackets, did not find expected ',' or ']'",
                        ));
                    }
                }
            }
            self.go_on(Open::FlowSequence { is_first: false, at });
            match self.peek()?.token {
                Token::Key => {
                    let at = self.take()?.at;
                    self.open.push(Open::FlowPair(Next::Key));
                    return Ok(event(What::Mapping, at));
                }
                Token::FlowSequenceEnd => {}
                Token::StreamEnd => return Err(refused(at, "this `[` is never closed")),
                _ => return self.node(false, false),
            }
        }
        self.end()
    }

    fn next_in_pair(&mut self, next: Next) -> Result<Event<'t>, Refusal> {
        match next {
            Next::Key => {
                self.go_on(Open::FlowPair(Next::Value));
                match self.peek()?.token {
                    // As go-yaml does: the sign goes with the key that is not there.
                    Token::Value | Token::FlowEntry | Token::FlowSequenceEnd => {
                        let end = self.take()?.end;
                        Ok(absent(end))
                    }
                    _ => self.node(false, false),
                }
            }
            Next::Value => {
                self.go_on(Open::FlowPair(Next::End));
                if !matches!(self.peek()?.token, Token::Value) {
                    return Ok(absent(self.peek()?.at));
                }
                let end = self.take()?.end;
                match self.peek()?.token {
                    Token::FlowEntry | Token::FlowSequenceEnd => Ok(absent(end)),
                    _ => self.node(false, false),
                }
            }
            Next::NoValue | Next::End => self.end_before(),
        }
    }

    fn next_in_braces(&mut self, next: Next, is_first: bool, at: Position) -> Result<Event<'t>, Refusal> {
        let with = |next| Open::FlowMapping {
            next,
            is_first: false,
            at,
        };
        match next {
            Next::Key | Next::End => {
                if !matches!(self.peek()?.token, Token::FlowMappingEnd) {
                    if !is_first {
                        match self.peek()?.token {
                            Token::FlowEntry => drop(self.take()?),
                            Token::StreamEnd => return Err(refused(at, "this `{` is never closed")),
                            _ => {
                                let message =
                                    "while parsing an object in braces, did not find expected ',' or '}'";
                                return Err(self.unexpected(message));
                            }
                        }
                    }
                    match self.peek()?.token {
                        Token::Key => {
                            let end = self.take()?.end;
                            self.go_on(with(Next::Value));
                            return match self.peek()?.token {
                                Token::Value | Token::FlowEntry | Token::FlowMappingEnd => Ok(absent(end)),
                                _ => self.node(false, false),
                            };
                        }
                        Token::FlowMappingEnd => {}
                        Token::StreamEnd => return Err(refused(at, "this `{` is never closed")),
                        _ => {
                            self.go_on(with(Next::NoValue));
                            return self.node(false, false);
                        }
                    }
                }
                self.end()
            }
            Next::Value => {
                self.go_on(with(Next::Key));
                if !matches!(self.peek()?.token, Token::Value) {
                    return Ok(absent(self.peek()?.at));
                }
                let end = self.take()?.end;
                match self.peek()?.token {
                    Token::FlowEntry | Token::FlowMappingEnd => Ok(absent(end)),
                    _ => self.node(false, false),
                }
            }
            Next::NoValue => {
                self.go_on(with(Next::Key));
                Ok(absent(self.peek()?.at))
            }
        }
    }

    /// What the innermost collection goes on with.
    fn go_on(&mut self, open: Open) {
        if let Some(innermost) = self.open.last_mut() {
            *innermost = open;
        }
    }

    /// The innermost collection ends with the next token.
    fn end(&mut self) -> Result<Event<'t>, Refusal> {
        self.open.pop();
        Ok(event(What::End, self.take()?.at))
    }

    /// The innermost collection ends before the next token.
    fn end_before(&mut self) -> Result<Event<'t>, Refusal> {
        self.open.pop();
        Ok(event(What::End, self.peek()?.at))
    }

    /// A node with its anchor and tag. Outside of brackets it may be a block collection, and as a part of a mapping a list
    /// at the mapping's own column.
    fn node(&mut self, in_block: bool, is_part: bool) -> Result<Event<'t>, Refusal> {
        let (mut anchor, mut tag) = (None, None);
        let mut end_of_properties = None;
        loop {
            match self.peek()?.token {
                Token::Alias(name) if anchor.is_none() && tag.is_none() => {
                    return Ok(event(What::Alias(name), self.take()?.at));
                }
                Token::Anchor(name) if anchor.is_none() => anchor = Some(name),
                Token::Tag(_) if tag.is_none() => {}
                _ => break,
            }
            let Placed { token, at, end } = self.take()?;
            if let Token::Tag(token) = token {
                tag = Some(self.in_full(*token, at)?);
            }
            end_of_properties = Some(end);
        }
        let Placed { token, at, .. } = self.peek()?;
        let at = *at;
        let what = match token {
            Token::BlockEntry if is_part => {
                self.open.push(Open::IndentlessSequence);
                What::Sequence
            }
            Token::Scalar { .. } => match self.take()?.token {
                Token::Scalar { text, style } => What::Scalar {
                    text,
                    is_plain: style == Style::Plain,
                },
                _ => What::End,
            },
            Token::FlowSequence => self.opened(Open::FlowSequence { is_first: true, at }, What::Sequence)?,
            Token::FlowMapping => {
                let (next, is_first) = (Next::Key, true);
                self.opened(Open::FlowMapping { next, is_first, at }, What::Mapping)?
            }
            Token::BlockSequence if in_block => self.opened(Open::BlockSequence, What::Sequence)?,
            Token::BlockMapping if in_block => self.opened(Open::BlockMapping(Next::Key), What::Mapping)?,
            _ => match end_of_properties {
                Some(end) => {
                    let mut scalar = absent(end);
                    (scalar.anchor, scalar.tag) = (anchor, tag);
                    return Ok(scalar);
                }
                None => return Err(self.unexpected("did not find a value here")),
            },
        };
        Ok(Event {
            what,
            anchor,
            tag,
            at,
        })
    }

    /// Takes the token that opens a collection.
    fn opened(&mut self, open: Open, what: What<'t>) -> Result<What<'t>, Refusal> {
        self.take()?;
        self.open.push(open);
        Ok(what)
    }

    fn in_full(&self, tag: TagToken<'t>, at: Position) -> Result<Cow<'t, str>, Refusal> {
        let TagToken { handle, suffix } = tag;
        if handle.is_empty() {
            return Ok(suffix);
        }
        let declared = self.prefixes.iter().find(|(known, _)| *known == handle);
        let prefix = match (declared, handle) {
            (Some((_, prefix)), _) => prefix.as_ref(),
            (None, "!") => "!",
            (None, "!!") => super::CORE,
            (None, _) => {
                let message =
                    format!("found undefined tag handle `{handle}`: quote the text that `!` begins");
                return Err(refused(at, message));
            }
        };
        Ok(Cow::Owned(format!("{prefix}{suffix}")))
    }

    /// The next token cannot stand where it stands; `message` where there is no better explanation.
    fn unexpected(&mut self, message: &'static str) -> Refusal {
        let after_scalar = self.after_scalar;
        let (at, token) = match self.scanner.peek() {
            Err(error) => return error,
            Ok(placed) => (placed.at, placed.token.clone()),
        };
        let rest = self.rest_of(at);
        let in_line = after_scalar.filter(|(end, _)| end.line == at.line && token != Token::StreamEnd);
        let message = match (token, in_line) {
            (_, Some((_, Style::SingleQuoted))) => {
                "the quoted text ends before this: write `''` for a quote inside of it"
            }
            (_, Some((_, Style::DoubleQuoted))) => {
                "the quoted text ends before this: write `\\\"` for a quote inside of it"
            }
            (Token::Key, _) if rest.starts_with('?') => {
                "a `?` in brackets starts a key: quote the text that holds it"
            }
            (Token::Value, _) => "a `:` cannot start a value here: quote it",
            (Token::BlockEntry, _) => "a `-` in brackets is no item: separate items with commas, or quote it",
            _ => message,
        };
        refused(at, message)
    }

    /// The text from a place on, as far as its line goes.
    fn rest_of(&self, at: Position) -> &'t str {
        let Some(line) = at.line.checked_sub(self.scanner.first_line()) else {
            return "";
        };
        let line = self.text.split('\n').nth(line as usize).unwrap_or_default();
        let skipped = at.column.saturating_sub(1) as usize;
        let from = line.char_indices().nth(skipped).map_or(line.len(), |(at, _)| at);
        line.get(from..).unwrap_or_default()
    }
}

fn event(what: What<'_>, at: Position) -> Event<'_> {
    Event {
        what,
        anchor: None,
        tag: None,
        at,
    }
}

/// A scalar that is not there.
fn absent<'t>(at: Position) -> Event<'t> {
    let text = Cow::Borrowed("");
    event(What::Scalar { text, is_plain: true }, at)
}
