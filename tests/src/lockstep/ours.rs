//! The simulation that the core drives: its looks are noted, and with faults each is asked of upstream too.

use std::collections::BTreeMap;

use steadfast_core::{Plan, reconcile};
use steadfast_sim::cluster::{Decider, Decision, Look};
use steadfast_sim::trace::{Happening, Trace};

use super::Found;
use super::after_failures::{Did, after_failures};
use super::invariants::Invariants;
use super::question::{Asker, Observed};
use crate::conformance::difference;

pub(super) struct Ours {
    /// Where upstream is asked at each look.
    asker: Option<Asker>,
    pub looks: Vec<Found>,
    pub difference: Option<String>,
    pub invariants: Invariants,
    pub actions: BTreeMap<&'static str, u64>,
    pub waits: BTreeMap<&'static str, u64>,
    pub refused: BTreeMap<String, u64>,
    /// The last look, until it is known what became of its plan.
    last: Option<(Plan, Observed)>,
    /// How much of the trace is older than the last look.
    told: usize,
}

impl Ours {
    pub fn new(asker: Option<Asker>, repeats_deletes: bool) -> Self {
        Self {
            looks: Vec::new(),
            difference: None,
            invariants: Invariants::new(repeats_deletes),
            asker,
            actions: BTreeMap::new(),
            waits: BTreeMap::new(),
            refused: BTreeMap::new(),
            last: None,
            told: 0,
        }
    }

    pub fn asked(&self) -> u64 {
        self.asker.as_ref().map_or(0, |asker| asker.asked)
    }

    /// Whether a new or renumbered revision could not be written.
    pub fn has_refused_revision(&self) -> bool {
        let is_one = |what: &String| {
            ["CreateControllerRevision ", "UpdateControllerRevision "]
                .iter()
                .any(|kind| what.starts_with(kind))
        };
        self.refused.keys().any(is_one)
    }

    /// Judges what became of the last look's plan.
    pub fn finish(&mut self, trace: &Trace) {
        let Some((plan, observed)) = self.last.take() else {
            return;
        };
        let entries = &trace.entries()[self.told..];
        let did = Did::of(entries.iter().filter_map(|entry| match &entry.what {
            Happening::Action { .. } | Happening::Status { .. } => Some(&entry.what),
            _ => None,
        }));
        for (verb, reason) in did.refused() {
            *self.refused.entry(format!("{verb} {reason}")).or_default() += 1;
        }
        let broken = self.invariants.after(&plan, &did);
        self.differ(broken);
        if let Some(asker) = &mut self.asker
            && did.has_refused()
        {
            let found = after_failures(&plan, &did, &observed, asker);
            self.differ(found);
        }
    }

    fn differ(&mut self, found: Option<String>) {
        if let (None, Some(found)) = (&self.difference, found) {
            let number = self.looks.len().saturating_sub(1);
            let at = self.looks.last().map_or(0, |look| look.at.0);
            self.difference = Some(format!("the core's look {number}, at {at} ms: {found}"));
        }
    }
}

impl Decider for Ours {
    fn look(&mut self, look: &mut Look<'_>) -> Decision {
        self.finish(look.trace());
        self.told = look.trace().entries().len();
        self.looks.push(Found {
            at: look.at(),
            store: look.store().clone(),
        });
        let plan = reconcile(look.observed(), look.now(), look.profile());
        for action in &plan.actions {
            *self.actions.entry(action.operation.name()).or_default() += 1;
        }
        for wait in &plan.waits {
            *self.waits.entry(wait.code.name()).or_default() += 1;
        }
        let broken = self.invariants.before(&plan, look);
        self.differ(broken);
        let mut observed = Observed(String::new());
        if let Some(asker) = &mut self.asker {
            observed = Observed::of(look);
            let found = match asker.ask(&observed, &[]) {
                Ok(answer) => difference(&answer, &plan).map(|found| format!("{found}\n{}", observed.0)),
                Err(sentence) => Some(sentence),
            };
            self.differ(found);
        }
        self.last = Some((plan.clone(), observed));
        Decision::Plan(plan)
    }
}
