//! The security contexts of containers.
//!
//! Source: `ValidateSecurityContext`. What `--allow-privileged` of the API server forbids is not reported: clusters
//! switch it on.

use serde_json::Value;

use super::super::profiles;
use super::super::ratchet::{CONTAINERS, has_old, items};
use super::super::rule::{Rule, apply, owner};
use super::Pod;
use crate::validation::report::{At, Report};

/// The security context of one container.
pub(super) fn of(container: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    let at = container.field("securityContext");
    if !at.is_present() {
        return;
    }
    const RULES: &[Rule] = &[
        owner("runAsUser"),
        owner("runAsGroup"),
        Rule::OneOf("procMount", &["Default", "Unmasked"]),
    ];
    apply(RULES, &at, pod.options, report);
    let (proc_mount, own_users) = (at.field("procMount"), pod.spec.field("hostUsers"));
    if proc_mount.text() == "Unmasked" && (!own_users.is_present() || own_users.flag()) {
        report.invalid(&proc_mount, "`hostUsers` must be false to use `Unmasked`");
    }
    profiles::seccomp(&at.field("seccompProfile"), report);
    let escalation = at.field("allowPrivilegeEscalation");
    if escalation.is_present() && !escalation.flag() {
        if at.field("privileged").flag() {
            let sentence = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            report.invalid(&at, sentence);
        }
        let capabilities = at.field("capabilities");
        let may_stay = pod.options.minor >= 37 && has_old(pod.options, &CONTAINERS, is_contradictory);
        for _ in capabilities
            .field("add")
            .items()
            .filter(|name| is_admin(name.value()) && !may_stay)
        {
            let sentence =
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            report.invalid(&at, sentence);
        }
    }
    profiles::windows(&at.field("windowsOptions"), report);
    profiles::app_armor(&at.field("appArmorProfile"), report);
}

/// Source: `hasSysAdminAndPrivilegeEscalationFalse`, which takes nothing for false too.
fn is_contradictory(container: &Value) -> bool {
    container.get("securityContext").is_some_and(|context| {
        let escalates = context.get("allowPrivilegeEscalation").and_then(Value::as_bool);
        let capabilities = context.get("capabilities").unwrap_or(&Value::Null);
        escalates != Some(true) && items(capabilities, "add").any(is_admin)
    })
}

fn is_admin(capability: &Value) -> bool {
    capability == "CAP_SYS_ADMIN"
}
