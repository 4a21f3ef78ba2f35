//! What the audit log says of order, and what objects say of themselves.

use super::stage::{is_done, is_of_controller, name_of, pod_written};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the log has the Pod `before` ready before the controller created `after`.
pub fn is_ready_before(audit: &[Value], before: &str, after: &str) -> bool {
    let created = written_at(audit, &format!("+{after}"));
    ready_at(audit, before)
        .zip(created)
        .is_some_and(|(ready, created)| ready <= created)
}

/// When the kubelet's write that makes the Pod ready was answered, in milliseconds of the day.
pub fn ready_at(audit: &[Value], pod: &str) -> Option<i64> {
    let event = audit.iter().find(|event| {
        let conditions = event["requestObject"]["status"]["conditions"].as_array();
        event["objectRef"]["subresource"] == "status"
            && event["objectRef"]["resource"] == "pods"
            && name_of(event) == pod
            && conditions
                .into_iter()
                .flatten()
                .any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
    })?;
    millis(event["requestReceivedTimestamp"].as_str()?)
}

/// When the controller's first such write (`+web-0`) was received, in milliseconds of the day.
pub fn written_at(audit: &[Value], write: &str) -> Option<i64> {
    let event = audit.iter().find(|event| {
        is_of_controller(event) && is_done(event) && pod_written(event).as_deref() == Some(write)
    })?;
    millis(event["requestReceivedTimestamp"].as_str()?)
}

/// Where a Pod was created before all lower ones were ready, or deleted while another was not. Requests count from when they were
/// received: a watch may tell of a write before its answer is on the way.
pub fn broken_order(events: &[Value], namespace: &str) -> Vec<String> {
    let mut moments: Vec<(&str, &Value)> = Vec::new();
    for event in events
        .iter()
        .filter(|event| event["objectRef"]["namespace"] == namespace && is_done(event))
    {
        moments.push((
            event["requestReceivedTimestamp"].as_str().unwrap_or_default(),
            event,
        ));
    }
    moments.sort_by_key(|(at, _)| *at);
    let mut ready: BTreeSet<u32> = BTreeSet::new();
    let mut there: BTreeSet<u32> = BTreeSet::new();
    let mut broken = Vec::new();
    for (at, event) in moments {
        if event["objectRef"]["resource"] != "pods" {
            continue;
        }
        let name = name_of(event).to_owned();
        let Some(ordinal) = name
            .strip_prefix("web-")
            .and_then(|number| number.parse::<u32>().ok())
        else {
            continue;
        };
        match pod_written(event) {
            Some(write) if write.starts_with('+') => {
                if let Some(missing) = (0..ordinal).find(|lower| !ready.contains(lower)) {
                    broken.push(format!(
                        "{at}: {name} was created while web-{missing} was not ready"
                    ));
                }
                there.insert(ordinal);
            }
            Some(_) if is_of_controller(event) => {
                if let Some(unready) = there
                    .iter()
                    .find(|other| **other != ordinal && !ready.contains(other))
                {
                    let when = ready_after(events, namespace, *unready, at);
                    broken.push(format!(
                        "{at}: {name} was deleted while web-{unready} was not ready, which it was at {when}"
                    ));
                }
                ready.remove(&ordinal);
            }
            Some(_) => {
                ready.remove(&ordinal);
                there.remove(&ordinal);
            }
            None => {
                let conditions = event["requestObject"]["status"]["conditions"].as_array();
                let is_ready = conditions
                    .into_iter()
                    .flatten()
                    .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
                // Of a creation whose client was killed the log may have no answer.
                if is_ready {
                    there.insert(ordinal);
                    ready.insert(ordinal);
                }
            }
        }
    }
    broken
}

/// When the Pod was made ready next.
fn ready_after(events: &[Value], namespace: &str, ordinal: u32, at: &str) -> String {
    let pod = format!("web-{ordinal}");
    let times = events
        .iter()
        .filter(|event| event["objectRef"]["namespace"] == namespace && name_of(event) == pod)
        .filter(|event| event["objectRef"]["subresource"] == "status")
        .filter_map(|event| event["requestReceivedTimestamp"].as_str());
    times
        .filter(|time| *time > at)
        .min()
        .unwrap_or("no time")
        .to_owned()
}

/// How many claims there are that are not on their way out.
pub fn claims(objects: &[Value]) -> usize {
    let claims = objects
        .iter()
        .filter(|object| object["kind"] == "PersistentVolumeClaim");
    claims
        .filter(|claim| claim["metadata"].get("deletionTimestamp").is_none())
        .count()
}

/// The UIDs of all Pods, by name.
pub fn uids(objects: &[Value]) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    objects
        .iter()
        .filter(|object| object["kind"] == "Pod")
        .map(|pod| (text(&pod["metadata"]["name"]), text(&pod["metadata"]["uid"])))
        .collect()
}

/// `2026-01-01T10:11:12.345678Z` in milliseconds of its day.
pub fn millis(time: &str) -> Option<i64> {
    let clock = time.split('T').nth(1)?.trim_end_matches('Z');
    let mut parts = clock.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next()?.parse().ok()?;
    Some((hours * 60 + minutes) * 60_000 + (seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn order_is_read_from_the_log() {
        let at = |second: &str| format!("2026-01-01T00:00:0{second}Z");
        let ready = json!({"conditions": [{"type": "Ready", "status": "True"}]});
        let audit = [
            json!({"userAgent": "kwok", "verb": "patch", "requestReceivedTimestamp": at("1.5"),
                "objectRef": {"resource": "pods", "subresource": "status", "name": "web-0"}, "requestObject": {"status": ready}}),
            json!({"userAgent": "steadfast-controller/0.1.0 (linux)", "verb": "create", "requestReceivedTimestamp": at("2.25"),
                "objectRef": {"resource": "pods"}, "requestObject": {"metadata": {"name": "web-1"}},
                "responseStatus": {"code": 201}}),
        ];
        assert_eq!(ready_at(&audit, "web-0"), Some(1500));
        assert_eq!(written_at(&audit, "+web-1"), Some(2250));
        assert!(is_ready_before(&audit, "web-0", "web-1"));
        assert!(!is_ready_before(&audit, "web-1", "web-0"));
    }

    fn event(agent: &str, verb: &str, pod: &str, second: u32, body: Value) -> Value {
        let at = format!("2026-01-01T00:00:{second:02}.000000Z");
        let mut reference = json!({"resource": "pods", "namespace": "a", "name": pod});
        if verb == "patch" {
            reference["subresource"] = json!("status");
        }
        json!({"userAgent": agent, "verb": verb, "requestReceivedTimestamp": at, "stageTimestamp": at,
            "objectRef": reference, "requestObject": body, "responseStatus": {"code": 200}})
    }

    #[test]
    fn a_pod_that_came_too_early_is_found() {
        let steadfast = "steadfast-controller/0.1.0 (linux)";
        let ready = json!({"status": {"conditions": [{"type": "Ready", "status": "True"}]}});
        let first = event(steadfast, "create", "web-0", 1, json!({}));
        let is_ready = |second| event("kwok", "patch", "web-0", second, ready.clone());
        let next = |second| event(steadfast, "create", "web-1", second, json!({}));
        assert_eq!(broken_order(&[first.clone(), is_ready(2), next(3)], "a"), [""; 0]);
        assert_eq!(broken_order(&[first.clone(), is_ready(3), next(2)], "a").len(), 1);
        let deleted = event(steadfast, "delete", "web-0", 4, json!({}));
        assert_eq!(
            broken_order(&[first, is_ready(2), next(3), deleted], "a").len(),
            1
        );
    }
}
