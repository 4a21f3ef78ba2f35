//! What a YAML text is made of, one after the other.

use std::borrow::Cow;

use super::super::error::Position;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A `%YAML` line: major and minor version.
    Version(u8, u8),
    /// A `%TAG` line.
    TagPrefix(Box<TagPrefix<'t>>),
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    /// Indentation grows for a list or a mapping, and shrinks again.
    BlockSequence,
    BlockMapping,
    BlockEnd,
    FlowSequence,
    FlowSequenceEnd,
    FlowMapping,
    FlowMappingEnd,
    /// `-`, `,`, `?` or what is a key without it, `:`.
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Anchor(&'t str),
    Alias(&'t str),
    Tag(Box<TagToken<'t>>),
    Scalar {
        text: Cow<'t, str>,
        style: Style,
    },
}

/// A handle, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TagPrefix<'t> {
    pub(super) handle: &'t str,
    pub(super) prefix: Cow<'t, str>,
}

/// `!handle!suffix`, or without a handle what stands in `!<...>`, and the `!` alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TagToken<'t> {
    pub(super) handle: &'t str,
    pub(super) suffix: Cow<'t, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

/// A token with the places where it starts and ends.
#[derive(Clone, Debug)]
pub(super) struct Placed<'t> {
    pub(super) token: Token<'t>,
    pub(super) at: Position,
    pub(super) end: Position,
}
