//! Text to tokens, by the rules of YAML 1.1 as go-yaml v2 applies them (`scannerc.go`).
//!
//! What is a key shows only at the colon behind it: tokens wait in a queue as long as the first of them may turn out to
//! begin a key, which is on one line and within 1,024 characters. No further is read ahead, since what nobody asks for
//! cannot be wrong: go-yaml never sees the text after a document.

use std::collections::VecDeque;

use super::super::MAX_DEPTH;
use super::super::error::Position;
use super::cursor::{Cursor, Mark};
use super::token::{Placed, Token};
use super::{Refusal, TAB, block, plain, property, quoted, refused, too_deep};

/// How many characters may stand between the start of a key and its colon.
const LONGEST_KEY: usize = 1_024;

pub(super) struct Scanner<'t> {
    cursor: Cursor<'t>,
    first_line: u32,
    queue: VecDeque<Placed<'t>>,
    /// How many tokens have left the queue.
    taken: usize,
    is_first_settled: bool,
    /// The column of the innermost block collection, and of those around it; -1 is none.
    indent: isize,
    indents: Vec<isize>,
    /// Where a key may have started: outside of brackets, and inside of each open one.
    keys: Vec<PossibleKey>,
    /// Whether a key may start here.
    allows_key: bool,
}

#[derive(Clone, Copy)]
struct PossibleKey {
    is_possible: bool,
    /// At the column of a mapping nothing but a key can start.
    is_required: bool,
    /// Whether tokens wait in the queue until it is known.
    is_awaited: bool,
    /// Its number among all tokens.
    token: usize,
    mark: Mark,
}

impl<'t> Scanner<'t> {
    pub(super) fn of(text: &'t str, at: Position) -> Self {
        let cursor = Cursor::of(text, at);
        let none = PossibleKey {
            is_possible: false,
            is_required: false,
            is_awaited: false,
            token: 0,
            mark: cursor.mark(),
        };
        Self {
            cursor,
            first_line: at.line,
            queue: VecDeque::new(),
            taken: 0,
            is_first_settled: false,
            indent: -1,
            indents: Vec::new(),
            keys: vec![none],
            allows_key: true,
        }
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Result<&Placed<'t>, Refusal> {
        if !self.is_first_settled {
            self.settle()?;
        }
        // The queue is not empty here; an empty one would be the end.
        const END: Placed<'static> = Placed {
            token: Token::StreamEnd,
            at: Position { line: 1, column: 1 },
            end: Position { line: 1, column: 1 },
        };
        Ok(self.queue.front().unwrap_or(&END))
    }

    /// Reads on until the first token is what it is.
    fn settle(&mut self) -> Result<(), Refusal> {
        while self.queue.is_empty() || self.may_first_be_key()? {
            self.fetch()?;
        }
        self.is_first_settled = true;
        Ok(())
    }

    /// Takes the token that was peeked at.
    pub(super) fn take(&mut self) -> Option<Placed<'t>> {
        self.is_first_settled = false;
        self.taken += 1;
        self.queue.pop_front()
    }

    /// How many bytes of the text have been looked at: go-yaml wants four to know what starts.
    pub(super) fn looked_at(&self) -> usize {
        self.cursor.mark().offset + 3
    }

    /// The line of the input that the text starts on.
    pub(super) fn first_line(&self) -> u32 {
        self.first_line
    }

    fn is_in_brackets(&self) -> bool {
        self.keys.len() > 1
    }

    /// The least column of the text that belongs to the innermost block collection.
    fn inner_column(&self) -> usize {
        usize::try_from(self.indent + 1).unwrap_or_default()
    }

    fn may_first_be_key(&mut self) -> Result<bool, Refusal> {
        let first = self.taken;
        let found = self
            .keys
            .iter()
            .position(|key| key.is_possible && key.is_awaited && key.token == first);
        match found {
            None => Ok(false),
            Some(level) => self.is_still_possible(level),
        }
    }

    /// Gives up a key that has become too long.
    fn is_still_possible(&mut self, level: usize) -> Result<bool, Refusal> {
        let now = self.cursor.mark();
        let Some(key) = self.keys.get_mut(level).filter(|key| key.is_possible) else {
            return Ok(false);
        };
        if key.mark.line == now.line && key.mark.index + LONGEST_KEY >= now.index {
            return Ok(true);
        }
        if key.is_required {
            return Err(without_colon(key));
        }
        key.is_possible = false;
        Ok(false)
    }

    /// What starts here may be a key.
    fn begin_key(&mut self) -> Result<(), Refusal> {
        if !self.allows_key {
            return Ok(());
        }
        let mark = self.cursor.mark();
        let is_required = !self.is_in_brackets() && usize::try_from(self.indent) == Ok(mark.column);
        self.give_up_key()?;
        let token = self.taken + self.queue.len();
        if let Some(key) = self.keys.last_mut() {
            *key = PossibleKey {
                is_possible: true,
                is_required,
                is_awaited: true,
                token,
                mark,
            };
        }
        Ok(())
    }

    /// What may have been a key at this level is none.
    fn give_up_key(&mut self) -> Result<(), Refusal> {
        match self.keys.last_mut() {
            Some(key) if key.is_possible && key.is_required => Err(without_colon(key)),
            Some(key) => {
                key.is_possible = false;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Opens a block collection at a column that is further right than those that are open.
    fn indent_to(&mut self, mark: Mark, place: Option<usize>, token: Token<'t>) -> Result<(), Refusal> {
        let column = isize::try_from(mark.column).unwrap_or(isize::MAX);
        if self.is_in_brackets() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(too_deep(mark.at));
        }
        let placed = Placed {
            token,
            at: mark.at,
            end: mark.at,
        };
        self.queue.insert(place.unwrap_or(self.queue.len()), placed);
        Ok(())
    }

    /// Closes the block collections that are further right than the column.
    fn unindent_to(&mut self, column: isize) {
        if self.is_in_brackets() {
            return;
        }
        let at = self.cursor.at();
        while self.indent > column {
            self.push(Token::BlockEnd, at);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn push(&mut self, token: Token<'t>, at: Position) {
        let end = self.cursor.at();
        self.queue.push_back(Placed { token, at, end });
    }

    /// Takes so many characters as one token.
    fn push_sign(&mut self, token: Token<'t>, characters: usize) {
        let at = self.cursor.at();
        self.cursor.advance_by(characters);
        self.push(token, at);
    }

    /// Puts at least one token into the queue.
    fn fetch(&mut self) -> Result<(), Refusal> {
        self.skip_to_token();
        let column = self.cursor.column();
        self.unindent_to(isize::try_from(column).unwrap_or(isize::MAX));
        if self.cursor.is_at_end() {
            self.cursor.end_line();
            return self.leave_document(Token::StreamEnd, 0);
        }
        let byte = self.cursor.byte();
        if column == 0 && byte == b'%' {
            return self.fetch_directive();
        }
        if self.cursor.is_document_sign() {
            let token = if byte == b'-' {
                Token::DocumentStart
            } else {
                Token::DocumentEnd
            };
            return self.leave_document(token, 3);
        }
        let in_brackets = self.is_in_brackets();
        match byte {
            b'[' => self.open(Token::FlowSequence),
            b'{' => self.open(Token::FlowMapping),
            b']' => self.close(Token::FlowSequenceEnd),
            b'}' => self.close(Token::FlowMappingEnd),
            b',' => {
                self.give_up_key()?;
                self.allows_key = true;
                self.push_sign(Token::FlowEntry, 1);
                Ok(())
            }
            b'-' if self.cursor.is_space_after(1) => self.fetch_entry(),
            b'?' if in_brackets || self.cursor.is_space_after(1) => self.fetch_key(),
            b':' if in_brackets || self.cursor.is_space_after(1) => self.fetch_value(),
            b'*' | b'&' => {
                self.begin_key()?;
                self.allows_key = false;
                let at = self.cursor.at();
                let token = property::anchor(&mut self.cursor)?;
                self.push(token, at);
                Ok(())
            }
            b'!' => {
                self.begin_key()?;
                self.allows_key = false;
                let at = self.cursor.at();
                let token = property::tag(&mut self.cursor)?;
                self.push(token, at);
                Ok(())
            }
            b'|' | b'>' if !in_brackets => {
                self.give_up_key()?;
                self.allows_key = true;
                let at = self.cursor.at();
                let token = block::scalar(&mut self.cursor, self.indent)?;
                self.push(token, at);
                Ok(())
            }
            b'\'' | b'"' => {
                self.begin_key()?;
                self.allows_key = false;
                let at = self.cursor.at();
                let token = quoted::scalar(&mut self.cursor)?;
                self.push(token, at);
                Ok(())
            }
            _ => self.fetch_plain(byte),
        }
    }

    /// Over white space, comments and line breaks. A tab is white space only where it cannot indent anything.
    fn skip_to_token(&mut self) {
        // A byte order mark behind the one of the file.
        if self.cursor.mark().offset == 0 && self.cursor.rest().starts_with('\u{FEFF}') {
            self.cursor.advance();
        }
        loop {
            while self.cursor.byte() == b' '
                || self.cursor.byte() == b'\t' && (self.is_in_brackets() || !self.allows_key)
            {
                self.cursor.advance();
            }
            if self.cursor.byte() == b'#' {
                self.cursor.advance_to_break();
            }
            if !self.cursor.is_break() {
                return;
            }
            self.cursor.advance_over_break();
            if !self.is_in_brackets() {
                self.allows_key = true;
            }
        }
    }

    /// The end of the text, or a line that separates documents.
    fn leave_document(&mut self, token: Token<'t>, characters: usize) -> Result<(), Refusal> {
        self.unindent_to(-1);
        self.give_up_key()?;
        self.allows_key = false;
        self.push_sign(token, characters);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Refusal> {
        self.unindent_to(-1);
        self.give_up_key()?;
        self.allows_key = false;
        let at = self.cursor.at();
        let token = property::directive(&mut self.cursor)?;
        self.push(token, at);
        Ok(())
    }

    fn open(&mut self, token: Token<'t>) -> Result<(), Refusal> {
        self.begin_key()?;
        let mark = self.cursor.mark();
        if self.keys.len() > MAX_DEPTH {
            return Err(too_deep(mark.at));
        }
        self.keys.push(PossibleKey {
            is_possible: false,
            is_required: false,
            is_awaited: false,
            token: self.taken + self.queue.len(),
            mark,
        });
        self.allows_key = true;
        self.push_sign(token, 1);
        Ok(())
    }

    /// A bracket that closes, whether or not it fits to one that is open.
    ///
    /// Where no key could start inside, go-yaml forgets to wait for the colon behind the bracket: of `[]: a` it reads the
    /// list, and the rest goes unread.
    fn close(&mut self, token: Token<'t>) -> Result<(), Refusal> {
        self.give_up_key()?;
        if self.is_in_brackets()
            && let Some(inside) = self.keys.pop()
            && let Some(around) = self.keys.last_mut()
            && around.token == inside.token
        {
            around.is_awaited = false;
        }
        self.allows_key = false;
        self.push_sign(token, 1);
        Ok(())
    }

    fn fetch_entry(&mut self) -> Result<(), Refusal> {
        // In brackets a dash is no item, which the parser says.
        if !self.is_in_brackets() {
            let mark = self.cursor.mark();
            if !self.allows_key {
                let message =
                    "a `-` is not allowed here: put the item on a line of its own, or quote the text";
                return Err(refused(mark.at, message));
            }
            self.indent_to(mark, None, Token::BlockSequence)?;
        }
        self.give_up_key()?;
        self.allows_key = true;
        self.push_sign(Token::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Refusal> {
        let in_brackets = self.is_in_brackets();
        if !in_brackets {
            let mark = self.cursor.mark();
            if !self.allows_key {
                let message = "a `?` is not allowed here: quote the text that it begins";
                return Err(refused(mark.at, message));
            }
            self.indent_to(mark, None, Token::BlockMapping)?;
        }
        self.give_up_key()?;
        self.allows_key = !in_brackets;
        self.push_sign(Token::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Refusal> {
        let in_brackets = self.is_in_brackets();
        let level = self.keys.len() - 1;
        if self.is_still_possible(level)?
            && let Some(key) = self.keys.get_mut(level)
        {
            key.is_possible = false;
            let mark = key.mark;
            // One that nobody waited for has left, and the signs come too late, in this order.
            let place = key
                .token
                .checked_sub(self.taken)
                .filter(|place| *place <= self.queue.len());
            let placed = Placed {
                token: Token::Key,
                at: mark.at,
                end: mark.at,
            };
            self.queue.insert(place.unwrap_or(self.queue.len()), placed);
            self.indent_to(mark, place, Token::BlockMapping)?;
            self.allows_key = false;
        } else {
            if !in_brackets {
                let mark = self.cursor.mark();
                if !self.allows_key {
                    let message =
                        "a `:` is not allowed here: check the indentation, or quote the text that holds it";
                    return Err(refused(mark.at, message));
                }
                self.indent_to(mark, None, Token::BlockMapping)?;
            }
            self.allows_key = !in_brackets;
        }
        self.push_sign(Token::Value, 1);
        Ok(())
    }

    fn fetch_plain(&mut self, byte: u8) -> Result<(), Refusal> {
        let starts = match byte {
            b' ' | b'\t' => false,
            b'-' => !super::cursor::is_blank(self.cursor.byte_after(1)),
            b'?' | b':' => !self.is_in_brackets() && !self.cursor.is_space_after(1),
            _ => !b",[]{}#&*!|>'\"%@`".contains(&byte),
        };
        let at = self.cursor.at();
        if !starts {
            let message = match byte {
                b'\t' => TAB.to_owned(),
                _ => format!(
                    "`{}` cannot start a value: quote the text that it begins",
                    char::from(byte)
                ),
            };
            return Err(refused(at, message));
        }
        self.begin_key()?;
        self.allows_key = false;
        let least = self.inner_column();
        let in_brackets = self.is_in_brackets();
        let scalar = plain::scalar(&mut self.cursor, least, in_brackets)?;
        if scalar.ends_line {
            self.allows_key = true;
        }
        self.queue.push_back(Placed {
            token: scalar.token,
            at,
            end: scalar.end,
        });
        Ok(())
    }
}

fn without_colon(key: &PossibleKey) -> Refusal {
    let message = "could not find expected ':': a key of this level should start here";
    refused(key.mark.at, message)
}
