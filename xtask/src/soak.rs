//! Everything at full figures: hours, and both tables of the documents.

use std::time::Instant;

use crate::command::option;
use crate::conformance;

/// `cargo xtask soak`: what is run, with the counts that stand in the documents unless others are given.
///
/// # Errors
/// What failed, after everything else has run all the same.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let count = |name: &str, standard: &str| option(arguments, name).unwrap_or(standard).replace('_', "");
    let kubernetes = option(arguments, "--kubernetes").unwrap_or("all");
    let seed = option(arguments, "--seed").unwrap_or("1");
    let common = ["--kubernetes", kubernetes, "--seed", seed, "--record"];
    let steps: [(&str, Vec<String>); 6] = [
        ("worlds", vec!["--worlds".into(), count("--worlds", "1000000")]),
        (
            "worlds with one gate flipped",
            vec![
                "--flip-gates".into(),
                "--worlds".into(),
                count("--flipped", "200000"),
            ],
        ),
        (
            "lives in lockstep",
            vec!["--lives".into(), count("--lives", "10000")],
        ),
        (
            "lives in lockstep with faults",
            vec!["--faults".into(), "--lives".into(), count("--lives", "10000")],
        ),
        (
            "templates",
            vec!["--templates".into(), count("--templates", "100000")],
        ),
        ("deliberate faults", vec!["--mutants".into()]),
    ];
    let (mut ran, mut failed) = (Vec::new(), Vec::new());
    for (name, mut step) in steps {
        println!("\n== {name}");
        let start = Instant::now();
        if !step.contains(&"--mutants".to_owned()) {
            step.extend(common.map(str::to_owned));
        }
        match conformance::run(&step) {
            Ok(()) => ran.push(format!("{name} ({:.0} s)", start.elapsed().as_secs_f64())),
            Err(sentence) => failed.push(format!("{name}: {sentence}")),
        }
    }
    println!("\nagreed: {}", ran.join(", "));
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("did not run, or did not agree:\n{}", failed.join("\n")))
}
