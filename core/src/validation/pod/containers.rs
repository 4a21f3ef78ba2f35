//! The containers of a Pod template: normal, init and ephemeral ones.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateContainers`, `validateInitContainers`,
//! `validateEphemeralContainers`.

use serde_json::Value;

use super::Options;
use super::ratchet::items;
use super::resources::{self, Owner};
use super::rule::{choice, named};
use super::volumes::Volumes;
use crate::validation::names::is_dns1123_label;
use crate::validation::report::{At, Report};

mod env;
mod handler;
mod mounts;
mod ports;
mod restart;
mod security;

/// What the rules of a container need to know of its Pod.
struct Pod<'a> {
    spec: &'a At<'a>,
    volumes: &'a Volumes,
    /// The names of the Pod's resource claims.
    claims: Vec<&'a str>,
    options: &'a Options<'a>,
}

/// Checks all containers of `spec`.
pub(super) fn all(spec: &At<'_>, volumes: &Volumes, options: &Options<'_>, report: &mut Report) {
    let claims = items(spec.value(), "resourceClaims").filter_map(|claim| claim.get("name")?.as_str());
    let pod = Pod {
        spec,
        volumes,
        claims: claims.filter(|name| !name.is_empty()).collect(),
        options,
    };
    normal(&pod, report);
    init(&pod, report);
    ephemeral(&pod, report);
}

fn normal(pod: &Pod<'_>, report: &mut Report) {
    let containers = pod.spec.field("containers");
    if containers.len() == 0 {
        return report.required(&containers, "");
    }
    let mut names = Vec::new();
    let mut host_ports = ports::HostPorts::default();
    for container in containers.items() {
        common(&container, pod, report);
        unique_name(&container, &mut names, report);
        handler::all(&container, pod, report);
        restart::of_normal(&container, pod.options, report);
    }
    for container in containers.items() {
        host_ports.take(&container, report);
    }
}

fn init(pod: &Pod<'_>, report: &mut Report) {
    let containers = pod.spec.field("initContainers");
    let mut names = names_in(pod, "containers");
    let has_nameless = names.iter().any(String::is_empty);
    for container in containers.items() {
        common(&container, pod, report);
        restart::of_init(&container, pod.options, report);
        unique_name(&container, &mut names, report);
        // Of those without a name only normal ones count.
        names.retain(|name| !name.is_empty() || has_nameless);
        // They run one by one, so that each may have the port; upstream takes each for the first.
        ports::HostPorts::default().take(&containers.alias_item(0, &container), report);
        let is_sidecar = restart::is_sidecar(container.value());
        if is_sidecar {
            handler::all(&container, pod, report);
        } else {
            for name in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
                let field = container.field(name);
                if field.is_present() {
                    let sentence = "may not be set for init containers without restartPolicy=Always";
                    report.forbidden(&field, sentence);
                }
            }
            restart::on_resize(&container, pod.options, report);
        }
    }
}

/// They are forbidden in templates; upstream checks them all the same.
fn ephemeral(pod: &Pod<'_>, report: &mut Report) {
    let mut others = names_in(pod, "containers");
    others.extend(names_in(pod, "initContainers"));
    let mut names = others.clone();
    for container in pod.spec.field("ephemeralContainers").items() {
        common(&container, pod, report);
        let image = container.field("image");
        if image.text().trim() != image.text() {
            report.invalid(&image, "must not have leading or trailing whitespace");
        }
        unique_name(&container, &mut names, report);
        let target = container.field("targetContainerName");
        if !target.text().is_empty() && !others.iter().any(|name| name == target.text()) {
            report.not_found(&target);
        }
        for name in NOT_EPHEMERAL {
            let field = container.field(name);
            // Resources are always there.
            if field.len() > 0 || (field.is_present() && name != "resources") {
                report.forbidden(&field, ONLY_OTHERS);
            }
        }
        for mount in container.field("volumeMounts").items() {
            for path in ["subPath", "subPathExpr"].map(|name| mount.field(name)) {
                if !path.text().is_empty() {
                    report.forbidden(&path, ONLY_OTHERS);
                }
            }
        }
    }
}

const ONLY_OTHERS: &str = "cannot be set for an Ephemeral Container";

/// Source: `allowedEphemeralContainerFields`, which lists the others.
const NOT_EPHEMERAL: [&str; 9] = [
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
];

/// What holds for every container. Source: `validateContainerCommon`.
fn common(container: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    named(&container.field("name"), is_dns1123_label, report);
    let image = container.field("image");
    if image.text().is_empty() {
        report.required(&image, "");
    }
    let policy = container.field("terminationMessagePolicy");
    choice(&policy, &["File", "FallbackToLogsOnError"], report);
    ports::of(container, report);
    env::of(container, pod.options, report);
    mounts::of(container, pod.volumes, report);
    let policy = container.field("imagePullPolicy");
    choice(&policy, &["Always", "IfNotPresent", "Never"], report);
    let resources = container.field("resources");
    resources::requirements(&resources, Owner::Container, &pod.claims, pod.options, report);
    restart::resize(container, pod, report);
    security::of(container, pod, report);
}

fn unique_name(container: &At<'_>, names: &mut Vec<String>, report: &mut Report) {
    let name = container.field("name");
    if names.iter().any(|known| known == name.text()) {
        report.duplicate(&name);
    } else {
        names.push(name.text().to_owned());
    }
}

fn names_in(pod: &Pod<'_>, list: &str) -> Vec<String> {
    let names = items(pod.spec.value(), list).map(|container| container.get("name").and_then(Value::as_str));
    names.map(|name| name.unwrap_or_default().to_owned()).collect()
}
