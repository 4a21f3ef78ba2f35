//! Suite `policies`: the ValidatingAdmissionPolicies of `policies/` in a real API server, compared with the core.

use std::process::Command;

use crate::command;
use crate::conformance::built;
use crate::record::binaries::{ServerBinaries, kubernetes_version};
use crate::record::server::Server;

/// Starts etcd and the API server, asks, and stops them.
///
/// # Errors
/// No Go, a program that does not start, or a difference.
pub fn run() -> Result<(), String> {
    let program = built(&["-p", "steadfast-tests"], "cel")?;
    let repository = command::repository();
    let version = kubernetes_version(repository)?;
    let server = Server::start(ServerBinaries::ready(repository, None)?, |_| Vec::new())?;
    let mut comparison = Command::new(program);
    comparison
        .args(["--kubernetes", &version, "--count", "120", "--policies"])
        .arg(repository.join("policies"))
        .arg("--folder")
        .arg(server.folder().join("cel"))
        .arg("--")
        .args(server.kubectl_line());
    command::run(&mut comparison)
}
