//! Whether and when a single container is restarted: when it ends, and when its resources change.
//!
//! Source: `validateContainerRestartPolicy`, `validateInitContainerRestartPolicy`, `validateResizePolicy`.

use serde_json::Value;

use super::super::Options;
use super::super::ratchet::{has_old, items};
use super::Pod;
use crate::validation::gates::{PodGate, is_on};
use crate::validation::report::{At, Report};

/// An init container that keeps running.
pub(super) fn is_sidecar(container: &Value) -> bool {
    container
        .get("restartPolicy")
        .is_some_and(|policy| policy == "Always")
}

/// The restart policy of a normal container.
///
/// Where the rules are not allowed, 1.34 has cleared them (`dropContainerRestartRules`): the sentences that upstream has
/// for that are never said. Only a stored set may still have rules, without a policy, and those it does not look at.
pub(super) fn of_normal(container: &At<'_>, options: &Options<'_>, report: &mut Report) {
    if allows_rules(options) {
        policy_and_rules(container, options, report);
    }
}

/// The restart policy of an init container. Source: `validateInitContainerRestartPolicy`.
pub(super) fn of_init(container: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let (policy, rules) = (
        container.field("restartPolicy"),
        container.field("restartPolicyRules"),
    );
    if !policy.is_present() {
        if rules.len() > 0 && options.minor >= 35 {
            report.required(&policy, NEEDS_POLICY);
        }
    } else if policy.text() != "Always" || allows_restart_all(options) {
        policy_and_rules(container, options, report);
    } else if rules.len() > 0 {
        let sentence = "restartPolicyRules are not allowed for init containers with restart policy Always";
        report.forbidden(&rules, sentence);
    }
}

const NEEDS_POLICY: &str = "must specify restartPolicy when restart rules are used";

/// Source: `validateContainerRestartPolicy`.
fn policy_and_rules(container: &At<'_>, options: &Options<'_>, report: &mut Report) {
    const POLICIES: &[&str] = &["Always", "Never", "OnFailure"];
    let (policy, rules) = (
        container.field("restartPolicy"),
        container.field("restartPolicyRules"),
    );
    if !policy.is_present() {
        if rules.len() == 0 {
            return;
        }
        report.required(&policy, NEEDS_POLICY);
    } else if !POLICIES.contains(&policy.text()) {
        report.not_supported(&policy, POLICIES);
    }
    at_most(20, &rules, options, report);
    let actions: &[&str] = if allows_restart_all(options) {
        &["Restart", "RestartAllContainers"]
    } else {
        &["Restart"]
    };
    for rule in rules.items() {
        let (action, codes) = (rule.field("action"), rule.field("exitCodes"));
        if !actions.contains(&action.text()) {
            // 1.35 concealed the other one.
            let shown = if options.minor >= 36 {
                actions
            } else {
                &["Restart"]
            };
            report.not_supported(&action, shown);
        }
        if !codes.is_present() {
            report.required(&codes, "must be specified");
            continue;
        }
        let operator = codes.field("operator");
        if !["In", "NotIn"].contains(&operator.text()) {
            report.not_supported(&operator, &["In", "NotIn"]);
        }
        at_most(255, &codes.field("values"), options, report);
    }
}

/// Until 1.35 items were called bytes.
fn at_most(limit: usize, list: &At<'_>, options: &Options<'_>, report: &mut Report) {
    if list.len() > limit && options.minor >= 36 {
        report.too_many(list, limit);
    } else if list.len() > limit {
        report.too_long(list, limit);
    }
}

/// Source: `containerRestartRulesInUse`.
fn allows_rules(options: &Options<'_>) -> bool {
    let has_policy = |container: &Value| {
        container
            .get("restartPolicy")
            .is_some_and(|policy| !policy.is_null())
    };
    let has_other_policy = |container: &Value| {
        let policy = container.get("restartPolicy");
        let is_other = policy.is_some_and(|policy| !policy.is_null() && policy != "Always");
        is_other || items(container, "restartPolicyRules").len() > 0
    };
    is_on(PodGate::ContainerRestartRules, options.minor)
        || has_old(options, &["initContainers"], has_other_policy)
        || has_old(options, &["containers"], has_policy)
}

/// Source: `restartAllContainersActionInUse`.
fn allows_restart_all(options: &Options<'_>) -> bool {
    let in_use = |container: &Value| {
        let mut rules = items(container, "restartPolicyRules");
        rules.any(|rule| {
            rule.get("action")
                .is_some_and(|action| action == "RestartAllContainers")
        })
    };
    let has_rules =
        |container: &Value| is_sidecar(container) && items(container, "restartPolicyRules").len() > 0;
    is_on(PodGate::RestartAllContainersOnContainerExits, options.minor)
        || (options.minor >= 35
            && (has_old(options, &["containers", "initContainers"], in_use)
                || has_old(options, &["initContainers"], has_rules)))
}

/// Source: `validateResizePolicy`.
pub(super) fn resize(container: &At<'_>, pod: &Pod<'_>, report: &mut Report) {
    let list = container.field("resizePolicy");
    let never_restarts = pod.spec.field("restartPolicy").text() == "Never";
    let mut seen = Vec::new();
    for item in list.items() {
        let (name, policy) = (item.field("resourceName"), item.field("restartPolicy"));
        if seen.contains(&name.text().to_owned()) {
            report.duplicate(&item.showing(&name));
        }
        seen.push(name.text().to_owned());
        // Upstream leaves out which one it means.
        for (text, known) in [
            (&name, ["cpu", "memory"]),
            (&policy, ["NotRequired", "RestartContainer"]),
        ] {
            super::choice(&list.with(text.value()), &known, report);
        }
        if never_restarts && policy.text() != "NotRequired" {
            let whose = if pod.options.minor >= 36 { "pod " } else { "" };
            let sentence = format!("must be 'NotRequired' when {whose}`restartPolicy` is 'Never'");
            report.invalid(&list.showing(&policy), sentence);
        }
    }
}

/// An init container that ends cannot be restarted for its resources, which was found in 1.36.
/// Source: `hasRestartContainerForNonSidecarInitContainer`.
pub(super) fn on_resize(container: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let has_been = |container: &Value| {
        let mut policies = items(container, "resizePolicy");
        !is_sidecar(container) && policies.any(|policy| policy.get("restartPolicy").is_some_and(restarts))
    };
    if options.minor < 36 || has_old(options, &["initContainers"], has_been) {
        return;
    }
    for item in container.field("resizePolicy").items() {
        let policy = item.field("restartPolicy");
        if restarts(policy.value()) {
            let sentence = "must not be set to 'RestartContainer' for non-sidecar initContainers";
            report.invalid(&policy, sentence);
        }
    }
}

fn restarts(policy: &Value) -> bool {
    policy == "RestartContainer"
}
