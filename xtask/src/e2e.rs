//! `cargo xtask e2e`: what acts on a cluster, on a real control plane: admission and the controller.

use crate::command;
use crate::record::binaries::{Binaries, kubernetes_version};
use crate::record::cluster::Cluster;

mod policies;

const HELP: &str = "\
cargo xtask e2e [--only SUITE[,SUITE]] [--keep]

Builds etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok from their Go modules (once), starts them on
loopback, and runs the suites, each on a control plane of its own. --keep: no suite; the control plane stays up for a person,
with its kubeconfig's path printed, until the input ends (Ctrl-D) or the program is interrupted.
";

/// The suites by name, in the order in which they run.
const SUITES: [(&str, Suite); 1] = [("policies", policies::run)];

type Suite = fn() -> Result<(), String>;

/// Runs the suites that are named, or all.
///
/// # Errors
/// No Go, a program that does not start, or a suite that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
    let mut chosen = names.clone();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--help" | "-h" => {
                print!("{HELP}\nsuites: {}\n", names.join(", "));
                return Ok(());
            }
            "--keep" => return keep(),
            "--only" => {
                chosen = rest
                    .next()
                    .ok_or("--only needs names of suites")?
                    .split(',')
                    .collect();
                if let Some(unknown) = chosen.iter().find(|name| !names.contains(name)) {
                    return Err(format!("no suite `{unknown}`: there are {}", names.join(", ")));
                }
            }
            other => return Err(format!("unknown argument `{other}`\n\n{HELP}")),
        }
    }
    for (name, suite) in SUITES {
        if chosen.contains(&name) {
            println!("=== {name}");
            suite().map_err(|why| format!("{name}: {why}"))?;
        }
    }
    println!("e2e: {} passed", chosen.join(", "));
    Ok(())
}

/// A control plane for a person.
fn keep() -> Result<(), String> {
    let repository = command::repository();
    let mut cluster = Cluster::start(repository, Binaries::ready(repository)?)?;
    cluster.start_controller()?;
    println!(
        "Kubernetes {} is up: KUBECONFIG={} kubectl get nodes\nCtrl-D ends it.",
        kubernetes_version(repository)?,
        cluster.kubeconfig().display()
    );
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).map_err(|e| format!("input: {e}"))?;
    Ok(())
}
