//! Licences, bans and sources of all dependencies, by cargo-deny.

use crate::command;

/// `cargo xtask deny`. Advisories need their database from the network: `cargo deny check advisories` where it can be
/// reached.
///
/// # Errors
/// cargo-deny cannot be installed, or finds something.
pub fn run() -> Result<(), String> {
    if !command::is_there("cargo-deny", "--version") {
        println!("installing cargo-deny (some minutes) ...");
        command::run(&mut command::cargo(&[
            "install",
            "--locked",
            "--quiet",
            "cargo-deny",
        ]))?;
    }
    command::run(&mut command::cargo(&[
        "deny", "check", "licenses", "bans", "sources",
    ]))
}
