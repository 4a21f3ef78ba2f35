//! What the lives were made of: a comparison proves only what it has seen.

use std::collections::BTreeMap;
use std::fmt;

use steadfast_sim::Cluster;
use steadfast_sim::trace::Happening;

use super::Outcome;
use super::ours::Ours;

/// Counts over many lives.
#[derive(Default)]
pub struct Tally {
    /// Lives that were played.
    pub lives: u64,
    /// Looks of the controller that the core drives.
    pub looks: u64,
    /// Decisions asked of upstream.
    pub questions: u64,
    /// Lives with a difference.
    pub differences: u64,
    counts: BTreeMap<(&'static str, String), u64>,
}

impl Tally {
    pub(super) fn add(&mut self, ours: &Ours, cluster: &Cluster) {
        self.lives += 1;
        self.looks += ours.looks.len() as u64;
        self.questions += ours.asked();
        for (group, counts) in [("action", &ours.actions), ("wait", &ours.waits)] {
            for (name, count) in counts {
                self.note(group, name, *count);
            }
        }
        for (what, count) in &ours.refused {
            self.note("refused", what, *count);
        }
        for entry in cluster.trace().entries() {
            if let Happening::Scenario { event, error } = &entry.what {
                let names = event.as_object().into_iter().flatten().map(|(name, _)| name);
                let name = names
                    .filter(|name| *name != "at")
                    .fold(String::new(), |_, name| name.clone());
                self.note(if error.is_some() { "impossible" } else { "event" }, &name, 1);
            }
        }
    }

    /// Counts how a life ended.
    pub fn end(&mut self, outcome: &Outcome) {
        self.differences += u64::from(outcome.difference.is_some());
        if outcome.was_cut {
            self.note("end", "cut", 1);
        }
        if outcome.ends.is_empty() {
            self.note("end", "gone", 1);
        }
        for end in &outcome.ends {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let (how, state) = (text(&end["outcome"]), text(&end["verdict"]["state"]));
            self.note("end", &format!("{how}, {state}"), 1);
        }
    }

    /// How often something was seen, such as the action `CreatePod`.
    pub fn count(&self, group: &'static str, name: &str) -> u64 {
        self.counts
            .get(&(group, name.to_owned()))
            .copied()
            .unwrap_or_default()
    }

    fn note(&mut self, group: &'static str, name: &str, count: u64) {
        *self.counts.entry((group, name.to_owned())).or_default() += count;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} lives, {} looks, {} questions, {} differences",
            self.lives, self.looks, self.questions, self.differences
        )?;
        for ((group, name), count) in &self.counts {
            writeln!(f, "  {group:<10} {name:<46} {count:>9}")?;
        }
        Ok(())
    }
}
