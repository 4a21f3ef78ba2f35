//! One plan while it is carried out.
//!
//! Batches in order until one contains a failure; then the status, if nothing failed that upstream does before it counts;
//! then the deletes of old revisions. Inside a batch the actions of different Pods run at once, those of one Pod in order.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use steadfast_core::sorted::{SortedMap, SortedSet};
use steadfast_core::{Action, Kind, Observed, Operation, Plan};

use super::announce::announce;
use crate::cluster::Machine;
use crate::store::{ApiError, DeleteOptions, Key, Object, Resource, Write};
use crate::trace::{ActionRecord, Happening, Refusal, SetName};

/// A plan and how far it is carried out.
#[derive(Clone)]
pub(super) struct Run {
    plan: Plan,
    /// The first action that stands in no batch yet.
    next: usize,
    /// What is left of the batch, a chain for each Pod.
    chains: Vec<Chain>,
    stage: Stage,
    /// Actions that failed or were not reached.
    undone: SortedSet<usize>,
    /// Something failed that upstream does before it counts Pods.
    has_failed_early: bool,
    has_failed: bool,
    taken_name: Option<String>,
    refusal: Option<(String, Refusal)>,
}

/// How a run ended.
pub(super) struct Outcome {
    /// An action or the status was refused.
    pub has_failed: bool,
    /// A wait of the plan asks for a retry.
    pub must_retry: bool,
    /// When the plan asks to be called again.
    pub requeue_after: Option<Duration>,
    /// The name of a new revision that another one has already.
    pub taken_name: Option<String>,
    /// The first write that was refused.
    pub refusal: Option<(String, Refusal)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Batches,
    Status,
    Trim,
}

/// The actions of one Pod in one batch.
#[derive(Clone, Default)]
struct Chain {
    actions: Vec<usize>,
    /// A claim could not be created: its siblings still are, the Pod is not.
    only_claims: bool,
}

impl Run {
    pub fn of(plan: Plan) -> Self {
        Self {
            plan,
            next: 0,
            chains: Vec::new(),
            stage: Stage::Batches,
            undone: SortedSet::new(),
            has_failed_early: false,
            has_failed: false,
            taken_name: None,
            refusal: None,
        }
    }

    /// A run whose calls were all made by somebody else.
    pub fn done(has_failed: bool, requeue_after: Option<Duration>) -> Self {
        let mut run = Self::of(Plan::default());
        run.plan.requeue_after = requeue_after;
        run.has_failed = has_failed;
        run.stage = Stage::Trim;
        run
    }

    /// Makes the next API calls, all those that run at once; false where none is left. `cache`: the set as it was observed.
    pub fn proceed(&mut self, set: &Key, cache: (&Object, &Observed), machine: &mut Machine) -> bool {
        loop {
            match self.stage {
                Stage::Batches => {
                    if self.chains.is_empty() && !self.open_batch() {
                        self.stage = Stage::Status;
                        continue;
                    }
                    if self.round(set, machine) {
                        return true;
                    }
                }
                Stage::Status => {
                    self.stage = Stage::Trim;
                    if self.write_status(set, cache, machine) {
                        return true;
                    }
                }
                Stage::Trim => return self.trim(set, machine),
            }
        }
    }

    pub fn outcome(self) -> Outcome {
        Outcome {
            has_failed: self.has_failed,
            must_retry: self.plan.is_retry(),
            requeue_after: self.plan.requeue_after,
            taken_name: self.taken_name,
            refusal: self.refusal,
        }
    }

    /// Forms the chains of the next batch; false where there is none, or the one before contains a failure.
    fn open_batch(&mut self) -> bool {
        let is_trim = |action: &Action| action.operation.is_trim();
        let Some(first) = self.plan.actions.get(self.next).filter(|action| !is_trim(action)) else {
            return false;
        };
        if self.has_failed {
            let rest = self.plan.actions.iter().enumerate().skip(self.next);
            self.undone
                .extend(rest.filter(|(_, action)| !is_trim(action)).map(|(at, _)| at));
            return false;
        }
        let batch = first.batch;
        let mut of_pod: SortedMap<&str, usize> = SortedMap::new();
        while let Some(action) = self
            .plan
            .actions
            .get(self.next)
            .filter(|a| a.batch == batch && !is_trim(a))
        {
            let place = match &action.pod {
                Some(pod) => of_pod.get(pod.as_str()).copied().unwrap_or(self.chains.len()),
                None => self.chains.len(),
            };
            if place == self.chains.len() {
                self.chains.push(Chain::default());
                of_pod.extend(action.pod.as_deref().map(|pod| (pod, place)));
            }
            if let Some(chain) = self.chains.get_mut(place) {
                chain.actions.push(self.next);
            }
            self.next += 1;
        }
        true
    }

    /// Makes the next call of every chain; false where there was nothing left to call.
    fn round(&mut self, set: &Key, machine: &mut Machine) -> bool {
        let mut has_called = false;
        for mut chain in std::mem::take(&mut self.chains) {
            // A Pod has few actions.
            while !chain.actions.is_empty() {
                let at = chain.actions.remove(0);
                let Some(action) = self.plan.actions.get(at) else {
                    continue;
                };
                let is_claim = matches!(action.operation, Operation::CreatePersistentVolumeClaim { .. });
                if chain.only_claims && !is_claim {
                    self.undone.insert(at);
                    continue;
                }
                has_called = true;
                if self.call(at, set, machine).is_err() {
                    self.undone.insert(at);
                    if is_claim {
                        chain.only_claims = true;
                    } else {
                        self.undone.extend(std::mem::take(&mut chain.actions));
                    }
                }
                break;
            }
            if !chain.actions.is_empty() {
                self.chains.push(chain);
            }
        }
        has_called
    }

    /// Carries out one action.
    fn call(&mut self, at: usize, set: &Key, machine: &mut Machine) -> Result<(), ()> {
        let Some(action) = self.plan.actions.get_mut(at) else {
            return Ok(());
        };
        let (key, write) = write_of(action, set);
        let result = machine.call(&key, write).map(drop);
        let is_done = |error: &ApiError| action.operation.is_done_despite(error.status, &machine.profile);
        let result = match result {
            Err(error) if is_done(&error) => Ok(()),
            other => other,
        };
        announce(action, set, result.as_ref().err(), machine);
        machine.record(|| Happening::Action {
            set: SetName::of(set),
            action: Arc::new(ActionRecord::of(action)),
            error: result.as_ref().err().map(Refusal::from),
        });
        let Err(error) = result else { return Ok(()) };
        let is_create_revision = matches!(action.operation, Operation::CreateControllerRevision { .. });
        if is_create_revision && error.reason == "AlreadyExists" {
            self.taken_name = Some(action.name.clone());
        }
        self.has_failed_early |= action.operation.is_before_status();
        let what = format!("{} {}", action.operation.name(), action.name);
        self.fail(what, &error);
        Err(())
    }

    fn fail(&mut self, what: String, error: &ApiError) {
        self.has_failed = true;
        self.refusal.get_or_insert_with(|| (what, Refusal::from(error)));
    }

    /// Writes the status, if there is one to be written; true where a call was made.
    fn write_status(
        &mut self,
        set: &Key,
        (object, observed): (&Object, &Observed),
        machine: &mut Machine,
    ) -> bool {
        if self.has_failed_early {
            return false;
        }
        let Some(status) = self
            .plan
            .status_to_write(&self.undone, observed, &machine.profile)
        else {
            return false;
        };
        let write = Write::PutStatus {
            key: set.clone(),
            of: (object.uid().to_owned(), object.version().to_owned()),
            status: json!(status),
        };
        let result = machine.call(set, write);
        let error = result.as_ref().err().map(Refusal::from);
        machine.record(|| Happening::Status {
            set: SetName::of(set),
            status: Box::new(status),
            error,
        });
        if let Err(error) = result {
            self.fail(format!("UpdateStatus {}", set.name), &error);
        }
        true
    }

    /// Deletes the next old revision; false where none is left. Nothing is deleted where the revisions themselves could not
    /// be written.
    fn trim(&mut self, set: &Key, machine: &mut Machine) -> bool {
        if self.has_failed_early {
            return false;
        }
        while let Some(action) = self.plan.actions.get(self.next) {
            let at = self.next;
            self.next += 1;
            if action.operation.is_trim() {
                if self.call(at, set, machine).is_err() {
                    self.next = self.plan.actions.len();
                }
                return true;
            }
        }
        false
    }
}

/// The request that an action is. Its object goes with it.
fn write_of(action: &mut Action, set: &Key) -> (Key, Write) {
    let resource = match action.operation.kind() {
        Kind::StatefulSet => Resource::StatefulSet,
        Kind::Pod => Resource::Pod,
        Kind::PersistentVolumeClaim => Resource::PersistentVolumeClaim,
        _ => Resource::ControllerRevision,
    };
    let key = Key {
        resource,
        namespace: Arc::clone(&set.namespace),
        name: action.name.as_str().into(),
    };
    let write = match &mut action.operation {
        Operation::CreatePod { object }
        | Operation::CreatePersistentVolumeClaim { object }
        | Operation::CreateControllerRevision { object } => Write::Create(std::mem::take(object)),
        Operation::UpdatePod { object }
        | Operation::UpdatePersistentVolumeClaim { object }
        | Operation::UpdateControllerRevision { object } => Write::Update(std::mem::take(object)),
        Operation::AdoptPod { patch }
        | Operation::ReleasePod { patch }
        | Operation::AdoptControllerRevision { patch } => Write::PatchMetadata {
            key: key.clone(),
            patch: std::mem::take(patch),
        },
        other => {
            let uid = other.uid().map(str::to_owned);
            Write::Delete {
                key: key.clone(),
                options: DeleteOptions {
                    uid,
                    ..DeleteOptions::default()
                },
            }
        }
    };
    (key, write)
}
