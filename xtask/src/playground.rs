//! The playground: the page in `js-demo/`, on the npm package and a smaller module that only plays.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{chromium, command, conformance, npm};

/// What the page needs before its editor is opened: stories played, and YAML read. What an API server says of a manifest
/// comes with the editor, from the npm package's own module.
const PLAYER: [&str; 3] = ["sentences", "writer", "simulator"];

/// The folder of the page's sources.
fn folder() -> PathBuf {
    command::repository().join("js-demo")
}

/// `cargo xtask playground [--build | --test]`: the page, built and served until it is stopped.
///
/// # Errors
/// As [`build`] and [`test()`]; a server that cannot be started.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if !has("--keep") {
        npm::build()?;
    }
    build()?;
    match () {
        () if has("--build") => Ok(()),
        () if has("--test") => test(),
        () => run_node(&["serve.mjs"], &[]),
    }
}

/// Builds `js-demo/dist` on the npm package as it is built, and prints what a first visit loads.
///
/// # Errors
/// Something that cannot be installed or built, types that do not fit, or a first load that is past its budget.
pub fn build() -> Result<(), String> {
    let generated = folder().join("generated");
    let built = npm::module(&PLAYER, &conformance::target()?.join("player"))?;
    std::fs::create_dir_all(&generated).map_err(|error| format!("{}: {error}", generated.display()))?;
    let player = generated.join("player.wasm");
    std::fs::copy(&built, &player).map_err(|error| format!("{}: {error}", player.display()))?;
    npm::install_in(&folder())?;
    run_node(&["node_modules/typescript/bin/tsc", "-p", "."], &[])?;
    run_node(
        &["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"],
        &[],
    )?;
    run_node(&["size.mjs"], &[])
}

/// The page's own tests, and the page in Chromium: every scenario, compared with what `steadfast simulate` prints.
///
/// # Errors
/// No Chromium, or a test that fails.
pub fn test() -> Result<(), String> {
    chromium::find_or_install()?;
    command::run(&mut command::cargo(&["build", "--quiet", "-p", "steadfast-cli"]))?;
    let name = format!("steadfast{}", std::env::consts::EXE_SUFFIX);
    let steadfast = conformance::target()?.join("debug").join(name);
    let steadfast = steadfast.to_string_lossy().into_owned();
    run_node(&["test/run.mjs"], &[("STEADFAST", &steadfast)])?;
    run_node(&["test/drive.mjs"], &[("STEADFAST", &steadfast)])
}

/// How long a step takes in Chromium, and how long it is until the page can be played: built anew, from the package as it is
/// built where it is.
///
/// # Errors
/// As [`build`]; no Chromium.
pub fn bench() -> Result<(), String> {
    chromium::find_or_install()?;
    if !npm::folder().join("dist").exists() {
        npm::build()?;
    }
    build()?;
    run_node(&["test/bench.mjs"], &[])
}

fn run_node(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let mut node = Command::new("node");
    node.args(arguments).envs(environment.iter().copied());
    command::run(node.current_dir(folder()).stdin(Stdio::null()))
}
