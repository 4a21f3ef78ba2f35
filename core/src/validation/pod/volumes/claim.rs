//! Volumes with a claim of their own.
//!
//! Source: `validateEphemeralVolumeSource`, `ValidatePersistentVolumeClaimTemplate`, `ValidateTemplateObjectMeta`.

use super::super::Options;
use crate::validation::claim;
use crate::validation::metadata::{annotations, labels};
use crate::validation::report::{At, Report};

pub(super) fn template(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let template = at.field("volumeClaimTemplate");
    if !template.is_present() {
        return report.required(&template, "");
    }
    let metadata = template.field("metadata");
    annotations(&metadata.field("annotations"), options.minor, report);
    labels(&metadata.field("labels"), options.minor, report);
    for (name, shown) in NOT_IN_TEMPLATES {
        let field = metadata.field(name);
        if field.is_present() {
            report.forbidden(&metadata.alias(shown, &field), "cannot be set");
        }
    }
    claim::check(&template.field("spec"), false, options.minor, report);
}

/// Fields of metadata with the names that upstream makes of those in Go: see `validateFieldAllowList`.
const NOT_IN_TEMPLATES: [(&str, &str); 13] = [
    ("name", "name"),
    ("generateName", "generateName"),
    ("namespace", "namespace"),
    ("selfLink", "selfLink"),
    ("uid", "uID"),
    ("resourceVersion", "resourceVersion"),
    ("generation", "generation"),
    ("creationTimestamp", "creationTimestamp"),
    ("deletionTimestamp", "deletionTimestamp"),
    ("deletionGracePeriodSeconds", "deletionGracePeriodSeconds"),
    ("ownerReferences", "ownerReferences"),
    ("finalizers", "finalizers"),
    ("managedFields", "managedFields"),
];
