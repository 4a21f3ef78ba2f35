use super::*;
use serde_json::json;

fn set(replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "x:1"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}})
}

fn story(timeline: Value) -> Value {
    json!({"objects": [set(2)], "timeline": timeline})
}

fn played(timeline: Value) -> Value {
    let scenario = Scenario::parse(&story(timeline)).unwrap();
    serde_json::to_value(play(&scenario).unwrap()).unwrap()
}

fn state(timeline: Value) -> (String, Vec<String>) {
    let played = played(timeline);
    let end = &played["ends"][0];
    let blockers = end["verdict"]["blockers"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let blockers = blockers.map(|blocker| format!("{} {}", text(&blocker["name"]), text(&blocker["reason"])));
    (text(&end["verdict"]["state"]), blockers.collect())
}

#[test]
fn every_event_can_be_written_and_takes_place() {
    for event in [
        json!({"apply": set(3)}),
        json!({"scale": {"name": "web", "replicas": 3}}),
        json!({"image": {"set": "web", "image": "x:2"}}),
        json!({"image": {"set": "default/web", "container": "c", "image": "x:2"}}),
        json!({"delete": {"kind": "StatefulSet", "name": "web", "cascade": "orphan"}}),
        json!({"delete": {"kind": "Pod", "name": "web-0", "grace": 0}}),
        json!({"deletePod": "web-1"}),
        json!({"deletePod": {"name": "web-1", "grace": 5}}),
        json!({"evict": "web-1"}),
        json!({"notReady": "web-1"}),
        json!({"ready": "web-*"}),
        json!({"crash": "web-0"}),
        json!({"initFails": "web-0"}),
        json!({"initFails": {"pod": "web-0", "container": "i"}}),
        json!({"exits": {"pod": "web-0", "phase": "Succeeded"}}),
        json!({"slowTermination": {"pod": "web-0", "for": "20s"}}),
        json!({"neverTerminates": "web-0"}),
        json!({"imageNeverPulls": "x:*"}),
        json!({"imageNeverPulls": {"image": "x:2"}}),
        json!({"imagePulls": "x:2"}),
        json!({"node": {"name": "node-1", "state": "down"}}),
        json!({"volumeStuck": "data-web-2"}),
        json!({"volumeFreed": {"claim": "data-web-2"}}),
        json!({"apiError": {"verb": "create", "kind": "Pod", "error": "quota", "times": 1}}),
        json!({"clear": "all"}),
        json!({"tick": null}),
    ] {
        let mut entry = event.clone();
        entry["at"] = json!("20s");
        let played = played(json!([entry]));
        let told = played["trace"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["type"] == "scenario")
            .unwrap();
        assert_eq!(told["at"], 20_000, "{event}");
        assert!(told.get("error").is_none(), "{told}");
    }
}

#[test]
fn an_event_that_cannot_take_place_says_why_in_the_trace() {
    for (event, why) in [
        (json!({"deletePod": "web-7"}), "pods \"web-7\" not found"),
        (
            json!({"scale": {"name": "db", "replicas": 3}}),
            "statefulsets.apps \"db\" not found",
        ),
        (
            json!({"node": {"name": "node-9", "state": "up"}}),
            "nodes \"node-9\" not found",
        ),
        (
            json!({"image": {"set": "web", "container": "d", "image": "x"}}),
            "no container `d`",
        ),
        (
            json!({"apply": {"kind": "Deployment"}}),
            "objects of kind `Deployment` are not simulated",
        ),
    ] {
        let mut entry = event;
        entry["at"] = json!("1s");
        let played = played(json!([entry]));
        let told = played["trace"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["type"] == "scenario")
            .unwrap();
        assert!(told["error"].as_str().unwrap().contains(why), "{told}");
    }
}

#[test]
fn errors_have_the_path_and_the_remedy() {
    for (scenario, expected) in [
        (
            json!([]),
            "scenario: Invalid value: must be a mapping, but is a list",
        ),
        (json!({"kubernetes": "1.2"}), "Kubernetes `1.2` is not known here"),
        (
            json!({"kubernetes": 1.37, "featureGates": {"Nope": true}}),
            "no feature gate `Nope`",
        ),
        (
            json!({"featureGates": {"MaxUnavailableStatefulSet": "yes"}}),
            "featureGates.MaxUnavailableStatefulSet: Invalid",
        ),
        (json!({"settings": {"pull": "soon"}}), "settings.pull: "),
        (
            json!({"object": []}),
            "object: Forbidden: unknown field; there are kubernetes, featureGates, settings",
        ),
        (
            json!({"until": 5}),
            "until: Invalid value: 5: must be a span of time",
        ),
        (
            json!({"now": "today"}),
            "now: Invalid value: \"today\": must be a time",
        ),
        (
            story(json!("12s")),
            "timeline: Invalid value: \"12s\": must be a list",
        ),
        (story(json!([{"tick": null}])), "timeline[0].at: Required value"),
        (
            story(json!([{"at": "1s"}])),
            "timeline[0]: Invalid value: must have `at` and exactly one event of apply",
        ),
        (
            story(json!([{"at": "1s", "tick": null, "crash": "web-0"}])),
            "timeline[0]: Invalid value",
        ),
        (
            story(json!([{"at": "1s", "explode": "web-0"}])),
            "timeline[0].explode: Unsupported value: no such event; there are",
        ),
        (
            story(json!([{"at": "1s", "scale": {"name": "web", "replicas": -1}}])),
            "timeline[0].scale.replicas: Invalid value: -1",
        ),
        (
            story(json!([{"at": "1s", "scale": {"name": "web"}}])),
            "timeline[0].scale.replicas: Required value",
        ),
        (
            story(json!([{"at": "1s", "scale": {"name": "a/b/c", "replicas": 1}}])),
            "timeline[0].scale.name: Invalid value",
        ),
        (
            story(json!([{"at": "1s", "scale": {"name": "web", "replicas": 1, "x": 1}}])),
            "timeline[0].scale.x: Forbidden",
        ),
        (
            story(json!([{"at": "1s", "delete": {"kind": "Car", "name": "a"}}])),
            "timeline[0].delete.kind: Invalid value: \"Car\"",
        ),
        (
            story(json!([{"at": "1s", "delete": {"kind": "Pod", "name": "a", "cascade": "all"}}])),
            "timeline[0].delete.cascade: Unsupported value: \"all\": supported values: \"background\"",
        ),
        (
            story(json!([{"at": "1s", "node": {"name": "a", "state": "off"}}])),
            "timeline[0].node.state: Unsupported value: \"off\"",
        ),
        (
            story(json!([{"at": "1s", "exits": {"pod": "a", "phase": "Running"}}])),
            "timeline[0].exits.phase: Unsupported value",
        ),
        (
            story(json!([{"at": "1s", "slowTermination": "web-0"}])),
            "timeline[0].slowTermination.for: Required value",
        ),
        (
            story(json!([{"at": "1s", "apiError": {"error": "bad luck"}}])),
            "timeline[0].apiError.error: Unsupported value: \"bad luck\": supported values: \"quota\", ",
        ),
        (
            story(json!([{"at": "1s", "clear": "sky"}])),
            "timeline[0].clear: Unsupported value: \"sky\"",
        ),
    ] {
        let error = Scenario::parse(&scenario).unwrap_err().to_string();
        assert!(error.contains(expected), "{scenario}\n{error}");
    }
    let unreadable =
        Scenario::parse(&json!({"objects": [set(1), {"kind": "StatefulSet", "metadata": {"name": "b"}}]}));
    let error = play(&unreadable.unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("objects[1]: "), "{error}");
}

#[test]
fn a_crash_blocks_its_successor_until_it_is_over() {
    let crash = json!({"at": "1s", "crash": "web-0"});
    assert_eq!(
        state(json!([crash])),
        ("blocked".into(), vec!["web-0 CrashLoopBackOff".into()])
    );
    assert_eq!(state(json!([crash, {"at": "2h", "ready": "web-0"}])).0, "stable");
}

#[test]
fn an_image_that_comes_back_is_pulled_at_the_next_try() {
    let gone = json!({"at": "0s", "imageNeverPulls": "x:1"});
    assert_eq!(
        state(json!([gone])),
        ("blocked".into(), vec!["web-0 ImagePullBackOff".into()])
    );
    assert_eq!(
        state(json!([gone, {"at": "1h", "imagePulls": "x:1"}])).0,
        "stable"
    );
}

#[test]
fn a_stuck_volume_blocks_until_it_is_freed() {
    let stuck = json!({"at": "0s", "volumeStuck": "data-web-1"});
    let (state_then, blockers) = state(json!([stuck]));
    assert_eq!(state_then, "blocked");
    assert!(
        blockers.contains(&"data-web-1 Pending".to_owned()),
        "{blockers:?}"
    );
    assert_eq!(
        state(json!([stuck, {"at": "1h", "volumeFreed": "data-web-1"}])).0,
        "stable"
    );
}

#[test]
fn a_lost_node_keeps_its_pod_until_it_returns() {
    let down = json!({"at": "1m", "node": {"name": "node-1", "state": "down"}});
    let (state_then, blockers) = state(json!([down]));
    assert_eq!(
        (state_then.as_str(), blockers),
        ("blocked", vec!["web-0 Terminating".to_owned()])
    );
    assert_eq!(
        state(json!([down, {"at": "2h", "node": {"name": "node-1", "state": "up"}}])).0,
        "stable"
    );
}

#[test]
fn slow_calls_and_a_slow_watch_change_when_things_happen_but_not_what() {
    let actions = |settings: Value| {
        let mut story = story(json!([{"at": "60s", "image": {"set": "web", "image": "x:2"}}]));
        story["settings"] = settings;
        let played = serde_json::to_value(play(&Scenario::parse(&story).unwrap()).unwrap()).unwrap();
        assert_eq!(played["ends"][0]["verdict"]["state"], "stable");
        let entries = played["trace"].as_array().unwrap().clone();
        let action = |entry: &Value| {
            (entry["type"] == "action")
                .then(|| format!("{} {}", entry["action"]["type"], entry["action"]["name"]))
        };
        entries.iter().filter_map(action).collect::<Vec<_>>()
    };
    let quick = actions(json!({}));
    assert_eq!(quick.len(), 10, "{quick:?}");
    assert_eq!(actions(json!({"watch": "300ms"})), quick);
    assert_eq!(actions(json!({"call": "2s", "watch": "7s"})), quick);
}

#[test]
fn the_same_story_and_seed_give_the_same_text() {
    let text = |seed: u64| {
        let mut story = story(
            json!([{"at": "10s", "deletePod": "web-0"}, {"at": "20s", "scale": {"name": "web", "replicas": 4}}]),
        );
        story["settings"] = json!({"seed": seed, "jitter": 30});
        serde_json::to_string(&play(&Scenario::parse(&story).unwrap()).unwrap()).unwrap()
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn a_fork_goes_its_own_way() {
    let scenario = Scenario::parse(&story(json!([]))).unwrap();
    let mut cluster = scenario.begin().unwrap();
    cluster.run_until(Millis(2_000));
    let mut fork = cluster.clone();
    fork.event(&ScenarioEvent::Tick, json!("tick"));
    let pod = crate::store::Key::new(Resource::Pod, "default", "web-0");
    fork.delete(
        &pod,
        crate::store::DeleteOptions {
            grace_seconds: Some(0),
            ..Default::default()
        },
    )
    .unwrap();
    assert!(fork.store().get(&pod).is_none() && cluster.store().get(&pod).is_some());
    assert_eq!(cluster.run_to_rest(Millis(3_600_000)), Ending::Rest);
    let mut again = scenario.begin().unwrap();
    again.run_to_rest(Millis(3_600_000));
    assert_eq!(again.trace(), cluster.trace());
}
