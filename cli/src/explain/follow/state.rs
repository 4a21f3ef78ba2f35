//! What is known of a set that is followed: parsed once, then changed object by object.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use steadfast_core::explain::{Explanation, Surroundings, explain};
use steadfast_core::{Error, Kind, Observed, Profile, Timestamp};

use crate::explain::assumed::Assumed;
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource};
use crate::live::{Resource, Unseen};

/// The set and what surrounds it.
pub(super) struct State {
    observed: Observed,
    around: Surroundings,
    assumed: Assumed,
    is_gone: bool,
    /// The newest time that was seen: the clock is never taken to be behind it.
    newest: Timestamp,
}

impl State {
    pub(super) fn of(input: Input, choice: &Choice, unseen: &[Unseen]) -> Result<Self, Failure> {
        let assumed = Assumed::of(unseen);
        let mut source = ObservationSource::of(input, choice)?;
        let newest = source.newest.unwrap_or_default();
        let around = source.take_surroundings();
        assumed.complete(&mut source.observation);
        Ok(Self {
            observed: source.parse()?,
            around,
            assumed,
            is_gone: false,
            newest,
        })
    }

    /// `NAMESPACE/NAME`.
    pub(super) fn name(&self) -> String {
        let set = self.observed.set();
        format!("{}/{}", set.namespace(), set.name())
    }

    pub(super) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Why it is as it is, and when that was asked.
    pub(super) fn explain(&mut self, profile: &Profile) -> (Explanation, Timestamp) {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let clock = Timestamp::from_millis(i64::try_from(clock.as_millis()).unwrap_or(i64::MAX));
        let now = clock.max(self.newest);
        let plan = self.assumed.plan(&mut self.observed, now, profile);
        let explanation = explain(&self.observed, &self.around, &plan, now, profile);
        (explanation, now)
    }

    /// An object came to be, or changed.
    pub(super) fn put(&mut self, resource: &Resource, object: Value) -> Result<(), Error> {
        self.newest = self
            .newest
            .max(crate::input::newest_time(&object).unwrap_or_default());
        let is_neighbour = resource.kind == "StatefulSet" && !self.is_set(&object);
        match decided(resource) {
            Some(_) if !is_neighbour => self.observed.put(object),
            _ => {
                if let Some(list) = self.list(resource) {
                    list.retain(|known| key(known) != key(&object));
                    list.push(object);
                }
                Ok(())
            }
        }
    }

    /// An object is gone.
    pub(super) fn remove(&mut self, resource: &Resource, object: &Value) {
        match decided(resource) {
            Some(Kind::StatefulSet) if self.is_set(object) => {
                // Deleted and made anew within one breath: what is known is of the newer one.
                let uid = object.pointer("/metadata/uid");
                self.is_gone = uid == self.observed.set().object().pointer("/metadata/uid");
            }
            Some(kind) if kind != Kind::StatefulSet => {
                self.observed.remove(kind, name_of(object));
            }
            _ => {
                if let Some(list) = self.list(resource) {
                    list.retain(|known| key(known) != key(object));
                }
            }
        }
    }

    /// All objects of a kind, read anew.
    pub(super) fn replace(&mut self, resource: &Resource, objects: Vec<Value>) -> Result<(), Error> {
        let names: BTreeSet<String> = objects.iter().map(|object| name_of(object).to_owned()).collect();
        let known: Vec<String> = match decided(resource) {
            Some(Kind::Pod) => self.observed.pods().map(|pod| pod.name().to_owned()).collect(),
            Some(Kind::PersistentVolumeClaim) => {
                let claims = self.observed.claims();
                claims.map(|claim| name_of(claim.object()).to_owned()).collect()
            }
            Some(Kind::ControllerRevision) => {
                let revisions = self.observed.revisions();
                revisions
                    .map(|revision| name_of(revision.object()).to_owned())
                    .collect()
            }
            _ => Vec::new(),
        };
        match decided(resource) {
            Some(Kind::StatefulSet) => self.is_gone = !objects.iter().any(|object| self.is_set(object)),
            Some(kind) => known
                .iter()
                .filter(|name| !names.contains(*name))
                .for_each(|name| {
                    self.observed.remove(kind, name);
                }),
            None => {}
        }
        if let Some(list) = self.list(resource) {
            list.retain(|known| known.get("kind").and_then(Value::as_str) != Some(resource.kind));
        }
        objects
            .into_iter()
            .try_for_each(|object| self.put(resource, object))
    }

    /// Whether it is the set that is followed.
    fn is_set(&self, object: &Value) -> bool {
        let set = self.observed.set();
        key(object) == ("StatefulSet", set.namespace(), set.name())
    }

    fn list(&mut self, resource: &Resource) -> Option<&mut Vec<Value>> {
        match resource.list {
            "services" => self.around.services.as_mut(),
            "nodes" => self.around.nodes.as_mut(),
            "podDisruptionBudgets" => self.around.pod_disruption_budgets.as_mut(),
            "workloads" => self.around.workloads.as_mut(),
            _ => None,
        }
    }
}

/// The kind, where decisions read it.
fn decided(resource: &Resource) -> Option<Kind> {
    match resource.kind {
        "StatefulSet" => Some(Kind::StatefulSet),
        "Pod" => Some(Kind::Pod),
        "PersistentVolumeClaim" => Some(Kind::PersistentVolumeClaim),
        "ControllerRevision" => Some(Kind::ControllerRevision),
        _ => None,
    }
}

fn name_of(object: &Value) -> &str {
    text(object, "/metadata/name")
}

fn key(object: &Value) -> (&str, &str, &str) {
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    (kind, text(object, "/metadata/namespace"), name_of(object))
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
