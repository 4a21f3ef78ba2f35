//! Files and standard input, read whole.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::rc::Rc;

use steadfast_core::ErrorCode;
use steadfast_core::manifest::MAX_BYTES;

use crate::failure::Failure;

/// How standard input is called where people read it.
pub(crate) const STANDARD_INPUT: &str = "standard input";

/// Reads one file; gives its name for people, and its bytes.
pub(crate) fn read(file: &str) -> Result<(Rc<str>, Vec<u8>), Failure> {
    if file == "-" {
        if io::stdin().is_terminal() {
            let message = "standard input is the terminal: name a FILE, or pipe into this command";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        let bytes = read_all(io::stdin().lock()).map_err(|failure| failure.in_file(STANDARD_INPUT))?;
        return Ok((Rc::from(STANDARD_INPUT), bytes));
    }
    let in_file = |failure: Failure| failure.in_file(file);
    let opened = File::open(file).map_err(|error| in_file(cannot_read(&error)))?;
    if opened.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        let message = "this is a directory: name the files in it";
        return Err(in_file(Failure::new(ErrorCode::Unreadable, message)));
    }
    let bytes = read_all(opened).map_err(in_file)?;
    Ok((Rc::from(file), bytes))
}

/// Reads at most one byte more than what can be worked on, which tells the reader of manifests that it is too much.
fn read_all(source: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    source
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| cannot_read(&error))?;
    Ok(bytes)
}

fn cannot_read(error: &io::Error) -> Failure {
    let (code, message) = match error.kind() {
        io::ErrorKind::NotFound => (ErrorCode::Missing, "there is no such file".to_owned()),
        io::ErrorKind::PermissionDenied => (ErrorCode::Unreadable, "this file may not be read".to_owned()),
        io::ErrorKind::IsADirectory => (
            ErrorCode::Unreadable,
            "this is a directory: name the files in it".to_owned(),
        ),
        _ => (
            ErrorCode::Unreadable,
            format!("this file cannot be read: {error}"),
        ),
    };
    Failure::new(code, message)
}
