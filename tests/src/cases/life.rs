//! A case of the second kind: a scenario of the simulator, and what happens in it, line by line.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use steadfast_core::{Action, Wait, explain};
use steadfast_sim::clock::Millis;
use steadfast_sim::forecast::Outcome;
use steadfast_sim::scenario::{End, Scenario, play};
use steadfast_sim::settings::Span;
use steadfast_sim::trace::{ActionRecord, Entry, Fate, Happening, ObjectRecord, Refusal};

use super::narrative::of_status;
use super::shorthand::Manifests;

/// The text of the case.
///
/// The input is a scenario (`timeline` and the rest, as `steadfast simulate` takes it) in which a set may be written in
/// shorthand: `set: {...}` for the first object, and in an event `apply: {set: {...}}`. `from: TIME` leaves out what
/// happened before; `show: [status, events]` adds the statuses that were written, and events that are no warnings.
///
/// # Errors
/// A sentence that says what of the input cannot be read.
pub fn text(input: &Value) -> Result<String, String> {
    let from: Span = input
        .get("from")
        .map_or_else(
            || Ok(Span::default()),
            |from| serde_json::from_value(from.clone()),
        )
        .map_err(|e| e.to_string())?;
    let scenario = Scenario::parse(&scenario(input)?).map_err(|error| error.to_string())?;
    let played = play(&scenario).map_err(|error| error.to_string())?;
    let again = play(&scenario).map_err(|error| error.to_string())?;
    if serde_json::to_string(&played).ok() != serde_json::to_string(&again).ok() {
        return Err("the story ends differently when it is played again".to_owned());
    }
    let mut narrator = Narrator {
        from: from.millis(),
        shows: words(input.get("show")),
        ..Narrator::default()
    };
    played
        .trace
        .entries()
        .iter()
        .for_each(|entry| narrator.tell(entry));
    for end in &played.ends {
        narrator.end(played.at, end);
    }
    if played.ends.is_empty() {
        narrator.text.push_str("=== no set is left\n");
    }
    Ok(manifests_of(input).in_words(&without_uids(&narrator.text)))
}

/// The scenario of the case as `steadfast simulate` takes it: without shorthand, and without what is for this text only.
///
/// # Errors
/// A sentence that says what of the input cannot be read.
pub fn scenario(input: &Value) -> Result<Value, String> {
    let mut fields = input.as_object().cloned().ok_or("the case is not a mapping")?;
    let manifests = manifests_of(input);
    for name in ["templates", "from", "show"] {
        fields.remove(name);
    }
    if let Some(set) = fields.remove("set") {
        let mut objects = vec![manifests.set(&set)?];
        objects.extend(
            fields
                .remove("objects")
                .and_then(|rest| rest.as_array().cloned())
                .unwrap_or_default(),
        );
        fields.insert("objects".to_owned(), objects.into());
    }
    for event in fields
        .get_mut("timeline")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(apply) = event.get_mut("apply").filter(|apply| apply.get("set").is_some()) {
            *apply = manifests.set(&apply["set"])?;
        }
    }
    Ok(Value::Object(fields))
}

fn manifests_of(input: &Value) -> Manifests {
    Manifests::of(input.get("templates").cloned().unwrap_or_else(|| json!({})))
}

fn words(show: Option<&Value>) -> Vec<String> {
    match show {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect(),
        Some(Value::String(word)) => vec![word.clone()],
        _ => Vec::new(),
    }
}

#[derive(Default)]
struct Narrator {
    text: String,
    from: Millis,
    shows: Vec<String>,
    /// What was said of each object since it was made.
    said: BTreeMap<(&'static str, String), Vec<String>>,
    /// How often each action was refused in a row.
    refusals: BTreeMap<String, u32>,
    /// The warnings that were told already.
    warned: Vec<String>,
    /// What the controller waited for when it was last told.
    waits: Vec<String>,
}

impl Narrator {
    fn tell(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.what {
            Happening::Action { action, error, .. } => {
                self.action(at, action, error.as_ref());
            }
            Happening::Status { status, error, .. } if error.is_some() || self.is_shown("status") => {
                let mut text = String::new();
                of_status(status, None, &mut text);
                let refused = error.as_ref().map(refusal).unwrap_or_default();
                self.line(at, &format!("{}{refused}", text.trim_end()));
            }
            Happening::Waits { waits, .. } => self.waits(at, waits),
            Happening::Object(object) => self.object(at, object),
            Happening::Event {
                kind,
                component,
                object_kind,
                name,
                reason,
                message,
                ..
            } => {
                let text = format!("{component} on {object_kind} {name}: {reason}: {message}");
                let is_news = *kind == "Warning" && !self.warned.contains(&text);
                if is_news || self.is_shown("events") {
                    self.line(at, &format!("{} {text}", kind.to_lowercase()));
                }
                self.warned.push(text);
            }
            Happening::Scenario { event, error } => {
                let mut event = event.clone();
                event.as_object_mut().map(|event| event.remove("at"));
                if let Some(apply) = event.get_mut("apply") {
                    *apply = format!("{} {}", apply["kind"], apply["metadata"]["name"])
                        .replace('"', "")
                        .into();
                }
                let error = error
                    .as_ref()
                    .map(|error| format!("; impossible: {error}"))
                    .unwrap_or_default();
                self.line(at, &format!("--- {}{error}", flow(&event)));
            }
            _ => {}
        }
    }

    /// An action that is refused again and again is told once, and how often it was refused when it succeeds.
    fn action(&mut self, at: Millis, action: &ActionRecord, error: Option<&Refusal>) {
        let what = format!("{} {}: {}", action.operation, action.name, reason(action));
        let refused = error.map(refusal).unwrap_or_default();
        match (error, self.refusals.get(&what).copied().unwrap_or(0)) {
            (Some(_), 0) | (None, 0 | 1) => self.line(at, &format!("{what}{refused}")),
            (Some(_), _) => {}
            (None, times) => self.line(at, &format!("{what}; was refused {times} times")),
        }
        let times = self.refusals.entry(what).or_default();
        *times = if error.is_some() { *times + 1 } else { 0 };
    }

    /// Only what is new among the waits is told.
    fn waits(&mut self, at: Millis, waits: &[Wait]) {
        let now: Vec<String> = waits.iter().map(explain::wait).collect();
        let news: Vec<String> = now
            .iter()
            .filter(|wait| !self.waits.contains(wait))
            .cloned()
            .collect();
        for wait in news {
            self.line(at, &format!("waits {wait}"));
        }
        self.waits = now;
    }

    /// Pods as kubectl prints them, claims and sets by what becomes of them.
    fn object(&mut self, at: Millis, object: &ObjectRecord) {
        let state = match (&object.row, object.kind) {
            (Some(row), _) if row.status == "Terminating" => row.status.clone(),
            (Some(row), _) => format!("{} {}", row.ready, row.status),
            (None, "PersistentVolumeClaim") => {
                let phase = object.phase.clone().unwrap_or_default();
                if object.terminating {
                    format!("{phase}, terminating")
                } else {
                    phase
                }
            }
            (None, "StatefulSet") if object.terminating => "terminating".to_owned(),
            (None, "StatefulSet") => String::new(),
            _ => return,
        };
        let key = (object.kind, object.name.to_string());
        if object.change == Fate::Gone {
            self.said.remove(&key);
            return self.line(at, &format!("{} {} is gone", object.kind, object.name));
        }
        // Who creates an object has just said so.
        let is_first = object.change == Fate::Created && state.ends_with("Pending");
        // What goes round in circles, as a crash loop does, is told once.
        let said = self.said.entry(key).or_default();
        let is_last = said.last() == Some(&state);
        let is_news = !said.contains(&state) || (!is_last && state.ends_with(" Running"));
        if !is_last {
            said.push(state.clone());
        }
        if is_news && !is_first && !state.is_empty() {
            self.line(at, &format!("{} {}: {state}", object.kind, object.name));
        }
    }

    fn end(&mut self, at: Millis, end: &End) {
        let word =
            |value: serde_json::Result<Value>| value.ok().and_then(|word| word.as_str().map(str::to_owned));
        let outcome = word(serde_json::to_value(end.outcome)).unwrap_or_default();
        let state = word(serde_json::to_value(end.verdict.state)).unwrap_or_default();
        let mut text = format!("=== {}: {outcome}", end.set.name);
        if outcome != state {
            let _ = write!(text, ", {state}");
        }
        if end.verdict.deleted {
            text.push_str(", deleted");
        }
        if !end.verdict.pods.is_empty() {
            let _ = write!(text, " ({})", end.verdict.pods.join(", "));
        }
        for blocker in &end.verdict.blockers {
            let _ = write!(text, "; {} {}", blocker.kind, blocker.name);
            for part in [&blocker.reason, &blocker.message]
                .into_iter()
                .filter(|part| !part.is_empty())
            {
                let _ = write!(text, ": {part}");
            }
        }
        // At rest it does not matter when the last timer was due.
        if end.outcome == Outcome::Unfinished {
            let _ = write!(text, " after {} s", at.0 / 1_000);
        }
        let _ = writeln!(self.text, "{text}");
    }

    fn is_shown(&self, word: &str) -> bool {
        self.shows.iter().any(|shown| shown == word)
    }

    fn line(&mut self, at: Millis, text: &str) {
        if at >= self.from {
            let (seconds, millis) = (at.0 / 1_000, at.0 % 1_000);
            let time = format!("{seconds}.{millis:03}");
            let _ = writeln!(self.text, "{time:>9}  {}", text.replace('\n', "\n           "));
        }
    }
}

/// The text with `UID` for every UID: they stand in the API server's sentences.
fn without_uids(text: &str) -> String {
    let is_uid = |word: &str| {
        let lengths: Vec<usize> = word.split('-').map(str::len).collect();
        lengths == [8, 4, 4, 4, 12] && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_part(c)).unwrap_or(from.len()));
        plain.push_str(before);
        plain.push_str(if is_uid(word) { "UID" } else { word });
        rest = after;
    }
    plain + rest
}

fn refusal(refusal: &Refusal) -> String {
    let applied = if refusal.was_applied {
        ", though it was done"
    } else {
        ""
    };
    format!(
        "; refused: {} {}: {}{applied}",
        refusal.status, refusal.reason, refusal.message
    )
}

/// The reason's sentence; the trace keeps no objects, so the action is read back with empty ones.
fn reason(record: &ActionRecord) -> String {
    let mut action = serde_json::to_value(record).unwrap_or_default();
    for (key, value) in [
        ("object", json!({})),
        ("patch", json!({})),
        ("uid", json!("some")),
    ] {
        action[key] = value;
    }
    let action: Result<Action, _> = serde_json::from_value(action);
    action.map_or_else(|error| error.to_string(), |action| explain::reason(&action))
}

/// A value as YAML writes it on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", flow_inner(value)))
                .collect();
            fields.join(", ")
        }
        other => flow_inner(other),
    }
}

fn flow_inner(value: &Value) -> String {
    match value {
        Value::Object(_) => format!("{{{}}}", flow(value)),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(flow_inner).collect::<Vec<_>>().join(", ")
        ),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
