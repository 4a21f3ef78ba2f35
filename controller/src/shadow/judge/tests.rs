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
