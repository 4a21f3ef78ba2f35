//! An observation of one set out of an input.

use std::collections::BTreeMap;

use serde_json::Value;
use steadfast_core::explain::Surroundings;
use steadfast_core::{Cause, CauseType, Error, ErrorCode, Observation, Observed, Timestamp};

use crate::failure::Failure;

use super::found::Place;
use super::{Choice, Found, Input, LISTS, newest_time};

/// An observation that still knows where its objects stand.
pub(crate) struct ObservationSource {
    pub(crate) observation: Observation,
    /// The newest time in it.
    pub(crate) newest: Option<Timestamp>,
    /// Places by the observation's field: `statefulSet`, or a list's name with one place for each item.
    places: BTreeMap<&'static str, Vec<Place>>,
    /// What the set speaks of and the input does not hold.
    pub(crate) doubts: Vec<String>,
}

impl ObservationSource {
    /// The observation of the set that is meant.
    pub(crate) fn of(input: Input, choice: &Choice) -> Result<Self, Failure> {
        let set = choice.find(&input)?;
        if !set.name().is_empty() && !set.is_stored() {
            return Err(set.locate(not_observed(set)));
        }
        Self::of_any(input, choice)
    }

    /// The same for what only names are read of: a manifest will do. Then there are no Pods yet, and a set that was stored and
    /// whose status counts none has none; otherwise they were not asked for.
    pub(crate) fn for_names(input: Input, choice: &Choice) -> Result<Self, Failure> {
        let set = choice.find(&input)?;
        let status = set.value.pointer("/status/replicas").and_then(Value::as_i64);
        let is_dump = input.lists.is_none();
        let is_without = set.is_stored() && status.unwrap_or(0) == 0;
        let mut source = Self::of_any(input, choice)?;
        let pods = &mut source.observation.pods;
        if is_dump && !is_without && pods.as_ref().is_some_and(Vec::is_empty) {
            *pods = None;
        }
        Ok(source)
    }

    fn of_any(input: Input, choice: &Choice) -> Result<Self, Failure> {
        let set = choice.find(&input)?;
        if set.name().is_empty() {
            let missing = Error::invalid(vec![Cause::required("metadata.name")]);
            return Err(set.locate(missing.of_object("StatefulSet", "")));
        }
        let (set_name, doubts) = (set.full_name(), doubts(set, &input));
        let newest = input
            .objects
            .iter()
            .filter_map(|object| newest_time(&object.value))
            .max();
        let mut observation = Observation::default();
        observation.now = input.now;
        let mut places: BTreeMap<&'static str, Vec<Place>> = BTreeMap::new();
        let known = |list: &'static str| input.lists.as_ref().is_none_or(|lists| lists.contains(&list));
        let mut lists: BTreeMap<&'static str, Vec<Value>> = LISTS
            .iter()
            .filter(|(list, _)| known(list))
            .map(|(list, _)| (*list, Vec::new()))
            .collect();
        for object in input.objects {
            let field = match object.is_set() {
                true if object.full_name() == set_name => "statefulSet",
                _ => list_of(object.kind()),
            };
            let (value, place) = object.into_parts();
            places.entry(field).or_default().push(place);
            match lists.get_mut(field) {
                Some(list) => list.push(value),
                None if field == "statefulSet" => observation.stateful_set = value,
                // A list that is not known stays so, whatever else the input holds of it.
                None => {}
            }
        }
        observation.pods = lists.remove("pods");
        observation.persistent_volume_claims = lists.remove("persistentVolumeClaims");
        observation.controller_revisions = lists.remove("controllerRevisions");
        // A dump without Nodes is as a rule one that was not asked for them, and not of a cluster that has none.
        let is_dump = input.lists.is_none();
        let mut around = |list| lists.remove(list).filter(|found| !is_dump || !found.is_empty());
        observation.services = around("services");
        observation.endpoint_slices = around("endpointSlices");
        observation.nodes = around("nodes");
        observation.pod_disruption_budgets = around("podDisruptionBudgets");
        observation.workloads = around("workloads");
        Ok(Self {
            observation,
            newest,
            places,
            doubts,
        })
    }

    /// The time of a question, and whether it was only read off other times.
    pub(crate) fn time(&self, given: Option<Timestamp>) -> (Timestamp, bool) {
        match given.or(self.observation.now) {
            Some(now) => (now, false),
            // Without any time in the input no decision depends on it.
            None => (self.newest.unwrap_or_default(), self.newest.is_some()),
        }
    }

    /// Takes the lists out that only explanations read.
    pub(crate) fn take_surroundings(&mut self) -> Surroundings {
        Surroundings::take(&mut self.observation)
    }

    /// Reads something off the observation; an error says where in which file.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Observation) -> Result<T, Error>) -> Result<T, Failure> {
        read(&self.observation).map_err(|error| located(error, &self.places))
    }

    /// Parses the observation; an error says where in which file.
    pub(crate) fn parse(self) -> Result<Observed, Failure> {
        let Self {
            observation, places, ..
        } = self;
        Observed::parse(observation).map_err(|error| located(error, &places))
    }
}

/// The observation's field for objects of a kind; all that no decision reads are workloads.
fn list_of(kind: &str) -> &'static str {
    LISTS
        .iter()
        .find(|(_, of)| *of == kind)
        .map_or("workloads", |(list, _)| list)
}

fn not_observed(set: &Found) -> Error {
    let detail = "an API server gives every object one";
    let cause = Cause::of("metadata.uid", CauseType::FieldValueRequired, detail);
    let message = format!(
        "StatefulSet `{}`: metadata.uid: Required value: this is a manifest, not what an API server returned: \
         `steadfast plan {}` shows what it will do",
        set.name(),
        if set.file().contains(' ') {
            "FILE"
        } else {
            set.file()
        }
    );
    Error {
        causes: vec![cause],
        ..Error::new(ErrorCode::Invalid, message)
    }
}

/// The error with the place of each cause, told with the objects' names.
fn located(error: Error, places: &BTreeMap<&'static str, Vec<Place>>) -> Failure {
    let mut file = None;
    let (mut causes, mut told) = (Vec::new(), Vec::new());
    for cause in error.causes {
        let Some((place, inside)) = place_of(&cause.field, places) else {
            told.push(cause.to_string());
            causes.push(cause);
            continue;
        };
        file.get_or_insert_with(|| place.file.clone());
        let cause = Cause {
            field: inside.to_owned(),
            ..cause
        };
        told.push(place.tell(&cause));
        causes.push(place.locate_cause(cause));
    }
    let message = match told.as_slice() {
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        [] => error.message,
    };
    let failure = Failure::from(Error {
        code: error.code,
        message,
        causes,
    })
    .told(told);
    match file {
        Some(file) => failure.in_file(&file),
        None => failure,
    }
}

/// `pods[3].status.phase` is the field `status.phase` of the fourth Pod.
fn place_of<'p, 'c>(
    field: &'c str,
    places: &'p BTreeMap<&'static str, Vec<Place>>,
) -> Option<(&'p Place, &'c str)> {
    let end = field.find(['.', '[']).unwrap_or(field.len());
    let (name, rest) = field.split_at_checked(end)?;
    let (index, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, rest)) => (index.parse().ok()?, rest),
        None => (0, rest),
    };
    let place = places.get(name)?.get::<usize>(index)?;
    Some((place, rest.strip_prefix('.').unwrap_or(rest)))
}

/// A dump of too few kinds looks like a cluster that has lost objects, and the answer would be wrong without a word.
fn doubts(set: &Found, input: &Input) -> Vec<String> {
    let count = |kind: &str| {
        input
            .objects
            .iter()
            .filter(|o| o.kind() == kind && o.namespace() == set.namespace())
            .count()
    };
    let status = |field: &str| set.value.get("status").and_then(|status| status.get(field));
    let has_templates = set
        .value
        .get("spec")
        .and_then(|spec| spec.get("volumeClaimTemplates"))
        .is_some();
    let mut doubts = Vec::new();
    if input.lists.is_some() {
        // An observation says of each list whether it is known.
        return doubts;
    }
    let mut doubt = |what: &str, kind: &str, resource: &str| {
        if count(kind) == 0 {
            doubts.push(format!(
                "{what}, but the input holds no {kind}: taken as gone; if they are not, add `{resource}` to what you dump"
            ));
        }
    };
    if status("replicas")
        .and_then(Value::as_i64)
        .is_some_and(|replicas| replicas > 0)
    {
        doubt("the set's status counts Pods", "Pod", "pods");
    }
    if status("currentRevision")
        .and_then(Value::as_str)
        .is_some_and(|revision| !revision.is_empty())
    {
        doubt(
            "the set's status names a revision",
            "ControllerRevision",
            "controllerrevisions",
        );
    }
    if has_templates && count("Pod") > 0 {
        doubt(
            "the set has claim templates and Pods",
            "PersistentVolumeClaim",
            "persistentvolumeclaims",
        );
    }
    doubts
}
