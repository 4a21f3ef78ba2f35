use super::*;
use serde_json::json;

use crate::scenario::EPOCH;

fn set(name: &str, replicas: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "serviceName": name, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "c", "image": "x:1"}]}}}})
}

/// The set with another value for one field of its spec.
fn with(mut set: Value, field: &str, value: Value) -> Value {
    set["spec"][field] = value;
    set
}

fn image(mut set: Value, image: &str) -> Value {
    set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    set
}

fn change(from: Value, to: Value) -> ForecastInput {
    ForecastInput {
        from: Some(vec![from]),
        ..ForecastInput::of(vec![to])
    }
}

fn refusal(input: &ForecastInput) -> (ErrorCode, String) {
    let error = forecast(input).unwrap_err();
    (error.code, error.message)
}

fn settings(value: Value) -> Settings {
    Settings::parse(&value).unwrap()
}

#[test]
fn the_set_must_be_clear() {
    assert_eq!(refusal(&ForecastInput::of(vec![])).0, ErrorCode::Missing);
    let two = vec![set("web", 1), set("db", 1)];
    let (code, message) = refusal(&ForecastInput::of(two.clone()));
    assert_eq!(code, ErrorCode::Ambiguous);
    assert!(message.contains("`db`, `web`"), "{message}");
    let chosen = ForecastInput {
        set: Some("default/db".into()),
        ..ForecastInput::of(two.clone())
    };
    assert_eq!(forecast(&chosen).unwrap().set, "default/db");
    let (code, message) = refusal(&ForecastInput {
        set: Some("mail".into()),
        ..ForecastInput::of(two)
    });
    assert_eq!(code, ErrorCode::Missing);
    assert!(
        message.contains("no StatefulSet `mail`") && message.contains("`db`"),
        "{message}"
    );
}

#[test]
fn more_replicas_than_can_be_played_are_refused_with_a_way_out() {
    let (code, message) = refusal(&ForecastInput::of(vec![set("web", 100_001)]));
    assert_eq!(code, ErrorCode::TooLarge);
    assert!(
        message.contains("`web` has 100001 replicas") && message.contains("steadfast reconcile"),
        "{message}"
    );
}

#[test]
fn a_change_that_an_api_server_refuses_is_an_error() {
    let (_, message) = refusal(&change(
        set("web", 1),
        with(set("web", 1), "serviceName", json!("other")),
    ));
    assert!(
        message.contains("spec.serviceName") && message.contains("field is immutable"),
        "{message}"
    );
}

#[test]
fn creation_has_no_least_number_and_a_rolling_update_has() {
    let created = forecast(&ForecastInput::of(vec![set("web", 3)])).unwrap();
    assert_eq!((created.outcome, created.min_available), (Outcome::Stable, None));
    assert_eq!(
        created.pods,
        PodCounts {
            created: 3,
            ..PodCounts::default()
        }
    );
    let updated = forecast(&change(set("web", 3), image(set("web", 3), "x:2"))).unwrap();
    assert_eq!(
        (updated.outcome, updated.min_available),
        (Outcome::Stable, Some(2))
    );
    assert_eq!(updated.pod_names.restarted, ["web-0", "web-1", "web-2"]);
    assert!(!updated.revision_is_provisional);
    assert_ne!(updated.revision, created.revision);
}

#[test]
fn a_partition_holds_its_ordinals_by_number_and_name() {
    let held = |set| with(set, "updateStrategy", json!({"rollingUpdate": {"partition": 2}}));
    let forecast = forecast(&change(held(set("web", 3)), image(held(set("web", 3)), "x:2"))).unwrap();
    assert_eq!(forecast.verdict.state, State::HeldByPartition);
    assert_eq!(
        (forecast.verdict.ordinals, forecast.verdict.pods),
        (vec![0, 1], vec!["web-0".to_owned(), "web-1".to_owned()])
    );
    assert_eq!((forecast.pods.restarted, forecast.pods.untouched), (1, 2));
}

#[test]
fn every_step_says_what_is_waited_for_after_it() {
    let steps = forecast(&ForecastInput::of(vec![set("web", 1)])).unwrap().steps;
    let waits: Vec<(usize, usize)> = steps
        .iter()
        .map(|step| (step.actions.len(), step.waits.len()))
        .collect();
    // The revision, the Pod, then the next call, which waits for it; what the kubelet tells changes nothing about that.
    assert_eq!(waits, [(1, 0), (1, 0), (0, 1), (0, 1), (0, 1), (0, 0)]);
}

#[test]
fn on_delete_waits_for_a_person() {
    let manual = |set| with(set, "updateStrategy", json!({"type": "OnDelete"}));
    let forecast = forecast(&change(
        manual(set("web", 2)),
        image(manual(set("web", 2)), "x:2"),
    ))
    .unwrap();
    assert_eq!(
        (forecast.outcome, forecast.verdict.state),
        (Outcome::Stable, State::WaitingForManualDelete)
    );
    assert_eq!(forecast.verdict.pods, ["web-0", "web-1"]);
    assert_eq!(forecast.pods.untouched, 2);
}

#[test]
fn parallel_without_a_wait_is_blocked_by_the_pod_that_is_not_ready() {
    let mut input = ForecastInput::of(vec![with(
        set("web", 3),
        "podManagementPolicy",
        json!("Parallel"),
    )]);
    input.settings = settings(json!({"behaviours": [{"pods": "web-1", "what": "notReady"}]}));
    let forecast = forecast(&input).unwrap();
    assert_eq!(forecast.outcome, Outcome::Blocked);
    let blockers: Vec<(&str, &str)> = forecast
        .verdict
        .blockers
        .iter()
        .map(|blocker| (&*blocker.name, &*blocker.reason))
        .collect();
    assert_eq!(blockers, [("web-1", "NotReady")]);
}

#[test]
fn an_api_error_that_does_not_end_blocks_and_one_that_ends_does_not() {
    let refused = |rule: Value| {
        let mut input = ForecastInput::of(vec![set("web", 2)]);
        input.faults = vec![serde_json::from_value(rule).unwrap()];
        forecast(&input).unwrap()
    };
    let blocked = refused(json!({"verb": "create", "kind": "Pod", "name": "web-1", "error": "quota"}));
    assert_eq!(blocked.outcome, Outcome::Blocked);
    let blocker = &blocked.verdict.blockers[0];
    assert_eq!(
        (blocker.action.as_deref(), &*blocker.reason),
        (Some("CreatePod web-1"), "Forbidden")
    );
    assert!(blocker.message.contains("exceeded quota"), "{}", blocker.message);
    let some_calls = refused(json!({"verb": "create", "kind": "Pod", "error": "quota", "times": 20}));
    assert_eq!(some_calls.outcome, Outcome::Stable);
    let some_time = refused(json!({"verb": "create", "kind": "Pod", "error": "quota", "until": "3h"}));
    assert_eq!(some_time.outcome, Outcome::Stable);
    assert!(some_time.seconds > 10_800.0, "{}", some_time.seconds);
}

#[test]
fn a_pod_that_always_ends_is_replaced_for_ever_and_blocks() {
    let mut input = ForecastInput::of(vec![set("web", 2)]);
    input.settings = settings(json!({"behaviours": [{"pods": "web-0", "what": "exits", "phase": "Failed"}]}));
    let forecast = forecast(&input).unwrap();
    assert_eq!(forecast.outcome, Outcome::Blocked);
    assert!(
        forecast.verdict.pods.contains(&"web-0".to_owned()),
        "{:?}",
        forecast.verdict
    );
    assert!(
        forecast
            .verdict
            .blockers
            .iter()
            .any(|blocker| &*blocker.name == "web-0"),
        "{:?}",
        forecast.verdict
    );
}

#[test]
fn what_takes_long_is_not_blocked() {
    let slow = with(set("web", 2), "minReadySeconds", json!(7200));
    let done = forecast(&ForecastInput::of(vec![slow.clone()])).unwrap();
    assert_eq!(done.outcome, Outcome::Stable);
    assert!(done.seconds > 2.0 * 7200.0, "{}", done.seconds);
    let short = ForecastInput {
        until: Some(Millis(60_000)),
        ..ForecastInput::of(vec![slow])
    };
    let unfinished = forecast(&short).unwrap();
    assert_eq!(
        (unfinished.outcome, unfinished.verdict.state),
        (Outcome::Unfinished, State::Waiting)
    );
    assert_eq!(unfinished.seconds, 60.0);
}

#[test]
fn a_fault_of_the_new_version_leaves_the_old_pods_alone() {
    let mut input = change(set("web", 3), image(set("web", 3), "x:2"));
    input.settings = settings(json!({"behaviours": [{"pods": "web-1", "what": "crash"}]}));
    let forecast = forecast(&input).unwrap();
    assert_eq!(forecast.outcome, Outcome::Blocked);
    // web-2 was replaced before web-1 was, and web-0 never is.
    assert_eq!(forecast.pod_names.restarted, ["web-1", "web-2"]);
    assert_eq!(
        (
            &*forecast.verdict.blockers[0].name,
            &*forecast.verdict.blockers[0].reason
        ),
        ("web-1", "CrashLoopBackOff")
    );
    let mut larger = change(set("web", 1), set("web", 2));
    larger.settings = settings(json!({"behaviours": [{"what": "crash"}]}));
    let forecast = super::forecast(&larger).unwrap();
    assert_eq!(
        (forecast.pods.untouched, &*forecast.verdict.blockers[0].name),
        (1, "web-1")
    );
}

#[test]
fn what_is_assumed_is_said() {
    let mut web = with(
        set("web", 2),
        "volumeClaimTemplates",
        json!([
        {"metadata": {"name": "data"}, "spec": {
            "storageClassName": "fast", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}}}}]),
    );
    web["spec"]["template"]["spec"]["containers"][0]["envFrom"] =
        json!([{"secretRef": {"name": "password"}}]);
    let forecast = forecast(&ForecastInput::of(vec![web])).unwrap();
    assert_eq!(
        forecast.assumed,
        [
            "3 nodes",
            "scheduling takes 100ms, pulling an image 2s, starting 1s, stopping 1s",
            "storage class `fast` binds at once",
            "headless Service `web` exists",
            "Secret `password` exists",
            "every image can be pulled, and containers run until they are stopped",
        ]
    );
}

#[test]
fn as_many_nodes_are_assumed_as_are_needed_unless_they_are_given() {
    let mut apart = set("web", 5);
    apart["spec"]["template"]["spec"]["affinity"] = json!({"podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}]}});
    let assumed = forecast(&ForecastInput::of(vec![apart.clone()])).unwrap();
    assert_eq!(
        (assumed.outcome, &*assumed.assumed[0]),
        (Outcome::Stable, "5 nodes")
    );
    let given = ForecastInput {
        assumes_nodes: false,
        ..ForecastInput::of(vec![apart])
    };
    let given = forecast(&given).unwrap();
    assert_eq!(
        (given.outcome, &*given.verdict.blockers[0].name),
        (Outcome::Blocked, "web-3")
    );
    assert!(
        given.verdict.blockers[0]
            .message
            .starts_with("0/3 nodes are available"),
        "{:?}",
        given.verdict.blockers
    );
}

#[test]
fn a_manifest_without_a_namespace_is_applied_where_the_dump_has_the_set() {
    let mut cluster = Cluster::new(Settings::default(), Profile::default(), EPOCH);
    let mut there = set("web", 2);
    there["metadata"]["namespace"] = json!("prod");
    cluster.apply(&there).unwrap();
    cluster.run_to_rest(Millis(3_600_000));
    let list = |resource| {
        cluster
            .store()
            .list(resource, None)
            .map(|(_, object)| object.whole().clone())
            .collect::<Vec<_>>()
    };
    let observed = [Resource::StatefulSet, Resource::Pod, Resource::ControllerRevision]
        .map(list)
        .concat();
    for assumes_nodes in [true, false] {
        let input = ForecastInput {
            observed: observed.clone(),
            assumes_nodes,
            ..ForecastInput::of(vec![image(set("web", 2), "x:2")])
        };
        let forecast = forecast(&input).unwrap();
        assert_eq!(
            (&*forecast.set, forecast.outcome, forecast.min_available),
            ("prod/web", Outcome::Stable, Some(1))
        );
        assert_eq!(
            forecast.pods,
            PodCounts {
                restarted: 2,
                ..PodCounts::default()
            }
        );
        let said = "manifests without a namespace are applied in `prod`, where `web` is".to_owned();
        assert!(forecast.assumed.contains(&said), "{:?}", forecast.assumed);
    }
}

#[test]
fn the_wire_form_is_what_the_contract_says() {
    let forecast = forecast(&ForecastInput::of(vec![set("web", 1)])).unwrap();
    let json = serde_json::to_value(&forecast).unwrap();
    assert_eq!(json["outcome"], "stable");
    assert_eq!(json["verdict"], json!({"state": "stable"}));
    assert_eq!(
        json["pods"],
        json!({"created": 1, "deleted": 0, "restarted": 0, "untouched": 0})
    );
    assert_eq!(json["claims"], json!({"created": 0, "kept": 0, "deleted": 0}));
    assert_eq!(json.get("revisionIsProvisional"), None);
    assert_eq!(json["steps"][0]["at"], 0);
    assert_eq!(json["steps"][1]["actions"][0]["type"], "CreatePod");
    assert_eq!(json["steps"][1]["actions"][0]["reason"]["code"], "replicaMissing");
    assert!(json.get("minAvailable").is_none() && json.get("trace").is_none());
}

#[test]
fn far_can_be_looked_at_in_pieces() {
    let mut calls = 0;
    let stopped = forecast_watched(&ForecastInput::of(vec![set("web", 200)]), &mut |progress| {
        calls += 1;
        assert_eq!(progress.replicas.min(200), progress.replicas);
        calls < 2
    });
    assert_eq!((stopped.unwrap().outcome, calls), (Outcome::Unfinished, 2));
}

#[test]
fn a_field_that_no_version_knows_is_dropped_and_changes_nothing() {
    let mut future = set("web", 1);
    future["spec"]["template"]["spec"]["teleport"] = json!({"to": "mars"});
    let changed = forecast(&change(set("web", 1), future)).unwrap();
    assert!(!changed.revision_is_provisional);
    assert!(changed.pod_names.restarted.is_empty(), "no API server stores it");
    let said = "the API server drops `spec.template.spec.teleport`, which Kubernetes 1.37 does not know";
    assert!(
        changed.assumed.contains(&said.to_owned()),
        "{:?}",
        changed.assumed
    );
}
