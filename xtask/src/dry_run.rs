//! `cargo xtask dry-run`: manifests through `kubectl apply --dry-run=server` of a real API server, and through `steadfast default` and `lint`.

use std::process::Command;

use crate::command::{self, option};
use crate::conformance::{target, without};
use crate::record::binaries::{ServerBinaries, kubernetes_version};
use crate::record::server::Server;
use crate::upstream;

const HELP: &str = "\
cargo xtask dry-run [--kubernetes V] [--mutants N] [--seed S] [--show] [--values]

  --kubernetes V
                the release of the API server, one of tests/upstream (1.37.1)
  --mutants N   how many mutated manifests, beside every file of examples/ (100)
  --seed S      the first seed (1)
  --show        every manifest that differs
  --values      every error that is the same but for the value that it shows

Starts etcd and kube-apiserver on loopback (built once from their Go modules, as `cargo xtask record` does), asks
`kubectl apply --dry-run=server -o yaml` about each manifest and compares the object, the errors and the warnings with what
`steadfast default` and `steadfast lint` print.
";

/// Starts the API server, compares, and stops it.
///
/// # Errors
/// No Go, a program that does not start, or a difference.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments.iter().any(|one| one == "--help" || one == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    // The API server is what takes the time.
    for (package, program) in [("steadfast-tests", "dry_run"), ("steadfast-cli", "steadfast")] {
        let line = ["build", "--quiet", "-p", package, "--bin", program];
        command::run(&mut command::cargo(&line))?;
    }
    let built = target()?.join("debug");
    let repository = command::repository();
    let pinned = kubernetes_version(repository)?;
    let version = match option(arguments, "--kubernetes") {
        Some(list) => upstream::chosen(list)?.remove(0),
        None => pinned.clone(),
    };
    let other = Some(version.as_str()).filter(|version| *version != pinned);
    let binaries = ServerBinaries::ready(repository, other)?;
    // As installers have it, and as validation takes for granted.
    let server = Server::start(binaries, |_| vec!["--allow-privileged=true".to_owned()])?;
    let mut comparison = Command::new(built.join("dry_run"));
    comparison
        .args(["--kubernetes", &version, "--examples"])
        .arg(repository.join("examples"))
        .arg("--folder")
        .arg(server.folder())
        .arg("--steadfast")
        .arg(built.join("steadfast"))
        .args(without(arguments, "--kubernetes", 1))
        .arg("--")
        .args(server.kubectl_line());
    command::run(&mut comparison)
}
