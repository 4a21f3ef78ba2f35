//! Programs that Debian has: installed where that can be done.

use std::process::{Command, Stdio};

use crate::command;

/// Installs a package with apt-get, and says so.
///
/// # Errors
/// There is no apt-get, it may not be used, or it fails: `remedy` says what a person can do.
pub fn install(package: &str, remedy: &str) -> Result<(), String> {
    if !command::is_there("apt-get", "--version") || !is_root() {
        return Err(remedy.to_owned());
    }
    println!("installing {package} with apt-get ...");
    apt_get(&["update", "--quiet"])?;
    apt_get(&["install", "--quiet", "--yes", "--no-install-recommends", package])
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let mut apt = Command::new("apt-get");
    apt.args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command::run(&mut apt)
}

/// Whether apt-get would let us install something.
fn is_root() -> bool {
    command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
