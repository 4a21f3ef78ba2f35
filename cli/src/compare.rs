//! `compare`: the same question under several versions of Kubernetes.

use anstyle::{Effects, Style};
use serde::Serialize;
use steadfast_core::compare::{Decisions, Why, decisions};
use steadfast_core::{Error, Profile};
use steadfast_sim::compare::{Comparison, Extent, Parting, Question, Side, VersionAnswer, compare};
use steadfast_sim::forecast::Outcome;
use steadfast_sim::scenario::{EPOCH, Scenario};

use crate::cli::CompareArguments;
use crate::failure::Failure;
use crate::input::read_document;
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{BAD, FAINT, GOOD, TITLE, WAIT, paint};
use crate::plan;
use crate::table::{Cell, Table};
use crate::text::{one_line, some, time};
use crate::timeline::words;

/// What is printed for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(flatten)]
    comparison: Comparison,
    /// The next decision alone, where the set exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<Decisions>,
}

pub(crate) fn run(arguments: &CompareArguments, output: &mut Output) -> Result<Exit, Failure> {
    let profiles = arguments.profiles()?;
    let answer = match &arguments.scenario {
        Some(file) => of_story(file, arguments, &profiles)?,
        None => of_change(arguments, &profiles, output)?,
    };
    let same_now = answer
        .decisions
        .as_ref()
        .is_none_or(|found| found.partings.is_empty());
    let is_same = answer.comparison.same && same_now;
    if arguments.output.is_structured() {
        output.structured(arguments.output, &answer)?;
    } else {
        output.text(&told(&answer))?;
    }
    Ok(if is_same { Exit::Fine } else { Exit::Different })
}

fn of_story(file: &str, arguments: &CompareArguments, profiles: &[Profile]) -> Result<Answer, Failure> {
    let (name, document) = read_document(file)?;
    let located = |mut error: Error| {
        for cause in &mut error.causes {
            let position = document.nearest_position_of(&cause.field);
            cause.line = cause.line.or(position.map(|position| position.line));
            cause.column = cause.column.or(position.map(|position| position.column));
        }
        Failure::from(error).in_file(&name)
    };
    let mut scenario = Scenario::parse(&document.value).map_err(located)?;
    scenario.settings.seed = arguments.cluster.seed.unwrap_or(scenario.settings.seed);
    let comparison = compare(&Question::Story(&scenario), profiles).map_err(located)?;
    Ok(Answer {
        comparison,
        decisions: None,
    })
}

fn of_change(
    arguments: &CompareArguments,
    profiles: &[Profile],
    output: &mut Output,
) -> Result<Answer, Failure> {
    let mut question = plan::Question::of(&arguments.change, |_, _| Ok(profiles.to_vec()), output)?;
    let input = plan::input(&mut question, &arguments.change, &arguments.cluster)?;
    let now = input.now.unwrap_or(EPOCH);
    let comparison =
        compare(&Question::Forecast(&input), profiles).map_err(|error| question.locate(error))?;
    Ok(Answer {
        comparison,
        decisions: question
            .observation
            .map(|observed| decisions(&observed, now, profiles)),
    })
}

fn told(answer: &Answer) -> String {
    let found = &answer.comparison;
    let mut text = format!(
        "{}\n\n",
        paint(TITLE, &one_line(&format!("StatefulSet {}", found.set)))
    );
    // A story says nothing of what was there before it.
    let has_fates = found.versions.iter().any(|version| version.pod_names.is_some());
    let titles: &[&'static str] = match has_fates {
        true => &["KUBERNETES", "OUTCOME", "AFTER", "PODS", "CLAIMS", "WHY"],
        false => &["KUBERNETES", "OUTCOME", "AFTER", "WHY"],
    };
    let mut table = Table::new(titles);
    for version in &found.versions {
        table.row(row(version, has_fates));
    }
    text.push_str(&table.to_text());
    for parting in &found.partings {
        text.push_str(&told_of(parting));
    }
    if found.same {
        text.push_str(&format!(
            "\n{}: all versions do the same\n",
            strong(GOOD, "No difference")
        ));
    }
    let is_told = |one: &str, other: &str| {
        let mut partings = found.partings.iter();
        partings.any(|parting| (&*parting.one.kubernetes, &*parting.other.kubernetes) == (one, other))
    };
    let now = answer.decisions.iter().flat_map(|found| &found.partings);
    for parting in now.filter(|parting| !is_told(&parting.one, &parting.other)) {
        let side = |told: &Option<String>| one_line(told.as_deref().unwrap_or("nothing"));
        text.push_str(&format!(
            "\n{}\n  {}  {}\n  {}  {}\n",
            strong(
                WAIT,
                &format!("The next decision of {} and {} parts", parting.one, parting.other)
            ),
            one_line(&parting.one),
            side(&parting.in_one),
            one_line(&parting.other),
            side(&parting.in_other)
        ));
        text.push_str(&reasons("because", &parting.because));
    }
    text
}

fn row(version: &VersionAnswer, has_fates: bool) -> Vec<Cell> {
    let (word, style) = match version.outcome {
        Some(Outcome::Stable) => ("stable", GOOD),
        Some(Outcome::Blocked) => ("blocked", BAD),
        Some(Outcome::Unfinished) => ("unfinished", WAIT),
        None => ("refused", BAD),
    };
    let seconds = version.seconds.map(|seconds| time((seconds * 1000.0) as u64));
    let counts = |parts: &[(usize, &str)]| {
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        parts.join(", ")
    };
    let pods = version.pod_names.as_ref().map(|names| {
        counts(&[
            (names.created.len(), "created"),
            (names.restarted.len(), "restarted"),
            (names.deleted.len(), "deleted"),
            (names.untouched.len(), "untouched"),
        ])
    });
    let claims = version.claim_names.as_ref().map(|names| {
        counts(&[
            (names.created.len(), "created"),
            (names.kept.len(), "kept"),
            (names.deleted.len(), "deleted"),
        ])
    });
    let blockers = version.verdict.iter().flat_map(|verdict| &verdict.blockers);
    let blockers: Vec<String> = blockers
        .map(|b| format!("{} is {}", words::any_object(b.kind, &b.name), b.reason))
        .collect();
    let why = match &version.refused {
        Some(error) => error.to_string(),
        None => some(&blockers, 3),
    };
    let mut cells = vec![
        Cell::new(one_line(&version.kubernetes)),
        Cell::styled(word, style),
        Cell::new(seconds.unwrap_or_default()),
    ];
    if has_fates {
        cells.extend([pods, claims].map(|cell| Cell::new(cell.unwrap_or_default())));
    }
    cells.push(Cell::new(one_line(&why)));
    cells
}

fn told_of(parting: &Parting) -> String {
    let (one, other) = (&parting.one, &parting.other);
    let names = one_line(&format!("{} and {}", one.kubernetes, other.kubernetes));
    let at = [one.at, other.at].into_iter().flatten().min();
    let head = match (parting.extent, at) {
        (Extent::Times, _) => format!("{names} do the same at other moments"),
        (Extent::Status, _) => format!("{names} do the same; the status in the end is another"),
        (Extent::Refused, _) => format!("{names} do not take the same manifest"),
        (_, Some(at)) => format!("{names} part at {}", time(at.0)),
        (_, None) => format!("{names} end differently"),
    };
    let mut text = format!("\n{}\n", strong(WAIT, &head));
    if at.is_some() {
        let width = one
            .kubernetes
            .chars()
            .count()
            .max(other.kubernetes.chars().count());
        for side in [one, other] {
            text.push_str(&format!(
                "  {:width$}  {}\n",
                one_line(&side.kubernetes),
                told_side(side)
            ));
        }
    }
    text.push_str(&reasons("because", &parting.because));
    text.push_str(&reasons("and later because", &parting.beyond));
    text
}

fn told_side(side: &Side) -> String {
    if let Some(done) = &side.action {
        let action = &done.action;
        let (verb, style) = words::verb(action.operation);
        let at = side.at.map_or_else(String::new, |at| time(at.0));
        let object = words::object(action.kind, &action.name);
        return format!("{at}  {} {object}: {}", paint(style, verb), words::why(action));
    }
    let waits: Vec<String> = side.waits.iter().map(steadfast_core::explain::wait).collect();
    match waits.as_slice() {
        [] => "nothing more is done".to_owned(),
        waits => format!("nothing more is done; it waits {}", one_line(&waits.join("; "))),
    }
}

fn reasons(word: &str, reasons: &[Why]) -> String {
    let told = reasons.iter().map(|why| {
        let reports = match why.reports.as_slice() {
            [] => String::new(),
            reports => paint(FAINT, &format!(" ({})", reports.join(", "))),
        };
        format!("  {word} {}{reports}\n", one_line(&why.sentence))
    });
    told.collect()
}

fn strong(style: Style, text: &str) -> String {
    paint(style.effects(Effects::BOLD), &one_line(text))
}
