//! Whatever a manifest, a dump or a scenario holds, there is an answer or an error, and never a panic.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use serde_json::{Value, json};
use steadfast_core::manifest;
use steadfast_sim::clock::Millis;
use steadfast_sim::forecast::{ForecastInput, Outcome, forecast};
use steadfast_sim::random::Random;
use steadfast_sim::scenario::{Scenario, play_watched};

const PRIMARY: &[u8] = include_bytes!("../../examples/primary-replicas.yaml");
const DUMP: &[u8] = include_bytes!("../../tests/recorded/web/pod-terminating.yaml");

fn read(text: &[u8]) -> Vec<Value> {
    manifest::objects(manifest::read(text).unwrap())
        .into_iter()
        .map(|object| object.value)
        .collect()
}

/// The number of values in a tree.
fn size(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => 1 + fields.values().map(size).sum::<u64>(),
        Value::Array(items) => 1 + items.iter().map(size).sum::<u64>(),
        _ => 1,
    }
}

/// Replaces the value that is number `at` in the tree.
fn replace(value: &mut Value, at: &mut u64, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, at, with)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, with)),
        _ => {}
    }
}

/// The tree with one or two of its values replaced by something strange.
fn damaged(value: &Value, random: &mut Random) -> Value {
    let strange = [
        json!(null),
        json!(-1),
        json!(0),
        json!(4),
        json!(1e300),
        json!(i64::MAX),
        json!(""),
        json!("web-0"),
        json!("é\u{0}\u{fffd}"),
        json!("2026-11-21T08:05:17Z"),
        json!("9999-12-31T23:59:59Z"),
        json!([]),
        json!({}),
        json!([null, {}, [1]]),
        json!({"name": "x", "": [{}]}),
        json!(true),
    ];
    let mut value = value.clone();
    for _ in 0..=random.below(2) {
        let mut at = random.below(size(&value));
        let with = &strange[usize::try_from(random.below(strange.len() as u64)).unwrap()];
        replace(&mut value, &mut at, with);
    }
    value
}

/// One answer, within an hour of virtual time and some thousand steps.
fn ask(objects: Vec<Value>, observed: Vec<Value>) -> Option<Outcome> {
    let mut input = ForecastInput::of(objects);
    input.observed = observed;
    input.until = Some(Millis(3_600_000));
    forecast(&input).ok().map(|forecast| {
        serde_json::to_string(&forecast).unwrap();
        forecast.outcome
    })
}

#[test]
fn damaged_manifests_give_an_answer_or_an_error() {
    let objects = read(PRIMARY);
    let mut random = Random::new(1);
    let answers: Vec<Option<Outcome>> = (0..600)
        .map(|_| {
            let damaged = damaged(&Value::Array(objects.clone()), &mut random);
            ask(damaged.as_array().cloned().unwrap_or_default(), Vec::new())
        })
        .collect();
    let errors = answers.iter().filter(|answer| answer.is_none()).count();
    assert!(
        errors > 50 && errors < 550,
        "most damage is either harmless or refused: {errors} errors"
    );
}

#[test]
fn damaged_dumps_give_an_answer_or_an_error() {
    let observed = Value::Array(read(DUMP));
    let mut random = Random::new(2);
    let answers: Vec<Option<Outcome>> = (0..600)
        .map(|_| {
            ask(
                Vec::new(),
                damaged(&observed, &mut random)
                    .as_array()
                    .cloned()
                    .unwrap_or_default(),
            )
        })
        .collect();
    assert!(
        answers.iter().flatten().count() > 300,
        "most damage to a dump is harmless"
    );
}

#[test]
fn damaged_scenarios_give_an_answer_or_an_error() {
    let scenario = json!({
        "name": "a story", "kubernetes": "1.36", "featureGates": {"MaxUnavailableStatefulSet": true},
        "settings": {"nodes": [{"name": "a"}, {"name": "b", "zone": "z"}], "pull": "1s", "jitter": 10},
        "objects": read(PRIMARY),
        "timeline": [
            {"at": "5s", "scale": {"name": "db", "replicas": 2}},
            {"at": "6s", "slowTermination": {"pod": "db-*", "for": "3s"}},
            {"at": "7s", "apiError": {"verb": "create", "error": "quota", "times": 2}},
            {"at": "8s", "delete": {"kind": "Pod", "name": "db-0", "grace": 1}},
            {"at": "9s", "node": {"name": "a", "state": "down"}},
        ],
        "until": "20m"});
    let mut random = Random::new(3);
    let mut played = 0;
    for _ in 0..600 {
        let Ok(scenario) = Scenario::parse(&damaged(&scenario, &mut random)) else {
            continue;
        };
        let mut steps = 0;
        played += usize::from(
            play_watched(&scenario, &mut |_| {
                steps += 1;
                steps < 3_000
            })
            .is_ok(),
        );
    }
    assert!(
        played > 50,
        "{played} of 600 could be played: most damage is refused when it is applied"
    );
}
