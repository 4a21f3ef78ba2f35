//! One text, read by both.

use serde_json::{Value, json};
use steadfast_core::manifest::{self, NoticeCode, ReadError};

/// How a text is read: as a request's body, of which the first document counts, or as a file of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Text,
    File,
}

impl Form {
    /// The name in the questions to upstream's program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::File => "file",
        }
    }

    /// The line that asks about a text.
    pub fn line(self, text: &str) -> String {
        json!({self.name(): text}).to_string()
    }
}

/// What the core reads.
pub struct Ours {
    /// The documents: of a text, one, `null` where there is nothing in it.
    pub documents: Result<Vec<Value>, ReadError>,
    /// Whether a key stands twice in one mapping.
    pub has_duplicates: bool,
    /// Whether something may be merged.
    merges: bool,
}

impl Ours {
    /// Reads a text.
    pub fn of(form: Form, text: &str) -> Self {
        let bytes = text.as_bytes();
        let read = match form {
            Form::Text => manifest::read_one(bytes).map(Vec::from_iter),
            Form::File => manifest::read(bytes),
        };
        let has_duplicates = read.iter().flatten().any(|document| {
            let mut codes = document.notices.iter().map(|notice| notice.code);
            codes.any(|code| code == NoticeCode::DuplicateKey)
        });
        let documents = read.map(|documents| {
            let values: Vec<Value> = documents.into_iter().map(|document| document.value).collect();
            match form {
                Form::Text if values.is_empty() => vec![Value::Null],
                _ => values,
            }
        });
        Self {
            documents,
            has_duplicates,
            merges: text.contains("<<"),
        }
    }

    /// Whether Go may keep one or another of two keys that become one in JSON.
    pub fn may_be_random(&self) -> bool {
        self.has_duplicates || self.merges
    }
}

/// What differs between upstream's answer and the core's, in a sentence.
///
/// # Errors
/// An answer that is none.
pub fn difference(form: Form, answer: &Value, ours: &Ours) -> Result<Option<String>, String> {
    let theirs: Vec<&str> = match (form, &answer["json"], &answer["documents"], &answer["error"]) {
        (_, _, _, Value::String(error)) => {
            return Ok(match &ours.documents {
                Err(_) => None,
                Ok(read) => Some(format!(
                    "upstream refuses ({error}), the core reads {}",
                    Value::from(read.clone())
                )),
            });
        }
        (Form::Text, Value::String(text), ..) => vec![text],
        (Form::File, _, Value::Array(documents), _) => documents.iter().filter_map(Value::as_str).collect(),
        _ => return Err(format!("`{answer}` is no answer")),
    };
    let documents = match &ours.documents {
        Err(error) => {
            return Ok(Some(format!(
                "the core refuses ({error}), upstream reads {}",
                theirs.join("\n")
            )));
        }
        Ok(documents) => documents,
    };
    let mut expected: Vec<Value> = Vec::new();
    for text in &theirs {
        expected.push(serde_json::from_str(text).map_err(|error| format!("upstream's `{text}`: {error}"))?);
    }
    if expected.len() != documents.len()
        || expected
            .iter()
            .zip(documents)
            .any(|(one, other)| !is_same(one, other))
    {
        let read = documents.iter().map(Value::to_string);
        let read: Vec<String> = read.collect();
        return Ok(Some(format!(
            "upstream reads {}, the core {}",
            theirs.join("\n"),
            read.join("\n")
        )));
    }
    let strict = answer["strict"].as_str();
    match (strict, ours.has_duplicates) {
        // To Go a key is set twice too where it only takes the place of what a merge brought.
        (Some(error), false) if form == Form::Text && !ours.merges => {
            Ok(Some(format!("only upstream notices: {error}")))
        }
        // `1` and `"1"` are two keys to Go until they become JSON, and the core's notice is the better one.
        _ => Ok(None),
    }
}

/// Equal, numbers by what they are: Go's `-0` is the integer 0 to Kubernetes, and a float without a fraction is an integer.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == Some(0.0) && other.as_f64() == Some(0.0)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|other| is_same(value, other)))
        }
        _ => one == other,
    }
}
