//! Requests for admission, drawn: every delivery gives the core's verdict.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::command::{self, option};
use crate::conformance::{compiled, without};
use crate::{kubewarden, npm};

mod webhook;

const HELP: &str = "\
cargo xtask reviews [--count N] [--seed S] [--webhook | --wasmtime | --url URL --cluster C] [--kept]

  --count N     how many requests (10000)
  --seed S      the first seed (1)
  --webhook     instead of the npm package and the Kubewarden policy: the webhook as a process, with clusters that are drawn
  --url URL     instead of both: a webhook that runs already, such as https://127.0.0.1:8443/validate, that reads the cluster of
                `--cluster C` and has no settings of its own
  --wasmtime    instead of both: the Kubewarden policy in the host that Kubewarden's policy server is made of, waPC on wasmtime, which
                takes minutes to build
  --objects F   writes what that cluster holds, as a List for kubectl, and ends
  --kept        the package and the policy as they were built

Each request is judged natively, with a context and settings of its own, and by the deliveries of admission.
";

/// `cargo xtask reviews`.
///
/// # Errors
/// A build that fails, or a verdict that is not the core's.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--help") || has("-h") {
        print!("{HELP}");
        return Ok(());
    }
    if has("--webhook") {
        let number = |name: &str, default: u64| match option(arguments, name) {
            Some(text) => text
                .replace('_', "")
                .parse()
                .map_err(|_| format!("{name} needs a number")),
            None => Ok(default),
        };
        return webhook::run(number("--count", 10_000)?, number("--seed", 1)?);
    }
    let instead = match option(arguments, "--url") {
        Some(url) => Some(Instead::Webhook(url.to_owned())),
        None if has("--wasmtime") => Some(Instead::Wasmtime(kubewarden::wasmtime_host()?)),
        None => None,
    };
    if !has("--kept") {
        npm::build()?;
        kubewarden::build()?;
    }
    let mut drawn = without(
        &without(&without(arguments, "--url", 1), "--kept", 0),
        "--wasmtime",
        0,
    );
    if has("--objects") {
        drawn.extend(["--count", "0"].map(str::to_owned));
    } else if !has("--count") {
        drawn.extend(["--count", "10000"].map(str::to_owned));
    }
    compare(&drawn, instead.as_ref())
}

/// What is asked instead of the npm package and the Kubewarden policy.
pub enum Instead {
    /// A webhook, by its address.
    Webhook(String),
    /// The policy in a host that is this program.
    Wasmtime(PathBuf),
}

/// Draws, and asks.
///
/// # Errors
/// A program that cannot be started, or a verdict that is not the core's.
pub fn compare(drawn: &[String], instead: Option<&Instead>) -> Result<(), String> {
    let mut reviews = Command::new(compiled("reviews")?);
    if drawn.iter().any(|argument| argument == "--objects") {
        return command::run(reviews.args(drawn));
    }
    let mut reviews = reviews
        .args(drawn)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("reviews: {error}"))?;
    let lines = reviews.stdout.take().ok_or("reviews has no output")?;
    let mut node = Command::new("node");
    node.arg("tests/deliveries/same.mjs")
        .args(match instead {
            None => Vec::new(),
            Some(Instead::Webhook(url)) => vec![OsStr::new(url)],
            Some(Instead::Wasmtime(program)) => vec![OsStr::new("--wasmtime"), program.as_os_str()],
        })
        .current_dir(command::repository())
        .env("STEADFAST_POLICY", kubewarden::path()?);
    let asked = command::run(node.stdin(lines));
    // It holds what was to be read.
    drop(node);
    // Where Node has ended early, nobody reads what is drawn, and it ends too.
    let drawn = reviews.wait().map_err(|error| format!("reviews: {error}"))?;
    asked?;
    match drawn.success() {
        true => Ok(()),
        false => Err(format!("reviews ended with {drawn}")),
    }
}
