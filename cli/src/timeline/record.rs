//! A simulator's record as a timeline.

use std::collections::{BTreeMap, BTreeSet};

use anstyle::Style;
use serde_json::Value;
use steadfast_core::{Timestamp, Wait, membership};
use steadfast_sim::clock::Millis;
use steadfast_sim::trace::{Entry, Fate, Happening, ObjectRecord, SetName, Trace};

use super::{Timeline, words};
use crate::output::paint::{BAD, CHANGE, FAINT, GOOD, TITLE, WAIT};
use crate::text::time;

/// What of a record is told.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// Only what is about this set, as `NAMESPACE/NAME`; else everything, and how the Pods fare.
    set: Option<String>,
    /// When the record's time was 0.
    zero: Timestamp,
    /// What is 0 in the timeline, in the record's time.
    begins_at: Millis,
    /// All that the cluster's components say, not only their first warnings.
    wide: bool,
}

impl Scope {
    /// A whole story.
    pub(crate) fn story(zero: Timestamp, wide: bool) -> Self {
        Self {
            set: None,
            zero,
            begins_at: Millis(0),
            wide,
        }
    }

    /// What concerns one set, from a moment on.
    pub(crate) fn of_set(set: &str, zero: Timestamp, begins_at: Millis, wide: bool) -> Self {
        Self {
            set: Some(set.to_owned()),
            zero,
            begins_at,
            wide,
        }
    }

    /// The instant that is 0 in the timeline.
    pub(crate) fn start(&self) -> Timestamp {
        Timestamp::from_millis(
            self.zero
                .millis()
                .saturating_add(i64::try_from(self.begins_at.0).unwrap_or(i64::MAX)),
        )
    }

    fn is_of(&self, set: &SetName) -> bool {
        self.set.as_ref().is_none_or(|own| *own == full_name(set))
    }

    /// Whether an object is the set, or has a name that the set gives to its Pods and claims.
    fn is_about(&self, kind: &str, namespace: &str, name: &str) -> bool {
        let Some((own_namespace, own)) = self.set.as_deref().and_then(|set| set.split_once('/')) else {
            return true;
        };
        let parent = membership(name).map(|member| member.parent);
        namespace == own_namespace
            && match kind {
                "StatefulSet" => name == own,
                "Pod" => parent == Some(own),
                "PersistentVolumeClaim" => parent
                    .and_then(|p| p.strip_suffix(own))
                    .is_some_and(|p| p.ends_with('-')),
                _ => false,
            }
    }
}

/// The timeline of a record.
pub(crate) fn of(trace: &Trace, scope: &Scope) -> Timeline {
    let mut teller = Teller {
        scope,
        timeline: Timeline::since(scope.start()),
        fares: BTreeMap::new(),
        said: BTreeSet::new(),
        pending: Vec::new(),
    };
    for entry in trace.entries() {
        teller.catch_up(time(entry.at.0.saturating_sub(scope.begins_at.0)));
        teller.tell(entry);
    }
    teller.catch_up(String::new());
    teller.timeline
}

struct Teller<'t> {
    scope: &'t Scope,
    timeline: Timeline,
    /// How each Pod has fared so far, the last at the end, by namespace and name.
    fares: BTreeMap<(&'t str, &'t str), Vec<&'t str>>,
    /// What was said already, by namespace, name, reason and message.
    said: BTreeSet<[&'t str; 4]>,
    /// Waits that are not told yet: a plan says at once what it will wait for, and people read what it does first.
    pending: Vec<(Millis, String, &'t [Wait])>,
}

impl<'t> Teller<'t> {
    /// Tells the waits that are pending, unless it is still the same time in the column TIME.
    fn catch_up(&mut self, now: String) {
        if self.pending.first().is_some_and(|(at, ..)| time(at.0) != now) {
            for (at, set, waits) in std::mem::take(&mut self.pending) {
                self.timeline.waits(at, &set, waits);
            }
        }
    }

    fn tell(&mut self, entry: &'t Entry) {
        let at = Millis(entry.at.0.saturating_sub(self.scope.begins_at.0));
        match &entry.what {
            Happening::Action { set, action, error } if self.scope.is_of(set) => {
                self.timeline.action(at, action, error.as_ref());
            }
            Happening::Waits { set, waits } if self.scope.is_of(set) => {
                let set = full_name(set);
                if self.pending.iter().any(|(_, other, _)| *other == set) {
                    self.catch_up(String::new());
                }
                self.pending.push((at, set, waits));
            }
            Happening::Object(object) if self.scope.set.is_none() => {
                if let Some((verb, style, why)) = self.news(object) {
                    self.timeline.other(
                        at,
                        verb,
                        style,
                        &words::any_object(object.kind, &object.name),
                        &why,
                    );
                }
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
                let is_warning = *kind == "Warning";
                // The controller's own Events say again what the actions say.
                let is_wanted = *component != "statefulset-controller" && (self.scope.wide || is_warning);
                let detail = if self.scope.wide { message } else { "" };
                if is_wanted
                    && self.scope.is_about(object_kind, namespace, name)
                    && self.said.insert([namespace, name, reason, detail])
                {
                    let (verb, style) = if is_warning {
                        ("warning", BAD)
                    } else {
                        ("event", FAINT)
                    };
                    let object = words::any_object(object_kind, name);
                    self.timeline
                        .other(at, verb, style, &object, &format!("{reason}: {message}"));
                }
            }
            Happening::Scenario { event, error } => {
                let why = error
                    .as_ref()
                    .map_or_else(String::new, |error| format!("impossible: {error}"));
                let style = if error.is_some() { BAD } else { TITLE };
                self.timeline.other(at, "story", style, &story(event), &why);
            }
            _ => {}
        }
    }

    /// What of an object's change a reader wants to know: how a Pod fares.
    fn news(&mut self, object: &'t ObjectRecord) -> Option<(&'static str, Style, String)> {
        let row = object.row.as_ref()?;
        let key = (&*object.namespace, &*object.name);
        if object.change == Fate::Gone {
            self.fares.remove(&key);
            return Some(("gone", FAINT, String::new()));
        }
        let is_ready = row.ready.split_once('/').is_some_and(|(ready, all)| ready == all);
        let fares: &'t str = match row.status.as_str() {
            "Running" if is_ready => "Ready",
            "Running" => "NotReady",
            status @ ("Failed" | "Succeeded" | "Completed" | "Error" | "Terminating" | "Unknown") => status,
            status if status.ends_with("BackOff") || status.starts_with("Err") => status,
            _ => return None,
        };
        let before = self.fares.entry(key).or_default();
        let (last, is_new) = (before.last().copied(), !before.contains(&fares));
        if last == Some(fares) {
            return None;
        }
        before.push(fares);
        match fares {
            "Ready" => Some(("ready", GOOD, String::new())),
            // A Pod that has just started is not ready yet: no news.
            "NotReady" if last.is_none() => None,
            "NotReady" => Some(("unready", BAD, String::new())),
            "Terminating" => Some(("stops", WAIT, String::new())),
            // Backing off and trying again is one thing, however often it goes back and forth.
            _ => is_new.then(|| ("state", CHANGE, fares.to_owned())),
        }
    }
}

fn full_name(set: &SetName) -> String {
    format!("{}/{}", set.namespace, set.name)
}

/// An event as the scenario writes it, on one line: `scale name=web replicas=5`.
fn story(event: &Value) -> String {
    let Some(entries) = event.as_object() else {
        return event.to_string();
    };
    let parts = entries
        .iter()
        .filter(|(key, _)| *key != "at")
        .map(|(key, value)| match value {
            Value::Object(_) if value.get("kind").is_some() && value.get("metadata").is_some() => {
                let text =
                    |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
                let name = value.get("metadata").and_then(|metadata| metadata.get("name"));
                format!("{key} {} {}", text(value.get("kind")), text(name))
            }
            Value::Object(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, field)| format!("{name}={}", bare(field)))
                    .collect();
                format!("{key} {}", fields.join(" "))
            }
            Value::Null => key.clone(),
            value => format!("{key} {}", bare(value)),
        });
    parts.collect::<Vec<String>>().join(" ")
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
