//! Whole operations on a real control plane: what upstream's controller wrote, by the API server's audit log, is what a
//! forecast says it will do, from the dump right after the change and, for creations, from the example's own file.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::path::Path;

use serde_json::{Value, json as value};
use steadfast_core::Timestamp;
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_sim::settings::Settings;
use steadfast_tests::recorded::{files, json, objects, root};

#[test]
fn what_the_controller_wrote_in_each_operation_is_what_its_forecast_says() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (name, file) in files(".audit.json") {
        let dump = file.with_extension("").with_extension("yaml");
        if !dump.exists() {
            // The set was gone at once: there was nothing to forecast.
            continue;
        }
        seen += 1;
        let mut input = question(Vec::new());
        input.observed = objects(&dump);
        input.now = now_of(&dump);
        wrong.extend(difference(&json(&file), &input, true).map(|text| format!("{name}: {text}")));
    }
    assert!(seen > 35, "only {seen} operations were recorded");
    assert!(
        wrong.is_empty(),
        "{} of {seen} operations:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_the_controller_wrote_when_each_example_was_created_is_what_plan_says_of_its_file() {
    let mut wrong = Vec::new();
    for example in [
        "web",
        "quorum",
        "primary-replicas",
        "cache",
        "canary",
        "broken-image",
        "unbindable-claim",
    ] {
        let audit = json(
            &root()
                .join("tests/recorded")
                .join(example)
                .join("create.audit.json"),
        );
        let manifests = objects(&root().join("examples").join(example).with_extension("yaml"));
        wrong
            .extend(difference(&audit, &question(manifests), false).map(|text| format!("{example}: {text}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As the real cluster was: this tag is never pulled, that class has no provisioner.
fn question(objects: Vec<Value>) -> ForecastInput {
    let settings: Settings = serde_json::from_value(value!({
        "behaviours": [{"pods": "*", "image": "*:no-such-tag", "what": "imageNeverPulls"}],
        "storageClasses": [{"name": "standard", "mode": "Immediate", "default": true},
            {"name": "no-such-class", "provisions": false}]}))
    .unwrap();
    let mut input = ForecastInput::of(objects);
    input.settings = settings;
    input
}

/// The first difference between the recorded writes and the forecast's actions, without the writes of status.
fn difference(audit: &Value, input: &ForecastInput, with_revisions: bool) -> Option<String> {
    let forecast = match forecast(input) {
        Ok(forecast) => serde_json::to_value(forecast).unwrap(),
        Err(error) => return Some(format!("no forecast: {error}")),
    };
    let line = |verb: &str, kind: &str, name: &str| match kind {
        "ControllerRevision" if !with_revisions => format!("{verb} {kind}"),
        _ => format!("{verb} {kind} {name}"),
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let writes = audit["writes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|write| write["subresource"] != "status");
    let mut recorded: Vec<String> = writes
        .map(|write| {
            line(
                &text(&write["verb"]),
                &text(&write["kind"]),
                &text(&write["name"]),
            )
        })
        .collect();
    let actions = forecast["steps"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|step| step["actions"].as_array().unwrap());
    let mut planned: Vec<String> = actions
        .map(|action| {
            let (verb, kind) = verb_and_kind(action["type"].as_str().unwrap());
            line(verb, kind, &text(&action["name"]))
        })
        .collect();
    let is_parallel = audit["after"]["spec"]["podManagementPolicy"] == "Parallel";
    for side in [&mut recorded, &mut planned] {
        sort_what_is_random(side, is_parallel);
    }
    (recorded != planned).then(|| {
        format!(
            "\n  recorded {}\n  forecast {}",
            recorded.join(", "),
            planned.join(", ")
        )
    })
}

/// Adoptions come in the order of a Go map; under Parallel so do the goroutines of a batch.
fn sort_what_is_random(lines: &mut [String], is_parallel: bool) {
    let kind = |line: &String| line.rsplit_once(' ').map(|(kind, _)| kind.to_owned());
    for run in lines.chunk_by_mut(|one, next| kind(one) == kind(next)) {
        if is_parallel || run[0].starts_with("patch") {
            run.sort();
        }
    }
}

fn verb_and_kind(operation: &str) -> (&'static str, &'static str) {
    let verbs = [
        ("Create", "create"),
        ("Update", "update"),
        ("Delete", "delete"),
        ("Adopt", "patch"),
        ("Release", "patch"),
    ];
    let (prefix, verb) = verbs
        .into_iter()
        .find(|(prefix, _)| operation.starts_with(prefix))
        .unwrap();
    let kinds = ["Pod", "PersistentVolumeClaim", "ControllerRevision"];
    (
        verb,
        kinds
            .into_iter()
            .find(|kind| operation.strip_prefix(prefix) == Some(*kind))
            .unwrap(),
    )
}

/// When the controller went on from this dump.
fn now_of(dump: &Path) -> Option<Timestamp> {
    Timestamp::parse(json(&dump.with_extension("next.json"))["now"].as_str()?)
}
