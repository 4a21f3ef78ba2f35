//! An explanation for people: the verdict, the ordinals, and what is wrong with what would help.

use anstyle::Style;
use steadfast_core::Timestamp;
use steadfast_core::explain::{OrdinalState, PodState, ProgressCode, Severity};

use super::Answer;
use crate::live::Unseen;
use crate::output::paint::{BAD, CHANGE, FAINT, GOOD, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::{list, one_line, time};

/// How many ordinals are shown each; of more, those that are as they should be are counted.
const SHOWN: usize = 12;

pub(super) fn of(answer: &Answer, wide: bool) -> String {
    let progress = &answer.explanation.progress;
    let (word, style) = word_of_progress(progress.code);
    // A dump is as old as the newest thing in it: less than a second says nothing.
    let since = progress
        .since
        .filter(|since| answer.now.since(*since).as_secs() > 0);
    let since = since.map(|since| format!(" for {}", ago(answer.now, since)));
    let mut text = format!(
        "StatefulSet {} is {}{} {}\n  {}\n\n",
        one_line(&answer.set),
        paint(style, word),
        since.unwrap_or_default(),
        paint(FAINT, &format!("(Kubernetes {})", answer.profile)),
        one_line(&progress.message)
    );
    text.push_str(&ordinals(answer, wide));
    for (at, diagnosis) in answer.explanation.diagnoses.iter().enumerate() {
        let (word, style) = match diagnosis.severity {
            Severity::Error => ("error", BAD),
            Severity::Warning => ("warning", WAIT),
            Severity::Info => ("info", CHANGE),
        };
        let reports = match diagnosis.reports.as_slice() {
            [] => String::new(),
            reports => paint(FAINT, &format!(" ({})", reports.join(", "))),
        };
        text.push_str(&format!(
            "\n{}{reports}\n  {}\n",
            paint(style, &format!("{word}[{}]", diagnosis.code.name())),
            one_line(&diagnosis.message)
        ));
        for (number, remedy) in diagnosis.remedies.iter().enumerate() {
            text.push_str(&format!(
                "  {} {}\n",
                paint(TITLE, "->"),
                one_line(&remedy.sentence)
            ));
            for command in &remedy.commands {
                text.push_str(&format!("       {}\n", one_line(command)));
            }
            let played = answer
                .played
                .iter()
                .find(|played| (played.diagnosis, played.remedy) == (at, number));
            if let Some(played) = played {
                text.push_str(&format!(
                    "     {} {}\n",
                    paint(FAINT, "leads to:"),
                    one_line(&played.sentence)
                ));
            }
        }
    }
    let unseen = match &answer.unseen {
        Some(unseen) if !unseen.is_empty() => {
            let kinds: Vec<String> = unseen.iter().map(Unseen::brief).collect();
            format!("\nnot judged, because they could not be read: {}\n", list(&kinds))
        }
        None if !answer.explanation.unseen.is_empty() => {
            let lists = list(&answer.explanation.unseen);
            format!("\nnot judged, because the input has none: {lists}\n")
        }
        _ => return text,
    };
    text.push_str(&paint(FAINT, &unseen));
    text
}

/// The verdict for people.
pub(super) fn word_of_progress(progress: ProgressCode) -> (&'static str, Style) {
    match progress {
        ProgressCode::Stable => ("stable", GOOD),
        ProgressCode::Progressing => ("progressing", CHANGE),
        ProgressCode::Waiting => ("waiting", WAIT),
        ProgressCode::Blocked => ("blocked", BAD),
        ProgressCode::HeldByPartition => ("held by its partition", WAIT),
        ProgressCode::WaitingForManualDelete => ("waiting for somebody to delete Pods", WAIT),
        ProgressCode::Deleting => ("being deleted", WAIT),
        _ => ("in a state of its own", WAIT),
    }
}

pub(super) fn ordinals(answer: &Answer, wide: bool) -> String {
    let states = &answer.explanation.ordinals;
    let is_well =
        |state: &&OrdinalState| state.state == PodState::Available && state.is_updated && state.is_wanted;
    let well = states.iter().filter(is_well).count();
    let hides = states.len() > SHOWN && !wide;
    let mut table = Table::new(&["ORDINAL", "POD", "STATE", "REVISION", "SINCE", "WHY"]);
    let shown = states.iter().filter(|state| !hides || !is_well(state));
    for state in shown.take(if wide { usize::MAX } else { 4 * SHOWN }) {
        let (word, style) = word_of(state);
        let since = state.since.map(|since| ago(answer.now, since));
        let revision = state.revision.as_deref().unwrap_or_default();
        let mark = if state.is_updated || revision.is_empty() {
            ""
        } else {
            " (old)"
        };
        table.row(vec![
            state.ordinal.to_string().into(),
            one_line(&state.pod).into(),
            Cell::styled(word, style),
            format!("{}{mark}", one_line(revision)).into(),
            since.unwrap_or_default().into(),
            one_line(&why(state)).into(),
        ]);
    }
    let mut text = table.to_text();
    if hides && well > 0 {
        text.push_str(&paint(
            FAINT,
            &format!("and {well} Pods that are available and up to date\n"),
        ));
    }
    text
}

pub(super) fn word_of(state: &OrdinalState) -> (&'static str, Style) {
    match state.state {
        PodState::Available => ("available", GOOD),
        PodState::Ready => ("ready", GOOD),
        PodState::Missing => ("missing", WAIT),
        PodState::Pending => ("pending", WAIT),
        PodState::NotReady => ("not ready", WAIT),
        PodState::Terminating => ("terminating", WAIT),
        PodState::Failed => ("failed", BAD),
        PodState::Succeeded => ("succeeded", BAD),
        _ => ("unknown", BAD),
    }
}

pub(super) fn why(state: &OrdinalState) -> String {
    let trouble = state.trouble.as_ref().map(|trouble| {
        let message = trouble.message.as_ref().map(|message| format!(": {message}"));
        format!("{}{}", trouble.reason, message.unwrap_or_default())
    });
    let until = state.until.map(|until| format!("available at {until}"));
    let waits = state.waits.as_ref().map(|waits| format!("waits {waits}"));
    let going = (!state.is_wanted).then(|| "its ordinal is to go".to_owned());
    let parts: Vec<String> = [trouble, until, going, waits].into_iter().flatten().collect();
    parts.join("; ")
}

/// How long ago, for people.
fn ago(now: Timestamp, then: Timestamp) -> String {
    time(u64::try_from(now.since(then).as_millis()).unwrap_or(u64::MAX))
}
