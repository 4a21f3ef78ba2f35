//! What goes in: the types take what the readers take, and nothing else. `scenario.ts` is written by hand because the readers
//! of stories and questions are, so this is all that holds the two together.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use steadfast_core::{Error, Observation, Profile};
use steadfast_sim::clock::Millis;
use steadfast_sim::faults::FaultRule;
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::scenario::{Planned, Scenario};
use steadfast_sim::settings::{Absent, BackOff, Behaviour, NodeSetting, Settings, StorageClassSetting};
use steadfast_tests::cases::{Case, files};

use super::fits::Names;
use super::samples::{self, STRAY};
use super::syntax::{self, Key, Type};

/// Why a value is not read.
type Answer = Result<(), String>;

/// A type and what reads it.
struct Input {
    name: String,
    of: Type,
    read: Box<dyn Fn(&Value) -> Answer>,
}

#[test]
fn whatever_the_types_allow_is_read() {
    let names = names();
    let mut count = 0;
    let loose = [
        input(&names, "Observation", |value| {
            told(Observation::of_value(value.clone()))
        }),
        input(&names, "Profile", serde::<Profile>),
    ];
    for Input { name, of, read } in inputs(&names).into_iter().chain(loose) {
        for value in samples::samples(&names, &of) {
            names
                .check(&of, &value, "")
                .unwrap_or_else(|error| panic!("a wrong sample of {name}: {error}"));
            read(&value)
                .unwrap_or_else(|error| panic!("{name} has the type of {value}, which is not read: {error}"));
            count += 1;
        }
    }
    assert!(count > 300, "only {count} values were tried");
}

#[test]
fn what_the_types_forbid_is_refused() {
    let names = names();
    for Input { name, of, read } in inputs(&names) {
        let mut values = samples::near_misses(&names, &of);
        values.extend(samples::probes().map(|value| ("a probe".to_owned(), value)));
        for members in names.objects(&of) {
            let least = samples::least(&names, &members);
            for member in &members {
                let Key::Field(field) = &member.key else { continue };
                // Whatever is said of them: a manifest is looked into when its time has come, and `tick` says it all.
                if ["apply", "tick"].contains(&field.as_str()) {
                    continue;
                }
                for probe in samples::probes() {
                    let mut object = least.clone();
                    object.insert(field.clone(), probe);
                    values.push((format!("{field} probed"), Value::Object(object)));
                }
            }
        }
        for (what, value) in values {
            let is_fit = names.check(&of, &value, "").is_ok();
            assert!(
                is_fit || read(&value).is_err(),
                "{name}, {what}: {value} is read, and not of the type"
            );
        }
    }
}

#[test]
fn the_types_have_the_fields_that_the_readers_name() {
    let names = names();
    let mut count = 0;
    // Of these the reader speaks in words of its own: see below.
    let others = ["ScenarioEvent", "SimulationEvent"];
    let inputs = inputs(&names)
        .into_iter()
        .filter(|input| !others.contains(&input.name.as_str()));
    for Input { name, of, read } in inputs {
        let Some(members) = names.objects(&of).into_iter().next() else {
            continue;
        };
        let mut object = samples::least(&names, &members);
        object.insert(STRAY.to_owned(), json!(1));
        let error = read(&Value::Object(object)).unwrap_err();
        assert_eq!(listed(&error), Some(names.fields(&of)), "{name}: {error}");
        count += 1;
    }
    assert!(count > 15, "only {count} types were compared");
    let error = Planned::parse(&json!({"at": "1s", STRAY: {}}), Millis(0))
        .unwrap_err()
        .to_string();
    assert_eq!(listed(&error), Some(names.fields(names.get("ScenarioEvents"))));
}

#[test]
fn the_types_have_the_words_that_the_readers_name() {
    let names = names();
    let mut count = 0;
    for Input { name, of, read } in inputs(&names) {
        let mut compare = |of: &[&Type], value: Value| {
            let Some(supported) = read(&value).err().and_then(|error| supported(&error)) else {
                return;
            };
            let words = of.iter().flat_map(|of| samples::samples(&names, of));
            let words: BTreeSet<String> = words
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect();
            assert_eq!(words, supported, "{name}: {value}");
            count += 1;
        };
        compare(&[&of], json!("web"));
        let forms = names.objects(&of);
        for members in &forms {
            for member in members {
                let mut object = samples::least(&names, members);
                if let Key::Field(field) = &member.key {
                    object.insert(field.clone(), json!("web"));
                    // What tells the forms of one type apart is another word in each.
                    let same = forms.iter().flatten().filter(|other| other.key == member.key);
                    let all: Vec<&Type> = same.map(|other| &other.of).collect();
                    compare(&all, Value::Object(object));
                }
            }
        }
    }
    assert!(count > 8, "only {count} unions were compared");
}

#[test]
fn the_stories_of_the_cases_are_scenarios() {
    let names = names();
    let stories = stories();
    assert!(stories.len() > 30, "only {} stories were found", stories.len());
    for (name, story) in stories {
        let error = names.check(names.get("Scenario"), &story, "scenario").err();
        assert_eq!(error, None, "{name}");
    }
}

#[test]
fn every_name_is_declared() {
    let names = names();
    for (declared, of) in names.all() {
        of.clone().visit(&mut |of| {
            if let Type::Name(name, _) = of {
                assert!(names.is_known(name), "{declared} speaks of {name}");
            }
        });
    }
}

/// The lives among the cases, in their JSON form.
pub fn stories() -> Vec<(String, Value)> {
    let cases = files().into_iter().map(|path| Case::read(&path).unwrap());
    let lives = cases.filter(|case| !case.is_decision() && !case.is_answer());
    lives
        .map(|case| (case.name.clone(), case.scenario().unwrap()))
        .collect()
}

/// All types of the package's files. Text becomes objects before a reader is asked, so here it is none.
pub fn names() -> Names {
    let files =
        ["wire.ts", "scenario.ts"].map(|file| std::fs::read_to_string(super::folder().join(file)).unwrap());
    let mut declarations = files
        .iter()
        .flat_map(|text| syntax::declarations(text))
        .collect::<Vec<_>>();
    let is_text = |of: &Type| *of == Type::name("string");
    for declaration in &mut declarations {
        if let (Type::Union(all), "Objects") = (&mut declaration.of, declaration.name.as_str()) {
            all.retain(|one| !is_text(&one.of));
        }
        if let (Type::Object(members), "Scenario") = (&mut declaration.of, declaration.name.as_str()) {
            for member in members
                .iter_mut()
                .filter(|member| member.key == Key::Field("objects".to_owned()))
            {
                if let Type::Union(all) = &mut member.of {
                    all.retain(|one| !is_text(&one.of));
                }
            }
        }
    }
    Names::of(declarations)
}

/// All types that are read field by field, and those of their parts that have no name.
fn inputs(names: &Names) -> Vec<Input> {
    let mut inputs = vec![
        input(names, "Scenario", |value| told(Scenario::parse(value))),
        input(names, "ScenarioEvent", |value| {
            told(Scenario::parse(&json!({"timeline": [value]})))
        }),
        input(names, "SimulationEvent", |value| {
            told(Planned::parse(value, Millis(0)))
        }),
        input(names, "PlanQuestion", |value| {
            told(ForecastInput::parse(value.clone()))
        }),
        input(names, "Settings", |value| told(Settings::parse(value))),
        input(names, "NodeSetting", serde::<NodeSetting>),
        input(names, "StorageClassSetting", serde::<StorageClassSetting>),
        input(names, "Absent", serde::<Absent>),
        input(names, "BackOff", serde::<BackOff>),
        input(names, "Behaviour", serde::<Behaviour>),
        input(names, "FaultRule", serde::<FaultRule>),
    ];
    for member in &names.objects(names.get("ScenarioEvents"))[0] {
        let Key::Field(event) = member.key.clone() else {
            panic!("an event has a name")
        };
        if ["apply", "tick"].contains(&event.as_str()) {
            continue;
        }
        inputs.push(Input {
            name: format!("the event {event}"),
            of: member.of.clone(),
            read: Box::new(move |value| {
                let event = Map::from_iter([(event.clone(), value.clone())]);
                told(Planned::parse(&Value::Object(event), Millis(0)))
            }),
        });
    }
    let question = names.objects(names.get("PlanQuestion")).remove(0);
    let delete = question
        .into_iter()
        .find(|member| member.key == Key::Field("delete".to_owned()));
    inputs.push(Input {
        name: "delete of PlanQuestion".to_owned(),
        of: delete.unwrap().of,
        read: Box::new(|value| told(ForecastInput::parse(json!({"delete": value})))),
    });
    inputs
}

fn input(names: &Names, name: &str, read: fn(&Value) -> Answer) -> Input {
    Input {
        name: name.to_owned(),
        of: names.get(name).clone(),
        read: Box::new(read),
    }
}

fn serde<T: DeserializeOwned>(value: &Value) -> Answer {
    serde_json::from_value::<T>(value.clone())
        .map(|_| ())
        .map_err(|error| error.to_string())
}

fn told<T>(read: Result<T, Error>) -> Answer {
    read.map(|_| ()).map_err(|error| error.to_string())
}

/// The fields that an error about an unknown one lists.
fn listed(error: &str) -> Option<BTreeSet<String>> {
    let (_, names) = error.rsplit_once("there are ")?;
    Some(names.split(", ").map(str::to_owned).collect())
}

/// The words that an error about another one lists.
fn supported(error: &str) -> Option<BTreeSet<String>> {
    let (_, words) = error.split_once("supported values: ")?;
    Some(words.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}
