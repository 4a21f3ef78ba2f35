//! The closing table.

use std::fmt::Write;

use super::run::{Column, Outcome};
use super::tally::{GROUPS, Tally, is_possible};

/// Each thing that can occur, and how often it did under each column. What a version cannot show is a dot.
pub fn of_pass(columns: &[Column], outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let mut row = |group: &str, name: &str, cells: &dyn Fn(usize) -> String| {
        let _ = write!(text, "{group:<7} {name:<46}");
        for at in 0..columns.len() {
            let _ = write!(text, " {:>9}", cells(at));
        }
        text.push('\n');
    };
    row("", "", &|at| columns[at].kubernetes.clone());
    row("worlds", "", &|at| outcomes[at].tally.worlds.to_string());
    row("", "mismatches", &|at| outcomes[at].tally.mismatches.to_string());
    for group in GROUPS.iter().map(|(group, _)| *group).chain(["stage"]) {
        let mut names: Vec<&str> = Vec::new();
        for outcome in outcomes {
            for name in outcome.tally.names(group) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        for (at, name) in names.iter().enumerate() {
            let head = if at == 0 { group } else { "" };
            row(head, name, &|at| {
                let count = outcomes[at].tally.count(group, name);
                match count {
                    0 if !is_possible(name, &columns[at].profile) => "·".to_owned(),
                    count => count.to_string(),
                }
            });
        }
    }
    text
}

/// How often an action or a wait must have been seen for a run to say anything about it.
pub const ENOUGH: u64 = 1_000;

/// The actions and waits of a version that were seen less than [`ENOUGH`] times, with their counts, in one line.
pub fn seldom(kubernetes: &str, column: &Column, tally: &Tally) -> String {
    let mut seldom = Vec::new();
    for (group, names) in GROUPS
        .iter()
        .filter(|(group, _)| ["action", "wait"].contains(group))
    {
        for name in *names {
            let count = tally.count(group, name);
            if count < ENOUGH && (count > 0 || is_possible(name, &column.profile)) {
                seldom.push(format!("{name} {count}"));
            }
        }
    }
    match seldom.as_slice() {
        [] => format!("{kubernetes}: every action and wait at least {ENOUGH} times"),
        seldom => format!("{kubernetes}: fewer than {ENOUGH} times: {}", seldom.join(", ")),
    }
}
