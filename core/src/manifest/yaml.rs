//! YAML's nodes: one document of a text, node by node, with positions in the whole input.
//!
//! The parser is this crate's own: go-yaml v2 reads YAML 1.1, in which U+2028 ends a line, a tab indents nothing, a key
//! has at most 1,024 characters and `[a, b]: c` lets the rest of the text go unread. The parsers of other crates read
//! YAML 1.2, and differ from it in one of twenty scalars of `cargo xtask yaml`.

mod block;
mod cursor;
mod parser;
mod plain;
mod property;
mod quoted;
mod scanner;
mod token;

use crate::sorted::SortedMap;
use std::borrow::Cow;

use self::parser::{Event, Parser, What};
use super::error::{Position, ReadError};
use super::scalar;

/// The namespace that `!!` stands for.
const CORE: &str = "tag:yaml.org,2002:";

const TAB: &str = "tabs cannot indent YAML: use spaces";

/// Why reading ends: in a box, since it comes at most once and results come with every token.
type Refusal = Box<ReadError>;

fn refused(at: Position, message: impl Into<String>) -> Refusal {
    Box::new(ReadError::at(at, message))
}

fn too_deep(at: Position) -> Refusal {
    Box::new(ReadError::too_deep(at))
}

/// The nodes of one document.
pub(super) struct Events<'t> {
    parser: Parser<'t>,
    /// The number of the anchor that a name means at present.
    anchors: SortedMap<&'t str, usize>,
    count: usize,
}

/// What stands in the document. Anchors are numbered from 1; 0 is none.
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
        Self {
            parser: Parser::of(text, start),
            anchors: SortedMap::new(),
            count: 0,
        }
    }

    /// The next node, or end of one; `None` at the end of the document.
    pub(super) fn next_in_document(&mut self) -> Result<Option<(Node<'t>, Position)>, Refusal> {
        let Some(Event {
            what,
            anchor,
            tag,
            at,
        }) = self.parser.next()?
        else {
            return Ok(None);
        };
        let anchor = anchor.map_or(0, |name| self.number(name));
        let node = match what {
            What::End => Node::End,
            What::Sequence => Node::Sequence { anchor },
            What::Mapping => Node::Mapping { anchor },
            What::Alias(name) => match self.anchors.get(name) {
                Some(anchor) => Node::Alias {
                    anchor: *anchor,
                    name,
                },
                None => return Err(refused(at, format!("unknown anchor `{name}` referenced"))),
            },
            What::Scalar { text, is_plain } => {
                // A `!` says no more than that the scalar is a string.
                let core = tag
                    .as_deref()
                    .map(|tag| tag.strip_prefix(CORE).unwrap_or_default());
                let is_merge = match tag.as_deref() {
                    None => is_plain,
                    Some("!") => true,
                    Some(_) => core == Some("merge"),
                };
                Node::Scalar {
                    merges: text == "<<" && is_merge,
                    text,
                    plain: is_plain,
                    tag: core.map(scalar::Tag::of_suffix),
                    anchor,
                }
            }
        };
        Ok(Some((node, at)))
    }

    /// Where the last node, or end of one, ended: the first character after it. A node that is not there has no end of its
    /// own, but that of what stands before it.
    pub(super) fn end(&self) -> Position {
        self.parser.passed()
    }

    /// How many bytes of the text have been looked at.
    pub(super) fn looked_at(&self) -> usize {
        self.parser.looked_at()
    }

    /// Where something stands after the document that was read to its end.
    pub(super) fn content_after_document(&mut self) -> Option<Position> {
        self.parser.content_after()
    }

    /// An anchor takes its name from the one that had it.
    fn number(&mut self, name: &'t str) -> usize {
        self.count += 1;
        self.anchors.insert(name, self.count);
        self.count
    }
}
