//! `reconcile --time N`: how long the decision takes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::{Observed, Profile, Timestamp, reconcile};

/// Measures time on the clock of this machine: nothing that is decided depends on it.
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Decides as often as asked on the same parsed observation. `read` is how long files took to become JSON, `parse` how long
/// the JSON took to become an observation.
pub(super) fn measure(
    decisions: u32,
    [read, parse]: [Duration; 2],
    observed: &Observed,
    now: Timestamp,
    profile: &Profile,
) -> Value {
    let mut spans: Vec<Duration> = (0..decisions)
        .map(|_| {
            let stopwatch = Stopwatch::start();
            black_box(reconcile(black_box(observed), black_box(now), black_box(profile)));
            stopwatch.elapsed()
        })
        .collect();
    spans.sort_unstable();
    let fastest = spans.first().copied().unwrap_or_default();
    let median = spans.get(spans.len() / 2).copied().unwrap_or_default();
    json!({
        "decisions": decisions,
        "fastestMicros": micros(fastest),
        "medianMicros": micros(median),
        "parseMicros": micros(parse),
        "readMicros": micros(read),
    })
}

fn micros(span: Duration) -> f64 {
    span.as_nanos() as f64 / 1000.0
}
