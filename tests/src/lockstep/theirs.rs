//! The simulation that upstream drives: each look is asked of it, and its calls are made one after another.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use steadfast_core::{Plan, reconcile};
use steadfast_sim::cluster::{Decider, Decision, Look};
use steadfast_sim::faults::{Faults, Verb};
use steadfast_sim::store::{ApiError, DeleteOptions, Key, Resource, Store, Write};

use super::Found;
use super::question::{Asker, Fault, Observed};
use crate::conformance::difference;

pub(super) struct Theirs {
    asker: Asker,
    pub looks: Vec<Found>,
    pub difference: Option<String>,
}

/// A call that upstream made.
struct Call {
    verb: &'static str,
    key: Key,
    write: Write,
    /// Whether upstream was told that it failed.
    is_refused: bool,
}

impl Theirs {
    pub fn new(asker: Asker) -> Self {
        Self {
            asker,
            looks: Vec::new(),
            difference: None,
        }
    }

    pub fn asked(&self) -> u64 {
        self.asker.asked
    }

    fn decide(&mut self, look: &mut Look<'_>) -> Result<Decision, String> {
        let plan = reconcile(look.observed(), look.now(), look.profile());
        let observed = Observed::of(look);
        let mut answer = self.asker.ask(&observed, &[])?;
        if let Some(found) = difference(&answer, &plan) {
            return Err(format!("{found}\n{}", observed.0));
        }
        let mut calls = calls(&answer, &plan, look);
        let mut faults = Vec::new();
        // Upstream is told of each call that the API server will refuse, until it makes only calls that end as it was told.
        for _ in 0..40 {
            let Some(told) = rehearse(&calls, look) else {
                return Ok(carry_out(&answer, calls, look));
            };
            faults = told;
            answer = self.asker.ask(&observed, &faults)?;
            calls = self::calls(&answer, &plan, look);
        }
        Err(format!("upstream's calls do not settle: {faults:?}"))
    }
}

impl Decider for Theirs {
    fn look(&mut self, look: &mut Look<'_>) -> Decision {
        let stop = Decision::Done {
            has_failed: false,
            requeue_after: None,
        };
        if self.difference.is_some() {
            return stop;
        }
        self.looks.push(Found {
            at: look.at(),
            store: look.store().clone(),
        });
        self.decide(look).unwrap_or_else(|found| {
            let (number, at) = (self.looks.len() - 1, look.at().0);
            self.difference = Some(format!("upstream's look {number}, at {at} ms: {found}"));
            stop
        })
    }
}

/// Upstream's calls in its order; what is random there, inside a batch, in the plan's.
fn calls(answer: &Value, plan: &Plan, look: &Look<'_>) -> Vec<Call> {
    let text = |action: &Value, field: &str| action[field].as_str().unwrap_or_default().to_owned();
    let places = places(plan);
    let is_trim = |action: &Value| action["type"] == "DeleteControllerRevision";
    let mut made: Vec<Value> = answer["actions"].as_array().cloned().unwrap_or_default();
    if answer["statusWritten"] == true {
        // The status comes before revisions are deleted, and after all else.
        let at = made.iter().position(is_trim).unwrap_or(made.len());
        made.insert(
            at,
            json!({"type": "UpdateStatus", "name": &*look.set().name, "object": answer["status"]}),
        );
    }
    // What upstream does a second time in one call is not done again here (`wire.md`): it would be refused for its resourceVersion,
    // and done no more once the cache has caught up.
    let mut done: Vec<Value> = Vec::new();
    made.retain(|action| {
        let is_new = !done.contains(action);
        if is_new && action["refused"] != true {
            done.push(action.clone());
        }
        is_new
    });
    let mut batch = 0;
    let mut placed: Vec<(Place, Call)> = Vec::new();
    for action in &made {
        let (kind, name) = (text(action, "type"), text(action, "name"));
        let place = places.get(&(kind.as_str(), name.as_str())).copied();
        let place = match place {
            // What is repeated stays where it is; so does what only upstream does.
            Some(place) if place.0 >= batch => place,
            None if kind == "UpdateStatus" => (u32::MAX, 0, 0),
            _ => (batch, usize::MAX, usize::MAX),
        };
        batch = place.0;
        if let Some(call) = call(&kind, &name, action, look) {
            placed.push((place, call));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, call)| call).collect()
}

/// Batch, step of the Pod inside it, and where the Pod's actions begin.
type Place = (u32, usize, usize);

/// When a host carries out each action by type and name: inside a batch all Pods' first actions, then all their second ones.
fn places(plan: &Plan) -> BTreeMap<(&str, &str), Place> {
    let mut places = BTreeMap::new();
    let mut chains: BTreeMap<(u32, &str), (usize, usize)> = BTreeMap::new();
    for (at, action) in plan.actions.iter().enumerate() {
        let pod = action.pod.as_deref().unwrap_or(&action.name);
        let (steps, first) = chains.entry((action.batch, pod)).or_insert((0, at));
        places
            .entry((action.operation.name(), action.name.as_str()))
            .or_insert((action.batch, *steps, *first));
        *steps += 1;
    }
    places
}

/// The request that an action is; nothing where it was refused because of what was observed: there the plan waits.
fn call(kind: &str, name: &str, action: &Value, look: &Look<'_>) -> Option<Call> {
    let is_refused = action["refused"] == true;
    let (verb, resource) = [
        ("Create", "create"),
        ("Update", "update"),
        ("Delete", "delete"),
        ("Adopt", "patch"),
        ("Release", "patch"),
    ]
    .into_iter()
    .find_map(|(prefix, verb)| kind.strip_prefix(prefix).map(|rest| (verb, rest)))?;
    let resource = Resource::of_kind(resource).unwrap_or(Resource::StatefulSet);
    let key = Key::new(resource, &look.set().namespace, name);
    if is_refused && resource == Resource::Pod && verb == "create" && look.observed().pod(name).is_some() {
        return None;
    }
    let object = || {
        let mut object = action["object"].clone();
        object["metadata"]["namespace"] = json!(&*look.set().namespace);
        object
    };
    let write = match verb {
        _ if resource == Resource::StatefulSet => Write::UpdateStatus(with_status(action, look)),
        "create" => Write::Create(object()),
        "update" => Write::Update(object()),
        "patch" => Write::PatchMetadata {
            key: key.clone(),
            patch: action["patch"].clone(),
        },
        _ => Write::Delete {
            key: key.clone(),
            options: DeleteOptions::default(),
        },
    };
    Some(Call {
        verb: if resource == Resource::StatefulSet {
            "updateStatus"
        } else {
            verb
        },
        key,
        write,
        is_refused,
    })
}

/// The set as observed with the status that upstream writes; the time of a condition that changes is the real one there.
fn with_status(action: &Value, look: &Look<'_>) -> Value {
    let mut set = look.observed().set().object().clone();
    let before = set["status"]["conditions"].clone();
    set["status"] = action["object"].clone();
    let conditions = set.pointer_mut("/status/conditions");
    for condition in conditions.and_then(Value::as_array_mut).into_iter().flatten() {
        let same = |old: &&Value| old["type"] == condition["type"];
        let old = before.as_array().and_then(|old| old.iter().find(same));
        if condition["type"] == "Progressing"
            && old.is_none_or(|old| old["lastTransitionTime"] != condition["lastTransitionTime"])
        {
            condition["lastTransitionTime"] = json!(second(look));
        }
    }
    set["apiVersion"] = json!("apps/v1");
    set["kind"] = json!("StatefulSet");
    set
}

/// The instant as a `metav1.Time` is written.
fn second(look: &Look<'_>) -> String {
    let now = look.now().to_string();
    let whole = now.split('.').next().unwrap_or_default().trim_end_matches('Z');
    format!("{whole}Z")
}

/// Makes the calls on a copy of the objects. Where one ends otherwise than upstream was told: what it has to be told.
fn rehearse(calls: &[Call], look: &Look<'_>) -> Option<Vec<Fault>> {
    let (mut store, mut faults) = (look.store().clone(), look.faults().clone());
    let mut told: Vec<Fault> = Vec::new();
    for call in calls {
        let result = attempt(&mut store, &mut faults, call, look);
        let has_failed = result.is_err();
        if let Err(error) = result {
            let same = |fault: &&mut Fault| {
                (fault.verb, fault.kind, &*fault.name)
                    == (call.verb, call.key.resource.kind(), &*call.key.name)
                    && fault.reason == error.reason
            };
            match told.iter_mut().find(same) {
                Some(fault) => fault.times = fault.times.map(|times| times + 1),
                None => told.push(Fault {
                    verb: call.verb,
                    kind: call.key.resource.kind(),
                    name: call.key.name.to_string(),
                    reason: error.reason.to_owned(),
                    times: Some(1),
                }),
            }
        }
        if has_failed != call.is_refused {
            return Some(told);
        }
    }
    None
}

/// As the simulated API server answers (`Machine::call`).
fn attempt(store: &mut Store, faults: &mut Faults, call: &Call, look: &Look<'_>) -> Result<(), ApiError> {
    let fault = faults.check(Verb::of(&call.write), &call.key, look.at());
    match fault {
        None => store.apply(call.write.clone(), look.now()).map(drop),
        Some(fault) => {
            if fault.error.was_applied {
                store.apply(call.write.clone(), look.now())?;
            }
            Err(fault.error)
        }
    }
}

fn carry_out(answer: &Value, calls: Vec<Call>, look: &mut Look<'_>) -> Decision {
    for call in calls {
        // What is refused was refused in the rehearsal, and upstream has been told.
        drop(look.call(&call.key, call.write));
    }
    let seconds = answer["requeueAfterSeconds"].as_f64();
    Decision::Done {
        has_failed: answer.get("error").is_some(),
        requeue_after: seconds.map(Duration::from_secs_f64),
    }
}
