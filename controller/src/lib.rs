//! Steadfast in the place of Kubernetes' StatefulSet controller, on a real API server, or as a silent shadow beside it.
//!
//! The decisions are [`steadfast_core::reconcile`]'s; here is what a host does (`wire.md`). Read in this order: [`worker`] (one set
//! is looked at), [`execute`] (a plan is carried out), [`hub`], [`cache`] and [`expectations`] (what is known), [`queue`] (who is
//! next), [`watch`] and [`server`] (the API server).

pub mod api;
pub mod cache;
pub mod events;
pub mod execute;
pub mod expectations;
pub mod hub;
pub mod lease;
mod log;
pub mod metrics;
pub mod object;
mod pace;
pub mod queue;
pub mod rival;
mod run;
pub mod serve;
pub mod server;
mod settings;
mod shadow;
mod start;
#[cfg(feature = "unreliable-on-purpose")]
mod unreliable;
pub mod verdicts;
pub mod watch;
pub mod worker;

use std::process::ExitCode;

use clap::Parser;
use serde_json::json;

use settings::{Arguments, Cli, Mode};
use start::Failure;

/// The program: reads the command line, and runs on this one thread until it is asked to end.
pub fn main() -> ExitCode {
    let mode = match Cli::try_parse() {
        Ok(cli) => cli.mode,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ended(Err(Failure::new(2, format!("no requests can be made: {error}")))),
    };
    let result = runtime.block_on(async {
        match mode {
            Mode::Run(arguments) => {
                let arguments = arguments.with_file().map_err(|why| Failure::new(2, why))?;
                log::set_verbose(arguments.both.verbose);
                run::run(arguments).await
            }
            Mode::Shadow(arguments) => {
                let arguments = arguments.with_file().map_err(|why| Failure::new(2, why))?;
                log::set_verbose(arguments.both.verbose);
                shadow::shadow(arguments).await
            }
        }
    });
    runtime.shutdown_background();
    ended(result)
}

fn ended(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => {
            log::info("ended", json!({}));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            log::error(&failure.message, json!({"exit": failure.code}));
            ExitCode::from(failure.code)
        }
    }
}
