//! The steps of a forecast: what happened to one set, instant by instant.

use std::sync::Arc;

use serde::Serialize;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Wait, membership};

use crate::clock::Millis;
use crate::store::Key;
use crate::trace::{ActionRecord, Fate, Happening, Refusal, Trace};

/// What happened at one instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// When, in milliseconds of virtual time since the change was made.
    pub at: Millis,
    /// What the controller did, in order.
    pub actions: Vec<StepAction>,
    /// What it waits for after this step.
    pub waits: Vec<Wait>,
    /// What `kubectl get events` would show of the set's Pods and claims. One that repeats itself is shown once.
    pub events: Vec<StepEvent>,
}

/// An action as it was carried out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct StepAction {
    /// What, to which object, why.
    #[serde(flatten)]
    pub action: Arc<ActionRecord>,
    /// The API server's answer where it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Refusal>,
}

/// An Event of a component.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct StepEvent {
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "ts", ts(type = "\"Normal\" | \"Warning\""))]
    pub event_type: &'static str,
    /// Such as `kubelet`.
    pub component: &'static str,
    /// The kind of the object.
    #[cfg_attr(feature = "ts", ts(as = "crate::store::Resource"))]
    pub kind: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Such as `BackOff`.
    pub reason: Arc<str>,
    /// The sentence.
    pub message: Arc<str>,
}

/// The steps of `set` in a trace, counted from `start`. What the controller says of its own actions is left out.
pub(crate) fn of_trace(trace: &Trace, set: &Key, start: Millis) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut said = SortedSet::new();
    for entry in trace.entries() {
        let at = Millis(entry.at.0.saturating_sub(start.0));
        let is_own = |name: &crate::trace::SetName| name.name == set.name && name.namespace == set.namespace;
        match &entry.what {
            Happening::Action { set, action, error } if is_own(set) => {
                let action = StepAction {
                    action: Arc::clone(action),
                    error: error.clone(),
                };
                step_at(&mut steps, at, |step| step.actions.push(action));
            }
            Happening::Waits { set, waits } if is_own(set) => {
                step_at(&mut steps, at, |step| step.waits.clone_from(waits));
            }
            Happening::Event {
                kind,
                component,
                object_kind,
                namespace,
                name,
                reason,
                message,
            } => {
                let is_about = *namespace == set.namespace && belongs(object_kind, name, &set.name);
                // What tells most of them apart comes first.
                if is_about
                    && *component != "statefulset-controller"
                    && said.insert((name, message, reason, kind, component, object_kind))
                {
                    let event = StepEvent {
                        event_type: kind,
                        component,
                        kind: object_kind,
                        name: Arc::clone(name),
                        reason: Arc::clone(reason),
                        message: Arc::clone(message),
                    };
                    step_at(&mut steps, at, |step| step.events.push(event));
                }
            }
            _ => {}
        }
    }
    steps
}

/// When the last thing happened to the set that was new: its last step, or the end of its last Pod or claim.
pub(super) fn last_news(trace: &Trace, set: &Key, steps: &[Step], start: Millis) -> Millis {
    let gone = trace.entries().iter().rev().find(|entry| match &entry.what {
        Happening::Object(object) => {
            object.change == Fate::Gone
                && object.namespace == set.namespace
                && belongs(object.kind, &object.name, &set.name)
        }
        _ => false,
    });
    let gone = gone.map_or(0, |entry| entry.at.0.saturating_sub(start.0));
    Millis(gone.max(steps.last().map_or(0, |step| step.at.0)))
}

fn step_at(steps: &mut Vec<Step>, at: Millis, change: impl FnOnce(&mut Step)) {
    if steps.last().is_none_or(|step| step.at != at) {
        // Waits hold until the trace says that they changed.
        let waits = steps.last().map_or_else(Vec::new, |step| step.waits.clone());
        steps.push(Step {
            at,
            waits,
            ..Step::default()
        });
    }
    if let Some(step) = steps.last_mut() {
        change(step);
    }
}

/// Whether an object is the set, or has a name that the set gives to Pods or claims.
pub(super) fn belongs(kind: &str, name: &str, set: &str) -> bool {
    let parent = membership(name).map(|member| member.parent);
    match kind {
        "StatefulSet" => name == set,
        "Pod" => parent == Some(set),
        "PersistentVolumeClaim" => parent
            .and_then(|parent| parent.strip_suffix(set))
            .is_some_and(|before| before.ends_with('-')),
        _ => false,
    }
}
