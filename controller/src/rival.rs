//! Whether another controller is at work on StatefulSets. Two at a time would each undo and repeat what the other does.
//!
//! Nothing in a cluster says which controllers a kube-controller-manager runs: its Lease is held with and without
//! `statefulset-controller`. So the question is put in earnest: an empty set is created, and whoever writes its status is a
//! controller. Where that is not allowed, the status of the sets that exist must do: managedFields say who wrote it, and when.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use steadfast_core::{Kind, Timestamp};

use crate::api::{Refusal, path};
use crate::log;
use crate::object::{clock, text, uid};
use crate::server::{AGENT, Server};

/// How long the probe waits for somebody to write its status.
const PROBE: Duration = Duration::from_secs(3);
/// A status that was written so recently says that its writer is at work.
const RECENT: Duration = Duration::from_secs(60);

/// Who else is at work, if anybody is seen: a sentence.
///
/// # Errors
/// The server does not answer.
pub async fn rival(server: &Server, namespace: &str, seen: &[Value]) -> Result<Option<String>, Refusal> {
    match probe(server, namespace).await {
        Ok(found) => Ok(found
            .map(|manager| format!("`{manager}` wrote the status of a set that was created as a question"))),
        Err(refusal) if matches!(refusal.code, 403 | 404 | 422) => {
            log::info(
                "no set can be created as a question: the managed fields of those that exist must do",
                json!({"error": refusal.brief()}),
            );
            let now = clock();
            let writers = seen.iter().filter_map(|set| {
                let (manager, at) = status_writer(set)?;
                let is_recent = now.since(at) < RECENT;
                (manager != AGENT && is_recent).then(|| {
                    let key = crate::object::Key::of(set);
                    format!("`{manager}` wrote the status of {key} at {at}")
                })
            });
            Ok(writers.min())
        }
        Err(refusal) => Err(refusal),
    }
}

/// Who wrote the status of a set last, by its managed fields, and when.
pub fn status_writer(set: &Value) -> Option<(&str, Timestamp)> {
    let entries = set.pointer("/metadata/managedFields")?.as_array()?;
    entries
        .iter()
        .filter(|entry| text(entry, "/subresource") == "status")
        .filter_map(|entry| Some((text(entry, "/manager"), Timestamp::parse(text(entry, "/time"))?)))
        .max_by_key(|(_, at)| *at)
}

async fn probe(server: &Server, namespace: &str) -> Result<Option<String>, Refusal> {
    let labels = json!({"app.kubernetes.io/managed-by": AGENT, "app.kubernetes.io/component": "probe"});
    let set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"generateName": "steadfast-probe-", "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": 0, "serviceName": "steadfast-probe", "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "none", "image": "none"}]}}}});
    let list = path(Kind::StatefulSet, Some(namespace), None);
    let created: Value = server
        .ask(Method::POST, &list, Some(("application/json", &set)))
        .await?;
    let place = path(
        Kind::StatefulSet,
        Some(namespace),
        Some(text(&created, "/metadata/name")),
    );
    let mut found = None;
    let steps = 12;
    for _ in 0..steps {
        tokio::time::sleep(PROBE / steps).await;
        let now: Result<Value, Refusal> = server.ask(Method::GET, &place, None).await;
        let Ok(now) = now else { continue };
        if now.pointer("/status/observedGeneration").is_some() {
            let writer = status_writer(&now).map_or("somebody", |(manager, _)| manager);
            found = Some(writer.to_owned());
            break;
        }
    }
    let options = json!({"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": uid(&created)},
        "propagationPolicy": "Background"});
    let deleted: Result<Value, Refusal> = server
        .ask(Method::DELETE, &place, Some(("application/json", &options)))
        .await;
    if let Err(refusal) = deleted {
        log::warn(
            "the set that was a question could not be deleted",
            json!({"set": place, "error": refusal.brief()}),
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_writer_of_a_status_is_known_by_its_managed_fields() {
        let entry = |manager: &str, subresource: &str, time: &str| json!({"manager": manager, "operation": "Update", "subresource": subresource, "time": time});
        let set = json!({"metadata": {"managedFields": [
            entry("kubectl", "", "2026-11-21T00:00:09Z"),
            entry("kube-controller-manager", "status", "2026-11-21T00:00:05Z"),
            entry("steadfast-controller", "status", "2026-11-21T00:00:03Z")]}});
        let (manager, at) = status_writer(&set).unwrap();
        assert_eq!(
            (manager, at.to_string().as_str()),
            ("kube-controller-manager", "2026-11-21T00:00:05Z")
        );
        assert_eq!(status_writer(&json!({"metadata": {}})), None);
    }
}
