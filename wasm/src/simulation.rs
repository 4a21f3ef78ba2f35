//! A handle on a simulated cluster: it is told what happens, stepped, forked and asked.

use serde::Serialize;
use serde_json::{Map, Value, json};
use steadfast_core::{Cause, CauseType, Error, ErrorCode, Status, Wait};
use steadfast_sim::clock::Millis;
use steadfast_sim::cluster::{Cluster, Ending, SetView};
use steadfast_sim::forecast::FAR;
use steadfast_sim::scenario::{Planned, Played, Scenario};
use steadfast_sim::settings::Span;
use steadfast_sim::store::{Key, Resource};
use steadfast_sim::trace::Entry;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::answer::{answer, json, tagged, text_of};
use crate::question::story;

/// A cluster in memory with its virtual clock.
#[wasm_bindgen]
#[derive(Default)]
pub struct Simulation {
    cluster: Option<Cluster>,
}

/// The calls, which change the cluster; each is written as a mapping of its name to its argument.
const CALLS: [&str; 5] = ["apply", "event", "step", "run", "advance"];
/// The questions, which do not.
const QUESTIONS: [&str; 6] = ["now", "trace", "objects", "sets", "plan", "ends"];

/// What a container that crashes for ever does in a year of virtual time: so long a call may take.
const MOST_STEPS: u64 = 100_000;

#[wasm_bindgen]
impl Simulation {
    /// An empty handle, which [`begin`](Self::begin) fills.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a story, in place of what was there: a scenario (`wire.md`), with its timeline in store.
    pub fn begin(&mut self, scenario: &str) -> String {
        let cluster = || Scenario::parse(&story(scenario)?)?.begin();
        answer(cluster().map(|cluster| {
            let now = now_of(&cluster);
            self.cluster = Some(cluster);
            now
        }))
    }

    /// Makes a call: `{"apply": OBJECT or LIST}`, `{"event": EVENT}`, `{"step": HOW OFTEN}`, `{"run": {"until"?}}`,
    /// `{"advance": SPAN}`. The same calls in the same order on the same scenario give the same state.
    pub fn call(&mut self, call: &str) -> String {
        let make = |handle: &mut Self| {
            let call = json(call)?;
            let (name, argument) = one_of(&call, &CALLS)?;
            let cluster = handle.cluster.as_mut().ok_or_else(empty)?;
            make(cluster, name, argument)
        };
        answer(make(self))
    }

    /// Answers a question: `{"now": {}}`, `{"trace": FROM}`, `{"objects": {"kind"?, "namespace"?}}`, `{"sets": {}}`,
    /// `{"plan": "[NAMESPACE/]NAME"}`, `{"ends": {}}`.
    pub fn ask(&self, question: &str) -> String {
        let asked = || {
            let question = json(question)?;
            let (name, argument) = one_of(&question, &QUESTIONS)?;
            let cluster = self.cluster.as_ref().ok_or_else(empty)?;
            ask(cluster, name, argument)
        };
        tagged(asked())
    }

    /// A second cluster that stands where this one does, and goes its own way from here.
    pub fn fork(&self) -> Self {
        Self {
            cluster: self.cluster.clone(),
        }
    }
}

fn make(cluster: &mut Cluster, name: &str, argument: &Value) -> Result<Value, Error> {
    match name {
        "apply" => {
            let objects = match argument {
                Value::Array(objects) => objects.as_slice(),
                one => std::slice::from_ref(one),
            };
            for object in objects {
                cluster.apply(object)?;
            }
            Ok(now_of(cluster))
        }
        "event" => {
            let planned = Planned::parse(argument, cluster.now())?;
            if planned.at <= cluster.now() {
                cluster.event(&planned.event, planned.written);
            } else {
                cluster.plan_event(planned);
            }
            Ok(now_of(cluster))
        }
        "step" => {
            let times = argument
                .as_u64()
                .ok_or_else(|| wrong("step", argument, "a whole number from 0 up"))?;
            if times > MOST_STEPS {
                return Err(too_large(&format!("step takes at most {MOST_STEPS} at a time")));
            }
            let mut has_stepped = true;
            for _ in 0..times {
                has_stepped = cluster.step();
                if !has_stepped {
                    break;
                }
            }
            let more = has_stepped && !cluster.is_at_rest();
            Ok(now_with(cluster, "more", json!(more)))
        }
        "run" => {
            let until = match argument.get("until").filter(|until| !until.is_null()) {
                Some(until) => Span::parse(until, "run.until")?.millis(),
                None => Millis(cluster.now().0.saturating_add(FAR.0)),
            };
            let ending = cluster.run_to_rest(until);
            Ok(now_with(cluster, "ending", json!(ending_name(ending))))
        }
        _ => {
            let by = Span::parse(argument, "advance")?.millis();
            if by > FAR {
                return Err(too_large("advance takes at most 30 days at a time"));
            }
            cluster.run_until(Millis(cluster.now().0.saturating_add(by.0)));
            Ok(now_of(cluster))
        }
    }
}

/// The answer as JSON text.
fn ask(cluster: &Cluster, name: &str, argument: &Value) -> Result<String, Error> {
    match name {
        "now" => text_of(&now_of(cluster)),
        "trace" => {
            let from = argument
                .as_u64()
                .ok_or_else(|| wrong("trace", argument, "a whole number from 0 up"))?;
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let entries: &[Entry] = cluster.trace().entries();
            text_of(entries.get(from..).unwrap_or_default())
        }
        "objects" => {
            let text = |field| argument.get(field).and_then(Value::as_str);
            let (kind, namespace) = (text("kind"), text("namespace"));
            let kinds: Vec<Resource> = match kind {
                None => Resource::ALL.to_vec(),
                Some(kind) => {
                    let names = Resource::ALL.map(Resource::kind);
                    let found = Resource::of_kind(kind);
                    let cause = || Cause::not_supported("objects.kind", &Value::from(kind), &names);
                    vec![found.ok_or_else(|| Error::invalid(vec![cause()]))?]
                }
            };
            let objects = kinds
                .into_iter()
                .flat_map(|kind| cluster.store().list(kind, namespace));
            let objects: Vec<&Value> = objects.map(|(_, object)| object.whole()).collect();
            text_of(&objects)
        }
        "sets" => {
            let sets: Vec<Standing<'_>> = cluster.sets().map(Standing::of).collect();
            text_of(&sets)
        }
        "plan" => {
            let name = argument
                .as_str()
                .ok_or_else(|| wrong("plan", argument, "a string"))?;
            let (namespace, name) = name.split_once('/').unwrap_or(("default", name));
            let plan = cluster.plan(&Key::new(Resource::StatefulSet, namespace, name));
            let plan = plan.ok_or_else(|| {
                let message = format!("there is no StatefulSet `{namespace}/{name}`");
                Error::new(ErrorCode::Missing, message)
            })?;
            text_of(&plan)
        }
        _ => {
            let ending = if cluster.is_at_rest() {
                Ending::Rest
            } else {
                Ending::TimeUp
            };
            text_of(&Played::of(cluster, ending).ends)
        }
    }
}

/// How a set stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Standing<'a> {
    namespace: &'a str,
    name: &'a str,
    status: Option<&'a Status>,
    waits: &'a [Wait],
    failures: u32,
    stable_since: Option<Millis>,
}

impl<'a> Standing<'a> {
    fn of(set: SetView<'a>) -> Self {
        let key = set.key();
        Self {
            namespace: &key.namespace,
            name: &key.name,
            status: set.status(),
            waits: set.waits(),
            failures: set.failures(),
            stable_since: set.stable_since(),
        }
    }
}

/// The instant, in milliseconds of virtual time and as a time, and how long the trace is.
fn now_of(cluster: &Cluster) -> Value {
    json!({"at": cluster.now(), "now": cluster.wall(), "entries": cluster.trace().entries().len()})
}

fn now_with(cluster: &Cluster, field: &str, value: Value) -> Value {
    let mut now = now_of(cluster);
    if let Value::Object(fields) = &mut now {
        fields.insert(field.to_owned(), value);
    }
    now
}

fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::Rest => "rest",
        Ending::Repeats => "repeats",
        Ending::TimeUp => "timeUp",
    }
}

fn one_of<'a>(call: &'a Value, names: &[&'static str]) -> Result<(&'static str, &'a Value), Error> {
    let mut fields = call.as_object().into_iter().flat_map(Map::iter);
    let (Some((name, argument)), None) = (fields.next(), fields.next()) else {
        let detail = format!("must be a mapping with exactly one of {}", names.join(", "));
        return Err(Error::invalid(vec![Cause::of(
            "call",
            CauseType::FieldValueInvalid,
            detail,
        )]));
    };
    match names.iter().find(|known| *known == name) {
        Some(known) => Ok((known, argument)),
        None => Err(Error::invalid(vec![Cause::not_supported(
            "call",
            &Value::from(name.as_str()),
            names,
        )])),
    }
}

fn wrong(field: &str, value: &Value, expected: &str) -> Error {
    Error::invalid(vec![Cause::wrong_type(field, value, expected)])
}

fn too_large(sentence: &str) -> Error {
    Error::new(ErrorCode::TooLarge, sentence)
}

fn empty() -> Error {
    Error::new(ErrorCode::Missing, "no story has begun: begin a scenario first")
}
