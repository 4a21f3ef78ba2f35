//! What is deployed: the Kustomize base and the Helm chart agree, and allow what the program reads and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use steadfast_core::manifest;
use steadfast_webhook::cache::KINDS;
use steadfast_webhook::config::Config;

fn text(file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(file);
    std::fs::read_to_string(path).unwrap()
}

fn read(text: &str) -> Vec<Value> {
    let documents = manifest::read(text.as_bytes()).unwrap();
    documents.into_iter().map(|document| document.value).collect()
}

fn base() -> Vec<Value> {
    let kustomization = read(&text("base/kustomization.yaml")).remove(0);
    let files = kustomization["resources"].as_array().unwrap().iter();
    files
        .flat_map(|file| read(&text(&format!("base/{}", file.as_str().unwrap()))))
        .collect()
}

/// A template of the chart as with its default values: lines that only steer are taken out, with what stands for a list's items.
fn rendered(file: &str) -> Vec<Value> {
    let lines = text(&format!("chart/templates/{file}"));
    let lines = lines
        .lines()
        .filter(|line| !line.trim_start().starts_with("{{-") && !line.contains("{{ . }}"));
    let text: Vec<String> = lines
        .map(|line| {
            line.replace("{{ .Release.Namespace }}", "steadfast")
                .replace("{{ .Values.failurePolicy }}", "Ignore")
                .replace("{{ .Values.timeoutSeconds }}", "5")
        })
        .collect();
    read(&text.join("\n"))
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let one = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "{kind}");
    one
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn the_role_allows_what_the_caches_read_and_the_own_configurations_and_nothing_else() {
    let objects = base();
    let role = of_kind(&objects, "ClusterRole");
    let mut read = BTreeSet::new();
    for rule in role["rules"].as_array().unwrap() {
        let group = texts(&rule["apiGroups"])[0];
        if group == "admissionregistration.k8s.io" {
            assert_eq!(texts(&rule["verbs"]), ["get", "patch"]);
            assert_eq!(rule["resourceNames"], json!(["steadfast-webhook"]));
            continue;
        }
        assert_eq!(texts(&rule["verbs"]), ["list", "watch"], "{rule}");
        read.extend(
            texts(&rule["resources"])
                .into_iter()
                .map(|plural| (group, plural)),
        );
    }
    let needed: BTreeSet<(&str, &str)> = KINDS.iter().map(|kind| (kind.group(), kind.plural)).collect();
    assert_eq!(read, needed);
    assert_eq!(
        of_kind(&rendered("rbac.yaml"), "ClusterRole")["rules"],
        role["rules"]
    );
}

#[test]
fn scales_are_asked_about_and_the_cluster_cannot_lock_itself_out() {
    let objects = base();
    let base = &of_kind(&objects, "ValidatingWebhookConfiguration")["webhooks"][0];
    let templates = rendered("webhooks.yaml");
    let chart = &of_kind(&templates, "ValidatingWebhookConfiguration")["webhooks"][0];
    for webhook in [base, chart] {
        let rule = &webhook["rules"][0];
        assert_eq!(rule["resources"], json!(["statefulsets", "statefulsets/scale"]));
        assert_eq!(rule["operations"], json!(["CREATE", "UPDATE", "DELETE"]));
        assert_eq!(
            webhook["namespaceSelector"]["matchExpressions"],
            json!([{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system", "steadfast"]}])
        );
        assert_eq!(webhook["matchPolicy"], "Equivalent");
        assert_eq!(webhook["sideEffects"], "None");
    }
    assert_eq!(base, chart);
    // The API server waits longer than the webhook takes at most.
    let config = of_kind(&objects, "ConfigMap")["data"]["config.yaml"]
        .as_str()
        .unwrap();
    let config = Config::parse(config.as_bytes()).unwrap();
    let patience = base["timeoutSeconds"].as_u64().unwrap();
    assert!(config.server.request_timeout.as_secs() < patience);
    assert!(Config::default().server.request_timeout.as_secs() < patience);
    // The values of the chart are the configuration of the base.
    let values = read(&text("chart/values.yaml")).remove(0);
    assert_eq!(
        Config::parse(values["config"].to_string().as_bytes()).unwrap(),
        config
    );
    // Pods live as long as they take to end.
    let pod = &of_kind(&objects, "Deployment")["spec"]["template"]["spec"];
    let grace = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!((config.server.shutdown_delay + config.server.shutdown_timeout).as_secs() < grace);
}

#[test]
fn the_pods_run_as_nobody_and_two_of_them_do() {
    let objects = base();
    let deployment = of_kind(&objects, "Deployment");
    assert_eq!(deployment["spec"]["replicas"], 2);
    assert_eq!(
        of_kind(&objects, "PodDisruptionBudget")["spec"]["minAvailable"],
        1
    );
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0];
    assert_eq!(
        container["securityContext"],
        json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}})
    );
    // Everything selects the same Pods.
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&of_kind(&objects, "Service")["spec"]["selector"], labels);
    assert_eq!(
        &of_kind(&objects, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        labels
    );
    assert_eq!(
        &of_kind(&objects, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        labels
    );
}
