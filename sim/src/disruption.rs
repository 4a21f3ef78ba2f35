//! PodDisruptionBudgets: how many Pods may be disrupted now, and whether one may be evicted.
//!
//! Source: `pkg/controller/disruption/disruption.go` (`trySync`, `getExpectedPodCount`, `countHealthyPods`,
//! `buildDisruptedPodMap`, `updatePdbStatus`, `failSafe`).

use std::sync::Arc;

use serde_json::{Map, Value, json};
use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;
use steadfast_core::{Timestamp, quoted};

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step, World};
use crate::store::{Change, Key, Object, Resource, Store, Write};
use crate::view;
use selector::is_selected;

mod eviction;
mod selector;

pub use eviction::evict;

/// Keeps the status of PodDisruptionBudgets.
///
/// It remembers of every budget which Pods it selects and how they are, so that a Pod's change costs no look at the others.
#[derive(Clone, Debug, Default)]
pub struct Disruption {
    budgets: SortedMap<Key, Budget>,
}

/// Upstream's name of the component.
const NAME: &str = "controllermanager";
/// How long a Pod that was evicted counts as gone although it is not deleted (`DeletionTimeout`).
const DELETION_TIMEOUT_SECONDS: i64 = 120;

#[derive(Clone, Debug, Default)]
struct Budget {
    selector: Option<Value>,
    members: SortedMap<Arc<str>, Member>,
    healthy: i64,
    controllers: SortedMap<Arc<str>, i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    is_healthy: bool,
    is_terminating: bool,
    controller: Option<Arc<str>>,
    is_set: bool,
}

impl Component for Disruption {
    fn name(&self) -> &'static str {
        "disruption"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::none();
        match change.key.resource {
            Resource::PodDisruptionBudget => {
                self.look(&change.key, world.store);
                self.sync(&change.key, world, &mut step);
            }
            Resource::Pod => {
                let budgets = world
                    .store
                    .list(Resource::PodDisruptionBudget, Some(&change.key.namespace));
                for (key, _) in budgets {
                    let is_new = self.look(key, world.store);
                    let pod = world.store.get(&change.key);
                    let has_changed = self
                        .budgets
                        .get_mut(key)
                        .is_some_and(|b| b.put(&change.key.name, pod));
                    if is_new || has_changed {
                        self.sync(key, world, &mut step);
                    }
                }
            }
            Resource::StatefulSet => {
                let set = change.after.as_ref().or(change.before.as_ref());
                let uid = set.map(|set| set.uid()).unwrap_or_default();
                let affected = self
                    .budgets
                    .iter()
                    .filter(|(_, budget)| budget.controllers.contains_key(uid));
                for key in affected.map(|(key, _)| key.clone()).collect::<Vec<Key>>() {
                    self.sync(&key, world, &mut step);
                }
            }
            _ => {}
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::none();
        self.sync(&timer.key, world, &mut step);
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Disruption {
    /// Makes sure that what is remembered of a budget is what it selects; true where that had to be found out anew.
    fn look(&mut self, key: &Key, store: &Store) -> bool {
        let Some(object) = store.get(key) else {
            self.budgets.remove(key);
            return false;
        };
        let selector = view::at(object, &["spec", "selector"]);
        if self
            .budgets
            .get(key)
            .is_some_and(|budget| budget.selector.as_ref() == selector)
        {
            return false;
        }
        let mut budget = Budget {
            selector: selector.cloned(),
            ..Budget::default()
        };
        for (pod, object) in store.list(Resource::Pod, Some(&key.namespace)) {
            budget.put(&pod.name, Some(object));
        }
        self.budgets.insert(key.clone(), budget);
        true
    }

    /// Writes the budget's status, where it is another.
    fn sync(&self, key: &Key, world: &World<'_>, step: &mut Step) {
        let (Some(budget), Some(object)) = (self.budgets.get(key), world.store.get(key)) else {
            return;
        };
        let (disrupted, recheck) = still_disrupted(object, budget, world.wall);
        let status = match budget.expected(object, world.store) {
            Ok((expected, desired)) => {
                let is_counted =
                    |name: &&String| budget.members.get(name.as_str()).is_some_and(|m| m.is_healthy);
                let healthy =
                    budget.healthy - i64::try_from(disrupted.keys().filter(is_counted).count()).unwrap_or(0);
                let allowed = if expected > 0 {
                    (healthy - desired).max(0)
                } else {
                    0
                };
                counted(
                    object,
                    [healthy, desired, expected, allowed],
                    disrupted,
                    world.wall,
                )
            }
            Err(fault) => failed(object, &fault, world.wall),
        };
        if object.field("status") == Some(&status) {
            return;
        }
        if budget.members.is_empty() {
            step.event(key, NAME, "Normal", "NoPods", "No matching pods found");
        }
        if let Err(fault) = budget.expected(object, world.store) {
            let message = format!("Failed to calculate the number of expected pods: {fault}");
            step.event(key, NAME, "Warning", "CalculateExpectedPodCountFailed", message);
        }
        step.writes.push(Write::SetStatus {
            key: key.clone(),
            status,
        });
        if let Some(delay) = recheck {
            step.timers.push((
                delay,
                Timer {
                    owner: "disruption",
                    what: "recheck",
                    key: key.clone(),
                    token: 0,
                },
            ));
        }
    }
}

impl Budget {
    /// Takes notice of a Pod as it is now; false where it makes no difference.
    fn put(&mut self, name: &Arc<str>, pod: Option<&Object>) -> bool {
        let member = pod
            .filter(|pod| is_selected(self.selector.as_ref(), pod))
            .map(|pod| Member::of(pod));
        if self.members.get(name) == member.as_ref() {
            return false;
        }
        let before = match member.clone() {
            Some(member) => self.members.insert(Arc::clone(name), member),
            None => self.members.remove(name),
        };
        for (member, sign) in [(before, -1), (member, 1)] {
            let Some(member) = member else { continue };
            self.healthy += if member.is_healthy { sign } else { 0 };
            if let Some(controller) = member.controller {
                self.controllers.change(controller, |count| *count += sign);
            }
        }
        self.controllers.retain(|_, count| *count > 0);
        true
    }

    /// How many Pods there should be, and how many of them healthy.
    fn expected(&self, budget: &dyn Document, store: &Store) -> Result<(i64, i64), String> {
        let found = i64::try_from(self.members.len()).unwrap_or(i64::MAX);
        let (max, min) = (
            view::at(budget, &["spec", "maxUnavailable"]),
            view::at(budget, &["spec", "minAvailable"]),
        );
        match (max, min) {
            (Some(max), _) => {
                let expected = self.scale(store)?;
                Ok((expected, (expected - scaled(max, expected)?).max(0)))
            }
            (None, Some(Value::String(_))) => {
                let expected = self.scale(store)?;
                Ok((expected, min.map_or(Ok(0), |min| scaled(min, expected))?))
            }
            (None, Some(min)) => Ok((found, min.as_i64().unwrap_or_default())),
            (None, None) => Ok((0, 0)),
        }
    }

    /// The replicas of all sets that control the Pods. Of a controller that is not simulated only its Pods are known.
    fn scale(&self, store: &Store) -> Result<i64, String> {
        let lost = |uid: &Arc<str>| {
            let mut pods = self.members.iter();
            pods.find(|(_, member)| member.is_set && member.controller.as_ref() == Some(uid))
                .map(|(name, _)| name)
        };
        let mut sum = 0i64;
        for (uid, pods) in &self.controllers {
            let set = store
                .key_of_uid(uid)
                .filter(|key| key.resource == Resource::StatefulSet);
            let set = set.and_then(|key| store.get(key));
            sum = sum.saturating_add(match (set, lost(uid)) {
                (Some(set), _) => view::number(set, &["spec", "replicas"]).unwrap_or(1),
                (None, Some(pod)) => return Err(format!("found no controllers for pod {}", quoted(pod))),
                (None, None) => *pods,
            });
        }
        Ok(sum)
    }
}

impl Member {
    fn of(pod: &dyn Document) -> Self {
        let owners = view::items(pod, &["metadata", "ownerReferences"]);
        let controller = owners.iter().find(|owner| view::is_true(owner, &["controller"]));
        let text = |owner, field| view::text_or_empty(owner, &[field]);
        let kind = controller
            .and_then(|owner| Resource::of_reference(text(owner, "apiVersion"), text(owner, "kind")));
        let is_terminating = view::is_terminating(pod);
        Self {
            is_healthy: !is_terminating && view::condition(pod, "Ready") == Some("True"),
            is_terminating,
            controller: controller.map(|owner| text(owner, "uid").into()),
            is_set: kind == Some(Resource::StatefulSet),
        }
    }
}

/// A number, or a percentage of `total` rounded up.
fn scaled(value: &Value, total: i64) -> Result<i64, String> {
    if let Some(number) = value.as_i64() {
        return Ok(number);
    }
    let percent = value
        .as_str()
        .and_then(|text| text.strip_suffix('%'))
        .and_then(|number| number.parse::<i64>().ok());
    let percent = percent.ok_or("invalid value for IntOrString: invalid type: string is not a percentage")?;
    Ok(percent.saturating_mul(total).saturating_add(99).div_euclid(100))
}

/// The Pods that were evicted and still wait for their deletion, and how long until the first is waited for no more.
fn still_disrupted(
    budget: &dyn Document,
    known: &Budget,
    now: Timestamp,
) -> (Map<String, Value>, Option<Millis>) {
    let mut kept = Map::new();
    let mut first: Option<Timestamp> = None;
    for (name, at) in view::strings(budget, &["status", "disruptedPods"]) {
        let until = Timestamp::parse(at).map(|at| at.plus_seconds(DELETION_TIMEOUT_SECONDS));
        let is_waiting = known
            .members
            .get(name)
            .is_some_and(|member| !member.is_terminating);
        if let Some(until) = until.filter(|until| is_waiting && *until > now) {
            kept.insert(name.to_owned(), at.into());
            first = Some(first.map_or(until, |first| first.min(until)));
        }
    }
    let delay = first
        .map(|first| first.since(now).as_millis())
        .and_then(|millis| u64::try_from(millis).ok());
    (kept, delay.map(Millis))
}

fn counted(budget: &dyn Document, counts: [i64; 4], disrupted: Map<String, Value>, now: Timestamp) -> Value {
    let [healthy, desired, expected, allowed] = counts;
    let generation = view::number(budget, &["metadata", "generation"]).unwrap_or_default();
    let (status, reason) = if allowed > 0 {
        ("True", "SufficientPods")
    } else {
        ("False", "InsufficientPods")
    };
    let conditions = with_condition(budget, status, reason, "", generation, now);
    let mut counted = json!({"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
        "disruptionsAllowed": allowed, "observedGeneration": generation, "conditions": conditions});
    if !disrupted.is_empty()
        && let Value::Object(status) = &mut counted
    {
        status.insert("disruptedPods".to_owned(), Value::Object(disrupted));
    }
    counted
}

/// Nothing may be disrupted while it is not known how many Pods there should be.
fn failed(budget: &dyn Document, fault: &str, now: Timestamp) -> Value {
    let mut status = budget
        .field("status")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let generation = view::number(budget, &["status", "observedGeneration"]).unwrap_or_default();
    status.insert("disruptionsAllowed".to_owned(), 0.into());
    status.insert(
        "conditions".to_owned(),
        with_condition(budget, "False", "SyncFailed", fault, generation, now),
    );
    Value::Object(status)
}

/// The conditions with DisruptionAllowed as given; its time changes only with its status (`SetStatusCondition`).
fn with_condition(
    budget: &dyn Document,
    status: &str,
    reason: &str,
    message: &str,
    generation: i64,
    now: Timestamp,
) -> Value {
    let is_it = |condition: &&Value| view::text(condition, &["type"]) == Some("DisruptionAllowed");
    let conditions = view::items(budget, &["status", "conditions"]);
    let before = conditions
        .iter()
        .find(is_it)
        .filter(|before| view::text(before, &["status"]) == Some(status));
    let since = before.and_then(|before| view::text(before, &["lastTransitionTime"]).map(str::to_owned));
    let condition = json!({"type": "DisruptionAllowed", "status": status, "reason": reason, "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": since.unwrap_or_else(|| now.whole_seconds().to_string())});
    let others = conditions.iter().filter(|condition| !is_it(condition)).cloned();
    Value::Array(others.chain([condition]).collect())
}

#[cfg(test)]
mod tests;
