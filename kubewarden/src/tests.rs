//! The guest's calls, with a host that is a few lines.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::cell::RefCell;

use serde_json::{Value, json};

use super::*;

/// Answers from lists by kind; `None` for what it may not read.
struct Cluster {
    objects: Vec<Value>,
    unreadable: Vec<&'static str>,
    asked: RefCell<Vec<String>>,
}

impl Cluster {
    fn of(objects: Vec<Value>) -> Self {
        Self {
            objects,
            unreadable: Vec::new(),
            asked: RefCell::default(),
        }
    }
}

impl Host for Cluster {
    fn ask(&self, operation: &str, question: &Value) -> Option<Value> {
        let kind = question["kind"].as_str().unwrap();
        self.asked.borrow_mut().push(format!("{operation} {kind}"));
        if self.unreadable.contains(&kind) {
            return None;
        }
        let mut found = self.objects.iter().filter(|object| object["kind"] == kind);
        match operation {
            "get_resource" => found
                .find(|object| object["metadata"]["name"] == question["name"])
                .cloned(),
            _ => Some(json!({"kind": format!("{kind}List"), "items": found.collect::<Vec<_>>()})),
        }
    }
}

fn set(replicas: i64) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "shop", "uid": "u"},
        "spec": {"replicas": replicas, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Retain"},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [
                {"name": "db", "image": "db", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {}}]}})
}

fn cluster() -> Cluster {
    let mut objects = vec![set(3)];
    for n in 0..3 {
        objects.push(json!({"kind": "Pod", "metadata": {"name": format!("db-{n}"), "namespace": "shop"}}));
        objects.push(json!({"kind": "PersistentVolumeClaim", "metadata": {"name": format!("data-db-{n}"), "namespace": "shop"}}));
    }
    Cluster::of(objects)
}

fn call(operation: &str, sub: Option<&str>, object: Value, old: Value, settings: Value) -> Vec<u8> {
    let request = json!({"uid": "r", "operation": operation, "name": "db", "namespace": "shop", "subResource": sub,
        "kind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
        "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"}, "object": object, "oldObject": old});
    json!({"request": request, "settings": settings})
        .to_string()
        .into_bytes()
}

#[test]
fn a_scale_is_refused_with_the_claims_that_would_go() {
    let scale = |replicas: i64| json!({"kind": "Scale", "spec": {"replicas": replicas}});
    let answer = validate(
        &call("UPDATE", Some("scale"), scale(1), scale(3), json!({})),
        &cluster(),
    );
    assert_eq!(
        (answer["accepted"].clone(), answer["code"].clone()),
        (json!(false), json!(403))
    );
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("data-db-1, data-db-2"),
        "{answer}"
    );
    let warned = validate(
        &call(
            "UPDATE",
            Some("scale"),
            scale(1),
            scale(3),
            json!({"policies": {"P1": "warn"}}),
        ),
        &cluster(),
    );
    assert_eq!(warned["accepted"], true);
    assert!(warned["warnings"][0].as_str().unwrap().starts_with("P1: "));
    assert_eq!(warned["audit_annotations"]["violations"], "P1=warn P10=warn");
}

#[test]
fn what_the_host_does_not_say_warns_and_what_no_policy_needs_is_not_asked() {
    let mut blind = cluster();
    blind.unreadable = vec!["PersistentVolumeClaim", "Pod"];
    let answer = validate(&call("UPDATE", None, set(1), set(3), json!({})), &blind);
    assert_eq!(answer["accepted"], true);
    assert!(
        answer["warnings"].to_string().contains("could not be read"),
        "{answer}"
    );
    let cluster = cluster();
    let off = json!({"policies": {"P1": "off", "P2": "off", "P3": "off", "P7": "off", "P8": "off", "P9": "off", "P10": "off"}});
    validate(&call("UPDATE", None, set(1), set(3), off), &cluster);
    assert_eq!(*cluster.asked.borrow(), [""; 0]);
}

#[test]
fn a_missing_service_name_is_filled_in_as_an_object() {
    let mut nameless = set(3);
    nameless["spec"]["serviceName"] = json!("");
    let mut cluster = Cluster::of(vec![]);
    cluster.objects.push(
        json!({"kind": "Service", "metadata": {"name": "db", "namespace": "shop"},
        "spec": {"clusterIP": "None", "selector": {"app": "db"}}}),
    );
    let answer = validate(
        &call(
            "CREATE",
            None,
            nameless.clone(),
            Value::Null,
            json!({"fillServiceName": true}),
        ),
        &cluster,
    );
    assert_eq!(answer["mutated_object"], {
        nameless["spec"]["serviceName"] = json!("db");
        nameless
    });
}

#[test]
fn calls_that_cannot_be_read_are_refused_with_a_reason() {
    for (payload, says) in [
        (&b"{"[..], "not JSON"),
        (b"{}", "request"),
        (b"[]", "request"),
        (br#"{"request": {"uid": 1}}"#, "uid"),
    ] {
        let answer = validate(payload, &cluster());
        assert_eq!(answer["accepted"], false);
        assert_eq!(answer["code"], 400);
        assert!(answer["message"].as_str().unwrap().contains(says), "{answer}");
    }
    let answer = validate(
        &call("DELETE", None, Value::Null, set(3), json!({"kubernetes": "1.2"})),
        &cluster(),
    );
    assert_eq!(answer["code"], 500);
    assert_eq!(validate_settings(b"{\"kubernetes\": 1}")["valid"], false);
    assert_eq!(validate_settings(b"[]")["valid"], false);
    assert_eq!(
        validate_settings(b"{\"kubernetes\": \"1.36\", \"quorum\": \"off\"}")["valid"],
        true
    );
}

#[test]
fn the_metadata_names_the_kinds_that_are_asked_for_and_the_requests_that_are_judged() {
    let metadata: Value = serde_json::from_str(include_str!("../metadata.json")).unwrap();
    let listed = metadata["contextAwareResources"].as_array().unwrap().iter();
    let listed: std::collections::BTreeSet<&str> = listed.map(|one| one["kind"].as_str().unwrap()).collect();
    let cluster = cluster();
    let scale = json!({"kind": "Scale", "spec": {"replicas": 1}});
    for (operation, sub, object, old) in [
        ("CREATE", None, set(3), Value::Null),
        ("UPDATE", None, set(1), set(3)),
        ("DELETE", None, Value::Null, set(3)),
        ("UPDATE", Some("scale"), scale.clone(), scale),
    ] {
        validate(&call(operation, sub, object, old, json!({})), &cluster);
    }
    let asked = cluster.asked.borrow();
    let asked: std::collections::BTreeSet<&str> = asked
        .iter()
        .filter_map(|question| question.split(' ').nth(1))
        .collect();
    assert_eq!(listed, asked);
    assert_eq!(
        metadata["rules"][0]["operations"],
        json!(["CREATE", "UPDATE", "DELETE"])
    );
    assert_eq!(metadata["rules"][1]["resources"], json!(["statefulsets/scale"]));
}
