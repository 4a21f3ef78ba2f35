//! What changes between two manifests, and what to do where the API server refuses it.

use serde::Serialize;
use steadfast_core::Error;
use steadfast_core::diff::Runbook;
use steadfast_core::diff::{Diff, applied, runbook};
#[cfg(feature = "explain")]
use steadfast_core::explain::{Diagnosis, explain_change};

use crate::lint::the_set;
use crate::options::Options;
use crate::text;

/// The difference, what to do where it is refused, and what is wrong with it or worth knowing.
#[derive(Serialize)]
pub(crate) struct Difference {
    #[serde(flatten)]
    found: Diff,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<Runbook>,
    #[cfg(feature = "explain")]
    diagnoses: Vec<Diagnosis>,
}

/// What changes from the set of one text to the set of another, with places in the new text; where the API server refuses it
/// because fields cannot be changed, what to do instead.
pub(crate) fn diff(old: &str, new: &str, options: &str) -> Result<Difference, Error> {
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
    for change in &mut found.changes {
        change.span = change.new.as_ref().and_then(|_| new.mark_of(&change.field));
        change.line = change.span.map(|span| span.start.line);
        change.column = change.span.map(|span| span.start.column);
    }
    found.errors = text::located(Error::invalid(found.errors), &new).causes;
    let runbook = runbook(&old.value, &new.value, "FILE", &profile).map_err(at_new)?;
    Ok(Difference {
        #[cfg(feature = "explain")]
        diagnoses: explain_change(&old.value, &wanted, &found, runbook.as_ref(), &profile),
        runbook,
        found,
    })
}
