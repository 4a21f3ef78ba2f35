//! The command `dns`: worlds in blocks through CoreDNS' plugin and the core, and a table of what was seen.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::Value;

use super::compare::{Reply, Tally, differences};
use super::ours::ours;
use super::vectors;
use super::world::world;
use crate::templates::{Scheme, smallest};

const USAGE: &str = "\
usage: dns PROGRAM [options]
  --worlds N   how many worlds (2000)
  --seed S     the first seed (1)
  --jobs J     lines of work, each with its own program (one for each core)
  --show N     how many worlds that differ are shown, made small (3)
  --record     write tests/vectors/dns.jsonl.gz anew";

/// How many worlds a job takes at once.
const BLOCK: u64 = 100;

/// From so many worlds on, everything that can be seen has to be.
const ENOUGH: u64 = 2_000;

struct Options {
    program: PathBuf,
    worlds: u64,
    seed: u64,
    jobs: usize,
    show: usize,
    is_recording: bool,
}

/// Runs it; whether nothing differs.
///
/// # Errors
/// A sentence that says what did not run, and why.
pub fn command(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    if options.is_recording {
        let mut program = Scheme::start_as(&options.program, "--lines")?;
        println!(
            "{}",
            vectors::record(&mut |world| ask(&mut program, &[world]).map(|mut all| all.remove(0)))?
        );
        return Ok(true);
    }
    let start = Instant::now();
    let (tally, found) = run(&options)?;
    for (what, count) in &tally.seen {
        println!("{count:>9}  {what}");
    }
    println!(
        "{} worlds, {} questions, {} records in {:.0} s: {} worlds differ",
        tally.worlds,
        tally.questions,
        tally.records,
        start.elapsed().as_secs_f64(),
        found.len()
    );
    let mut program = Scheme::start_as(&options.program, "--lines")?;
    for seed in found.iter().take(options.show) {
        println!("\nseed {seed}, made small:\n{}", small(&mut program, *seed)?);
    }
    let missing = tally.never_seen();
    if tally.worlds >= ENOUGH && !missing.is_empty() {
        return Err(format!("never seen: {}", missing.join(", ")));
    }
    Ok(found.is_empty())
}

/// All worlds: what was seen, and the seeds of those that differ.
fn run(options: &Options) -> Result<(Tally, Vec<u64>), String> {
    let next = AtomicU64::new(0);
    let sum: Mutex<(Tally, Vec<u64>)> = Mutex::default();
    let failure: Mutex<Option<String>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| match job(options, &next) {
                Ok((tally, found)) => {
                    let mut sum = sum.lock().expect("no thread panics with it");
                    sum.0.merge(tally);
                    sum.1.extend(found);
                }
                Err(sentence) => {
                    next.store(options.worlds, Ordering::SeqCst);
                    failure
                        .lock()
                        .expect("no thread panics with it")
                        .get_or_insert(sentence);
                }
            });
        }
    });
    if let Some(sentence) = failure.into_inner().expect("no thread panics with it") {
        return Err(sentence);
    }
    let (tally, mut found) = sum.into_inner().expect("no thread panics with it");
    found.sort_unstable();
    Ok((tally, found))
}

fn job(options: &Options, next: &AtomicU64) -> Result<(Tally, Vec<u64>), String> {
    let mut program = Scheme::start_as(&options.program, "--lines")?;
    let (mut tally, mut found) = (Tally::default(), Vec::new());
    loop {
        let from = next.fetch_add(BLOCK, Ordering::SeqCst);
        if from >= options.worlds {
            return Ok((tally, found));
        }
        let seeds = from..(from + BLOCK).min(options.worlds);
        let worlds: Vec<Value> = seeds.map(|at| world(options.seed + at)).collect();
        let answers = ask(&mut program, &worlds.iter().collect::<Vec<_>>())?;
        for (world, theirs) in worlds.iter().zip(&answers) {
            let ours = ours(world).map_err(|error| format!("seed {}: {error}", world["id"]))?;
            tally.add(world, theirs);
            if !differences(world, theirs, &ours).is_empty() {
                found.extend(world["id"].as_u64());
            }
        }
    }
}

fn ask(program: &mut Scheme, worlds: &[&Value]) -> Result<Vec<Vec<Reply>>, String> {
    let lines: Vec<String> = worlds.iter().map(|world| world.to_string()).collect();
    let answers = program.ask_all(&lines)?;
    let read = answers.into_iter().zip(&lines).map(|(mut answer, line)| {
        if let Some(crash) = answer["crash"].as_str() {
            return Err(format!("{crash}\n{line}"));
        }
        match answer["answers"].take() {
            Value::Null => Ok(Vec::new()),
            answers => serde_json::from_value(answers).map_err(|error| error.to_string()),
        }
    });
    read.collect()
}

/// The smallest world that still differs, with what differs.
fn small(program: &mut Scheme, seed: u64) -> Result<String, String> {
    let mut told = String::new();
    let best = smallest(&world(seed), |smaller| {
        let Ok(theirs) = ask(program, &[smaller]) else {
            return false;
        };
        let Ok(ours) = ours(smaller) else {
            return false;
        };
        let found = differences(smaller, &theirs[0], &ours);
        // Both sides read something else from a question that is cut in two.
        match found
            .first()
            .filter(|_| theirs[0].iter().all(|reply| reply.code != "UNKNOWN TYPE"))
        {
            Some(first) => {
                told = first.clone();
                true
            }
            None => false,
        }
    });
    Ok(format!("{best}\n{told}"))
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            program: PathBuf::new(),
            worlds: 2_000,
            seed: 1,
            jobs: std::thread::available_parallelism().map_or(1, usize::from),
            show: 3,
            is_recording: false,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("{argument} takes a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--worlds" => options.worlds = number(argument, value()?)?,
                "--seed" => options.seed = number(argument, value()?)?,
                "--jobs" => options.jobs = number::<usize>(argument, value()?)?.max(1),
                "--show" => options.show = number(argument, value()?)?,
                "--record" => options.is_recording = true,
                other if !other.starts_with("--") => options.program = PathBuf::from(other),
                other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
            }
        }
        match options.program == Path::new("") {
            true => Err(USAGE.to_owned()),
            false => Ok(options),
        }
    }
}

fn number<T: std::str::FromStr>(option: &str, value: &str) -> Result<T, String> {
    let plain = value.replace('_', "");
    plain
        .parse()
        .map_err(|_| format!("{option} takes a number, not `{value}`"))
}
