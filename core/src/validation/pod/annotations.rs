//! Annotations of a Pod template that mean something, and whether they agree with the fields that replaced them.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodSpecificAnnotations`,
//! `validateSeccompAnnotationsAndFields`, `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.

use serde_json::Value;

use super::{Options, each_container, paths};
use crate::quoted;
use crate::validation::report::{At, Report};

mod tolerations;

const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const MIRROR: &str = "kubernetes.io/config.mirror";
const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const LOCALHOST: &str = "localhost/";

/// Checks the annotations, which upstream reports at `annotations` of the template itself.
///
/// Source: `ValidatePodSpecificAnnotations`.
pub(super) fn specific(annotations: &At<'_>, spec: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let mirror = annotations.key(MIRROR);
    if mirror.is_present() && spec.field("nodeName").text().is_empty() {
        report.invalid(&mirror, "must set spec.nodeName if mirror pod annotation is set");
    }
    tolerations::check(annotations, options, report);
    if !options.allows_invalid_deletion_cost && !is_deletion_cost(annotations) {
        report.invalid(&annotations.key(DELETION_COST), "must be a 32bit integer");
    }
    for (name, found) in annotations.entries() {
        let profile = found.text();
        if name == SECCOMP_OF_POD || name.starts_with(SECCOMP) {
            // A child here, a key with AppArmor: upstream's paths.
            let at = annotations.field(name);
            if let Some(path) = profile.strip_prefix(LOCALHOST) {
                let path = Value::from(path);
                paths::descending(&at.with(&path), report);
            } else if !["runtime/default", "docker/default", "unconfined"].contains(&profile) {
                report.invalid(&at, "must be a valid seccomp profile");
            }
        }
        if let Some(container) = name.strip_prefix(APP_ARMOR) {
            let mut is_found = false;
            each_container(spec, &mut |found| {
                is_found |= found.field("name").text() == container
            });
            if !is_found {
                report.invalid(&found.with(&Value::from(container)), "container not found");
            }
            let is_known = ["", "runtime/default", "unconfined"].contains(&profile);
            if !is_known && !profile.starts_with(LOCALHOST) {
                let quoted = quoted(profile);
                report.invalid(&found, format!("invalid AppArmor profile name: {quoted}"));
            }
        }
    }
}

/// Whether the cost of deletion is absent or a number as Go reads it. Source: `GetDeletionCostFromPodAnnotations`.
pub(super) fn is_deletion_cost(annotations: &At<'_>) -> bool {
    let cost = annotations.key(DELETION_COST);
    let text = cost.text();
    let starts_well = text == "0" || text.starts_with(|c| matches!(c, '-' | '1'..='9'));
    !cost.is_present() || (starts_well && text.parse::<i32>().is_ok())
}

/// Where both an annotation and a field name a profile, they name the same.
pub(super) fn agree(annotations: &At<'_>, spec: &At<'_>, report: &mut Report) {
    let pod = spec.field("securityContext");
    let of_pod = annotations.value().get(SECCOMP_OF_POD);
    same(of_pod, &pod.field("seccompProfile"), "seccomp", report);
    let of_container = |prefix: &str, container: &At<'_>| {
        let name = format!("{prefix}{}", container.field("name").text());
        annotations.value().get(name)
    };
    each_container(spec, &mut |container| {
        let context = container.field("securityContext");
        let profile = context.field("seccompProfile");
        same(of_container(SECCOMP, container), &profile, "seccomp", report);
    });
    if spec.field("os").field("name").text() == "windows" {
        return;
    }
    each_container(spec, &mut |container| {
        let context = container.field("securityContext");
        let own = context.field("appArmorProfile");
        let inherited = context.alias("appArmorProfile", &pod.field("appArmorProfile"));
        let profile = if own.is_present() { own } else { inherited };
        same(of_container(APP_ARMOR, container), &profile, "apparmor", report);
    });
}

/// Source: `validateSeccompAnnotationsAndFieldsMatch`, and the end of `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
fn same(annotation: Option<&Value>, profile: &At<'_>, what: &str, report: &mut Report) {
    let Some(annotation) = annotation.and_then(Value::as_str) else {
        return;
    };
    let path = profile.field("localhostProfile");
    let wrong = match profile.field("type").text() {
        "Unconfined" => (annotation != "unconfined").then_some("type"),
        "RuntimeDefault" => {
            let is_docker = what == "seccomp" && annotation == "docker/default";
            (annotation != "runtime/default" && !is_docker).then_some("type")
        }
        "Localhost" => match annotation.strip_prefix(LOCALHOST) {
            None => Some("type"),
            Some(found) if path.is_present() && found == path.text() => None,
            Some(_) => Some("localhostProfile"),
        },
        _ => None,
    };
    if let Some(field) = wrong {
        let noun = if field == "type" { "type" } else { "profile" };
        report.forbidden(
            &profile.field(field),
            format!("{what} {noun} in annotation and field must match"),
        );
    }
}
