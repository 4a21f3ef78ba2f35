//! The Pod's security context, and the namespaces that it shares with its host.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validatePodSpecSecurityContext`, `validateHostUsers`.

use crate::validation::names;
use crate::validation::pod::{Options, each_container, profiles};
use crate::validation::report::{At, Report};

/// Source: `validatePodSpecSecurityContext`.
pub(super) fn context(spec: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let context = spec.field("securityContext");
    for owner in ["fsGroup", "runAsUser", "runAsGroup"] {
        let owner = context.field(owner);
        if owner.is_present() {
            report.invalid_for(&owner, names::is_owner_id(owner.number()));
        }
    }
    for group in context.field("supplementalGroups").items() {
        report.invalid_for(&group, names::is_owner_id(group.number()));
    }
    let shares = spec.field("shareProcessNamespace");
    if shares.flag() && spec.field("hostPID").flag() {
        // The API server's own type had the field in the security context.
        let parent = if options.minor <= 36 { &context } else { spec };
        report.invalid(
            &parent.alias("shareProcessNamespace", &shares),
            "ShareProcessNamespace and HostPID cannot both be enabled",
        );
    }
    sysctls(&context.field("sysctls"), spec, options, report);
    super::one_of(
        &context.field("fsGroupChangePolicy"),
        &["Always", "OnRootMismatch"],
        report,
    );
    profiles::seccomp(&context.field("seccompProfile"), report);
    profiles::windows(&context.field("windowsOptions"), report);
    profiles::app_armor(&context.field("appArmorProfile"), report);
    super::one_of(
        &context.field("supplementalGroupsPolicy"),
        &["Merge", "Strict"],
        report,
    );
    let changes = if options.allows_only_recursive_se_linux_change {
        &["Recursive"][..]
    } else {
        &["MountOption", "Recursive"]
    };
    super::one_of(&context.field("seLinuxChangePolicy"), changes, report);
}

/// Source: `validateHostUsers`.
pub(super) fn host_users(spec: &At<'_>, options: &Options<'_>, report: &mut Report) {
    const DETAIL: &str = "when `hostUsers` is false";
    let users = spec.field("hostUsers");
    if !users.is_present() || users.flag() {
        return;
    }
    let network = spec.field("hostNetwork");
    if network.flag() && !options.allows_user_namespace_in_host_network {
        report.forbidden(&network, DETAIL);
    }
    // Upstream's spelling.
    for (field, path) in [("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        let shared = spec.field(field);
        if shared.flag() {
            report.forbidden(&spec.alias(path, &shared), DETAIL);
        }
    }
    if options.allows_devices_in_user_namespace {
        return;
    }
    each_container(spec, &mut |container| {
        let devices = container.field("volumeDevices");
        if devices.len() > 0 {
            report.forbidden(&devices, DETAIL);
        }
    });
}

/// Kernel parameters of a namespace that the Pod shares with its host.
///
/// Source: `ValidateHostSysctl`.
pub(in crate::validation::pod) fn host_sysctls(sysctls: &At<'_>, spec: &At<'_>, report: &mut Report) {
    for sysctl in sysctls.items() {
        host_sysctl(&sysctl.field("name"), spec, report);
    }
}

/// Source: `validateSysctls`.
fn sysctls(sysctls: &At<'_>, spec: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for (index, sysctl) in sysctls.items().enumerate() {
        let name = sysctl.field("name");
        let mut earlier = sysctls.items().take(index);
        if name.text().is_empty() {
            report.required(&name, "");
        } else if !is_sysctl(name.text()) {
            report.invalid(
                &name,
                r"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
            );
        } else if earlier.any(|earlier| earlier.field("name").text() == name.text()) {
            report.duplicate(&name);
        }
        if !options.allows_host_sysctls {
            host_sysctl(&name, spec, report);
        }
    }
}

fn host_sysctl(name: &At<'_>, spec: &At<'_>, report: &mut Report) {
    let host = match namespace(name.text()) {
        Some(Namespace::Network) => "hostNetwork",
        Some(Namespace::Ipc) => "hostIPC",
        None => return,
    };
    if spec.field(host).flag() {
        report.invalid(name, format!("may not be specified when '{host}' is true"));
    }
}

/// Source: `IsValidSysctlName`.
fn is_sysctl(name: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 253
        && name.split(['.', '/']).all(|segment| {
            let bytes = segment.as_bytes();
            bytes.first().is_some_and(|byte| is_end(*byte))
                && bytes.last().is_some_and(|byte| is_end(*byte))
                && bytes.iter().all(|byte| is_end(*byte) || b"-_".contains(byte))
        })
}

#[derive(Clone, Copy)]
enum Namespace {
    Network,
    Ipc,
}

/// Source: `k8s.io/component-helpers/node/util/sysctl`, `GetNamespace`, `NormalizeName`.
fn namespace(name: &str) -> Option<Namespace> {
    let swap = |c| match c {
        '/' => '.',
        '.' => '/',
        other => other,
    };
    // What stands first separates.
    let is_path = name
        .find(['.', '/'])
        .is_some_and(|at| name.as_bytes().get(at) == Some(&b'/'));
    let dotted: String = if is_path {
        name.chars().map(swap).collect()
    } else {
        name.to_owned()
    };
    let name = dotted.split('*').next().unwrap_or_default();
    let of_ipc = [
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    if name.starts_with("net.") {
        Some(Namespace::Network)
    } else if name.starts_with("fs.mqueue.") || of_ipc.contains(&name) {
        Some(Namespace::Ipc)
    } else {
        None
    }
}
