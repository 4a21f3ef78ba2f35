//! How a forecast ends, in a few lines.

use std::fmt::Write;

use anstyle::{Effects, Style};
use steadfast_core::{Timestamp, Wait};
use steadfast_sim::clock::Millis;
use steadfast_sim::forecast::{Blocker, Forecast, Outcome, State};

use crate::output::paint::{BAD, FAINT, GOOD, WAIT, paint};
use crate::text::{count, grouped, one_line, some, time};
use crate::timeline::words;

/// How many names are told.
const NAMES: usize = 5;

pub(super) fn of(forecast: &Forecast, start: Timestamp) -> String {
    let mut text = format!("{}, Kubernetes {}\n", headline(forecast), forecast.kubernetes);
    for (title, line) in lines(forecast, start) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {} {line}", paint(FAINT, &format!("{title:<11}")));
    }
    text
}

/// When it ended.
pub(super) fn millis(forecast: &Forecast) -> Millis {
    Millis((forecast.seconds * 1000.0).round().max(0.0) as u64)
}

fn headline(forecast: &Forecast) -> String {
    let strong = |style: Style, text: &str| paint(style.effects(Effects::BOLD), text);
    let after = time(millis(forecast).0);
    let set = format!("StatefulSet {}", one_line(&forecast.set));
    match (forecast.outcome, forecast.verdict.state) {
        (Outcome::Stable, _) if forecast.verdict.deleted => {
            format!("{}: {set} is gone after {after}", strong(GOOD, "Deleted"))
        }
        (Outcome::Stable, _) if forecast.steps.iter().all(|step| step.actions.is_empty()) => {
            format!("{}: {set}, nothing to do", strong(GOOD, "Stable"))
        }
        (Outcome::Stable, State::HeldByPartition) => {
            format!(
                "{}: {set} after {after}, held by the partition",
                strong(GOOD, "Stable")
            )
        }
        (Outcome::Stable, State::WaitingForManualDelete) => {
            format!(
                "{}: {set} after {after}, the rest is left to a person",
                strong(GOOD, "Stable")
            )
        }
        (Outcome::Stable, _) => format!("{}: {set} after {after}", strong(GOOD, "Stable")),
        (Outcome::Blocked, _) => {
            format!(
                "{}: {set} does not get any further after {after}",
                strong(BAD, "Blocked")
            )
        }
        (Outcome::Unfinished, _) => format!(
            "{}: {set} is still on its way after {after}",
            strong(WAIT, "Unfinished")
        ),
    }
}

fn lines(forecast: &Forecast, start: Timestamp) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let verdict = &forecast.verdict;
    for (at, blocker) in verdict.blockers.iter().enumerate().take(NAMES) {
        lines.push((
            if at == 0 { "blocked by" } else { "" },
            paint(BAD, &told(blocker)),
        ));
    }
    if let Some(more) = verdict.blockers.len().checked_sub(NAMES).filter(|more| *more > 0) {
        lines.push(("", format!("and {more} more")));
    }
    // A blocker that a wait names has been told already.
    let is_told = |wait: &Wait| {
        verdict
            .blockers
            .iter()
            .any(|blocker| blocker.wait == Some(wait.code))
    };
    for (at, wait) in verdict.waits.iter().filter(|wait| !is_told(wait)).enumerate() {
        lines.push((if at == 0 { "waits" } else { "" }, words::wait(wait, start)));
    }
    let (refused, done): (Vec<_>, Vec<_>) = forecast
        .steps
        .iter()
        .flat_map(|step| &step.actions)
        .partition(|action| action.error.is_some());
    let steps = match refused.len() {
        0 => grouped(done.len() as u64),
        more => format!(
            "{}, and {} refused",
            grouped(done.len() as u64),
            grouped(more as u64)
        ),
    };
    lines.push(("steps", steps));
    if let Some(least) = forecast.min_available.filter(|_| !verdict.deleted) {
        let line = match least {
            0 => paint(BAD, "none for a while"),
            _ => format!("never fewer than {}", count(least, "Pod")),
        };
        lines.push(("available", line));
    }
    let (pods, claims) = (&forecast.pod_names, &forecast.claim_names);
    add(
        &mut lines,
        "Pods",
        &[
            ("created", &pods.created, Style::new()),
            ("restarted", &pods.restarted, Style::new()),
            ("deleted", &pods.deleted, Style::new()),
            ("untouched", &pods.untouched, FAINT),
        ],
    );
    add(
        &mut lines,
        "claims",
        &[
            ("created", &claims.created, Style::new()),
            ("kept", &claims.kept, FAINT),
            ("deleted with their data", &claims.deleted, BAD),
        ],
    );
    if let Some(revision) = &forecast.revision {
        let note = match forecast.revision_is_provisional {
            true => " (provisional: an API server that drops unknown fields gives another name)",
            false => "",
        };
        lines.push((
            "revision",
            format!("{}{}", one_line(revision), paint(FAINT, note)),
        ));
    }
    lines
}

/// A line for each fate that befalls anything.
fn add(lines: &mut Vec<(&'static str, String)>, title: &'static str, fates: &[(&str, &Vec<String>, Style)]) {
    let mut title = Some(title);
    for (fate, names, style) in fates.iter().filter(|(_, names, _)| !names.is_empty()) {
        let line = format!(
            "{} {fate}: {}",
            grouped(names.len() as u64),
            one_line(&some(names, NAMES))
        );
        lines.push((
            title.take().unwrap_or_default(),
            if *style == Style::new() {
                line
            } else {
                paint(*style, &line)
            },
        ));
    }
}

fn told(blocker: &Blocker) -> String {
    let mut text = words::any_object(blocker.kind, &blocker.name);
    if let Some(action) = &blocker.action {
        text = format!("{action}, which the API server refuses");
    }
    if !blocker.reason.is_empty() {
        text = format!("{text}: {}", blocker.reason);
    }
    if !blocker.message.is_empty() {
        text = format!("{text}: {}", blocker.message);
    }
    one_line(&text)
}
