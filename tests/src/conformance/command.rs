//! The command `conformance`: passes of worlds through programs, the closing table, and what becomes of a difference.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use super::found::Found;
use super::options::{Options, Pass};
use super::record::Results;
use super::run::{Column, Outcome, Run, run};
use super::tally::Tally;
use super::upstream::Upstream;
use super::{speed, table, vectors};

/// Runs it; the number of mismatches.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<u64, String> {
    let options = Options::parse(arguments)?;
    for (kubernetes, program) in &options.programs {
        check_version(kubernetes, program)?;
    }
    if let Some(folder) = &options.vectors {
        return vectors::record(&options, folder).map(|()| 0);
    }
    let mut mismatches = 0;
    let mut of_version: BTreeMap<usize, (Column, Tally)> = BTreeMap::new();
    let passes = options.passes()?;
    for pass in &passes {
        let outcomes = run_pass(&options, pass)?;
        for (column, outcome) in pass.columns.iter().zip(&outcomes) {
            let at = options
                .programs
                .iter()
                .position(|(kubernetes, _)| *kubernetes == column.kubernetes);
            let sum = of_version
                .entry(at.unwrap_or(0))
                .or_insert_with(|| (column.clone(), Tally::default()));
            sum.1.merge(&outcome.tally);
            mismatches += outcome.tally.mismatches;
            report(&options, column, outcome)?;
        }
        if let Some(path) = &options.record {
            let mut results = Results::read(path)?;
            for (column, outcome) in pass.columns.iter().zip(&outcomes) {
                results.put(column, options.seed, &outcome.tally);
            }
            results.write(path)?;
        }
        if options.is_stopped_early && mismatches > 0 {
            break;
        }
    }
    if !options.is_brief {
        for (column, tally) in of_version.values() {
            println!("{}", table::seldom(&column.kubernetes, column, tally));
        }
        println!("planLimit is not counted: a plan reaches it only past 200,000 actions");
        println!("{}", speed::sample(options.seed, 3_000));
    }
    let worlds: u64 = of_version.values().map(|(_, tally)| tally.worlds).sum();
    let versions: Vec<&str> = of_version
        .values()
        .map(|(column, _)| column.kubernetes.as_str())
        .collect();
    println!(
        "{worlds} worlds from seed {} compared with Kubernetes {}: {mismatches} mismatches",
        options.seed,
        versions.join(", ")
    );
    Ok(mismatches)
}

fn run_pass(options: &Options, pass: &Pass) -> Result<Vec<Outcome>, String> {
    println!(
        "\n{} worlds from seed {}, {} ({})",
        options.worlds,
        options.seed,
        pass.title,
        pass.columns
            .iter()
            .map(|column| column.kubernetes.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    );
    let whole = options.worlds * pass.columns.len() as u64;
    let start = Instant::now();
    let every = if std::io::stderr().is_terminal() { 3 } else { 30 };
    let mut told = Instant::now();
    let progress = |answered: u64, mismatches: u64| {
        if told.elapsed() < Duration::from_secs(every) {
            return;
        }
        told = Instant::now();
        let seconds = start.elapsed().as_secs_f64();
        let left = seconds / answered.max(1) as f64 * (whole - answered.min(whole)) as f64;
        eprintln!(
            "{answered} of {whole} decisions, {mismatches} mismatches, {:.0} a second, {left:.0} s left",
            answered as f64 / seconds
        );
    };
    let plan = Run {
        columns: pass.columns.clone(),
        first: options.seed,
        worlds: options.worlds,
        jobs: options
            .jobs
            .min(usize::try_from(options.worlds).unwrap_or(usize::MAX))
            .max(1),
        patience: options.patience,
        most: options.most.max(options.shrink),
        is_stopped_early: options.is_stopped_early,
    };
    let outcomes = run(&plan, progress)?;
    let seconds = start.elapsed().as_secs_f64();
    if !options.is_brief {
        print!("{}", table::of_pass(&pass.columns, &outcomes));
    }
    let answered: u64 = outcomes.iter().map(|outcome| outcome.tally.worlds).sum();
    println!(
        "{answered} decisions of both sides in {seconds:.0} s, {:.0} a second",
        answered as f64 / seconds
    );
    for (column, outcome) in pass.columns.iter().zip(&outcomes) {
        let micros = outcome.upstream_time.as_secs_f64() * 1e6 / outcome.tally.worlds.max(1) as f64;
        if micros > 0.0 {
            println!(
                "{}: upstream's program took {micros:.0} µs of processor time a world, reading and writing lines included",
                column.kubernetes
            );
        }
    }
    Ok(outcomes)
}

/// Prints the mismatches of a column, and writes the first of them as cases.
fn report(options: &Options, column: &Column, outcome: &Outcome) -> Result<(), String> {
    for mismatch in outcome.mismatches.iter().take(options.most) {
        println!(
            "\nKubernetes {}, seed {} ({}): {}",
            column.title(),
            mismatch.seed,
            mismatch.notes,
            mismatch.difference
        );
    }
    for mismatch in outcome.mismatches.iter().take(options.shrink) {
        println!("\nmaking the world of seed {} smaller ...", mismatch.seed);
        match Found::of(mismatch, column)? {
            None => println!(
                "a second question about seed {} shows no difference: look at the clock",
                mismatch.seed
            ),
            Some(found) => {
                let path = found.write(&options.cases)?;
                println!(
                    "smallest: {}\n  there: {}\n  upstream: {}",
                    found.observation, found.difference, found.upstream
                );
                println!("written as {}", path.display());
                println!("  its test:      cargo test -p steadfast-tests --test cases");
                println!(
                    "  the world:     cargo xtask conformance {}",
                    again(column, mismatch.seed)
                );
            }
        }
    }
    Ok(())
}

fn again(column: &Column, seed: u64) -> String {
    let gates = super::gate_list(&column.gates);
    let gates = if gates.is_empty() {
        gates
    } else {
        format!(" --gates {gates}")
    };
    format!(
        "--kubernetes {}{gates} --worlds 1 --seed {seed}",
        column.kubernetes
    )
}

/// A program of another version would be compared with the wrong profile.
fn check_version(kubernetes: &str, program: &std::path::Path) -> Result<(), String> {
    match Upstream::version(program) {
        Ok(version) if version == kubernetes => Ok(()),
        Ok(version) => Err(format!(
            "{} runs Kubernetes {version}, not {kubernetes}: nothing was compared",
            program.display()
        )),
        Err(sentence) => Err(format!("{sentence}: nothing was compared")),
    }
}
