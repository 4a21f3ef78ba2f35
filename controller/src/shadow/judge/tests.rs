use serde_json::json;

use super::*;

const AT: Timestamp = Timestamp::new(1_700_000_000, 0);

fn set() -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "web", "namespace": "default", "uid": "u1", "generation": 1},
        "spec": {"replicas": 2, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}}}})
}

/// A judge of a set whose revision is there and whose first Pod is to be created, and the plan.
fn judge() -> (Judge, Plan) {
    let mut observed = Observed::of_set(set()).unwrap();
    let profile = Profile::default();
    let first = reconcile(&observed, AT, &profile);
    let revision = first.actions[0].operation.object().unwrap().clone();
    let mut judge = Judge::new(&observed);
    let key = Key::of(&revision);
    observed.put(revision).unwrap();
    judge.moved_on((Kind::ControllerRevision, &key, None), &observed, AT, &profile);
    let plan = reconcile(&observed, AT, &profile);
    (judge, plan)
}

fn effect(what: What, name: &str, object: Value) -> Effect {
    Effect {
        set: Key::new("default", "web"),
        what,
        name: name.to_owned(),
        object,
        is_attributed: true,
    }
}

fn planned_pod(plan: &Plan) -> Value {
    let pod = plan.actions.iter().find(|action| action.name == "web-0").unwrap();
    pod.operation.object().unwrap().clone()
}

#[cfg(not(feature = "wrong-on-purpose"))]
#[test]
fn a_pod_that_would_have_been_created_here_too_is_no_difference_whatever_was_added_to_it() {
    let (judge, plan) = judge();
    let mut pod = planned_pod(&plan);
    pod["metadata"]["labels"]["injected"] = json!("by-admission");
    pod["spec"]["nodeName"] = json!("n");
    let created = effect(What::CreatePod, "web-0", pod);
    assert_eq!(judge.judge(&created, AT, &Profile::default()), Verdict::Planned);
}

#[test]
fn a_pod_out_of_turn_and_one_of_another_revision_are_differences() {
    let (judge, plan) = judge();
    let mut pod = planned_pod(&plan);
    let early = effect(What::CreatePod, "web-1", pod.clone());
    assert_eq!(judge.judge(&early, AT, &Profile::default()), Verdict::Unplanned);
    pod["metadata"]["labels"]["controller-revision-hash"] = json!("web-else");
    let other = effect(What::CreatePod, "web-0", pod);
    assert_eq!(
        judge.judge(&other, AT, &Profile::default()),
        Verdict::Otherwise(vec!["metadata.labels".to_owned()])
    );
}

#[cfg(not(feature = "wrong-on-purpose"))]
#[test]
fn a_decision_on_an_older_state_is_no_difference() {
    let (mut judge, plan) = judge();
    let profile = Profile::default();
    // The Pod is there already, but the other controller had not seen it when it wrote this status.
    let mut observed = judge.now.clone();
    let mut pod = planned_pod(&plan);
    pod["metadata"]["uid"] = json!("p0");
    let key = Key::of(&pod);
    observed.put(pod).unwrap();
    judge.moved_on((Kind::Pod, &key, None), &observed, AT, &profile);
    let mut written = set();
    written["status"] = serde_json::to_value(plan.status.unwrap()).unwrap();
    let status = effect(What::UpdateStatus, "web", written.clone());
    assert_eq!(judge.judge(&status, AT, &profile), Verdict::Planned);
    written["status"]["replicas"] = json!(7);
    let status = effect(What::UpdateStatus, "web", written);
    // Two changes are too few to be sure of a status.
    assert_eq!(judge.judge(&status, AT, &profile), Verdict::Unknown);
    judge.moved_on((Kind::Pod, &key, None), &observed, AT, &profile);
    assert_eq!(judge.judge(&status, AT, &profile), Verdict::Unplanned);
}

#[test]
fn what_is_planned_for_long_and_not_done_is_told_once() {
    let (mut judge, _) = judge();
    let (profile, web) = (Profile::default(), Key::new("default", "web"));
    let patience = Duration::from_secs(60);
    let later = AT.plus_seconds(61);
    assert_eq!(judge.overdue(&web, AT.plus_seconds(59), patience), []);
    let observed = judge.now.clone();
    judge.wait(&observed, later, &profile);
    let overdue = judge.overdue(&web, later, patience);
    assert_eq!(
        overdue
            .iter()
            .map(|effect| effect.name.as_str())
            .collect::<Vec<_>>(),
        ["web-0"]
    );
    assert_eq!(judge.overdue(&web, later.plus_seconds(60), patience), []);
}

/// A judge of a set with a claim a Pod that scaling down deletes; three changes are behind it.
fn judge_of_claims(replicas: u32) -> (Judge, Observed) {
    let mut set = set();
    set["spec"]["replicas"] = json!(replicas);
    set["spec"]["persistentVolumeClaimRetentionPolicy"] =
        json!({"whenScaled": "Delete", "whenDeleted": "Retain"});
    set["spec"]["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}}}}]);
    let profile = Profile::default();
    let mut observed = Observed::of_set(set).unwrap();
    let mut judge = Judge::new(&observed);
    // What the core itself would create, until nothing is left to be created.
    for _ in 0..3 {
        let plan = reconcile(&observed, AT, &profile);
        for action in &plan.actions {
            let Some(object) = action.operation.object() else {
                continue;
            };
            let mut object = object.clone();
            object["metadata"]["uid"] = json!(format!("uid-of-{}", action.name));
            let key = Key::of(&object);
            let kind = action.operation.kind();
            observed.put(object).unwrap();
            judge.moved_on((kind, &key, None), &observed, AT, &profile);
        }
    }
    (judge, observed)
}

fn claim(owners: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data-web-0", "namespace": "default", "uid": "c0", "ownerReferences": owners}})
}

#[test]
fn owners_of_a_claim_that_were_not_to_be_are_a_difference_only_where_the_controller_gave_them() {
    let (judge, _) = judge_of_claims(1);
    let owners = json!([{"apiVersion": "v1", "kind": "Pod", "name": "web-0", "uid": "uid-of-web-0"}]);
    let mut given = effect(What::UpdatePersistentVolumeClaim, "data-web-0", claim(&owners));
    assert_eq!(judge.judge(&given, AT, &Profile::default()), Verdict::Unplanned);
    given.is_attributed = false;
    assert_eq!(judge.judge(&given, AT, &Profile::default()), Verdict::Unknown);
}

#[test]
fn a_claim_whose_name_may_be_that_of_another_sets_claim_is_not_judged_here() {
    let (judge, _) = judge_of_claims(1);
    // It is that of a set `my-web`: this set's template is called `data`, not `data-my`.
    let other = effect(
        What::CreatePersistentVolumeClaim,
        "data-my-web-0",
        claim(&json!([])),
    );
    assert_eq!(judge.judge(&other, AT, &Profile::default()), Verdict::Unknown);
    let own = effect(What::CreatePersistentVolumeClaim, "data-web-7", claim(&json!([])));
    assert_eq!(judge.judge(&own, AT, &Profile::default()), Verdict::Unplanned);
}

#[test]
fn a_release_is_a_difference_unless_the_set_is_on_its_way_out_or_a_person_did_it() {
    let (mut judge, observed) = judge_of_claims(1);
    let profile = Profile::default();
    let by_a_person = json!({"metadata": {"labels": {"app": "web"}}});
    let by_a_person = effect(What::ReleasePod, "web-0", by_a_person);
    assert_eq!(judge.judge(&by_a_person, AT, &profile), Verdict::Unknown);
    let released = effect(
        What::ReleasePod,
        "web-0",
        json!({"metadata": {"labels": {"app": "other"}}}),
    );
    assert_eq!(judge.judge(&released, AT, &profile), Verdict::Unplanned);
    let mut going = observed.set().object().clone();
    going["metadata"]["deletionTimestamp"] = json!("2026-11-22T00:00:00Z");
    let mut observed = observed;
    observed.put(going).unwrap();
    let key = Key::new("default", "web");
    judge.moved_on((Kind::StatefulSet, &key, None), &observed, AT, &profile);
    assert_eq!(judge.judge(&released, AT, &profile), Verdict::Unknown);
}

#[test]
fn a_revision_that_is_deleted_where_none_was_to_go_may_be_anybodys_doing() {
    let (judge, _) = judge_of_claims(1);
    let gone = effect(What::DeleteControllerRevision, "web-old", json!({}));
    assert_eq!(judge.judge(&gone, AT, &Profile::default()), Verdict::Unknown);
}

/// Of two revisions that nobody uses and a limit of one the older goes.
#[test]
fn the_wrong_revision_trimmed_is_a_difference() {
    let (mut judge, mut observed) = judge_of_claims(1);
    let profile = Profile::default();
    let mut set = observed.set().object().clone();
    set["spec"]["revisionHistoryLimit"] = json!(1);
    observed.put(set).unwrap();
    for (name, number) in [("web-a", -2), ("web-b", -1)] {
        let revision = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": number,
            "metadata": {"name": name, "namespace": "default", "uid": name, "labels": {"app": "web"}, "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "u1", "controller": true}]},
            "data": {"spec": {"template": {"spec": {"containers": [{"name": name}]}, "$patch": "replace"}}}});
        let key = Key::of(&revision);
        observed.put(revision).unwrap();
        judge.moved_on((Kind::ControllerRevision, &key, None), &observed, AT, &profile);
    }
    let gone = |name: &str| {
        judge.judge(
            &effect(What::DeleteControllerRevision, name, json!({})),
            AT,
            &profile,
        )
    };
    assert_eq!(gone("web-a"), Verdict::Planned);
    assert_eq!(gone("web-b"), Verdict::Unplanned);
}
