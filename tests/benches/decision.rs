//! Decisions, parsing, lint and forecasts, measured by divan. `cargo xtask bench` prints upstream's own times beside the decisions.

// A measuring program of the tests: what cannot be measured ends it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

use divan::Bencher;
use serde_json::{Value, json};
use steadfast_core::{Observation, Observed, Profile, Timestamp, lint, manifest, reconcile};
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_tests::stable;

fn main() {
    divan::main();
}

/// A stable set, nothing to do, from parsed objects.
#[divan::bench(args = [10, 100, 1_000, 10_000])]
fn decide(bencher: Bencher, replicas: u32) {
    let observed = observed(&stable::observation(replicas, 1));
    let (now, profile) = (now(), Profile::default());
    bencher.bench(|| reconcile(divan::black_box(&observed), now, &profile));
}

/// A dump as `kubectl -o json` prints it: text to parsed observation.
#[divan::bench(args = [1_000], sample_count = 20)]
fn parse_dump_of_pods(bencher: Bencher, pods: u32) {
    let text = json!({"kind": "List", "items": stable::observation(pods, 1)["pods"]}).to_string();
    let set = stable::observation(1, 1)["statefulSet"].clone();
    bencher.bench(|| {
        let mut observed = Observed::of_set(set.clone()).unwrap();
        for object in manifest::objects(manifest::read(text.as_bytes()).unwrap()) {
            observed.put(object.value).unwrap();
        }
        observed
    });
}

/// One Pod of many changes: what a host that keeps its observation pays for an event.
#[divan::bench(args = [1_000])]
fn put_one_pod_and_decide(bencher: Bencher, replicas: u32) {
    let observation = stable::observation(replicas, 1);
    let pod = observation["pods"][0].clone();
    let (now, profile) = (now(), Profile::default());
    let mut observed = observed(&observation);
    bencher.with_inputs(|| pod.clone()).bench_local_values(|pod| {
        observed.put(pod).unwrap();
        reconcile(&observed, now, &profile)
    });
}

/// Manifests of a hundred lines, as one input: read, defaulted, judged, and named with their revisions.
#[divan::bench(args = [1_000], sample_count = 20)]
fn lint_manifests(bencher: Bencher, count: u32) {
    let text = include_str!("hundred_lines.yaml");
    assert_eq!(text.lines().count(), 100);
    let texts: Vec<String> = (0..count)
        .map(|number| text.replace("  name: web\n", &format!("  name: web-{number}\n")))
        .collect();
    let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
    let profile = Profile::default();
    let linted = lint::lint(&texts, &[], &profile);
    assert!(
        linted
            .iter()
            .all(|linted| linted.findings.is_empty() && linted.sets[0].revision.is_some())
    );
    bencher.bench(|| lint::lint(divan::black_box(&texts), &[], &profile));
}

/// A creation to the end, one Pod after the other, with a claim each.
#[divan::bench(args = [1_000], sample_count = 3, sample_size = 1)]
fn forecast_ordered(bencher: Bencher, replicas: u32) {
    let manifest = manifest_of(replicas, "OrderedReady", 1);
    bencher.bench(|| forecast(&ForecastInput::of(vec![manifest.clone()])).unwrap());
}

/// A creation to the end, all Pods at once.
#[divan::bench(args = [10_000], sample_count = 3, sample_size = 1)]
fn forecast_parallel(bencher: Bencher, replicas: u32) {
    let manifest = manifest_of(replicas, "Parallel", 0);
    bencher.bench(|| forecast(&ForecastInput::of(vec![manifest.clone()])).unwrap());
}

fn manifest_of(replicas: u32, policy: &str, claims: usize) -> Value {
    let claim = json!({"metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "serviceName": "web", "podManagementPolicy": policy,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "nginx", "image": "nginx:1.28"}]}},
            "volumeClaimTemplates": vec![claim; claims]}})
}

fn observed(observation: &Value) -> Observed {
    let observation: Observation = serde_json::from_value(observation.clone()).expect("an observation");
    Observed::parse(observation).expect("a valid observation")
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T00:00:00Z").expect("a time")
}
