//! Text in, tagged text out.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{Cause, CauseType, Error, ErrorCode};

/// The answer on the wire.
pub(crate) fn answer<T: Serialize>(result: Result<T, Error>) -> String {
    tagged(result.and_then(|value| text_of(&value)))
}

/// A value as JSON text. Nothing writes a type of ours as a `Value` first: that would be all its code a second time.
pub(crate) fn text_of<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    // Nothing of ours has keys that are no strings; what JSON cannot say is said in words.
    serde_json::to_string(value).map_err(|error| Error::new(ErrorCode::Invalid, error.to_string()))
}

/// The same for a value that is JSON already; once in the module, for all types.
pub(crate) fn tagged(result: Result<String, Error>) -> String {
    let (tag, body) = match result {
        Ok(value) => ("true,\"value\":", value),
        Err(error) => ("false,\"error\":", error_text(&error)),
    };
    let mut text = String::with_capacity(body.len() + 24);
    text.push_str("{\"ok\":");
    text.push_str(tag);
    text.push_str(&body);
    text.push('}');
    text
}

fn error_text(error: &Error) -> String {
    serde_json::to_string(error).unwrap_or_else(|_| String::from("{\"code\":\"invalid\",\"causes\":[]}"))
}

/// Reads JSON.
///
/// # Errors
/// `unreadable`, with line and column.
pub(crate) fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        let full = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let reason = full.strip_suffix(&place).unwrap_or(&full);
        let reason = match reason.strip_prefix("EOF while parsing ") {
            Some(within) => format!("it ends inside {within}"),
            None => reason.to_owned(),
        };
        let message = format!(
            "not JSON: {reason} at line {}, column {}",
            error.line(),
            error.column()
        );
        let number = |number: usize| u32::try_from(number).ok().filter(|number| *number > 0);
        let cause = Cause {
            line: number(error.line()),
            column: number(error.column()),
            ..Cause::of("", CauseType::FieldValueInvalid, reason)
        };
        Error {
            causes: vec![cause],
            ..Error::new(ErrorCode::Unreadable, message)
        }
    })
}
