//! One form of error everywhere: a code, a sentence, and the fields that caused it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why an input could not be used, in the form that every host prints (`wire.md`, "Errors").
///
/// ```
/// use steadfast_core::{Cause, Error, ErrorCode};
/// let error = Error::invalid(vec![Cause::required("spec.selector")]);
/// assert_eq!(error.code, ErrorCode::Invalid);
/// assert_eq!(error.to_string(), "spec.selector: Required value");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Failure"))]
#[error("{}", self.sentence())]
pub struct Error {
    /// What kind of error this is.
    pub code: ErrorCode,
    /// A lower-case sentence that says what is wrong and, where there is one, the remedy.
    pub message: String,
    /// The fields at fault; empty where the input as a whole is.
    #[serde(default)]
    pub causes: Vec<Cause>,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The text is not YAML or JSON, or is cut off.
    Unreadable,
    /// An object of another kind than the one needed.
    WrongKind,
    /// More than one object could be meant.
    Ambiguous,
    /// A field has a value that an API server would never have returned.
    Invalid,
    /// More than what can be worked on.
    TooLarge,
    /// An unknown Kubernetes version or feature gate, or a locked gate flipped.
    Profile,
    /// Something that the question needs is absent.
    Missing,
}

/// One field at fault; `field` and `type` are the API server's own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Cause {
    /// The field's path, as in `spec.template.spec.containers[0].image`.
    pub field: String,
    /// The API server's cause type, as in `FieldValueInvalid`.
    #[serde(rename = "type")]
    pub kind: CauseType,
    /// What is wrong with it.
    pub detail: String,
    /// The value found, where showing it helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub value: Option<Value>,
    /// The line in the text, from 1, where the text is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in that line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// The API server's cause types (`apimachinery/pkg/apis/meta/v1`, `CauseType`) that the core uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum CauseType {
    /// The field is absent and must not be.
    FieldValueRequired,
    /// The value has the right JSON type and a content that is refused.
    FieldValueInvalid,
    /// The value has the wrong JSON type.
    FieldValueTypeInvalid,
    /// The value is none of those that are known.
    FieldValueNotSupported,
    /// The value is there and must not be.
    FieldValueForbidden,
    /// The value appears twice.
    FieldValueDuplicate,
    /// The value names something that is not there.
    FieldValueNotFound,
    /// The text is longer than it may be.
    FieldValueTooLong,
    /// The list has more entries than it may have.
    FieldValueTooMany,
    /// Upstream could not find out.
    InternalError,
}

impl Error {
    /// An error of one sentence, without fields.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            causes: Vec::new(),
        }
    }

    /// An error about fields; the message names the first and counts the rest.
    pub fn invalid(causes: Vec<Cause>) -> Self {
        let message = match causes.as_slice() {
            [] => "the input is invalid".to_owned(),
            [one] => one.to_string(),
            [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        };
        Self {
            code: ErrorCode::Invalid,
            message,
            causes,
        }
    }

    /// The same error, told of the object `name` of `kind`.
    #[must_use]
    pub fn of_object(mut self, kind: &str, name: &str) -> Self {
        if name.is_empty() {
            self.message = format!("{kind}: {}", self.message);
        } else {
            self.message = format!("{kind} `{name}`: {}", self.message);
        }
        self
    }

    fn sentence(&self) -> &str {
        &self.message
    }
}

impl Cause {
    /// `field` is absent and must not be.
    pub fn required(field: impl Into<String>) -> Self {
        Self::of(field, CauseType::FieldValueRequired, "")
    }

    /// `field` has a value that is refused for the reason `detail`.
    pub fn invalid(field: impl Into<String>, value: &Value, detail: impl Into<String>) -> Self {
        Self {
            value: Some(value.clone()),
            ..Self::of(field, CauseType::FieldValueInvalid, detail)
        }
    }

    /// `field` has another JSON type than `expected`, such as `a string`.
    pub fn wrong_type(field: impl Into<String>, value: &Value, expected: &str) -> Self {
        Self::of_type(field.into(), value, expected)
    }

    fn of_type(field: String, value: &Value, expected: &str) -> Self {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "a mapping",
        };
        // Whole objects would drown the message that they are shown in.
        let value = (!value.is_array() && !value.is_object()).then(|| value.clone());
        let detail = format!("must be {expected}, but is {found}");
        Self {
            value,
            ..Self::of(field, CauseType::FieldValueTypeInvalid, detail)
        }
    }

    /// `field` is none of the `supported` values.
    pub fn not_supported(field: impl Into<String>, value: &Value, supported: &[&str]) -> Self {
        let detail = supported_values(supported);
        Self {
            value: Some(value.clone()),
            ..Self::of(field, CauseType::FieldValueNotSupported, detail)
        }
    }

    /// A cause without a value.
    pub fn of(field: impl Into<String>, kind: CauseType, detail: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            kind,
            detail: detail.into(),
            value: None,
            line: None,
            column: None,
        }
    }
}

/// The detail of a value that is none of the known ones, in the order given (`field.NotSupported`).
pub(crate) fn supported_values(supported: &[&str]) -> String {
    let mut detail = String::new();
    for value in supported {
        let before = if detail.is_empty() {
            "supported values: \""
        } else {
            ", \""
        };
        detail.push_str(before);
        detail.push_str(value);
        detail.push('"');
    }
    detail
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The API server's own words for a cause: `validation/field/errors.go`, `ErrorBody`, `ErrorType.String`.
        let kind = match self.kind {
            CauseType::FieldValueRequired => "Required value",
            CauseType::FieldValueInvalid | CauseType::FieldValueTypeInvalid => "Invalid value",
            CauseType::FieldValueNotSupported => "Unsupported value",
            CauseType::FieldValueForbidden => "Forbidden",
            CauseType::FieldValueDuplicate => "Duplicate value",
            CauseType::FieldValueNotFound => "Not found",
            CauseType::FieldValueTooLong => "Too long",
            CauseType::FieldValueTooMany => "Too many",
            CauseType::InternalError => "Internal error",
        };
        write!(f, "{}: {kind}", self.field)?;
        let is_shown = !matches!(
            self.kind,
            CauseType::FieldValueRequired
                | CauseType::FieldValueForbidden
                | CauseType::FieldValueTooLong
                | CauseType::InternalError
        );
        if let Some(value) = self.value.as_ref().filter(|_| is_shown) {
            // Not by its `Display`, which would bring a second and a third writer of JSON into every module.
            f.write_str(": ")?;
            f.write_str(&crate::json_text::of(value).unwrap_or_default())?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}
