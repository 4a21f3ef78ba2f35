//! A Pod's status as the kubelet writes it (`pkg/kubelet/status/generate.go`, `kubelet_pods.go`).

use serde_json::{Map, Value, json};
use steadfast_core::Timestamp;
use steadfast_core::observed::Document;

use super::container::{Container, Ended, State};
use super::pod::{Pod, Stage};
use crate::settings::Phase;
use crate::view;

/// The conditions that the kubelet owns; others that are there stay as they are.
const OWN: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// The status of the Pod `stored` in the state `pod`.
pub(super) fn of(pod: &Pod, stored: &dyn Document, now: Timestamp) -> Value {
    let mut status = Map::new();
    let mut put = |field: &str, value: Value| drop(status.insert(field.to_owned(), value));
    let phase = phase(pod);
    put("phase", phase.into());
    put("conditions", Value::Array(conditions(pod, stored, phase, now)));
    if let Some(start) = pod.start_time {
        put("startTime", json!(start));
    }
    if let Some(ip) = &pod.host_ip {
        put("hostIP", json!(ip));
        put("hostIPs", json!([{"ip": ip}]));
    }
    if let Some(ip) = &pod.ip {
        put("podIP", json!(ip));
        put("podIPs", json!([{"ip": ip}]));
    }
    if !pod.init.is_empty() {
        put("initContainerStatuses", statuses(&pod.init, true));
    }
    put("containerStatuses", statuses(&pod.main, false));
    // What others wrote stays.
    let before = stored.field("status").and_then(Value::as_object);
    for (field, value) in before.into_iter().flatten() {
        if !status.contains_key(field) {
            status.insert(field.clone(), value.clone());
        }
    }
    Value::Object(status)
}

fn phase(pod: &Pod) -> &'static str {
    match pod.stage {
        Stage::Finished(Phase::Failed) => "Failed",
        Stage::Finished(Phase::Succeeded) => "Succeeded",
        _ if pod.init.iter().all(Container::is_done) && pod.main.iter().all(Container::has_started) => {
            "Running"
        }
        // A Pod that ran once stays Running while its init containers run again.
        _ if pod.main.iter().any(|container| container.restarts > 0) => "Running",
        _ => "Pending",
    }
}

fn conditions(pod: &Pod, stored: &dyn Document, phase: &str, now: Timestamp) -> Vec<Value> {
    let before = view::items(stored, &["status", "conditions"]);
    let now = now.whole_seconds().to_string();
    let said: Vec<Said<'_>> = before.iter().map(Said::of).collect();
    let condition = |kind: &str, is_true: bool, reason: &str, message: &str| {
        let status = if is_true { "True" } else { "False" };
        let since = said
            .iter()
            .find(|said| said.kind == kind)
            .filter(|said| said.status == status)
            .and_then(|said| said.since)
            .cloned();
        let mut entries = Map::new();
        let mut put = |field: &str, value: Value| drop(entries.insert(field.to_owned(), value));
        put("type", kind.into());
        put("status", status.into());
        put("lastTransitionTime", since.unwrap_or_else(|| now.as_str().into()));
        for (key, text) in [("reason", reason), ("message", message)] {
            if !text.is_empty() {
                put(key, text.into());
            }
        }
        Value::Object(entries)
    };
    let names = |containers: &[Container], is_left: fn(&Container) -> bool| {
        let names: Vec<&str> = containers
            .iter()
            .filter(|c| is_left(c))
            .map(|c| &*c.name)
            .collect();
        names.join(" ")
    };
    let done = match phase {
        "Succeeded" => "PodCompleted",
        "Failed" => "PodFailed",
        _ => "",
    };
    let has_started = pod.main.iter().any(Container::has_started);
    let incomplete = if has_started {
        String::new()
    } else {
        names(&pod.init, |c| !c.is_done())
    };
    let unready = names(&pod.main, |container| !container.is_ready);
    let (ready_reason, ready_message) = match (done, unready.is_empty()) {
        ("", true) => ("", String::new()),
        ("", false) => (
            "ContainersNotReady",
            format!("containers with unready status: [{unready}]"),
        ),
        (done, _) => (done, String::new()),
    };
    let is_ready = ready_reason.is_empty() && pod.stopping.is_none();
    let gate = is_ready.then(|| open_gate(stored, before)).flatten();
    let ready = match &gate {
        Some(message) => condition("Ready", false, "ReadinessGatesNotReady", message),
        None => condition("Ready", is_ready, ready_reason, &ready_message),
    };
    let initialized = match incomplete.as_str() {
        "" => condition(
            "Initialized",
            true,
            if done == "PodCompleted" { done } else { "" },
            "",
        ),
        names => condition(
            "Initialized",
            false,
            "ContainersNotInitialized",
            &format!("containers with incomplete status: [{names}]"),
        ),
    };
    let mut conditions = vec![
        condition(
            "PodReadyToStartContainers",
            pod.ip.is_some() && done.is_empty(),
            "",
            "",
        ),
        initialized,
        ready,
        condition("ContainersReady", is_ready, ready_reason, &ready_message),
        condition("PodScheduled", true, "", ""),
    ];
    let others = before
        .iter()
        .zip(&said)
        .filter(|(_, said)| !OWN.contains(&said.kind))
        .map(|(condition, _)| condition);
    conditions.extend(others.cloned());
    conditions
}

/// What a condition says that was written before.
#[derive(Default)]
struct Said<'a> {
    kind: &'a str,
    status: &'a str,
    since: Option<&'a Value>,
}

impl<'a> Said<'a> {
    /// The fields are gone through once, and not looked for one by one.
    fn of(condition: &'a Value) -> Self {
        let mut said = Self::default();
        let Value::Object(fields) = condition else {
            return said;
        };
        for (field, value) in fields {
            match field.as_str() {
                "type" => said.kind = value.as_str().unwrap_or_default(),
                "status" => said.status = value.as_str().unwrap_or_default(),
                "lastTransitionTime" => said.since = Some(value),
                _ => {}
            }
        }
        said
    }
}

/// What the first readiness gate that is not open has to say.
fn open_gate(stored: &dyn Document, conditions: &[Value]) -> Option<String> {
    view::items(stored, &["spec", "readinessGates"])
        .iter()
        .find_map(|gate| {
            let kind = view::text_or_empty(gate, &["conditionType"]);
            let condition = conditions
                .iter()
                .find(|condition| view::text(condition, &["type"]) == Some(kind));
            match condition.map(|condition| view::text_or_empty(condition, &["status"])) {
                Some("True") => None,
                Some(status) => Some(format!(
                    "the status of pod readiness gate \"{kind}\" is not \"True\", but {status}"
                )),
                None => Some(format!(
                    "corresponding condition of pod readiness gate \"{kind}\" does not exist."
                )),
            }
        })
}

fn statuses(containers: &[Container], is_init: bool) -> Value {
    Value::Array(
        containers
            .iter()
            .map(|container| status(container, is_init))
            .collect(),
    )
}

fn status(container: &Container, is_init: bool) -> Value {
    let (name, state) = match &container.state {
        State::Waiting { reason, message } => match message {
            Some(message) => ("waiting", json!({"reason": reason, "message": message})),
            None => ("waiting", json!({"reason": reason})),
        },
        State::Running { since } => ("running", json!({"startedAt": since.whole_seconds()})),
        State::Ended(ended) => ("terminated", ended_state(ended)),
    };
    // A plain init container is ready when it has succeeded.
    let is_ready = if is_init && !container.is_sidecar {
        container.is_done()
    } else {
        container.is_ready
    };
    let one = |key: &str, value: Value| {
        let mut one = Map::new();
        one.insert(key.to_owned(), value);
        Value::Object(one)
    };
    let mut entries = Map::new();
    let mut put = |key: &str, value: Value| drop(entries.insert(key.to_owned(), value));
    put("name", (&*container.name).into());
    put("image", (&*container.image).into());
    put("imageID", "".into());
    put("ready", is_ready.into());
    put("started", container.is_running().into());
    put("restartCount", container.restarts.into());
    put("state", one(name, state));
    put(
        "lastState",
        container
            .last
            .as_ref()
            .map_or_else(|| json!({}), |last| one("terminated", ended_state(last))),
    );
    Value::Object(entries)
}

fn ended_state(ended: &Ended) -> Value {
    json!({
        "exitCode": ended.exit_code,
        "reason": ended.reason(),
        "startedAt": ended.started.whole_seconds(),
        "finishedAt": ended.finished.whole_seconds(),
    })
}
