//! How long things take, with the peer in the same run.

use std::process::Command;

use crate::{command, conformance, pace, playground, upstream};

/// `cargo xtask bench [--playground]`: with the switch, the page in `js-demo/` alone.
///
/// # Errors
/// A failed build or run.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments.iter().any(|argument| argument == "--playground") {
        return playground::bench();
    }
    let mut bench = Command::new(conformance::compiled("bench")?);
    if upstream::is_go_there() {
        bench.arg(upstream::built(upstream::NEWEST)?);
    } else {
        println!("there is no Go here: upstream's own times are not run");
    }
    command::run(&mut bench)?;
    command::run(&mut command::cargo(&[
        "bench",
        "--quiet",
        "-p",
        "steadfast-tests",
        "--bench",
        "decision",
    ]))?;
    pace::run()?;
    playground::bench()
}
