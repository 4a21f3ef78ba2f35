//! `bench [PROGRAM]`: how long a decision takes about a stable set and about generated worlds, here and, with the Go
//! side's program, upstream.

// A measuring program of the tests: what cannot be measured ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use steadfast_core::explain::{DiagnosisCode, Explanation, Surroundings, explain};
use steadfast_core::{Observation, Observed, Profile, Timestamp, reconcile};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::verify::leads_to;
use steadfast_tests::conformance::{Upstream, line, speed};
use steadfast_tests::{stable, stuck, worlds};

fn main() {
    let program = std::env::args().nth(1);
    println!("a decision about a stable set with one claim a Pod, nothing to do (microseconds)");
    println!(
        "{:>9} {:>10} {:>10} {:>10} {:>12} {:>8}",
        "replicas", "parse", "fastest", "median", "upstream", "ratio"
    );
    for replicas in [10, 100, 1_000, 10_000] {
        let observation = stable::observation(replicas, 1);
        let text = observation.to_string();
        let (parse, observed) = best(5, || {
            let observation: Observation = serde_json::from_str(&text).expect("an observation");
            Observed::parse(observation).expect("a valid observation")
        });
        let now = Timestamp::parse("2026-11-21T00:00:00Z").expect("a time");
        let profile = Profile::default();
        assert!(
            reconcile(&observed, now, &profile).is_empty(),
            "the set is stable"
        );
        let mut times = Vec::new();
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until {
            let start = Instant::now();
            black_box(reconcile(black_box(&observed), now, &profile));
            times.push(start.elapsed());
        }
        times.sort();
        let median = times[times.len() / 2];
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let theirs = program
            .as_deref()
            .and_then(|program| upstream(program, replicas, &observation));
        println!(
            "{replicas:>9} {:>10.0} {:>10.2} {:>10.2} {:>12} {:>8}",
            micros(parse),
            micros(times[0]),
            micros(median),
            theirs.map_or("not run".to_owned(), |theirs| format!("{theirs:.0}")),
            theirs.map_or(String::new(), |theirs| format!(
                "1:{:.0}",
                theirs / micros(median)
            )),
        );
    }
    println!("\ngenerated worlds, decided one after the other");
    println!("{}", speed::sample(1, 20_000));
    match program
        .as_deref()
        .map(|program| upstream_on_worlds(program, 3_000))
    {
        Some(Some(micros)) => {
            println!(
                "upstream: {micros:.0} µs of processor time a world, reading and writing lines included"
            );
        }
        _ => println!("upstream: not run"),
    }
    explained();
}

/// `explain` of a namespace of 1,000 Pods whose rollout is stuck: from its objects to the explanation, and the remedies played.
fn explained() {
    let (objects, now) = stuck::rollback_trap(1_000);
    let profile = Profile::default();
    let explanations = (0..20).map(|_| {
        let observation = Observation::of_objects(objects.clone(), None).expect("one set");
        let start = Instant::now();
        let explanation = explained_at(observation, now, &profile);
        (start.elapsed(), explanation)
    });
    let (unplayed, explanation) = explanations.min_by_key(|(time, _)| *time).expect("runs");
    let blocker = explanation.progress.blocker;
    assert_eq!(blocker, Some(DiagnosisCode::RollbackTrap), "{explanation:?}");
    let plays = (0..5).map(|_| {
        let input = ForecastInput::of_observed(objects.clone(), "default/web".to_owned(), now, &profile);
        let start = Instant::now();
        let led = leads_to(&explanation, &input).expect("remedies that can be played");
        (start.elapsed(), led.len())
    });
    let (played, remedies) = plays.min().expect("runs");
    println!(
        "\nexplain of a namespace of 1,000 Pods that is blocked: {:.1} ms, and {:.0} ms more to play its remedies ({remedies})",
        unplayed.as_secs_f64() * 1e3,
        played.as_secs_f64() * 1e3,
    );
}

fn explained_at(mut observation: Observation, now: Timestamp, profile: &Profile) -> Explanation {
    let around = Surroundings::take(&mut observation);
    let observed = Observed::parse(observation).expect("a valid observation");
    explain(
        &observed,
        &around,
        &reconcile(&observed, now, profile),
        now,
        profile,
    )
}

/// Upstream's processor time for a generated world, from line to line.
fn upstream_on_worlds(program: &str, count: u64) -> Option<f64> {
    let mut upstream = Upstream::start(Path::new(program)).ok()?;
    // The program's own start is not counted.
    let ask = |upstream: &mut Upstream, seed: u64| {
        upstream
            .ask(&line(seed, &worlds::world(seed).observation, &BTreeMap::new()))
            .ok()
    };
    (1..=100).try_for_each(|seed| ask(&mut upstream, seed).map(drop))?;
    let before = upstream.processor_time()?;
    (101..=100 + count).try_for_each(|seed| ask(&mut upstream, seed).map(drop))?;
    Some((upstream.processor_time()? - before).as_secs_f64() * 1e6 / count as f64)
}

fn best<T>(times: usize, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut best: Option<(Duration, T)> = None;
    for _ in 0..times {
        let start = Instant::now();
        let result = run();
        let time = start.elapsed();
        if best.as_ref().is_none_or(|(fastest, _)| time < *fastest) {
            best = Some((time, result));
        }
    }
    best.expect("at least one run")
}

/// The median of the Go side's decisions about the same observation.
fn upstream(program: &str, replicas: u32, observation: &Value) -> Option<f64> {
    let times = if replicas > 1_000 { "40" } else { "300" };
    let mut process = Command::new(program)
        .args(["--bench", &replicas.to_string(), "--times", times])
        .env("GOMAXPROCS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let line = serde_json::json!({"id": 1, "observation": observation}).to_string();
    process
        .stdin
        .take()?
        .write_all(format!("{line}\n").as_bytes())
        .ok()?;
    let output = process.wait_with_output().ok()?;
    serde_json::from_slice::<Value>(&output.stdout).ok()?["medianMicros"].as_f64()
}
