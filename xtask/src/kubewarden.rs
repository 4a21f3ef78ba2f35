//! The Kubewarden policy: the module as a policy server loads it, and its tests in a waPC host.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::npm::{self, Module};
use crate::{command, wasm};

/// The most bytes that the policy may have.
const MOST: u64 = 250_000;

/// The custom section in which Kubewarden looks for a policy's metadata.
const SECTION: &str = "io.kubewarden.metadata";

/// `cargo xtask kubewarden [--build]`: the module, and with it its tests in a host made in JavaScript.
///
/// # Errors
/// As [`build`]; a test that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    build()?;
    if arguments.iter().any(|argument| argument == "--build") {
        return Ok(());
    }
    test()
}

/// Where the module is.
///
/// # Errors
/// As cargo's.
pub fn path() -> Result<PathBuf, String> {
    Ok(crate::conformance::target()?.join("steadfast-kubewarden.wasm"))
}

/// Builds the module, puts its metadata in, and looks at its imports and its size.
///
/// # Errors
/// Something that cannot be installed or built; an import that is no part of waPC; a module that is too large.
pub fn build() -> Result<(), String> {
    let module = Module {
        package: "steadfast-kubewarden",
        features: &[],
    };
    let built = module.build()?;
    let path = path()?;
    let mut optimise = Command::new(npm::folder().join("node_modules/.bin/wasm-opt"));
    optimise.arg(&built).args([
        "-Oz",
        "--converge",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
        "-o",
    ]);
    command::run(optimise.arg(&path))?;
    let read = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut module = std::fs::read(&path).map_err(read)?;
    let metadata = std::fs::read(folder().join("metadata.json"))
        .map_err(|error| format!("kubewarden/metadata.json: {error}"))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&metadata).map_err(|error| format!("kubewarden/metadata.json: {error}"))?;
    wasm::append_section(&mut module, SECTION, metadata.to_string().as_bytes());
    let strangers: Vec<String> = wasm::imports(&module)?
        .into_iter()
        .filter(|name| !name.starts_with("wapc."))
        .collect();
    if !strangers.is_empty() {
        return Err(format!(
            "the policy imports {}, which no waPC host has",
            strangers.join(", ")
        ));
    }
    let size = module.len() as u64;
    if size > MOST {
        return Err(format!("the policy has {size} bytes, at most {MOST}"));
    }
    std::fs::write(&path, module).map_err(read)?;
    println!("{}: {} kB, imports of wapc only", path.display(), size / 1_000);
    Ok(())
}

/// The module's tests in the host of `kubewarden/tests`.
///
/// # Errors
/// No Node.js, or a test that fails.
pub fn test() -> Result<(), String> {
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=dot", "tests/policy.test.mjs"])
        .current_dir(folder())
        .env("STEADFAST_POLICY", path()?);
    command::run(node.stdin(Stdio::null()))
}

/// The waPC host on wasmtime, built: `kubewarden/wasmtime`, which is not of the workspace.
///
/// # Errors
/// As cargo's.
pub fn wasmtime_host() -> Result<PathBuf, String> {
    let target = crate::conformance::target()?.join("kubewarden-wasmtime");
    println!("building the host on wasmtime (once, some minutes) ...");
    let mut build = command::cargo(&["build", "--quiet", "--release", "--locked"]);
    build
        .current_dir(folder().join("wasmtime"))
        .env("CARGO_TARGET_DIR", &target);
    command::run(&mut build)?;
    Ok(target.join("release/steadfast-kubewarden-wasmtime"))
}

fn folder() -> PathBuf {
    command::repository().join("kubewarden")
}
