//! An HTTPS admission webhook around [`steadfast_core::admission`]: it translates between AdmissionReviews and
//! [`steadfast_core::admission::review`], and decides nothing.
//!
//! What policies read beside the request comes from watch caches of the cluster ([`cache`]), which hold of each object what is
//! read and nothing else. Exit codes: 0 ended as told, 2 bad input or usage, 3 requests were still running at the end.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub mod arguments;
pub mod cache;
pub mod certificate;
mod cluster;
pub mod config;
mod failure;
pub mod log;
pub mod metrics;
mod operate;
pub mod review;
pub mod server;

pub use failure::Failure;

use arguments::{Arguments, Command};

/// Runs the program on this process's arguments.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help that cannot be printed because the reader has gone is no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if let Some(Command::Completions { shell }) = arguments.command {
        let mut script = Vec::new();
        let mut command = Arguments::command();
        clap_complete::generate(shell, &mut command, "steadfast-webhook", &mut script);
        let _ = std::io::Write::write_all(&mut std::io::stdout(), &script);
        return ExitCode::SUCCESS;
    }
    match operate::operate(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            for line in failure.lines() {
                eprintln!("error: {line}");
            }
            ExitCode::from(2)
        }
    }
}
