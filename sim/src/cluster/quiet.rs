//! When nothing new happens any more.
//!
//! A crash loop changes its Pod for ever, an image that cannot be pulled is tried for ever, and a Pod that always ends is
//! replaced for ever. So a change counts as new only where it takes the object of that name to a state in which there was
//! none before, restarts, versions, UIDs and times apart; and a
//! timer counts as a repetition where one for the same purpose was due since the last new change. A cluster in which
//! only repetitions are left, and in which nothing new has happened for [`PATIENCE`], will not go on by itself.

use serde_json::Value;
use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::{Millis, Timer};
use crate::store::{Change, Resource};
use crate::view;

/// How long nothing new must have happened: twice the longest back-off of a kubelet.
pub(crate) const PATIENCE: Millis = Millis(600_000);

/// Keeps account of what is new.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quiet {
    /// The states that objects have been in, as digests with their names.
    seen: SortedSet<u64>,
    last_new: Millis,
    /// Timers that are not due yet, by purpose.
    waiting: SortedMap<u64, u32>,
    /// How many they are.
    total: u64,
    /// The purposes that were due since the last new change.
    fired: SortedSet<u64>,
    /// How many of `waiting` are for a purpose that is not in `fired`.
    unfired: u64,
}

impl Quiet {
    /// When something new happened last.
    pub fn last_new(&self) -> Millis {
        self.last_new
    }

    /// True where only repetitions are left to happen.
    pub fn is_repeating(&self) -> bool {
        self.unfired == 0
    }

    pub fn scheduled(&mut self, timer: &Timer) {
        let purpose = purpose(timer);
        self.waiting.change(purpose, |count| *count += 1);
        self.total += 1;
        self.unfired += u64::from(!self.fired.contains(&purpose));
    }

    pub fn fired(&mut self, timer: &Timer) {
        let purpose = purpose(timer);
        self.total = self.total.saturating_sub(1);
        let left = match self.waiting.get_mut(&purpose) {
            Some(count) if *count > 1 => {
                *count -= 1;
                u64::from(*count)
            }
            _ => {
                self.waiting.remove(&purpose);
                0
            }
        };
        if self.fired.insert(purpose) {
            self.unfired = self.unfired.saturating_sub(1 + left);
        }
    }

    /// Takes a change into account.
    pub fn saw(&mut self, change: &Change, now: Millis) {
        if self.seen.insert(state_of(change)) {
            self.renew(now);
        }
    }

    /// Something new happened that is not a change of an object.
    pub fn renew(&mut self, now: Millis) {
        self.last_new = now;
        if !self.fired.is_empty() {
            self.fired.clear();
            self.unfired = self.total;
        }
    }
}

fn purpose(timer: &Timer) -> u64 {
    let mut digest = Digest::default();
    digest.text(timer.owner);
    digest.text(timer.what);
    digest.text(timer.key.resource.kind());
    digest.text(&timer.key.namespace);
    digest.text(&timer.key.name);
    digest.0
}

/// What of an object tells one state of its life from another.
fn state_of(change: &Change) -> u64 {
    let mut digest = Digest::default();
    digest.text(change.key.resource.kind());
    digest.text(&change.key.namespace);
    digest.text(&change.key.name);
    let Some(object) = &change.after else {
        return digest.0;
    };
    digest.flag(object.is_terminating());
    each_field(object.field("metadata"), |name, value| {
        if matches!(name, "finalizers" | "ownerReferences" | "labels" | "generation") {
            digest.named(name, value);
        }
    });
    match change.key.resource {
        Resource::Pod => pod(object, &mut digest),
        Resource::StatefulSet | Resource::ControllerRevision => {
            digest.value(object.field("status"));
            digest.value(object.field("revision"));
        }
        Resource::EndpointSlice => {
            for endpoint in view::items(object, &["endpoints"]) {
                digest.text(view::text_or_empty(endpoint, &["targetRef", "name"]));
                digest.value(endpoint.get("conditions"));
            }
        }
        _ => {
            digest.value(object.field("spec"));
            digest.value(object.field("status"));
        }
    }
    digest.0
}

fn pod(pod: &dyn Document, digest: &mut Digest) {
    digest.text(view::text_or_empty(pod, &["spec", "nodeName"]));
    each_field(pod.field("status"), |name, value| {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match name {
            "phase" | "reason" => digest.named(name, value),
            "conditions" => items.iter().for_each(|item| condition(item, digest)),
            "initContainerStatuses" | "containerStatuses" => {
                digest.text(name);
                items.iter().for_each(|item| container(item, digest));
            }
            _ => {}
        }
    });
}

fn condition(condition: &Value, digest: &mut Digest) {
    digest.word(u64::from(b'['));
    each_field(Some(condition), |name, value| {
        if matches!(name, "type" | "status" | "reason") {
            digest.named(name, value);
        }
    });
}

fn container(container: &Value, digest: &mut Digest) {
    digest.word(u64::from(b'['));
    each_field(Some(container), |name, value| match name {
        "ready" => digest.named(name, value),
        "state" => each_field(Some(value), |state, detail| {
            digest.text(state);
            digest.text(view::text_or_empty(detail, &["reason"]));
        }),
        _ => {}
    });
}

/// Goes through the fields of a mapping, in their order; to look for some of them one by one takes longer.
fn each_field<'a>(value: Option<&'a Value>, mut visit: impl FnMut(&'a str, &'a Value)) {
    if let Some(Value::Object(fields)) = value {
        for (name, value) in fields {
            visit(name, value);
        }
    }
}

/// FNV-1a of 64 bits, eight bytes at a time; each part begins with its length, so that parts cannot run into one another.
struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// A product only carries bits upwards: the rotation brings the highest ones back to where the next word meets them.
    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
    }

    fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.word(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn named(&mut self, name: &str, value: &Value) {
        self.text(name);
        self.value(Some(value));
    }

    fn flag(&mut self, flag: bool) {
        self.word(u64::from(flag));
    }

    /// Any JSON, but for the fields that hold times or versions.
    fn value(&mut self, value: Option<&Value>) {
        match value {
            None | Some(Value::Null) => self.word(u64::from(b'-')),
            Some(Value::Bool(flag)) => self.flag(*flag),
            Some(Value::Number(number)) => match number.as_i64() {
                Some(number) => self.word(number.cast_unsigned()),
                None => self.text(&number.to_string()),
            },
            Some(Value::String(text)) => self.text(text),
            Some(Value::Array(items)) => {
                self.word(items.len() as u64);
                items.iter().for_each(|item| self.value(Some(item)));
            }
            Some(Value::Object(fields)) => {
                for (name, field) in fields {
                    let is_time =
                        name.ends_with("Time") || name.ends_with("Timestamp") || name == "resourceVersion";
                    if !is_time {
                        self.text(name);
                        self.value(Some(field));
                    }
                }
                self.word(u64::from(b'}'));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Key;
    use serde_json::json;

    fn timer(what: &'static str) -> Timer {
        Timer {
            owner: "kubelet",
            what,
            key: Key::new(Resource::Pod, "default", "web-0"),
            token: 0,
        }
    }

    fn change(reason: &str, restarts: u32) -> Change {
        let pod = json!({"metadata": {"uid": "u", "resourceVersion": restarts.to_string()}, "status": {"phase": "Running",
            "containerStatuses": [{"restartCount": restarts, "state": {"waiting": {"reason": reason}}}]}});
        Change {
            key: Key::new(Resource::Pod, "default", "web-0"),
            before: None,
            after: Some(pod.into()),
        }
    }

    #[test]
    fn a_crash_loop_is_no_news_after_its_first_turn() {
        let mut quiet = Quiet::default();
        for (at, reason, restarts, last_new) in [
            (1, "CrashLoopBackOff", 1, 1),
            (2, "Error", 1, 2),
            (3, "CrashLoopBackOff", 2, 2),
            (4, "Error", 2, 2),
            (5, "ImagePullBackOff", 2, 5),
        ] {
            quiet.saw(&change(reason, restarts), Millis(at));
            assert_eq!(quiet.last_new(), Millis(last_new), "{reason} {restarts}");
        }
    }

    #[test]
    fn a_pod_that_is_replaced_for_ever_is_no_news_after_its_first_turn() {
        let mut quiet = Quiet::default();
        for (at, uid, last_new) in [(1, "u1", 1), (2, "u2", 1), (3, "u3", 1)] {
            let mut change = change("Error", 0);
            let mut pod = change.after.unwrap().whole().clone();
            pod["metadata"]["uid"] = json!(uid);
            change.after = Some(pod.into());
            quiet.saw(&change, Millis(at));
            assert_eq!(quiet.last_new(), Millis(last_new), "{uid}");
        }
    }

    #[test]
    fn only_timers_for_a_purpose_that_was_due_since_the_last_news_are_repetitions() {
        let mut quiet = Quiet::default();
        assert!(quiet.is_repeating());
        quiet.scheduled(&timer("back-off"));
        quiet.scheduled(&timer("back-off"));
        assert!(!quiet.is_repeating());
        quiet.fired(&timer("back-off"));
        assert!(quiet.is_repeating(), "the other one is for the same purpose");
        quiet.scheduled(&timer("back-off"));
        assert!(quiet.is_repeating());
        quiet.renew(Millis(1));
        assert!(!quiet.is_repeating(), "after news everything may go another way");
        quiet.fired(&timer("back-off"));
        quiet.scheduled(&timer("stop"));
        assert!(!quiet.is_repeating());
        quiet.fired(&timer("stop"));
        assert!(quiet.is_repeating());
    }
}
