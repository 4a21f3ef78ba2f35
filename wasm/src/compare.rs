//! One question under several versions.

use serde_json::Value;
use steadfast_core::{Cause, Error, Profile};
use steadfast_sim::compare::{Comparison, Question, compare};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::scenario::Scenario;

use crate::answer::json;
use crate::options::Options;
use crate::question::{read_texts, story};

/// The same question, or a story, under several versions: a list of their names, or of `{"kubernetes"?, "featureGates"?}`.
pub(crate) fn comparison_of(question: &str, is_story: bool, versions: &str) -> Result<Comparison, Error> {
    let profiles = profiles(&json(versions)?)?;
    if is_story {
        let scenario = Scenario::parse(&story(question)?)?;
        return compare(&Question::Story(&scenario), &profiles);
    }
    let mut question = json(question)?;
    read_texts(&mut question, &["objects", "observed", "from"])?;
    let mut input = ForecastInput::parse(question)?;
    // The traces are no part of the answer.
    input.records_objects = false;
    compare(&Question::Forecast(&input), &profiles)
}

fn profiles(versions: &Value) -> Result<Vec<Profile>, Error> {
    let Value::Array(versions) = versions else {
        return Err(Error::invalid(vec![Cause::wrong_type(
            "versions", versions, "a list",
        )]));
    };
    let parse = |(at, version): (usize, &Value)| match version {
        Value::String(version) => version.parse(),
        Value::Object(_) => Ok(Options::parse(&crate::answer::text_of(version)?)?.profile),
        other => {
            let cause = Cause::wrong_type(format!("versions[{at}]"), other, "a string or a mapping");
            Err(Error::invalid(vec![cause]))
        }
    };
    versions.iter().enumerate().map(parse).collect()
}
