//! One container of a Pod, as the kubelet sees it.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;
use steadfast_core::Timestamp;
use steadfast_core::observed::Document;

use crate::view;

/// A container and what has become of it.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) name: Arc<str>,
    pub(crate) image: Arc<str>,
    /// An init container that goes on running beside the others (`restartPolicy: Always`).
    pub(crate) is_sidecar: bool,
    /// From its start until its probes have succeeded, in milliseconds.
    pub(crate) ready_after: u64,
    pub(crate) state: State,
    /// How it ended the last time.
    pub(crate) last: Option<Ended>,
    pub(crate) restarts: u32,
    /// Failures in a row: what the back-off counts.
    pub(crate) crashes: u32,
    pub(crate) is_ready: bool,
}

/// What a container is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting {
        reason: Cow<'static, str>,
        message: Option<String>,
    },
    Running {
        since: Timestamp,
    },
    Ended(Ended),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) exit_code: i64,
    pub(crate) started: Timestamp,
    pub(crate) finished: Timestamp,
}

impl Container {
    /// The init containers of a Pod, waiting.
    pub(crate) fn init(pod: &dyn Document) -> Vec<Self> {
        Self::list(pod, "initContainers", "PodInitializing")
    }

    /// The containers of a Pod, waiting.
    pub(crate) fn main(pod: &dyn Document) -> Vec<Self> {
        let has_init = !view::items(pod, &["spec", "initContainers"]).is_empty();
        Self::list(
            pod,
            "containers",
            if has_init {
                "PodInitializing"
            } else {
                "ContainerCreating"
            },
        )
    }

    fn list(pod: &dyn Document, field: &str, reason: &'static str) -> Vec<Self> {
        view::items(pod, &["spec", field])
            .iter()
            .map(|spec| Self::of(spec, reason))
            .collect()
    }

    fn of(spec: &Value, reason: &'static str) -> Self {
        Self {
            name: Arc::from(view::text_or_empty(spec, &["name"])),
            image: Arc::from(view::text_or_empty(spec, &["image"])),
            is_sidecar: view::text(spec, &["restartPolicy"]) == Some("Always"),
            ready_after: ready_after(spec),
            state: State::Waiting {
                reason: Cow::Borrowed(reason),
                message: None,
            },
            last: None,
            restarts: 0,
            crashes: 0,
            is_ready: false,
        }
    }

    /// Takes over what an observed status says of this container.
    pub(crate) fn adopt(&mut self, status: &Value) {
        self.restarts = view::number(status, &["restartCount"])
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0);
        self.crashes = self.restarts;
        self.is_ready = view::is_true(status, &["ready"]);
        self.last = view::at(status, &["lastState", "terminated"]).map(Ended::of);
        let state = |kind| view::at(status, &["state", kind]).filter(|state| !state.is_null());
        if let Some(running) = state("running") {
            self.state = State::Running {
                since: time(running, "startedAt"),
            };
        } else if let Some(ended) = state("terminated") {
            self.state = State::Ended(Ended::of(ended));
        } else if let Some(waiting) = state("waiting") {
            let reason = view::text(waiting, &["reason"])
                .unwrap_or("ContainerCreating")
                .to_owned();
            let message = view::text(waiting, &["message"]).map(str::to_owned);
            self.state = State::Waiting {
                reason: Cow::Owned(reason),
                message,
            };
        }
    }

    pub(crate) fn wait(&mut self, reason: &'static str, message: Option<String>) {
        self.state = State::Waiting {
            reason: Cow::Borrowed(reason),
            message,
        };
        self.is_ready = false;
    }

    /// Starts it, for the first time or again.
    pub(crate) fn run(&mut self, now: Timestamp) {
        if let State::Ended(ended) = &self.state {
            self.last = Some(ended.clone());
        }
        if self.last.is_some() {
            self.restarts += 1;
        }
        self.state = State::Running { since: now };
        self.is_ready = false;
    }

    pub(crate) fn end(&mut self, exit_code: i64, now: Timestamp) {
        let started = match self.state {
            State::Running { since } => since,
            _ => now,
        };
        if let State::Ended(ended) = &self.state {
            self.last = Some(ended.clone());
        }
        self.state = State::Ended(Ended {
            exit_code,
            started,
            finished: now,
        });
        self.is_ready = false;
    }

    /// What kept it from running is shown, after a failure.
    pub(crate) fn back_off(&mut self, message: String) {
        if let State::Ended(ended) = &self.state {
            self.last = Some(ended.clone());
        }
        self.wait("CrashLoopBackOff", Some(message));
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }

    /// Whether it has run before or runs now.
    pub(crate) fn has_started(&self) -> bool {
        self.last.is_some() || !matches!(self.state, State::Waiting { .. })
    }

    /// An init container that has done its work.
    pub(crate) fn is_done(&self) -> bool {
        match &self.state {
            State::Ended(ended) => ended.exit_code == 0,
            State::Running { .. } => self.is_sidecar,
            State::Waiting { .. } => false,
        }
    }

    /// Whether an observed container is in a state that waiting alone does not mend.
    pub(crate) fn is_broken(&self) -> bool {
        match &self.state {
            State::Waiting { reason, .. } => matches!(
                reason.as_ref(),
                "CrashLoopBackOff"
                    | "ImagePullBackOff"
                    | "ErrImagePull"
                    | "ErrImageNeverPull"
                    | "InvalidImageName"
                    | "ImageInspectError"
                    | "CreateContainerConfigError"
                    | "CreateContainerError"
                    | "RunContainerError"
            ),
            State::Ended(ended) => ended.exit_code != 0,
            State::Running { .. } => false,
        }
    }

    /// Whether an observed container lacks its image.
    pub(crate) fn lacks_image(&self) -> bool {
        let State::Waiting { reason, .. } = &self.state else {
            return false;
        };
        matches!(
            reason.as_ref(),
            "ImagePullBackOff" | "ErrImagePull" | "ErrImageNeverPull" | "InvalidImageName"
        )
    }
}

impl Ended {
    fn of(ended: &Value) -> Self {
        Self {
            exit_code: view::number(ended, &["exitCode"]).unwrap_or_default(),
            started: time(ended, "startedAt"),
            finished: time(ended, "finishedAt"),
        }
    }

    /// The kubelet's word for it.
    pub(crate) fn reason(&self) -> &'static str {
        if self.exit_code == 0 { "Completed" } else { "Error" }
    }
}

fn time(value: &Value, field: &str) -> Timestamp {
    view::text(value, &[field])
        .and_then(Timestamp::parse)
        .unwrap_or_default()
}

/// When a container is ready after its start, if every probe succeeds: probes run at the multiples of their period
/// that are not before their initial delay; the readiness probe waits for the startup probe, and follows it at once
/// (`pkg/kubelet/prober/worker.go`, `doProbe`).
fn ready_after(spec: &Value) -> u64 {
    let probe = |field: &str| {
        let probe = view::at(spec, &[field]).filter(|probe| !probe.is_null())?;
        let seconds = |name: &str, default: u64, least: u64| {
            let given = view::number(probe, &[name])
                .and_then(|n| u64::try_from(n).ok())
                .filter(|n| *n > 0);
            given.unwrap_or(default).max(least)
        };
        let (delay, period) = (
            seconds("initialDelaySeconds", 0, 0),
            seconds("periodSeconds", 10, 1),
        );
        Some((delay, period, seconds("successThreshold", 1, 1)))
    };
    let tick = |at: u64, period: u64| at.div_ceil(period).saturating_mul(period);
    let started = probe("startupProbe").map_or(0, |(delay, period, _)| tick(delay, period));
    let ready = probe("readinessProbe").map_or(started, |(delay, period, successes)| {
        let first = if delay <= started {
            started
        } else {
            tick(delay, period)
        };
        first.saturating_add(period.saturating_mul(successes - 1))
    });
    ready.saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn readiness_comes_with_the_first_tick_of_the_probe_that_is_not_too_early() {
        for (spec, seconds) in [
            (json!({}), 0),
            (json!({"readinessProbe": {}}), 0),
            (json!({"readinessProbe": {"initialDelaySeconds": 5}}), 10),
            (
                json!({"readinessProbe": {"initialDelaySeconds": 5, "periodSeconds": 5}}),
                5,
            ),
            (
                json!({"readinessProbe": {"initialDelaySeconds": 5, "periodSeconds": 2}}),
                6,
            ),
            (
                json!({"readinessProbe": {"periodSeconds": 3, "successThreshold": 3}}),
                6,
            ),
            (json!({"startupProbe": {"initialDelaySeconds": 20}}), 20),
            (
                json!({"startupProbe": {"initialDelaySeconds": 20}, "readinessProbe": {"initialDelaySeconds": 5}}),
                20,
            ),
            (
                json!({"startupProbe": {"initialDelaySeconds": 4, "periodSeconds": 4}, "readinessProbe": {"initialDelaySeconds": 11, "periodSeconds": 10}}),
                20,
            ),
        ] {
            assert_eq!(ready_after(&spec), seconds * 1000, "{spec}");
        }
    }
}
