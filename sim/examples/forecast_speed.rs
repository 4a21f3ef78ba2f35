//! How long a whole forecast takes, and how much memory: `cargo run --release -p steadfast-sim --example forecast_speed`.
//!
//! An ordered rollout of 1,000 replicas with a claim each, and 10,000 Parallel replicas. Other sizes can be given:
//! `forecast_speed ordered 2000`, `forecast_speed parallel 50000`.

// A measuring program, not the library: it needs a clock.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use serde_json::{Value, json};
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_sim::settings::{NodesSetting, Settings};

fn main() -> Result<(), steadfast_core::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size = arguments.get(1).and_then(|size| size.parse().ok());
    match arguments.first().map(String::as_str) {
        Some("ordered") => run("ordered", size.unwrap_or(1_000)),
        Some("parallel") => run("parallel", size.unwrap_or(10_000)),
        _ => {
            run("ordered", 1_000)?;
            run("parallel", 10_000)
        }
    }
}

fn run(kind: &str, replicas: u32) -> Result<(), steadfast_core::Error> {
    let mut input = ForecastInput::of(vec![set(kind, replicas)]);
    input.settings = Settings {
        nodes: NodesSetting::Count(replicas / 100 + 3),
        ..Settings::default()
    };
    let begin = std::time::Instant::now();
    let forecast = forecast(&input)?;
    println!(
        "{kind} {replicas}: {:?} after {} s of virtual time in {} steps, forecast in {} ms, peak memory {}",
        forecast.outcome,
        forecast.seconds,
        forecast.steps.len(),
        begin.elapsed().as_millis(),
        peak_memory()
    );
    Ok(())
}

/// The process's peak memory as Linux tells it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}

fn set(kind: &str, replicas: u32) -> Value {
    let claims = json!([{"metadata": {"name": "data"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]);
    let is_ordered = kind == "ordered";
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "serviceName": "web",
            "podManagementPolicy": if is_ordered { "OrderedReady" } else { "Parallel" },
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "nginx", "image": "nginx:1.28", "ports": [{"containerPort": 80}],
                    "readinessProbe": {"httpGet": {"path": "/", "port": 80}}}]}},
            "volumeClaimTemplates": if is_ordered { claims } else { json!([]) }}})
}
