//! A part of the corpus with upstream's answers, kept to be compared where there is no Go.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::compare::Form;
use super::run::Question;
use crate::templates::Scheme;

/// A text, how it is read, and what upstream answered.
pub struct Recorded {
    pub form: Form,
    pub text: String,
    pub answer: Value,
}

/// Asks, and writes one text of every question with its answer.
///
/// # Errors
/// A program that cannot be asked, a file that cannot be written.
pub fn write(path: &Path, questions: &[Question], program: &Path) -> Result<(), String> {
    let mut texts: BTreeMap<(Form, &str), ()> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        // Every scalar in one place, each place for one in as many.
        let (_, form, text) = &question.texts[at % question.texts.len()];
        texts.insert((*form, text), ());
    }
    let lines: Vec<String> = texts.keys().map(|(form, text)| form.line(text)).collect();
    let answers = Scheme::start_as(program, "--yaml")?.ask_all(&lines)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for ((form, text), mut answer) in texts.into_keys().zip(answers) {
        // That it refuses is compared, not how.
        for name in ["error", "strict"] {
            if let Some(sentence) = answer.get_mut(name) {
                *sentence = json!("");
            }
        }
        let line = json!([form.name(), text, answer]);
        writeln!(encoder, "{line}").map_err(|error| error.to_string())?;
    }
    let bytes = encoder.finish().map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Reads what was written.
///
/// # Errors
/// A file that is not there, or is none of these.
pub fn read(path: &Path) -> Result<Vec<Recorded>, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .map_err(|error| format!("{shown}: {error}"))?;
    let lines = text.lines().enumerate().map(|(at, line)| {
        let wrong = || format!("{shown}, line {}: `{line}`", at + 1);
        let (form, text, answer): (String, String, Value) =
            serde_json::from_str(line).map_err(|_| wrong())?;
        let form = [Form::Text, Form::File]
            .into_iter()
            .find(|known| known.name() == form);
        Ok(Recorded {
            form: form.ok_or_else(wrong)?,
            text,
            answer,
        })
    });
    lines.collect()
}
