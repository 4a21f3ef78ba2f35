//! Manifests and updates, judged by upstream's API server code and by the core.

use std::process::Command;

use crate::command::option;
use crate::conformance::{compiled, without};
use crate::{command, upstream};

/// What the command takes, beside what the program takes that it starts.
pub const HELP: &str = "\
cargo xtask admission [--kubernetes V[,V]|all] [options]

  --kubernetes V    versions of Kubernetes: 1.34.1, or 1.34 for its newest one here, or all (1.37.1)
  --worlds N        how many mutated manifests for each version (10000)
  --pairs N         how many updates, of the set or of its status (10000)
  --seed S          the first seed (1)
  --gates A=true,B=false
                    other feature gates than the version's own
  --jobs J          lines of work, each with its own program (one for each core)
  --show N          how many rules are listed, most frequent misses first (25)
  --examples FILE   the first question that shows each difference, with both answers, as JSON lines
  --small           those made as small as they get
  --rules FILE      all rules with their counts, as tab-separated lines
";

/// `cargo xtask admission`.
///
/// # Errors
/// No Go, a failed build, or a difference that is not a missing rule of the Pod template.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        print!("{HELP}");
        return Ok(());
    }
    let kubernetes = option(arguments, "--kubernetes").unwrap_or(upstream::NEWEST);
    let mut versions = Vec::new();
    for version in upstream::chosen(kubernetes)? {
        versions.push(format!("{version}={}", upstream::built(&version)?.display()));
    }
    let mut command = Command::new(compiled("admission")?);
    command::run(command.args(versions).args(without(arguments, "--kubernetes", 1)))
}
