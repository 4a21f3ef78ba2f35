//! `completions`: scripts that complete commands and options in a shell.

use crate::Program;
use crate::cli::{self, CompletionsArguments};
use crate::failure::Failure;
use crate::outcome::Exit;
use crate::output::Output;

pub(crate) fn run(
    arguments: &CompletionsArguments,
    program: Program,
    output: &mut Output,
) -> Result<Exit, Failure> {
    // kubectl asks plugins for completions in a way of its own, so the script is for the binary's own name.
    let name = match program {
        Program::Steadfast => "steadfast",
        Program::KubectlPlugin => "kubectl-steadfast",
    };
    let mut command = cli::command(Program::Steadfast);
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    output.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
