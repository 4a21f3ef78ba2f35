//! YAML read by sigs.k8s.io/yaml and by the core.

use std::process::Command;

use crate::conformance::compiled;
use crate::{command, upstream};

/// What the command takes.
const HELP: &str = "\
cargo xtask yaml [options]: scalars and documents, read by sigs.k8s.io/yaml of the newest Kubernetes here and by the core

  --scalars N       how many scalars, those written by hand among them (20000)
  --documents N     how many documents, those written by hand among them (2000)
  --seed S          the first seed (1)
  --jobs J          lines of work, each with its own program (one for each core)
  --show N          how many differences are printed (5)
  --most N          how many scalars may differ, and how many documents (5)
  --record          tests/yaml/recorded.jsonl.gz made again, with which `cargo test` compares without Go
  --limits          instead: what is made to hold a reader up, each within two seconds (needs no Go)
";

/// What is recorded: all that is written by hand, and as much again.
const RECORDED: [&str; 6] = ["--scalars", "9000", "--documents", "1500", "--seed", "1"];

/// `cargo xtask yaml`.
///
/// # Errors
/// No Go, a failed build, or more differences than there may be.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return Ok(());
    }
    let mut command = Command::new(compiled("yaml")?);
    if has("--limits") {
        return command::run(command.arg("--limits"));
    }
    command.arg(upstream::built(upstream::NEWEST)?);
    if has("--record") {
        let file = command::repository().join("tests/yaml/recorded.jsonl.gz");
        return command::run(command.args(RECORDED).arg("--record").arg(file));
    }
    command::run(command.args(arguments))
}
