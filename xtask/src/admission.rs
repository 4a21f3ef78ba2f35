//! Manifests and updates, judged by upstream's API server code and by the core.

use std::process::Command;

use crate::command::option;
use crate::conformance::{compiled, without};
use crate::{command, upstream};

mod pages;

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
  --brief           no more than what differs
  --examples FILE   the first question that shows each difference, with both answers, as JSON lines
  --small           those made as small as they get
  --rules FILE      all rules with their counts, as tab-separated lines
  --record          the counts into tests/admission-results.json, and the pages of the documents from it; a run of as many
                    manifests as updates whose seeds begin where the recorded ones end is added to them
  --pages           instead: those pages alone
  --record-vectors  instead: tests/vectors/admission.jsonl.gz, with which `cargo test` compares without Go, from the newest
                    release of each version
";

/// The versions that are recorded.
const EACH: &str = "1.33,1.34,1.35,1.36,1.37";

/// `cargo xtask admission`.
///
/// # Errors
/// No Go, a failed build, or a difference that is not a missing rule of the Pod template.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return Ok(());
    }
    if has("--pages") {
        return pages::write();
    }
    let standard = if has("--record-vectors") {
        EACH
    } else {
        upstream::NEWEST
    };
    let kubernetes = option(arguments, "--kubernetes").unwrap_or(standard);
    let mut versions = Vec::new();
    for version in upstream::chosen(kubernetes)? {
        versions.push(format!("{version}={}", upstream::built(&version)?.display()));
    }
    let mut command = Command::new(compiled("admission")?);
    let mut rest = without(arguments, "--kubernetes", 1);
    for (flag, option, file) in [
        ("--record", "--record", pages::RESULTS),
        (
            "--record-vectors",
            "--vectors",
            "tests/vectors/admission.jsonl.gz",
        ),
    ] {
        if has(flag) {
            rest = without(&rest, flag, 0);
            command.arg(option).arg(command::repository().join(file));
        }
    }
    // A difference stands in the pages too.
    let compared = command::run(command.args(versions).args(rest));
    if has("--record") {
        pages::write()?;
    }
    compared
}
