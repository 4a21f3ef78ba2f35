//! What a policy denies stays denied in every form that an API server can ask it in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod serving;

use serde_json::{Value, json};
use serving::{Webhook, ask, scale, scaling_in, set};

async fn denies(webhook: &Webhook, review: &Value, policy: &str) {
    let response = webhook.review(review).await;
    assert_eq!(
        (&response["uid"], &response["allowed"]),
        (&json!("r-1"), &json!(false)),
        "{review}"
    );
    assert_eq!(
        (&response["status"]["code"], &response["status"]["reason"]),
        (&json!(403), &json!("Forbidden"))
    );
    let message = response["status"]["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("{policy}: ")), "{message}");
    assert_eq!(
        response.get("patch"),
        None,
        "an API server refuses a patch of a validating webhook"
    );
}

#[tokio::test]
async fn a_denied_change_is_denied_in_every_disguise() {
    let webhook = Webhook::start("").await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut review = scaling_in();
        change(&mut review["request"]);
        review
    };
    let kind = |version: &str| json!({"group": "apps", "version": version, "kind": "StatefulSet"});
    // A replacement, and what a patch of each kind comes to: the API server shows the object as it would be stored.
    denies(&webhook, &scaling_in(), "P1").await;
    for options in [
        json!({"kind": "PatchOptions", "apiVersion": "meta.k8s.io/v1", "fieldManager": "kubectl-patch"}),
        json!({"kind": "PatchOptions", "apiVersion": "meta.k8s.io/v1", "fieldManager": "apply", "force": true}),
    ] {
        let review = changed(&|request| {
            request["options"] = options.clone();
            request["object"]["metadata"]["managedFields"] = json!([{"manager": "apply", "operation": "Apply", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]);
        });
        denies(&webhook, &review, "P1").await;
    }
    // `/scale`, by `kubectl scale` and by an autoscaler of another API version; no number is 0.
    denies(&webhook, &ask("UPDATE", "scale", scale(1), scale(3)), "P1").await;
    let mut beta = scale(1);
    beta["apiVersion"] = json!("apps/v1beta2");
    denies(&webhook, &ask("UPDATE", "scale", beta, scale(3)), "P1").await;
    denies(
        &webhook,
        &ask("UPDATE", "scale", json!({"kind": "Scale", "spec": {}}), scale(3)),
        "P1",
    )
    .await;
    // Another spelling of the version, in the object or of the resource.
    for version in ["v1beta1", "v1beta2", "v9", ""] {
        let review = changed(&|request| {
            request["resource"]["version"] = json!(version);
            request["kind"] = kind(version);
            request["object"]["apiVersion"] = json!(format!("apps/{version}"));
        });
        denies(&webhook, &review, "P1").await;
    }
    // A dry run is judged as the change itself.
    denies(
        &webhook,
        &changed(&|request| request["dryRun"] = json!(true)),
        "P1",
    )
    .await;
    // Names of fields in other letters are other fields: they say nothing of replicas.
    let review = changed(&|request| {
        request["object"]["spec"]["Replicas"] = json!(3);
        request["object"]["SPEC"] = json!({"replicas": 3});
    });
    denies(&webhook, &review, "P1").await;
    // Who asks makes no difference, but for the cluster's own cleaners, and those only where they delete.
    let cleaner = "system:serviceaccount:kube-system:generic-garbage-collector";
    for user in ["system:admin", cleaner] {
        denies(
            &webhook,
            &changed(&|request| request["userInfo"]["username"] = json!(user)),
            "P1",
        )
        .await;
    }
    let upper = cleaner.to_uppercase();
    let mut review = ask("DELETE", "", Value::Null, set(3));
    review["request"]["userInfo"]["username"] = json!(upper);
    denies(&webhook, &review, "P2").await;
    // Annotations that are not the annotation.
    for (key, value) in [
        ("steadfast.dev/Allow", "P1"),
        ("Steadfast.dev/allow", "P1"),
        ("steadfast.dev/allow", "p1"),
        ("steadfast.dev/allow", "P2"),
        ("steadfast.dev/allow", "*"),
    ] {
        let review = changed(&|request| request["object"]["metadata"]["annotations"] = json!({key: value}));
        denies(&webhook, &review, "P1").await;
    }
    // For `/scale` the annotation on the Scale is nobody's.
    let mut annotated = scale(1);
    annotated["metadata"]["annotations"] = json!({"steadfast.dev/allow": "P1"});
    denies(&webhook, &ask("UPDATE", "scale", annotated, scale(3)), "P1").await;
}

#[tokio::test]
async fn a_deletion_is_denied_under_every_propagation_policy_that_takes_the_claims() {
    let webhook = Webhook::start("").await;
    for (policy, is_denied) in [
        ("Foreground", true),
        ("Background", true),
        ("", true),
        ("foreground", true),
        ("orphan", true),
        ("Orphan", false),
    ] {
        let mut review = ask("DELETE", "", Value::Null, set(3));
        review["request"]["options"] = json!({"kind": "DeleteOptions", "propagationPolicy": policy});
        if is_denied {
            denies(&webhook, &review, "P2").await;
        } else {
            assert_eq!(webhook.review(&review).await["allowed"], true, "{policy}");
        }
    }
    let mut annotated = set(3);
    annotated["metadata"]["annotations"] = json!({"steadfast.dev/allow": "P2"});
    let response = webhook.review(&ask("DELETE", "", Value::Null, annotated)).await;
    assert_eq!(response["allowed"], true);
    assert_eq!(response["auditAnnotations"]["allowed"], "P2");
}

#[tokio::test]
async fn a_name_that_is_yet_to_be_made_hides_nothing() {
    let webhook = Webhook::start("policies: {P5: deny, P6: deny, P9: deny}").await;
    let mut new = set(3);
    new["metadata"] = json!({"generateName": "d".repeat(60), "namespace": "shop"});
    let mut review = ask("CREATE", "", new.clone(), Value::Null);
    review["request"]["name"] = json!("");
    denies(&webhook, &review, "P5").await;
    new["metadata"]["generateName"] = json!("db-");
    new["spec"]["serviceName"] = json!("DB");
    review["request"]["object"] = new;
    denies(&webhook, &review, "P9").await;
}

#[tokio::test]
async fn excluded_namespaces_and_modes_are_as_the_settings_say() {
    let webhook = Webhook::start("namespaces: {exclude: [sh*]}").await;
    assert_eq!(webhook.review(&scaling_in()).await["allowed"], true);
    let webhook = Webhook::start("policies: {P1: warn, P10: 'off'}").await;
    let response = webhook.review(&scaling_in()).await;
    assert_eq!(response["allowed"], true);
    assert!(
        response["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("P1: whenScaled is Delete")
    );
    assert_eq!(response["auditAnnotations"]["violations"], "P1=warn");
}

#[tokio::test]
async fn before_the_cache_has_listed_policies_warn_and_the_server_is_not_ready() {
    let webhook = Webhook::unlisted("").await;
    let (code, why) = webhook.read("/readyz").await;
    assert_eq!(code, 503);
    assert!(
        why.contains("persistentvolumeclaims") && why.contains("statefulsets"),
        "{why}"
    );
    assert_eq!(webhook.read("/healthz").await.0, 200);
    let response = webhook.review(&scaling_in()).await;
    assert_eq!(response["allowed"], true);
    assert!(
        response["warnings"].to_string().contains("could not be read"),
        "{response}"
    );
    let response = webhook.review(&ask("UPDATE", "scale", scale(1), scale(3))).await;
    assert_eq!(response["allowed"], true);
    assert!(
        response["warnings"]
            .to_string()
            .contains("is not judged: the set could not be read")
    );
    webhook.fill();
    assert_eq!(webhook.read("/readyz").await.0, 200);
    denies(&webhook, &scaling_in(), "P1").await;
}

#[tokio::test]
async fn mutate_fills_in_a_service_name_and_judges_nothing() {
    let webhook = Webhook::start("fillServiceName: true").await;
    let mut nameless = set(3);
    nameless["spec"]["serviceName"] = json!("");
    let create = ask("CREATE", "", nameless, Value::Null);
    let (code, answer) = webhook.post("/mutate", create.to_string()).await;
    let response = &answer["response"];
    assert_eq!(
        (code, &response["allowed"], &response["patchType"]),
        (200, &json!(true), &json!("JSONPatch"))
    );
    // [{"op":"add","path":"/spec/serviceName","value":"db"}]
    let patch = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL3NwZWMvc2VydmljZU5hbWUiLCJ2YWx1ZSI6ImRiIn1d";
    assert_eq!(response["patch"], patch);
    assert_eq!(webhook.review(&create).await.get("patch"), None);
    let (_, answer) = webhook.post("/mutate", scaling_in().to_string()).await;
    assert_eq!(answer["response"], json!({"uid": "r-1", "allowed": true}));
    // Off unless the settings say so.
    let webhook = Webhook::start("").await;
    let (_, answer) = webhook.post("/mutate", create.to_string()).await;
    assert_eq!(answer["response"], json!({"uid": "r-1", "allowed": true}));
}

#[tokio::test]
async fn metrics_and_logs_say_what_was_decided_and_nothing_of_the_objects() {
    let webhook = Webhook::start("").await;
    denies(&webhook, &scaling_in(), "P1").await;
    let mut dry = ask("DELETE", "", Value::Null, set(3));
    dry["request"]["dryRun"] = json!(true);
    denies(&webhook, &dry, "P2").await;
    webhook.post("/validate", "{").await;
    let (_, page) = webhook.read("/metrics").await;
    for line in [
        r#"steadfast_webhook_requests_total{operation="UPDATE",subresource="",allowed="false",path="validate"} 1"#,
        r#"steadfast_webhook_requests_total{operation="DELETE",subresource="",allowed="false",path="validate"} 1"#,
        r#"steadfast_webhook_policy_decisions_total{policy="P1",decision="deny"} 1"#,
        r#"steadfast_webhook_refused_total{code="400"} 1"#,
        r#"steadfast_webhook_review_duration_seconds_bucket{le="+Inf"} 2"#,
        "steadfast_webhook_review_duration_seconds_count 2",
        r#"steadfast_webhook_cache_objects{resource="pods"} 3"#,
        r#"steadfast_webhook_cache_synced{resource="jobs"} 1"#,
    ] {
        assert!(page.lines().any(|one| one == line), "{line} is not in\n{page}");
    }
    let expiry = page
        .lines()
        .find_map(|line| line.strip_prefix("steadfast_webhook_certificate_expiry_timestamp_seconds "));
    assert!(expiry.unwrap().parse::<i64>().unwrap() > 1_700_000_000);
    // Every line is a comment, or a name with a number.
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(
            name.starts_with("steadfast_webhook_") && value.parse::<f64>().is_ok(),
            "{line}"
        );
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let text = webhook.written.text();
    assert!(!text.contains("hunter2") && !text.contains("PASSWORD"), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{text}");
    let first = &lines[0];
    for (field, value) in [
        ("uid", json!("r-1")),
        ("namespace", json!("shop")),
        ("name", json!("db")),
        ("operation", json!("UPDATE")),
        ("decision", json!("denied")),
        ("policies", json!("P1=deny P10=warn")),
        ("level", json!("info")),
    ] {
        assert_eq!(first[field], value, "{first}");
    }
    assert!(first["micros"].is_u64() && first["time"].is_string());
    assert_eq!(lines[1]["dryRun"], true);
}
