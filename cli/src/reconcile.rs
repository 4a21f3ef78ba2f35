//! `reconcile`: one step from an observation.

use std::io::{self, IsTerminal};

use steadfast_core::{Observed, Profile, Timestamp, reconcile};

use crate::cli::{Format, ReconcileArguments};
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource};
use crate::outcome::Exit;
use crate::output::Output;

mod lines;
mod stopwatch;
mod table;

use stopwatch::Stopwatch;

pub(crate) fn run(arguments: &ReconcileArguments, output: &mut Output) -> Result<Exit, Failure> {
    let profile = arguments.profile.profile()?;
    if arguments.lines {
        return lines::run(arguments, &profile, output);
    }
    let mut files = arguments.input.all();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            let message = "name a FILE with an observation, or `-` for standard input";
            return Err(Failure::new(steadfast_core::ErrorCode::Missing, message));
        }
        files.push("-".to_owned());
    }
    let reading = Stopwatch::start();
    let input = Input::read(&files, arguments.input.namespace.as_deref(), output)?;
    let read = reading.elapsed();
    let source = ObservationSource::of(input, &Choice::of(&arguments.input))?;
    let (now, guessed) = source.time(arguments.now);
    let doubts = source.doubts.clone();
    let parsing = Stopwatch::start();
    let observed = source.parse()?;
    let parse = parsing.elapsed();
    for doubt in &doubts {
        output.warn(doubt)?;
    }
    if guessed {
        output.note(&format!(
            "now is {now}, the newest time in the input; --now sets another"
        ))?;
    }
    match arguments.time {
        Some(decisions) => {
            let answer = stopwatch::measure(decisions, [read, parse], &observed, now, &profile);
            output.structured(Format::Json, &answer)?;
        }
        None => print(arguments.output, &observed, now, &profile, output)?,
    }
    Ok(Exit::Fine)
}

fn print(
    format: Format,
    observed: &Observed,
    now: Timestamp,
    profile: &Profile,
    output: &mut Output,
) -> Result<(), Failure> {
    let plan = reconcile(observed, now, profile);
    if format.is_structured() {
        return output.structured(format, &plan);
    }
    output.text(&table::of(&plan, observed, profile, format == Format::Wide))
}
