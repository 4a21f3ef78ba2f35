//! Why the program cannot do its work, as people read it.

use steadfast_core::Error;

/// An error, in one line or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    lines: Vec<String>,
}

impl Failure {
    /// An error of one sentence, lower case.
    pub fn new(message: impl AsRef<str>) -> Self {
        Self {
            lines: vec![one_line(message.as_ref())],
        }
    }

    /// What is wrong with a file.
    pub fn in_file(file: &str, error: &Error) -> Self {
        let causes: Vec<String> = error.causes.iter().map(ToString::to_string).collect();
        let told = if causes.is_empty() {
            vec![error.message.clone()]
        } else {
            causes
        };
        let lines = told.iter().map(|line| one_line(&format!("{file}: {line}")));
        Self {
            lines: lines.collect(),
        }
    }

    /// The lines, without `error: `.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines.join("; "))
    }
}

/// Text from elsewhere in one line of a terminal or a log.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut line, c| {
            if c.is_control() {
                line.extend(c.escape_default());
            } else {
                line.push(c);
            }
            line
        })
}

/// The last error of a chain, which says what happened and not what could therefore not be done.
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    // A chain that goes in a circle must not hold anybody up.
    for _ in 0..16 {
        match last.source() {
            Some(source) => last = source,
            None => break,
        }
    }
    one_line(&last.to_string())
}
