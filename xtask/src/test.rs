//! Everything CI runs, in the order in which failures are cheapest.

use std::time::Instant;

use crate::command::{self, cargo, option};
use crate::{
    admission, chromium, conformance, dns, kubewarden, npm, package, playground, reviews, upstream, wasm,
    yaml,
};

/// How many manifests, and as many updates, each version's API server code judges: some seconds.
const MANIFESTS: &str = "2000";

/// How many requests for admission every delivery judges.
const REVIEWS: &str = "1000";

/// What came of the steps.
#[derive(Default)]
struct Done {
    ran: Vec<String>,
    /// What could not run because there is no Go, Node.js or browser: said, and no failure.
    not_run: Vec<String>,
    /// What could not run although there is a Go: said, and a failure.
    failed: Vec<String>,
}

/// How many texts are read by both.
const TEXTS: u32 = 15_000;

/// Runs every step: what ran, and what could not.
fn steps(arguments: &[String]) -> Result<Done, String> {
    let (mut done, mut not_run) = (Done::default(), Vec::new());
    let mut step = |name: &str, what: &mut dyn FnMut() -> Result<(), String>| {
        println!("\n== {name}");
        let start = Instant::now();
        what()?;
        done.ran
            .push(format!("{name} ({:.0} s)", start.elapsed().as_secs_f64()));
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
            "clippy",
            "--quiet",
            "-p",
            "steadfast-core",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    step("command line without a client of clusters", &mut || {
        let help = [
            "test",
            "--quiet",
            "-p",
            "steadfast-cli",
            "--no-default-features",
            "--test",
            "help",
        ];
        command::run(&mut cargo(&help))
    })?;
    let (is_go_there, mut unbuilt) = (upstream::is_go_there(), Vec::new());
    let mut program = None;
    if is_go_there {
        match upstream::built(upstream::NEWEST) {
            Ok(built) => program = Some(built),
            Err(sentence) => unbuilt.push(sentence),
        }
    }
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
    if command::is_there("node", "--version") {
        step("npm package, built", &mut npm::build)?;
        step("Kubewarden policy, built", &mut kubewarden::build)?;
        step("Kubewarden policy, in a host", &mut kubewarden::test)?;
        step("npm package, its behaviour in Node", &mut || {
            package::behaves(20_000)
        })?;
        step(
            "npm package, answers as native in Node",
            &mut package::answers_as_native_in_node,
        )?;
        match chromium::find_or_install() {
            Ok(_) => {
                step(
                    "npm package, answers as native in Chromium",
                    &mut package::answers_as_native_in_chromium,
                )?;
                step(
                    "npm package, packed and used as its users do",
                    &mut npm::consumers,
                )?;
                step("playground, built", &mut playground::build)?;
                step("playground, driven in Chromium", &mut playground::test)?;
            }
            Err(sentence) => not_run.push(format!(
                "the npm package and the playground in a browser ({sentence})"
            )),
        }
    } else {
        not_run.push(
            "the npm package, the Kubewarden policy and the playground (there is no Node.js)".to_owned(),
        );
    }
    let seed = option(arguments, "--seed").map_or_else(seed_of_today, str::to_owned);
    if command::is_there("node", "--version") {
        let name = format!("{REVIEWS} requests for admission, judged by every delivery, from seed {seed}");
        let drawn = ["--count", REVIEWS, "--seed", &seed].map(str::to_owned);
        step(&name, &mut || reviews::compare(&drawn, None))?;
    }
    let worlds = option(arguments, "--worlds").unwrap_or("20000").to_owned();
    if program.is_some() {
        let (versions, missing) = versions_of_today(&seed)?;
        unbuilt.extend(missing);
        let name = format!(
            "{worlds} worlds against upstream {} from seed {seed}",
            versions.join(" and ")
        );
        let list = versions.join(",");
        let line = [
            "--brief",
            "--kubernetes",
            &list,
            "--worlds",
            &worlds,
            "--seed",
            &seed,
        ];
        step(&name, &mut || conformance::run(&line.map(str::to_owned)))?;
        let name = format!(
            "{MANIFESTS} manifests and {MANIFESTS} updates against upstream's API server code {}",
            versions.join(" and ")
        );
        let line = [
            "--brief",
            "--kubernetes",
            &list,
            "--worlds",
            MANIFESTS,
            "--pairs",
            MANIFESTS,
            "--seed",
            &seed,
        ];
        step(&name, &mut || admission::run(&line.map(str::to_owned)))?;
        let name = format!("{TEXTS} scalars and documents of YAML against upstream from seed {seed}");
        let line = ["--scalars", "12000", "--documents", "3000", "--seed", &seed];
        step(&name, &mut || yaml::run(&line.map(str::to_owned)))?;
    }
    if is_go_there {
        match upstream::built_dns() {
            Ok(_) => {
                let name = format!("2,000 worlds asked of CoreDNS from seed {seed}");
                let line = ["--worlds", "2000", "--seed", &seed];
                step(&name, &mut || dns::run(&line.map(str::to_owned)))?;
            }
            Err(sentence) => unbuilt.push(sentence),
        }
    }
    if !is_go_there {
        not_run.push(
            "worlds and manifests against upstream (there is no Go; the recorded ones were compared)"
                .to_owned(),
        );
    }
    done.failed = unbuilt;
    done.not_run = not_run;
    Ok(done)
}

/// The newest version, and another one each day, chosen by the seed; then why one of them is not there.
fn versions_of_today(seed: &str) -> Result<(Vec<String>, Option<String>), String> {
    let mut versions = vec![upstream::NEWEST.to_owned()];
    let others: Vec<String> = upstream::versions()?
        .into_iter()
        .filter(|version| version != upstream::NEWEST)
        .collect();
    let Some(other) = others.get(chosen_by(seed, others.len())) else {
        return Ok((versions, None));
    };
    match upstream::built(other) {
        Ok(_) => versions.push(other.clone()),
        Err(sentence) => return Ok((versions, Some(sentence))),
    }
    Ok((versions, None))
}

/// Seeds of neighbouring days are a million apart.
fn chosen_by(seed: &str, among: usize) -> usize {
    let number = seed.replace('_', "").parse::<u64>().unwrap_or(0);
    usize::try_from(number / 1_000_000 % among.max(1) as u64).unwrap_or(0)
}

/// `cargo xtask test`: the steps, and a closing line that says what ran.
///
/// # Errors
/// The first step that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let done = steps(arguments)?;
    println!("\nran: {}", done.ran.join(", "));
    if !done.not_run.is_empty() {
        println!("did not run: {}", done.not_run.join(", "));
    }
    if done.failed.is_empty() {
        return Ok(());
    }
    Err(format!("did not run: {}", done.failed.join("\n")))
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
        println!(
            "upstream's controller: {}",
            upstream::built(upstream::NEWEST)?.display()
        );
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

#[cfg(test)]
mod tests {
    use super::chosen_by;

    #[test]
    fn each_day_has_its_version_and_a_week_has_them_all() {
        let days = (20_000..20_007).map(|day: u64| chosen_by(&(day * 1_000_000).to_string(), 7));
        let mut versions: Vec<usize> = days.collect();
        versions.sort_unstable();
        assert_eq!(versions, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(chosen_by("no number", 7), 0);
        assert_eq!(chosen_by("5", 0), 0);
    }
}
