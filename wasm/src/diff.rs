//! What changes between two manifests, and what to do where the API server refuses it.

use serde_json::{Value, json};
use steadfast_core::Error;
use steadfast_core::diff::{applied, runbook};
use steadfast_core::manifest::Span;

use crate::lint::the_set;
use crate::options::Options;
use crate::text;

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
