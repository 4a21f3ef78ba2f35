//! What an operating system does not have.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateOS`, `validateLinux`, `validateWindows`,
//! `validateWindowsHostProcessPod`.

use serde_json::Value;

use crate::validation::pod::each_container;
use crate::validation::report::{At, Report};

/// Fields of both security contexts that Windows knows nothing of.
const NOT_FOR_WINDOWS: [&str; 5] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "runAsUser",
    "runAsGroup",
];

/// Groups are refused even where the list is empty.
const ONLY_OF_PODS: [&str; 6] = [
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];

const ONLY_OF_CONTAINERS: [&str; 5] = [
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
];

/// What may not be set for the operating system that the Pod names, if it names one.
pub(super) fn forbidden(spec: &At<'_>, report: &mut Report) {
    let os = spec.field("os");
    let name = os.field("name");
    if !os.is_present() {
        return;
    }
    let context = spec.field("securityContext");
    match name.text() {
        "" => report.required(&name, ""),
        "linux" => {
            let detail = "windows options cannot be set for a linux pod";
            none_of(&context, &[&["windowsOptions"]], detail, report);
            each_container(spec, &mut |container| {
                let own = container.field("securityContext");
                none_of(&own, &[&["windowsOptions"]], detail, report);
            });
        }
        "windows" => {
            let detail = "cannot be set for a windows pod";
            none_of(&context, &[&NOT_FOR_WINDOWS, &ONLY_OF_PODS], detail, report);
            for host in ["hostPID", "hostIPC"].map(|host| spec.field(host)) {
                if host.flag() {
                    report.forbidden(&host, detail);
                }
            }
            none_of(spec, &[&["hostUsers", "shareProcessNamespace"]], detail, report);
            each_container(spec, &mut |container| {
                let own = container.field("securityContext");
                none_of(&own, &[&NOT_FOR_WINDOWS, &ONLY_OF_CONTAINERS], detail, report);
            });
        }
        _ => report.not_supported(&os.showing(&name), &["linux", "windows"]),
    }
}

/// All containers are processes of the host or none is. Whether a cluster allows that is the API server's flag
/// `--allow-privileged`, which every distribution sets.
///
/// Source: `validateWindowsHostProcessPod`.
pub(super) fn host_process(spec: &At<'_>, report: &mut Report) {
    let context = spec.field("securityContext");
    let of_pod = context
        .field("windowsOptions")
        .field("hostProcess")
        .value()
        .as_bool();
    let (mut containers, mut processes) = (0, 0);
    each_container(spec, &mut |container| {
        let context = container.field("securityContext");
        let windows = context.field("windowsOptions");
        let own = windows.field("hostProcess");
        if let Some(of_pod) = of_pod
            && own.is_present()
            && own.flag() != of_pod
        {
            report.invalid(
                &own,
                format!("pod hostProcess value must be identical if both are specified, was {of_pod}"),
            );
        }
        containers += 1;
        processes += usize::from(own.value().as_bool().or(of_pod).unwrap_or_default());
    });
    if processes > 0 && processes != containers {
        report.invalid(
            &spec.showing_nothing(),
            "If pod contains any hostProcess containers then all containers must be HostProcess containers",
        );
    }
    let network = spec.field("hostNetwork");
    if processes > 0 && !network.flag() {
        report.invalid(
            &network.with(&Value::Bool(false)),
            "hostNetwork must be true if pod contains any hostProcess containers",
        );
    }
}

fn none_of(at: &At<'_>, lists: &[&[&str]], detail: &str, report: &mut Report) {
    for name in lists.iter().copied().flatten() {
        let field = at.field(name);
        if field.is_present() {
            report.forbidden(&field, detail);
        }
    }
}
