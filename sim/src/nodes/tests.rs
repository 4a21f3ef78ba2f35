use serde_json::{Value, json};

use crate::settings::{Behaviour, Settings, Span, What};
use crate::store::{Key, Resource, Write};
use crate::testing::{Small, pod, pod_key};
use crate::view;
use crate::volumes::drop_version;

fn node_key(name: &str) -> Key {
    Key::new(Resource::Node, "", name)
}

fn taints(small: &Small, node: &str) -> Vec<(String, String)> {
    let taints = view::items(small.get(&node_key(node)).unwrap(), &["spec", "taints"]);
    let text = |taint: &Value, key: &str| taint[key].as_str().unwrap().to_owned();
    taints
        .iter()
        .map(|taint| (text(taint, "key"), text(taint, "effect")))
        .collect()
}

/// A cluster with a ready web-0 on node-1, and ten seconds on the clock.
fn running(settings: Settings, spec: Value) -> Small {
    let mut small = Small::new(settings);
    small.create(pod("web-0", spec));
    small.run_until(10_000);
    assert_eq!(small.node_of("web-0"), "node-1");
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
    small
}

fn change_node(small: &mut Small, name: &str, change: impl FnOnce(&mut Value)) {
    let mut node = small.get(&node_key(name)).unwrap().clone();
    change(&mut node);
    drop_version(&mut node);
    small.write(Write::Update(node));
}

#[test]
fn a_node_that_is_not_heard_of_is_tainted_and_its_pods_unready_after_the_monitors_grace() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(49_999);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
    assert_eq!(taints(&small, "node-1"), []);
    small.run_until(50_000);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("False"));
    let key = "node.kubernetes.io/unreachable".to_owned();
    assert_eq!(
        taints(&small, "node-1"),
        [
            (key.clone(), "NoSchedule".to_owned()),
            (key, "NoExecute".to_owned())
        ]
    );
    assert_eq!(small.messages("web-0", "NodeNotReady"), ["Node is not ready"]);
    assert_eq!(
        small.messages("node-1", "NodeNotReady"),
        ["Node node-1 status is now: NodeNotReady"]
    );
}

#[test]
fn its_pods_are_deleted_five_minutes_later_and_stay_terminating() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(349_999);
    assert!(!view::is_terminating(small.pod("web-0")));
    small.run_until(350_000);
    assert!(view::is_terminating(small.pod("web-0")));
    assert_eq!(
        view::condition(small.pod("web-0"), "DisruptionTarget"),
        Some("True")
    );
    assert_eq!(
        small.messages("web-0", "TaintManagerEviction"),
        ["Marking for deletion Pod default/web-0"]
    );
    small.run_until(10_000_000);
    assert!(view::is_terminating(small.pod("web-0")));
    assert!(small.is_at_rest());
}

#[test]
fn a_node_that_returns_in_time_keeps_its_pods_and_loses_its_taints() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(100_000);
    small.switch("node-1", true);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
    assert_eq!(taints(&small, "node-1"), []);
    assert_eq!(
        small.messages("web-0", "TaintManagerEviction"),
        ["Cancelling deletion of Pod default/web-0"]
    );
    small.run_until(1_000_000);
    assert!(!view::is_terminating(small.pod("web-0")));
    // And it can fail once more.
    small.switch("node-1", false);
    small.run_until(1_040_000);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("False"));
}

#[test]
fn a_node_that_is_back_before_it_was_missed_leaves_no_trace() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(20_000);
    small.switch("node-1", true);
    small.run_until(25_000);
    small.switch("node-1", false);
    small.run_until(64_999);
    assert_eq!(
        view::condition(small.pod("web-0"), "Ready"),
        Some("True"),
        "the grace counts from the second failure"
    );
    small.run_until(65_000);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("False"));
}

#[test]
fn a_node_that_returns_late_finishes_the_termination() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(400_000);
    small.switch("node-1", true);
    small.run_until(410_000);
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn the_pods_of_a_deleted_node_are_collected_after_forty_seconds() {
    let mut small = running(Settings::default(), json!({}));
    small.delete(&node_key("node-1"), None);
    small.run_until(49_999);
    assert!(small.get(&pod_key("web-0")).is_some());
    small.run_until(50_000);
    assert_eq!(small.get(&pod_key("web-0")), None);
    assert!(
        small.pods.iter().any(|line| line.contains("web-0 1/1 Failed")),
        "{:?}",
        small.pods
    );
}

#[test]
fn a_lost_node_that_is_tainted_out_of_service_gives_its_terminating_pods_up() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.run_until(400_000);
    let taint =
        json!({"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"});
    change_node(&mut small, "node-1", |node| {
        node["spec"]["taints"].as_array_mut().unwrap().push(taint)
    });
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn a_pod_that_is_deleted_on_a_node_out_of_service_goes_at_once() {
    let mut small = running(
        Settings::default(),
        json!({"tolerations": [{"operator": "Exists"}]}),
    );
    small.switch("node-1", false);
    small.run_until(400_000);
    assert!(
        !view::is_terminating(small.pod("web-0")),
        "it tolerates everything for ever"
    );
    let taint = json!({"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"});
    change_node(&mut small, "node-1", |node| {
        node["spec"]["taints"].as_array_mut().unwrap().push(taint)
    });
    assert!(!view::is_terminating(small.pod("web-0")));
    small.delete(&pod_key("web-0"), None);
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn a_pods_own_toleration_decides_how_long_it_stays() {
    let toleration = json!({"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5});
    let mut small = running(Settings::default(), json!({"tolerations": [toleration]}));
    small.switch("node-1", false);
    small.run_until(54_999);
    assert!(!view::is_terminating(small.pod("web-0")));
    small.run_until(55_000);
    assert!(view::is_terminating(small.pod("web-0")));
}

#[test]
fn one_more_taint_does_not_put_an_eviction_off() {
    let tolerations = json!([{"key": "drain", "tolerationSeconds": 100, "operator": "Exists"},
        {"key": "other", "operator": "Exists"}]);
    let mut small = running(Settings::default(), json!({"tolerations": tolerations}));
    let drain = json!({"key": "drain", "effect": "NoExecute"});
    change_node(&mut small, "node-1", |node| {
        node["spec"]["taints"] = json!([drain])
    });
    small.run_until(60_000);
    let both = json!([drain, {"key": "other", "effect": "NoExecute"}]);
    change_node(&mut small, "node-1", |node| node["spec"]["taints"] = both);
    small.run_until(109_999);
    assert!(!view::is_terminating(small.pod("web-0")));
    small.run_until(110_000);
    assert!(view::is_terminating(small.pod("web-0")));
}

#[test]
fn the_settings_say_how_long_both_spans_are() {
    let settings = Settings {
        node_monitor: Span::of_seconds(1),
        eviction_after: Span::of_seconds(2),
        ..Settings::default()
    };
    let mut small = running(settings, json!({}));
    small.switch("node-1", false);
    small.run_until(12_999);
    assert!(!view::is_terminating(small.pod("web-0")));
    small.run_until(13_000);
    assert!(view::is_terminating(small.pod("web-0")));
}

#[test]
fn a_no_execute_taint_that_is_not_tolerated_evicts_at_once() {
    let mut small = running(Settings::default(), json!({}));
    change_node(&mut small, "node-1", |node| {
        node["spec"]["taints"] = json!([{"key": "drain", "effect": "NoExecute"}])
    });
    assert!(view::is_terminating(small.pod("web-0")));
    small.run_until(20_000);
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn a_node_that_says_it_is_not_ready_is_tainted_at_once_and_its_kubelet_goes_on() {
    let mut small = running(Settings::default(), json!({}));
    let mut status = small.get(&node_key("node-1")).unwrap()["status"].clone();
    status["conditions"][0]["status"] = json!("False");
    small.write(Write::SetStatus {
        key: node_key("node-1"),
        status,
    });
    assert_eq!(
        taints(&small, "node-1")[1],
        ("node.kubernetes.io/not-ready".to_owned(), "NoExecute".to_owned())
    );
    small.delete(&pod_key("web-0"), None);
    small.run_until(20_000);
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn what_came_due_while_the_node_was_away_is_done_when_it_returns() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(1_000);
    small.switch("node-1", false);
    small.run_until(30_000);
    assert_eq!(
        small.pods.last().unwrap(),
        "100 web-0 0/1 ContainerCreating 0 unready"
    );
    small.switch("node-1", true);
    small.run_until(40_000);
    assert_eq!(small.pods.last().unwrap(), "31000 web-0 1/1 Running 0 ready");
}

#[test]
fn a_pod_that_arrives_on_a_silent_node_starts_when_the_node_returns() {
    let mut small = Small::new(Settings::default());
    small.switch("node-1", false);
    small.create(pod("web-0", json!({"nodeName": "node-1"})));
    small.run_until(30_000);
    assert_eq!(small.pod("web-0")["status"]["containerStatuses"], json!(null));
    small.switch("node-1", true);
    small.run_until(40_000);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
}

#[test]
fn a_silent_node_acts_on_no_settings_until_it_is_heard_of_again() {
    let mut small = running(Settings::default(), json!({}));
    small.switch("node-1", false);
    small.set_up(|settings| settings.behaviours.push(Behaviour::new("web-0", What::NotReady)));
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
    small.switch("node-1", true);
    small.run_until(20_000);
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("False"));
}

#[test]
fn a_node_that_was_lost_before_it_was_observed_is_not_waited_for_again() {
    let mut small = Small::new(Settings::default());
    let condition =
        json!({"type": "Ready", "status": "Unknown", "lastTransitionTime": "2026-11-20T23:00:00Z"});
    let taint = json!({"key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "timeAdded": "2026-11-20T23:59:00Z"});
    small.put(
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "old", "uid": "n"},
        "spec": {"taints": [taint]}, "status": {"conditions": [condition]}}),
    );
    let mut lost = pod("web-0", json!({"nodeName": "old"}));
    lost["metadata"]["uid"] = json!("u");
    lost["status"] = json!({"phase": "Running", "startTime": "2026-11-20T00:00:00Z",
        "conditions": [{"type": "Ready", "status": "False"}]});
    small.put(lost);
    small.run_until(239_999);
    assert!(!view::is_terminating(small.pod("web-0")));
    small.run_until(240_000);
    assert!(
        view::is_terminating(small.pod("web-0")),
        "one of the five minutes had passed"
    );
}
