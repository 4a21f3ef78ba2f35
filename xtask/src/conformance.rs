//! Generated worlds, decided by upstream and by the core.

use std::process::Command;

use crate::{command, upstream};

/// `cargo xtask conformance`.
///
/// # Errors
/// No Go, a failed build, or a difference.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let program = upstream::built("1.37.1")?;
    command::run(
        Command::new(compiled("conformance")?)
            .arg(program)
            .args(arguments),
    )
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
