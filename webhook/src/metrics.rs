//! What is counted, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use steadfast_core::admission::{Mode, Verdict};

use crate::cache::Cache;
use crate::log::Log;

/// The buckets of the latency, in microseconds.
const BUCKETS: [u64; 12] = [
    50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 500_000, 2_000_000,
];

/// The counters.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By operation, subresource, whether it was allowed, and path.
    requests: Mutex<BTreeMap<[&'static str; 4], u64>>,
    /// By policy and what became of it.
    policies: Mutex<BTreeMap<[&'static str; 2], u64>>,
    /// Answers that are no review, by status.
    refused: Mutex<BTreeMap<u16, u64>>,
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    micros: AtomicU64,
    connections: AtomicI64,
    /// Connections that never became any: a handshake that failed or took too long.
    pub(crate) handshakes_failed: AtomicU64,
    /// Certificates read anew, and those that could not be.
    pub(crate) reloads: AtomicU64,
    /// See `reloads`.
    pub(crate) reloads_failed: AtomicU64,
}

impl Metrics {
    pub(crate) fn reviewed(&self, labels: [&'static str; 4], verdict: &Verdict, took: Duration) {
        *lock(&self.requests).entry(labels).or_default() += 1;
        for violation in &verdict.violations {
            let decision = match violation.mode {
                Mode::Deny => "deny",
                Mode::Warn => "warn",
                _ => "allowed",
            };
            *lock(&self.policies)
                .entry([violation.policy.name(), decision])
                .or_default() += 1;
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS
            .iter()
            .zip(&self.buckets)
            .find(|(most, _)| micros <= **most);
        if let Some((_, bucket)) = bucket {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, status: u16) {
        *lock(&self.refused).entry(status).or_default() += 1;
    }

    pub(crate) fn connected(&self, more: i64) {
        self.connections.fetch_add(more, Ordering::Relaxed);
    }

    /// The text of `/metrics`. `expiry` is when the certificate ends, in seconds since 1970.
    pub fn text(&self, cache: Option<&Cache>, expiry: Option<i64>, log: &Log) -> String {
        let mut page = Page::default();
        let name = "steadfast_webhook_requests_total";
        page.kind(name, "counter", "Reviews, by operation and answer.");
        for ([operation, sub_resource, allowed, path], count) in lock(&self.requests).iter() {
            let labels = format!(
                "operation=\"{operation}\",subresource=\"{sub_resource}\",allowed=\"{allowed}\",path=\"{path}\""
            );
            page.line(name, &labels, count);
        }
        let name = "steadfast_webhook_policy_decisions_total";
        page.kind(
            name,
            "counter",
            "What policies objected to: deny, warn, or allowed by the annotation.",
        );
        for ([policy, decision], count) in lock(&self.policies).iter() {
            page.line(
                name,
                &format!("policy=\"{policy}\",decision=\"{decision}\""),
                count,
            );
        }
        let name = "steadfast_webhook_refused_total";
        page.kind(name, "counter", "Requests that are no review, by HTTP status.");
        for (status, count) in lock(&self.refused).iter() {
            page.line(name, &format!("code=\"{status}\""), count);
        }
        self.latency(&mut page);
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let plain = [
            (
                "steadfast_webhook_handshakes_failed_total",
                "TLS handshakes that failed or took too long.",
                load(&self.handshakes_failed),
            ),
            (
                "steadfast_webhook_certificate_reloads_total",
                "Certificates read anew.",
                load(&self.reloads),
            ),
            (
                "steadfast_webhook_certificate_reload_failures_total",
                "Certificates that could not be read anew.",
                load(&self.reloads_failed),
            ),
            (
                "steadfast_webhook_log_lines_lost_total",
                "Log lines that nobody read in time.",
                log.lost(),
            ),
        ];
        for (name, help, count) in plain {
            page.kind(name, "counter", help);
            page.line(name, "", count);
        }
        let name = "steadfast_webhook_connections";
        page.kind(name, "gauge", "Open connections.");
        page.line(name, "", self.connections.load(Ordering::Relaxed));
        if let Some(expiry) = expiry {
            let name = "steadfast_webhook_certificate_expiry_timestamp_seconds";
            page.kind(name, "gauge", "When the certificate ends.");
            page.line(name, "", expiry);
        }
        if let Some(cache) = cache {
            let sizes = cache.sizes();
            let name = "steadfast_webhook_cache_objects";
            page.kind(name, "gauge", "Objects in the cache.");
            for (plural, objects, _) in &sizes {
                page.line(name, &format!("resource=\"{plural}\""), objects);
            }
            let name = "steadfast_webhook_cache_synced";
            page.kind(name, "gauge", "1 where the list is there and followed.");
            for (plural, _, is_seen) in &sizes {
                page.line(name, &format!("resource=\"{plural}\""), u8::from(*is_seen));
            }
        }
        page.text
    }

    fn latency(&self, page: &mut Page) {
        let name = "steadfast_webhook_review_duration_seconds";
        page.kind(
            name,
            "histogram",
            "From the whole request to the answer, without the network.",
        );
        let mut sum = 0;
        for (most, bucket) in BUCKETS.iter().zip(&self.buckets) {
            sum += bucket.load(Ordering::Relaxed);
            let most = Duration::from_micros(*most).as_secs_f64();
            page.line(&format!("{name}_bucket"), &format!("le=\"{most}\""), sum);
        }
        let count = self.count.load(Ordering::Relaxed);
        page.line(&format!("{name}_bucket"), "le=\"+Inf\"", count);
        let total = Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64();
        page.line(&format!("{name}_sum"), "", total);
        page.line(&format!("{name}_count"), "", count);
    }
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn kind(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = match labels {
            "" => writeln!(self.text, "{name} {value}"),
            labels => writeln!(self.text, "{name}{{{labels}}} {value}"),
        };
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
