//! What reading gives: documents and objects that know where their fields stand.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::Value;

use super::error::{Position, Span};
use super::places::{self, Places};
use super::{field, places_json};

/// One document of a file, as JSON.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the document says. Integers are `i64` or `u64`, and larger ones floats, as in Go.
    pub value: Value,
    /// The line of the input on which the document's value starts, from 1.
    pub line: u32,
    /// What `kubectl` passes over in silence and a reader should know.
    pub notices: Vec<Notice>,
    pub(super) source: Option<Arc<Source>>,
}

/// One Kubernetes object of a document: the document itself, or an item of the `List` that it is.
#[derive(Clone, Debug)]
pub struct Object {
    /// The object; for an item that lacks them, with the list's `apiVersion` and the item kind of the list's.
    pub value: Value,
    /// The object's path in its document: empty, or such as `items[3]`.
    pub path: String,
    pub(super) source: Option<Arc<Source>>,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Location {
    /// Its key; absent for the items of a list and for a whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Span>,
    /// Its value, past an anchor or tag. An alias starts at its `*`.
    pub value: Span,
}

/// Something in a document that Go reads without a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Notice {
    /// What it is.
    pub code: NoticeCode,
    /// The same as a sentence, in lower case.
    pub message: String,
    /// The field's path in the document; empty where no field is meant.
    pub field: String,
    /// Where.
    pub position: Position,
}

/// The kinds of [`Notice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum NoticeCode {
    /// A key stands twice in one object and its last value counts. An API server that decodes the text itself
    /// with `fieldValidation=Strict` refuses this.
    DuplicateKey,
    /// Content after the first document that no `---` line separates from it, which nothing reads.
    IgnoredContent,
}

impl Notice {
    /// What to point at: the key, or the first character of what is not read.
    pub fn mark(&self) -> Span {
        let name = self.field.rsplit(['.', '[']).next().unwrap_or_default();
        let width = name.trim_end_matches(']').chars().count().max(1);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        Span {
            start: self.position,
            end: Position {
                column: self.position.column.saturating_add(width),
                ..self.position
            },
        }
    }

    pub(super) fn duplicate(field: &str, position: Position) -> Self {
        let message = format!("`{field}` is set more than once: the last value counts");
        Self {
            code: NoticeCode::DuplicateKey,
            message,
            field: field.to_owned(),
            position,
        }
    }
}

impl Document {
    /// A document that comes from no text: it has no positions, and its line is 1.
    pub fn of(value: Value) -> Self {
        Self {
            value,
            line: 1,
            notices: Vec::new(),
            source: None,
        }
    }

    /// Where a field stands in the input, by its Kubernetes path: `spec.template.spec.containers[0].image`,
    /// `metadata.labels[app.kubernetes.io/name]`; the empty path is the document. `None` where the text has no
    /// such field.
    ///
    /// The first call indexes the document's text again, the others look up.
    pub fn location_of(&self, field: &str) -> Option<Location> {
        self.source.as_ref()?.locate(field, true)
    }

    /// Where a field's key starts, or the value of a list item: the line is always the one with the name.
    pub fn position_of(&self, field: &str) -> Option<Position> {
        self.location_of(field).map(Location::start)
    }

    /// [`Document::position_of`] the field or, where it is missing, of the nearest field around it.
    pub fn nearest_position_of(&self, field: &str) -> Option<Position> {
        self.source.as_ref()?.locate(field, false).map(Location::start)
    }
}

impl Object {
    /// An object that comes from no text and has no positions.
    pub fn of(value: Value) -> Self {
        Self {
            value,
            path: String::new(),
            source: None,
        }
    }

    /// Where a field of this object stands in the input. See [`Document::location_of`].
    pub fn location_of(&self, field: &str) -> Option<Location> {
        self.source
            .as_ref()?
            .locate(&field::joined(&self.path, field), true)
    }

    /// See [`Document::position_of`].
    pub fn position_of(&self, field: &str) -> Option<Position> {
        self.location_of(field).map(Location::start)
    }

    /// See [`Document::nearest_position_of`].
    pub fn nearest_position_of(&self, field: &str) -> Option<Position> {
        self.source
            .as_ref()?
            .locate(&field::joined(&self.path, field), false)
            .map(Location::start)
    }
}

impl Object {
    /// What to point at when something is said of a field: its value where that is one text or number, else its key;
    /// where the field is missing, the key of the nearest field around it.
    ///
    /// ```
    /// # use steadfast_core::manifest;
    /// let objects = manifest::objects(manifest::read(b"spec:\n  replicas: three\n")?);
    /// let mark = objects[0].mark_of("spec.replicas").unwrap();
    /// assert_eq!((mark.start.column, mark.end.column), (13, 18));
    /// assert_eq!(objects[0].mark_of("spec.selector").unwrap().end.to_string(), "line 1, column 5");
    /// # Ok::<(), manifest::ReadError>(())
    /// ```
    pub fn mark_of(&self, field: &str) -> Option<Span> {
        self.source.as_ref()?.mark(&field::joined(&self.path, field))
    }
}

impl Object {
    /// How a value is written, where it is one text or number in one line: `0644`, where the value is 420.
    pub fn text_of(&self, field: &str) -> Option<&str> {
        let source = self.source.as_ref()?;
        let found = source.places().find(&field::joined(&self.path, field))?;
        let (start, end) = (found.value.start, found.value.end);
        if !found.is_whole || !found.is_scalar || start.line != end.line {
            return None;
        }
        let line = source
            .text
            .lines()
            .nth(usize::try_from(start.line.checked_sub(1)?).ok()?)?;
        let byte = |column: u32| {
            let characters = usize::try_from(column.checked_sub(1)?).ok()?;
            let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            ends.nth(characters)
        };
        line.get(byte(start.column)?..byte(end.column)?)
    }
}

impl Location {
    /// Where the key starts, or the value where there is no key.
    pub fn start(self) -> Position {
        self.key.unwrap_or(self.value).start
    }
}

/// The text of a document, shared by all that came out of it.
pub(super) struct Source {
    /// The whole input.
    text: Arc<String>,
    range: Range<usize>,
    start: Position,
    is_json: bool,
    places: OnceLock<Places>,
}

impl Source {
    /// `range` holds the document and starts at `start`.
    pub(super) fn of(text: &Arc<String>, range: Range<usize>, start: Position, is_json: bool) -> Arc<Self> {
        Arc::new(Self {
            text: Arc::clone(text),
            range,
            start,
            is_json,
            places: OnceLock::new(),
        })
    }

    pub(super) fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let text = self.text.get(self.range.clone()).unwrap_or_default();
            match self.is_json {
                true => places_json::of_json(text, self.start),
                false => places::of_yaml(text, self.start),
            }
        })
    }

    fn locate(&self, field: &str, whole: bool) -> Option<Location> {
        let found = self.places().find(field)?;
        (found.is_whole || !whole).then_some(Location {
            key: found.key,
            value: found.value,
        })
    }

    fn mark(&self, field: &str) -> Option<Span> {
        let found = self.places().find(field)?;
        let is_value = found.is_whole && found.is_scalar && found.value.start < found.value.end;
        Some(found.key.filter(|_| !is_value).unwrap_or(found.value))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({:?}, {})", self.range, self.start)
    }
}
