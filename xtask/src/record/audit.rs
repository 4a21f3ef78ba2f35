//! The API server's audit log, reduced to what the StatefulSet controller wrote, and split into its syncs.

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// One write of the StatefulSet controller.
pub struct Write {
    /// When the API server received it, RFC 3339 in UTC with microseconds.
    pub at: String,
    /// The request: verb, kind, name, and what the kind adds (`of`).
    summary: Map<String, Value>,
    body: Value,
}

impl Write {
    /// The write if `event`, a line of the audit log, is one of the StatefulSet controller's: upstream's signs with its
    /// name at the end of the user agent, Steadfast at its beginning. Events (the kind) are not in the log, see `audit-policy.yaml`.
    fn of(event: &Value) -> Option<Self> {
        let agent = event.get("userAgent")?.as_str()?;
        if !agent.ends_with("/statefulset-controller") && !agent.starts_with("steadfast-controller/") {
            return None;
        }
        let reference = event.get("objectRef")?;
        let text = |at: &Value, key: &str| at.get(key).and_then(Value::as_str).map(str::to_owned);
        let body = event.get("requestObject").cloned().unwrap_or(Value::Null);
        let verb = text(event, "verb")?;
        let kind = match reference.get("resource")?.as_str()? {
            "pods" => "Pod",
            "persistentvolumeclaims" => "PersistentVolumeClaim",
            "controllerrevisions" => "ControllerRevision",
            "statefulsets" => "StatefulSet",
            other => other,
        };
        let named = body
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let name = text(reference, "name").or(named)?;
        let mut summary = Map::new();
        summary.insert("verb".into(), verb.into());
        summary.insert("kind".into(), kind.into());
        summary.insert("name".into(), name.into());
        if let Some(subresource) = text(reference, "subresource") {
            summary.insert("subresource".into(), subresource.into());
        }
        if let Some(revision) = body.pointer("/metadata/labels/controller-revision-hash") {
            summary.insert("revision".into(), revision.clone());
        }
        if kind == "ControllerRevision"
            && let Some(number) = body.get("revision")
        {
            summary.insert("number".into(), number.clone());
        }
        let code = event
            .pointer("/responseStatus/code")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        if !(200..300).contains(&code) {
            summary.insert("code".into(), code.into());
        }
        Some(Self {
            at: text(event, "requestReceivedTimestamp")?,
            summary,
            body,
        })
    }

    /// Verb, kind, name, order: what `<operation>.audit.json` keeps. `sync` counts the controller's syncs.
    pub fn brief(&self, sync: usize) -> Value {
        let mut all = Map::new();
        all.insert("sync".into(), sync.into());
        all.extend(self.summary.clone());
        Value::Object(all)
    }

    /// The same with what was sent, for `<moment>.next.json`: `object` of a create or update, `patch` of a patch,
    /// `status` of a status write, `uid` of a delete with a precondition.
    pub fn full(&self) -> Value {
        let mut all = self.summary.clone();
        let word = |key: &str| self.summary.get(key).and_then(Value::as_str).unwrap_or_default();
        let sent = match (word("verb"), word("subresource")) {
            (_, "status") => self.body.get("status").map(|status| ("status", status.clone())),
            ("patch", _) => Some(("patch", self.body.clone())),
            ("delete", _) => self
                .body
                .pointer("/preconditions/uid")
                .map(|uid| ("uid", uid.clone())),
            _ => Some(("object", bare(&self.body))),
        };
        if let Some((key, value)) = sent {
            all.insert(key.into(), without_nulls(value));
        }
        Value::Object(all)
    }
}

/// An object without its status and its managed fields.
pub fn bare(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("managedFields");
        }
    }
    object
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// The audit log of one API server, read from a mark on.
pub struct AuditLog {
    pub path: PathBuf,
}

impl AuditLog {
    /// The length now, in bytes: a mark to read from, and the same as long as nobody writes.
    pub fn mark(&self) -> u64 {
        std::fs::metadata(&self.path).map(|data| data.len()).unwrap_or(0)
    }

    /// The StatefulSet controller's writes since `mark`, in the order in which the API server received them.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn writes(&self, mark: u64) -> Result<Vec<Write>, String> {
        let mut writes: Vec<Write> = self.events(mark)?.iter().filter_map(Write::of).collect();
        writes.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(writes)
    }

    /// Everything that is in the log since `mark`, whoever asked for it.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn events(&self, mark: u64) -> Result<Vec<Value>, String> {
        let bytes = std::fs::read(&self.path).map_err(|e| format!("{}: {e}", self.path.display()))?;
        let from = usize::try_from(mark).unwrap_or(usize::MAX);
        let text = String::from_utf8_lossy(bytes.get(from..).unwrap_or_default());
        let events = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(events.collect())
    }
}

/// When the syncs of the set `key` (`default/web`) ended, RFC 3339 in UTC with microseconds, from the controller
/// manager's log at level 4 (`sync` in upstream's `pkg/controller/statefulset/stateful_set.go` prints a line at its
/// end). `year` is what klog leaves out.
pub fn sync_ends(log: &Path, key: &str, year: &str) -> Vec<String> {
    let text = std::fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let quoted = format!("key=\"{key}\"");
    let lines = text
        .lines()
        .filter(|line| line.contains("\"Finished syncing statefulset\"") && line.contains(&quoted));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace(); // I1121 07:40:00.123456
            let day = words.next()?.trim_start_matches('I');
            let time = words.next()?;
            Some(format!("{year}-{}-{}T{time}Z", day.get(..2)?, day.get(2..4)?))
        })
        .collect()
}

/// The writes as `brief` gives them, numbered by the sync they belong to, from 0; a sync without a write takes no number.
pub fn by_sync(writes: &[Write], ends: &[String]) -> Vec<Value> {
    let mut seen: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    for write in writes {
        let sync = ends.iter().filter(|end| end.as_str() < write.at.as_str()).count();
        if seen.last() != Some(&sync) {
            seen.push(sync);
        }
        all.push(write.brief(seen.len() - 1));
    }
    all
}

/// The first sync of a controller that was just started: when it was, and what it wrote.
pub fn first_sync(writes: &[Write], end: &str) -> Value {
    let within: Vec<&Write> = writes.iter().filter(|write| write.at.as_str() <= end).collect();
    let now = within.first().map_or(end, |write| write.at.as_str());
    json!({ "now": now, "writes": within.iter().map(|write| write.full()).collect::<Vec<Value>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(agent: &str, verb: &str, resource: &str, at: &str, body: Value) -> Value {
        json!({
            "userAgent": format!("kube-controller-manager/v1.37.1 (linux/amd64) kubernetes/$Format/{agent}"),
            "verb": verb, "requestReceivedTimestamp": at, "requestObject": body,
            "objectRef": { "resource": resource, "name": "web-0" },
            "responseStatus": { "code": 201 },
        })
    }

    fn created(at: &str) -> Write {
        let body = json!({ "metadata": { "creationTimestamp": null, "labels": { "controller-revision-hash": "web-1" } }, "status": {} });
        Write::of(&event("statefulset-controller", "create", "pods", at, body)).unwrap()
    }

    #[test]
    fn another_controllers_write_is_not_kept() {
        let foreign = event(
            "generic-garbage-collector",
            "delete",
            "pods",
            "2026-01-01T00:00:00.000001Z",
            json!({}),
        );
        assert!(Write::of(&foreign).is_none());
    }

    #[test]
    fn a_created_pod_is_kept_with_its_revision_and_without_status_or_nulls() {
        let full = created("2026-01-01T00:00:00.000001Z").full();
        let labels = json!({ "controller-revision-hash": "web-1" });
        assert_eq!(
            full,
            json!({ "verb": "create", "kind": "Pod", "name": "web-0", "revision": "web-1",
                    "object": { "metadata": { "labels": labels } } })
        );
    }

    #[test]
    fn a_refused_write_shows_its_code() {
        let mut refused = event(
            "statefulset-controller",
            "delete",
            "pods",
            "2026-01-01T00:00:00.000001Z",
            json!({}),
        );
        refused["responseStatus"]["code"] = json!(409);
        assert_eq!(Write::of(&refused).unwrap().brief(0)["code"], 409);
    }

    #[test]
    fn writes_are_numbered_by_the_sync_they_belong_to_and_idle_syncs_are_not_counted() {
        let writes =
            ["0.000001", "0.000002", "0.000005"].map(|s| created(&format!("2026-01-01T00:00:0{s}Z")));
        let ends = ["0.000003", "0.000004", "0.000006"].map(|s| format!("2026-01-01T00:00:0{s}Z"));
        let syncs: Vec<Value> = by_sync(&writes, &ends)
            .iter()
            .map(|write| write["sync"].clone())
            .collect();
        assert_eq!(syncs, [0, 0, 1]);
        let first = first_sync(&writes, &ends[0]);
        assert_eq!(first["writes"].as_array().unwrap().len(), 2);
        assert_eq!(first["now"], "2026-01-01T00:00:00.000001Z");
    }

    #[test]
    fn the_end_of_a_sync_is_read_from_the_controller_managers_log() {
        let log = std::env::temp_dir().join(format!("steadfast-sync-ends-{}", std::process::id()));
        let line = |set: &str| {
            format!(
                "I0102 03:04:05.000006   77 stateful_set.go:1] \"Finished syncing statefulset\" key=\"default/{set}\" time=\"1ms\"\n"
            )
        };
        std::fs::write(&log, line("other") + &line("web") + "I0102 cut off").unwrap();
        let ends = sync_ends(&log, "default/web", "2026");
        std::fs::remove_file(&log).unwrap();
        assert_eq!(ends, ["2026-01-02T03:04:05.000006Z"]);
    }
}
