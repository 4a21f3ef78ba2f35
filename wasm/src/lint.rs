//! What an API server would say of manifests, and what it would store.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::lint::{Linted, judge};
use steadfast_core::manifest::Object;
use steadfast_core::{Error, ErrorCode};

use crate::options::Options;
use crate::text;

/// What would be stored, and what would be said of it.
#[derive(Serialize)]
pub(crate) struct Stored {
    object: Value,
    warnings: Vec<String>,
    unchecked: Vec<String>,
}

/// Lints the StatefulSets of a text; those that `from` holds too are judged as updates.
pub(crate) fn lint(text: &str, from: &str, options: &str) -> Result<Linted, Error> {
    let profile = Options::parse(options)?.profile;
    let stored: Vec<Value> = text::objects(from)?
        .into_iter()
        .filter(is_set)
        .map(|set| set.value)
        .collect();
    for set in &stored {
        steadfast_core::canonical::canonical(set, &profile)?;
    }
    let mut linted = steadfast_core::lint::lint(&[text.as_bytes()], &stored, &profile);
    Ok(linted.pop().unwrap_or_default())
}

/// What an API server would store for the one StatefulSet of a text.
///
/// # Errors
/// What it would refuse, with lines and columns.
pub(crate) fn defaulted(text: &str, options: &str) -> Result<Stored, Error> {
    let profile = Options::parse(options)?.profile;
    let set = the_set(text)?;
    let verdict = judge(&set.value, None, &profile).map_err(|error| text::located(error, &set))?;
    if !verdict.is_accepted() {
        return Err(text::located(Error::invalid(verdict.errors), &set));
    }
    Ok(Stored {
        object: verdict.object,
        warnings: verdict.warnings,
        unchecked: verdict.unchecked,
    })
}

/// The one StatefulSet of a text.
///
/// # Errors
/// There is none, or more than one.
pub(crate) fn the_set(text: &str) -> Result<Object, Error> {
    let mut sets = text::objects(text)?.into_iter().filter(is_set);
    let (Some(set), others) = (sets.next(), sets.count()) else {
        let message = "no StatefulSet in the text";
        return Err(Error::new(ErrorCode::WrongKind, message));
    };
    match others {
        0 => Ok(set),
        _ => {
            let message = format!("{} StatefulSets in the text: give one", others + 1);
            Err(Error::new(ErrorCode::Ambiguous, message))
        }
    }
}

fn is_set(object: &Object) -> bool {
    object.value.get("kind").and_then(Value::as_str) == Some("StatefulSet")
}
