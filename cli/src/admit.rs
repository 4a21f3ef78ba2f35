//! `admit`: what the policies of admission say of a request or a change.

use serde::Serialize;
use steadfast_core::Error;
use steadfast_core::admission::{Mode, Operation, Request, Settings, SubResource, Verdict, review};

use crate::cli::{AdmitArguments, Format};
use crate::failure::Failure;
use crate::input::read_document;
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{BAD, FAINT, GOOD, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{count, one_line};

mod question;

use question::Question;

/// What is printed for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// `NAMESPACE/NAME` of what is changed.
    set: String,
    operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_resource: Option<&'static str>,
    kubernetes: String,
    #[serde(flatten)]
    verdict: Verdict,
}

pub(crate) fn run(arguments: &AdmitArguments, output: &mut Output) -> Result<Exit, Failure> {
    // What is wrong with the options is said before anything is read.
    arguments.profile.profile()?;
    let settings = settings(arguments.settings.as_deref())?;
    let question = Question::of(arguments, output)?;
    let Question {
        request,
        context,
        profile,
        ..
    } = &question;
    let verdict = review(request, context, &settings, profile);
    let exit = match verdict.allowed {
        true => Exit::Fine,
        false => Exit::Denied,
    };
    let answer = Answer {
        set: question.set(),
        operation: operation(request),
        sub_resource: (request.sub_resource == SubResource::Scale).then_some("scale"),
        kubernetes: profile.to_string(),
        verdict,
    };
    match arguments.output {
        Format::Json | Format::Yaml => output.structured(arguments.output, &answer)?,
        Format::Table | Format::Wide => output.text(&told(&answer, &question))?,
    }
    Ok(exit)
}

/// The settings of a file; without one those that hold by default.
fn settings(file: Option<&str>) -> Result<Settings, Failure> {
    let Some(file) = file else {
        return Ok(Settings::default());
    };
    let (name, document) = read_document(file)?;
    Settings::parse(&document.value).map_err(|mut error: Error| {
        for cause in &mut error.causes {
            let position = document.nearest_position_of(&cause.field);
            cause.line = position.map(|position| position.line);
            cause.column = position.map(|position| position.column);
        }
        Failure::from(error).in_file(&name)
    })
}

fn operation(request: &Request) -> &'static str {
    match request.operation {
        Operation::Create => "CREATE",
        Operation::Update => "UPDATE",
        Operation::Delete => "DELETE",
        _ => "CONNECT",
    }
}

/// The answer for people.
fn told(answer: &Answer, question: &Question) -> String {
    let Answer {
        verdict, kubernetes, ..
    } = answer;
    let violations = &verdict.violations;
    let of_violations = violations.iter().filter(|one| one.mode != Mode::Deny).count();
    let (word, style) = match (verdict.allowed, verdict.warnings.len()) {
        (false, _) => ("Denied".to_owned(), BAD),
        (true, 0) => ("Allowed".to_owned(), GOOD),
        (true, warnings) => (format!("Allowed with {}", count(warnings, "warning")), WAIT),
    };
    let mut text = format!(
        "{}: {} {}\n",
        paint(style, &word),
        one_line(&question.deed()),
        paint(FAINT, &format!("(Kubernetes {kubernetes})"))
    );
    let mut table = Table::new(&["POLICY", "VERDICT", "WHY"]);
    for violation in violations {
        let mode = match violation.mode {
            Mode::Deny => Cell::styled("deny", BAD),
            Mode::Warn => Cell::styled("warn", WAIT),
            _ => Cell::styled("allowed", FAINT),
        };
        let policy = violation.policy.name();
        table.row(vec![policy.into(), mode, one_line(&violation.message).into()]);
        let remedy = match violation.mode {
            Mode::Deny => format!(
                "{}, or annotate {}: {policy}",
                violation.remedy,
                steadfast_core::admission::ALLOW
            ),
            _ => violation.remedy.clone(),
        };
        let remedy = Cell::styled(format!("-> {}", one_line(&remedy)), FAINT);
        table.row(vec!["".into(), "".into(), remedy]);
    }
    // What follows those of the policies is of what could not be judged.
    for warning in verdict.warnings.iter().skip(of_violations) {
        table.row(vec![
            "-".into(),
            Cell::styled("warn", WAIT),
            one_line(warning).into(),
        ]);
    }
    if !table.is_empty() {
        text.push_str(&format!("\n{}", table.to_text()));
    }
    for step in verdict
        .patch
        .iter()
        .filter_map(|patch| patch.as_array())
        .flatten()
    {
        let (path, value) = (step.get("path"), step.get("value"));
        if let (Some(path), Some(value)) = (path.and_then(|path| path.as_str()), value) {
            let field = path.trim_start_matches('/').replace('/', ".");
            text.push_str(&format!("\nfills in {field}: {}\n", one_line(&value.to_string())));
        }
    }
    text
}
