//! `cargo xtask record`: plays the examples on a real control plane and keeps what it shows in `tests/recorded/`.

mod audit;
pub mod binaries;
pub mod cluster;
pub mod credentials;
pub mod process;
mod recorder;
pub mod server;
mod stories;

use binaries::{Binaries, kubernetes_version};
use cluster::Cluster;
use recorder::Recorder;
use std::path::PathBuf;

const HELP: &str = "\
Plays the examples on a real control plane on loopback and keeps what it shows.

usage: cargo xtask record [--only EXAMPLE]... [--to FOLDER] [--build]

  --only EXAMPLE   one example instead of all, such as `web`; may be repeated
  --to FOLDER      where the recordings go (default: tests/recorded)
  --build          build the control plane's programs and stop there

Needs the Go toolchain. The programs (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok; kubectl
if the machine has none) are built from released Go modules into $STEADFAST_CACHE/cluster, else ~/.cache/steadfast/cluster.
tests/recorded/README.md says what a recording holds.";

/// Records every example, or those that `args` names.
///
/// # Errors
/// Unknown arguments, a missing toolchain, a program that does not start, or a moment that is not reached in time.
pub fn run(args: &[String]) -> Result<(), String> {
    let repository = crate::command::repository();
    let mut only: Vec<&str> = Vec::new();
    let mut to = repository.join("tests/recorded");
    let mut build_only = false;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || {
            rest.next()
                .ok_or_else(|| format!("`{arg}` needs a value\n\n{HELP}"))
        };
        match arg.as_str() {
            "--only" => only.push(value()?),
            "--to" => to = PathBuf::from(value()?),
            "--build" => build_only = true,
            "-h" | "--help" => {
                println!("{HELP}");
                return Ok(());
            }
            other => return Err(format!("unknown argument `{other}`\n\n{HELP}")),
        }
    }
    let known: Vec<&str> = stories::ALL.iter().map(|story| story.example).collect();
    if let Some(unknown) = only.iter().find(|name| !known.contains(name)) {
        return Err(format!(
            "no story for `{unknown}`; there are {}",
            known.join(", ")
        ));
    }

    let binaries = Binaries::ready(repository)?;
    if build_only {
        return Ok(());
    }
    let version = kubernetes_version(repository)?;
    println!("starting the control plane, Kubernetes {version}");
    let mut cluster = Cluster::start(repository, binaries)?;
    for story in stories::ALL
        .iter()
        .filter(|story| only.is_empty() || only.contains(&story.example))
    {
        let examples = repository.join("examples");
        let mut recorder = Recorder::begin(&mut cluster, story.example, story.set, &examples, &to, &version)?;
        (story.play)(&mut recorder)
            .and_then(|()| recorder.clean_up())
            .map_err(|e| format!("{}: {e}", story.example))?;
    }
    println!("recorded in {}", to.display());
    Ok(())
}
