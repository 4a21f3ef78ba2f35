//! Carrying out one plan as `wire.md` says ("What a host does"): batches in order until one contains a failure; then the
//! status, if nothing failed that upstream does before it counts; then the deletes of old revisions. Inside a batch the actions
//! of different Pods run at once, those of one Pod in order.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::Value;
use steadfast_core::observed::Object;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Action, Kind, Operation, Plan, Profile, Status};

use crate::api::{Answer, Api, Refusal, Verb, Write};
use crate::expectations::Awaited;
use crate::object::{Key, is_terminating, text, uid};

/// The set that a plan is for, as it was observed.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its namespace and name.
    pub key: Key,
    /// The object.
    pub object: Object,
}

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Actions that failed or were not reached, by their index.
    pub undone: SortedSet<usize>,
    /// The first write that was refused: what it was, and why.
    pub refusal: Option<(String, Refusal)>,
    /// The name of a new revision that another one has already.
    pub taken_name: Option<String>,
    /// What was written, and must be seen before the set is decided about again.
    pub wrote: Vec<Awaited>,
    /// Something failed that upstream does before it counts Pods: then no status is written and nothing is trimmed.
    has_failed_early: bool,
}

/// Told of every action, with the refusal if there was one.
pub trait Listener: Send + Sync {
    /// An action was tried.
    fn tried(&self, action: &Action, refusal: Option<&Refusal>);
}

/// Carries out a plan. `status` gives the status to write after the actions of these indices were not done
/// ([`Plan::status_to_write`]).
pub async fn execute<A: Api>(
    api: &A,
    plan: &Plan,
    subject: &Subject,
    profile: &Profile,
    listener: &dyn Listener,
    status: impl FnOnce(&SortedSet<usize>) -> Option<Status>,
) -> Outcome {
    let mut run = Run {
        api,
        subject,
        profile,
        listener,
        outcome: Outcome::default(),
    };
    run.batches(plan).await;
    if !run.outcome.has_failed_early {
        if let Some(status) = status(&run.outcome.undone) {
            run.write_status(&status).await;
        }
        run.trim(plan).await;
    }
    run.outcome
}

struct Run<'a, A> {
    api: &'a A,
    subject: &'a Subject,
    profile: &'a Profile,
    listener: &'a dyn Listener,
    outcome: Outcome,
}

/// What became of the actions of one Pod in one batch.
#[derive(Default)]
struct Chained {
    undone: Vec<usize>,
    failures: Vec<(usize, Refusal)>,
    wrote: Vec<Awaited>,
}

impl<A: Api> Run<'_, A> {
    async fn batches(&mut self, plan: &Plan) {
        let mut rest: VecDeque<(usize, &Action)> = VecDeque::new();
        for (at, action) in plan.actions.iter().enumerate() {
            if !action.operation.is_trim() {
                rest.push_back((at, action));
            }
        }
        let adopts = |action: &Action| {
            matches!(
                action.operation,
                Operation::AdoptPod { .. } | Operation::AdoptControllerRevision { .. }
            )
        };
        if plan.actions.iter().any(adopts)
            && let Err(refusal) = self.check_before_adoption().await
        {
            self.outcome.undone.extend(places(&rest));
            self.outcome.has_failed_early = true;
            self.outcome.refusal = Some((format!("Adopt for {}", self.subject.key.name), refusal));
            return;
        }
        while let Some((_, first)) = rest.front() {
            let batch = first.batch;
            if self.outcome.refusal.is_some() {
                self.outcome.undone.extend(places(&rest));
                return;
            }
            let mut chains: Vec<VecDeque<(usize, &Action)>> = Vec::new();
            let mut of_pod: BTreeMap<&str, usize> = BTreeMap::new();
            while let Some((at, action)) = rest.front().copied().filter(|(_, action)| action.batch == batch) {
                rest.pop_front();
                let place = action.pod.as_deref().and_then(|pod| of_pod.get(pod).copied());
                let place = place.unwrap_or(chains.len());
                of_pod.extend(action.pod.as_deref().map(|pod| (pod, place)));
                match chains.get_mut(place) {
                    Some(chain) => chain.push_back((at, action)),
                    None => chains.push(VecDeque::from([(at, action)])),
                }
            }
            let running = FuturesUnordered::new();
            for chain in chains {
                running.push(self.chain(chain));
            }
            let mut running = running;
            let mut ended = Vec::new();
            while let Some(chained) = running.next().await {
                ended.push(chained);
            }
            drop(running);
            for chained in ended {
                self.take(chained, plan);
            }
        }
    }

    /// The actions of one Pod, in order.
    async fn chain(&self, chain: VecDeque<(usize, &Action)>) -> Chained {
        let mut chained = Chained::default();
        let mut has_failed = false;
        let mut only_claims = false;
        for (at, action) in chain {
            let is_claim = matches!(action.operation, Operation::CreatePersistentVolumeClaim { .. });
            if has_failed || (only_claims && !is_claim) {
                chained.undone.push(at);
                continue;
            }
            match self.act(action).await {
                Ok(wrote) => chained.wrote.extend(wrote),
                Err(refusal) => {
                    chained.undone.push(at);
                    chained.failures.push((at, refusal));
                    // The siblings of a claim that could not be created still are, the Pod is not.
                    only_claims |= is_claim;
                    has_failed |= !is_claim;
                }
            }
        }
        chained
    }

    fn take(&mut self, chained: Chained, plan: &Plan) {
        let outcome = &mut self.outcome;
        outcome.undone.extend(chained.undone);
        outcome.wrote.extend(chained.wrote);
        for (at, refusal) in chained.failures {
            let Some(action) = plan.actions.get(at) else {
                continue;
            };
            let is_new_revision = matches!(action.operation, Operation::CreateControllerRevision { .. });
            if is_new_revision && refusal.reason == "AlreadyExists" {
                outcome.taken_name = Some(action.name.clone());
            }
            outcome.has_failed_early |= action.operation.is_before_status();
            let what = format!("{} {}", action.operation.name(), action.name);
            outcome.refusal.get_or_insert((what, refusal));
        }
    }

    /// Carries out one action; what must be seen of it, if anything.
    async fn act(&self, action: &Action) -> Result<Option<Awaited>, Refusal> {
        let write = write_of(action, &self.subject.key);
        let result = self.api.write(write).await;
        let is_done = |refusal: &Refusal| action.operation.is_done_despite(refusal.code, self.profile);
        let result = match result {
            Err(refusal) if is_done(&refusal) => Ok(None),
            other => other.map(Some),
        };
        self.listener.tried(action, result.as_ref().err());
        result.map(|answer| answer.and_then(|answer| self.awaited(action, answer)))
    }

    fn awaited(&self, action: &Action, answer: Answer) -> Option<Awaited> {
        let is_delete = matches!(
            action.operation,
            Operation::DeletePod { .. } | Operation::DeleteControllerRevision { .. }
        );
        let uid = match action.operation.uid() {
            Some(uid) => uid.to_owned(),
            None => answer.uid,
        };
        // What was deleted at once answers with the version that it had before, or with none.
        let is_gone = is_delete && !answer.is_terminating;
        let version = if is_gone { 0 } else { answer.version };
        (is_gone || version > 0).then(|| Awaited {
            kind: action.operation.kind(),
            key: Key::new(&self.subject.key.namespace, &action.name),
            uid,
            version,
            since: Instant::now(),
        })
    }

    /// An uncached read: the set must be there, be the same, and not be on its way out (`controller_ref_manager.go`,
    /// `RecheckDeletionTimestamp`).
    async fn check_before_adoption(&self) -> Result<(), Refusal> {
        let Key { namespace, name } = &self.subject.key;
        let found = self.api.read(Kind::StatefulSet, namespace, name).await?;
        let wanted = uid(self.subject.object.whole());
        match found {
            Some(set) if uid(&set) != wanted => Err(Refusal::unanswered(format!(
                "original StatefulSet {namespace}/{name} is gone: got uid {}, wanted {wanted}",
                uid(&set)
            ))),
            Some(set) if is_terminating(&set) => Err(Refusal::unanswered(format!(
                "{namespace}/{name} has just been deleted at {}",
                text(&set, "/metadata/deletionTimestamp")
            ))),
            Some(_) => Ok(()),
            None => Err(Refusal::unanswered(format!(
                "original StatefulSet {namespace}/{name} is gone"
            ))),
        }
    }

    async fn write_status(&mut self, status: &Status) {
        let Key { namespace, name } = &self.subject.key;
        let write = Write {
            kind: Kind::StatefulSet,
            namespace: namespace.to_string(),
            name: name.to_string(),
            verb: Verb::UpdateStatus(with_status(self.subject.object.whole(), status)),
        };
        match self.api.write(write).await {
            Ok(answer) if answer.version == 0 => {}
            Ok(answer) => self.outcome.wrote.push(Awaited {
                kind: Kind::StatefulSet,
                key: self.subject.key.clone(),
                uid: answer.uid,
                version: answer.version,
                since: Instant::now(),
            }),
            Err(refusal) => {
                let what = format!("UpdateStatus {name}");
                self.outcome.refusal.get_or_insert((what, refusal));
            }
        }
    }

    /// Deletes old revisions, also after a failed Pod or claim action; the first failure ends it.
    async fn trim(&mut self, plan: &Plan) {
        for (at, action) in plan.actions.iter().enumerate() {
            if !action.operation.is_trim() {
                continue;
            }
            match self.act(action).await {
                Ok(wrote) => self.outcome.wrote.extend(wrote),
                Err(refusal) => {
                    self.outcome.undone.insert(at);
                    let what = format!("{} {}", action.operation.name(), action.name);
                    self.outcome.refusal.get_or_insert((what, refusal));
                    return;
                }
            }
        }
    }
}

fn places(rest: &VecDeque<(usize, &Action)>) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, _) in rest {
        places.push(*at);
    }
    places
}

/// The request that an action is.
fn write_of(action: &Action, set: &Key) -> Write {
    let operation = &action.operation;
    let object = || operation.object().cloned().unwrap_or_default();
    let verb = match operation {
        Operation::CreatePod { .. }
        | Operation::CreatePersistentVolumeClaim { .. }
        | Operation::CreateControllerRevision { .. } => Verb::Create(object()),
        Operation::UpdatePod { .. }
        | Operation::UpdatePersistentVolumeClaim { .. }
        | Operation::UpdateControllerRevision { .. } => Verb::Update(object()),
        _ => match operation.patch() {
            Some(patch) => Verb::Patch(patch.clone()),
            None => Verb::Delete {
                uid: operation.uid().map(str::to_owned),
            },
        },
    };
    Write {
        kind: operation.kind(),
        namespace: set.namespace.to_string(),
        name: action.name.clone(),
        verb,
    }
}

/// The fields of a status that the core knows; others are kept as they are.
const KNOWN: [&str; 10] = [
    "observedGeneration",
    "replicas",
    "readyReplicas",
    "currentReplicas",
    "updatedReplicas",
    "currentRevision",
    "updateRevision",
    "collisionCount",
    "conditions",
    "availableReplicas",
];

/// The whole set as it was observed, with this status: labels and annotations that are left out would be taken away.
fn with_status(object: &Value, status: &Status) -> Value {
    let mut object = object.clone();
    let (Value::Object(fields), Ok(Value::Object(new))) = (&mut object, serde_json::to_value(status)) else {
        return object;
    };
    let status = fields
        .entry("status")
        .or_insert_with(|| Value::Object(serde_json::Map::new()));
    if let Value::Object(status) = status {
        status.retain(|field, _| !KNOWN.contains(&field.as_str()));
        status.extend(new);
    }
    object
}

#[cfg(test)]
mod tests;
