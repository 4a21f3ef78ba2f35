//! Random input for the reader, the canonical form, validation, diff, lint and admission, with libFuzzer (`fuzz/`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{self, option, repository};
use crate::conformance::{target, without};

/// What the command takes.
const HELP: &str = "\
cargo xtask fuzz [options] [TARGET...]: reader, canonical, validation, diff, lint, review, or all of them

  --minutes N       how long each runs (10)
  --keep            what was found goes into fuzz/corpus, made as small as it gets

An input that panics, takes ten seconds or more than 200 MB ends the run; it is written to fuzz/artifacts.
";

const TARGETS: [&str; 6] = ["reader", "canonical", "validation", "diff", "lint", "review"];

/// The limits of each input: seconds, megabytes of the whole program, bytes of input.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=200", "-max_len=16384"];

/// How much of what was found is kept for each target: bytes, inputs, and bytes of one.
const KEPT: u64 = 57_000;
const INPUTS: usize = 300;
const LARGEST: u64 = 2_000;

/// `cargo xtask fuzz`.
///
/// # Errors
/// No nightly toolchain, an unknown target, or an input that breaks a limit or an assertion.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return Ok(());
    }
    let minutes = option(arguments, "--minutes").unwrap_or("10");
    let minutes: f64 = minutes
        .parse()
        .map_err(|_| format!("--minutes takes a number, not `{minutes}`"))?;
    let named = without(&without(arguments, "--minutes", 1), "--keep", 0);
    if let Some(unknown) = named.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        return Err(format!("there is no target `{unknown}`\n\n{HELP}"));
    }
    install()?;
    for name in TARGETS {
        if !named.is_empty() && !named.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n== {name}, {minutes} minutes");
        let found = target()?.join("fuzz-found").join(name);
        fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
        let seconds = format!("-max_total_time={}", (minutes * 60.0) as u64);
        let mut fuzz = fuzzer("run", name);
        command::run(
            fuzz.args([found.as_path(), &corpus(name)])
                .arg("--")
                .args(LIMITS)
                .args([&seconds, "-print_final_stats=1", "-verbosity=0"]),
        )?;
        if has("--keep") {
            keep(name, &found)?;
        }
    }
    Ok(())
}

/// cargo-fuzz of the nightly toolchain. Without a sanitizer, since nothing here is unsafe, and memory is what the code asks for.
fn fuzzer(step: &str, name: &str) -> Command {
    let mut command = Command::new("rustup");
    command
        .args([
            "run",
            "nightly",
            "cargo",
            "fuzz",
            step,
            "--sanitizer",
            "none",
            "--fuzz-dir",
            "fuzz",
            name,
        ])
        .current_dir(repository())
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn install() -> Result<(), String> {
    let is_nightly_there = Command::new("rustup")
        .args(["run", "nightly", "rustc", "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_nightly_there {
        return Err("there is no nightly toolchain: `rustup toolchain install nightly`".to_owned());
    }
    if !command::is_there("cargo-fuzz", "--version") {
        println!("installing cargo-fuzz");
        command::run(&mut command::cargo(&[
            "install",
            "--quiet",
            "--locked",
            "cargo-fuzz",
        ]))?;
    }
    Ok(())
}

fn corpus(name: &str) -> PathBuf {
    repository().join("fuzz/corpus").join(name)
}

/// Puts what was found beside the corpus, takes the smallest set of inputs that reaches the same code, and of these one in
/// so many of every size, as many as may be kept.
fn keep(name: &str, found: &Path) -> Result<(), String> {
    let corpus = corpus(name);
    for file in files(&corpus)? {
        let to = found.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    command::run(fuzzer("cmin", name).arg(found))?;
    let mut sizes: Vec<(u64, PathBuf)> = Vec::new();
    for file in files(found)? {
        let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        sizes.push((size.len(), file));
    }
    sizes.retain(|(size, _)| *size <= LARGEST);
    sizes.sort();
    let step = (sizes.len() / INPUTS).max(1);
    for file in files(&corpus)? {
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let (mut bytes, mut count) = (0, 0);
    for (size, file) in sizes.into_iter().step_by(step) {
        if bytes + size > KEPT {
            break;
        }
        bytes += size;
        count += 1;
        let to = corpus.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &to).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    println!("kept: {count} inputs, {bytes} bytes");
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}
