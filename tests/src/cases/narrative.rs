//! A plan as text: a line for each action and wait, one for the status, one for the next call.

use std::fmt::Write;

use serde_json::Value;
use steadfast_core::{Action, Plan, Status, explain, manifest};

/// Consecutive actions that differ in nothing but the ordinal are one line from this number on.
const CONDENSED: usize = 4;

/// What of a plan is printed as YAML: the object or patch of the actions on `name`, or the part of it at `path`.
#[derive(Clone)]
pub struct Shown {
    /// The name of the actions.
    pub name: String,
    /// Field names with dots between them; empty for all.
    pub path: String,
}

/// The plan as text.
pub fn of_plan(plan: &Plan, shown: &[Shown]) -> String {
    let mut text = String::new();
    if plan.actions.is_empty() && plan.waits.is_empty() {
        text.push_str("nothing to do\n");
    }
    let mut rest = plan.actions.as_slice();
    while let [first, ..] = rest {
        let run = rest
            .iter()
            .zip(0..)
            .take_while(|(action, at)| is_next(first, action, *at))
            .count();
        let run = if run < CONDENSED { 1 } else { run };
        let (now, later) = rest.split_at(run);
        rest = later;
        let last = now
            .last()
            .filter(|_| run > 1)
            .map(|last| format!(" … {}", last.name))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "[{}] {} {}{last}: {}",
            first.batch,
            first.operation.name(),
            first.name,
            explain::reason(first)
        );
        show(first, shown, &mut text);
    }
    for wait in &plan.waits {
        let _ = writeln!(text, "waits {} ({})", explain::wait(wait), wait.code.name());
    }
    match &plan.status {
        Some(status) => of_status(status, Some(plan.status_changed), &mut text),
        None => text.push_str("no status\n"),
    }
    if plan.is_retry() {
        text.push_str("called again after a backoff\n");
    }
    if let Some(after) = plan.requeue_after {
        let _ = writeln!(text, "called again in {} s", after.as_secs_f64());
    }
    text
}

fn is_next(first: &Action, action: &Action, at: u64) -> bool {
    let number = |action: &Action| {
        action
            .name
            .rsplit('-')
            .next()
            .and_then(|digits| digits.parse::<u64>().ok())
    };
    first.batch == action.batch
        && first.operation.name() == action.operation.name()
        && explain::reason(first) == explain::reason(action)
        && matches!((number(first), number(action)), (Some(one), Some(other)) if one + at == other)
}

fn show(action: &Action, shown: &[Shown], text: &mut String) {
    for shown in shown.iter().filter(|shown| shown.name == action.name) {
        let Some(whole) = action.operation.object().or(action.operation.patch()) else {
            continue;
        };
        let mut part = whole;
        for key in shown.path.split('.').filter(|key| !key.is_empty()) {
            part = part.get(key).unwrap_or(&Value::Null);
        }
        let indent = if shown.path.is_empty() {
            "      "
        } else {
            "        "
        };
        if !shown.path.is_empty() {
            let _ = writeln!(text, "      {}:", shown.path);
        }
        for line in manifest::to_yaml(part).lines().filter(|line| *line != "---") {
            let _ = writeln!(text, "{indent}{line}");
        }
    }
}

/// The status in a line, and a line for each condition; `is_changed` says whether it is to be written, where that is open.
pub fn of_status(status: &Status, is_changed: Option<bool>, text: &mut String) {
    let Status {
        replicas,
        ready_replicas: ready,
        available_replicas: available,
        ..
    } = status;
    let Status {
        current_replicas: current,
        updated_replicas: updated,
        ..
    } = status;
    let _ = write!(
        text,
        "status: replicas {replicas}, ready {ready}, available {available}, current {current}, updated {updated}; \
         current {}, update {}",
        status.current_revision, status.update_revision
    );
    if let Some(count) = status.collision_count.filter(|count| *count != 0) {
        let _ = write!(text, "; collisions {count}");
    }
    text.push_str(match is_changed {
        Some(true) => " (to be written)\n",
        Some(false) => " (stands already)\n",
        None => "\n",
    });
    for condition in status.conditions.iter().flatten() {
        let field = |name: &str| condition[name].as_str().unwrap_or_default();
        let since = field("lastTransitionTime");
        let since = if since.is_empty() {
            String::new()
        } else {
            format!(", since {since}")
        };
        let _ = writeln!(
            text,
            "  {} {}: {}, {}{since}",
            field("type"),
            field("status"),
            field("reason"),
            field("message")
        );
    }
}
