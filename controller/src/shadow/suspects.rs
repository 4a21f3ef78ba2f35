//! Deletions and repairs of Pods that were not planned here. A person, an eviction or a node may have made them; the controller says in
//! an Event which were its own.

use std::time::{Duration, Instant};

use serde_json::Value;
use steadfast_core::Timestamp;

use super::effect::{Effect, What};
use crate::object::{Key, text};

/// Events have whole seconds, and another clock.
const ABOUT: Duration = Duration::from_secs(3);
/// When it is asked whose doing it was: its Event needs a moment, and all that an Event of that time may speak of must
/// have been heard of before.
const ASK_AFTER: Duration = Duration::from_secs(6);
/// How long what was planned is remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// What is not judged yet.
#[derive(Default)]
pub struct Suspects {
    waiting: Vec<(Instant, Effect, Value)>,
    /// Those that were planned: an Event about the Pod at that time is theirs.
    planned: Vec<(Key, What, String, Timestamp)>,
}

impl Suspects {
    /// Something that was planned.
    pub fn clear(&mut self, effect: &Effect, at: Timestamp) {
        self.planned.retain(|(.., then)| at.since(*then) < REMEMBERED);
        let planned = (effect.set.clone(), effect.what, effect.name.clone(), at);
        self.planned.push(planned);
    }

    /// Something that was not, with its report.
    pub fn suspect(&mut self, effect: Effect, report: Value) {
        self.waiting.push((Instant::now(), effect, report));
    }

    /// Those of which it is time to ask.
    pub fn due(&mut self) -> Vec<(Effect, Value)> {
        let is_due = |(since, ..): &mut (Instant, Effect, Value)| since.elapsed() > ASK_AFTER;
        let due = self.waiting.extract_if(.., is_due);
        due.map(|(_, effect, report)| (effect, report)).collect()
    }

    /// Whether one of these Events says that the controller did this to the Pod then. An Event that something planned explains says
    /// nothing of anything else in the same seconds.
    pub fn is_confessed(&self, events: &Value, effect: &Effect, report: &Value) -> bool {
        let Some(at) = Timestamp::parse(text(report, "/time")) else {
            return false;
        };
        let items = events.get("items").and_then(Value::as_array);
        let words = format!("Pod {} in StatefulSet", effect.name);
        items
            .into_iter()
            .flatten()
            .filter(|event| text(event, "/message").contains(&words))
            .filter_map(|event| Timestamp::parse(text(event, "/lastTimestamp")))
            .any(|told| is_about(told, at) && !self.is_explained(effect, told))
    }

    fn is_explained(&self, effect: &Effect, told: Timestamp) -> bool {
        self.planned
            .iter()
            .filter(|(set, what, name, _)| *set == effect.set && *what == effect.what && *name == effect.name)
            .any(|(.., at)| is_about(told, *at))
    }
}

fn is_about(one: Timestamp, other: Timestamp) -> bool {
    one.since(other) <= ABOUT && other.since(one) <= ABOUT
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deletion(name: &str) -> Effect {
        Effect {
            set: Key::new("shop", "web"),
            what: What::DeletePod,
            name: name.to_owned(),
            object: Value::Null,
            is_attributed: true,
        }
    }

    #[test]
    fn a_deletion_is_the_controllers_where_an_event_says_so_that_no_other_explains() {
        let events = json!({"items": [{"lastTimestamp": "2026-11-22T06:00:10Z",
            "message": "delete Pod web-0 in StatefulSet web successful"}]});
        let report = json!({"time": "2026-11-22T06:00:12.5Z"});
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let mut suspects = Suspects::default();
        assert!(suspects.is_confessed(&events, &deletion("web-0"), &report));
        assert!(!suspects.is_confessed(&events, &deletion("web-1"), &report));
        let later = json!({"time": "2026-11-22T06:00:14Z"});
        assert!(!suspects.is_confessed(&events, &deletion("web-0"), &later));
        // What was planned of another Pod, or long before, explains nothing.
        suspects.clear(&deletion("web-1"), at("2026-11-22T06:00:10Z"));
        suspects.clear(&deletion("web-0"), at("2026-11-22T05:59:50Z"));
        assert!(suspects.is_confessed(&events, &deletion("web-0"), &report));
        suspects.clear(&deletion("web-0"), at("2026-11-22T06:00:09.8Z"));
        assert!(!suspects.is_confessed(&events, &deletion("web-0"), &report));
    }
}
