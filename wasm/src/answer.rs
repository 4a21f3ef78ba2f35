//! Text in, tagged text out.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::json_text::{self, NotJson};
use steadfast_core::{Cause, CauseType, Error, ErrorCode};

/// The answer on the wire.
pub(crate) fn answer<T: Serialize>(result: Result<T, Error>) -> String {
    let mut text = begun(OK);
    match result.and_then(|value| json_text::append(&mut text, &value).map_err(unsaid)) {
        Ok(()) => ended(text),
        Err(error) => refused(&error),
    }
}

/// A value as JSON text. Nothing writes a type of ours as a `Value` first: that would be all its code a second time.
pub(crate) fn text_of<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    json_text::of(value).map_err(unsaid)
}

/// Nothing of ours has keys that are no strings; what JSON cannot say is said in words.
fn unsaid(error: NotJson) -> Error {
    Error::new(ErrorCode::Invalid, error.to_string())
}

/// The same for a value that is JSON already; once in the module, for all types.
pub(crate) fn tagged(result: Result<String, Error>) -> String {
    match result {
        Ok(value) => {
            let mut text = begun(OK);
            text.extend_from_slice(value.as_bytes());
            ended(text)
        }
        Err(error) => refused(&error),
    }
}

const OK: &str = "{\"ok\":true,\"value\":";

/// Most answers have room in this; whoever has none grows.
const ROOM: usize = 1_000;

fn begun(tag: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(ROOM);
    text.extend_from_slice(tag.as_bytes());
    text
}

fn ended(mut text: Vec<u8>) -> String {
    text.push(b'}');
    // Only text was written.
    String::from_utf8(text).unwrap_or_default()
}

fn refused(error: &Error) -> String {
    let mut text = begun("{\"ok\":false,\"error\":");
    match json_text::append(&mut text, error) {
        Ok(()) => ended(text),
        Err(NotJson) => String::from("{\"ok\":false,\"error\":{\"code\":\"invalid\",\"causes\":[]}}"),
    }
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
