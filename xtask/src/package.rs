//! What the built npm package answers and how it behaves, in Node and in Chromium.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use crate::{chromium, command, conformance, npm};

/// The package's own tests, in Node: misuse, handles, memory, an instance that breaks off, and `fuzzed` random inputs.
///
/// # Errors
/// A test that fails.
pub fn behaves(fuzzed: u32) -> Result<(), String> {
    let mut tests: Vec<String> = Vec::new();
    let folder = npm::folder().join("test");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            tests.push(format!("test/{name}"));
        }
    }
    tests.sort();
    let mut node = Command::new("node");
    node.args(["--expose-gc", "--test", "--test-reporter=dot"])
        .args(tests)
        .current_dir(npm::folder())
        .env("STEADFAST_FUZZED", fuzzed.to_string());
    command::run(&mut node)
}

/// All recorded worlds, cases, forecasts and sets, answered by the package in Node as the native core answers them.
///
/// # Errors
/// An answer that differs.
pub fn answers_as_native_in_node() -> Result<(), String> {
    let native = native()?;
    npm::run_node(&["test/same-in-node.mjs", &native.to_string_lossy()])
}

/// The same in Chromium.
///
/// # Errors
/// No Chromium, or an answer that differs.
pub fn answers_as_native_in_chromium() -> Result<(), String> {
    chromium::find_or_install()?;
    let native = native()?;
    npm::run_node(&["test/same-in-chromium.mjs", &native.to_string_lossy()])
}

/// The native answers as a file.
fn native() -> Result<PathBuf, String> {
    let path = conformance::target()?.join("native.jsonl");
    let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut native = Command::new(conformance::compiled("native")?);
    command::run(native.stdout(file))?;
    Ok(path)
}
