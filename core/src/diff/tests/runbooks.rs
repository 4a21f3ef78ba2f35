//! What is proposed in place of a change that is not allowed. `sim::verify` plays these.

use serde_json::{Value, json};

use super::super::{Advice, RiskCode, Runbook, runbook};
use super::{at, web, with};
use crate::Profile;
use crate::remedy::Remedy;

const STORAGE: &str = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";

fn of(old: &Value, new: &Value) -> Option<Runbook> {
    runbook(old, new, "web.yaml", &Profile::default()).unwrap()
}

fn for_changes(changes: &[(&str, Value)]) -> Runbook {
    of(&web(), &with(changes)).unwrap()
}

fn codes(runbook: &Runbook) -> Vec<RiskCode> {
    runbook.risks.iter().map(|risk| risk.code).collect()
}

fn commands(runbook: &Runbook) -> Vec<&str> {
    runbook
        .steps
        .iter()
        .flat_map(|step| &step.commands)
        .map(String::as_str)
        .collect()
}

#[test]
fn what_is_allowed_or_merely_invalid_needs_none() {
    assert_eq!(of(&web(), &web()), None);
    assert_eq!(of(&web(), &with(&[(&at("image"), json!("nginx:2"))])), None);
    assert_eq!(of(&web(), &with(&[("/spec/replicas", json!(-1))])), None);
    assert_eq!(of(&web(), &with(&[(STORAGE, json!("10240Mi"))])), None);
}

#[test]
fn larger_claims_are_resized_before_the_set_is_made_anew() {
    let found = for_changes(&[(STORAGE, json!("20Gi"))]);
    assert_eq!(found.advice, Advice::Recommended);
    assert_eq!(
        commands(&found),
        [
            "class=$(kubectl get pvc data-web-0 -o jsonpath='{.spec.storageClassName}')",
            "kubectl get storageclass \"$class\" -o jsonpath='{.allowVolumeExpansion}'",
            "kubectl patch storageclass \"$class\" -p '{\"allowVolumeExpansion\": true}'",
            "kubectl patch pvc data-web-0 -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"20Gi\"}}}}'",
            "kubectl patch pvc data-web-1 -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"20Gi\"}}}}'",
            "kubectl patch pvc data-web-2 -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"20Gi\"}}}}'",
            "kubectl delete statefulset web --cascade=orphan",
            "kubectl apply -f web.yaml",
        ]
    );
    assert_eq!(
        codes(&found),
        [RiskCode::VolumesMayNotGrow, RiskCode::NoController]
    );
}

#[test]
fn claims_of_the_old_ordinals_and_class_are_resized_whatever_the_new_set_says() {
    let old = with(&[
        (
            "/spec/volumeClaimTemplates/0/spec/storageClassName",
            json!("slow"),
        ),
        ("/spec/ordinals", json!({"start": 4})),
    ]);
    let new = with(&[
        (
            "/spec/volumeClaimTemplates/0/spec/storageClassName",
            json!("fast"),
        ),
        (STORAGE, json!("20Gi")),
        ("/spec/replicas", json!(9)),
    ]);
    let found = of(&old, &new).unwrap();
    assert_eq!(found.advice, Advice::Partial);
    assert_eq!(
        codes(&found),
        [
            RiskCode::VolumesMayNotGrow,
            RiskCode::NoController,
            RiskCode::ClaimsKeepFields
        ]
    );
    let remedies: Vec<&Remedy> = found.steps.iter().map(|step| &step.remedy).collect();
    assert_eq!(
        remedies[..2],
        [
            &Remedy::AllowVolumeExpansion {
                storage_class: Some("slow".into()),
                claim: "data-web-4".into()
            },
            &Remedy::ResizeClaims {
                template: "data".into(),
                storage: "20Gi".into(),
                start: 4,
                replicas: 3
            },
        ]
    );
}

#[test]
fn claims_that_cannot_become_what_is_asked_for_are_told() {
    let smaller = for_changes(&[(STORAGE, json!("5Gi"))]);
    assert_eq!(
        (smaller.advice, codes(&smaller)[1]),
        (Advice::Partial, RiskCode::ClaimsCannotShrink)
    );
    assert_eq!(
        commands(&smaller),
        [
            "kubectl delete statefulset web --cascade=orphan",
            "kubectl apply -f web.yaml"
        ]
    );
    let other = for_changes(&[
        (
            "/spec/volumeClaimTemplates/0/spec/storageClassName",
            json!("fast"),
        ),
        ("/spec/volumeClaimTemplates/0/metadata/labels", json!({"a": "b"})),
    ]);
    assert_eq!(other.advice, Advice::Partial);
    let message = &other.risks[1].message;
    assert!(message.contains("storageClassName, labels"), "{message}");
}

#[test]
fn a_selector_that_does_not_match_the_pods_gets_no_steps() {
    let new = with(&[
        ("/spec/selector", json!({"matchLabels": {"app": "other"}})),
        ("/spec/template/metadata/labels", json!({"app": "other"})),
    ]);
    let found = of(&web(), &new).unwrap();
    assert_eq!(
        (found.advice, codes(&found)),
        (Advice::Harmful, vec![RiskCode::PodsNotAdopted])
    );
    assert!(found.steps.is_empty());
    assert_eq!(found.avoid, [Remedy::OrphanPods {}, Remedy::Apply {}]);
}

#[test]
fn a_selector_that_still_matches_the_pods_is_changed_like_other_fields() {
    let labels = (
        "/spec/template/metadata/labels",
        json!({"app": "web", "tier": "front"}),
    );
    let old = with(std::slice::from_ref(&labels));
    let new = with(&[
        labels,
        ("/spec/selector", json!({"matchLabels": {"tier": "front"}})),
    ]);
    let found = of(&old, &new).unwrap();
    assert_eq!((found.advice, found.steps.len()), (Advice::Recommended, 2));
}

#[test]
fn another_service_needs_pods_that_are_made_anew() {
    let service = ("/spec/serviceName", json!("web2"));
    let found = for_changes(std::slice::from_ref(&service));
    assert_eq!(
        codes(&found),
        [
            RiskCode::NoController,
            RiskCode::OldSubdomain,
            RiskCode::PodsRestart
        ]
    );
    assert_eq!(
        commands(&found)[2..],
        [
            "kubectl rollout restart statefulset/web",
            "kubectl rollout status statefulset/web"
        ]
    );
    // A new template restarts them anyway; a partition or OnDelete would keep a restart from reaching all.
    let rolled = for_changes(&[service.clone(), (&at("image"), json!("nginx:2"))]);
    assert_eq!(rolled.steps.len(), 2);
    let by_hand = for_changes(&[service, ("/spec/updateStrategy", json!({"type": "OnDelete"}))]);
    assert_eq!(
        by_hand.steps[2].remedy,
        Remedy::RecreatePods {
            start: 0,
            replicas: 3
        }
    );
}

#[test]
fn another_claim_template_wedges_the_pods_that_run() {
    let mount = (
        at("volumeMounts"),
        json!([{"name": "store", "mountPath": "/data"}]),
    );
    let renamed = for_changes(&[
        (&mount.0, mount.1),
        ("/spec/volumeClaimTemplates/0/metadata/name", json!("store")),
    ]);
    assert_eq!(renamed.advice, Advice::Harmful);
    assert_eq!(
        codes(&renamed),
        [RiskCode::DataLeftBehind, RiskCode::AdoptionWedge]
    );
    let mut new = web();
    let template = json!({"metadata": {"name": "logs"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    new["spec"]["volumeClaimTemplates"]
        .as_array_mut()
        .unwrap()
        .push(template);
    let added = of(&web(), &new).unwrap();
    assert_eq!(added.advice, Advice::Recommended);
    assert_eq!(
        added.steps[2].remedy,
        Remedy::RecreatePods {
            start: 0,
            replicas: 3
        }
    );
    let removed = of(&new, &web()).unwrap();
    assert_eq!(
        (removed.advice, codes(&removed)[1]),
        (Advice::Recommended, RiskCode::ClaimsLeft)
    );
}

#[test]
fn nothing_is_deleted_where_the_new_set_could_not_be_created() {
    // An update does not look at the name of a Service that is stored; a creation does.
    let found = for_changes(&[("/spec/serviceName", json!("Web_2"))]);
    assert_eq!(
        (found.advice, codes(&found)[0]),
        (Advice::Harmful, RiskCode::CreateRefused)
    );
    assert!(
        found.steps.is_empty() && found.risks[0].message.contains("spec.serviceName"),
        "{found:?}"
    );
}

#[test]
fn commands_name_the_namespace_of_the_set() {
    let (old, new) = (
        with(&[("/metadata/namespace", json!("shop"))]),
        with(&[
            ("/metadata/namespace", json!("shop")),
            ("/spec/podManagementPolicy", json!("Parallel")),
        ]),
    );
    let found = of(&old, &new).unwrap();
    assert_eq!(
        commands(&found),
        [
            "kubectl delete -n shop statefulset web --cascade=orphan",
            "kubectl apply -n shop -f web.yaml"
        ]
    );
}

#[test]
fn what_the_manifest_does_not_say_is_lost_with_the_old_set() {
    // An autoscaler's replicas, and the mark of a restart.
    let old = with(&[
        ("/spec/replicas", json!(5)),
        (
            "/spec/template/metadata/annotations",
            json!({"kubectl.kubernetes.io/restartedAt": "now"}),
        ),
    ]);
    let new = with(&[
        ("/spec/replicas", Value::Null),
        ("/spec/podManagementPolicy", json!("Parallel")),
    ]);
    let found = of(&old, &new).unwrap();
    assert_eq!(
        codes(&found),
        [
            RiskCode::NoController,
            RiskCode::PodsDeleted,
            RiskCode::PodsRestart
        ]
    );
}
