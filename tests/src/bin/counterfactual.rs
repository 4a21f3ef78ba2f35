//! `counterfactual PROGRAM|core [--kubernetes V] [--waits N] [--seed S] [--gates A=true,…] [--most M]`: grants every
//! wait of N worlds and prints a table. Exits 1 at a wait that is not what it says, after the world was made as small
//! as it gets and written to standard output.

// A program of the tests: what cannot be compared ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;
use steadfast_tests::conformance::Upstream;
use steadfast_tests::counterfactual::{Core, Failure, Judge, Setting, Table, examine};
use steadfast_tests::worlds;

const USAGE: &str = "usage: counterfactual PROGRAM|core [--kubernetes V] [--waits N] [--seed S] [--gates A=true,…] \
                     [--most M]";

/// So long one world is made smaller.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("counterfactual: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<u64, String> {
    let program = arguments.first().ok_or(USAGE)?;
    let (mut kubernetes, mut gates) = ("1.37.1", "");
    let (mut count, mut first, mut most) = (10_000, 1, 5);
    for pair in arguments[1..].chunks(2) {
        let [name, value] = pair else {
            return Err(format!("`{}` needs a value\n{USAGE}", pair[0]));
        };
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{name} takes a number, not `{value}`"))
        };
        match name.as_str() {
            "--kubernetes" => kubernetes = value,
            "--gates" => gates = value,
            "--waits" => count = number()?,
            "--seed" => first = number()?,
            "--most" => most = number()?,
            _ => return Err(format!("unknown option `{name}`\n{USAGE}")),
        }
    }
    let setting = Setting::parse(kubernetes, gates)?;
    let mut judge: Box<dyn Judge> = if program == "core" {
        Box::new(Core)
    } else {
        Box::new(Upstream::start(Path::new(program))?)
    };
    let started = Instant::now();
    let (mut table, mut told) = (Table::default(), 0);
    for seed in first..first + count {
        let Some(world) = setting.world(seed) else {
            continue;
        };
        let examined = examine(&world.observation, &setting, &mut *judge)
            .map_err(|sentence| format!("seed {seed}: {sentence}"))?;
        table.add(&examined);
        for failure in &examined.failures {
            told += 1;
            if told <= most {
                let notes = world.notes.join(", ");
                println!(
                    "seed {seed} ({notes}): {}, {}: {}",
                    failure.subject, failure.how, failure.what
                );
                println!(
                    "  smallest: {}",
                    smallest(&world.observation, failure, &setting, &mut *judge)
                );
            }
        }
    }
    println!(
        "Kubernetes {}, seed {first}, {:.0} s",
        setting.profile,
        started.elapsed().as_secs_f64()
    );
    print!("{table}");
    Ok(table.failures)
}

fn smallest(observation: &Value, failure: &Failure, setting: &Setting, judge: &mut dyn Judge) -> Value {
    let is_same = |other: &Failure| (other.subject, other.how) == (failure.subject, failure.how);
    let started = Instant::now();
    worlds::minimise(observation, |smaller| {
        started.elapsed() < PATIENCE
            && examine(smaller, setting, judge).is_ok_and(|examined| examined.failures.iter().any(is_same))
    })
}
