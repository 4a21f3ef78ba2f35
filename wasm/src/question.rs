//! The questions of the simulator: YAML text in them becomes objects.

use serde_json::Value;
use steadfast_core::{Cause, Error, Profile};
use steadfast_sim::compare::{Comparison, Question, compare};
use steadfast_sim::forecast::{Forecast, ForecastInput, forecast};
use steadfast_sim::scenario::Scenario;

use crate::answer::json;
use crate::options::Options;

/// Answers the question of `plan`.
pub(crate) fn forecast_of(question: &str) -> Result<Forecast, Error> {
    let mut question = json(question)?;
    let read = read_texts(&mut question, &["objects", "observed", "from"])?;
    let mut input = ForecastInput::parse(question)?;
    read.check(&input)?;
    // The trace is no part of the answer.
    input.records_objects = false;
    forecast(&input)
}

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
        Value::Object(_) => Ok(Options::parse(&version.to_string())?.profile),
        other => {
            let cause = Cause::wrong_type(format!("versions[{at}]"), other, "a string or a mapping");
            Err(Error::invalid(vec![cause]))
        }
    };
    versions.iter().enumerate().map(parse).collect()
}

/// A scenario in its JSON form: given as JSON, or as YAML.
pub(crate) fn story(text: &str) -> Result<Value, Error> {
    let mut story = whole(text)?;
    read_texts(&mut story, &["objects"])?;
    Ok(story)
}

#[cfg(feature = "reader")]
fn whole(text: &str) -> Result<Value, Error> {
    let mut objects = crate::text::objects(text)?.into_iter();
    match (objects.next(), objects.next()) {
        (Some(one), None) => Ok(one.value),
        _ => json(text),
    }
}

#[cfg(not(feature = "reader"))]
fn whole(text: &str) -> Result<Value, Error> {
    json(text)
}

#[cfg(feature = "reader")]
use with_reader::read_texts;
#[cfg(feature = "reader")]
mod with_reader {
    use serde_json::Value;
    use steadfast_core::Error;
    use steadfast_core::manifest::Object;
    use steadfast_sim::forecast::ForecastInput;
    use steadfast_sim::intake;

    use crate::text;

    /// What was given as text.
    pub(crate) struct Read(Vec<Object>);

    /// Puts objects in the place of texts.
    pub(crate) fn read_texts(value: &mut Value, fields: &[&str]) -> Result<Read, Error> {
        let mut read = Vec::new();
        for field in fields {
            let Some(Value::String(source)) = value.get(*field) else {
                continue;
            };
            let objects = text::objects(source)?;
            value[*field] = objects.iter().map(|object| object.value.clone()).collect();
            read.extend(objects);
        }
        Ok(Read(read))
    }

    impl Read {
        /// Says where in its text an object stands that no API server would take.
        pub(crate) fn check(&self, input: &ForecastInput) -> Result<(), Error> {
            for object in &self.0 {
                if intake::key_of(&object.value).is_ok() {
                    intake::receive(&object.value, None, &input.profile)
                        .map_err(|error| text::located(error, object))?;
                }
            }
            Ok(())
        }
    }
}

#[cfg(not(feature = "reader"))]
use without_reader::read_texts;
#[cfg(not(feature = "reader"))]
mod without_reader {
    use serde_json::Value;
    use steadfast_core::Error;
    use steadfast_sim::forecast::ForecastInput;

    pub(crate) struct Read;

    pub(crate) fn read_texts(_: &mut Value, _: &[&str]) -> Result<Read, Error> {
        Ok(Read)
    }

    impl Read {
        pub(crate) fn check(&self, _: &ForecastInput) -> Result<(), Error> {
            Ok(())
        }
    }
}
