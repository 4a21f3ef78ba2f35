//! `lint --lines`: a stream of manifests in, a stream of verdicts out (`wire.md`, "Streams").

use std::io;

use serde::Deserialize;
use serde_json::{Value, json};
use steadfast_core::lint::judge;
use steadfast_core::manifest::{self, Object};
use steadfast_core::{Error, ErrorCode, Profile};

use crate::failure::Failure;
use crate::lines;
use crate::outcome::Exit;
use crate::output::Output;

/// One line: the set that is to be stored and the one that is, or a text with one set.
#[derive(Deserialize)]
struct Line {
    new: Option<Value>,
    old: Option<Value>,
    yaml: Option<String>,
}

pub(super) fn run(profile: &Profile, output: &mut Output) -> Result<Exit, Failure> {
    lines::answer_each(output, |line| answer(line, profile))
}

fn answer(line: &[u8], profile: &Profile) -> Result<Value, Failure> {
    let Line { new, old, yaml } = lines::parse(line, "one {\"new\", \"old\"?} or {\"yaml\"}")?;
    let object = match (new, yaml) {
        (Some(new), None) => Object::of(new),
        (None, Some(yaml)) => set_of(&yaml)?,
        _ => {
            let message = "a line has either `new`, with or without `old`, or `yaml`";
            return Err(Failure::new(ErrorCode::Invalid, message));
        }
    };
    match judge(&object.value, old.as_ref(), profile) {
        Ok(mut verdict) => {
            verdict.errors.iter_mut().for_each(|cause| {
                let position = object.nearest_position_of(&cause.field);
                cause.line = position.map(|position| position.line);
                cause.column = position.map(|position| position.column);
            });
            Ok(serde_json::to_value(verdict).map_err(io::Error::from)?)
        }
        Err(error) if is_of_stored(&error, old.as_ref(), profile) => Err(Failure::from(error)),
        // Refused by the decoder, so that there is no object.
        Err(error) => Ok(json!({"errors": error.causes, "warnings": [], "unchecked": []})),
    }
}

/// Whether it is the stored set that cannot be decoded: no API server has such a one.
fn is_of_stored(error: &Error, old: Option<&Value>, profile: &Profile) -> bool {
    error.causes.is_empty()
        || old.is_some_and(|old| steadfast_core::canonical::canonical(old, profile).is_err())
}

/// The first StatefulSet of a text.
fn set_of(yaml: &str) -> Result<Object, Failure> {
    let documents = manifest::read(yaml.as_bytes())
        .map_err(|error| Failure::new(ErrorCode::Unreadable, error.to_string()))?;
    let is_set = |object: &Object| object.value.get("kind").and_then(Value::as_str) == Some("StatefulSet");
    let found = manifest::objects(documents).into_iter().find(is_set);
    found.ok_or_else(|| Failure::new(ErrorCode::WrongKind, "no StatefulSet in `yaml`"))
}
