//! The stories that upstream's controller and Steadfast both play. Each judges the order of what was written by the API server's
//! audit log, and keeps what the cluster holds at its moments.

use super::order::{claims, is_ready_before, ready_at, uids, written_at};
use super::stage::{Stage, is_of_controller};
use serde_json::{Value, json};

/// A story.
pub struct Story {
    pub name: &'static str,
    pub play: fn(&mut Stage<'_>) -> Result<(), String>,
}

/// All of them.
pub const ALL: [Story; 13] = [
    Story {
        name: "ordered",
        play: ordered,
    },
    Story {
        name: "rolling-update",
        play: rolling_update,
    },
    Story {
        name: "partition",
        play: partition,
    },
    Story {
        name: "retain-retain",
        play: |on| retention(on, "Retain", "Retain"),
    },
    Story {
        name: "retain-delete",
        play: |on| retention(on, "Retain", "Delete"),
    },
    Story {
        name: "delete-retain",
        play: |on| retention(on, "Delete", "Retain"),
    },
    Story {
        name: "delete-delete",
        play: |on| retention(on, "Delete", "Delete"),
    },
    Story {
        name: "adoption",
        play: adoption,
    },
    Story {
        name: "min-ready-seconds",
        play: min_ready_seconds,
    },
    Story {
        name: "parallel",
        play: parallel,
    },
    Story {
        name: "start-ordinal",
        play: start_ordinal,
    },
    Story {
        name: "on-delete",
        play: on_delete,
    },
    Story {
        name: "broken-and-mended",
        play: broken_and_mended,
    },
];

/// A set called `web`; `spec` is laid over it.
pub fn set(replicas: u32, spec: &Value) -> Value {
    let labels = json!({"app": "web"});
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "labels": labels},
        "spec": {
            "replicas": replicas, "serviceName": "web", "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {
                "automountServiceAccountToken": false, "terminationGracePeriodSeconds": 1,
                "containers": [{"name": "main", "image": "nginx:1.28"}]}}}});
    if let (Value::Object(all), Value::Object(more)) = (&mut set["spec"], spec) {
        all.extend(more.clone());
    }
    set
}

fn with_claims(more: &Value) -> Value {
    let mut spec = json!({"volumeClaimTemplates": [{
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]});
    if let (Value::Object(all), Value::Object(more)) = (&mut spec, more) {
        all.extend(more.clone());
    }
    spec
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn ordered(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(3, &with_claims(&json!({}))))?;
    on.stable()?;
    on.keep("created")?;
    on.check(
        "Pods come in order",
        on.pods_written()? == words("+web-0 +web-1 +web-2"),
    )?;
    let audit = on.audit()?;
    for (before, after) in [("web-0", "web-1"), ("web-1", "web-2")] {
        on.check(
            &format!("{before} is ready before {after}"),
            is_ready_before(&audit, before, after),
        )?;
    }
    on.kubectl(&["delete", "pod", "web-1"])?;
    on.until("web-1 again", super::stage::is_stable)?;
    on.scale(5)?;
    on.stable()?;
    on.scale(1)?;
    on.stable()?;
    on.keep("scaled down")?;
    let written = on.pods_written()?;
    let expected = words("+web-0 +web-1 +web-2 +web-1 +web-3 +web-4 -web-4 -web-3 -web-2 -web-1");
    on.check("Pods go from the highest ordinal down", written == expected)?;
    on.delete_set("foreground")?;
    on.until("nothing but claims", |objects| {
        objects
            .iter()
            .all(|object| object["kind"] == "PersistentVolumeClaim")
    })?;
    on.quiet()?;
    on.keep("deleted")
}

fn rolling_update(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(3, &json!({"revisionHistoryLimit": 1})))?;
    on.stable()?;
    on.image("nginx:1.29")?;
    on.stable()?;
    on.keep("rolled")?;
    let rolled = "+web-0 +web-1 +web-2 -web-2 +web-2 -web-1 +web-1 -web-0 +web-0";
    on.check(
        "Pods are replaced from the highest ordinal down",
        on.pods_written()? == words(rolled),
    )?;
    on.image("nginx:1.28")?;
    on.stable()?;
    on.keep("rolled back")?;
    on.image("nginx:1.30")?;
    on.stable()?;
    on.keep("history is trimmed")
}

fn partition(on: &mut Stage<'_>) -> Result<(), String> {
    let strategy =
        |partition: u32| json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}});
    on.create(&set(3, &json!({"updateStrategy": strategy(2)})))?;
    on.stable()?;
    on.image("nginx:1.29")?;
    on.stable()?;
    on.keep("held")?;
    on.check(
        "only web-2 is replaced",
        on.pods_written()? == words("+web-0 +web-1 +web-2 -web-2 +web-2"),
    )?;
    on.kubectl(&["delete", "pod", "web-0"])?;
    on.stable()?;
    on.keep("below the partition the old revision comes back")?;
    on.patch(&json!({"spec": {"updateStrategy": strategy(0)}}))?;
    on.stable()?;
    on.keep("let go")
}

fn retention(on: &mut Stage<'_>, scaled: &str, deleted: &str) -> Result<(), String> {
    let policy =
        json!({"persistentVolumeClaimRetentionPolicy": {"whenScaled": scaled, "whenDeleted": deleted}});
    on.create(&set(3, &with_claims(&policy)))?;
    on.stable()?;
    on.keep("created")?;
    on.scale(1)?;
    on.stable()?;
    let left = if scaled == "Delete" { 1 } else { 3 };
    on.until("claims after the scaling", |objects| claims(objects) == left)?;
    on.quiet()?;
    on.keep("scaled down")?;
    on.scale(2)?;
    on.stable()?;
    on.keep("scaled up again")?;
    on.delete_set("background")?;
    let left = match (scaled, deleted) {
        (_, "Delete") if scaled == "Delete" => 0,
        (_, "Delete") => 0,
        ("Delete", _) => 2,
        _ => 3,
    };
    on.until("claims after the deletion", |objects| {
        claims(objects) == left && objects.iter().all(|object| object["kind"] != "Pod")
    })?;
    on.quiet()?;
    on.keep("deleted")
}

fn adoption(on: &mut Stage<'_>) -> Result<(), String> {
    let web = set(2, &with_claims(&json!({})));
    on.create(&web)?;
    on.stable()?;
    let before = uids(&on.objects()?);
    on.delete_set("orphan")?;
    on.until("orphans", |objects| {
        objects.iter().all(|object| object["kind"] != "StatefulSet")
            && objects
                .iter()
                .filter(|object| object["kind"] == "Pod")
                .all(|pod| pod["metadata"].get("ownerReferences").is_none())
    })?;
    on.quiet()?;
    on.keep("orphaned")?;
    on.create(&web)?;
    on.stable()?;
    on.keep("adopted")?;
    on.check("the same Pods", uids(&on.objects()?) == before)?;
    on.check(
        "no Pod is written anew",
        on.pods_written()? == words("+web-0 +web-1"),
    )?;
    on.kubectl(&["label", "pod", "web-1", "app=else", "--overwrite"])?;
    on.until("web-1 released", |objects| {
        objects.iter().any(|object| {
            object["metadata"]["name"] == "web-1" && object["metadata"].get("ownerReferences").is_none()
        })
    })?;
    on.kubectl(&["delete", "pod", "web-1"])?;
    on.stable()?;
    on.keep("released and replaced")
}

fn min_ready_seconds(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(3, &json!({"minReadySeconds": 2})))?;
    on.stable()?;
    on.keep("created")?;
    let audit = on.audit()?;
    for (before, after) in [("web-0", "web-1"), ("web-1", "web-2")] {
        let waited = ready_at(&audit, before).zip(written_at(&audit, &format!("+{after}")));
        // Readiness has whole seconds: 2 s may be 1 s and a bit after the write that says so.
        let is_late = waited.is_some_and(|(ready, created)| created - ready >= 1_000);
        on.check(&format!("{after} comes when {before} is available"), is_late)?;
    }
    on.image("nginx:1.29")?;
    on.stable()?;
    on.keep("rolled")
}

fn parallel(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(6, &json!({"podManagementPolicy": "Parallel"})))?;
    on.stable()?;
    on.keep("created")?;
    let written = on.pods_written()?;
    on.check("all six are created once", {
        let mut sorted = written.clone();
        sorted.sort();
        sorted == words("+web-0 +web-1 +web-2 +web-3 +web-4 +web-5")
    })?;
    let audit = on.audit()?;
    on.check(
        "nobody waits for web-0",
        !is_ready_before(&audit, "web-0", "web-5"),
    )?;
    on.image("nginx:1.29")?;
    on.stable()?;
    on.keep("rolled")?;
    on.scale(2)?;
    on.stable()?;
    on.keep("scaled down")
}

fn start_ordinal(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(2, &json!({"ordinals": {"start": 3}})))?;
    on.stable()?;
    on.keep("created")?;
    on.check(
        "ordinals begin at 3",
        on.pods_written()? == words("+web-3 +web-4"),
    )?;
    on.patch(&json!({"spec": {"ordinals": {"start": 4}}}))?;
    on.stable()?;
    on.keep("moved")?;
    on.check(
        "web-5 comes, then web-3 goes",
        on.pods_written()? == words("+web-3 +web-4 +web-5 -web-3"),
    )
}

fn on_delete(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(2, &json!({"updateStrategy": {"type": "OnDelete"}})))?;
    on.stable()?;
    on.image("nginx:1.29")?;
    on.until("a new revision", |objects| {
        objects.iter().any(|set| {
            set["status"]["updateRevision"].is_string()
                && set["status"]["updateRevision"] != set["status"]["currentRevision"]
        })
    })?;
    on.quiet()?;
    on.keep("nothing happens")?;
    on.check("no Pod is deleted", on.pods_written()? == words("+web-0 +web-1"))?;
    on.kubectl(&["delete", "pod", "web-1"])?;
    on.until("web-1 again", super::stage::is_stable)?;
    on.quiet()?;
    on.keep("one is replaced by hand")
}

/// The rollback trap, and the way out of it (k/k#67250).
fn broken_and_mended(on: &mut Stage<'_>) -> Result<(), String> {
    on.create(&set(2, &json!({})))?;
    on.stable()?;
    on.image("nginx:no-such-tag")?;
    on.until("web-1 without its image", |objects| {
        objects.iter().any(|pod| {
            pod["metadata"]["name"] == "web-1"
                && pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ImagePullBackOff"
        })
    })?;
    on.quiet()?;
    on.keep("broken")?;
    on.image("nginx:1.28")?;
    on.quiet()?;
    on.keep("mended and still stuck")?;
    on.kubectl(&["delete", "pod", "web-1"])?;
    on.stable()?;
    on.keep("unstuck")?;
    let foreign = on.audit()?;
    on.check(
        "the controller wrote something",
        foreign.iter().any(is_of_controller),
    )
}
