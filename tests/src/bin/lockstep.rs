//! `lockstep PROGRAM [--kubernetes V] [--lives N] [--seed S] [--faults] [--shrink] [--most N]`: plays N lives in lockstep with
//! upstream (see `steadfast_tests::lockstep`) and prints a table. Exits 1 at a difference, with the scenario of each.

// A program of the tests: what cannot be compared ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use steadfast_core::{Profile, manifest};
use steadfast_tests::conformance::Upstream;
use steadfast_tests::lockstep::{Life, Tally, play, shrink};

const USAGE: &str =
    "usage: lockstep PROGRAM [--kubernetes V] [--lives N] [--seed S] [--faults] [--shrink] [--most N]";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("lockstep: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<u64, String> {
    let (mut lives, mut first, mut most) = (1_000, 1, 5);
    let mut profile = Profile::default();
    let (mut has_faults, mut shrinks) = (false, false);
    let mut arguments = arguments.iter();
    let program = arguments
        .next()
        .filter(|program| !program.starts_with("--"))
        .ok_or(USAGE)?;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} takes a value"));
        let number = |text: &String| {
            text.parse::<u64>()
                .map_err(|_| format!("{argument} takes a number, not `{text}`"))
        };
        match argument.as_str() {
            "--kubernetes" => {
                profile = value()?
                    .parse()
                    .map_err(|error: steadfast_core::Error| error.to_string())?
            }
            "--lives" => lives = number(value()?)?,
            "--seed" => first = number(value()?)?,
            "--most" => most = number(value()?)?,
            "--faults" => has_faults = true,
            "--shrink" => shrinks = true,
            _ => return Err(format!("unknown argument `{argument}`\n{USAGE}")),
        }
    }
    let harness = Rc::new(RefCell::new(Upstream::start(Path::new(program))?));
    let (mut tally, start) = (Tally::default(), Instant::now());
    for seed in first..first.saturating_add(lives) {
        let life = Life::draw(seed, &profile, has_faults);
        let outcome =
            play(&life, Some(&harness), &mut tally).map_err(|error| format!("life {seed}: {error}"))?;
        tally.end(&outcome);
        let Some(mut difference) = outcome.difference else {
            continue;
        };
        let mut smallest = life.clone();
        if shrinks && tally.differences <= most {
            smallest = shrink(&life, |life| {
                play(life, Some(&harness), &mut Tally::default())
                    .is_ok_and(|outcome| outcome.difference.is_some())
            });
            if let Some(found) = play(&smallest, Some(&harness), &mut Tally::default())?.difference {
                difference = found;
            }
        }
        println!(
            "life {seed}: {difference}\n{}",
            manifest::to_yaml(&smallest.scenario)
        );
        if tally.differences >= most {
            println!("stopped after {most} differences");
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    print!("{tally}");
    println!(
        "{seconds:.1} s, {:.2} ms a life",
        seconds * 1_000.0 / tally.lives as f64
    );
    Ok(tally.differences)
}
