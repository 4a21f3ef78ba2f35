//! What time it is in a dump.

use serde_json::Value;
use steadfast_core::Timestamp;

/// Fields that say when something happened. Not `deletionTimestamp`, which lies ahead by the grace period.
const PAST: [&str; 10] = [
    "creationTimestamp",
    "lastTransitionTime",
    "lastProbeTime",
    "lastUpdateTime",
    "lastHeartbeatTime",
    "startTime",
    "startedAt",
    "finishedAt",
    "renewTime",
    "time",
];

/// The newest time that an object mentions as past.
pub(crate) fn newest_time(object: &Value) -> Option<Timestamp> {
    match object {
        Value::Array(items) => items.iter().filter_map(newest_time).max(),
        Value::Object(entries) => {
            let times = entries.iter().filter_map(|(key, value)| match value {
                Value::String(text) if PAST.contains(&key.as_str()) => Timestamp::parse(text),
                Value::Array(_) | Value::Object(_) => newest_time(value),
                _ => None,
            });
            times
                .chain(deleted_at(object))
                .max()
                .filter(|time| !time.is_zero())
        }
        _ => None,
    }
}

/// When a deletion was asked for: `deletionTimestamp` less the grace period.
fn deleted_at(metadata: &Value) -> Option<Timestamp> {
    let at = metadata
        .get("deletionTimestamp")
        .and_then(Value::as_str)
        .and_then(Timestamp::parse)?;
    let grace = metadata
        .get("deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    Some(at.plus_seconds(grace.clamp(0, i64::from(i32::MAX)).saturating_neg()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn newest(value: Value) -> Option<String> {
        newest_time(&value).map(|time| time.to_string())
    }

    #[test]
    fn the_newest_past_time_counts_wherever_it_stands() {
        let pod = json!({
            "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", "annotations": {"note": "2030-01-01T00:00:00Z"}},
            "status": {"conditions": [{"lastTransitionTime": "2026-01-01T00:00:09Z"}, {"lastProbeTime": null}]}});
        assert_eq!(newest(pod).as_deref(), Some("2026-01-01T00:00:09Z"));
        assert_eq!(newest(json!({"metadata": {}})), None);
    }

    #[test]
    fn a_deletion_was_asked_for_a_grace_period_before_its_timestamp() {
        let pod = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:30Z", "deletionGracePeriodSeconds": 30}});
        assert_eq!(newest(pod).as_deref(), Some("2026-01-01T00:00:00Z"));
    }
}
