//! One test for each rule that all policies keep, and for each policy what it objects to and what is near and fine.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};

use super::*;

/// A set of three with claims, in good order.
fn set(change: impl FnOnce(&mut Value)) -> Value {
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop", "uid": "u"},
        "spec": {
            "replicas": 3, "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [
                {"name": "db", "image": "db:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}});
    change(&mut set);
    set
}

fn retaining(scaled: &str, deleted: &str) -> Value {
    set(|set| {
        set["spec"]["persistentVolumeClaimRetentionPolicy"] =
            json!({"whenScaled": scaled, "whenDeleted": deleted});
    })
}

fn with(mut set: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = set.pointer_mut(parent).unwrap();
    match field.parse::<usize>() {
        Ok(index) if parent.is_array() => parent[index] = value,
        _ => parent[field] = value,
    }
    set
}

/// Everything can be seen, and is as the set wants it.
fn context() -> Context {
    let pod = |n: u32| {
        json!({"kind": "Pod", "metadata": {"name": format!("db-{n}"), "namespace": "shop", "uid": format!("p{n}")},
        "spec": {"containers": []}, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})
    };
    let claim = |n: u32| {
        json!({"kind": "PersistentVolumeClaim", "metadata": {"name": format!("data-db-{n}"), "namespace": "shop"},
        "spec": {"resources": {"requests": {"storage": "1Gi"}}}})
    };
    Context {
        stored_set: None,
        pods: Some((0..3).map(pod).collect()),
        claims: Some((0..3).map(claim).collect()),
        services: Some(vec![json!({"metadata": {"name": "db", "namespace": "shop"},
            "spec": {"clusterIP": "None", "selector": {"app": "db"}}})]),
        disruption_budgets: Some(vec![]),
        workloads: Some(vec![]),
    }
}

fn request(old: Option<Value>, new: Option<Value>) -> Request {
    Request::of_change(old, new)
}

fn judged(old: Option<Value>, new: Option<Value>) -> Verdict {
    judged_in(&context(), old, new)
}

fn judged_in(context: &Context, old: Option<Value>, new: Option<Value>) -> Verdict {
    review(
        &request(old, new),
        context,
        &Settings::default(),
        &Profile::default(),
    )
}

fn policies(verdict: &Verdict) -> Vec<Policy> {
    verdict
        .violations
        .iter()
        .map(|violation| violation.policy)
        .collect()
}

/// A change that no policy has a word to say about.
fn passes(verdict: &Verdict) {
    assert!(verdict.allowed, "{verdict:?}");
    assert_eq!(policies(verdict), [], "{verdict:?}");
    assert_eq!(verdict.warnings, [""; 0]);
}

#[test]
fn a_set_in_good_order_is_made_changed_scaled_and_deleted_without_a_word() {
    let fresh = Context {
        pods: Some(vec![]),
        claims: Some(vec![]),
        ..context()
    };
    passes(&judged_in(&fresh, None, Some(set(|_| {}))));
    let image = with(
        set(|_| {}),
        "/spec/template/spec/containers/0/image",
        json!("db:2"),
    );
    passes(&judged(Some(set(|_| {})), Some(image)));
    passes(&judged(
        Some(set(|_| {})),
        Some(with(set(|_| {}), "/spec/replicas", json!(2))),
    ));
    passes(&judged(
        Some(set(|_| {})),
        Some(with(set(|_| {}), "/spec/replicas", json!(5))),
    ));
    passes(&judged(Some(set(|_| {})), None));
}

#[test]
fn p1_denies_scaling_in_that_deletes_claims_and_names_exactly_those_whose_pods_exist() {
    let old = retaining("Delete", "Retain");
    let new = with(old.clone(), "/spec/replicas", json!(1));
    let verdict = judged(Some(old.clone()), Some(new.clone()));
    assert!(!verdict.allowed);
    assert_eq!(verdict.code, Some(403));
    let p1 = &verdict.violations[0];
    assert_eq!((p1.policy, p1.mode), (Policy::P1, Mode::Deny));
    assert_eq!(p1.claims, ["data-db-1", "data-db-2"]);
    assert_eq!(
        verdict.message.lines().next().unwrap(),
        "P1: whenScaled is Delete: scaling in deletes data-db-1, data-db-2; keep them by setting \
         persistentVolumeClaimRetentionPolicy.whenScaled to Retain first, or annotate steadfast.dev/allow: P1"
    );
    let mut without = context();
    without.pods.as_mut().unwrap().remove(1);
    let verdict = judged_in(&without, Some(old.clone()), Some(new.clone()));
    assert_eq!(verdict.violations[0].claims, ["data-db-2"]);
    // Nothing goes where nothing is there, and where more Pods come.
    let empty = Context {
        claims: Some(vec![]),
        ..context()
    };
    assert!(judged_in(&empty, Some(old.clone()), Some(new)).allowed);
    let more = with(old.clone(), "/spec/replicas", json!(4));
    passes(&judged(Some(old), Some(more)));
}

#[test]
fn what_cannot_be_seen_warns_and_never_denies() {
    let old = retaining("Delete", "Delete");
    let new = with(old.clone(), "/spec/replicas", json!(1));
    let blind = Context::default();
    for change in [
        (Some(old.clone()), Some(new)),
        (Some(old.clone()), None),
        (None, Some(old)),
    ] {
        let verdict = judged_in(&blind, change.0, change.1);
        assert!(verdict.allowed, "{verdict:?}");
        assert!(!verdict.warnings.is_empty(), "{verdict:?}");
        assert!(
            verdict
                .warnings
                .iter()
                .any(|warning| warning.contains("could not be read"))
        );
    }
}

#[test]
fn a_scale_is_judged_by_the_stored_set_and_its_annotations() {
    let stored = retaining("Delete", "Retain");
    let scale = |replicas: i64| {
        json!({"apiVersion": "autoscaling/v1", "kind": "Scale",
        "metadata": {"name": "db", "namespace": "shop"}, "spec": {"replicas": replicas}})
    };
    let review_of = |old: Value, new: Value| {
        json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "r", "operation": "UPDATE", "subResource": "scale", "name": "db", "namespace": "shop",
        "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"}, "object": new, "oldObject": old}})
    };
    let request = Request::parse(&review_of(scale(3), scale(1))).unwrap();
    let at = |stored: Option<Value>| {
        let context = Context {
            stored_set: stored,
            ..context()
        };
        review(&request, &context, &Settings::default(), &Profile::default())
    };
    assert_eq!(
        at(Some(stored.clone())).violations[0].claims,
        ["data-db-1", "data-db-2"]
    );
    assert!(!at(Some(stored.clone())).allowed);
    let allowed = with(
        stored.clone(),
        "/metadata/annotations",
        json!({"steadfast.dev/allow": "P2, P1"}),
    );
    let verdict = at(Some(allowed));
    assert!(verdict.allowed);
    assert_eq!(verdict.audit_annotations["allowed"], "P1");
    assert!(at(None).warnings[0].contains("the set could not be read"));
    // Zero is left out of a Scale.
    let mut none = scale(0);
    none["spec"] = json!({});
    let request = Request::parse(&review_of(scale(3), none)).unwrap();
    let context = Context {
        stored_set: Some(stored),
        ..context()
    };
    let verdict = review(&request, &context, &Settings::default(), &Profile::default());
    assert_eq!(verdict.violations[0].claims.len(), 3);
}

#[test]
fn p2_denies_deletions_that_take_claims_along_and_those_of_protected_sets() {
    let old = retaining("Retain", "Delete");
    let verdict = judged(Some(old.clone()), None);
    assert_eq!(verdict.violations[0].claims.len(), 3);
    assert!(!verdict.allowed);
    let mut orphaning = request(Some(old), None);
    orphaning.options = json!({"propagationPolicy": "Orphan"});
    passes(&review(
        &orphaning,
        &context(),
        &Settings::default(),
        &Profile::default(),
    ));
    let protected = set(|set| set["metadata"]["annotations"] = json!({PROTECT: "true"}));
    let verdict = judged(Some(protected.clone()), None);
    assert!(
        !verdict.allowed && verdict.message.contains("has 3 replicas"),
        "{}",
        verdict.message
    );
    passes(&judged(
        Some(with(protected.clone(), "/spec/replicas", json!(0))),
        None,
    ));
    // A namespace that goes takes everything along: to refuse that would leave it half deleted for ever.
    let mut cleaning = request(Some(protected), None);
    cleaning.user = "system:serviceaccount:kube-system:namespace-controller".to_owned();
    passes(&review(
        &cleaning,
        &context(),
        &Settings::default(),
        &Profile::default(),
    ));
}

#[test]
fn p3_denies_a_retention_that_becomes_delete_under_pods() {
    let old = retaining("Retain", "Retain");
    for (scaled, deleted) in [("Delete", "Retain"), ("Retain", "Delete"), ("Delete", "Delete")] {
        let verdict = judged(Some(old.clone()), Some(retaining(scaled, deleted)));
        assert_eq!(policies(&verdict), [Policy::P3]);
        assert!(!verdict.allowed);
    }
    passes(&judged(Some(retaining("Delete", "Delete")), Some(old.clone())));
    let empty = Context {
        pods: Some(vec![]),
        ..context()
    };
    let none = |set: Value| Some(with(set, "/spec/replicas", json!(0)));
    passes(&judged_in(&empty, none(old), none(retaining("Delete", "Delete"))));
}

#[test]
fn p4_warns_of_ordinals_that_move() {
    let new = with(set(|_| {}), "/spec/ordinals", json!({"start": 2}));
    let verdict = judged(Some(set(|_| {})), Some(new));
    assert_eq!(
        verdict.warnings[0],
        "P4: the ordinals move from 0 to 2 to 2 to 4: Pods db-0, db-1 go, and their claims stay behind"
    );
    assert!(verdict.allowed);
}

#[test]
fn p5_objects_to_names_with_which_no_pod_can_be_made() {
    let named = |length: usize| with(set(|_| {}), "/metadata/name", json!("d".repeat(length)));
    let verdict = |set: Value| policies(&judged(None, Some(set)));
    assert_eq!(verdict(named(52)), []);
    let warned = judged(None, Some(named(53)));
    assert_eq!(policies(&warned), [Policy::P5]);
    assert_eq!(verdict(named(60)), [Policy::P5], "the revision's name");
    assert_eq!(verdict(named(62)), [Policy::P5; 2], "and the Pod's");
    let mut settings = Settings::default();
    settings.policies.insert(Policy::P5, Mode::Deny);
    let deny = |old: Option<Value>, new: Value| {
        review(
            &request(old, Some(new)),
            &context(),
            &settings,
            &Profile::default(),
        )
        .allowed
    };
    // Hashes have up to ten letters: of 53 one is too many.
    let images = (0..200).map(|n| {
        with(
            named(53),
            "/spec/template/spec/containers/0/image",
            json!(format!("db:{n}")),
        )
    });
    let denied = images.map(|set| !deny(None, set)).collect::<Vec<_>>();
    assert!(
        denied.contains(&true) && denied.contains(&false),
        "only some templates are too long"
    );
    assert!(!deny(None, named(62)));
    assert!(
        deny(Some(named(62)), with(named(62), "/spec/replicas", json!(4))),
        "it was so before"
    );
    let generated = set(|set| {
        set["metadata"] = json!({"generateName": "d".repeat(58), "namespace": "shop"});
    });
    assert!(
        !deny(None, generated),
        "a name that the server makes is as long as one that is given"
    );
}

#[test]
fn p6_warns_of_claim_templates_that_do_not_do_what_they_seem_to() {
    let template = |name: &str| json!({"metadata": {"name": name}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}});
    let says = |change: &dyn Fn(&mut Value)| judged(None, Some(set(|set| change(set)))).warnings;
    assert!(
        says(&|set| set["spec"]["volumeClaimTemplates"] = json!([template("data"), template("data")]))[0]
            .contains("two claim templates")
    );
    assert!(
        says(&|set| set["spec"]["volumeClaimTemplates"] = json!([template("data"), template("log")]))[0]
            .contains("no container mounts")
    );
    assert!(
        says(&|set| set["spec"]["template"]["spec"]["volumes"] = json!([{"name": "data", "emptyDir": {}}]))
            [0]
        .contains("takes the place")
    );
    let block = says(&|set| {
        let container = &mut set["spec"]["template"]["spec"]["containers"][0];
        container["volumeMounts"] = json!([]);
        container["volumeDevices"] = json!([{"name": "data", "devicePath": "/dev/x"}]);
    });
    assert_eq!(block, [""; 0]);
}

#[test]
fn p7_warns_of_claims_of_before_that_are_not_what_the_template_asks_for() {
    let mut old_claims = context();
    old_claims.claims.as_mut().unwrap()[1]["spec"]["resources"]["requests"]["storage"] = json!("5Gi");
    old_claims.claims.as_mut().unwrap()[2]["metadata"]["deletionTimestamp"] = json!("2026-11-21T00:00:00Z");
    let verdict = judged_in(&old_claims, None, Some(set(|_| {})));
    assert_eq!(
        verdict.warnings,
        ["P7: it would take over claims as they are: data-db-1 (5Gi, not 1Gi), data-db-2 (being deleted)"]
    );
    let same = with(
        set(|_| {}),
        "/spec/volumeClaimTemplates/0/spec/resources/requests/storage",
        json!("1024Mi"),
    );
    passes(&judged(None, Some(same)));
    // What the set has already it does not take over.
    passes(&judged_in(
        &old_claims,
        Some(set(|_| {})),
        Some(with(set(|_| {}), "/spec/minReadySeconds", json!(5))),
    ));
}

#[test]
fn p8_warns_of_controllers_that_select_each_others_pods_and_not_of_parts_of_one() {
    let other = |kind: &str, app: &str| {
        json!({"kind": kind, "metadata": {"name": "web", "namespace": "shop"}, "spec": {
        "selector": {"matchLabels": {"app": app}}, "template": {"metadata": {"labels": {"app": app}}}}})
    };
    let beside = |workload: Value| Context {
        workloads: Some(vec![workload]),
        ..context()
    };
    let verdict = judged_in(&beside(other("Deployment", "db")), None, Some(set(|_| {})));
    assert_eq!(policies(&verdict), [Policy::P8]);
    passes(&judged_in(
        &beside(other("Deployment", "web")),
        None,
        Some(set(|_| {})),
    ));
    let mut part = other("ReplicaSet", "db");
    part["metadata"]["ownerReferences"] = json!([{"kind": "Deployment", "name": "web", "controller": true}]);
    passes(&judged_in(&beside(part), None, Some(set(|_| {}))));
    let mut elsewhere = other("Deployment", "db");
    elsewhere["metadata"]["namespace"] = json!("other");
    passes(&judged_in(&beside(elsewhere), None, Some(set(|_| {}))));
    // It overlapped before.
    let image = with(
        set(|_| {}),
        "/spec/template/spec/containers/0/image",
        json!("db:2"),
    );
    passes(&judged_in(
        &beside(other("Deployment", "db")),
        Some(set(|_| {})),
        Some(image),
    ));
}

#[test]
fn p9_warns_where_the_service_does_not_give_the_pods_their_names() {
    let served = |service: Option<Value>| Context {
        services: Some(service.into_iter().collect()),
        ..context()
    };
    let service = |cluster_ip: &str, app: &str| {
        json!({"metadata": {"name": "db", "namespace": "shop"},
        "spec": {"clusterIP": cluster_ip, "selector": {"app": app}}})
    };
    for (services, says) in [
        (served(None), "does not exist"),
        (served(Some(service("10.0.0.1", "db"))), "not headless"),
        (served(Some(service("None", "web"))), "does not match"),
    ] {
        let verdict = judged_in(&services, None, Some(set(|_| {})));
        assert!(verdict.warnings[0].contains(says), "{verdict:?}");
        let image = with(
            set(|_| {}),
            "/spec/template/spec/containers/0/image",
            json!("db:2"),
        );
        passes(&judged_in(&services, Some(set(|_| {})), Some(image)));
    }
    let nameless = judged(None, Some(with(set(|_| {}), "/spec/serviceName", json!(""))));
    assert!(nameless.warnings[0].contains("no serviceName"));
}

#[test]
fn a_missing_service_name_is_filled_in_where_one_service_can_be_meant_and_only_if_asked_to() {
    let nameless = with(set(|_| {}), "/spec/serviceName", json!(""));
    let filling = Settings::parse(&json!({"fillServiceName": true})).unwrap();
    let patch = |context: &Context, settings: &Settings| {
        review(
            &request(None, Some(nameless.clone())),
            context,
            settings,
            &Profile::default(),
        )
        .patch
    };
    assert_eq!(
        patch(&context(), &filling),
        Some(json!([{"op": "add", "path": "/spec/serviceName", "value": "db"}]))
    );
    assert_eq!(patch(&context(), &Settings::default()), None);
    let mut two = context();
    let services = two.services.as_mut().unwrap();
    services.push(with(services[0].clone(), "/metadata/name", json!("db2")));
    assert_eq!(patch(&two, &filling), None);
}

#[test]
fn p10_warns_of_rollouts_that_stop_do_nothing_or_take_too_much() {
    let image = || {
        with(
            set(|_| {}),
            "/spec/template/spec/containers/0/image",
            json!("db:2"),
        )
    };
    let mut broken = context();
    broken.pods.as_mut().unwrap()[2]["status"] = json!({"phase": "Pending", "containerStatuses": [
        {"name": "db", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]});
    let verdict = judged_in(&broken, Some(set(|_| {})), Some(image()));
    assert!(
        verdict.warnings[0].contains("does not reach Pod db-2"),
        "{verdict:?}"
    );
    passes(&judged_in(
        &broken,
        Some(set(|_| {})),
        Some(with(set(|_| {}), "/spec/replicas", json!(4))),
    ));

    let held = |set: Value| {
        with(
            set,
            "/spec/updateStrategy",
            json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}),
        )
    };
    let verdict = judged(Some(set(|_| {})), Some(held(image())));
    assert!(
        verdict.warnings[0].contains("partition 3 holds all 3 replicas"),
        "{verdict:?}"
    );

    let five = || with(set(|_| {}), "/spec/replicas", json!(5));
    let verdict = judged(Some(five()), Some(with(set(|_| {}), "/spec/replicas", json!(2))));
    assert!(verdict.warnings[0].contains("a majority of 5"), "{verdict:?}");
    passes(&judged(Some(five()), Some(set(|_| {}))));
    passes(&judged(
        Some(five()),
        Some(with(set(|_| {}), "/spec/replicas", json!(0))),
    ));

    let many = |set: Value| {
        with(
            set,
            "/spec/updateStrategy",
            json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}),
        )
    };
    let by = |version: &str| {
        let profile = version.parse().unwrap();
        review(
            &request(Some(set(|_| {})), Some(many(set(|_| {})))),
            &context(),
            &Settings::default(),
            &profile,
        )
    };
    assert!(
        by("1.34").warnings[0].contains("maxUnavailable is dropped"),
        "{:?}",
        by("1.34")
    );
    passes(&by("1.37"));

    let mut closed = context();
    closed.disruption_budgets = Some(vec![
        json!({"metadata": {"name": "db", "namespace": "shop"}, "spec": {
        "minAvailable": "100%", "selector": {"matchLabels": {"app": "db"}}}}),
    ]);
    let verdict = judged_in(&closed, None, Some(set(|_| {})));
    assert!(
        verdict
            .warnings
            .iter()
            .any(|warning| warning.contains("allows no disruption")),
        "{verdict:?}"
    );
}

#[test]
fn the_status_finalizers_and_what_is_being_deleted_are_never_held_up() {
    let dangerous = || {
        (
            retaining("Delete", "Delete"),
            with(retaining("Delete", "Delete"), "/spec/replicas", json!(0)),
        )
    };
    let (old, new) = dangerous();
    let mut status = request(Some(old.clone()), Some(new.clone()));
    status.sub_resource = SubResource::Other;
    passes(&review(
        &status,
        &context(),
        &Settings::default(),
        &Profile::default(),
    ));
    let going = |set: Value| with(set, "/metadata/deletionTimestamp", json!("2026-11-21T00:00:00Z"));
    passes(&judged(Some(going(old.clone())), Some(going(new))));
    let finalizers = with(old.clone(), "/metadata/finalizers", json!([]));
    passes(&judged(Some(old.clone()), Some(finalizers)));
    let excluding = Settings::parse(&json!({"namespaces": {"exclude": ["kube-*", "shop"]}})).unwrap();
    passes(&review(
        &request(Some(old), None),
        &context(),
        &excluding,
        &Profile::default(),
    ));
}

#[test]
fn an_annotation_lets_its_policies_through_and_is_recorded() {
    let old = retaining("Delete", "Retain");
    let new = with(old.clone(), "/spec/replicas", json!(2));
    let noted = with(new, "/metadata/annotations", json!({ALLOW: "P1"}));
    let verdict = judged(Some(old.clone()), Some(noted.clone()));
    assert!(verdict.allowed);
    assert_eq!(verdict.audit_annotations["violations"], "P1=allowed");
    assert_eq!(verdict.audit_annotations["allowed"], "P1");
    assert!(verdict.warnings[0].starts_with("P1, which steadfast.dev/allow lets through"));
    // Of the old object it does not count, and neither do other spellings.
    let before = with(old.clone(), "/metadata/annotations", json!({ALLOW: "P1"}));
    let new = with(old.clone(), "/spec/replicas", json!(2));
    assert!(!judged(Some(before), Some(new.clone())).allowed);
    for spelling in ["p1", "P10", "P11", "all", "*", "P1P2"] {
        let noted = with(new.clone(), "/metadata/annotations", json!({ALLOW: spelling}));
        assert!(!judged(Some(old.clone()), Some(noted)).allowed, "{spelling}");
    }
}

#[test]
fn warnings_are_of_at_most_120_characters_and_on_one_line() {
    let long = set(|set| set["spec"]["serviceName"] = json!("s".repeat(60)));
    let named = with(long, "/metadata/name", json!("d".repeat(60)));
    let verdict = judged(None, Some(named));
    assert!(verdict.warnings.len() >= 2, "{verdict:?}");
    for warning in &verdict.warnings {
        assert!(
            warning.chars().count() <= 120 && !warning.contains('\n'),
            "{warning}"
        );
    }
    assert!(verdict.warnings.iter().any(|warning| warning.ends_with('…')));
}

#[test]
fn a_review_is_answered_in_its_own_form() {
    let old = retaining("Delete", "Retain");
    let verdict = judged(Some(old.clone()), Some(with(old, "/spec/replicas", json!(1))));
    let answer = verdict.response("the-uid", |bytes| format!("{} bytes", bytes.len()));
    assert_eq!(answer["apiVersion"], "admission.k8s.io/v1");
    assert_eq!(answer["response"]["uid"], "the-uid");
    assert_eq!(answer["response"]["allowed"], false);
    assert_eq!(answer["response"]["status"]["code"], 403);
    assert!(
        answer["response"]["status"]["message"]
            .as_str()
            .unwrap()
            .starts_with("P1: ")
    );
    assert_eq!(answer["response"].get("patch"), None);
}

#[test]
fn what_is_no_review_has_its_fields_named() {
    let causes = |review: Value| {
        let error = Request::parse(&review).unwrap_err();
        error
            .causes
            .into_iter()
            .map(|cause| cause.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        causes(json!({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1"})),
        ["request"]
    );
    assert_eq!(
        causes(json!({"apiVersion": "admission.k8s.io/v1", "request": {"uid": 5}})),
        ["request.uid", "request.operation", "request.resource.resource"]
    );
    assert_eq!(
        causes(json!({"apiVersion": "admission.k8s.io/v1beta1", "request": {}})),
        ["apiVersion"]
    );
    assert_eq!(causes(json!([])), ["request"]);
    let update = json!({"uid": "r", "operation": "UPDATE", "resource": {"group": "apps", "resource": "statefulsets"}, "object": {}});
    assert_eq!(causes(update), ["oldObject"]);
    // Other kinds, and operations to come, are let through.
    for request in [
        json!({"uid": "r", "operation": "CREATE", "resource": {"group": "apps", "resource": "deployments"}, "object": 5}),
        json!({"uid": "r", "operation": "MERGE", "resource": {"group": "apps", "resource": "statefulsets"}}),
    ] {
        let request = Request::parse(&request).unwrap();
        passes(&review(
            &request,
            &context(),
            &Settings::default(),
            &Profile::default(),
        ));
    }
}

#[test]
fn an_object_that_cannot_be_read_is_let_through_with_a_warning() {
    for object in [
        json!({}),
        json!({"spec": 5}),
        json!({"spec": {"replicas": "many"}}),
        json!({"metadata": []}),
    ] {
        let verdict = judged(None, Some(object));
        assert!(verdict.allowed);
        assert!(verdict.warnings[0].starts_with("not judged: "), "{verdict:?}");
    }
}

#[test]
fn the_schema_knows_every_policy_and_the_default_settings_are_of_it() {
    let schema = Settings::schema();
    let policies = schema["properties"]["policies"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(policies.len(), Policy::ALL.len());
    assert!(
        Policy::ALL
            .iter()
            .all(|policy| policies.contains_key(policy.name()))
    );
    assert_eq!(Settings::parse(&json!({})).unwrap(), Settings::default());
    assert_eq!(Settings::parse(&Value::Null).unwrap(), Settings::default());
    let wrong = json!({"policies": {"P1": "maybe"}, "quorum": -1, "namespaces": {"exclude": [""]}, "fillServiceName": 1, "x": 1});
    let error = Settings::parse(&wrong).unwrap_err();
    assert_eq!(error.causes.len(), 5, "{error:?}");
}
