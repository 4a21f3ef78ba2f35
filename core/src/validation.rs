//! What an API server makes of a StatefulSet before it stores it: the object that it would store, what it refuses, and
//! what it warns of.
//!
//! Source: `pkg/registry/apps/statefulset/strategy.go`, `pkg/apis/apps/validation/validation.go` and
//! `pkg/apis/core/validation/validation.go`.

use serde_json::Value;

use crate::{Cause, Error, Profile};

mod gates;
mod pod;
mod report;

/// What an API server of the profile answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The object after defaulting and preparation: what would be stored, were nothing wrong.
    pub object: Value,
    /// What is refused, in upstream's order.
    pub errors: Vec<Cause>,
    /// Warnings, which refuse nothing.
    pub warnings: Vec<String>,
    /// Paths of fields that are set and whose rules this release does not know: an API server may refuse them.
    pub unchecked: Vec<String>,
}

/// A set that is to be created.
///
/// # Errors
/// `invalid` where upstream's decoder refuses a value already.
pub fn create(set: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let object = crate::canonical::canonical(set, profile)?;
    let mut report = report::Report::default();
    let root = report::At::root(&object, "");
    let spec = root.field("spec");
    pod::template(&spec.field("template"), None, &[], profile, &mut report);
    let errors = report.causes;
    Ok(Verdict {
        object,
        errors,
        warnings: Vec::new(),
        unchecked: Vec::new(),
    })
}

/// A set that is to take the place of `old`, the stored one. A place holder for the comparison: nothing is checked yet.
///
/// # Errors
/// As [`create`].
pub fn update(new: &Value, old: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let _ = old;
    create(new, profile)
}

/// A set whose status is to take the place of that of `old`. A place holder, as [`update`].
///
/// # Errors
/// As [`create`].
pub fn update_status(new: &Value, old: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let _ = old;
    create(new, profile)
}
