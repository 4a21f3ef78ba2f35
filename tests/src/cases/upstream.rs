//! The decision cases, put to upstream's own controller: a case says what upstream does, or says where it does not.

use std::path::Path;

use serde_json::Value;

use super::decision::versions;
use super::shorthand::expand;
use super::{Case, Outcome, files};
use crate::conformance::{Upstream, decide, difference, line};

/// The version that `program` runs.
const VERSION: &str = "1.37";

/// Asks the program (`tests/upstream/v1.37.1`) about the world of every decision case of that version, and compares the
/// plan. A case with `upstream: TEXT` is deliberately different: then the difference must be there and contain the text.
pub fn compare_with_upstream(program: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let mut upstream = match Upstream::start(program) {
        Ok(upstream) => upstream,
        Err(sentence) => {
            outcome.failures.push(sentence);
            return outcome;
        }
    };
    for path in files() {
        let case = match Case::read(&path) {
            Ok(case) if case.is_decision() => case,
            _ => continue,
        };
        match check(&case, &mut upstream) {
            Ok(worlds) => outcome.cases += worlds,
            Err(failure) => outcome.failures.push(format!("{}: {failure}", case.name)),
        }
    }
    outcome
}

fn check(case: &Case, upstream: &mut Upstream) -> Result<usize, String> {
    let mut worlds = 0;
    for version in versions(&case.input)? {
        if !version.profile.kubernetes().starts_with(VERSION) {
            continue;
        }
        worlds += 1;
        let world = expand(&case.input, &version.profile)?;
        let gates = serde_json::to_value(&version.profile).map_err(|error| error.to_string())?;
        let gates =
            serde_json::from_value(gates["featureGates"].clone()).map_err(|error| error.to_string())?;
        let theirs = upstream.ask(&line(0, &world.observation, &gates))?;
        let plan = decide(&world.observation, &version.profile)?;
        let found = difference(&theirs, &plan).map(|found| world.names.in_words(&found));
        let expected = case.input.get("upstream").and_then(Value::as_str);
        match (found, expected) {
            (None, None) => {}
            (Some(found), Some(expected)) if found.contains(expected) => {}
            (None, Some(expected)) => {
                return Err(format!("upstream is said to differ: {expected}; it does not"));
            }
            (Some(found), Some(expected)) => {
                return Err(format!(
                    "upstream is said to differ: {expected}; but there is this: {found:.600}"
                ));
            }
            (Some(found), None) => {
                return Err(format!(
                    "upstream differs under {}: {found:.900}",
                    version.written
                ));
            }
        }
    }
    Ok(worlds)
}
