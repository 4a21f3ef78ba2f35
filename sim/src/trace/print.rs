//! One Pod as `kubectl get pods` prints it.
//!
//! Source: `pkg/printers/internalversion/printers.go`, `printPod`, and `apimachinery/pkg/util/duration`,
//! `HumanDuration`.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use steadfast_core::Timestamp;
use steadfast_core::observed::Document;

/// The columns of `kubectl get pods`, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PodRow {
    /// NAME.
    pub name: String,
    /// READY, such as `0/1`.
    pub ready: String,
    /// STATUS, such as `ContainerCreating` or `Init:0/1`.
    pub status: String,
    /// RESTARTS, such as `2 (10s ago)`.
    pub restarts: String,
    /// AGE, such as `5m30s`.
    pub age: String,
}

impl PodRow {
    /// The row of this Pod at the instant `now`.
    pub fn of(pod: &dyn Document, now: Timestamp) -> Self {
        let summary = Summary::of(pod);
        let since =
            |time: Option<Timestamp>| time.map_or_else(|| "<unknown>".to_owned(), |t| age(now.since(t)));
        let restarts = match summary.last_restart {
            Some(last) if summary.restarts != 0 => {
                format!("{} ({} ago)", summary.restarts, since(Some(last)))
            }
            _ => summary.restarts.to_string(),
        };
        let metadata = pod.field("metadata");
        Self {
            name: text(metadata, "name").to_owned(),
            ready: format!("{}/{}", summary.ready, summary.containers),
            status: summary.reason,
            restarts,
            age: since(time(metadata, "creationTimestamp")),
        }
    }
}

/// The STATUS column of a Pod, such as `Pending`, `ContainerCreating`, `CrashLoopBackOff`, `Terminating`.
pub fn pod_status(pod: &dyn Document) -> String {
    Summary::of(pod).reason
}

/// A duration as kubectl prints ages, with two or three significant figures.
pub fn age(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let two = |first: u64, unit: &str, second: u64, smaller: &str| match second {
        0 => format!("{first}{unit}"),
        _ => format!("{first}{unit}{second}{smaller}"),
    };
    match (seconds, minutes, hours) {
        (0..120, ..) => format!("{seconds}s"),
        (_, 0..10, _) => two(minutes, "m", seconds % 60, "s"),
        (_, 0..180, _) => format!("{minutes}m"),
        (.., 0..8) => two(hours, "h", minutes % 60, "m"),
        (.., 0..48) => format!("{hours}h"),
        (.., 0..192) => two(hours / 24, "d", hours % 24, "h"),
        (.., 0..17_520) => format!("{}d", hours / 24),
        (.., 0..70_080) => two(hours / 24 / 365, "y", hours / 24 % 365, "d"),
        _ => format!("{}y", hours / 24 / 365),
    }
}

/// What the printer works out before it formats.
struct Summary {
    containers: usize,
    ready: usize,
    reason: String,
    restarts: i64,
    last_restart: Option<Timestamp>,
}

impl Summary {
    fn of(pod: &dyn Document) -> Self {
        let (spec, status) = (pod.field("spec"), pod.field("status"));
        let phase = text(status, "phase");
        let mut reason = phase;
        if !text(status, "reason").is_empty() {
            reason = text(status, "reason");
        }
        for condition in items(status, "conditions") {
            let is_gated = text(Some(condition), "reason") == "SchedulingGated";
            if is_gated && text(Some(condition), "type") == "PodScheduled" {
                reason = "SchedulingGated";
            }
        }
        let sidecars = items(spec, "initContainers").filter(|c| is_sidecar(c)).count();
        let mut summary = Self {
            containers: items(spec, "containers").count() + sidecars,
            ready: 0,
            reason: reason.to_owned(),
            restarts: 0,
            last_restart: None,
        };
        let (of_sidecars, last_of_sidecars, is_initializing) = summary.add_init_containers(spec, status);
        if !is_initializing || has_condition(status, "Initialized") {
            summary.restarts = of_sidecars;
            summary.last_restart = last_of_sidecars;
            summary.add_containers(status);
        }
        if pod
            .field("metadata")
            .and_then(|m| m.get("deletionTimestamp"))
            .is_some_and(|t| !t.is_null())
        {
            if text(status, "reason") == "NodeLost" {
                summary.reason = "Unknown".to_owned();
            } else if !matches!(phase, "Failed" | "Succeeded") {
                summary.reason = "Terminating".to_owned();
            }
        }
        summary
    }

    /// Goes through the init containers up to the first that is not done: the restarts of sidecars, the last of them, and
    /// whether one is not done.
    fn add_init_containers(
        &mut self,
        spec: Option<&Value>,
        status: Option<&Value>,
    ) -> (i64, Option<Timestamp>, bool) {
        let (mut of_sidecars, mut last_of_sidecars) = (0, None);
        for (at, container) in items(status, "initContainerStatuses").enumerate() {
            let name = text(Some(container), "name");
            let is_sidecar =
                items(spec, "initContainers").any(|c| text(Some(c), "name") == name && is_sidecar(c));
            let (restarts, last) = restarts_of(container);
            self.restarts += restarts;
            self.last_restart = self.last_restart.max(last);
            if is_sidecar {
                of_sidecars += restarts;
                last_of_sidecars = last_of_sidecars.max(last);
            }
            let state = container.get("state");
            let waiting = state.and_then(|s| s.get("waiting"));
            let terminated = state.and_then(|s| s.get("terminated"));
            if terminated.is_some_and(|t| exit_code(t) == 0) {
                continue;
            }
            if is_sidecar && container.get("started") == Some(&Value::Bool(true)) {
                self.ready += usize::from(is_ready(container));
                continue;
            }
            let waiting_for = text(waiting, "reason");
            self.reason = match terminated {
                Some(terminated) => format!("Init:{}", ending(terminated)),
                None if !waiting_for.is_empty() && waiting_for != "PodInitializing" => {
                    format!("Init:{waiting_for}")
                }
                None => format!("Init:{at}/{}", items(spec, "initContainers").count()),
            };
            return (of_sidecars, last_of_sidecars, true);
        }
        (of_sidecars, last_of_sidecars, false)
    }

    fn add_containers(&mut self, status: Option<&Value>) {
        let (mut has_running, mut error) = (false, None);
        let containers: Vec<&Value> = items(status, "containerStatuses").collect();
        for container in containers.into_iter().rev() {
            let (restarts, last) = restarts_of(container);
            self.restarts += restarts;
            self.last_restart = self.last_restart.max(last);
            let state = container.get("state");
            let waiting_for = text(state.and_then(|s| s.get("waiting")), "reason");
            let terminated = state.and_then(|s| s.get("terminated"));
            if !waiting_for.is_empty() {
                self.reason = waiting_for.to_owned();
            } else if let Some(terminated) = terminated {
                self.reason = ending(terminated);
                if exit_code(terminated) != 0 {
                    error = Some(self.reason.clone());
                }
            } else if is_ready(container) && state.is_some_and(|s| s.get("running").is_some()) {
                has_running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" {
            if has_running && has_condition(status, "Ready") {
                self.reason = "Running".to_owned();
            } else if let Some(error) = error {
                self.reason = error;
            } else if has_running {
                self.reason = "NotReady".to_owned();
            }
        }
    }
}

fn ending(terminated: &Value) -> String {
    let reason = text(Some(terminated), "reason");
    if !reason.is_empty() {
        return reason.to_owned();
    }
    match terminated.get("signal").and_then(Value::as_i64) {
        Some(signal) if signal != 0 => format!("Signal:{signal}"),
        _ => format!("ExitCode:{}", exit_code(terminated)),
    }
}

fn restarts_of(container: &Value) -> (i64, Option<Timestamp>) {
    let ended = container
        .get("lastState")
        .and_then(|state| state.get("terminated"));
    (
        container.get("restartCount").and_then(Value::as_i64).unwrap_or(0),
        time(ended, "finishedAt"),
    )
}

fn exit_code(terminated: &Value) -> i64 {
    terminated.get("exitCode").and_then(Value::as_i64).unwrap_or(0)
}

fn is_ready(container: &Value) -> bool {
    container.get("ready") == Some(&Value::Bool(true))
}

fn is_sidecar(container: &Value) -> bool {
    text(Some(container), "restartPolicy") == "Always"
}

fn has_condition(status: Option<&Value>, kind: &str) -> bool {
    items(status, "conditions").any(|c| text(Some(c), "type") == kind && text(Some(c), "status") == "True")
}

fn items<'a>(object: Option<&'a Value>, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    object
        .and_then(|object| object.get(key))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(object: Option<&'a Value>, key: &str) -> &'a str {
    object
        .and_then(|object| object.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn time(object: Option<&Value>, key: &str) -> Option<Timestamp> {
    Timestamp::parse(text(object, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status_of(spec: Value, status: Value) -> String {
        pod_status(&json!({"metadata": {"name": "web-0"}, "spec": spec, "status": status}))
    }

    #[test]
    fn ages_are_printed_as_kubectl_does() {
        for (seconds, printed) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (121, "2m1s"),
            (599, "9m59s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (11_000, "3h3m"),
            (28_800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (180_000, "2d2h"),
            (691_200, "8d"),
            (63_072_000, "2y"),
            (63_200_000, "2y1d"),
            (252_288_000, "8y"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), printed, "{seconds}");
        }
    }

    #[test]
    fn a_pod_that_starts_is_pending_then_creating_then_running() {
        let one = json!({"containers": [{"name": "a"}]});
        assert_eq!(status_of(one.clone(), json!({"phase": "Pending"})), "Pending");
        let waiting = |reason: &str| json!({"phase": "Pending", "containerStatuses": [{"name": "a", "state": {"waiting": {"reason": reason}}}]});
        assert_eq!(
            status_of(one.clone(), waiting("ContainerCreating")),
            "ContainerCreating"
        );
        assert_eq!(
            status_of(one.clone(), waiting("ImagePullBackOff")),
            "ImagePullBackOff"
        );
        let running = json!({"phase": "Running", "containerStatuses": [{"name": "a", "ready": true, "state": {"running": {}}}]});
        assert_eq!(status_of(one, running), "Running");
    }

    #[test]
    fn init_containers_are_counted() {
        let spec = json!({"initContainers": [{"name": "i"}, {"name": "j"}], "containers": [{"name": "a"}]});
        let status = |init: Value| {
            json!({"phase": "Pending", "initContainerStatuses": init,
            "containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "PodInitializing"}}}]})
        };
        let done = json!({"name": "i", "state": {"terminated": {"exitCode": 0}}});
        let runs = json!({"name": "j", "state": {"running": {}}});
        assert_eq!(status_of(spec.clone(), status(json!([done, runs]))), "Init:1/2");
        let failed = json!({"name": "i", "restartCount": 3, "state": {"terminated": {"exitCode": 2, "reason": "Error"}}});
        assert_eq!(status_of(spec.clone(), status(json!([failed]))), "Init:Error");
        let ended = json!({"name": "i", "state": {"terminated": {"exitCode": 2}}});
        assert_eq!(status_of(spec.clone(), status(json!([ended]))), "Init:ExitCode:2");
        let loops = json!({"name": "i", "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
        assert_eq!(status_of(spec, status(json!([loops]))), "Init:CrashLoopBackOff");
    }

    #[test]
    fn a_pod_that_is_deleted_is_terminating_unless_it_has_ended() {
        let pod = |phase: &str, reason: &str| json!({"metadata": {"name": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {}, "status": {"phase": phase, "reason": reason}});
        assert_eq!(pod_status(&pod("Running", "")), "Terminating");
        assert_eq!(pod_status(&pod("Failed", "")), "Failed");
        assert_eq!(pod_status(&pod("Running", "NodeLost")), "Unknown");
    }

    #[test]
    fn restarts_say_when_the_last_one_was() {
        let pod = json!({
            "metadata": {"name": "web-0", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"containers": [{"name": "a"}]},
            "status": {"phase": "Running", "containerStatuses": [{"name": "a", "restartCount": 2, "ready": false,
                "state": {"terminated": {"exitCode": 1, "reason": "Error"}},
                "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T00:01:00Z"}}}]}});
        let row = PodRow::of(&pod, Timestamp::parse("2026-01-01T00:01:10Z").unwrap());
        let expected = PodRow {
            name: "web-0".into(),
            ready: "0/1".into(),
            status: "Error".into(),
            restarts: "2 (10s ago)".into(),
            age: "70s".into(),
        };
        assert_eq!(row, expected);
    }

    #[test]
    fn objects_of_wrong_types_are_printed_somehow() {
        for pod in [
            json!(null),
            json!({"spec": 1, "status": []}),
            json!({"status": {"containerStatuses": [1, null, {}], "initContainerStatuses": "x"}}),
        ] {
            PodRow::of(&pod, Timestamp::default());
        }
    }
}
