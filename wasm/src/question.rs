//! The questions of the simulator: YAML text in them becomes objects.

use serde_json::Value;
use steadfast_core::Error;
use steadfast_sim::forecast::{Forecast, ForecastInput, forecast};

use crate::answer::json;

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
pub(crate) use with_reader::read_texts;
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
pub(crate) use without_reader::read_texts;
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
