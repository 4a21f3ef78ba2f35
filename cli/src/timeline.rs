//! What happens when, as rows for people: one for each action, each new wait and each warning.

use std::collections::BTreeMap;

use anstyle::Style;
use steadfast_core::{Timestamp, Wait};
use steadfast_sim::clock::Millis;
use steadfast_sim::trace::{ActionRecord, Refusal};

use crate::output::paint::{BAD, FAINT, WAIT};
use crate::table::{Cell, Table};
use crate::text::{one_line, time};

mod fold;
pub(crate) mod record;
pub(crate) mod words;

use fold::Piece;
pub(crate) use record::Scope;

/// The rows of a timeline, in order of time.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    rows: Vec<Row>,
    /// By set, the waits that were told last.
    told: BTreeMap<String, Vec<Wait>>,
    /// The instant that is 0 in the column TIME.
    zero: Timestamp,
}

/// One row.
#[derive(Clone, Debug)]
struct Row {
    at: Millis,
    verb: &'static str,
    style: Style,
    object: String,
    why: String,
    pod: String,
    code: String,
}

impl Timeline {
    /// A timeline whose times count from an instant.
    pub(crate) fn since(zero: Timestamp) -> Self {
        Self {
            zero,
            ..Self::default()
        }
    }

    /// An action of the controller, and the API server's refusal if it was one.
    pub(crate) fn action(&mut self, at: Millis, action: &ActionRecord, error: Option<&Refusal>) {
        let (verb, style) = words::verb(action.operation);
        let mut why = words::why(action);
        if let Some(error) = error {
            let fate = if error.was_applied {
                "done, but no answer came"
            } else {
                "refused"
            };
            why = format!("{fate}: {} {}: {}", error.status, error.reason, error.message);
        }
        self.rows.push(Row {
            at,
            verb,
            style: if error.is_some() { BAD } else { style },
            object: words::object(action.kind, &action.name),
            why: one_line(&why),
            pod: one_line(action.pod.as_deref().unwrap_or_default()),
            code: action.reason.code().to_owned(),
        });
    }

    /// All waits of a set as they stand now: rows for those that are new.
    pub(crate) fn waits(&mut self, at: Millis, set: &str, waits: &[Wait]) {
        let told = self
            .told
            .insert(set.to_owned(), waits.to_vec())
            .unwrap_or_default();
        for wait in waits.iter().filter(|wait| !told.contains(wait)) {
            let object = words::object(wait.kind, &wait.name);
            let sentence = words::wait(wait, self.zero);
            // The object has a column of its own.
            let own = format!("for {} {} ", wait.kind.name(), wait.name);
            let why = one_line(sentence.strip_prefix(&own).unwrap_or(&sentence));
            let pod = one_line(wait.pod.as_deref().unwrap_or_default());
            let code = wait.code.name().to_owned();
            self.rows.push(Row {
                at,
                verb: "wait",
                style: WAIT,
                object,
                why,
                pod,
                code,
            });
        }
    }

    /// Something else: a verb, an object and a sentence.
    pub(crate) fn other(&mut self, at: Millis, verb: &'static str, style: Style, object: &str, why: &str) {
        self.rows.push(Row {
            at,
            verb,
            style,
            object: one_line(object),
            why: one_line(why),
            pod: String::new(),
            code: String::new(),
        });
    }

    /// The table; where `folded`, rows that repeat with other ordinals are shown twice and once, and counted between.
    pub(crate) fn to_text(&self, wide: bool, folded: bool) -> String {
        let mut table = match wide {
            true => Table::new(&["TIME", "ACTION", "OBJECT", "POD", "REASON", "WHY"]),
            false => Table::new(&["TIME", "ACTION", "OBJECT", "WHY"]),
        };
        let pieces = if folded {
            fold::fold(&self.rows)
        } else {
            vec![Piece::Rows(0..self.rows.len())]
        };
        let mut last = None;
        for piece in pieces {
            match piece {
                Piece::Rows(range) => {
                    for row in self.rows.get(range).unwrap_or_default() {
                        let at = time(row.at.0);
                        let is_same = last.as_ref() == Some(&at);
                        table.row(row.cells(if is_same { "" } else { &at }, wide));
                        last = Some(at);
                    }
                }
                Piece::Alike { times, rows } => {
                    let what = if rows == 1 { "this" } else { "these" };
                    let text = format!("… {} more like {what}", crate::text::grouped(times as u64));
                    table.row(vec![
                        "".into(),
                        Cell::styled("…", FAINT),
                        Cell::styled(text, FAINT),
                    ]);
                    last = None;
                }
            }
        }
        table.to_text()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Row {
    fn cells(&self, at: &str, wide: bool) -> Vec<Cell> {
        let mut cells = vec![
            at.into(),
            Cell::styled(self.verb, self.style),
            self.object.as_str().into(),
        ];
        if wide {
            cells.extend([self.pod.as_str().into(), self.code.as_str().into()]);
        }
        cells.push(self.why.as_str().into());
        cells
    }

    /// The row without its numbers: rows of one pattern do the same to different ordinals.
    fn pattern(&self) -> String {
        let mut pattern = format!("{} ", self.verb);
        for text in [&self.object, " ", &self.why] as [&str; 3] {
            for c in text.chars() {
                match c.is_ascii_digit() {
                    true if pattern.ends_with('#') => {}
                    true => pattern.push('#'),
                    false => pattern.push(c),
                }
            }
        }
        pattern
    }
}
