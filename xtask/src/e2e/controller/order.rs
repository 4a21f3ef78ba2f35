//! What the audit log says of order, and what objects say of themselves.

use super::stage::{is_done, is_of_controller, name_of, pod_written};
use serde_json::Value;
use std::collections::BTreeMap;

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
}
