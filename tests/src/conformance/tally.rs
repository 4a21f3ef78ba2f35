//! How often each action, reason, wait, branch and stage occurred: a comparison proves only what it has seen.

use std::collections::BTreeMap;

use steadfast_core::{Plan, Profile};

use super::branch;
use super::question::reads_clock;

/// Every action.
pub const ACTIONS: [&str; 11] = [
    "AdoptControllerRevision",
    "CreateControllerRevision",
    "UpdateControllerRevision",
    "DeleteControllerRevision",
    "AdoptPod",
    "ReleasePod",
    "CreatePod",
    "UpdatePod",
    "DeletePod",
    "CreatePersistentVolumeClaim",
    "UpdatePersistentVolumeClaim",
];

/// Every reason.
pub const REASONS: [&str; 14] = [
    "orphan",
    "selectorMismatch",
    "nameMismatch",
    "newTemplate",
    "rollback",
    "historyLimit",
    "replicaMissing",
    "podMismatch",
    "scaleDown",
    "rollingUpdate",
    "recreate",
    "terminalPhase",
    "claimMissing",
    "claimRetention",
];

/// Every wait. `planLimit` is left out: a plan reaches it only past 200,000 actions.
pub const WAITS: [&str; 15] = [
    "podRunningAndReady",
    "podAvailable",
    "podTermination",
    "claimTermination",
    "claimStale",
    "nameTaken",
    "partition",
    "maxUnavailable",
    "manualDelete",
    "setDeletion",
    "revisionAdoption",
    "selectorInvalid",
    "revisionUnreadable",
    "strategyDisabled",
    "maxUnavailableInvalid",
];

/// The groups in the order in which they are shown, each with the names that are shown even at 0.
pub const GROUPS: [(&str, &[&str]); 4] = [
    ("action", &ACTIONS),
    ("wait", &WAITS),
    ("reason", &REASONS),
    ("branch", &branch::BRANCHES),
];

/// Counts of one run of worlds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub worlds: u64,
    pub mismatches: u64,
    counts: BTreeMap<(&'static str, &'static str), u64>,
}

impl Tally {
    /// Counts each thing once a world.
    pub fn add(&mut self, plan: &Plan, stage: &'static str, branches: &[&'static str]) {
        self.worlds += 1;
        let mut seen = vec![("stage", stage)];
        for action in &plan.actions {
            seen.push(("action", action.operation.name()));
            seen.push(("reason", action.reason.code()));
        }
        seen.extend(plan.waits.iter().map(|wait| ("wait", wait.code.name())));
        seen.extend(branches.iter().map(|branch| ("branch", *branch)));
        seen.sort_unstable();
        seen.dedup();
        for key in seen {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// Adds what another thread has counted.
    pub fn merge(&mut self, other: &Self) {
        self.worlds += other.worlds;
        self.mismatches += other.mismatches;
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
    }

    /// How often the thing `name` of `group` occurred.
    pub fn count(&self, group: &str, name: &str) -> u64 {
        let found = self.counts.iter().find(|((g, n), _)| (*g, *n) == (group, name));
        found.map_or(0, |(_, count)| *count)
    }

    /// Everything that occurred.
    pub fn seen(&self) -> impl Iterator<Item = &'static str> {
        self.counts.keys().map(|(_, name)| *name)
    }

    /// The names of a group: those that are always shown, then others that occurred.
    pub fn names(&self, group: &str) -> Vec<&'static str> {
        let always = GROUPS.iter().find(|(name, _)| *name == group);
        let mut names = always.map_or(Vec::new(), |(_, names)| names.to_vec());
        for (_, name) in self.counts.keys().filter(|(g, _)| *g == group) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        names
    }
}

/// Whether a thing can occur at all under a version, whatever its gates are: what cannot is shown as a dot.
pub fn is_possible(name: &str, profile: &Profile) -> bool {
    let knows = |gate: &str| profile.clone().with_gate(gate, true).is_ok();
    match name {
        "strategyDisabled" | "recreate" => knows("StatefulSetRecreateStrategy"),
        name if name.starts_with("recreate:") => knows("StatefulSetRecreateStrategy"),
        "update: unavailable old Pods first" => knows("StatefulSetRecreateStrategy"),
        "status: conditions kept" => knows("StatefulSetRecreateStrategy"),
        "revision: semantically equal" => knows("StatefulSetSemanticRevisionComparison"),
        // Worlds for a controller that reads the real clock are kept away from the boundary.
        "pods: available this very moment" | "pods: available a second later" => {
            !reads_clock(profile.kubernetes())
        }
        _ => true,
    }
}

/// What could have occurred under a version and did not.
pub fn never_seen(tally: &Tally, profile: &Profile) -> Vec<&'static str> {
    let all = GROUPS
        .iter()
        .flat_map(|(group, names)| names.iter().map(move |name| (*group, *name)));
    all.filter(|(group, name)| tally.count(group, name) == 0 && is_possible(name, profile))
        .map(|(_, name)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, REASONS, WAITS};
    use serde_json::json;
    use steadfast_core::{Operation, Reason, WaitCode};

    /// Serde lists what it knows when it meets what it does not: so a new code cannot be missing from the table.
    fn known<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Vec<String> {
        let sentence = serde_json::from_value::<T>(value).err().unwrap().to_string();
        let (_, list) = sentence.split_once("expected one of ").unwrap();
        list.split(", ")
            .map(|name| name.trim_matches('`').to_owned())
            .collect()
    }

    #[test]
    fn the_table_has_every_action_reason_and_wait_there_is() {
        for action in known::<Operation>(json!({"type": "?"})) {
            assert!(ACTIONS.contains(&action.as_str()), "{action}");
        }
        for reason in known::<Reason>(json!({"code": "?"})) {
            assert!(REASONS.contains(&reason.as_str()), "{reason}");
        }
        for wait in known::<WaitCode>(json!("?")) {
            assert!(wait == "planLimit" || WAITS.contains(&wait.as_str()), "{wait}");
        }
    }
}
