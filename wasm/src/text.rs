//! YAML and JSON as kubectl reads them.

use serde::Serialize;
use serde_json::Value;
#[cfg(any(feature = "simulator", feature = "lint", feature = "explain"))]
use steadfast_core::manifest::Object;
use steadfast_core::manifest::{self, Notice, ReadError, ReadErrorCode};
use steadfast_core::{Cause, CauseType, Error, ErrorCode};

/// What a text holds.
#[derive(Serialize)]
pub(crate) struct Contents {
    objects: Vec<Placed>,
    notices: Vec<Notice>,
}

/// An object and the line on which it begins.
#[derive(Serialize)]
struct Placed {
    object: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

/// Reads all objects of a text.
pub(crate) fn read(text: &str) -> Result<Contents, Error> {
    let mut documents = manifest::read(text.as_bytes()).map_err(|error| unreadable(&error))?;
    let notices = documents
        .iter_mut()
        .flat_map(|document| std::mem::take(&mut document.notices))
        .collect();
    let objects = manifest::objects(documents).into_iter().map(|object| Placed {
        line: object.position_of("").map(|position| position.line),
        object: object.value,
    });
    Ok(Contents {
        objects: objects.collect(),
        notices,
    })
}

/// The objects of a text, which know where their fields stand.
#[cfg(any(feature = "simulator", feature = "lint", feature = "explain"))]
pub(crate) fn objects(text: &str) -> Result<Vec<Object>, Error> {
    let documents = manifest::read(text.as_bytes()).map_err(|error| unreadable(&error))?;
    Ok(manifest::objects(documents))
}

/// The error with the line and column of each cause.
#[cfg(any(feature = "simulator", feature = "lint"))]
pub(crate) fn located(mut error: Error, object: &Object) -> Error {
    for cause in &mut error.causes {
        if let Some(position) = object.nearest_position_of(&cause.field) {
            cause.line = Some(position.line);
            cause.column = Some(position.column);
        }
    }
    error
}

fn unreadable(error: &ReadError) -> Error {
    let code = match error.code {
        ReadErrorCode::Unreadable => ErrorCode::Unreadable,
        ReadErrorCode::TooLarge => ErrorCode::TooLarge,
    };
    let cause = Cause {
        line: error.position.map(|position| position.line),
        column: error.position.map(|position| position.column),
        ..Cause::of("", CauseType::FieldValueInvalid, error.message.clone())
    };
    Error {
        causes: vec![cause],
        ..Error::new(code, error.to_string())
    }
}
