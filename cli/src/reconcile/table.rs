//! One step as people read it: actions, waits, what changes in the status, and when to look again.

use serde_json::{Map, Value};
use steadfast_core::{Action, Observed, Plan, Profile, explain};

use crate::output::paint::{FAINT, TITLE, WAIT, paint};
use crate::table::{Cell, Table};
use crate::text::one_line;

use crate::timeline::words;

pub(super) fn of(plan: &Plan, observed: &Observed, profile: &Profile, wide: bool) -> String {
    let mut text = String::new();
    if plan.actions.is_empty() {
        let set = observed.set();
        let done = if plan.is_empty() {
            "Nothing to do"
        } else {
            "No action now"
        };
        text.push_str(&format!(
            "{} for StatefulSet {}/{}.\n",
            paint(TITLE, done),
            set.namespace(),
            set.name()
        ));
    } else {
        text.push_str(&actions(plan, wide));
    }
    let mut notes = Table::new(&["", ""]);
    for wait in &plan.waits {
        let retry = if wait.retry {
            " (retried with a backoff)"
        } else {
            ""
        };
        let sentence = one_line(&explain::wait(wait));
        notes.row(vec![
            Cell::styled("waits", WAIT),
            format!("{sentence}{retry}").into(),
        ]);
    }
    for change in status_changes(plan, observed) {
        notes.row(vec![Cell::styled("status", FAINT), change.into()]);
    }
    if let Some(after) = plan.requeue_after {
        let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        notes.row(vec![
            Cell::styled("again", FAINT),
            format!("in {}", crate::text::time(millis)).into(),
        ]);
    }
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(notes.to_text().trim_start_matches('\n'));
    }
    text.push_str(&format!("\n{}\n", paint(FAINT, &format!("Kubernetes {profile}"))));
    text
}

fn actions(plan: &Plan, wide: bool) -> String {
    let mut table = match wide {
        true => Table::new(&["BATCH", "ACTION", "OBJECT", "POD", "UID", "REASON", "WHY"]),
        false => Table::new(&["BATCH", "ACTION", "OBJECT", "WHY"]),
    };
    let mut last = None;
    for action in &plan.actions {
        let batch = if last == Some(action.batch) {
            String::new()
        } else {
            action.batch.to_string()
        };
        last = Some(action.batch);
        let (verb, style) = words::verb(action.operation.name());
        let mut row: Vec<Cell> = vec![
            batch.into(),
            Cell::styled(verb, style),
            words::object(action.operation.kind(), &action.name).into(),
        ];
        if wide {
            row.push(one_line(action.pod.as_deref().unwrap_or_default()).into());
            row.push(one_line(action.operation.uid().unwrap_or_default()).into());
            row.push(action.reason.code().into());
        }
        row.push(why(action).into());
        table.row(row);
    }
    table.to_text()
}

fn why(action: &Action) -> String {
    one_line(&explain::reason(action))
}

/// What of the status will be written that does not stand there yet.
fn status_changes(plan: &Plan, observed: &Observed) -> Vec<String> {
    let written = plan.status.as_ref().filter(|_| plan.status_changed);
    let Some(Value::Object(after)) = written.and_then(|status| serde_json::to_value(status).ok()) else {
        return Vec::new();
    };
    let nothing = Map::new();
    let before = observed
        .set()
        .object()
        .get("status")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort();
    fields.dedup();
    let changed = fields
        .into_iter()
        .filter(|field| value(before, field) != value(&after, field));
    changed
        .map(|field| {
            one_line(&format!(
                "{field} {} -> {}",
                value(before, field),
                value(&after, field)
            ))
        })
        .collect()
}

/// A field as people read it; an absent counter is 0 and an absent name is nothing.
fn value(status: &Map<String, Value>, field: &str) -> String {
    match status.get(field) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(items)) if !items.is_empty() => Value::Array(items.clone()).to_string(),
        _ if field.ends_with("Revision") || field == "conditions" => "none".to_owned(),
        _ => "0".to_owned(),
    }
}
