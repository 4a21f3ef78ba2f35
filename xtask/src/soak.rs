//! Everything at full figures: hours, and the tables of the documents.

use std::process::Command;
use std::time::Instant;

use crate::command::{self, option};
use crate::conformance;

/// How many worlds are run and recorded at once: what is lost when a soak is broken off.
const SLICE: u64 = 50_000;

/// What the command takes.
const HELP: &str = "\
cargo xtask soak [options]: everything for all versions at full figures, and the tables of the documents written from it

  --kubernetes V    versions of Kubernetes, as for conformance (all)
  --seed S          the first seed (1)
  --worlds N        worlds a version with its own gates (1000000)
  --flipped N       worlds a version with each gate flipped (200000)
  --templates N     templates a version through the canonical form (100000)
  --waits N         worlds a version whose waits are tested by their counterfactual (50000)
  --lives N         lives a version in lockstep (10000)
  --faulty-lives N  the same with failing calls (3000)
  --explained N     lives that are explained at every step (20000)
  --no-mutants      without the deliberate faults in the core

0 leaves one out.
";

/// `cargo xtask soak`: what is run, with the counts that stand in the documents unless others are given. Results are
/// recorded slice by slice.
///
/// # Errors
/// What failed, after everything else has run all the same.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        print!("{HELP}");
        return Ok(());
    }
    // Hours of the wrong thing would overwrite what is recorded.
    let known = |argument: &&String| argument.starts_with("--") && !HELP.contains(&format!("{argument} "));
    if let Some(unknown) = arguments.iter().find(known) {
        return Err(format!("soak has no option `{unknown}`\n\n{HELP}"));
    }
    let number = |name: &str, standard: u64| -> Result<u64, String> {
        let Some(text) = option(arguments, name) else {
            return Ok(standard);
        };
        let number = text.replace('_', "").parse();
        number.map_err(|_| format!("{name} takes a number, not `{text}`"))
    };
    let kubernetes = option(arguments, "--kubernetes").unwrap_or("all");
    let seed = number("--seed", 1)?;
    let measures = [
        ("templates", "--templates", 100_000, None),
        ("waits", "--waits", 50_000, None),
        ("lives in lockstep", "--lives", 10_000, None),
        (
            "lives in lockstep with faults",
            "--faulty-lives",
            3_000,
            Some("--faults"),
        ),
    ];
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for (name, flag, slices) in [
        ("worlds", None, slices(seed, number("--worlds", 1_000_000)?)),
        (
            "worlds with one gate flipped",
            Some("--flip-gates"),
            slices(seed, number("--flipped", 200_000)?),
        ),
    ] {
        for (first, count) in slices {
            let mut line = vec![
                "--brief".into(),
                "--worlds".into(),
                count.to_string(),
                "--seed".into(),
                first.to_string(),
            ];
            line.extend(flag.map(str::to_owned));
            lines.push((format!("{name} from {first}"), line));
        }
    }
    for (name, option, standard, flag) in measures {
        let count = number(option, standard)?;
        if count == 0 {
            continue;
        }
        let option = option.replace("--faulty-lives", "--lives");
        let mut line = vec![option, count.to_string(), "--seed".into(), seed.to_string()];
        line.extend(flag.map(str::to_owned));
        lines.push((name.into(), line));
    }
    let (mut ran, mut failed) = (Vec::new(), Vec::new());
    for (name, mut line) in lines {
        println!("\n== {name}");
        let start = Instant::now();
        line.extend(["--kubernetes".into(), kubernetes.into(), "--record".into()]);
        match conformance::run(&line) {
            Ok(()) => ran.push(format!("{name} ({:.0} s)", start.elapsed().as_secs_f64())),
            Err(sentence) => failed.push(format!("{name}: {sentence}")),
        }
    }
    if !arguments.iter().any(|argument| argument == "--no-mutants") {
        println!("\n== deliberate faults");
        match conformance::run(&["--mutants".to_owned()]) {
            Ok(()) => ran.push("deliberate faults".into()),
            Err(sentence) => failed.push(format!("deliberate faults: {sentence}")),
        }
    }
    let explained = number("--explained", 20_000)?;
    if explained > 0 {
        println!("\n== lives explained");
        let mut program = Command::new(conformance::compiled("explained")?);
        program.args(["--lives", &explained.to_string(), "--seed", &seed.to_string()]);
        match command::run(&mut program) {
            Ok(()) => ran.push("lives explained".into()),
            Err(sentence) => failed.push(format!("lives explained: {sentence}")),
        }
    }
    println!("\nagreed: {}", ran.join(", "));
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("did not run, or did not agree:\n{}", failed.join("\n")))
}

/// The first seed and the count of each slice.
fn slices(seed: u64, count: u64) -> Vec<(u64, u64)> {
    let starts = (0..count).step_by(usize::try_from(SLICE).unwrap_or(1));
    starts
        .map(|at| (seed.saturating_add(at), SLICE.min(count - at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::slices;

    #[test]
    fn slices_follow_each_other_and_hold_every_world() {
        assert_eq!(
            slices(7, 120_000),
            [(7, 50_000), (50_007, 50_000), (100_007, 20_000)]
        );
        assert_eq!(slices(7, 0), []);
    }
}
