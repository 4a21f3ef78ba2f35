//! What an API server would say of manifests, and what it would store.

use serde::Serialize;
use serde_json::{Value, json};
use steadfast_core::diff::{applied, runbook};
use steadfast_core::lint::{Linted, judge};
use steadfast_core::manifest::{Object, Span};
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

/// What changes from the set of one text to the set of another, with places in the new text; where the API server refuses it
/// because fields cannot be changed, what to do instead.
pub(crate) fn diff(old: &str, new: &str, options: &str) -> Result<Value, Error> {
    let profile = Options::parse(options)?.profile;
    let (old, new) = (the_set(old)?, the_set(new)?);
    let at_old = |error: Error| text::located(error, &old);
    let at_new = |error: Error| text::located(error, &new);
    steadfast_core::canonical::canonical(&old.value, &profile).map_err(at_old)?;
    let is_stored = old.value.pointer("/metadata/uid").is_some();
    let wanted = match is_stored {
        true => applied(&new.value, &old.value),
        false => new.value.clone(),
    };
    let mut found = steadfast_core::diff::diff(&old.value, &wanted, &profile).map_err(at_new)?;
    let spans: Vec<Option<Span>> = found
        .changes
        .iter()
        .map(|change| change.new.as_ref().and_then(|_| new.mark_of(&change.field)))
        .collect();
    for (change, span) in found.changes.iter_mut().zip(&spans) {
        change.line = span.map(|span| span.start.line);
        change.column = span.map(|span| span.start.column);
    }
    found.errors = text::located(Error::invalid(found.errors), &new).causes;
    let runbook = runbook(&old.value, &new.value, "FILE", &profile).map_err(at_new)?;
    #[cfg(feature = "explain")]
    let diagnoses = {
        use steadfast_core::explain::explain_change;
        explain_change(&old.value, &wanted, &found, runbook.as_ref(), &profile)
    };
    let mut answer = json!(found);
    if let Some(changes) = answer.get_mut("changes").and_then(Value::as_array_mut) {
        for (change, span) in changes.iter_mut().zip(spans) {
            if let (Some(change), Some(span)) = (change.as_object_mut(), span) {
                change.insert("span".to_owned(), json!(span));
            }
        }
    }
    if let Some(answer) = answer.as_object_mut() {
        if let Some(runbook) = runbook {
            answer.insert("runbook".to_owned(), json!(runbook));
        }
        #[cfg(feature = "explain")]
        answer.insert("diagnoses".to_owned(), json!(diagnoses));
    }
    Ok(answer)
}

/// The one StatefulSet of a text.
fn the_set(text: &str) -> Result<Object, Error> {
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
