//! What becomes of the Pods.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{REVISION_LABEL, membership};

use super::Moment;
use crate::forecast::{ForecastInput, StepAction};
use crate::verify::Verification;
use crate::view;

/// A Pod of the old set, or a new one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecreatedPod {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub fate: PodFate,
    /// Whether the new set takes it over, be it to restart or delete it then.
    pub adopted: bool,
    /// The place among the Pods that the new set deletes, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<usize>,
    /// When that is, in milliseconds of virtual time from the first command on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// Why, as a clause.
    pub why: String,
}

/// What becomes of a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum PodFate {
    /// It is adopted and goes on running.
    Untouched,
    /// The same, with another revision than the new set's: below the partition, or under OnDelete.
    Held,
    /// It is deleted and made anew with the same name.
    Restarted,
    /// It is deleted, and none takes its place.
    Deleted,
    /// It stays without a controller, and has the name that the new set needs.
    NotAdopted,
    /// It is adopted, and every update of it fails: its volumes cannot be changed.
    Wedged,
    /// There was none of this name before.
    Created,
}

/// Each Pod, in order of ordinals.
pub(super) fn of(
    input: &ForecastInput,
    old: &Value,
    new: &Value,
    verification: &Verification,
) -> Vec<RecreatedPod> {
    let forecast = &verification.forecast;
    let done: Vec<(Moment, &StepAction)> = forecast
        .steps
        .iter()
        .flat_map(|step| step.actions.iter().map(|done| (step.at, done)))
        .collect();
    let is_done = |operation: &'static str, name: &str| {
        let mut all = done.iter();
        all.any(|(_, done)| {
            done.error.is_none() && done.action.operation == operation && done.action.name == name
        })
    };
    let is_wedged = |name: &str| {
        let mut all = done.iter();
        all.any(|(_, done)| {
            let is_refused = done.error.as_ref().is_some_and(|error| error.reason == "Invalid");
            is_refused && done.action.operation == "UpdatePod" && done.action.name == name
        })
    };
    let is_held = |name: &str| {
        let label = ["metadata", "labels", REVISION_LABEL];
        let revision = pod_of(input, old, name).and_then(|pod| view::text(pod, &label));
        revision.is_some() && revision != forecast.revision.as_deref()
    };
    let strategy = view::text(new, &["spec", "updateStrategy", "type"]);
    let mut deletions: Vec<(&str, Moment)> = Vec::new();
    for (at, done) in &done {
        let is_first = !deletions.iter().any(|(name, _)| *name == done.action.name);
        if done.action.operation == "DeletePod" && done.error.is_none() && is_first {
            deletions.push((&done.action.name, *at));
        }
    }
    let names = &forecast.pod_names;
    let fates = [
        (&names.untouched, PodFate::Untouched),
        (&names.restarted, PodFate::Restarted),
        (&names.deleted, PodFate::Deleted),
        (&names.created, PodFate::Created),
    ];
    let mut pods = Vec::new();
    for (name, fate) in fates
        .into_iter()
        .flat_map(|(names, fate)| names.iter().map(move |name| (name, fate)))
    {
        let adopted = is_done("AdoptPod", name);
        let fate = match fate {
            PodFate::Untouched if !adopted => PodFate::NotAdopted,
            PodFate::Untouched if is_wedged(name) => PodFate::Wedged,
            PodFate::Untouched if is_held(name) => PodFate::Held,
            fate => fate,
        };
        let order = deletions.iter().position(|(deleted, _)| deleted == name);
        let why = match fate {
            PodFate::Untouched => "it has the revision of the new set".to_owned(),
            PodFate::Held if strategy == Some("OnDelete") => {
                "it has another revision, and OnDelete leaves it to a person".to_owned()
            }
            PodFate::Held => "it has another revision, and the new set does not replace it".to_owned(),
            PodFate::Restarted if is_wedged(name) => {
                "its volumes are not those of the new claim templates".to_owned()
            }
            PodFate::Restarted => "the new set has another template".to_owned(),
            PodFate::Deleted => "its ordinal is not one of the new set's".to_owned(),
            PodFate::Created => "its ordinal had no Pod".to_owned(),
            PodFate::Wedged => {
                "a volume of a claim template is missing or another, and a Pod's volumes cannot be changed"
                    .to_owned()
            }
            PodFate::NotAdopted => not_adopted(input, old, new, name),
        };
        pods.push(RecreatedPod {
            name: name.clone(),
            fate,
            adopted,
            at: order.and_then(|order| deletions.get(order)).map(|(_, at)| *at),
            order: order.map(|order| order + 1),
            why,
        });
    }
    pods.sort_by_key(|pod| membership(&pod.name).and_then(|member| member.ordinal));
    pods
}

/// A Pod as the dump has it.
fn pod_of<'a>(input: &'a ForecastInput, set: &Value, name: &str) -> Option<&'a Value> {
    let namespace = view::text(set, &["metadata", "namespace"]);
    input.observed.iter().find(|object| {
        view::text(*object, &["kind"]) == Some("Pod")
            && view::text(*object, &["metadata", "name"]) == Some(name)
            && view::text(*object, &["metadata", "namespace"]).unwrap_or("default")
                == namespace.unwrap_or("default")
    })
}

/// Why a Pod stays without a controller.
fn not_adopted(input: &ForecastInput, old: &Value, new: &Value, name: &str) -> String {
    let Some(pod) = pod_of(input, old, name) else {
        return "nobody adopts it".to_owned();
    };
    let asked = new
        .pointer("/spec/selector/matchLabels")
        .and_then(Value::as_object);
    for (key, value) in asked.into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let has = view::text(pod, &["metadata", "labels", key]);
        if has != Some(value) {
            let has = has.map_or_else(|| "no label".to_owned(), |has| format!("`{has}` in the label"));
            return format!("it has {has} {key}, and the new selector asks for `{value}`");
        }
    }
    if view::is_terminating(pod) {
        return "it is terminating".to_owned();
    }
    match new.pointer("/spec/selector/matchExpressions") {
        Some(_) => "its labels do not match the new selector".to_owned(),
        None => "no new set is there to adopt it".to_owned(),
    }
}
