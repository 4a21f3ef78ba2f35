//! What admission says of a request.

use serde_json::Value;
use steadfast_core::admission::{Context, Request, Settings, Verdict};
use steadfast_core::{Error, Observation};

use crate::answer::json;
use crate::options::Options;

/// Judges the request of an AdmissionReview. `context`: an observation, whose `statefulSet` is the stored one; a list that is
/// absent is not known. `settings`: those of admission. Both may be empty.
pub(crate) fn review(request: &str, context: &str, settings: &str, options: &str) -> Result<Verdict, Error> {
    let profile = Options::parse(options)?.profile;
    let settings = Settings::parse(&given(settings)?)?;
    let context = match given(context)? {
        Value::Null => Context::default(),
        context => Context::from(Observation::of_value(context)?),
    };
    let request = Request::parse(&json(request)?)?;
    Ok(steadfast_core::admission::review(
        &request, &context, &settings, &profile,
    ))
}

/// JSON, or nothing.
fn given(text: &str) -> Result<Value, Error> {
    match text {
        "" => Ok(Value::Null),
        text => json(text),
    }
}
