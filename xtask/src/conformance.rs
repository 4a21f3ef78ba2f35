//! Worlds, lives and templates, decided by upstream and by the core.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::option;
use crate::{command, figures, mutants, upstream};

/// What the command takes, beside what the programs take that it starts.
pub const HELP: &str = "\
cargo xtask conformance [--kubernetes V[,V]|all] [options]

  --kubernetes V    versions of Kubernetes: 1.34.1, or 1.34 for its newest one here, or all (1.37.1)
  --worlds N        how many generated worlds for each version (10000)
  --seed S          the first seed (1)
  --gates A=true,B=false
                    other feature gates than the version's own
  --flip-gates      instead: each gate that is not locked, flipped, one at a time
  --jobs J          lines of work, each with its own programs (one for each core)
  --most M          how many mismatches of a version are printed (5)
  --shrink N        how many of them are made small and written as cases of tests/cases/found (1)
  --stop            end at the first mismatch
  --patience S      how many seconds one answer may take (120)
  --record          write the results into tests/conformance-results.json, and the tables of the documents; a run whose
                    seeds begin where the recorded ones end is added to them

  --lives N         N whole lives in lockstep instead, [--faults] with failing calls
  --templates N     N templates through the canonical form instead
  --waits N         the waits of N worlds instead, each tested by its counterfactual
  --mutants         deliberate faults in the core instead, each of which must be caught
  --record-vectors  tests/vectors made again, with which `cargo test` compares without Go
  --figures         the tables of README.md and docs/conformance.md from tests/conformance-results.json
";

/// Where results are kept that the documents' tables are made from.
pub fn results() -> PathBuf {
    command::repository().join("tests/conformance-results.json")
}

/// What is measured with one program for each version, and with which.
const MEASURES: [(&str, &str); 3] = [
    ("--lives", "lockstep"),
    ("--templates", "canonical"),
    ("--waits", "counterfactual"),
];

/// `cargo xtask conformance`.
///
/// # Errors
/// No Go, a failed build, or a difference.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return Ok(());
    }
    if has("--figures") {
        return figures::write();
    }
    if has("--mutants") {
        return mutants::run(&without(arguments, "--mutants", 0));
    }
    let kubernetes = option(arguments, "--kubernetes");
    // Recordings without a version left out are of all versions: half of them would be no recordings.
    let standard = if has("--record-vectors") {
        "all"
    } else {
        upstream::NEWEST
    };
    let versions = upstream::chosen(kubernetes.unwrap_or(standard))?;
    let programs = versions
        .iter()
        .map(|version| upstream::built(version))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rest = without(&without(arguments, "--kubernetes", 1), "--record", 0);
    for (measure, program) in MEASURES {
        if let Some(count) = option(arguments, measure) {
            let program = compiled(program)?;
            let lines = |at: usize| -> Vec<OsString> {
                let version = ["--kubernetes", versions[at].as_str()].map(OsString::from);
                let rest = rest.iter().map(OsString::from);
                [programs[at].clone().into()]
                    .into_iter()
                    .chain(version)
                    .chain(rest)
                    .collect()
            };
            let agreed = side_by_side(versions.len(), |at| {
                Command::new(&program).args(lines(at)).output()
            });
            let mut failed = Vec::new();
            for (version, output) in versions.iter().zip(agreed) {
                let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
                println!(
                    "\n{version}\n{}{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                );
                if !output.status.success() {
                    failed.push(format!("{version} ended with {}", output.status));
                } else if has("--record") {
                    let measure = measure.trim_start_matches('-');
                    let seed = option(arguments, "--seed").unwrap_or("1");
                    figures::record(measure, version, count, seed, has("--faults"))?;
                }
            }
            if has("--record") {
                figures::write()?;
            }
            return match failed.as_slice() {
                [] => Ok(()),
                failed => Err(failed.join(", ")),
            };
        }
    }
    let mut command = Command::new(compiled("conformance")?);
    for (version, program) in versions.iter().zip(&programs) {
        command.arg(format!("{version}={}", program.display()));
    }
    if has("--record-vectors") {
        rest = without(&rest, "--record-vectors", 0);
        command
            .arg("--vectors")
            .arg(command::repository().join("tests/vectors"));
    }
    if has("--record") {
        command.arg("--record").arg(results());
    }
    // A difference stands in the table too.
    let compared = command::run(command.args(rest));
    if has("--record") && results().exists() {
        figures::write()?;
    }
    compared
}

/// Runs each of `count` pieces of work, as many at once as there are cores: the results in the order of the pieces.
fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    let lines = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..lines.min(count) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    if at >= count {
                        return;
                    }
                    let result = work(at);
                    if let Ok(mut results) = results.lock() {
                        results.push((at, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The arguments without an option and its values.
pub fn without(arguments: &[String], name: &str, values: usize) -> Vec<String> {
    let at = arguments.iter().position(|argument| argument == name);
    let is_kept = |index: usize| at.is_none_or(|at| !(at..=at + values).contains(&index));
    let kept = arguments.iter().enumerate().filter(|(index, _)| is_kept(*index));
    kept.map(|(_, argument)| argument.clone()).collect()
}

/// A program of the tests' crate, compiled for speed.
///
/// # Errors
/// The build fails.
pub fn compiled(name: &str) -> Result<std::path::PathBuf, String> {
    command::run(&mut command::cargo(&[
        "build",
        "--release",
        "--quiet",
        "-p",
        "steadfast-tests",
        "--bins",
    ]))?;
    Ok(target()?.join("release").join(name))
}

/// A program as a plain build makes it; `from` are cargo's arguments that choose its crate and features.
///
/// # Errors
/// The build fails.
pub fn built(from: &[&str], name: &str) -> Result<std::path::PathBuf, String> {
    let line = [&["build", "--quiet", "--bin", name], from].concat();
    command::run(&mut command::cargo(&line))?;
    Ok(target()?.join("debug").join(name))
}

/// Cargo's target folder.
///
/// # Errors
/// Cargo does not say.
pub fn target() -> Result<std::path::PathBuf, String> {
    let metadata = command::output(&mut command::cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let target = metadata["target_directory"]
        .as_str()
        .ok_or("cargo metadata names no target directory")?;
    Ok(target.into())
}
