//! Everything CI runs, in the order in which failures are cheapest.

use std::time::Instant;

use crate::command::{self, cargo, option};
use crate::{conformance, upstream, wasm};

/// Runs every step: what ran, and what could not.
fn steps(arguments: &[String]) -> Result<(Vec<String>, Vec<String>), String> {
    let (mut ran, mut not_run) = (Vec::new(), Vec::new());
    let mut step = |name: &str, what: &mut dyn FnMut() -> Result<(), String>| {
        println!("\n== {name}");
        let start = Instant::now();
        what()?;
        ran.push(format!("{name} ({:.0} s)", start.elapsed().as_secs_f64()));
        Ok::<(), String>(())
    };
    step("format", &mut || {
        command::run(&mut cargo(&["fmt", "--all", "--check"]))
    })?;
    step("lints", &mut || {
        command::run(&mut cargo(&[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("core without default features", &mut || {
        command::run(&mut cargo(&[
            "check",
            "--quiet",
            "-p",
            "steadfast-core",
            "--no-default-features",
        ]))
    })?;
    let program = if upstream::is_go_there() {
        Some(upstream::built("1.37.1")?)
    } else {
        None
    };
    step("tests", &mut || {
        let mut tests = cargo(&["test", "--workspace", "--all-features"]);
        if arguments.iter().any(|argument| argument == "--rewrite") {
            tests.env("STEADFAST_REWRITE", "1");
        }
        if let Some(program) = &program {
            tests.env("STEADFAST_UPSTREAM", program);
        }
        command::run(&mut tests)
    })?;
    step("documentation", &mut || {
        // k8s-openapi wants its Kubernetes version chosen by whoever builds a final program: here, this command.
        let typed = [
            "doc",
            "--quiet",
            "--no-deps",
            "-p",
            "steadfast-core",
            "--features",
            "k8s-openapi,k8s-openapi/latest",
        ];
        for arguments in [&["doc", "--quiet", "--no-deps", "--workspace"][..], &typed] {
            command::run(cargo(arguments).env("RUSTDOCFLAGS", "-D warnings"))?;
        }
        Ok(())
    })?;
    step("WebAssembly imports", &mut wasm::check)?;
    match &program {
        Some(_) => {
            let worlds = option(arguments, "--worlds").unwrap_or("20000").to_owned();
            let seed = option(arguments, "--seed").map_or_else(seed_of_today, str::to_owned);
            let name = format!("{worlds} worlds against upstream 1.37 from seed {seed}");
            step(&name, &mut || {
                conformance::run(&["--worlds".into(), worlds.clone(), "--seed".into(), seed.clone()])
            })?;
        }
        None => not_run.push("worlds against upstream (there is no Go)".to_owned()),
    }
    Ok((ran, not_run))
}

/// `cargo xtask test`: the steps, and a closing line that says what ran.
///
/// # Errors
/// The first step that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let (ran, not_run) = steps(arguments)?;
    println!("\nran: {}", ran.join(", "));
    if !not_run.is_empty() {
        println!("did not run: {}", not_run.join(", "));
    }
    Ok(())
}

/// `cargo xtask setup`: what the other commands would install on their own, now.
///
/// # Errors
/// Something cannot be installed.
pub fn setup() -> Result<(), String> {
    wasm::install_target()?;
    for component in ["rustfmt", "clippy"] {
        command::run(std::process::Command::new("rustup").args(["component", "add", component]))?;
    }
    if upstream::is_go_there() {
        println!("upstream's controller: {}", upstream::built("1.37.1")?.display());
    } else {
        println!("there is no Go here: comparisons with upstream will not run");
    }
    command::run(&mut command::cargo(&["fetch", "--quiet"]))
}

/// Other worlds each day, the same ones all day: a failure can be repeated.
fn seed_of_today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    (days * 1_000_000).to_string()
}
