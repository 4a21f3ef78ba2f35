//! The runbooks of `core::diff`, played; and remedies that begin with a dump.

use serde_json::{Value, json};
use steadfast_core::diff::{Advice, Runbook, runbook};
use steadfast_core::remedy::{Remedy, RiskCode};
use steadfast_core::{Profile, manifest};

use super::*;
use crate::forecast::State;
use crate::settings::Settings;

/// Three Pods, each with a claim of 10Gi.
fn web() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": 3, "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "nginx", "image": "nginx:1",
                    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                }]},
            },
            "volumeClaimTemplates": [claims("data", "10Gi")],
        },
    })
}

fn claims(name: &str, storage: &str) -> Value {
    json!({"metadata": {"name": name}, "spec": {
        "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
        "resources": {"requests": {"storage": storage}}}})
}

/// The set with other values in its spec.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut set = web();
    for (field, value) in changes {
        *set.pointer_mut("/spec").unwrap().pointer_mut(field).unwrap() = value.clone();
    }
    set
}

fn larger() -> Value {
    with(&[("/volumeClaimTemplates/0", claims("data", "20Gi"))])
}

fn class(allows: bool) -> Value {
    json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
        "provisioner": "disks.example.org", "allowVolumeExpansion": allows})
}

fn input(old: Value, new: Value, others: &[Value]) -> ForecastInput {
    let mut from = others.to_vec();
    from.push(old);
    let mut input = ForecastInput::of(vec![new]);
    input.from = Some(from);
    input
}

/// The runbook of a change, and what comes of it.
fn played(old: &Value, new: &Value) -> (Runbook, Verification) {
    let found = runbook(old, new, "web.yaml", &Profile::default())
        .unwrap()
        .unwrap();
    let verification = verify(&input(old.clone(), new.clone(), &[]), &found.remedies()).unwrap();
    (found, verification)
}

fn seen(verification: &Verification) -> Vec<RiskCode> {
    verification.risks.iter().map(|risk| risk.code).collect()
}

/// How many Pods were created, deleted, restarted and left alone.
fn pods(verification: &Verification) -> [usize; 4] {
    let pods = verification.forecast.pods;
    [pods.created, pods.deleted, pods.restarted, pods.untouched]
}

fn resize(storage: &str) -> Remedy {
    Remedy::ResizeClaims {
        template: "data".into(),
        storage: storage.into(),
        start: 0,
        replicas: 3,
    }
}

#[test]
fn larger_claims_grow_without_a_restart() {
    let (found, played) = played(&web(), &larger());
    assert_eq!(
        (found.advice, played.outcome),
        (Advice::Recommended, Outcome::Stable)
    );
    assert_eq!(played.forecast.verdict.state, State::Stable);
    assert_eq!(pods(&played), [0, 0, 0, 3]);
    assert_eq!(
        (played.forecast.min_available, played.forecast.claims.kept),
        (Some(3), 3)
    );
    let resized: Vec<String> = played
        .resized
        .iter()
        .map(|claim| format!("{} {} {}", claim.name, claim.from, claim.to))
        .collect();
    assert_eq!(
        resized,
        [
            "data-web-0 10Gi 20Gi",
            "data-web-1 10Gi 20Gi",
            "data-web-2 10Gi 20Gi"
        ]
    );
    assert_eq!((seen(&played), played.played.len()), (vec![], 4));
    // The pause of a person, and a call of the controller that adopts the revision.
    assert_eq!(played.uncontrolled_seconds, Some(5.005));
    let assumed = &played.forecast.assumed;
    assert!(
        assumed
            .iter()
            .any(|text| text == "storage class `fast` and its driver let volumes grow"),
        "{assumed:?}"
    );
}

#[test]
fn a_class_that_lets_nothing_grow_is_made_to_or_refuses() {
    let from = input(web(), larger(), &[class(false)]);
    let refused = verify(&from, &[resize("20Gi"), Remedy::OrphanPods {}]).unwrap();
    assert_eq!((refused.outcome, refused.played.len()), (Outcome::Blocked, 1));
    let error = refused.played[0].error.as_deref().unwrap();
    assert_eq!(
        error,
        "persistentvolumeclaims \"data-web-0\" is forbidden: only dynamically provisioned pvc can be resized and the \
         storageclass that provisions the pvc must support resize"
    );
    // The set stands as before: nothing was deleted after the refusal.
    assert_eq!((pods(&refused), refused.resized.len()), ([0, 0, 0, 3], 0));
    let allow = Remedy::AllowVolumeExpansion {
        storage_class: None,
        claim: "data-web-0".into(),
    };
    let grown = verify(&from, &[allow, resize("20Gi")]).unwrap();
    assert_eq!((grown.outcome, grown.resized.len()), (Outcome::Stable, 3));
}

#[test]
fn claims_do_not_shrink() {
    let refused = verify(&input(web(), web(), &[class(true)]), &[resize("5Gi")]).unwrap();
    let error = refused.played[0].error.as_deref().unwrap();
    assert!(
        error.ends_with(
            "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"
        ),
        "{error}"
    );
    let (found, kept) = played(
        &web(),
        &with(&[("/volumeClaimTemplates/0", claims("data", "5Gi"))]),
    );
    assert_eq!(
        (found.advice, kept.outcome, kept.resized.len()),
        (Advice::Partial, Outcome::Stable, 0)
    );
}

#[test]
fn a_class_or_claim_that_is_not_there_is_told_before_anything_is_deleted() {
    let mut from = input(web(), larger(), &[]);
    from.settings =
        Settings::parse(&json!({"storageClasses": [{"name": "fast"}, {"name": "gone", "exists": false}]}))
            .unwrap();
    let allow = |class: &str, claim: &str| Remedy::AllowVolumeExpansion {
        storage_class: Some(class.into()),
        claim: claim.into(),
    };
    for (remedy, expected) in [
        (
            allow("gone", "data-web-0"),
            "storageclasses.storage.k8s.io \"gone\" not found",
        ),
        (
            allow("fast", "data-web-9"),
            "persistentvolumeclaims \"data-web-9\" not found",
        ),
    ] {
        let found = verify(&from, &[remedy, Remedy::OrphanPods {}]).unwrap();
        assert_eq!(found.played[0].error.as_deref(), Some(expected));
        assert_eq!((found.played.len(), found.outcome), (1, Outcome::Blocked));
    }
}

#[test]
fn another_policy_restarts_nothing() {
    let new = json!("Parallel");
    let mut changed = web();
    changed["spec"]["podManagementPolicy"] = new;
    let (found, played) = played(&web(), &changed);
    assert_eq!(
        (found.advice, played.outcome),
        (Advice::Recommended, Outcome::Stable)
    );
    assert_eq!((pods(&played), seen(&played)), ([0, 0, 0, 3], vec![]));
}

#[test]
fn another_service_reaches_pods_only_once_they_are_made_anew() {
    let new = with(&[("/serviceName", json!("web2"))]);
    let (_, restarted) = played(&web(), &new);
    assert_eq!(
        (restarted.outcome, pods(&restarted)),
        (Outcome::Stable, [0, 0, 3, 0])
    );
    assert_eq!(
        (seen(&restarted), restarted.forecast.min_available),
        (vec![], Some(2))
    );
    let without = verify(
        &input(web(), new.clone(), &[]),
        &[Remedy::OrphanPods {}, Remedy::Apply {}],
    )
    .unwrap();
    assert_eq!((without.outcome, pods(&without)), (Outcome::Stable, [0, 0, 0, 3]));
    assert_eq!(seen(&without), [RiskCode::OldSubdomain]);
    // Where a restart does not reach every Pod, they are deleted one by one.
    let mut by_hand = new;
    by_hand["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
    let (_, recreated) = played(&web(), &by_hand);
    assert_eq!(
        (recreated.outcome, pods(&recreated), seen(&recreated)),
        (Outcome::Stable, [0, 0, 3, 0], vec![])
    );
    assert_eq!(recreated.forecast.min_available, Some(2));
}

#[test]
fn a_new_template_restarts_pods_once_they_are_adopted() {
    let new = with(&[
        ("/serviceName", json!("web2")),
        ("/template/spec/containers/0/image", json!("nginx:2")),
    ]);
    let (found, played) = played(&web(), &new);
    assert_eq!((found.steps.len(), played.outcome), (2, Outcome::Stable));
    assert_eq!((pods(&played), seen(&played)), ([0, 0, 3, 0], vec![]));
}

#[test]
fn another_selector_leaves_the_pods_behind_and_is_not_recommended() {
    let new = with(&[
        ("/selector/matchLabels/app", json!("other")),
        ("/template/metadata/labels/app", json!("other")),
    ]);
    let (found, played) = played(&web(), &new);
    assert_eq!((found.advice, found.steps.len()), (Advice::Harmful, 0));
    assert_eq!(played.outcome, Outcome::Blocked);
    assert_eq!(
        (pods(&played), seen(&played)),
        ([0, 0, 0, 3], vec![RiskCode::PodsNotAdopted])
    );
    let blocker = &played.forecast.verdict.blockers[0];
    assert_eq!((blocker.kind, &*blocker.name), ("Pod", "web-0"));
}

#[test]
fn another_claim_name_wedges_the_set_and_is_not_recommended() {
    let new = with(&[
        ("/volumeClaimTemplates/0", claims("store", "10Gi")),
        ("/template/spec/containers/0/volumeMounts/0/name", json!("store")),
    ]);
    let (found, played) = played(&web(), &new);
    assert_eq!((found.advice, found.steps.len()), (Advice::Harmful, 0));
    assert_eq!(
        (played.outcome, seen(&played)),
        (Outcome::Blocked, vec![RiskCode::AdoptionWedge])
    );
    // Who deletes the Pods gets on, and without the data.
    let on = [
        Remedy::OrphanPods {},
        Remedy::Apply {},
        Remedy::RecreatePods {
            start: 0,
            replicas: 3,
        },
    ];
    let on = verify(&input(web(), new, &[]), &on).unwrap();
    assert_eq!((on.outcome, pods(&on)), (Outcome::Stable, [0, 0, 3, 0]));
    assert_eq!(seen(&on), [RiskCode::AdoptionWedge, RiskCode::DataLeftBehind]);
    assert_eq!((on.forecast.claims.created, on.forecast.claims.kept), (3, 3));
}

#[test]
fn an_added_claim_template_needs_pods_that_are_made_anew() {
    let mut new = web();
    new["spec"]["volumeClaimTemplates"]
        .as_array_mut()
        .unwrap()
        .push(claims("logs", "1Gi"));
    let (found, played) = played(&web(), &new);
    assert_eq!(
        (found.advice, played.outcome),
        (Advice::Recommended, Outcome::Stable)
    );
    assert_eq!((pods(&played), played.forecast.claims.created), ([0, 0, 3, 0], 3));
    assert_eq!(
        (seen(&played), played.forecast.min_available),
        (vec![RiskCode::AdoptionWedge], Some(2))
    );
    let (_, removed) = self::played(&new, &web());
    assert_eq!((removed.outcome, pods(&removed)), (Outcome::Stable, [0, 0, 0, 3]));
}

#[test]
fn claims_survive_an_orphaned_set_although_they_would_be_deleted_with_it() {
    let retention = json!({"whenDeleted": "Delete", "whenScaled": "Retain"});
    let (mut old, mut new) = (web(), larger());
    for set in [&mut old, &mut new] {
        set["spec"]["persistentVolumeClaimRetentionPolicy"] = retention.clone();
    }
    let (_, played) = played(&old, &new);
    assert_eq!(
        (played.outcome, played.forecast.claims.kept, seen(&played)),
        (Outcome::Stable, 3, vec![])
    );
}

#[test]
fn a_manifest_that_is_refused_leaves_pods_without_a_controller() {
    let mut wrong = web();
    wrong["spec"]["replicas"] = json!("three");
    let mut question = input(web(), wrong, &[]);
    question.set = Some("default/web".into());
    let found = verify(&question, &[Remedy::OrphanPods {}, Remedy::Apply {}]).unwrap();
    assert_eq!(
        (found.outcome, seen(&found)),
        (Outcome::Blocked, vec![RiskCode::PodsNotAdopted])
    );
    assert!(
        found.played[1]
            .error
            .as_deref()
            .unwrap()
            .contains("spec.replicas"),
        "{:?}",
        found.played
    );
}

#[test]
fn a_pod_that_does_not_come_back_ends_the_wait() {
    let new = with(&[("/template/spec/containers/0/image", json!("nginx:2"))]);
    let mut question = input(web(), new, &[]);
    question.settings = Settings::parse(
        &json!({"behaviours": [{"pods": "*", "image": "nginx:2", "what": "imageNeverPulls"}]}),
    )
    .unwrap();
    let remedies = [
        Remedy::Apply {},
        Remedy::RecreatePods {
            start: 1,
            replicas: 2,
        },
        Remedy::OrphanPods {},
    ];
    let found = verify(&question, &remedies).unwrap();
    assert_eq!((found.outcome, found.played.len()), (Outcome::Blocked, 2));
    assert_eq!(
        found.played[1].error.as_deref(),
        Some("timed out waiting for the condition on pods/web-1")
    );
}

#[test]
fn the_way_out_of_a_stuck_rollout_is_played_from_a_dump() {
    let text = include_bytes!("../../../tests/recorded/web/repaired-but-stuck.yaml");
    let objects = manifest::objects(manifest::read(text).unwrap());
    let mut question = ForecastInput::of(vec![]);
    question.observed = objects.into_iter().map(|object| object.value).collect();
    assert_eq!(verify(&question, &[]).unwrap().outcome, Outcome::Blocked);
    let found = verify(&question, &[Remedy::DeletePod { pod: "web-2".into() }]).unwrap();
    assert_eq!((found.outcome, pods(&found)), (Outcome::Stable, [0, 0, 1, 2]));
    let unknown = verify(&question, &[Remedy::DeletePod { pod: "web-9".into() }]).unwrap();
    assert_eq!(
        unknown.played[0].error.as_deref(),
        Some("pods \"web-9\" not found")
    );
}

#[test]
fn the_answer_is_the_same_every_time() {
    let text = || serde_json::to_string(&played(&web(), &larger()).1).unwrap();
    assert_eq!(text(), text());
}
