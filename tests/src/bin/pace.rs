//! `pace FOLDER`: writes the inputs on which the package's speed is measured, and how long the native core and simulator
//! take on them, as `native.json`: microseconds, the median of many runs.

// A measuring program of the tests: what cannot be measured ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::{Observation, Observed, Profile, Timestamp, reconcile};
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_tests::stable;

fn main() {
    let folder = std::env::args().nth(1).expect("usage: pace FOLDER");
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("the folder can be written to");
    };
    let now = Timestamp::parse("2026-11-21T00:00:00Z").expect("a time");
    let profile = Profile::default();
    let mut native = json!({});
    for replicas in [1_000, 10_000] {
        let world = stable::observation(replicas, 1);
        let mut pod = world["pods"][7].clone();
        pod["metadata"]["annotations"]["touched"] = json!("yes");
        let text = world.to_string();
        write(&format!("world-{replicas}.json"), &text);
        write(&format!("pod-{replicas}.json"), &pod.to_string());
        let mut observed = parsed(&text);
        native[format!("decision-{replicas}")] = median(|| {
            let plan = reconcile(&observed, now, &profile);
            serde_json::to_string(&plan).expect("a plan is JSON")
        });
        let pod = pod.to_string();
        native[format!("delta-{replicas}")] = median(|| {
            let pod: Value = serde_json::from_str(&pod).expect("JSON");
            observed.put(pod).expect("a Pod");
            serde_json::to_string(&reconcile(&observed, now, &profile)).expect("a plan is JSON")
        });
        if replicas == 1_000 {
            native["text-1000"] = median(|| {
                let plan = reconcile(&parsed(&text), now, &profile);
                serde_json::to_string(&plan).expect("a plan is JSON")
            });
        }
    }
    for (name, question) in [("create-100", created(100)), ("roll-100", rolled(100))] {
        let text = question.to_string();
        write(&format!("{name}.json"), &text);
        native[name] = median(|| {
            let question = serde_json::from_str(&text).expect("JSON");
            let input = ForecastInput::parse(question).expect("a question");
            serde_json::to_string(&forecast(&input).expect("an answer")).expect("a forecast is JSON")
        });
    }
    write("native.json", &native.to_string());
    println!("{native}");
}

fn parsed(text: &str) -> Observed {
    let value = serde_json::from_str(text).expect("JSON");
    Observed::parse(Observation::of_value(value).expect("an observation")).expect("a valid observation")
}

fn median<T>(mut work: impl FnMut() -> T) -> Value {
    let mut times = Vec::new();
    let until = Instant::now() + Duration::from_millis(1_500);
    while Instant::now() < until || times.len() < 5 {
        let start = Instant::now();
        std::hint::black_box(work());
        times.push(start.elapsed());
    }
    times.sort();
    json!(times[times.len() / 2].as_secs_f64() * 1e6)
}

/// An ordered set of so many Pods is created.
fn created(replicas: u32) -> Value {
    json!({"objects": [manifest(replicas, "nginx:1")]})
}

/// The same, rolled to another image when it is stable.
fn rolled(replicas: u32) -> Value {
    json!({"from": [manifest(replicas, "nginx:1")], "objects": [manifest(replicas, "nginx:2")]})
}

fn manifest(replicas: u32, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "nginx", "image": image}]}}}})
}
