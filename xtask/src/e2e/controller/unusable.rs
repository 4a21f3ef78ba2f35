//! Sets that no controller can decide about: one whose selector no API server takes (an older one did, or somebody wrote to etcd), one
//! whose current revision was damaged. Each is told in an Event, its Pods stay as they are, and other sets go on.

use super::stage::{Stage, is_stable};
use super::stories::set;
use crate::record::cluster::Cluster;
use crate::record::process::wait_for;
use serde_json::{Value, json};
use std::time::Duration;

/// Makes both while Steadfast is at work.
///
/// # Errors
/// An Event that does not come, a Pod that is touched, or another set that does not go on.
pub fn story(cluster: &mut Cluster) -> Result<(), String> {
    broken_selector(cluster)?;
    unreadable_revision(cluster)?;
    println!("  a broken selector and an unreadable revision: told, and other sets go on");
    Ok(())
}

fn broken_selector(cluster: &mut Cluster) -> Result<(), String> {
    let namespace = "broken-selector";
    Stage::begin(cluster, namespace)?.create(&set(2, &json!({})))?;
    Stage::of(cluster, namespace).stable()?;
    let mut broken = stored(cluster, namespace, "statefulset")?;
    broken["spec"]["selector"] =
        json!({"matchExpressions": [{"key": "app", "operator": "Is", "values": ["web"]}]});
    broken["spec"]["replicas"] = json!(4);
    broken["metadata"]["generation"] = json!(2);
    let path = format!("/registry/statefulsets/{namespace}/web");
    cluster.server().store(&path, &broken)?;
    let said = r#"the selector cannot be used: web: "Is" is not a valid label selector operator"#;
    told_and_left_alone(cluster, namespace, "SelectorInvalid", said)
}

fn unreadable_revision(cluster: &Cluster) -> Result<(), String> {
    let namespace = "unreadable-revision";
    let stage = Stage::begin(cluster, namespace)?;
    stage.create(&set(2, &json!({})))?;
    stage.stable()?;
    let mut damaged = stored(cluster, namespace, "controllerrevision")?;
    damaged["metadata"]["name"] = json!("web-damaged");
    for field in ["resourceVersion", "uid", "creationTimestamp", "managedFields"] {
        if let Value::Object(metadata) = &mut damaged["metadata"] {
            metadata.remove(field);
        }
    }
    damaged["data"]["spec"]["template"]["spec"]["containers"] = json!("damaged");
    damaged["revision"] = json!(2);
    stage.create(&damaged)?;
    let patch = json!({"status": {"currentRevision": "web-damaged"}}).to_string();
    let line = [
        "patch",
        "statefulset",
        "web",
        "--subresource=status",
        "--type=merge",
        "-p",
        &patch,
    ];
    stage.kubectl(&line)?;
    stage.scale(4)?;
    let said = "a revision cannot be applied: web-damaged: its `data.spec.template.spec.containers`: must be a list, but is a string";
    told_and_left_alone(cluster, namespace, "RevisionUnreadable", said)
}

/// The namespace's object of a kind, as the API server gives it.
fn stored(cluster: &Cluster, namespace: &str, kind: &str) -> Result<Value, String> {
    let text = cluster.kubectl(&[
        "get",
        kind,
        "-n",
        namespace,
        "-o",
        "json",
        "--show-managed-fields",
    ])?;
    let mut list: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl get: {e}"))?;
    match list["items"][0].take() {
        Value::Null => Err(format!("{namespace}: no {kind}")),
        object => Ok(object),
    }
}

/// The Event comes; a set that is made only then becomes stable; the two Pods of the unusable one are as they were.
fn told_and_left_alone(cluster: &Cluster, namespace: &str, reason: &str, said: &str) -> Result<(), String> {
    let events = || -> Result<Vec<String>, String> {
        let text = cluster.kubectl(&["get", "events", "-n", namespace, "-o", "json"])?;
        let events: Value = serde_json::from_str(&text).map_err(|e| format!("kubectl get events: {e}"))?;
        let of_reason = events["items"].as_array().into_iter().flatten();
        Ok(of_reason
            .filter(|event| event["reason"] == reason && event["type"] == "Warning")
            .map(|event| event["message"].as_str().unwrap_or_default().to_owned())
            .collect())
    };
    let mut heard = Vec::new();
    wait_for(&format!("the Event {reason}"), Duration::from_secs(60), || {
        heard = events()?;
        Ok((!heard.is_empty()).then_some(()))
    })?;
    if heard != [said] {
        return Err(format!("{namespace}: the Event says {heard:?}, not {said:?}"));
    }
    let before = pods(cluster, namespace)?;
    let other = Stage::begin(cluster, &format!("{namespace}-beside"))?;
    other.create(&set(3, &json!({})))?;
    other.until("a stable set beside it", is_stable)?;
    let after = pods(cluster, namespace)?;
    match before == after && before.len() == 2 {
        true => Ok(()),
        false => Err(format!(
            "{namespace}: its Pods were {before:?}, and are {after:?}"
        )),
    }
}

/// Names and UIDs of the Pods.
fn pods(cluster: &Cluster, namespace: &str) -> Result<Vec<String>, String> {
    let columns = "jsonpath={range .items[*]}{.metadata.name}/{.metadata.uid}{\"\\n\"}{end}";
    let text = cluster.kubectl(&["get", "pods", "-n", namespace, "-o", columns])?;
    Ok(text.lines().map(str::to_owned).collect())
}
