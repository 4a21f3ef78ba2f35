//! Events as upstream's recorder sends them: the same words, repeated ones counted, floods held back.
//!
//! Source: `client-go/tools/record/events_cache.go`: `EventAggregate`, `eventObserve`, `EventSourceObjectSpamFilter`. What is
//! alike but for its message is put together from the tenth on; an object has 25 Events, and one more every 5 minutes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use steadfast_core::{Announcement, EVENT_COMPONENT, Timestamp};
use tokio::sync::mpsc;

use crate::metrics::Metrics;
use crate::object::{Key, clock, text, uid};
use crate::server::Server;

const ALIKE: usize = 10;
const ALIKE_WITHIN: Duration = Duration::from_secs(600);
const BURST: f64 = 25.0;
const REFILL_SECONDS: f64 = 300.0;
/// How many Events wait at most to be sent, as upstream's (`client-go/tools/record/event.go`: `maxQueuedEvents`).
const WAITING: usize = 1000;
/// Of these places, those that are kept for what is of type Warning: a thousand sets at once say so much of Pods that came to be that a
/// Pod that could not would find no place.
const KEPT_FOR_WARNINGS: usize = WAITING / 2;
/// Of how many objects something is remembered at most.
const REMEMBERED: usize = 4096;

/// Takes Events and sends them from a task of its own: no set waits for them.
#[derive(Clone, Debug)]
pub struct Recorder {
    sender: mpsc::Sender<Said>,
    metrics: Arc<Metrics>,
}

/// What is said of a set.
#[derive(Clone, Debug)]
pub struct Said {
    set: Key,
    uid: String,
    version: String,
    what: Announcement,
    at: Timestamp,
}

impl Recorder {
    /// A recorder whose Events go to this server.
    pub fn start(server: Server, metrics: Arc<Metrics>) -> Self {
        let (sender, mut inbox) = mpsc::channel::<Said>(WAITING);
        let dropped = Arc::clone(&metrics);
        tokio::spawn(async move {
            let mut correlator = Correlator::default();
            while let Some(said) = inbox.recv().await {
                match correlator.observe(&said) {
                    Some(sent) => send(&server, &said.set, sent, &mut correlator).await,
                    None => dropped.count("steadfast_events_dropped_total", "why=\"flood\"".to_owned()),
                }
            }
        });
        Self { sender, metrics }
    }

    /// Says something of a set.
    pub fn say(&self, object: &Value, what: Announcement) {
        let said = Said {
            set: Key::of(object),
            uid: uid(object).to_owned(),
            version: text(object, "/metadata/resourceVersion").to_owned(),
            what,
            at: clock(),
        };
        let has_place = said.what.kind == "Warning" || self.sender.capacity() > KEPT_FOR_WARNINGS;
        if !has_place || self.sender.try_send(said).is_err() {
            self.metrics
                .count("steadfast_events_dropped_total", "why=\"queue\"".to_owned());
        }
    }
}

/// A request that an Event is.
#[derive(Debug, PartialEq)]
enum Sent {
    Create(Value),
    /// The Event of this name is told again.
    Count {
        name: String,
        patch: Value,
        whole: Value,
    },
}

/// What has been said before.
#[derive(Debug, Default)]
struct Correlator {
    alike: BTreeMap<String, Alike>,
    said: BTreeMap<String, Known>,
    budgets: BTreeMap<String, (f64, Timestamp)>,
}

#[derive(Debug)]
struct Alike {
    messages: BTreeSet<String>,
    last: Timestamp,
}

#[derive(Clone, Debug)]
struct Known {
    name: String,
    count: u32,
    first: Timestamp,
}

impl Correlator {
    /// What is to be sent, if anything.
    fn observe(&mut self, said: &Said) -> Option<Sent> {
        if [self.alike.len(), self.said.len(), self.budgets.len()]
            .into_iter()
            .max()
            > Some(REMEMBERED)
        {
            *self = Self::default();
        }
        let Said {
            set, uid, what, at, ..
        } = said;
        let object = format!("{set} {uid}");
        let group = format!("{object} {} {}", what.kind, what.reason);
        let alike = self.alike.entry(group.clone()).or_insert_with(|| Alike {
            messages: BTreeSet::new(),
            last: *at,
        });
        if at.since(alike.last) > ALIKE_WITHIN {
            alike.messages.clear();
        }
        alike.last = *at;
        alike.messages.insert(what.message.clone());
        let (key, message) = match alike.messages.len() < ALIKE {
            true => (format!("{group} {}", what.message), what.message.clone()),
            false => {
                alike.messages.pop_first();
                (group, format!("(combined from similar events): {}", what.message))
            }
        };
        let known = match self.said.get(&key) {
            Some(known) => Known {
                count: known.count.saturating_add(1),
                ..known.clone()
            },
            None => Known {
                name: format!("{}.{:x}", set.name, nanos(*at)),
                count: 1,
                first: *at,
            },
        };
        self.said.insert(key, known.clone());
        let event = event(said, &known, &message);
        if !self.is_within_budget(object, *at) {
            return None;
        }
        Some(match known.count {
            1 => Sent::Create(event),
            count => Sent::Count {
                name: known.name,
                patch: json!({"count": count, "lastTimestamp": at.whole_seconds().to_string(), "message": message}),
                whole: event,
            },
        })
    }

    fn is_within_budget(&mut self, object: String, at: Timestamp) -> bool {
        let (left, since) = self.budgets.entry(object).or_insert((BURST, at));
        *left = (*left + at.since(*since).as_secs_f64() / REFILL_SECONDS).min(BURST);
        *since = at;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

fn nanos(at: Timestamp) -> i128 {
    i128::from(at.seconds()) * 1_000_000_000
        + i128::try_from(at.since(at.whole_seconds()).as_nanos()).unwrap_or(0)
}

fn event(said: &Said, known: &Known, message: &str) -> Value {
    let Said {
        set,
        uid,
        version,
        what,
        at,
    } = said;
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": known.name, "namespace": &*set.namespace},
        "involvedObject": {
            "apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": &*set.namespace, "name": &*set.name,
            "uid": uid, "resourceVersion": version},
        "type": what.kind, "reason": what.reason, "message": message,
        "source": {"component": EVENT_COMPONENT}, "reportingComponent": EVENT_COMPONENT,
        "count": known.count,
        "firstTimestamp": known.first.whole_seconds().to_string(),
        "lastTimestamp": at.whole_seconds().to_string(),
    })
}

/// One attempt: an Event that cannot be told is not worth a delay of the next.
async fn send(server: &Server, set: &Key, sent: Sent, correlator: &mut Correlator) {
    let list = format!("/api/v1/namespaces/{}/events", set.namespace);
    let json = "application/json";
    let result: Result<Value, _> = match &sent {
        Sent::Create(event) => server.ask(Method::POST, &list, Some((json, event))).await,
        Sent::Count { name, patch, whole } => {
            let path = format!("{list}/{name}");
            let body = Some(("application/strategic-merge-patch+json", patch));
            match server.ask(Method::PATCH, &path, body).await {
                // It has expired meanwhile.
                Err(refusal) if refusal.code == 404 => {
                    server.ask(Method::POST, &list, Some((json, whole))).await
                }
                answer => answer,
            }
        }
    };
    if let Err(refusal) = result {
        crate::log::debug(
            "an Event was not taken",
            json!({"set": set.to_string(), "error": refusal.brief()}),
        );
        // What was not created cannot be counted up.
        if let Sent::Create(event) = sent {
            let name = text(&event, "/metadata/name").to_owned();
            correlator.said.retain(|_, known| known.name != name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str, second: i64) -> Said {
        Said {
            set: Key::new("default", "web"),
            uid: "u".to_owned(),
            version: "7".to_owned(),
            what: Announcement {
                kind: "Normal",
                reason: "SuccessfulCreate".to_owned(),
                message: message.to_owned(),
            },
            at: Timestamp::new(second, 5),
        }
    }

    #[test]
    fn an_event_that_is_repeated_is_counted() {
        let mut correlator = Correlator::default();
        let Some(Sent::Create(event)) = correlator.observe(&said("a", 100)) else {
            panic!("the first is created");
        };
        assert_eq!(event["metadata"]["name"], "web.174876e805");
        assert_eq!(event["firstTimestamp"], "1970-01-01T00:01:40Z");
        let Some(Sent::Count { name, patch, .. }) = correlator.observe(&said("a", 160)) else {
            panic!("the second is counted");
        };
        assert_eq!(name, "web.174876e805");
        assert_eq!(patch["count"], 2);
    }

    #[test]
    fn from_the_tenth_on_alike_events_are_one_and_after_twenty_five_there_is_silence() {
        let mut correlator = Correlator::default();
        let sent: Vec<Option<Sent>> = (0..60)
            .map(|at| correlator.observe(&said(&format!("Pod {at}"), 100)))
            .collect();
        let created = sent
            .iter()
            .flatten()
            .filter(|sent| matches!(sent, Sent::Create(_)));
        assert_eq!(created.count(), 10);
        let Some(Some(Sent::Create(combined))) = sent.get(9) else {
            panic!("the tenth begins the combined Event");
        };
        assert_eq!(combined["message"], "(combined from similar events): Pod 9");
        assert_eq!(sent.iter().flatten().count(), 25);
        assert!(sent[25..].iter().all(Option::is_none));
        assert!(
            correlator.observe(&said("later", 100 + 301)).is_some(),
            "one more after five minutes"
        );
    }

    #[test]
    fn sets_do_not_share_their_budget() {
        let mut correlator = Correlator::default();
        for at in 0..40 {
            correlator.observe(&said(&format!("Pod {at}"), 100));
        }
        let mut other = said("Pod 0", 100);
        other.set = Key::new("default", "db");
        assert!(correlator.observe(&other).is_some());
    }

    #[test]
    fn where_normal_events_have_no_place_any_more_a_warning_still_has_one() {
        let metrics = Arc::new(Metrics::default());
        let (sender, mut inbox) = mpsc::channel(WAITING);
        let recorder = Recorder {
            sender,
            metrics: Arc::clone(&metrics),
        };
        let set =
            json!({"metadata": {"namespace": "default", "name": "web", "uid": "u", "resourceVersion": "7"}});
        let say = |kind: &'static str, count: usize| {
            for at in 0..count {
                let message = format!("Pod {at}");
                let reason = String::new();
                recorder.say(
                    &set,
                    Announcement {
                        kind,
                        reason,
                        message,
                    },
                );
            }
            metrics.counted("steadfast_events_dropped_total", "why=\"queue\"")
        };
        assert_eq!(say("Normal", 500), 0);
        assert_eq!(say("Normal", 3), 3);
        assert_eq!(say("Warning", 500), 3);
        assert_eq!(say("Warning", 2), 5);
        let taken = std::iter::from_fn(|| inbox.try_recv().ok());
        assert_eq!(taken.filter(|said| said.what.kind == "Warning").count(), 500);
    }
}
