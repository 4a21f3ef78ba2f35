//! One case file: its comment, its input, its expectation.

use std::path::{Path, PathBuf};

use serde_json::Value;
use steadfast_core::manifest;

use super::name_of;

/// What stands between the input and the expectation.
const SEPARATOR: &str = "----";

/// A case as it is written.
pub struct Case {
    /// `THEME/BEHAVIOUR`.
    pub name: String,
    /// The input.
    pub input: Value,
    /// The text that is expected.
    pub expected: String,
    path: PathBuf,
    /// Everything up to the separator, as it is written.
    head: String,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// A sentence, where the file is not a case.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let line = format!("\n{SEPARATOR}\n");
        let (head, expected) = match text.split_once(&line) {
            Some((head, expected)) => (head.to_owned(), expected.to_owned()),
            None => (text.trim_end().to_owned(), String::new()),
        };
        let comment: Vec<&str> = head.lines().take_while(|line| line.starts_with('#')).collect();
        if comment.len() < 2 || !comment.iter().any(|line| line.starts_with("# Source: ")) {
            return Err(
                "a case begins with a comment: the rule, then `# Source: ` and where it comes from"
                    .to_owned(),
            );
        }
        let name = name_of(path);
        let is_kebab = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if name.split('/').count() != 2 || !name.split('/').all(is_kebab) {
            return Err("a case is called THEME/BEHAVIOUR.txt, in lower case with dashes".to_owned());
        }
        let document = manifest::read_one(head.as_bytes()).map_err(|error| error.to_string())?;
        let input = document.ok_or("the case has no input")?.value;
        Ok(Self {
            name,
            input,
            expected,
            path: path.to_owned(),
            head,
        })
    }

    /// Writes the file again with another expectation.
    ///
    /// # Errors
    /// The system's sentence.
    pub fn rewrite(&self, expected: &str) -> Result<(), String> {
        let text = format!("{}\n{SEPARATOR}\n{expected}", self.head);
        std::fs::write(&self.path, text).map_err(|error| error.to_string())
    }
}
