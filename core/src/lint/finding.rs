//! One thing that is to be said of a text.

use serde::Serialize;

use crate::CauseType;
use crate::manifest::Span;

/// Something that an API server would say, or that a reader of the input should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Which rule it is about.
    pub rule: Rule,
    /// The set, as `NAMESPACE/NAME`; absent where the text itself is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The field's path in the object; empty where the whole is meant.
    pub field: String,
    /// What is wrong: the API server's own words where it says so too.
    pub message: String,
    /// What to do, where that can be said; for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What to point at in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Good to know; no API server speaks of it.
    Note,
    /// An API server would take the object and warn of it.
    Warning,
    /// An API server would refuse it.
    Error,
}

/// The rules: the API server's types of errors, its warnings, and those of this linter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Rule {
    /// The text is not YAML or JSON.
    Unreadable,
    /// A document that has everything of an object but its kind.
    NotAnObject,
    /// A StatefulSet of an API version that no API server serves any more.
    WrongVersion,
    /// [`CauseType::FieldValueRequired`].
    FieldValueRequired,
    /// [`CauseType::FieldValueInvalid`].
    FieldValueInvalid,
    /// [`CauseType::FieldValueTypeInvalid`].
    FieldValueTypeInvalid,
    /// [`CauseType::FieldValueNotSupported`].
    FieldValueNotSupported,
    /// [`CauseType::FieldValueForbidden`].
    FieldValueForbidden,
    /// [`CauseType::FieldValueDuplicate`].
    FieldValueDuplicate,
    /// [`CauseType::FieldValueNotFound`].
    FieldValueNotFound,
    /// [`CauseType::FieldValueTooLong`].
    FieldValueTooLong,
    /// [`CauseType::FieldValueTooMany`].
    FieldValueTooMany,
    /// [`CauseType::InternalError`].
    InternalError,
    /// A field that this version of Kubernetes does not know; it is dropped.
    UnknownField,
    /// A key that stands twice in one mapping; the last value counts.
    DuplicateField,
    /// Content that no reader sees, because no `---` line comes before it.
    IgnoredContent,
    /// Any other warning of the API server.
    Warning,
    /// The Service that `spec.serviceName` names does not give the Pods their names.
    GoverningService,
}

impl Rule {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::Unreadable, "Unreadable"),
        (Self::NotAnObject, "NotAnObject"),
        (Self::WrongVersion, "WrongVersion"),
        (Self::FieldValueRequired, "FieldValueRequired"),
        (Self::FieldValueInvalid, "FieldValueInvalid"),
        (Self::FieldValueTypeInvalid, "FieldValueTypeInvalid"),
        (Self::FieldValueNotSupported, "FieldValueNotSupported"),
        (Self::FieldValueForbidden, "FieldValueForbidden"),
        (Self::FieldValueDuplicate, "FieldValueDuplicate"),
        (Self::FieldValueNotFound, "FieldValueNotFound"),
        (Self::FieldValueTooLong, "FieldValueTooLong"),
        (Self::FieldValueTooMany, "FieldValueTooMany"),
        (Self::InternalError, "InternalError"),
        (Self::UnknownField, "UnknownField"),
        (Self::DuplicateField, "DuplicateField"),
        (Self::IgnoredContent, "IgnoredContent"),
        (Self::Warning, "Warning"),
        (Self::GoverningService, "GoverningService"),
    ];

    /// The name, as it is written in JSON.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.into_iter().find(|(rule, _)| *rule == self);
        found.map_or("", |(_, name)| name)
    }

    /// What the rule asks for, as a sentence for lists of rules.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Unreadable => "The text must be YAML or JSON.",
            Self::NotAnObject => "An object of Kubernetes has apiVersion and kind.",
            Self::WrongVersion => "StatefulSets are served as apps/v1 only.",
            Self::FieldValueRequired => "A field that must be set is not.",
            Self::FieldValueInvalid => "A value is refused by the API server.",
            Self::FieldValueTypeInvalid => "A value has another type than the field.",
            Self::FieldValueNotSupported => "A value is none of those that the API server knows.",
            Self::FieldValueForbidden => "A field is set, or changed, that must not be.",
            Self::FieldValueDuplicate => "A value that must be unique stands twice.",
            Self::FieldValueNotFound => "A value names something that is not there.",
            Self::FieldValueTooLong => "A text is longer than it may be.",
            Self::FieldValueTooMany => "A list has more items than it may have.",
            Self::InternalError => "The API server fails over a value.",
            Self::UnknownField => "The API server drops fields that it does not know.",
            Self::DuplicateField => "Of a key that stands twice only the last value counts.",
            Self::IgnoredContent => "What no `---` line separates from the document before is not read.",
            Self::Warning => "The API server takes the object, and warns.",
            Self::GoverningService => "The Service that serviceName names gives Pods their DNS names.",
        }
    }

    pub(super) const fn of_cause(kind: CauseType) -> Self {
        match kind {
            CauseType::FieldValueRequired => Self::FieldValueRequired,
            CauseType::FieldValueInvalid => Self::FieldValueInvalid,
            CauseType::FieldValueTypeInvalid => Self::FieldValueTypeInvalid,
            CauseType::FieldValueNotSupported => Self::FieldValueNotSupported,
            CauseType::FieldValueForbidden => Self::FieldValueForbidden,
            CauseType::FieldValueDuplicate => Self::FieldValueDuplicate,
            CauseType::FieldValueNotFound => Self::FieldValueNotFound,
            CauseType::FieldValueTooLong => Self::FieldValueTooLong,
            CauseType::FieldValueTooMany => Self::FieldValueTooMany,
            CauseType::InternalError => Self::InternalError,
        }
    }
}

impl Finding {
    pub(super) fn new(severity: Severity, rule: Rule, message: impl Into<String>) -> Self {
        Self {
            severity,
            rule,
            object: None,
            field: String::new(),
            message: message.into(),
            remedy: None,
            span: None,
        }
    }

    /// The same at this place.
    pub(super) fn at(self, span: Option<Span>) -> Self {
        Self { span, ..self }
    }

    /// The same with a remedy, where there is one.
    pub(super) fn advised(self, remedy: Option<String>) -> Self {
        Self { remedy, ..self }
    }
}

/// The path in a warning about a field that the version does not know.
pub(super) fn unknown_field(warning: &str) -> Option<&str> {
    warning.strip_prefix("unknown field \"")?.strip_suffix('"')
}

/// The path of the field that an API server's warning is about; empty where it names none.
///
/// ```
/// use steadfast_core::lint::field_of;
/// assert_eq!(field_of("unknown field \"spec.replica\""), "spec.replica");
/// assert_eq!(field_of("spec.revisionHistoryLimit: a negative value"), "spec.revisionHistoryLimit");
/// assert_eq!(field_of("this is deprecated: really"), "");
/// ```
pub fn field_of(warning: &str) -> &str {
    if let Some(field) = unknown_field(warning) {
        return field;
    }
    let before = warning.split_once(": ").map_or("", |(before, _)| before);
    let is_path = before.starts_with("spec") || before.starts_with("metadata");
    if is_path && !before.contains(' ') {
        before
    } else {
        ""
    }
}
