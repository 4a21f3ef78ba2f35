//! What comes out: whatever Rust writes is of the types.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use steadfast_core::{Kind, Observation, Observed, Plan, Profile, Timestamp, manifest, reconcile};
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_sim::scenario::{Scenario, play};
use steadfast_sim::settings::Settings;
use steadfast_tests::worlds;

use super::fits::Names;
use super::readers::{names, stories};
use super::syntax::Type;

#[test]
fn what_happens_in_a_story_is_of_the_types() {
    let names = names();
    let mut seen = BTreeSet::new();
    for (name, story) in stories() {
        let played = play(&Scenario::parse(&story).unwrap()).unwrap();
        let played = check(&names, "Played", &played, &name);
        let trace = played["trace"].as_array().unwrap().iter();
        seen.extend(trace.map(|entry| entry["type"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, words(&names, "Happening", "type"));
}

#[test]
fn plans_are_of_the_types() {
    let names = names();
    let (mut types, mut reasons, mut waits) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let profile = Profile::default().with_gate("StatefulSetRecreateStrategy", true);
    let profile = profile.unwrap();
    for seed in 0..1_500 {
        let world = worlds::world(seed).observation;
        let plan = check(
            &names,
            "Plan",
            &plan_of(&world, &profile),
            &format!("world {seed}"),
        );
        for action in plan["actions"].as_array().unwrap() {
            types.insert(action["type"].as_str().unwrap().to_owned());
            reasons.insert(action["reason"]["code"].as_str().unwrap().to_owned());
        }
        waits.extend(
            plan["waits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|wait| wait["code"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(types, words(&names, "Operation", "type"));
    assert_eq!(reasons, words(&names, "Reason", "code"));
    assert!(waits.len() > 10, "{waits:?}");
}

#[test]
fn forecasts_are_of_the_types() {
    let names = names();
    let mut outcomes = BTreeSet::new();
    for (name, story) in stories() {
        let question = json!({"objects": story["objects"], "settings": story.get("settings").unwrap_or(&json!({})), "until": "1h"});
        let Ok(forecast) = forecast(&ForecastInput::parse(question).unwrap()) else {
            continue;
        };
        let forecast = check(&names, "Forecast", &forecast, &name);
        outcomes.insert(forecast["outcome"].as_str().unwrap().to_owned());
    }
    assert!(outcomes.len() > 1, "{outcomes:?}");
}

#[test]
fn errors_are_of_the_types() {
    let names = names();
    let mut errors = vec![
        "1.12".parse::<Profile>().map(drop),
        Observed::parse(Observation::default()).map(drop),
        Observed::of_set(json!({"kind": "Pod"})).map(drop),
        ForecastInput::parse(json!({"set": 1})).map(drop),
        Settings::parse(&json!({"pull": "soon", "nodes": [{"name": "a"}, {"name": "a"}]})).map(drop),
        Scenario::parse(&json!({"timeline": [{"at": "1s", "clear": "nothing"}]})).map(drop),
        forecast(&ForecastInput::parse(json!({})).unwrap()).map(drop),
    ];
    let located =
        Observed::of_set(json!({"metadata": {"name": "web"}, "spec": {"replicas": "two"}})).map(drop);
    errors.push(located.map_err(|mut error| {
        error
            .causes
            .iter_mut()
            .for_each(|cause| (cause.line, cause.column) = (Some(2), Some(5)));
        error
    }));
    for error in errors {
        check(&names, "Failure", &error.unwrap_err(), "an error");
    }
}

#[test]
fn what_is_told_of_a_text_is_of_the_types() {
    let names = names();
    let documents = manifest::read(b"a: 1\na: 2\nb: [3]\n").unwrap();
    assert_eq!(documents[0].notices.len(), 1);
    check(&names, "Notice", &documents[0].notices[0], "a notice");
    for field in ["a", "b[0]"] {
        check(
            &names,
            "Location",
            &documents[0].location_of(field).unwrap(),
            field,
        );
    }
}

#[test]
fn what_lint_finds_is_of_the_types() {
    let names = names();
    let texts: [&[u8]; 4] = [
        include_bytes!("../../../docs/samples/mistakes.yaml"),
        include_bytes!("../../../docs/samples/typed.yaml"),
        b"a: [",
        b"spec: {}\nmetadata: {}\n",
    ];
    let linted = steadfast_core::lint::lint(&texts, &[], &Profile::default());
    assert!(linted.iter().all(|linted| !linted.findings.is_empty()));
    for linted in linted {
        check(&names, "Linted", &linted, "a text");
    }
    for (rule, name) in steadfast_core::lint::Rule::ALL {
        assert_eq!(check(&names, "Rule", &rule, name), name);
    }
}

#[test]
fn differences_are_of_the_types() {
    let names = names();
    let set = |text: &[u8]| {
        let documents = manifest::read(text).unwrap();
        let mut objects = manifest::objects(documents)
            .into_iter()
            .map(|object| object.value);
        objects.find(|object| object["kind"] == "StatefulSet").unwrap()
    };
    let web = set(include_bytes!("../../../examples/web.yaml"));
    for new in [
        &include_bytes!("../../../examples/web-v2.yaml")[..],
        include_bytes!("../../../examples/web-larger.yaml"),
    ] {
        let new = set(new);
        let found = steadfast_core::diff::diff(&web, &new, &Profile::default()).unwrap();
        assert!(!found.changes.is_empty());
        check(&names, "Diff", &found, "a difference");
        let runbook = steadfast_core::diff::runbook(&web, &new, "FILE", &Profile::default()).unwrap();
        if let Some(runbook) = runbook {
            check(&names, "Runbook", &runbook, "a runbook");
        }
    }
}

#[test]
fn explanations_and_names_are_of_the_types() {
    use steadfast_core::explain::{Surroundings, explain};
    use steadfast_core::{dns, manifest::objects};
    let names = names();
    let texts: [&[u8]; 3] = [
        include_bytes!("../../recorded/web/repaired-but-stuck.yaml"),
        include_bytes!("../../recorded/unbindable-claim/stuck.yaml"),
        include_bytes!("../../../docs/samples/dns.yaml"),
    ];
    for text in texts {
        let objects: Vec<Value> = objects(manifest::read(text).unwrap())
            .into_iter()
            .map(|object| object.value)
            .collect();
        let observation = Observation::of_objects(objects.clone(), None).unwrap();
        let zone = dns::zone(&observation, &dns::Settings::default()).unwrap();
        check(&names, "DnsNames", &dns::Names::of(&zone), "names");
        for name in ["web-0.web", "web-1.web", "example.com"] {
            let asked = dns::Lookup::ask(&zone, &observation, name, &[], None).unwrap();
            check(&names, "DnsLookup", &asked, name);
        }
        let mut observation = observation;
        let around = Surroundings::take(&mut observation);
        let Ok(observed) = Observed::parse(observation) else {
            continue;
        };
        let (now, profile) = (Timestamp::new(1_795_000_000, 0), Profile::default());
        let plan = reconcile(&observed, now, &profile);
        let explanation = explain(&observed, &around, &plan, now, &profile);
        check(&names, "Explanation", &explanation, "an explanation");
        let mut input = ForecastInput::of(Vec::new());
        input.observed = objects;
        for leads in steadfast_sim::verify::leads_to(&explanation, &input).unwrap() {
            check(&names, "LeadsTo", &leads, "a remedy");
        }
    }
}

#[test]
fn verdicts_of_admission_are_of_the_types() {
    use steadfast_core::admission::{Context, Request, Settings, review};
    let names = names();
    let set = |replicas: u32, note: Value| {
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "uid": "u", "annotations": note},
            "spec": {"replicas": replicas, "serviceName": "", "selector": {"matchLabels": {"app": "db"}},
                "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"},
                "template": {"metadata": {"labels": {"app": "db"}}}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]}})
    };
    let mut context = Context::default();
    context.pods = Some(vec![json!({"metadata": {"name": "db-2"}})]);
    context.claims = Some(vec![json!({"metadata": {"name": "data-db-2"}})]);
    context.services = Some(vec![
        json!({"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "selector": {"app": "db"}}}),
    ]);
    let settings = Settings::parse(&json!({"fillServiceName": true})).unwrap();
    let mut modes = BTreeSet::new();
    let mut patched = 0;
    for (old, note) in [
        (None, json!({})),
        (Some(set(3, json!({}))), json!({})),
        (Some(set(3, json!({}))), json!({"steadfast.dev/allow": "P1"})),
    ] {
        let request = Request::of_change(old, Some(set(2, note)));
        let verdict = review(&request, &context, &settings, &Profile::default());
        patched += usize::from(verdict.patch.is_some());
        let verdict = check(&names, "AdmissionVerdict", &verdict, "a verdict");
        for violation in verdict["violations"].as_array().unwrap() {
            modes.insert(violation["mode"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!((modes.len(), patched), (3, 1), "{modes:?}");
    for policy in steadfast_core::admission::Policy::ALL {
        assert_eq!(check(&names, "PolicyName", &policy, policy.name()), policy.name());
    }
}

#[test]
fn comparisons_are_of_the_types() {
    use steadfast_sim::compare::{Question, compare};
    let names = names();
    let text = include_bytes!("../../../examples/incidents/137409.yaml");
    let story = manifest::read_one(text).unwrap().unwrap().value;
    let story = Scenario::parse(&story).unwrap();
    let versions: Vec<Profile> = Profile::ROWS.iter().map(|row| row.parse().unwrap()).collect();
    let found = compare(&Question::Story(&story), &versions).unwrap();
    assert!(!found.partings.is_empty());
    check(&names, "Comparison", &found, "a comparison");
}

#[test]
fn what_is_read_and_written_is_of_the_types() {
    let names = names();
    let gated = Profile::default()
        .with_gate("MaxUnavailableStatefulSet", false)
        .unwrap();
    for profile in [Profile::default(), gated] {
        check(&names, "Profile", &profile, "a profile");
    }
    check(&names, "Settings", &Settings::default(), "settings");
    check(&names, "Kind", &Kind::Pod, "a kind");
    for seed in 0..100 {
        let observation: Observation = serde_json::from_value(worlds::world(seed).observation).unwrap();
        check(&names, "Observation", &observation, &format!("world {seed}"));
    }
}

fn check<T: Serialize>(names: &Names, name: &str, value: &T, what: &str) -> Value {
    let value = serde_json::to_value(value).unwrap();
    let wrong = names.check(names.get(name), &value, name);
    assert_eq!(wrong, Ok(()), "{what}");
    value
}

fn plan_of(world: &Value, profile: &Profile) -> Plan {
    let observation: Observation = serde_json::from_value(world.clone()).unwrap();
    let now = Timestamp::parse(world["now"].as_str().unwrap()).unwrap();
    reconcile(&Observed::parse(observation).unwrap(), now, profile)
}

/// The texts that a field may have.
fn words(names: &Names, name: &str, field: &str) -> BTreeSet<String> {
    let indexed = Type::Indexed(Box::new(Type::name(name)), Box::new(Type::Text(field.to_owned())));
    let Type::Union(all) = names.indexed(&indexed) else {
        panic!("{name} is no union")
    };
    all.into_iter()
        .map(|one| match one.of {
            Type::Text(text) => text,
            other => panic!("{other:?} is no text"),
        })
        .collect()
}
