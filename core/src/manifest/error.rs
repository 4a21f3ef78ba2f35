//! Why a text cannot be read, and where.

use std::fmt;

use serde::Serialize;

/// A place in the input, for people: both numbers start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Position {
    /// The line in the whole input, not in the document.
    pub line: u32,
    /// The column, in Unicode characters.
    pub column: u32,
}

/// A stretch of the input: from `start` up to, and without, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "TextSpan"))]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// The first character after it.
    pub end: Position,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What kind of failure a [`ReadError`] is; the codes are those of the wire contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReadErrorCode {
    /// The input is not text, not YAML, not JSON, or means nothing in JSON.
    Unreadable,
    /// The input is larger than the caller allows.
    TooLarge,
}

impl ReadErrorCode {
    /// The code on the wire: `unreadable` or `tooLarge`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "tooLarge",
        }
    }
}

/// The input could not be read. Displayed as `line 3, column 5: did not find expected key`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{}{message}", self.prefix())]
pub struct ReadError {
    /// `unreadable` or `tooLarge`.
    pub code: ReadErrorCode,
    /// What is wrong, in lower case, and what to do about it where that can be said.
    pub message: String,
    /// Where; absent where no place is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

impl ReadError {
    pub(super) fn at(position: Position, message: impl Into<String>) -> Self {
        Self {
            code: ReadErrorCode::Unreadable,
            message: message.into(),
            position: Some(position),
        }
    }

    pub(super) fn too_deep(position: Position) -> Self {
        Self::at(
            position,
            format!("objects and lists nest deeper than {} levels", super::MAX_DEPTH),
        )
    }

    fn prefix(&self) -> String {
        self.position
            .map(|position| format!("{position}: "))
            .unwrap_or_default()
    }
}
