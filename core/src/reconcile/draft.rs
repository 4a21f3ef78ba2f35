//! The plan while it is being written: numbers batches, and drops an action that is in it already.

use super::Stopped;
use crate::plan::{Action, Operation, Plan, Reason, Wait};
use crate::sorted::SortedMap;

/// How many actions on Pods and claims a plan holds at most. It is more than a simulated or real cluster can take at
/// once, and keeps a set of two thousand million Parallel replicas from filling the memory.
pub(super) const MOST_ACTIONS: usize = 200_000;

#[derive(Default)]
pub(super) struct Draft {
    pub plan: Plan,
    /// The next action opens a new batch.
    is_new_batch: bool,
    /// Where the actions on each Pod and claim stand.
    written: SortedMap<(&'static str, String), Vec<usize>>,
}

impl Draft {
    /// Ends the batch; a batch without an action takes no number.
    pub fn end_batch(&mut self) {
        self.is_new_batch = true;
    }

    /// Adds an action on behalf of `pod`, unless the plan has the very same already; false where it has.
    pub fn push(&mut self, operation: Operation, name: impl Into<String>, pod: &str, reason: Reason) -> bool {
        let name = name.into();
        let actions = &self.plan.actions;
        let is_new = self.written.change((operation.name(), name.clone()), |places| {
            let is_same = |at: &usize| actions.get(*at).is_some_and(|a| a.operation == operation);
            let is_new = !places.iter().any(is_same);
            if is_new {
                places.push(actions.len());
            }
            is_new
        });
        if !is_new {
            return false;
        }
        self.add(operation, name, Some(pod.to_owned()), reason);
        true
    }

    /// Adds an action on a revision, in a batch of its own.
    pub fn push_revision(&mut self, operation: Operation, name: impl Into<String>, reason: Reason) {
        self.end_batch();
        self.add(operation, name.into(), None, reason);
        self.end_batch();
    }

    /// Says what is waited for, and goes on.
    pub fn wait(&mut self, wait: Wait) {
        self.plan.waits.push(wait);
    }

    /// Says what is waited for, and ends the pass.
    pub fn stop<T>(&mut self, wait: Wait) -> Result<T, Stopped> {
        self.wait(wait);
        Err(Stopped(()))
    }

    /// Ends the pass because of the action that was pushed last.
    pub fn stop_after_action<T>(&self) -> Result<T, Stopped> {
        Err(Stopped(()))
    }

    pub fn is_full(&self) -> bool {
        self.plan.actions.len() >= MOST_ACTIONS
    }

    pub fn into_plan(self) -> Plan {
        self.plan
    }

    fn add(&mut self, operation: Operation, name: String, pod: Option<String>, reason: Reason) {
        let last = self.plan.actions.last().map(|action| action.batch);
        let batch = match last {
            None => 0,
            Some(last) if self.is_new_batch => last.saturating_add(1),
            Some(last) => last,
        };
        self.is_new_batch = false;
        self.plan.actions.push(Action {
            operation,
            name,
            pod,
            batch,
            reason,
        });
    }
}
