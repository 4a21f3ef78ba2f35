//! `conformance PROGRAM [--worlds N] [--seed S] [--kubernetes V]`: compares N worlds and prints a table. Exits 1 at a difference, after
//! it was made as small as it gets and written to standard output as a world.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use steadfast_core::Profile;
use steadfast_tests::conformance::{Tally, Upstream, decide, difference, line};
use steadfast_tests::worlds;

/// How many worlds may be under way: their lines must fit in the pipes' buffers together with the answers.
const WINDOW: u64 = 1;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("conformance: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<u64, String> {
    let program = arguments
        .first()
        .ok_or("usage: conformance PROGRAM [--worlds N] [--seed S] [--kubernetes V]")?;
    let option = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1))
            .map_or(default.to_owned(), Clone::clone)
    };
    let number = |name: &str, default: &str| {
        option(name, default)
            .parse::<u64>()
            .map_err(|_| format!("{name} takes a number"))
    };
    let (count, first) = (number("--worlds", "10000")?, number("--seed", "1")?);
    let most = number("--most", "5")?;
    let base: Profile = option("--kubernetes", "1.37")
        .parse()
        .map_err(|e: steadfast_core::Error| e.to_string())?;
    if let Some(at) = arguments.iter().position(|argument| argument == "--print") {
        for seed in arguments.iter().skip(at + 1).filter_map(|seed| seed.parse().ok()) {
            let world = worlds::world(seed);
            println!("{}", line(seed, &world.observation, &world.feature_gates));
        }
        return Ok(0);
    }
    // Until 1.35.0 upstream reads the real clock inside: there, only worlds without minReadySeconds can be compared.
    let is_timeless = arguments.iter().any(|argument| argument == "--timeless");
    let mut upstream = Upstream::start(Path::new(program))?;
    let mut tally = Tally::default();
    let mut pending = std::collections::VecDeque::new();
    let mut seed = first;
    while seed < first + count || !pending.is_empty() {
        if seed < first + count && (pending.len() as u64) < WINDOW {
            let mut world = worlds::world(seed);
            world.feature_gates = known(&base, &world.feature_gates);
            let spec = world
                .observation
                .pointer_mut("/statefulSet/spec")
                .and_then(|spec| spec.as_object_mut());
            if let Some(spec) = spec.filter(|_| is_timeless) {
                spec.remove("minReadySeconds");
            }
            upstream.send(&line(seed, &world.observation, &world.feature_gates))?;
            pending.push_back((seed, world));
            seed += 1;
            continue;
        }
        let Some((id, world)) = pending.pop_front() else {
            break;
        };
        let theirs = upstream.receive()?;
        let profile = with_gates(&base, &world.feature_gates)?;
        let found = match decide(&world.observation, &profile) {
            Ok(plan) => {
                tally.add(&plan, world.notes.first().copied().unwrap_or_default());
                difference(&theirs, &plan)
            }
            Err(sentence) => Some(format!("the core cannot read it: {sentence}")),
        };
        if let Some(found) = found {
            tally.mismatches += 1;
            if tally.mismatches <= most {
                println!("seed {id} ({}): {found}", world.notes.join(", "));
                if arguments.iter().any(|a| a == "--shrink") && pending.is_empty() {
                    let small = worlds::minimise(&world.observation, |smaller| {
                        let theirs = upstream.ask(&line(0, smaller, &world.feature_gates));
                        let ours = decide(smaller, &profile);
                        matches!((theirs, ours), (Ok(theirs), Ok(ours)) if theirs.get("crash").is_none() && difference(&theirs, &ours).is_some())
                    });
                    println!("  smallest: {small}");
                    if let (Ok(theirs), Ok(ours)) = (
                        upstream.ask(&line(0, &small, &world.feature_gates)),
                        decide(&small, &profile),
                    ) {
                        println!(
                            "  there: {}\n  upstream: {theirs}",
                            difference(&theirs, &ours).unwrap_or_default()
                        );
                    }
                }
            }
        }
    }
    println!("{tally}");
    Ok(tally.mismatches)
}

/// The gates of a world that this version knows; the worlds are drawn for the newest one.
fn known(base: &Profile, gates: &BTreeMap<String, bool>) -> BTreeMap<String, bool> {
    let is_known = |(name, on): &(&String, &bool)| base.clone().with_gate(name, **on).is_ok();
    gates
        .iter()
        .filter(is_known)
        .map(|(name, on)| (name.clone(), *on))
        .collect()
}

fn with_gates(base: &Profile, gates: &BTreeMap<String, bool>) -> Result<Profile, String> {
    let mut gates = gates.iter();
    gates
        .try_fold(base.clone(), |profile, (name, on)| profile.with_gate(name, *on))
        .map_err(|e| e.to_string())
}
