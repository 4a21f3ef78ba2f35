//! `simulate`: a scenario played.

use anstyle::{Effects, Style};
use steadfast_core::Error;
use steadfast_core::explain::{ProgressCode, Severity};
use steadfast_sim::forecast::{Outcome, State};
use steadfast_sim::scenario::{End, Explained, Played, Scenario, explained, play_watched};

use crate::cli::{Format, SimulateArguments};
use crate::failure::Failure;
use crate::input::read_document;
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{BAD, FAINT, GOOD, TITLE, WAIT, paint};
use crate::progress::Progress;
use crate::text::{one_line, some, time};
use crate::timeline::{Scope, record, words};

pub(crate) fn run(arguments: &SimulateArguments, output: &mut Output) -> Result<Exit, Failure> {
    let (file, document) = read_document(&arguments.scenario)?;
    let located = |mut error: Error| {
        // An error about an object speaks of the object's fields, and says before which object it is.
        let object = error
            .message
            .split(": ")
            .next()
            .filter(|first| first.starts_with("objects["))
            .map(str::to_owned);
        for cause in &mut error.causes {
            if let Some(object) = &object {
                cause.field = format!("{object}.{}", cause.field);
            }
            let position = document.nearest_position_of(&cause.field);
            cause.line = cause.line.or(position.map(|position| position.line));
            cause.column = cause.column.or(position.map(|position| position.column));
        }
        Failure::from(error).in_file(&file)
    };
    let mut scenario = Scenario::parse(&document.value).map_err(located)?;
    scenario.settings.seed = arguments.seed.unwrap_or(scenario.settings.seed);
    if arguments.explain {
        let found = explained(&scenario).map_err(located)?;
        print_explained(arguments.output, &found, output)?;
        let is_blocked = |one: &Explained| one.explanation.progress.code == ProgressCode::Blocked;
        return Ok(if found.iter().any(is_blocked) {
            Exit::Blocked
        } else {
            Exit::Fine
        });
    }
    let mut progress = Progress::start(output.shows_progress());
    let played = play_watched(&scenario, &mut |cluster| {
        progress.show(cluster.now(), "of the story");
        true
    });
    progress.clear();
    let played = played.map_err(located)?;
    print(arguments, &scenario, &played, output)?;
    Ok(exit(&played.ends))
}

fn print_explained(format: Format, found: &[Explained], output: &mut Output) -> Result<(), Failure> {
    if format.is_structured() {
        return output.structured(format, &found);
    }
    for one in found {
        let set = format!("StatefulSet {}/{}", one.set.namespace, one.set.name);
        output.line(&paint(TITLE, &one_line(&set)))?;
        output.line(&format!("  {}", one_line(&one.explanation.progress.message)))?;
        for diagnosis in &one.explanation.diagnoses {
            let (word, style) = match diagnosis.severity {
                Severity::Error => ("error", BAD),
                Severity::Warning => ("warning", WAIT),
                Severity::Info => ("info", FAINT),
            };
            let head = paint(style, &format!("{word}[{}]", diagnosis.code.name()));
            output.line(&format!(
                "\n{head} {}\n  {}",
                diagnosis.reports.join(", "),
                one_line(&diagnosis.message)
            ))?;
            for remedy in &diagnosis.remedies {
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
    }
    Ok(())
}

fn print(
    arguments: &SimulateArguments,
    scenario: &Scenario,
    played: &Played,
    output: &mut Output,
) -> Result<(), Failure> {
    let format = arguments.output;
    let is_wide = format == Format::Wide;
    if arguments.trace.is_some() {
        return output.structured(Format::Json, played);
    }
    if arguments.watch {
        let namespace = played.ends.first().map_or("default", |end| &*end.set.namespace);
        return output.text(&crate::watch::of(
            &played.trace,
            namespace,
            Default::default(),
            is_wide,
        ));
    }
    if format.is_structured() {
        let summary = serde_json::json!({
            "name": scenario.name,
            "kubernetes": scenario.profile.to_string(),
            "at": played.at,
            "atRest": played.at_rest,
            "ends": played.ends,
        });
        return output.structured(format, &summary);
    }
    if let Some(name) = &scenario.name {
        output.line(&paint(TITLE, &one_line(name)))?;
    }
    for line in scenario
        .description
        .iter()
        .flat_map(|description| description.trim().lines())
    {
        output.line(&paint(FAINT, &one_line(line)))?;
    }
    if scenario.name.is_some() || scenario.description.is_some() {
        output.line("")?;
    }
    let timeline = record::of(&played.trace, &Scope::story(scenario.epoch, is_wide));
    if !timeline.is_empty() {
        output.text(&timeline.to_text(is_wide, !arguments.all))?;
        output.line("")?;
    }
    for end in &played.ends {
        output.line(&told(end))?;
    }
    let rest = if played.at_rest { "at rest" } else { "not at rest" };
    output.line(&paint(
        FAINT,
        &format!("{rest} at {}, Kubernetes {}", time(played.at.0), scenario.profile),
    ))
}

/// The worst end of all sets.
fn exit(ends: &[End]) -> Exit {
    let is_any = |outcome| ends.iter().any(|end| end.outcome == outcome);
    match () {
        () if is_any(Outcome::Blocked) => Exit::Blocked,
        () if is_any(Outcome::Unfinished) => Exit::Unfinished,
        () => Exit::Fine,
    }
}

fn told(end: &End) -> String {
    let set = format!("StatefulSet {}/{}", end.set.namespace, end.set.name);
    let verdict = &end.verdict;
    let blockers: Vec<String> = verdict
        .blockers
        .iter()
        .map(|b| format!("{} is {}", words::any_object(b.kind, &b.name), b.reason))
        .collect();
    one_line_styled(match (end.outcome, verdict.state) {
        (Outcome::Stable, _) if verdict.deleted => (GOOD, "Deleted", set),
        (Outcome::Stable, State::HeldByPartition) => {
            (GOOD, "Stable", format!("{set}, held by the partition"))
        }
        (Outcome::Stable, State::WaitingForManualDelete) => (
            GOOD,
            "Stable",
            format!("{set}, the rest is left to a person: {}", some(&verdict.pods, 6)),
        ),
        (Outcome::Stable, _) => (GOOD, "Stable", set),
        (Outcome::Blocked, _) => (BAD, "Blocked", format!("{set}: {}", some(&blockers, 6))),
        (Outcome::Unfinished, _) => (WAIT, "Unfinished", set),
    })
}

fn one_line_styled((style, word, text): (Style, &str, String)) -> String {
    format!(
        "{}: {}",
        paint(style.effects(Effects::BOLD), word),
        one_line(&text)
    )
}
