//! What remains of the Pod template's spec: scheduling, security, DNS, host names, operating systems.
//!
//! Not here, because a StatefulSet's template never breaks them: `hostname` and `subdomain`, which upstream empties
//! before it looks (`ValidateStatefulSetSpec`), `serviceAccount`, which defaulting makes the same as
//! `serviceAccountName`, and `terminationGracePeriodSeconds`, of which a template only needs to have one.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodSpec`.

use super::ratchet::items;
use super::{Options, each_container, resources};
use crate::validation::report::{At, Report};
use crate::validation::{metadata, names};

pub(super) mod affinity;
mod network;
mod os;
pub(super) mod security;
pub(super) mod spread;
pub(super) mod tolerations;

/// Checks what stands in `spec` besides volumes and containers. The names of `claims`, which are claim templates, and
/// of `resource_claims` may be used in it.
pub(super) fn rest(
    spec: &At<'_>,
    claims: &[&str],
    resource_claims: &[&str],
    options: &Options<'_>,
    report: &mut Report,
) {
    let minor = options.minor;
    resources::of_pod(spec, resource_claims, options, report);
    network::host_ports(spec, report);
    choice(
        &spec.field("restartPolicy"),
        &["Always", "OnFailure", "Never"],
        report,
    );
    let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    choice(&spec.field("dnsPolicy"), &policies, report);
    metadata::labels(&spec.field("nodeSelector"), minor, report);
    security::context(spec, options, report);
    affinity::all(&spec.field("affinity"), options, report);
    network::dns(spec, options, report);
    for gate in spec.field("readinessGates").items() {
        let kind = gate.field("conditionType");
        report.invalid_for(&kind, names::is_label_key(kind.text(), minor));
    }
    scheduling_gates(&spec.field("schedulingGates"), options, report);
    spread::all(&spec.field("topologySpreadConstraints"), options, report);
    os::host_process(spec, report);
    security::host_users(spec, options, report);
    network::host_name(spec, report);
    subdomain(&spec.field("serviceAccountName"), report);
    subdomain(&spec.field("nodeName"), report);
    let deadline = spec.field("activeDeadlineSeconds");
    if deadline.is_present() {
        let most = i64::from(i32::MAX);
        report.invalid_for(&deadline, names::is_in_range(deadline.number(), 1, most));
    }
    tolerations::all(&spec.field("tolerations"), options, report);
    network::host_aliases(&spec.field("hostAliases"), options, report);
    subdomain(&spec.field("priorityClassName"), report);
    subdomain(&spec.field("runtimeClassName"), report);
    choice(
        &spec.field("preemptionPolicy"),
        &["PreemptLowerPriority", "Never"],
        report,
    );
    resources::overhead(&spec.field("overhead"), options, report);
    os::forbidden(spec, report);
    group(spec, report);
    files(spec, claims, report);
}

/// Checks the claims of devices, which the API server looks at between volumes and containers. Returns their names.
///
/// Source: `validatePodResourceClaims`.
pub(super) fn resource_claims<'a>(spec: &At<'a>, report: &mut Report) -> Vec<&'a str> {
    let mut known = Vec::new();
    let values = items(spec.value(), "resourceClaims");
    for (claim, value) in spec.field("resourceClaims").items().zip(values) {
        let (name, text) = (claim.field("name"), resources::text(value, "name"));
        if text.is_empty() {
            report.required(&name, "");
        } else if known.contains(&text) {
            report.duplicate(&name);
        } else {
            report.invalid_for(&name, names::is_dns1123_label(text));
            known.push(text);
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"].map(|source| claim.field(source));
        match sources.each_ref().map(At::is_present) {
            [true, true] => report.invalid(
                &claim,
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            ),
            [false, false] => report.invalid(
                &claim,
                "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            ),
            _ => {}
        }
        for source in &sources {
            subdomain(source, report);
        }
    }
    known
}

/// A text that is one of `known` where the field is present.
fn one_of(at: &At<'_>, known: &[&str], report: &mut Report) {
    if at.is_present() && !known.contains(&at.text()) {
        report.not_supported(at, known);
    }
}

/// As [`one_of`], but an empty text is absent rather than unknown.
fn choice(at: &At<'_>, known: &[&str], report: &mut Report) {
    if at.is_present() && at.text().is_empty() {
        report.required(at, "");
    } else {
        one_of(at, known, report);
    }
}

/// The name of another object, where the field is present. Source: `NameIsDNSSubdomain`.
fn subdomain(at: &At<'_>, report: &mut Report) {
    if at.is_present() {
        report.invalid_for(at, names::is_dns1123_subdomain(at.text()));
    }
}

/// Source: `validateSchedulingGates`.
fn scheduling_gates(gates: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for (index, gate) in gates.items().enumerate() {
        let name = gate.field("name");
        let at = gate.showing(&name);
        report.invalid_for(&at, names::is_label_key(name.text(), options.minor));
        let mut earlier = gates.items().take(index);
        if earlier.any(|earlier| earlier.field("name").text() == name.text()) {
            report.duplicate(&at);
        }
    }
}

/// Which Pods are scheduled together. Both fields come with gates that are off, so that only an update finds them.
///
/// Source: `validateWorkloadReference` (1.35), `validateSchedulingGroup` (from 1.36).
fn group(spec: &At<'_>, report: &mut Report) {
    let workload = spec.field("workloadRef");
    if workload.is_present() {
        let name = workload.field("name");
        report.invalid_for(&name, names::is_dns1123_subdomain(name.text()));
        let (of, replica) = (workload.field("podGroup"), workload.field("podGroupReplicaKey"));
        report.invalid_for(&of, names::is_dns1123_label(of.text()));
        if replica.is_present() {
            report.invalid_for(&replica, names::is_dns1123_label(replica.text()));
        }
    }
    let group = spec.field("schedulingGroup");
    let responders = spec.field("evictionResponders");
    if group.is_present() {
        let name = group.field("podGroupName");
        if !name.is_present() {
            report.invalid(&name, "must specify one of: `podGroupName`");
        }
        subdomain(&name, report);
        if responders.len() > 0 {
            report.forbidden(&group, "may not be set when evictionResponders is set");
        }
    }
}

/// A variable from a file needs a volume that is an empty directory; a claim template takes the place of a volume.
///
/// Source: `validateFileKeyRefVolumes`.
fn files(spec: &At<'_>, claims: &[&str], report: &mut Report) {
    let volumes = spec.field("volumes");
    each_container(spec, &mut |container| {
        for variable in container.field("env").items() {
            let source = variable.field("valueFrom");
            let file = source.field("fileKeyRef");
            let name = file.field("volumeName");
            let volume = volumes
                .items()
                .filter(|volume| volume.field("name").text() == name.text())
                .last();
            let is_claim = claims.contains(&name.text());
            let is_empty_dir = volume.is_some_and(|volume| volume.field("emptyDir").is_present());
            if !file.is_present() || (is_empty_dir && !is_claim) {
            } else if is_claim || volume.is_some() {
                report.invalid(&name, "referenced volume must be of type emptyDir");
            } else {
                report.not_found(&name);
            }
        }
    });
}
