//! How often each action, reason, wait and stage occurred: a comparison proves only what it has seen.

use std::collections::BTreeMap;
use std::fmt;

use steadfast_core::Plan;

#[derive(Default)]
pub struct Tally {
    pub worlds: u64,
    pub mismatches: u64,
    counts: BTreeMap<(&'static str, String), u64>,
}

impl Tally {
    /// Counts each thing once a world.
    pub fn add(&mut self, plan: &Plan, stage: &str) {
        self.worlds += 1;
        let mut seen = vec![("stage", stage.to_owned())];
        for action in &plan.actions {
            seen.push(("action", action.operation.name().to_owned()));
            seen.push(("reason", action.reason.code().to_owned()));
        }
        seen.extend(
            plan.waits
                .iter()
                .map(|wait| ("wait", wait.code.name().to_owned())),
        );
        if plan.is_empty() {
            seen.push(("other", "empty plan".to_owned()));
        }
        if plan.requeue_after.is_some() {
            seen.push(("other", "requeueAfterSeconds".to_owned()));
        }
        if plan.status.is_none() {
            seen.push(("other", "no status".to_owned()));
        }
        seen.sort();
        seen.dedup();
        for key in seen {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    /// How often the action, reason or wait `name` of `group` occurred.
    pub fn count(&self, group: &'static str, name: &str) -> u64 {
        self.counts
            .get(&(group, name.to_owned()))
            .copied()
            .unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} worlds, {} mismatches", self.worlds, self.mismatches)?;
        for ((group, name), count) in &self.counts {
            writeln!(f, "  {group:<7} {name:<30} {count:>9}")?;
        }
        Ok(())
    }
}
