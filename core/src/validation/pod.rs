//! What an API server refuses in a Pod template.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodTemplateSpec` and what it calls.

use super::report::{At, Report};
use crate::Profile;

mod containers;
mod downward;
mod paths;
mod profiles;
mod ratchet;
mod resources;
mod rule;
mod spec;
mod volumes;

/// What the rules depend on besides the template.
///
/// Source: `pkg/api/pod/util.go`, `GetValidationOptionsFromPodTemplate`.
pub(super) struct Options<'a> {
    /// The template that is stored, on update: what it violates already may stay.
    pub old: Option<&'a At<'a>>,
    /// 1.`minor`.
    pub minor: u8,
    pub allows_indivisible_huge_pages: bool,
}

/// The template at `template`, whose volumes the claim templates join: `claims` are their names, in order.
pub(super) fn template(
    template: &At<'_>,
    old: Option<&At<'_>>,
    claims: &[&str],
    profile: &Profile,
    report: &mut Report,
) {
    let options = Options {
        old,
        minor: profile.minor(),
        allows_indivisible_huge_pages: false,
    };
    let spec = template.field("spec");
    let volumes = volumes::all(&spec, claims, &options, report);
    containers::all(&spec, &volumes, &options, report);
    spec::rest(&spec, template, &options, report);
}
