//! The spec of a claim template.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePersistentVolumeClaimSpec`.

use super::report::{At, Report};
use super::{names, selector};
use crate::canonical::quantity::Quantity;

const ONE_POD: &str = "ReadWriteOncePod";
/// In the order in which they are listed to the user.
const ACCESS_MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", ONE_POD];
const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];

/// Checks the spec of a claim that is to be created. `allows_invalid` is about values in the selector and API groups
/// of data sources, which a stored template may have had.
pub(super) fn check(spec: &At<'_>, allows_invalid: bool, minor: u8, report: &mut Report) {
    let modes = spec.field("accessModes");
    if modes.len() == 0 {
        report.required(&modes, "at least 1 access mode is required");
    }
    selector::check(&spec.field("selector"), allows_invalid, minor, report);
    let (mut is_of_one_pod, mut has_others) = (false, false);
    for mode in modes.items() {
        if !ACCESS_MODES.contains(&mode.text()) {
            report.not_supported(&modes.with(mode.value()), &ACCESS_MODES);
        } else if mode.text() == ONE_POD {
            is_of_one_pod = true;
        } else {
            has_others = true;
        }
    }
    if is_of_one_pod && has_others {
        report.forbidden(&modes, "may not use ReadWriteOncePod with other access modes");
    }
    storage(&spec.field("resources"), report);
    for name in ["storageClassName", "volumeAttributesClassName"] {
        // Upstream checks the mode of the volume and its sources in between.
        let class = spec.field(name);
        if !class.text().is_empty() {
            report.invalid_for(&class, names::is_dns1123_subdomain(class.text()));
        }
        if name == "storageClassName" {
            volume_mode(&spec.field("volumeMode"), report);
            sources(spec, allows_invalid, report);
        }
    }
}

/// The path is not that of the request: upstream leaves out `requests`.
fn storage(resources: &At<'_>, report: &mut Report) {
    let requests = resources.field("requests");
    let request = requests.key("storage");
    let at = resources.key("storage").with(request.value());
    match Quantity::parse(request.text()) {
        _ if !request.is_present() => report.required(&at, ""),
        Ok(quantity) if quantity.is_zero() || quantity.is_negative() => {
            report.invalid(&at, "must be greater than zero");
        }
        _ => {}
    }
}

fn volume_mode(mode: &At<'_>, report: &mut Report) {
    if mode.is_present() && !VOLUME_MODES.contains(&mode.text()) {
        report.not_supported(mode, &VOLUME_MODES);
    }
}

fn sources(spec: &At<'_>, allows_invalid: bool, report: &mut Report) {
    let (source, reference) = (spec.field("dataSource"), spec.field("dataSourceRef"));
    let namespace = reference.field("namespace");
    for at in [&source, &reference].into_iter().filter(|at| at.is_present()) {
        let (group, kind) = (at.field("apiGroup"), at.field("kind"));
        for field in [&at.field("name"), &kind] {
            if field.text().is_empty() {
                report.required(field, "");
            }
        }
        if group.text().is_empty() && kind.text() != "PersistentVolumeClaim" {
            report.invalid(
                &at.showing(&kind),
                "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
            );
        }
        if !group.text().is_empty() && !allows_invalid {
            report.invalid_for(&group, names::is_dns1123_subdomain(group.text()));
        }
    }
    if !namespace.text().is_empty() {
        report.invalid_for(&namespace, names::is_dns1123_label(namespace.text()));
    }
    if !source.is_present() || !reference.is_present() {
        return;
    }
    let is_same = |name| source.field(name).value() == reference.field(name).value();
    if !namespace.text().is_empty() {
        report.invalid(
            spec,
            "may not be specified when dataSourceRef.namespace is specified",
        );
    } else if !["apiGroup", "kind", "name"].into_iter().all(is_same) {
        report.invalid(spec, "must match dataSourceRef");
    }
}
