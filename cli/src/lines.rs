//! Streams: a question a line in, an answer a line out, in order, until the input ends.

use std::io::{self, BufRead, BufReader, Read};

use serde::de::DeserializeOwned;
use serde_json::Value;
use steadfast_core::manifest::MAX_BYTES;
use steadfast_core::{Cause, CauseType, Error, ErrorCode};

use crate::failure::Failure;
use crate::outcome::Exit;
use crate::output::Output;

/// Answers every line of standard input; a bad one gets an error, and the stream goes on.
pub(crate) fn answer_each(
    output: &mut Output,
    mut answer: impl FnMut(&[u8]) -> Result<Value, Failure>,
) -> Result<Exit, Failure> {
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut exit = Exit::Fine;
    let mut line = Vec::new();
    for number in 1u32.. {
        // Whoever waits for an answer before asking again must get it; whoever asks ahead is answered in bulk.
        if !input.buffer().contains(&b'\n') {
            output.flush()?;
        }
        if !read_line(&mut input, &mut line)? {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answered = match line.len() > MAX_BYTES {
            true => Err(Failure::new(
                ErrorCode::TooLarge,
                format!("the line has more than {MAX_BYTES} bytes"),
            )),
            false => answer(&line),
        };
        let told = answered.unwrap_or_else(|failure| {
            exit = Exit::BadInput;
            failure.at_line(number).to_json()
        });
        output.json_line(&told)?;
    }
    Ok(exit)
}

/// Reads the JSON of a line, which is to be `what`, such as `one observation`.
pub(crate) fn parse<T: DeserializeOwned>(line: &[u8], what: &str) -> Result<T, Failure> {
    serde_json::from_slice(line).map_err(|error| not_json(&error, what))
}

/// Reads a line without its end; a line that is too long is read to its end, and kept only so far as to tell. False at the
/// end of the input.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(2);
    if input.by_ref().take(limit).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else {
        skip_line(input)?;
    }
    Ok(true)
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

fn not_json(error: &serde_json::Error, what: &str) -> Failure {
    let full = error.to_string();
    let reason = full.split(" at line ").next().unwrap_or(&full);
    let reason = match reason.strip_prefix("EOF while parsing ") {
        Some(within) => format!(
            "it ends inside a {}",
            within.trim_start_matches("a ").trim_start_matches("an ")
        ),
        None => reason.to_owned(),
    };
    let message = format!("not JSON: {reason}: each line is {what} as compact JSON");
    let column = u32::try_from(error.column()).ok().filter(|column| *column > 0);
    let cause = Cause {
        column,
        ..Cause::of("", CauseType::FieldValueInvalid, message.clone())
    };
    Failure::from(Error {
        causes: vec![cause],
        ..Error::new(ErrorCode::Unreadable, message)
    })
}
