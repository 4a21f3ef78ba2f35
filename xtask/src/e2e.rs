//! `cargo xtask e2e`: what acts on a cluster, on a real control plane: admission and the controller.

use crate::command;
use crate::record::binaries::{Binaries, kubernetes_version};
use crate::record::cluster::Cluster;

mod admission;
mod controller;
mod images;
mod manifests;
mod policies;

const HELP: &str = "\
cargo xtask e2e [--only SUITE[,SUITE]] [--kills N] [--leader-kills N] [--cuts N] [--changes N] [--sets N] [--keep]

Builds etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok from their Go modules (once), starts them on
loopback, and runs the suites, each on a control plane of its own.

  --only SUITE      these alone; only where they are named run `controller-speed`, which measures and wants the machine to
                    itself, and `images`, which builds for long
  --kills N         how often controller-faults kills the controller [20]
  --leader-kills N  how often it kills the one that holds the Lease [2]
  --cuts N          how often it cuts all connections, and how many rollouts it makes while one write in ten fails [6]
  --changes N       how many random changes controller-shadow makes [60]
  --sets N          how many sets controller-speed makes [1000]
  --keep            no suite: the control plane stays up for a person, with its kubeconfig's path printed, until the input
                    ends (Ctrl-D) or the program is interrupted
";

/// The suites by name, in the order in which they run.
const SUITES: [(&str, Suite); 8] = [
    ("admission", |_| admission::run()),
    ("policies", |_| policies::run()),
    ("manifests", |_| manifests::suite()),
    ("controller", |_| controller::suite()),
    ("controller-shadow", controller::shadow::suite),
    ("controller-faults", controller::faults::suite),
    ("controller-speed", controller::speed::suite),
    ("images", |_| images::suite()),
];

/// Those that run only where they are named.
const ON_REQUEST: [&str; 2] = ["controller-speed", "images"];

type Suite = fn(&Figures) -> Result<(), String>;

/// How much of each thing the suites do.
#[derive(Debug)]
pub struct Figures {
    /// How often controller-faults kills the controller.
    pub kills: u32,
    /// How often it kills the process that holds the Lease.
    pub leader_kills: u32,
    /// How often it cuts all connections, and how many rollouts it makes while writes fail.
    pub cuts: u32,
    /// How many random changes controller-shadow makes.
    pub changes: u32,
    /// How many sets controller-speed makes.
    pub sets: u32,
}

/// Runs the suites that are named, or all.
///
/// # Errors
/// No Go, a program that does not start, or a suite that fails.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let names: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
    let mut chosen = names.clone();
    chosen.retain(|name| !ON_REQUEST.contains(name));
    let mut figures = Figures {
        kills: 20,
        leader_kills: 2,
        cuts: 6,
        changes: 60,
        sets: 1000,
    };
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--help" | "-h" => {
                print!("{HELP}\nsuites: {}\n", names.join(", "));
                return Ok(());
            }
            "--keep" => return keep(),
            "--kills" => figures.kills = number(argument, rest.next())?,
            "--leader-kills" => figures.leader_kills = number(argument, rest.next())?,
            "--cuts" => figures.cuts = number(argument, rest.next())?,
            "--changes" => figures.changes = number(argument, rest.next())?,
            "--sets" => figures.sets = number(argument, rest.next())?,
            "--only" => {
                let named = rest.next().ok_or("--only needs names of suites")?;
                chosen = named.split(',').collect();
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
            suite(&figures).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    println!("e2e: {} passed", chosen.join(", "));
    Ok(())
}

fn number(option: &str, value: Option<&str>) -> Result<u32, String> {
    let number = value.and_then(|value| value.parse().ok());
    number.ok_or_else(|| format!("{option} needs a number"))
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
