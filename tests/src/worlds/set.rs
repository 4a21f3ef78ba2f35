//! The StatefulSet as an API server returns it, and its status as the controller would have written it.

use super::life::{Life, Strategy};
use super::moment::timestamp;
use super::object::{object, text};
use super::older;
use serde_json::{Value, json};

/// The StatefulSet of this life, with the status of a controller that has seen these Pods.
pub fn set(life: &Life, pods: &[Value]) -> Value {
    let generation = life.wanted as i64 + 1;
    let mut metadata = json!({
        "creationTimestamp": life.born(), "generation": generation, "labels": {"app": "web"}, "name": life.name,
        "namespace": life.namespace, "resourceVersion": "777", "uid": life.uid,
    });
    if let Some(annotations) = &life.annotations {
        metadata["annotations"] = annotations.clone();
    }
    if life.deleting {
        metadata["deletionGracePeriodSeconds"] = json!(0);
        metadata["deletionTimestamp"] = json!(timestamp(life.now.seconds - 5));
        metadata["finalizers"] = json!(["foregroundDeletion"]);
    }
    let mut spec = json!({
        "persistentVolumeClaimRetentionPolicy": retention_policy(life.retention),
        "podManagementPolicy": if life.parallel { "Parallel" } else { "OrderedReady" },
        "replicas": life.replicas,
        "revisionHistoryLimit": life.limit,
        "selector": life.selector,
        "serviceName": life.service,
        "updateStrategy": update_strategy(&life.strategy),
    });
    spec["template"] = life.eras[life.wanted].template.clone();
    if life.null_timestamps {
        older::write_null_timestamps(&mut spec["template"]);
    }
    if life.min_ready != 0 {
        spec["minReadySeconds"] = json!(life.min_ready);
    }
    if life.start != 0 {
        spec["ordinals"] = json!({"start": life.start});
    }
    if !life.claims.is_empty() {
        spec["volumeClaimTemplates"] = Value::Array(life.claims.clone());
    }
    let status = first_status(life, pods, generation);
    object([
        ("apiVersion", text("apps/v1")),
        ("kind", text("StatefulSet")),
        ("metadata", metadata),
        ("spec", spec),
        ("status", status),
    ])
}

/// `spec.persistentVolumeClaimRetentionPolicy`.
pub fn retention_policy((deleted, scaled): (bool, bool)) -> Value {
    let word = |delete| if delete { "Delete" } else { "Retain" };
    json!({"whenDeleted": word(deleted), "whenScaled": word(scaled)})
}

/// `spec.updateStrategy`.
pub fn update_strategy(strategy: &Strategy) -> Value {
    match strategy {
        Strategy::Rolling {
            partition,
            max_unavailable,
        } => {
            let mut rolling = json!({"partition": partition});
            if let Some(limit) = max_unavailable {
                rolling["maxUnavailable"] = limit.clone();
            }
            json!({"rollingUpdate": rolling, "type": "RollingUpdate"})
        }
        Strategy::RollingBare => json!({"type": "RollingUpdate"}),
        Strategy::OnDelete => json!({"type": "OnDelete"}),
        Strategy::Recreate => json!({"type": "Recreate"}),
    }
}

fn first_status(life: &Life, pods: &[Value], generation: i64) -> Value {
    let mut status = json!({"availableReplicas": 0, "replicas": 0});
    if let Some(conditions) = &life.conditions {
        status["conditions"] = conditions.clone();
    }
    if let Some(collisions) = life.collisions {
        status["collisionCount"] = json!(collisions);
    }
    let (Some(current), Some(update)) = (life.current, life.update) else {
        return status;
    };
    status["observedGeneration"] = json!(generation);
    status["currentRevision"] = json!(life.eras[current].name);
    status["updateRevision"] = json!(life.eras[update].name);
    count(&mut status, pods, life);
    status
}

/// Writes the counters that upstream would compute from these Pods and the revisions that the status names.
pub fn count(status: &mut Value, pods: &[Value], life: &Life) {
    let mut counters = [0i64; 5];
    for pod in pods.iter().filter(|pod| is_counted(pod, life)) {
        let phase = &pod["status"]["phase"];
        let created = !phase.is_null();
        let ready = pod["status"]["conditions"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["type"] == "Ready"))
            .filter(|one| one["status"] == "True" && phase == "Running");
        counters[0] += i64::from(created);
        counters[1] += i64::from(ready.is_some());
        counters[2] += i64::from(ready.is_some_and(|one| is_available(one, life)));
        if created && pod["metadata"].get("deletionTimestamp").is_none() {
            let revision = &pod["metadata"]["labels"]["controller-revision-hash"];
            counters[3] += i64::from(*revision == status["currentRevision"]);
            counters[4] += i64::from(*revision == status["updateRevision"]);
        }
    }
    let names = [
        "replicas",
        "readyReplicas",
        "availableReplicas",
        "currentReplicas",
        "updatedReplicas",
    ];
    for (name, counter) in names.into_iter().zip(counters) {
        if counter != 0 || matches!(name, "replicas" | "availableReplicas") {
            status[name] = json!(counter);
        } else if let Some(fields) = status.as_object_mut() {
            fields.remove(name);
        }
    }
}

fn is_counted(pod: &Value, life: &Life) -> bool {
    pod["metadata"]["namespace"] == life.namespace
        && pod["metadata"]["ownerReferences"]
            .as_array()
            .is_some_and(|owners| owners.iter().any(|one| one["uid"] == life.uid))
}

/// Whole seconds are enough: timestamps have no fraction, and `now` has its own only on top.
fn is_available(ready: &Value, life: &Life) -> bool {
    let since = ready["lastTransitionTime"].as_str();
    life.min_ready == 0
        || since.is_some_and(|since| since <= timestamp(life.now.seconds - life.min_ready).as_str())
}
