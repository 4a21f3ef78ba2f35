//! `reconcile --lines`: a stream of observations in, a stream of plans out.

use std::io;

use serde_json::Value;
use steadfast_core::{Profile, reconcile};

use crate::cli::ReconcileArguments;
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource, STANDARD_INPUT};
use crate::lines;
use crate::outcome::Exit;
use crate::output::Output;

pub(super) fn run(
    arguments: &ReconcileArguments,
    profile: &Profile,
    output: &mut Output,
) -> Result<Exit, Failure> {
    lines::answer_each(output, |line| decide(line, arguments, profile))
}

fn decide(line: &[u8], arguments: &ReconcileArguments, profile: &Profile) -> Result<Value, Failure> {
    let value: Value = lines::parse(line, "one observation")?;
    let input = Input::of_value(value, STANDARD_INPUT, arguments.input.namespace.as_deref())?;
    let source = ObservationSource::of(input, &Choice::of(&arguments.input))?;
    let (now, _) = source.time(arguments.now);
    let plan = reconcile(&source.parse()?, now, profile);
    Ok(serde_json::to_value(plan).map_err(io::Error::from)?)
}
