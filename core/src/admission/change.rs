//! What changes, read once: the sets before and after, and the ordinals that leave and come.

use std::mem::take;

use serde_json::Value;

use super::request::{Operation, Request, SubResource};
use super::rollout::asks_max_unavailable;
use super::{ALLOW, Context, Policy, text};
use crate::canonical::{UnknownFields, canonical_of};
use crate::object::at;
use crate::observed::{Object, StatefulSet};
use crate::{Gate, Ordinal, Profile, membership};

/// A change of a set.
#[derive(Debug)]
pub(super) struct Change {
    /// The set as it is stored; nothing where it is made.
    pub old: Option<StatefulSet>,
    /// The set as it would be stored; nothing where it is deleted.
    pub new: Option<StatefulSet>,
    /// The request itself asks for a maxUnavailable, which this Kubernetes drops: after that it cannot be seen.
    pub asks_max_unavailable: bool,
    /// The set's dependents stay without it.
    pub orphans: bool,
    allowed: Vec<Policy>,
}

/// What comes of reading a request.
#[derive(Debug)]
pub(super) enum Reading {
    /// Something to judge.
    Change(Box<Change>),
    /// Nothing that any policy is about.
    Nothing,
    /// What is to be said of a request that cannot be judged.
    Unreadable(String),
}

impl Change {
    /// Takes the objects out of the request.
    pub fn read(request: &mut Request, context: &Context, profile: &Profile) -> Reading {
        let (object, old_object) = (take(&mut request.object), take(&mut request.old_object));
        let request = &*request;
        let is_dropped = !profile.is_enabled(Gate::MaxUnavailableStatefulSet);
        let asks_max_unavailable = is_dropped && asks_max_unavailable(&object);
        let set = |object: Value| read(object, request, profile);
        let (old, new) = match (request.sub_resource, request.operation) {
            (SubResource::Scale, Operation::Update) => {
                let Some(stored) = &context.stored_set else {
                    return Reading::Unreadable(format!(
                        "the scale of StatefulSet {} is not judged: the set could not be read",
                        request.name
                    ));
                };
                let at = |scale: &Value| set(scaled(stored, scale));
                (Some(at(&old_object)), Some(at(&object)))
            }
            (SubResource::Scale, _) => return Reading::Nothing,
            (_, Operation::Create) => (None, Some(set(object))),
            (_, Operation::Update) => (Some(set(old_object)), Some(set(object))),
            _ => match (&old_object, &context.stored_set) {
                (Value::Object(_), _) => (Some(set(old_object)), None),
                (_, Some(stored)) => (Some(set(stored.clone())), None),
                _ => {
                    let message = format!(
                        "the deletion of StatefulSet {} is not judged: the set could not be read",
                        request.name
                    );
                    return Reading::Unreadable(message);
                }
            },
        };
        let (old, new) = match (old.transpose(), new.transpose()) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(why), _) | (_, Err(why)) => return Reading::Unreadable(format!("not judged: {why}")),
        };
        let is_going =
            |set: &Option<StatefulSet>| set.as_ref().is_some_and(|set| set.metadata().is_terminating());
        let is_same =
            |old: &StatefulSet, new: &StatefulSet| old.object().get("spec") == new.object().get("spec");
        let changes_nothing = matches!((&old, &new), (Some(old), Some(new)) if is_same(old, new));
        if is_going(&old) || is_going(&new) || changes_nothing {
            return Reading::Nothing;
        }
        // For a scale and a deletion the annotation stands on the stored set.
        let annotated = match (request.sub_resource, &new, &old) {
            (SubResource::None, Some(set), _) | (_, _, Some(set)) => set,
            _ => return Reading::Nothing,
        };
        Reading::Change(Box::new(Self {
            allowed: allowed_by(annotated.object()),
            old,
            new,
            asks_max_unavailable,
            orphans: request.orphans(),
        }))
    }

    /// The policies that the annotation lets through.
    pub fn allowed(&self) -> &[Policy] {
        &self.allowed
    }

    /// The set that there is in the end, else the one that goes.
    pub fn set(&self) -> Option<&StatefulSet> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// Whether a policy may have something to say: for which it is worth saying that its objects could not be read.
    pub fn is_for(&self, policy: Policy) -> bool {
        let is_new = self.old.is_none();
        match policy {
            Policy::P1 => self.is_leaving() && self.has_claims(),
            Policy::P2 => self.new.is_none() && self.has_claims(),
            Policy::P7 => self.has_claims() && self.new.is_some() && (is_new || self.comes_more()),
            Policy::P8 | Policy::P9 => is_new,
            _ => false,
        }
    }

    fn has_claims(&self) -> bool {
        self.set().is_some_and(|set| !set.claim_templates().is_empty())
    }

    fn comes_more(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => new.start() < old.start() || new.end() > old.end(),
            _ => false,
        }
    }

    /// Whether an ordinal is in the set before the change and not after it.
    pub fn leaves(&self, ordinal: u64) -> bool {
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            return false;
        };
        range(old).contains(&ordinal) && !range(new).contains(&ordinal)
    }

    /// Whether an ordinal is in the set after the change and not before it.
    pub fn comes(&self, ordinal: u64) -> bool {
        let Some(new) = &self.new else { return false };
        range(new).contains(&ordinal) && !self.old.as_ref().is_some_and(|old| range(old).contains(&ordinal))
    }

    /// The ordinals that leave, in order.
    fn leaving(&self) -> Option<impl Iterator<Item = u64>> {
        let (old, new) = (range(self.old.as_ref()?), range(self.new.as_ref()?));
        let below = old.start..old.end.min(new.start);
        let above = old.start.max(new.end)..old.end;
        Some(below.chain(above))
    }

    /// Whether any ordinal leaves.
    pub fn is_leaving(&self) -> bool {
        self.leaving().is_some_and(|mut gone| gone.next().is_some())
    }

    /// The names of Pods of ordinals that leave, at most so many.
    pub fn leaving_pods(&self, most: usize) -> Vec<String> {
        let Some((set, leaving)) = self.set().zip(self.leaving()) else {
            return Vec::new();
        };
        let names = leaving.map(|ordinal| Ordinal::new(ordinal).pod_name(set.name()).to_string());
        names.take(most).collect()
    }
}

fn range(set: &StatefulSet) -> std::ops::Range<u64> {
    set.start()..set.end()
}

/// The ordinal of a Pod or claim name `PREFIX-N`, as the controller writes it.
pub(super) fn ordinal_of(name: &str, prefix: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?.strip_prefix('-')?;
    let ordinal = membership(name)?.ordinal?.number();
    (digits == ordinal.to_string()).then_some(ordinal)
}

/// The set with defaults. A server that has yet to give it a name or UID is no obstacle.
fn read(object: Value, request: &Request, profile: &Profile) -> Result<StatefulSet, String> {
    let canonical = canonical_of(object, profile, UnknownFields::Drop).map_err(|error| error.to_string())?;
    let mut set = canonical.object;
    if let Some(Value::Object(metadata)) = set.get_mut("metadata") {
        let mut fill = |field: &str, value: &str| {
            let is_there = metadata
                .get(field)
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty());
            if !is_there && !value.is_empty() {
                metadata.insert(field.to_owned(), value.into());
            }
        };
        fill("uid", "unknown");
        fill("namespace", &request.namespace);
        fill("name", &request.name);
    }
    let generated = text(&set, "/metadata/generateName").to_owned();
    if text(&set, "/metadata/name").is_empty()
        && !generated.is_empty()
        && let Some(Value::Object(metadata)) = set.get_mut("metadata")
    {
        // Five letters come after it (`names.SimpleNameGenerator`), and at most 63 remain of both.
        let start: String = generated.chars().take(58).collect();
        metadata.insert("name".to_owned(), format!("{start}xxxxx").into());
    }
    StatefulSet::parse(Object::from(set), None).map_err(|causes| crate::Error::invalid(causes).to_string())
}

/// The stored set with the replicas of a Scale; no number is 0 (`spec.replicas` of a Scale is left out where it is 0).
fn scaled(stored: &Value, scale: &Value) -> Value {
    let replicas = at(scale, "/spec/replicas").and_then(Value::as_i64).unwrap_or(0);
    let mut set = stored.clone();
    if let Some(Value::Object(spec)) = set.get_mut("spec") {
        spec.insert("replicas".to_owned(), replicas.into());
    }
    set
}

fn allowed_by(set: &Value) -> Vec<Policy> {
    let annotation = set
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations")?.get(ALLOW)?.as_str());
    let names = annotation.unwrap_or_default().split(',');
    names.filter_map(|name| Policy::parse(name.trim())).collect()
}
