//! What `kubectl get pods -w` would print.

use steadfast_sim::clock::Millis;
use steadfast_sim::trace::Trace;

use crate::table::{Cell, Table};
use crate::text::{one_line, time};

/// A row for each change of a Pod; `wide` says when.
pub(crate) fn of(trace: &Trace, namespace: &str, begins_at: Millis, wide: bool) -> String {
    let mut titles = vec!["NAME", "READY", "STATUS", "RESTARTS", "AGE"];
    if wide {
        titles.insert(0, "TIME");
    }
    let mut table = Table::new(&titles).like_kubectl();
    let mut last = None;
    for (at, row) in trace.watch(namespace) {
        // kubectl prints every change; two that look the same are most often a change that no column shows.
        if last == Some(row) {
            continue;
        }
        last = Some(row);
        let fields = [&row.name, &row.ready, &row.status, &row.restarts, &row.age];
        let mut cells: Vec<Cell> = fields.into_iter().map(|field| one_line(field).into()).collect();
        if wide {
            cells.insert(0, time(at.0.saturating_sub(begins_at.0)).into());
        }
        table.row(cells);
    }
    if table.is_empty() {
        "No Pod changes.\n".to_owned()
    } else {
        table.to_text()
    }
}
