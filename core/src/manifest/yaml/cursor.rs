//! A place in a text that moves on, character by character or over many at once.

use super::super::error::Position;

/// Where the cursor stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Bytes before it.
    pub(super) offset: usize,
    /// Characters before it.
    pub(super) index: usize,
    /// Lines before it, and characters before it in its line, by YAML's line breaks, which are more than a file's.
    pub(super) line: usize,
    pub(super) column: usize,
    /// The same for people.
    pub(super) at: Position,
}

pub(super) struct Cursor<'t> {
    text: &'t str,
    mark: Mark,
}

impl<'t> Cursor<'t> {
    #[inline]
    pub(super) fn of(text: &'t str, at: Position) -> Self {
        let mark = Mark {
            offset: 0,
            index: 0,
            line: 0,
            column: 0,
            at,
        };
        Self { text, mark }
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    #[inline]
    pub(super) fn at(&self) -> Position {
        self.mark.at
    }

    #[inline]
    pub(super) fn column(&self) -> usize {
        self.mark.column
    }

    /// The byte under the cursor; 0 at the end of the text, which holds no such byte.
    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.byte_after(0)
    }

    #[inline]
    pub(super) fn byte_after(&self, bytes: usize) -> u8 {
        let bytes = self.text.as_bytes().get(self.mark.offset + bytes);
        bytes.copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.mark.offset >= self.text.len()
    }

    /// What is still to come.
    #[inline]
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.mark.offset..).unwrap_or_default()
    }

    /// The text from an offset up to another one.
    #[inline]
    pub(super) fn between(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_blank(&self) -> bool {
        is_blank(self.byte())
    }

    /// How many bytes the line break has that starts so many bytes after the cursor; 0 where there is none. YAML 1.1 ends
    /// lines at U+0085, U+2028 and U+2029 too.
    #[inline]
    fn break_after(&self, bytes: usize) -> usize {
        match self.byte_after(bytes) {
            b'\n' => 1,
            b'\r' if self.byte_after(bytes + 1) == b'\n' => 2,
            b'\r' => 1,
            0xC2 if self.byte_after(bytes + 1) == 0x85 => 2,
            0xE2 if self.byte_after(bytes + 1) == 0x80
                && matches!(self.byte_after(bytes + 2), 0xA8 | 0xA9) =>
            {
                3
            }
            _ => 0,
        }
    }

    #[inline]
    pub(super) fn is_break(&self) -> bool {
        self.break_after(0) > 0
    }

    #[inline]
    pub(super) fn is_break_after(&self, bytes: usize) -> bool {
        self.break_after(bytes) > 0
    }

    /// At white space, a line break or the end.
    #[inline]
    pub(super) fn is_space(&self) -> bool {
        self.is_space_after(0)
    }

    #[inline]
    pub(super) fn is_space_after(&self, bytes: usize) -> bool {
        let byte = self.byte_after(bytes);
        byte == 0 || is_blank(byte) || self.is_break_after(bytes)
    }

    /// Whether a line starts here with `---` or `...` and nothing right after it.
    #[inline]
    pub(super) fn is_document_sign(&self) -> bool {
        self.mark.column == 0
            && matches!(
                self.rest().as_bytes(),
                [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..]
            )
            && self.is_space_after(3)
    }

    /// Over one character that is no line break.
    #[inline]
    pub(super) fn advance(&mut self) {
        let width = match self.byte() {
            0 if self.is_at_end() => return,
            ..=0x7F => 1,
            0x80..=0xDF => 2,
            0xE0..=0xEF => 3,
            _ => 4,
        };
        self.pass(width, 1);
    }

    /// Over so many characters of one byte each.
    #[inline]
    pub(super) fn advance_by(&mut self, bytes: usize) {
        self.pass(bytes, bytes);
    }

    /// Over all that is neither white space nor a line break nor, by `stops`, something else. `stops` is only asked about
    /// ASCII characters other than those.
    #[inline]
    pub(super) fn advance_to_space_or(&mut self, stops: impl Fn(u8) -> bool) {
        loop {
            let rest = self.rest().as_bytes();
            let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x80..) || stops(*b);
            let plain = rest.iter().position(ends).unwrap_or(rest.len());
            self.pass(plain, plain);
            if self.byte() < 0x80 || self.is_break() {
                return;
            }
            self.advance();
        }
    }

    /// Over the rest of the line.
    #[inline]
    pub(super) fn advance_to_break(&mut self) {
        loop {
            let rest = self.rest().as_bytes();
            let ends = |b: &u8| matches!(b, b'\n' | b'\r' | 0x80..);
            let plain = rest.iter().position(ends).unwrap_or(rest.len());
            self.pass(plain, plain);
            if self.byte() < 0x80 || self.is_break() {
                return;
            }
            self.advance();
        }
    }

    /// Over white space.
    #[inline]
    pub(super) fn advance_over_blanks(&mut self) {
        let rest = self.rest().bytes();
        let blanks = rest.take_while(|byte| is_blank(*byte)).count();
        self.pass(blanks, blanks);
    }

    /// Over a line break, if there is one: what it is in a scalar. All but U+2028 and U+2029 become a line feed.
    #[inline]
    pub(super) fn advance_over_break(&mut self) -> &'static str {
        let width = self.break_after(0);
        let read = match (width, self.byte_after(2)) {
            (0, _) => return "",
            (3, 0xA8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        let ends_line = self
            .between(self.mark.offset, self.mark.offset + width)
            .ends_with('\n');
        self.pass(width, if width == 2 && ends_line { 2 } else { 1 });
        self.mark.line += 1;
        self.mark.column = 0;
        if ends_line {
            self.mark.at = Position {
                line: self.mark.at.line.saturating_add(1),
                column: 1,
            };
        }
        read
    }

    /// The end of the text ends its last line.
    #[inline]
    pub(super) fn end_line(&mut self) {
        if self.mark.column > 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
    }

    #[inline]
    fn pass(&mut self, bytes: usize, characters: usize) {
        self.mark.offset += bytes;
        self.mark.index += characters;
        self.mark.column += characters;
        let columns = u32::try_from(characters).unwrap_or(u32::MAX);
        self.mark.at.column = self.mark.at.column.saturating_add(columns);
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What the names of anchors and the handles of tags are made of.
pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
