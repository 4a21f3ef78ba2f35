//! Cases as text: what happens in a world that is written in a few lines, and why it is right.
//!
//! A case is a file `cases/THEME/BEHAVIOUR.txt`: a comment with the rule and its source, the input as YAML, a line `----`,
//! and the text that is expected. `cases/README.md` says how to read and to write one. There are three kinds:
//!
//! - a decision: a world in shorthand (`shorthand`) and the plan for it;
//! - a life: a scenario of the simulator and the trace of it;
//! - an answer: a world in full, as a comparison found it, and what upstream answered.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use steadfast_core::Profile;

mod answer;
mod decision;
mod diagnosed;
mod diff;
mod file;
mod life;
mod narrative;
mod shorthand;
mod upstream;

pub use file::Case;
pub use upstream::compare_with_upstream;

/// What came of running cases.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were run.
    pub cases: usize,
    /// One text for each that failed: its name and what is wrong.
    pub failures: Vec<String>,
    /// The names of those whose expectation was written anew.
    pub rewritten: Vec<String>,
}

/// Runs every case. With `rewrite` a text that is not as expected becomes the expectation: the difference in the files is
/// then for a person to review.
pub fn check_all(rewrite: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for path in files() {
        outcome.cases += 1;
        if let Err(failure) = check(&path, rewrite, &mut outcome) {
            outcome.failures.push(format!("{}: {failure}", name_of(&path)));
        }
    }
    outcome
}

fn check(path: &Path, rewrite: bool, outcome: &mut Outcome) -> Result<(), String> {
    let case = Case::read(path)?;
    let found = case.text()?;
    if found == case.expected {
        return Ok(());
    }
    if rewrite && !case.is_answer() {
        case.rewrite(&found)?;
        outcome.rewritten.push(case.name);
        return Ok(());
    }
    Err(format!(
        "not as expected (-), but (+)\n{}",
        diff::unified(&case.expected, &found)
    ))
}

impl Case {
    /// The text that the case gives.
    ///
    /// # Errors
    /// A sentence, where the input cannot be read.
    pub fn text(&self) -> Result<String, String> {
        if self.is_answer() {
            answer::text(&self.input, &self.expected)
        } else if self.is_decision() {
            decision::text(&self.input)
        } else {
            life::text(&self.input)
        }
    }

    /// The scenario of a life, in its JSON form.
    ///
    /// # Errors
    /// A sentence, where the input cannot be read.
    pub fn scenario(&self) -> Result<Value, String> {
        life::scenario(&self.input)
    }

    /// The worlds of a decision, each with the version under which it is decided.
    ///
    /// # Errors
    /// A sentence, where the input cannot be read.
    pub fn worlds(&self) -> Result<Vec<(Profile, Value)>, String> {
        let world = |version: decision::Version| {
            let world = shorthand::expand(&self.input, &version.profile)?;
            Ok((version.profile, world.observation))
        };
        decision::versions(&self.input)?.into_iter().map(world).collect()
    }

    /// Whether it is about one decision, and not about a life.
    pub fn is_decision(&self) -> bool {
        self.input.get("timeline").is_none() && !self.is_answer()
    }

    /// Whether it is a world in full, with upstream's own answer as its expectation.
    pub fn is_answer(&self) -> bool {
        self.input.get("observation").is_some()
    }
}

/// All case files, in order of their names.
pub fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("the cases' folder can be read")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// `THEME/BEHAVIOUR`.
fn name_of(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .with_extension("")
        .display()
        .to_string()
}

impl Outcome {
    /// The failures as one text, short enough to be read.
    pub fn report(&self) -> String {
        const MOST: usize = 12;
        let mut report = format!("{} of {} cases failed", self.failures.len(), self.cases);
        for failure in self.failures.iter().take(MOST) {
            let _ = write!(report, "\n\n{}", failure.trim_end());
        }
        let rest: Vec<&str> = self
            .failures
            .iter()
            .skip(MOST)
            .filter_map(|f| f.split(':').next())
            .collect();
        if !rest.is_empty() {
            let _ = write!(report, "\n\nand {}", rest.join(", "));
        }
        report
    }
}
