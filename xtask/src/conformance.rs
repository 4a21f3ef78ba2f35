//! Worlds, lives and templates, decided by upstream and by the core.

use std::path::PathBuf;
use std::process::Command;

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
  --mutants         deliberate faults in the core instead, each of which must be caught
  --record-vectors  tests/vectors made again, with which `cargo test` compares without Go
  --figures         the tables of README.md and docs/conformance.md from tests/conformance-results.json
";

/// Where results are kept that the documents' tables are made from.
pub fn results() -> PathBuf {
    command::repository().join("tests/conformance-results.json")
}

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
    for (measure, program) in [("--lives", "lockstep"), ("--templates", "canonical")] {
        if let Some(count) = option(arguments, measure) {
            for (at, version) in versions.iter().enumerate() {
                println!("\n{program} {version}");
                let mut command = Command::new(compiled(program)?);
                command
                    .arg(&programs[at])
                    .args(["--kubernetes", version])
                    .args(&rest);
                command::run(&mut command)?;
                if has("--record") {
                    let seed = option(arguments, "--seed").unwrap_or("1");
                    figures::record(
                        measure.trim_start_matches('-'),
                        version,
                        count,
                        seed,
                        has("--faults"),
                    )?;
                }
            }
            return if has("--record") { figures::write() } else { Ok(()) };
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

/// The arguments without an option and its values.
fn without(arguments: &[String], name: &str, values: usize) -> Vec<String> {
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
