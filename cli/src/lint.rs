//! `lint`: what an API server would say of the StatefulSets in files.

use std::io::{self, IsTerminal};

use serde_json::{Value, json};
use steadfast_core::lint::{Linted, Severity, lint};
use steadfast_core::{ErrorCode, Profile};

use crate::cli::{FailOn, Format, LintArguments, LintFormat};
use crate::failure::Failure;
use crate::input::Input;
use crate::outcome::Exit;
use crate::output::Output;

pub(crate) mod files;
mod github;
mod lines;
mod sarif;
pub(crate) mod text;

use files::Text;

/// A file and what was found in it.
pub(crate) struct Report {
    text: Text,
    linted: Linted,
}

pub(crate) fn run(arguments: &LintArguments, output: &mut Output) -> Result<Exit, Failure> {
    let profile = arguments.profile.profile()?;
    if arguments.lines {
        return lines::run(&profile, output);
    }
    let mut names = arguments.all();
    if names.is_empty() {
        if io::stdin().is_terminal() {
            let message = "name a FILE or folder with StatefulSets, or `-` for standard input";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        names.push("-".to_owned());
    }
    let stored = match arguments.from.as_slice() {
        [] => Vec::new(),
        files => Input::read(files, None, output)?
            .sets()
            .map(|set| set.value.clone())
            .collect(),
    };
    let reports = judge(files::read(&names)?, &stored, &profile)?;
    match arguments.output {
        LintFormat::Text => text::print(&reports, &profile, output)?,
        LintFormat::Json => output.structured(Format::Json, &answer(&reports, &profile))?,
        LintFormat::Yaml => output.structured(Format::Yaml, &answer(&reports, &profile))?,
        LintFormat::Sarif => output.structured(Format::Json, &sarif::of(&reports))?,
        LintFormat::Github => github::print(&reports, output)?,
    }
    let worst = findings(&reports).map(|(_, finding)| finding.severity).max();
    let limit = match arguments.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
    };
    Ok(match worst {
        Some(worst) if worst >= limit => Exit::Refused,
        _ => Exit::Fine,
    })
}

/// Judges texts as one input. Stored sets that cannot be read are to blame for themselves.
pub(crate) fn judge(texts: Vec<Text>, stored: &[Value], profile: &Profile) -> Result<Vec<Report>, Failure> {
    for set in stored {
        steadfast_core::canonical::canonical(set, profile)?;
    }
    let bytes: Vec<&[u8]> = texts.iter().map(|text| &*text.bytes).collect();
    let linted = lint(&bytes, stored, profile);
    let reports = texts.into_iter().zip(linted);
    let reports = reports.map(|(text, linted)| Report { text, linted });
    Ok(reports.filter(|report| !report.is_of_another_program()).collect())
}

/// All findings, each with its file.
fn findings(reports: &[Report]) -> impl Iterator<Item = (&Report, &steadfast_core::lint::Finding)> {
    reports.iter().flat_map(|report| {
        report
            .linted
            .findings
            .iter()
            .map(move |finding| (report, finding))
    })
}

/// How many findings of a severity there are.
fn count(reports: &[Report], severity: Severity) -> usize {
    findings(reports)
        .filter(|(_, finding)| finding.severity == severity)
        .count()
}

/// The answer for programs.
fn answer(reports: &[Report], profile: &Profile) -> Value {
    let files = reports.iter().map(|report| {
        let mut file = json!(report.linted);
        if let Some(file) = file.as_object_mut() {
            file.insert("file".to_owned(), json!(*report.text.name));
        }
        file
    });
    json!({
        "kubernetes": profile.kubernetes(),
        "files": files.collect::<Vec<Value>>(),
        "errors": count(reports, Severity::Error),
        "warnings": count(reports, Severity::Warning),
        "notes": count(reports, Severity::Note),
    })
}

impl Report {
    /// A file that nobody named, in a folder, and that neither can be read nor speaks of a StatefulSet: a template of
    /// something else.
    fn is_of_another_program(&self) -> bool {
        self.text.is_of_folder
            && self.linted.sets.is_empty()
            && !self.text.bytes.windows(11).any(|word| word == b"StatefulSet")
    }
}
