//! The command line of Steadfast: `steadfast`, and `kubectl steadfast` as a plugin of kubectl.
//!
//! One file per command. A command reads its input (`input`), asks the core or the simulator, and prints; it never
//! decides anything itself. Exit codes: 0 stable, clean, nothing to do; 1 blocked, refused, denied or different; 2 bad input or
//! usage; 3 unfinished.

mod admit;
mod cli;
mod compare;
mod completions;
mod default;
mod diff;
mod dns;
mod explain;
mod failure;
mod input;
mod lines;
mod lint;
mod live;
mod outcome;
mod output;
mod plan;
mod progress;
mod reconcile;
mod recreate;
mod settings;
mod simulate;
mod table;
mod text;
mod timeline;
mod version;
mod watch;

use std::process::ExitCode;

use clap::FromArgMatches;

use cli::{Cli, Command};
use outcome::Exit;
use output::Output;

/// Under which name the command line was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// As `steadfast`.
    Steadfast,
    /// As `kubectl-steadfast`, which people call `kubectl steadfast`.
    KubectlPlugin,
}

/// Runs the command line on this process's arguments and streams.
pub fn run(program: Program) -> ExitCode {
    let mut command = cli::command(program);
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help that cannot be printed because the reader has gone is no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut output = Output::new(cli.color);
    let format = cli.command.format();
    let result = match cli.command {
        Command::Plan(arguments) => plan::run(&arguments, &mut output),
        Command::Compare(arguments) => compare::run(&arguments, &mut output),
        Command::Diff(arguments) => diff::run(&arguments, &mut output),
        Command::Recreate(arguments) => recreate::run(&arguments, &mut output),
        Command::Reconcile(arguments) => reconcile::run(&arguments, &mut output),
        Command::Simulate(arguments) => simulate::run(&arguments, &mut output),
        Command::Explain(arguments) => explain::run(&arguments, &mut output),
        Command::Dns(arguments) => dns::run(&arguments, &mut output),
        Command::Lint(arguments) => lint::run(&arguments, &mut output),
        Command::Admit(arguments) => admit::run(&arguments, &mut output),
        Command::Default(arguments) => default::run(&arguments, &mut output),
        Command::Completions(arguments) => completions::run(&arguments, program, &mut output),
        Command::Version(arguments) => version::run(&arguments, &mut output),
    };
    let result = result.and_then(|exit| output.flush().map(|()| exit));
    match result {
        Ok(exit) => exit.code(),
        Err(failure) if failure.is_broken_pipe() => Exit::Fine.code(),
        Err(failure) => failure.report(format, &mut output),
    }
}
