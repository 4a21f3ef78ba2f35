//! What a Pod can be told about itself: fields and resources.
//!
//! Source: `validateObjectFieldSelector`, `validateContainerResourceFieldSelector`, `validateDownwardAPIVolumeFile`.

use serde_json::Value;

use super::Options;
use super::paths::unreserved;
use super::rule::{FILE_MODE, apply, owner};
use crate::canonical::quantity::Quantity;
use crate::validation::names::{is_label_key, lower};
use crate::validation::report::{At, Report};

/// The fields that a file can hold.
const IN_FILES: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

/// The fields that a variable can hold.
const IN_VARIABLES: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Fields that have a name and that neither a file nor a variable can hold.
const ELSEWHERE: &[&str] = &["spec.restartPolicy", "spec.schedulerName", "status.phase"];

const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// The files of a volume or a projection at `at`: upstream leaves out which one it means.
pub(super) fn files(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for item in at.field("items").items() {
        file(&at.with(item.value()), options, report);
    }
}

/// Source: `validateDownwardAPIVolumeFile`.
pub(super) fn file(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let path = at.field("path");
    if path.text().is_empty() {
        report.required(&path, "");
    }
    unreserved(&path, report);
    let (field, resource) = (at.field("fieldRef"), at.field("resourceFieldRef"));
    if field.is_present() {
        object_field(&field, IN_FILES, options, report);
        if resource.is_present() {
            report.invalid(
                &at.with(&Value::from("resource")),
                "fieldRef and resourceFieldRef can not be specified simultaneously",
            );
        }
    } else if resource.is_present() {
        resource_field(&resource, true, report);
    } else {
        report.required(at, "one of fieldRef and resourceFieldRef is required");
    }
    apply(&[FILE_MODE, owner("user")], at, options, report);
}

/// A field that a variable holds.
pub(super) fn variable_field(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    object_field(at, IN_VARIABLES, options, report);
}

/// A resource of a container, which must be named where there is more than one to choose from.
pub(super) fn resource_field(at: &At<'_>, needs_container: bool, report: &mut Report) {
    let (container, resource) = (at.field("containerName"), at.field("resource"));
    let name = resource.text();
    let is_huge_pages = name.starts_with("limits.hugepages-") || name.starts_with("requests.hugepages-");
    if needs_container && container.text().is_empty() {
        report.required(&container, "");
    } else if name.is_empty() {
        report.required(&resource, "");
    } else if !is_huge_pages && !RESOURCES.contains(&name) {
        report.not_supported(&resource, RESOURCES);
    }
    divisor(at, name, report);
}

/// Source: `validateContainerResourceDivisor`.
fn divisor(at: &At<'_>, resource: &str, report: &mut Report) {
    let divisor = at.field("divisor");
    if Quantity::parse(divisor.text()).is_ok_and(|divisor| divisor.is_zero()) {
        return;
    }
    let kind = resource.split_once('.').map_or("", |(_, kind)| kind);
    let (allowed, name) = match kind {
        _ if !resource.starts_with("limits.") && !resource.starts_with("requests.") => return,
        "cpu" => (&["1m", "1"][..], "cpu"),
        "memory" => (SIZES, "memory"),
        "ephemeral-storage" => (SIZES, "local ephemeral storage"),
        _ if kind.starts_with("hugepages-") => (SIZES, "hugepages"),
        _ => return,
    };
    if !allowed.contains(&divisor.text()) {
        // The CPU's sentence has an `and`.
        let list = allowed.join(if name == "cpu" { " and " } else { ", " });
        let sentence = format!("only divisor's values {list} are supported with the {name} resource");
        // Upstream shows the resource.
        report.invalid(&divisor.with(&Value::from(resource)), sentence);
    }
}

const SIZES: &[&str] = &[
    "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
];

/// Source: `validateObjectFieldSelector`, `ConvertDownwardAPIFieldLabel`.
fn object_field(at: &At<'_>, allowed: &[&str], options: &Options<'_>, report: &mut Report) {
    let (version, path) = (at.field("apiVersion"), at.field("fieldPath"));
    for field in [&version, &path] {
        if field.text().is_empty() {
            return report.required(field, "");
        }
    }
    let label = path.text();
    let refused = |what: &str, which: &str| format!("error converting fieldPath: {what}: {which}");
    if version.text() != "v1" {
        return report.invalid(&path, refused("unsupported pod version", version.text()));
    }
    let subscripted = label.strip_suffix("']").and_then(|label| label.split_once("['"));
    if let Some((map, key)) = subscripted.filter(|(map, _)| !map.is_empty()) {
        let key = match map {
            "metadata.annotations" => lower(key),
            "metadata.labels" => key.to_owned(),
            _ => return report.invalid(&path, refused("field label does not support subscript", label)),
        };
        return report.invalid_for(at, is_label_key(&key, options.minor));
    }
    // The old name of the field, which upstream still takes.
    let name = if label == "spec.host" {
        "spec.nodeName"
    } else {
        label
    };
    if allowed.contains(&name) {
        return;
    }
    if [IN_FILES, IN_VARIABLES, ELSEWHERE]
        .iter()
        .any(|known| known.contains(&name))
    {
        report.not_supported(&path, allowed);
    } else {
        report.invalid(&path, refused("field label not supported", label));
    }
}
