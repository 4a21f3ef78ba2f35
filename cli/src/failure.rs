//! Why a command could not do its work, as people and programs read it.

use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};
use steadfast_core::{Cause, CauseType, Error, ErrorCode};

use crate::cli::Format;
use crate::outcome::Exit;
use crate::output::Output;
use crate::text::one_line;

/// An error of the contract's one form, with the file that it speaks of.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    file: Option<String>,
    /// The causes as people read them, with the object's name in place of its path; empty: as they are.
    told: Vec<String>,
    /// The message says it all; the causes are for programs.
    is_sentence: bool,
    is_broken_pipe: bool,
    exit: Exit,
}

/// How many causes are told; past these only their number is.
const TOLD: usize = 8;

impl Failure {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::from(Error::new(code, message))
    }

    /// A cluster that does not answer, or does not let us read.
    #[cfg(feature = "live")]
    pub(crate) fn of_cluster(message: String) -> Self {
        Self {
            exit: Exit::Unseen,
            ..Self::new(ErrorCode::Unreadable, message)
        }
    }

    /// An error whose message says it all, so that people need not read the causes.
    pub(crate) fn sentence(error: Error) -> Self {
        Self {
            is_sentence: true,
            ..Self::from(error)
        }
    }

    /// The same, told of a file.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        self.file.get_or_insert_with(|| file.to_owned());
        self
    }

    /// The same with more words, where something is missing: what else was looked for.
    pub(crate) fn beside(mut self, words: &str) -> Self {
        if self.error.code == ErrorCode::Missing {
            self.error.message.push_str(words);
        }
        self
    }

    /// The same, with every cause told in other words.
    pub(crate) fn told(mut self, told: Vec<String>) -> Self {
        self.told = told;
        self
    }

    /// Nobody reads what is printed any more: no reason to complain.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.is_broken_pipe
    }

    /// `{"error": {…}}`, with the file where one is to blame.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!(self.error);
        if let (Some(error), Some(file)) = (error.as_object_mut(), &self.file) {
            error.insert("file".to_owned(), json!(file));
        }
        json!({"error": error})
    }

    /// The lines for people, without `error: `.
    pub(crate) fn lines(&self) -> Vec<String> {
        let located = |line: Option<u32>, column: Option<u32>, message: &str| {
            let mut place = self.file.clone().unwrap_or_default();
            for number in [line, column].into_iter().flatten() {
                place.push_str(if place.is_empty() { "line " } else { ":" });
                place.push_str(&number.to_string());
            }
            let separator = if place.is_empty() { "" } else { ": " };
            one_line(&format!("{place}{separator}{message}"))
        };
        match self.error.causes.as_slice() {
            [] => vec![located(None, None, &self.error.message)],
            _ if self.is_sentence => vec![located(None, None, &self.error.message)],
            // One cause is told by the message, which has the object's name and, at times, a remedy.
            [cause] => vec![located(cause.line, cause.column, &self.error.message)],
            causes => {
                let told = |at: usize, cause: &Cause| {
                    self.told.get(at).cloned().unwrap_or_else(|| cause.to_string())
                };
                let causes_told = causes.iter().enumerate().take(TOLD);
                let mut lines: Vec<String> = causes_told
                    .map(|(at, cause)| located(cause.line, cause.column, &told(at, cause)))
                    .collect();
                if let Some(more) = causes.len().checked_sub(TOLD).filter(|more| *more > 0) {
                    lines.push(format!("and {more} more"));
                }
                lines
            }
        }
    }

    /// Prints it, on standard output where a program asked for an answer, else on standard error.
    pub(crate) fn report(&self, format: Format, output: &mut Output) -> ExitCode {
        // Whether the error can be printed or not, the exit code says it.
        let _ = match format {
            Format::Json | Format::Yaml => output
                .structured(format, &self.to_json())
                .and_then(|()| output.flush()),
            Format::Table | Format::Wide => self
                .lines()
                .iter()
                .try_for_each(|line| output.complain("error", line)),
        };
        self.exit.code()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            file: None,
            told: Vec::new(),
            is_sentence: false,
            is_broken_pipe: false,
            exit: Exit::BadInput,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        let message = format!("the output cannot be written: {error}");
        Self {
            is_broken_pipe,
            ..Self::new(ErrorCode::Unreadable, message)
        }
    }
}

impl Failure {
    /// The same, told of a line of a stream.
    pub(crate) fn at_line(mut self, line: u32) -> Self {
        if self.error.causes.is_empty() {
            let cause = Cause::of("", CauseType::FieldValueInvalid, self.error.message.clone());
            self.error.causes.push(cause);
        }
        self.error
            .causes
            .iter_mut()
            .for_each(|cause| cause.line = Some(line));
        self
    }
}
