//! How long things take, with the peer in the same run.

use std::process::Command;

use crate::{command, conformance, upstream};

/// `cargo xtask bench`.
///
/// # Errors
/// A failed build or run.
pub fn run() -> Result<(), String> {
    command::run(&mut command::cargo(&[
        "build",
        "--release",
        "--quiet",
        "-p",
        "steadfast-tests",
        "--bins",
    ]))?;
    let mut bench = Command::new(conformance::target()?.join("release/bench"));
    if upstream::is_go_there() {
        bench.arg(upstream::built("v1.37")?);
    } else {
        println!("there is no Go here: upstream's own times are not run");
    }
    command::run(&mut bench)?;
    command::run(&mut command::cargo(&[
        "bench",
        "--quiet",
        "-p",
        "steadfast-tests",
    ]))
}
