//! What `core::diff` says of Pods is what the forecast of the same change shows.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_core::diff::{Diff, Ordinals, diff};
use steadfast_sim::forecast::{Forecast, ForecastInput, Outcome, forecast};

fn set(replicas: u32, start: u32, image: &str, strategy: Value, when_scaled: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "ordinals": {"start": start}, "updateStrategy": strategy,
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": when_scaled},
            "serviceName": "web", "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "nginx", "image": image, "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]},
            },
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
        },
    })
}

fn rolling(partition: u32) -> Value {
    json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}})
}

fn names(ordinals: impl IntoIterator<Item = Ordinals>) -> Vec<String> {
    let mut all: Vec<u64> = ordinals
        .into_iter()
        .flat_map(|run| run.first..=run.last)
        .collect();
    all.sort_unstable();
    all.into_iter().map(|ordinal| format!("web-{ordinal}")).collect()
}

fn compare(found: &Diff, shown: &Forecast, what: &str) {
    let pods = &found.pods;
    assert_eq!(shown.outcome, Outcome::Stable, "{what}");
    assert_eq!(
        names(pods.restarted),
        shown.pod_names.restarted,
        "restarted: {what}"
    );
    assert_eq!(
        names(pods.created.clone()),
        shown.pod_names.created,
        "created: {what}"
    );
    assert_eq!(
        names(pods.deleted.clone()),
        shown.pod_names.deleted,
        "deleted: {what}"
    );
    assert_eq!(
        names(pods.held),
        names_of_wait(shown, "partition"),
        "held: {what}"
    );
    assert_eq!(
        names(pods.by_hand),
        names_of_wait(shown, "manualDelete"),
        "by hand: {what}"
    );
    assert_eq!(pods.claims_deleted, shown.claims.deleted > 0, "claims: {what}");
    assert_eq!(found.new_revision, shown.revision, "{what}");
}

fn names_of_wait(shown: &Forecast, code: &str) -> Vec<String> {
    let waits = shown.verdict.waits.iter().filter(|wait| wait.code.name() == code);
    waits.flat_map(|wait| wait.pods.clone()).collect()
}

#[test]
fn every_change_of_scale_strategy_and_template_ends_as_the_difference_says() {
    let old = set(3, 0, "nginx:1", rolling(0), "Retain");
    let mut seen = 0;
    for replicas in [0, 1, 3, 5] {
        for start in [0, 2, 4] {
            for strategy in [rolling(0), rolling(1), rolling(9), json!({"type": "OnDelete"})] {
                for (image, when_scaled) in [("nginx:1", "Retain"), ("nginx:2", "Delete")] {
                    let new = set(replicas, start, image, strategy.clone(), when_scaled);
                    let what = format!("{replicas} from {start}, {image}, {strategy}");
                    let found = diff(&old, &new, &Profile::default()).unwrap();
                    assert!(found.allowed, "{what}: {:?}", found.errors);
                    let mut input = ForecastInput::of(vec![new]);
                    input.from = Some(vec![old.clone()]);
                    compare(&found, &forecast(&input).unwrap(), &what);
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 96);
}
