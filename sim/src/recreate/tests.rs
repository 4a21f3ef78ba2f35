//! Sets that are deleted without their Pods and made anew.

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_core::remedy::RiskCode;

use super::*;
use crate::cluster::Cluster;
use crate::settings::Settings;
use crate::store::Resource;

/// Three Pods with a claim each.
fn web() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "namespace": "default"}, "spec": {
        "replicas": 3, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "nginx", "image": "nginx:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
        "volumeClaimTemplates": [template("data", "10Gi")]}})
}

fn template(name: &str, storage: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
        "resources": {"requests": {"storage": storage}}}})
}

/// What a cluster holds in which the set runs and is stable.
fn dump(set: &Value) -> Vec<Value> {
    let mut cluster = Cluster::new(Settings::default(), Profile::default(), crate::scenario::EPOCH);
    cluster.apply(set).unwrap();
    cluster.run_to_rest(Millis(3_600_000));
    let kinds = [
        Resource::StatefulSet,
        Resource::Pod,
        Resource::PersistentVolumeClaim,
        Resource::ControllerRevision,
    ];
    let objects = kinds
        .into_iter()
        .flat_map(|kind| cluster.store().list(kind, None));
    let objects: Vec<Value> = objects.map(|(_, object)| object.whole().clone()).collect();
    // The simulator gives the same UIDs every time, and a real dump has none of them.
    let mut text = serde_json::to_string(&objects).unwrap();
    for object in &objects {
        let uid = object["metadata"]["uid"].as_str().unwrap();
        text = text.replace(&format!("\"{uid}\""), &format!("\"real-{uid}\""));
    }
    serde_json::from_str(&text).unwrap()
}

fn changed(changes: &[(&str, Value)]) -> Value {
    let mut set = web();
    for (pointer, value) in changes {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        set.pointer_mut(parent).unwrap()[field] = value.clone();
    }
    set
}

fn of(changes: &[(&str, Value)]) -> Recreation {
    let mut input = ForecastInput::of(vec![changed(changes)]);
    input.observed = dump(&web());
    recreate(&input).unwrap()
}

fn codes(risks: &[Risk]) -> Vec<RiskCode> {
    risks.iter().map(|risk| risk.code).collect()
}

fn fates(found: &Recreation) -> Vec<(&str, PodFate)> {
    found.pods.iter().map(|pod| (&*pod.name, pod.fate)).collect()
}

#[test]
fn a_manifest_with_the_same_template_adopts_all_and_restarts_nothing() {
    let found = of(&[("/spec/podManagementPolicy", json!("Parallel"))]);
    assert!(found.safe, "{:?}", found.breaks);
    let all = ["web-0", "web-1", "web-2"].map(|name| (name, PodFate::Untouched));
    assert_eq!(fates(&found), all);
    assert!(found.pods.iter().all(|pod| pod.adopted));
    assert_eq!(found.revision.before, found.revision.after);
    assert_eq!(found.revision.adopted.len(), 1);
    assert_eq!(codes(&found.minds), [RiskCode::NoController]);
    assert_eq!(found.outcome, Outcome::Stable);
}

#[test]
fn another_template_restarts_the_pods_from_the_highest_down() {
    let found = of(&[
        ("/spec/podManagementPolicy", json!("Parallel")),
        ("/spec/template/spec/containers/0/image", json!("nginx:2")),
    ]);
    assert!(found.safe, "{:?}", found.breaks);
    assert_eq!(found.restarts, ["web-2", "web-1", "web-0"]);
    assert_eq!(
        codes(&found.minds),
        [RiskCode::NoController, RiskCode::PodsRestart]
    );
    assert_ne!(found.revision.before, found.revision.after);
}

#[test]
fn pods_that_the_new_selector_does_not_match_are_left_and_block_their_names() {
    let labels = json!({"app": "shop"});
    let found = of(&[
        ("/spec/selector/matchLabels", labels.clone()),
        ("/spec/template/metadata/labels", labels),
    ]);
    assert_eq!(
        codes(&found.breaks),
        [RiskCode::PodsNotAdopted, RiskCode::Blocked]
    );
    let message = &found.breaks[0].message;
    assert!(
        message.contains("it has `web` in the label app, and the new selector asks for `shop`"),
        "{message}"
    );
    assert!(found.pods.iter().all(|pod| pod.fate == PodFate::NotAdopted));
}

#[test]
fn a_claim_template_more_wedges_the_pods() {
    let found = of(&[(
        "/spec/volumeClaimTemplates",
        json!([template("data", "10Gi"), template("logs", "1Gi")]),
    )]);
    assert!(
        codes(&found.breaks).contains(&RiskCode::AdoptionWedge),
        "{:?}",
        found.breaks
    );
    assert!(
        found.pods.iter().any(|pod| pod.fate == PodFate::Wedged),
        "{:?}",
        found.pods
    );
}

#[test]
fn claims_of_another_size_or_class_are_kept_as_they_are() {
    let mut larger = template("data", "20Gi");
    larger["spec"]["storageClassName"] = json!("slow");
    let found = of(&[("/spec/volumeClaimTemplates", json!([larger]))]);
    assert!(found.safe, "{:?}", found.breaks);
    assert_eq!(
        codes(&found.minds),
        [RiskCode::NoController, RiskCode::ClaimsKeepFields]
    );
    let claim = &found.claims[0];
    assert_eq!((claim.fate, claim.keeps.len()), (ClaimFate::Kept, 2));
    assert_eq!((&*claim.keeps[0].has, &*claim.keeps[0].asks), ("10Gi", "20Gi"));
    let same = of(&[("/spec/volumeClaimTemplates", json!([template("data", "10240Mi")]))]);
    assert!(
        same.claims.iter().all(|claim| claim.keeps.is_empty()),
        "{:?}",
        same.claims
    );
}

#[test]
fn pods_whose_ordinals_are_gone_are_deleted_and_their_claims_left() {
    let found = of(&[("/spec/replicas", json!(2))]);
    assert_eq!(codes(&found.breaks), [RiskCode::PodsDeleted]);
    assert_eq!(found.pods[2].fate, PodFate::Deleted);
    assert!(found.pods[2].adopted);
    assert_eq!(found.claims[2].fate, ClaimFate::Left);
}

#[test]
fn another_service_leaves_the_pods_under_their_old_names() {
    let found = of(&[("/spec/serviceName", json!("internal"))]);
    assert_eq!(codes(&found.breaks), [RiskCode::OldSubdomain]);
}

#[test]
fn a_set_that_cannot_be_made_breaks_and_one_that_is_not_there_is_an_error() {
    let found = of(&[("/spec/template/spec/restartPolicy", json!("Never"))]);
    assert_eq!(found.breaks[0].code, RiskCode::CreateRefused);
    assert!(
        found.breaks[0].message.contains("restartPolicy"),
        "{:?}",
        found.breaks
    );
    let mut input = ForecastInput::of(vec![changed(&[("/metadata/name", json!("other"))])]);
    input.observed = dump(&web());
    assert!(
        recreate(&input)
            .unwrap_err()
            .to_string()
            .contains("`default/other`")
    );
}

#[test]
fn what_is_stuck_already_is_not_broken_by_it() {
    let mut input = ForecastInput::of(vec![web()]);
    input.observed = dump(&web());
    let pod = input
        .observed
        .iter_mut()
        .find(|object| object["metadata"]["name"] == "web-1")
        .unwrap();
    pod["status"]["conditions"] = json!([{"type": "Ready", "status": "False"}]);
    pod["status"]["containerStatuses"] =
        json!([{"name": "nginx", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]);
    let found = recreate(&input).unwrap();
    assert!(found.safe, "{:?}", found.breaks);
    assert!(
        codes(&found.minds).contains(&RiskCode::StillBlocked),
        "{:?}",
        found.minds
    );
}

#[test]
fn pods_below_the_partition_run_on_and_lose_the_revision_that_they_were_held_at() {
    let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}});
    let found = of(&[
        ("/spec/updateStrategy", strategy),
        ("/spec/template/spec/containers/0/image", json!("nginx:2")),
    ]);
    let fates: Vec<PodFate> = found.pods.iter().map(|pod| pod.fate).collect();
    assert_eq!(fates, [PodFate::Held, PodFate::Held, PodFate::Restarted]);
    assert!(
        codes(&found.minds).contains(&RiskCode::HeldRevisionLost),
        "{:?}",
        found.minds
    );
    let by_hand = of(&[
        ("/spec/updateStrategy", json!({"type": "OnDelete"})),
        ("/spec/template/spec/containers/0/image", json!("nginx:2")),
    ]);
    assert!(by_hand.pods.iter().all(|pod| pod.fate == PodFate::Held));
    assert!(!codes(&by_hand.minds).contains(&RiskCode::HeldRevisionLost));
}
