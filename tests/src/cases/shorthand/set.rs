//! The StatefulSet and its status.

use serde_json::{Value, json};

use super::fields::{Fields, overlay};
use super::{Names, Plot, timestamp, uid};

/// `set:` as it is written.
pub struct Shorthand<'a> {
    pub name: String,
    template: String,
    replicas: Value,
    policy: String,
    strategy: Value,
    claims: &'a [Value],
    is_deleted: bool,
    generation: Value,
    plain: Vec<(&'static str, Value)>,
    overlays: Vec<(&'static str, &'a Value)>,
}

impl<'a> Shorthand<'a> {
    pub fn of(value: &'a Value) -> Result<Self, String> {
        let mut fields = Fields::of(value, "set")?;
        let field = |value: Option<&Value>, default: Value| value.cloned().unwrap_or(default);
        let mut plain = Vec::new();
        for (name, key) in [
            ("minReadySeconds", "minReadySeconds"),
            ("historyLimit", "revisionHistoryLimit"),
            ("selector", "selector"),
            ("service", "serviceName"),
        ] {
            plain.extend(fields.optional(name).map(|value| (key, value.clone())));
        }
        if let Some(start) = fields.optional("start") {
            plain.push(("ordinals", json!({"start": start})));
        }
        let mut retention = json!({"whenDeleted": "Retain", "whenScaled": "Retain"});
        overlay(&mut retention, fields.optional("retention").unwrap_or(&json!({})));
        plain.push(("persistentVolumeClaimRetentionPolicy", retention));
        let partition = fields.optional("partition").cloned();
        let most = fields.optional("maxUnavailable").cloned();
        let strategy = match fields.optional("strategy") {
            Some(Value::String(kind)) => json!({"type": kind}),
            Some(other) => other.clone(),
            None => {
                let mut rolling = json!({"partition": partition.unwrap_or_else(|| json!(0))});
                if let Some(most) = most {
                    rolling["maxUnavailable"] = most;
                }
                json!({"type": "RollingUpdate", "rollingUpdate": rolling})
            }
        };
        let set = Self {
            name: fields.text("name", "web")?,
            template: fields.text("template", "new")?,
            replicas: field(fields.optional("replicas"), json!(3)),
            policy: fields.text("policy", "OrderedReady")?,
            strategy,
            claims: fields.list("claims")?,
            is_deleted: fields.optional("deleted").is_some_and(|value| *value == true),
            generation: field(fields.optional("generation"), json!(1)),
            plain,
            overlays: ["metadata", "spec"]
                .into_iter()
                .filter_map(|k| Some((k, fields.optional(k)?)))
                .collect(),
        };
        fields.finish()?;
        Ok(set)
    }

    /// The object without its status.
    pub fn object(&self, names: &Names) -> Result<Value, String> {
        let mut spec = json!({"replicas": self.replicas, "serviceName": "web", "podManagementPolicy": self.policy,
            "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app": "web"}},
            "template": names.template(&self.template), "updateStrategy": self.strategy});
        for (key, value) in &self.plain {
            spec[*key] = value.clone();
        }
        if !self.claims.is_empty() {
            spec["volumeClaimTemplates"] = self.claims.iter().map(claim_template).collect();
        }
        let mut metadata = json!({"name": self.name, "namespace": "default", "uid": uid(&self.name),
            "generation": self.generation, "resourceVersion": "1000", "creationTimestamp": "2026-11-20T00:00:00Z"});
        if self.is_deleted {
            metadata["deletionTimestamp"] = json!("2026-11-20T23:59:50Z");
            metadata["deletionGracePeriodSeconds"] = json!(0);
            metadata["finalizers"] = json!(["foregroundDeletion"]);
        }
        let mut object =
            json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec});
        for (key, over) in &self.overlays {
            overlay(&mut object[*key], over);
        }
        Ok(object)
    }
}

/// A claim template by its name, or in full.
fn claim_template(written: &Value) -> Value {
    let Some(name) = written.as_str() else {
        return written.clone();
    };
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Filesystem"}, "status": {"phase": "Pending"}})
}

/// The status that a controller would have written which saw these Pods: the first revision is current, the last is the
/// update's. `written` changes it: `current` and `update` take the words for revisions, the rest is laid over.
pub fn status(written: &Value, pods: &[Value], plot: &Plot) -> Result<Value, String> {
    let mut fields = written.as_object().cloned().ok_or("status is not a mapping")?;
    let mut revision = |key: &str, default: Option<String>| match fields.remove(key) {
        None => Ok(default),
        Some(Value::Null) => Ok(None),
        Some(word) => plot.names.stored(word.as_str().unwrap_or_default()).map(Some),
    };
    let current = revision("current", plot.names.first_stored())?;
    let update = revision("update", plot.names.last_stored())?;
    let mut status = json!({"replicas": 0, "availableReplicas": 0});
    if let (Some(current), Some(update)) = (current, update) {
        status = json!({"observedGeneration": plot.set["metadata"]["generation"], "currentRevision": current,
            "updateRevision": update, "collisionCount": 0, "replicas": 0, "availableReplicas": 0});
        for pod in pods.iter().filter(|pod| is_own(pod, &plot.set)) {
            for counter in counters(pod, &current, &update, plot) {
                status[counter] = json!(status[counter].as_i64().unwrap_or(0) + 1);
            }
        }
    }
    overlay(&mut status, &Value::Object(fields));
    Ok(status)
}

fn is_own(pod: &Value, set: &Value) -> bool {
    let owners = pod["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == set["metadata"]["uid"]))
}

/// The counters that a Pod adds to.
fn counters(pod: &Value, current: &str, update: &str, plot: &Plot) -> Vec<&'static str> {
    let mut counters = Vec::new();
    let phase = &pod["status"]["phase"];
    if phase.is_null() {
        return counters;
    }
    counters.push("replicas");
    let ready = pod["status"]["conditions"]
        .as_array()
        .and_then(|all| all.iter().find(|c| c["type"] == "Ready"));
    if let Some(ready) = ready.filter(|ready| ready["status"] == "True" && phase == "Running") {
        counters.push("readyReplicas");
        let min_ready = plot.set["spec"]["minReadySeconds"].as_i64().unwrap_or(0);
        // Timestamps of one form are in order as text.
        if ready["lastTransitionTime"]
            .as_str()
            .is_some_and(|since| *since <= *timestamp(plot.now - min_ready))
        {
            counters.push("availableReplicas");
        }
    }
    if pod["metadata"].get("deletionTimestamp").is_none() {
        let revision = &pod["metadata"]["labels"]["controller-revision-hash"];
        counters.extend((*revision == *current).then_some("currentReplicas"));
        counters.extend((*revision == *update).then_some("updatedReplicas"));
    }
    counters
}
