//! The policies bound as they are shipped: what denies, what warns, and what they never hold up.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::kubectl::Kubectl;

/// What a step must print, on standard output or standard error.
struct Step<'a> {
    does: &'a str,
    arguments: Vec<&'a str>,
    says: &'a str,
}

/// Applies all documents and takes the steps; how many went wrong.
pub fn check(kubectl: &Kubectl, documents: &[Value]) -> Result<usize, String> {
    kubectl.run(&["create", "namespace", "shop"])?;
    for name in ["data", "kept", "going"] {
        kubectl.all("create", &[set(name)], &[])?.must_be_empty()?;
    }
    kubectl
        .all("apply", documents, &["--server-side", "--force-conflicts"])?
        .must_be_empty()?;
    let steps = [
        Step {
            does: "a deletion that deletes claims is denied",
            arguments: vec!["delete", "sts", "data", "--wait=false"],
            says: "denied request: P2: whenDeleted is Delete",
        },
        Step {
            does: "by a dry run too",
            arguments: vec!["delete", "sts", "data", "--dry-run=server"],
            says: "denied request: P2",
        },
        Step {
            does: "by another cascade too",
            arguments: vec!["delete", "sts", "data", "--cascade=foreground", "--wait=false"],
            says: "denied request: P2",
        },
        Step {
            does: "the whole resource too",
            arguments: vec!["delete", "sts", "--all", "--dry-run=server"],
            says: "denied request: P2",
        },
        Step {
            does: "a patch of the retention is denied",
            arguments: vec![
                "patch",
                "sts",
                "data",
                "--type=merge",
                "-p",
                r#"{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}"#,
            ],
            says: "denied request: P3: whenScaled changes from Retain to Delete",
        },
        Step {
            does: "ordinals that move warn",
            arguments: vec![
                "patch",
                "sts",
                "kept",
                "--type=merge",
                "-p",
                r#"{"spec":{"ordinals":{"start":5}}}"#,
            ],
            says: "P4: the ordinals move from 0 to 2 to 5 to 7",
        },
        Step {
            does: "a status is never held up",
            arguments: vec![
                "patch",
                "sts",
                "data",
                "--subresource=status",
                "--type=merge",
                "-p",
                r#"{"status":{"replicas":3}}"#,
            ],
            says: "statefulset.apps/data patched",
        },
        Step {
            does: "the annotation lets a deletion through",
            arguments: vec!["annotate", "sts", "going", "steadfast.dev/allow=P1,P2"],
            says: "annotated",
        },
        Step {
            does: "which waits for a finalizer",
            arguments: vec!["delete", "sts", "going", "--wait=false"],
            says: "deleted",
        },
        Step {
            does: "its annotation goes",
            arguments: vec!["annotate", "sts", "going", "steadfast.dev/allow-"],
            says: "annotated",
        },
        Step {
            does: "what is being deleted is not held up",
            arguments: vec!["delete", "sts", "going", "--wait=false"],
            says: "deleted",
        },
        Step {
            does: "nor is its finalizer",
            arguments: vec![
                "patch",
                "sts",
                "going",
                "--type=merge",
                "-p",
                r#"{"metadata":{"finalizers":null}}"#,
            ],
            says: "patched",
        },
        Step {
            does: "orphaning keeps the claims",
            arguments: vec!["delete", "sts", "data", "--cascade=orphan", "--wait=false"],
            says: "deleted",
        },
    ];
    let mut failed = 0;
    for (at, step) in steps.iter().enumerate() {
        let start = Instant::now();
        let said = loop {
            let said = kubectl.said(&[&["-n", "shop"], &step.arguments[..]].concat())?;
            // Only the first may have to wait until the policies hold.
            if at > 0 || said.contains(step.says) || start.elapsed() > Duration::from_secs(60) {
                break said;
            }
            kubectl.all("apply", &[set("data")], &["--server-side", "--force-conflicts"])?;
        };
        if !said.contains(step.says) {
            failed += 1;
            println!("{}: `{}` is not in `{}`", step.does, step.says, said.trim());
        }
    }
    let unmounted = {
        let mut set = set("unmounted");
        set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = json!([]);
        set
    };
    let long = set(&"x".repeat(55));
    for (object, says) in [
        (unmounted, "P6: no container mounts the claim template data"),
        (
            long,
            "P5: the name has 55 characters: with some templates no Pod can be made",
        ),
    ] {
        let said = kubectl.all("create", &[object], &["--dry-run=server"])?;
        if !said.says(says) {
            failed += 1;
            println!("`{says}` is not said");
        }
    }
    println!(
        "as they are shipped: {} steps, {failed} went wrong",
        steps.len() + 2
    );
    Ok(failed)
}

fn set(name: &str) -> Value {
    let finalizers = match name {
        "going" => json!(["example.com/hold"]),
        _ => json!([]),
    };
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name, "namespace": "shop", "finalizers": finalizers},
        "spec": {"replicas": 3, "serviceName": "db", "selector": {"matchLabels": {"app": name}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain", "whenDeleted": if name == "kept" { "Retain" } else { "Delete" }},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [
                {"name": "db", "image": "db", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}}}]}})
}
