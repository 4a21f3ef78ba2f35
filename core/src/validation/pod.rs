//! What an API server refuses in a Pod template.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodTemplateSpec` and what it calls, and
//! `ValidatePodTemplateSpecForStatefulSet` in `pkg/apis/apps/validation`, which calls it.

use super::metadata;
use super::report::{At, Report};

mod annotations;
mod containers;
mod downward;
mod eviction;
mod options;
mod paths;
mod profiles;
mod ratchet;
mod resources;
mod rule;
mod spec;
#[cfg(test)]
mod tests;
mod volumes;

pub(super) use eviction::responders;
pub(super) use options::Options;

/// The template at `template`, whose volumes the claim templates join: `claims` are their names, in order.
/// `is_tolerated` says that the stored set breaks rules already: then only the metadata counts.
///
/// Whether the selector matches the labels is no concern of this function. Upstream checks the metadata twice where
/// it checks the rest; here it is said once.
pub(super) fn template(
    template: &At<'_>,
    claims: &[&str],
    is_tolerated: bool,
    options: &Options<'_>,
    report: &mut Report,
) {
    let metadata = template.field("metadata");
    // Upstream leaves `metadata` out of these paths.
    let labels = template.alias("labels", &metadata.field("labels"));
    let annotations = template.alias("annotations", &metadata.field("annotations"));
    metadata::labels(&labels, options.minor, report);
    metadata::annotations(&annotations, options.minor, report);
    let spec = template.field("spec");
    annotations::specific(&annotations, &spec, options, report);
    // Up to 1.33 a set's template is not checked further.
    if is_tolerated || options.minor <= 33 {
        return;
    }
    let volumes = volumes::all(&spec, claims, options, report);
    let resource_claims = spec::resource_claims(&spec, report);
    containers::all(&spec, &volumes, options, report);
    spec::rest(&spec, claims, &resource_claims, options, report);
    annotations::agree(&annotations, &spec, report);
    let ephemeral = spec.field("ephemeralContainers");
    if ephemeral.len() > 0 {
        report.forbidden(&ephemeral, "ephemeral containers not allowed in pod template");
    }
}

/// Every container, in the order of upstream's `VisitContainersWithPath`.
pub(super) fn each_container(spec: &At<'_>, visit: &mut dyn FnMut(&At<'_>)) {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in spec.field(list).items() {
            visit(&container);
        }
    }
}
