//! Services, EndpointSlices and Pods, asked of CoreDNS' plugin and of the core.

use std::process::Command;

use crate::conformance::compiled;
use crate::{command, upstream};

/// What the command takes.
pub const HELP: &str = "\
cargo xtask dns [options]

  --worlds N        how many generated worlds, of 30 questions each (2000)
  --seed S          the first seed (1)
  --jobs J          lines of work, each with its own program (one for each core)
  --show N          how many worlds that differ are shown, made small (3)
  --record          write tests/vectors/dns.jsonl.gz anew: worlds that are replayed without Go
";

/// `cargo xtask dns`.
///
/// # Errors
/// No Go, a failed build, a difference, or something that can be seen and was not.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        print!("{HELP}");
        return Ok(());
    }
    let program = upstream::built_dns()?;
    command::run(Command::new(compiled("dns")?).arg(program).args(arguments))
}
