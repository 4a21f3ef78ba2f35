//! A difference as people read it: a table of changes, the verdict, the runbook and what came of it.

use anstyle::{Effects, Style};
use serde_json::Value;
use steadfast_core::diff::{Advice, Change, Diff, Ordinals, Phantom, PhantomReason, Restarts, RunbookStep};
use steadfast_core::explain::{Diagnosis, DiagnosisCode, Severity};
use steadfast_sim::forecast::Outcome;
use steadfast_sim::verify::Verification;

use super::Answer;
use crate::cli::Format;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::paint::{BAD, CHANGE, FAINT, GOOD, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{count, grouped, list, one_line, some, time};

/// How many letters of a value are shown, unless all are asked for.
const SHOWN: usize = 36;
/// How many names are told.
const NAMES: usize = 5;

pub(super) fn print(answer: &Answer, file: &str, format: Format, output: &mut Output) -> Result<(), Failure> {
    let is_wide = format == Format::Wide;
    let diff = &answer.diff;
    for warning in &diff.warnings {
        output.warn(&one_line(warning))?;
    }
    if !diff.changes.is_empty() {
        output.text(&table(&diff.changes, is_wide).to_text())?;
        output.line("")?;
    }
    same(&diff.equal, is_wide, output)?;
    output.line(&verdict(answer))?;
    for error in &diff.errors {
        let place = error
            .line
            .map_or(String::new(), |line| format!("{file}:{line}: "));
        output.line(&paint(BAD, &one_line(&format!("  {place}{error}"))))?;
    }
    if !diff.unchecked.is_empty() {
        let fields = some(&diff.unchecked, NAMES);
        output.line(&paint(FAINT, &one_line(&format!("not checked here: {fields}"))))?;
    }
    diagnoses(&answer.diagnoses, output)?;
    if answer.runbook.is_some() {
        output.line("")?;
        runbook(answer, output)?;
    }
    Ok(())
}

/// What is to be said of the change as such. The remedy of a refused one is the runbook, which is told in full below.
fn diagnoses(diagnoses: &[Diagnosis], output: &mut Output) -> Result<(), Failure> {
    // That nothing restarts for what is only written differently is told above, field by field.
    let is_told = |diagnosis: &&Diagnosis| {
        diagnosis.code == DiagnosisCode::SpuriousRollout && diagnosis.remedies.is_empty()
    };
    for diagnosis in diagnoses.iter().filter(|diagnosis| !is_told(diagnosis)) {
        let (word, style) = match diagnosis.severity {
            Severity::Error => ("error", BAD),
            Severity::Warning => ("warning", WAIT),
            Severity::Info => ("info", CHANGE),
        };
        let reports = match diagnosis.reports.as_slice() {
            [] => String::new(),
            reports => paint(FAINT, &format!(" ({})", reports.join(", "))),
        };
        let head = paint(style, &format!("{word}[{}]", diagnosis.code.name()));
        output.line(&format!("\n{head}{reports}\n  {}", one_line(&diagnosis.message)))?;
        for remedy in diagnosis
            .remedies
            .iter()
            .filter(|remedy| remedy.actions.is_empty())
        {
            output.line(&format!(
                "  {} {}",
                paint(TITLE, "->"),
                one_line(&remedy.sentence)
            ))?;
            for command in &remedy.commands {
                output.line(&format!("       {}", one_line(command)))?;
            }
        }
    }
    Ok(())
}

fn table(changes: &[Change], is_wide: bool) -> Table {
    let has_lines = changes.iter().any(|change| change.line.is_some());
    let titles: &[&'static str] = match has_lines {
        true => &["LINE", "FIELD", "OLD", "NEW", "EFFECT"],
        false => &["FIELD", "OLD", "NEW", "EFFECT"],
    };
    let mut table = Table::new(titles);
    for change in changes {
        let value = |value: &Option<Value>| shown(value.as_ref(), is_wide);
        let (effect, style) = effect(change);
        let line = change.line.map_or(String::new(), |line| line.to_string());
        let line = has_lines.then(|| Cell::styled(line, FAINT));
        let cells = [
            Cell::new(one_line(&change.field)),
            Cell::new(value(&change.old)),
            Cell::new(value(&change.new)),
            Cell::styled(effect, style),
        ];
        table.row(line.into_iter().chain(cells).collect());
    }
    table
}

/// A value on one line; text without quotes, unless it would be taken for something else.
fn shown(value: Option<&Value>, is_wide: bool) -> String {
    let text = match value {
        None => return String::new(),
        Some(Value::String(text)) if !text.is_empty() && serde_json::from_str::<Value>(text).is_err() => {
            text.clone()
        }
        // An item of a list is known by its name.
        Some(value) => match name_of(value).filter(|_| !is_wide) {
            Some(name) => format!("{{name: {name}, …}}"),
            None => value.to_string(),
        },
    };
    let text = one_line(&text);
    if is_wide || text.chars().count() <= SHOWN {
        return text;
    }
    let begin: String = text.chars().take(SHOWN - 1).collect();
    format!("{begin}…")
}

fn name_of(value: &Value) -> Option<&str> {
    let metadata = value.get("metadata").and_then(|metadata| metadata.get("name"));
    value.get("name").or(metadata).and_then(Value::as_str)
}

fn effect(change: &Change) -> (&'static str, Style) {
    if !change.allowed {
        return ("not allowed", BAD);
    }
    let restarts = match change.restarts {
        Restarts::Rolling => "new revision, Pods restart",
        Restarts::Recreate => "new revision, all Pods restart at once",
        Restarts::OnDelete => "new revision, for Pods that are deleted by hand",
        Restarts::HeldByPartition => "new revision, held by the partition",
        Restarts::Scaling => return ("other Pods, no restart", CHANGE),
        Restarts::HeldPods => return ("Pods that were held back restart", WAIT),
        Restarts::None if change.revision => "new revision, no restart",
        Restarts::None => return ("no restart", FAINT),
    };
    (restarts, WAIT)
}

/// What is no difference although it looks like one. Defaults are many, and counted unless all are asked for.
fn same(equal: &[Phantom], is_wide: bool, output: &mut Output) -> Result<(), Failure> {
    let is_told = |phantom: &&Phantom| is_wide || phantom.reason != PhantomReason::Defaulted;
    let (told, counted): (Vec<&Phantom>, Vec<&Phantom>) = equal.iter().partition(is_told);
    if !told.is_empty() {
        let mut table = Table::new(&["SAME", "OLD", "NEW", "WHY"]);
        for phantom in &told {
            let why = match phantom.reason {
                PhantomReason::SameValue => "the same value",
                PhantomReason::Dropped => "the API server drops it",
                PhantomReason::Defaulted => "the default",
            };
            table.row(vec![
                Cell::new(one_line(&phantom.field)),
                Cell::new(shown(phantom.old.as_ref(), is_wide)),
                Cell::new(shown(phantom.new.as_ref(), is_wide)),
                Cell::styled(why, FAINT),
            ]);
        }
        output.text(&table.to_text())?;
        output.line("")?;
    }
    if !counted.is_empty() {
        let line = format!(
            "{} that only one side writes (-o wide shows them)",
            count(counted.len(), "default")
        );
        output.line(&paint(FAINT, &line))?;
        output.line("")?;
    }
    Ok(())
}

fn verdict(answer: &Answer) -> String {
    let strong = |style: Style, text: &str| paint(style.effects(Effects::BOLD), &one_line(text));
    let (diff, set) = (&answer.diff, format!("StatefulSet {}", one_line(&answer.set)));
    let kubernetes = &answer.kubernetes;
    if !diff.allowed {
        return format!("{}: {set}, Kubernetes {kubernetes}", strong(BAD, "Refused"));
    }
    let head = match &diff.new_revision {
        _ if diff.changes.is_empty() => {
            return format!(
                "{}: {set}, Kubernetes {kubernetes}",
                strong(GOOD, "No difference")
            );
        }
        Some(revision) if diff.makes_revision => strong(WAIT, &format!("New revision {revision}")),
        _ => strong(GOOD, "No new revision"),
    };
    let name = answer.set.rsplit('/').next().unwrap_or_default();
    format!("{head}: {}, Kubernetes {kubernetes}", fates(diff, name))
}

/// What becomes of the Pods.
fn fates(diff: &Diff, set: &str) -> String {
    let pods = &diff.pods;
    let is_recreate = diff
        .changes
        .iter()
        .any(|change| change.restarts == Restarts::Recreate);
    let mut told = Vec::new();
    if let Some(ordinals) = pods.restarted {
        told.push(match ordinals.count() {
            1 => format!("Pod {} restarts", run(ordinals, set)),
            count if is_recreate => format!("{} Pods restart at once", grouped(count)),
            count => format!(
                "{} Pods restart, from {set}-{} down",
                grouped(count),
                ordinals.last
            ),
        });
    }
    if let Some(ordinals) = pods.held {
        let told_of = told_of(ordinals, set, "has", "have");
        told.push(format!("{told_of} the old revision, below the partition"));
    }
    if let Some(ordinals) = pods.by_hand {
        told.push(format!(
            "{} once deleted by hand",
            told_of(ordinals, set, "restarts", "restart")
        ));
    }
    for ordinals in &pods.deleted {
        let with = if pods.claims_deleted {
            ", claims and data included"
        } else {
            ""
        };
        told.push(format!("{}{with}", told_of(*ordinals, set, "goes", "go")));
    }
    for ordinals in &pods.created {
        told.push(told_of(*ordinals, set, "is created", "are created"));
    }
    if told.is_empty() {
        let frees = diff
            .changes
            .iter()
            .any(|change| change.restarts == Restarts::HeldPods);
        told.push(
            if frees {
                "only Pods that were held back restart"
            } else {
                "no Pod restarts"
            }
            .to_owned(),
        );
    }
    one_line(&list(&told))
}

fn told_of(ordinals: Ordinals, set: &str, one: &str, many: &str) -> String {
    let verb = if ordinals.count() == 1 { one } else { many };
    format!("{} {verb}", run(ordinals, set))
}

/// `web-2`, `web-2 and web-3`, `web-2 to web-9`.
fn run(ordinals: Ordinals, set: &str) -> String {
    let Ordinals { first, last, .. } = ordinals;
    match ordinals.count() {
        1 => format!("{set}-{first}"),
        2 => format!("{set}-{first} and {set}-{last}"),
        _ => format!("{set}-{first} to {set}-{last}"),
    }
}

fn runbook(answer: &Answer, output: &mut Output) -> Result<(), Failure> {
    let Some(runbook) = &answer.runbook else {
        return Ok(());
    };
    let title = match runbook.advice {
        Advice::Recommended => "What to do instead:",
        Advice::Partial => "What to do instead, as far as it goes:",
        Advice::Harmful => "Not to be done by deleting the set and applying the new one:",
    };
    output.line(&paint(TITLE, title))?;
    for (at, step) in runbook.steps.iter().enumerate() {
        self::step(at + 1, step, output)?;
    }
    for risk in &runbook.risks {
        let style = if risk.code.is_harmful() { BAD } else { WAIT };
        output.line(&format!(
            "  {} {}",
            paint(style, "mind:"),
            one_line(&risk.message)
        ))?;
    }
    if let Some(verification) = &answer.verification {
        output.line("")?;
        played(verification, runbook.advice, output)?;
    }
    Ok(())
}

fn step(number: usize, step: &RunbookStep, output: &mut Output) -> Result<(), Failure> {
    output.line(&format!("  {number}. {}", one_line(&step.sentence)))?;
    for command in &step.commands {
        output.line(&format!("       {}", paint(CHANGE, &one_line(command))))?;
    }
    Ok(())
}

fn played(verification: &Verification, advice: Advice, output: &mut Output) -> Result<(), Failure> {
    let forecast = &verification.forecast;
    for assumption in &forecast.assumed {
        output.line(&paint(FAINT, &format!("assumed: {}", one_line(assumption))))?;
    }
    output.line("")?;
    let (word, style) = match verification.outcome {
        Outcome::Stable => ("stable", GOOD),
        Outcome::Blocked => ("blocked", BAD),
        Outcome::Unfinished => ("unfinished", WAIT),
    };
    let what = match advice {
        Advice::Harmful => "Played all the same",
        Advice::Recommended | Advice::Partial => "Played",
    };
    let after = time((forecast.seconds * 1000.0).round().max(0.0) as u64);
    output.line(&format!(
        "{what}: {} after {after}",
        paint(style.effects(Effects::BOLD), word)
    ))?;
    for (title, line) in lines(verification) {
        output.line(&format!("  {} {line}", paint(FAINT, &format!("{title:<11}"))))?;
    }
    Ok(())
}

fn lines(verification: &Verification) -> Vec<(&'static str, String)> {
    let forecast = &verification.forecast;
    let mut lines = Vec::new();
    for played in &verification.played {
        if let Some(error) = &played.error {
            lines.push(("refused", paint(BAD, &one_line(error))));
        }
    }
    let names = |names: &[String]| one_line(&some(names, NAMES));
    for blocker in forecast.verdict.blockers.iter().take(NAMES) {
        let parts = [blocker.reason.as_str(), blocker.message.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let told = format!("{} {}: {}", blocker.kind, blocker.name, parts.join(": "));
        lines.push(("blocked by", paint(BAD, &one_line(told.trim_end_matches(": ")))));
    }
    for risk in &verification.risks {
        lines.push(("seen", paint(WAIT, &one_line(&risk.message))));
    }
    if let Some(least) = forecast.min_available {
        lines.push((
            "available",
            match least {
                0 => paint(BAD, "none for a while"),
                _ => format!("never fewer than {}", count(least, "Pod")),
            },
        ));
    }
    if let Some(seconds) = verification.uncontrolled_seconds {
        lines.push((
            "adopted",
            format!("after {} without a controller", time((seconds * 1000.0) as u64)),
        ));
    }
    let pods = &forecast.pod_names;
    let fates = [
        ("created", &pods.created),
        ("restarted", &pods.restarted),
        ("deleted", &pods.deleted),
        ("untouched", &pods.untouched),
    ];
    for (fate, list) in fates.into_iter().filter(|(_, list)| !list.is_empty()) {
        lines.push((
            "Pods",
            format!("{} {fate}: {}", grouped(list.len() as u64), names(list)),
        ));
    }
    if let [first, ..] = verification.resized.as_slice() {
        let resized: Vec<String> = verification
            .resized
            .iter()
            .map(|claim| claim.name.clone())
            .collect();
        let line = format!(
            "{} resized from {} to {}: {}",
            grouped(resized.len() as u64),
            first.from,
            first.to,
            names(&resized)
        );
        lines.push(("claims", one_line(&line)));
    }
    let claims = &forecast.claim_names;
    let fates = [
        ("created", &claims.created),
        ("kept", &claims.kept),
        ("deleted with their data", &claims.deleted),
    ];
    for (fate, list) in fates.into_iter().filter(|(_, list)| !list.is_empty()) {
        lines.push((
            "claims",
            format!("{} {fate}: {}", grouped(list.len() as u64), names(list)),
        ));
    }
    lines
}
