//! The figures, as Prometheus reads them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use steadfast_core::{Action, Kind, Plan};

use crate::object::Key;

/// All figures of one controller.
#[derive(Debug, Default)]
pub struct Metrics {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By name and labels as they are written.
    counters: BTreeMap<(&'static str, String), u64>,
    gauges: BTreeMap<(&'static str, String), f64>,
    /// How many reconciles took at most so long, for each bound.
    reconciles: [u64; BOUNDS.len()],
    reconcile_count: u64,
    reconcile_seconds: f64,
    /// The waits of each set, as its last plan has them.
    waits: BTreeMap<Key, BTreeMap<&'static str, u64>>,
}

/// Upper bounds of a reconcile's time, in seconds: the decision and all its writes.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0];

const HELP: [(&str, &str, &str); 18] = [
    (
        "steadfast_actions_total",
        "counter",
        "Actions that were tried, by type and outcome (done, failed).",
    ),
    (
        "steadfast_api_requests_total",
        "counter",
        "Requests to the API server, by verb, resource and HTTP status (0: no answer).",
    ),
    (
        "steadfast_diagnoses",
        "gauge",
        "What is wrong or worth knowing of the sets, by code and severity.",
    ),
    (
        "steadfast_events_dropped_total",
        "counter",
        "Events that were not sent, by why.",
    ),
    ("steadfast_leader", "gauge", "1 while this process may write."),
    (
        "steadfast_parked_total",
        "counter",
        "How often a set had to wait until its own writes were seen.",
    ),
    (
        "steadfast_progress",
        "gauge",
        "The sets by their verdict, such as stable or blocked.",
    ),
    (
        "steadfast_queue_depth",
        "gauge",
        "Sets that wait to be looked at.",
    ),
    (
        "steadfast_reconcile_seconds",
        "histogram",
        "How long a set was looked at: the decision and all writes.",
    ),
    (
        "steadfast_retries_total",
        "counter",
        "Reconciles that ended in a backoff.",
    ),
    (
        "steadfast_rival_writes_total",
        "counter",
        "Statuses that somebody else wrote to a set that this controller has.",
    ),
    ("steadfast_sets", "gauge", "StatefulSets that are looked after."),
    (
        "steadfast_sets_unreadable",
        "gauge",
        "StatefulSets that cannot be decided about.",
    ),
    (
        "steadfast_shadow_differences_total",
        "counter",
        "What the other controller did otherwise than planned here, by kind of difference.",
    ),
    (
        "steadfast_shadow_effects_total",
        "counter",
        "What the other controller was seen to do, by type.",
    ),
    (
        "steadfast_unreadable_objects_total",
        "counter",
        "Objects that could not be read, by kind.",
    ),
    (
        "steadfast_waits",
        "gauge",
        "What the last plans wait for, by code.",
    ),
    (
        "steadfast_watch_connected",
        "gauge",
        "1 while the kind is followed, by resource and scope.",
    ),
];

impl Metrics {
    /// One more of a counter; `labels` as they are written, such as `kind="Pod"`.
    pub fn count(&self, name: &'static str, labels: String) {
        *self.lock().counters.entry((name, labels)).or_default() += 1;
    }

    /// The value of a gauge.
    pub fn gauge(&self, name: &'static str, labels: String, value: f64) {
        self.lock().gauges.insert((name, labels), value);
    }

    /// All values of a gauge, by their labels; those that it had before are gone.
    pub fn gauges(&self, name: &'static str, values: BTreeMap<String, f64>) {
        let gauges = &mut self.lock().gauges;
        gauges.retain(|(known, _), _| *known != name);
        gauges.extend(values.into_iter().map(|(labels, value)| ((name, labels), value)));
    }

    /// A counter's value.
    pub fn counted(&self, name: &'static str, labels: &str) -> u64 {
        let key = (name, labels.to_owned());
        self.lock().counters.get(&key).copied().unwrap_or(0)
    }

    /// A request was answered with this HTTP status; 0: not at all.
    pub fn asked(&self, verb: &str, resource: &str, code: u16) {
        let labels = format!("verb=\"{verb}\",resource=\"{resource}\",code=\"{code}\"");
        self.count("steadfast_api_requests_total", labels);
    }

    /// An action was tried.
    pub fn tried(&self, action: &Action, is_done: bool) {
        let outcome = if is_done { "done" } else { "failed" };
        let labels = format!("type=\"{}\",outcome=\"{outcome}\"", action.operation.name());
        self.count("steadfast_actions_total", labels);
    }

    /// A set was looked at.
    pub fn reconciled(&self, set: &Key, plan: &Plan, took: Duration) {
        let mut inner = self.lock();
        let seconds = took.as_secs_f64();
        inner.reconcile_count += 1;
        inner.reconcile_seconds += seconds;
        for (count, bound) in inner.reconciles.iter_mut().zip(BOUNDS) {
            *count += u64::from(seconds <= bound);
        }
        let mut waits: BTreeMap<&'static str, u64> = BTreeMap::new();
        for wait in &plan.waits {
            *waits.entry(wait.code.name()).or_default() += 1;
        }
        match waits.is_empty() {
            true => drop(inner.waits.remove(set)),
            false => drop(inner.waits.insert(set.clone(), waits)),
        }
    }

    /// A set is gone.
    pub fn forget(&self, set: &Key) {
        self.lock().waits.remove(set);
    }

    /// An object could not be read.
    pub fn unreadable(&self, kind: Kind) {
        self.count(
            "steadfast_unreadable_objects_total",
            format!("kind=\"{}\"", kind.name()),
        );
    }

    /// Whether a kind is followed.
    pub fn watching(&self, kind: Kind, scope: usize, is_connected: bool) {
        let labels = format!("resource=\"{}\",scope=\"{scope}\"", crate::api::plural(kind));
        self.gauge(
            "steadfast_watch_connected",
            labels,
            f64::from(u8::from(is_connected)),
        );
    }

    /// A watch has ended; it is taken up again.
    pub fn watch_ended(&self, kind: Kind) {
        let labels = format!("resource=\"{}\"", crate::api::plural(kind));
        self.count("steadfast_watch_ends_total", labels);
    }

    /// Whether every kind is followed.
    pub fn is_connected(&self) -> bool {
        let inner = self.lock();
        let mut watches = inner
            .gauges
            .iter()
            .filter(|((name, _), _)| *name == "steadfast_watch_connected")
            .map(|(_, value)| *value)
            .peekable();
        watches.peek().is_some() && watches.all(|value| value > 0.0)
    }

    /// All of it in Prometheus' text format.
    pub fn text(&self) -> String {
        let inner = self.lock();
        let mut waits: BTreeMap<&str, u64> = BTreeMap::new();
        for (code, count) in inner.waits.values().flatten() {
            *waits.entry(code).or_default() += count;
        }
        let mut samples: BTreeMap<&str, String> = BTreeMap::new();
        let mut add = |name: &'static str, labels: &str, value: String| {
            let text = samples.entry(name).or_default();
            let _ = match labels {
                "" => writeln!(text, "{name} {value}"),
                labels => writeln!(text, "{name}{{{labels}}} {value}"),
            };
        };
        for ((name, labels), value) in &inner.counters {
            add(name, labels, value.to_string());
        }
        for ((name, labels), value) in &inner.gauges {
            add(name, labels, value.to_string());
        }
        for (code, count) in waits {
            add("steadfast_waits", &format!("code=\"{code}\""), count.to_string());
        }
        let mut histogram = String::new();
        let name = "steadfast_reconcile_seconds";
        for (bound, count) in BOUNDS.iter().zip(inner.reconciles) {
            let _ = writeln!(histogram, "{name}_bucket{{le=\"{bound}\"}} {count}");
        }
        let _ = writeln!(
            histogram,
            "{name}_bucket{{le=\"+Inf\"}} {}",
            inner.reconcile_count
        );
        let _ = writeln!(histogram, "{name}_sum {}", inner.reconcile_seconds);
        let _ = writeln!(histogram, "{name}_count {}", inner.reconcile_count);
        samples.insert(name, histogram);
        let mut text = String::new();
        for (name, lines) in &samples {
            if let Some((_, kind, help)) = HELP.iter().find(|(known, ..)| known == name) {
                let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            }
            text.push_str(lines);
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.asked("create", "pods", 201);
        metrics.asked("create", "pods", 201);
        let wait = json!({"code": "nameTaken", "kind": "Pod", "name": "web-0", "retry": true});
        let plan: Plan =
            serde_json::from_value(json!({"actions": [], "waits": [wait], "statusChanged": false})).unwrap();
        metrics.reconciled(&Key::new("default", "web"), &plan, Duration::from_millis(4));
        let text = metrics.text();
        for line in [
            "# TYPE steadfast_api_requests_total counter",
            "steadfast_api_requests_total{verb=\"create\",resource=\"pods\",code=\"201\"} 2",
            "steadfast_waits{code=\"nameTaken\"} 1",
            "steadfast_reconcile_seconds_bucket{le=\"0.0025\"} 0",
            "steadfast_reconcile_seconds_bucket{le=\"0.005\"} 1",
            "steadfast_reconcile_seconds_count 1",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is not in:\n{text}"
            );
        }
        metrics.forget(&Key::new("default", "web"));
        assert!(!metrics.text().contains("nameTaken"));
    }

    #[test]
    fn all_kinds_are_followed_only_where_each_is() {
        let metrics = Metrics::default();
        assert!(!metrics.is_connected());
        metrics.watching(Kind::Pod, 0, true);
        assert!(metrics.is_connected());
        metrics.watching(Kind::StatefulSet, 0, false);
        assert!(!metrics.is_connected());
    }
}
