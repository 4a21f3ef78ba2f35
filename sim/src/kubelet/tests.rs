use serde_json::json;

use crate::settings::{Absent, AbsentKind, Behaviour, Phase, Settings, Span, What};
use crate::store::Write;
use crate::testing::{Small, claim, claim_key, pod, pod_key, volumes};
use crate::view;

fn behaving(what: What) -> Settings {
    Settings {
        behaviours: vec![Behaviour::new("web-*", what)],
        ..Settings::default()
    }
}

/// What happens to one Pod until `until`, as lines of time and state.
fn life(settings: Settings, spec: serde_json::Value, until: u64) -> Vec<String> {
    let mut small = Small::new(settings);
    small.create(pod("web-0", spec));
    small.run_until(until);
    small.pods
}

#[test]
fn a_pod_is_scheduled_pulls_its_image_starts_and_is_ready() {
    let lines = life(Settings::default(), json!({}), 60_000);
    assert_eq!(
        lines,
        [
            "0 web-0 0/1 Pending 0 unready",
            "100 web-0 0/1 Pending 0 unready",
            "100 web-0 0/1 ContainerCreating 0 unready",
            "3100 web-0 1/1 Running 0 ready",
        ]
    );
}

#[test]
fn a_ready_pod_has_the_conditions_addresses_and_times_of_a_real_one() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    let pod = small.pod("web-0");
    for kind in [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ] {
        assert_eq!(view::condition(pod, kind), Some("True"), "{kind}");
    }
    let ready = pod["status"]["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["type"] == "Ready")
        .unwrap();
    assert_eq!(ready["lastTransitionTime"], "2026-11-21T00:00:03Z");
    let conditions = pod["status"]["conditions"].as_array().unwrap();
    let initialized = conditions.iter().find(|c| c["type"] == "Initialized").unwrap();
    assert_eq!(
        initialized["lastTransitionTime"], "2026-11-21T00:00:00Z",
        "since before the Pod was ready"
    );
    assert_eq!(pod["status"]["startTime"], "2026-11-21T00:00:00Z");
    assert_eq!(pod["status"]["podIP"], "10.64.0.1");
    assert_eq!(pod["status"]["hostIP"], "192.168.0.2");
    assert_eq!(
        pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"],
        "2026-11-21T00:00:03Z"
    );
    assert!(small.is_at_rest());
}

#[test]
fn an_image_is_pulled_once_a_node_and_others_wait_for_the_same_pull() {
    let settings = Settings {
        nodes: crate::settings::NodesSetting::Count(1),
        ..Settings::default()
    };
    let mut small = Small::new(settings);
    small.create(pod("web-0", json!({})));
    small.run_until(1_000);
    small.create(pod("web-1", json!({})));
    small.run_until(10_000);
    small.create(pod("web-2", json!({})));
    small.run_until(20_000);
    let ready: Vec<_> = small
        .pods
        .iter()
        .filter(|line| line.ends_with(" ready"))
        .map(String::as_str)
        .collect();
    let expected = [
        "3100 web-0 1/1 Running 0 ready",
        "3100 web-1 1/1 Running 0 ready",
        "11100 web-2 1/1 Running 0 ready",
    ];
    assert_eq!(ready, expected);
    let pulls = small
        .events
        .iter()
        .filter(|(_, event)| event.reason == "Pulling")
        .count();
    assert_eq!(pulls, 1);
}

#[test]
fn readiness_comes_after_the_probe_and_not_before() {
    let probe = json!({"containers": [{"name": "c", "image": "i",
        "readinessProbe": {"initialDelaySeconds": 7, "periodSeconds": 5}}]});
    let lines = life(Settings::default(), probe.clone(), 60_000);
    assert_eq!(
        lines[3..],
        [
            "3100 web-0 0/1 Running 0 unready",
            "13100 web-0 1/1 Running 0 ready"
        ]
    );
    let fixed = Settings {
        readiness: Some(Span::of_millis(500)),
        ..Settings::default()
    };
    assert_eq!(life(fixed, probe, 60_000)[4], "3600 web-0 1/1 Running 0 ready");
}

#[test]
fn init_containers_run_one_after_the_other_and_then_the_others_start() {
    let spec = json!({"initContainers": [{"name": "a", "image": "one"}, {"name": "b", "image": "two"}]});
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", spec));
    small.run_until(2_500);
    let statuses = &small.pod("web-0")["status"]["initContainerStatuses"];
    assert!(statuses[0]["state"]["running"].is_object(), "{statuses}");
    assert_eq!(statuses[1]["state"]["waiting"]["reason"], "PodInitializing");
    assert_eq!(view::condition(small.pod("web-0"), "Initialized"), Some("False"));
    small.run_until(60_000);
    // Three images of 2 s, three starts of 1 s.
    assert_eq!(small.pods.last().unwrap(), "9100 web-0 1/1 Running 0 ready");
    assert_eq!(
        small.pod("web-0")["status"]["initContainerStatuses"][1]["state"]["terminated"]["exitCode"],
        0
    );
    assert_eq!(view::condition(small.pod("web-0"), "Initialized"), Some("True"));
}

#[test]
fn a_sidecar_starts_before_the_others_and_goes_on_running() {
    let spec = json!({"initContainers": [{"name": "a", "image": "nginx:1", "restartPolicy": "Always"}]});
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", spec));
    small.run_until(60_000);
    assert_eq!(small.pods.last().unwrap(), "4100 web-0 1/1 Running 0 ready");
    let status = &small.pod("web-0")["status"]["initContainerStatuses"][0];
    assert!(
        status["state"]["running"].is_object() && status["ready"] == true,
        "{status}"
    );
}

#[test]
fn the_first_init_container_may_wait_for_the_pod_with_the_ordinal_before() {
    let mut small = Small::new(Settings::default());
    let clone = |name: &str| {
        let mut pod = pod(
            name,
            json!({"initContainers": [{"name": "clone", "image": "nginx:1"}]}),
        );
        pod["metadata"]["annotations"] = json!({super::INIT_WAITS_FOR: "previous"});
        pod
    };
    small.create(clone("web-1"));
    small.run_until(60_000);
    assert_eq!(
        small.pods.last().unwrap(),
        "2100 web-1 0/1 PodInitializing 0 unready"
    );
    assert!(small.pod("web-1")["status"]["initContainerStatuses"][0]["state"]["running"].is_object());
    small.create(clone("web-0"));
    small.run_until(120_000);
    let ready: Vec<_> = small
        .pods
        .iter()
        .filter(|line| line.ends_with(" ready"))
        .map(String::as_str)
        .collect();
    assert_eq!(
        ready,
        [
            "64100 web-0 1/1 Running 0 ready",
            "66100 web-1 1/1 Running 0 ready"
        ]
    );
}

#[test]
fn the_first_ordinal_of_a_set_that_starts_at_five_waits_for_nobody() {
    let mut small = Small::new(Settings::default());
    small.put(json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "namespace": "default", "uid": "s"},
        "spec": {"replicas": 1, "ordinals": {"start": 5}}}));
    let mut first = pod(
        "web-5",
        json!({"initContainers": [{"name": "clone", "image": "nginx:1"}]}),
    );
    first["metadata"]["annotations"] = json!({super::INIT_WAITS_FOR: "previous"});
    small.create(first);
    small.run_until(60_000);
    assert_eq!(small.pods.last().unwrap(), "4100 web-5 1/1 Running 0 ready");
}

#[test]
fn a_crashing_container_is_restarted_at_once_and_then_after_ten_twenty_and_forty_seconds() {
    let lines = life(behaving(What::Crash), json!({}), 80_000);
    assert_eq!(
        lines[3..],
        [
            "3100 web-0 0/1 Error 0 unready",
            "4100 web-0 0/1 CrashLoopBackOff 1 unready",
            "15100 web-0 0/1 CrashLoopBackOff 2 unready",
            "36100 web-0 0/1 CrashLoopBackOff 3 unready",
            "77100 web-0 0/1 CrashLoopBackOff 4 unready",
        ]
    );
}

#[test]
fn a_pod_that_stops_crashing_comes_up_at_its_next_restart() {
    let mut small = Small::new(behaving(What::Crash));
    small.create(pod("web-0", json!({})));
    small.run_until(5_000);
    let status = &small.pod("web-0")["status"];
    assert_eq!(status["phase"], "Running");
    let waiting = &status["containerStatuses"][0]["state"]["waiting"];
    let uid = view::uid(small.pod("web-0"));
    let expected = format!("back-off 10s restarting failed container=nginx pod=web-0_default({uid})");
    assert_eq!(waiting["message"], expected);
    small.set_up(|settings| settings.behaviours.clear());
    small.run_until(60_000);
    assert_eq!(small.pods.last().unwrap(), "15100 web-0 1/1 Running 2 ready");
}

#[test]
fn a_running_pod_crashes_when_the_settings_come_to_say_so() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.set_up(|settings| settings.behaviours.push(Behaviour::new("web-0", What::Crash)));
    small.set_up(|settings| settings.behaviours.clear());
    small.run_until(60_000);
    assert_eq!(
        small.pods[4..],
        [
            "10000 web-0 0/1 Error 0 unready",
            "11000 web-0 1/1 Running 1 ready"
        ]
    );
}

#[test]
fn an_image_that_cannot_be_pulled_is_tried_again_ever_more_slowly() {
    let lines = life(behaving(What::ImageNeverPulls), json!({}), 60_000);
    assert_eq!(
        lines[3..],
        [
            "2100 web-0 0/1 ErrImagePull 0 unready",
            "3100 web-0 0/1 ImagePullBackOff 0 unready",
            "14100 web-0 0/1 ErrImagePull 0 unready",
            "15100 web-0 0/1 ImagePullBackOff 0 unready",
            "36100 web-0 0/1 ErrImagePull 0 unready",
            "37100 web-0 0/1 ImagePullBackOff 0 unready",
        ]
    );
}

#[test]
fn a_container_whose_image_is_there_runs_beside_one_whose_image_is_not() {
    let mut settings = behaving(What::ImageNeverPulls);
    settings.behaviours[0].image = Some("*:no-such-tag".to_owned());
    let mut small = Small::new(settings);
    small.create(pod(
        "web-0",
        json!({"containers": [{"name": "a", "image": "good"}, {"name": "b", "image": "bad:no-such-tag"}]}),
    ));
    small.run_until(10_000);
    assert_eq!(
        small.pods.last().unwrap(),
        "5100 web-0 1/2 ImagePullBackOff 0 unready"
    );
    assert_eq!(small.pod("web-0")["status"]["phase"], "Pending");
    assert_eq!(
        small.messages("web-0", "BackOff"),
        ["Back-off pulling image \"bad:no-such-tag\""]
    );
}

#[test]
fn a_failing_init_container_is_run_again_and_the_others_never_start() {
    let spec =
        json!({"initContainers": [{"name": "a", "image": "nginx:1"}, {"name": "b", "image": "nginx:1"}]});
    let lines = life(
        behaving(What::InitFails {
            container: Some("b".to_owned()),
        }),
        spec,
        20_000,
    );
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "4100 web-0 0/1 Init:Error 0 unready",
            "5100 web-0 0/1 Init:CrashLoopBackOff 0 unready",
            "16100 web-0 0/1 Init:CrashLoopBackOff 0 unready",
        ]
    );
}

#[test]
fn not_ready_takes_effect_at_once_and_ends_at_once() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.set_up(|settings| settings.behaviours.push(Behaviour::new("web-0", What::NotReady)));
    small.run_until(20_000);
    small.set_up(|settings| settings.behaviours.push(Behaviour::new("*", What::Healthy)));
    assert_eq!(
        small.pods[4..],
        [
            "10000 web-0 0/1 Running 0 unready",
            "20000 web-0 1/1 Running 0 ready"
        ]
    );
    let ready = small.pod("web-0")["status"]["conditions"].as_array().unwrap();
    assert_eq!(
        ready.iter().find(|c| c["type"] == "Ready").unwrap()["lastTransitionTime"],
        "2026-11-21T00:00:20Z"
    );
    assert_eq!(small.messages("web-0", "Unhealthy").len(), 1);
}

#[test]
fn an_exit_makes_the_pod_failed_or_succeeded_for_good() {
    for (phase, word) in [(Phase::Failed, "Failed"), (Phase::Succeeded, "Succeeded")] {
        let lines = life(behaving(What::Exits { phase }), json!({}), 60_000);
        assert_eq!(*lines.last().unwrap(), format!("3100 web-0 0/1 {word} 0 unready"));
    }
}

#[test]
fn a_pod_that_must_not_be_restarted_fails_when_it_crashes() {
    let lines = life(behaving(What::Crash), json!({"restartPolicy": "Never"}), 60_000);
    assert_eq!(lines.last().unwrap(), "3100 web-0 0/1 Failed 0 unready");
}

#[test]
fn deletion_takes_the_time_of_termination_and_the_pod_is_unready_meanwhile() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(60_000);
    let expected = [
        "10000 web-0 1/1 Terminating 0 ready",
        "10000 web-0 0/1 Terminating 0 unready",
        "11000 web-0 gone",
    ];
    assert_eq!(small.pods[4..], expected);
    assert_eq!(small.messages("web-0", "Killing"), ["Stopping container nginx"]);
}

#[test]
fn slow_termination_ends_at_the_deadline_and_sooner_if_the_grace_is_shortened() {
    let slow = || {
        behaving(What::SlowTermination {
            span: Span::of_seconds(45),
        })
    };
    let mut small = Small::new(slow());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(60_000);
    assert_eq!(small.pods.last().unwrap(), "40000 web-0 gone");

    let mut small = Small::new(slow());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(12_000);
    small.delete(&pod_key("web-0"), Some(3));
    small.run_until(60_000);
    // The new grace counts from the first deletion, as the API server has it.
    assert_eq!(small.pods.last().unwrap(), "13000 web-0 gone");
}

#[test]
fn a_pod_that_never_terminates_waits_for_force() {
    let mut small = Small::new(behaving(What::NeverTerminates));
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(600_000);
    assert!(view::is_terminating(small.pod("web-0")));
    small.delete(&pod_key("web-0"), Some(0));
    assert_eq!(small.get(&pod_key("web-0")), None);
}

#[test]
fn a_pod_that_never_terminated_does_when_the_settings_let_it() {
    let mut small = Small::new(behaving(What::NeverTerminates));
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(20_000);
    small.set_up(|settings| settings.behaviours.clear());
    small.run_until(60_000);
    assert_eq!(small.pods.last().unwrap(), "21000 web-0 gone");
}

#[test]
fn a_pod_whose_containers_have_not_started_goes_at_once() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(1_000);
    small.delete(&pod_key("web-0"), None);
    assert_eq!(small.pods.last().unwrap(), "1000 web-0 gone");
    small.run_until(60_000);
    assert!(small.is_at_rest());
}

#[test]
fn a_missing_secret_keeps_the_container_from_being_made_until_it_is_there() {
    let absent = vec![Absent {
        kind: AbsentKind::Secret,
        name: "password".to_owned(),
    }];
    let mut small = Small::new(Settings {
        absent,
        ..Settings::default()
    });
    let env = json!([{"name": "P", "valueFrom": {"secretKeyRef": {"name": "password", "key": "p"}}}]);
    small.create(pod(
        "web-0",
        json!({"containers": [{"name": "c", "image": "i", "env": env}]}),
    ));
    small.run_until(10_000);
    assert_eq!(
        small.pods.last().unwrap(),
        "2100 web-0 0/1 CreateContainerConfigError 0 unready"
    );
    assert_eq!(
        small.messages("web-0", "Failed"),
        ["Error: secret \"password\" not found"]
    );
    small.create(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password", "namespace": "default"}}));
    small.run_until(20_000);
    assert_eq!(small.pods.last().unwrap(), "11000 web-0 1/1 Running 0 ready");
}

#[test]
fn a_missing_config_map_of_a_volume_keeps_the_pod_creating_until_the_settings_change() {
    let absent = vec![Absent {
        kind: AbsentKind::ConfigMap,
        name: "conf".to_owned(),
    }];
    let mut small = Small::new(Settings {
        absent,
        ..Settings::default()
    });
    small.create(pod(
        "web-0",
        json!({"volumes": [{"name": "v", "configMap": {"name": "conf"}}]}),
    ));
    small.create(pod(
        "web-1",
        json!({"volumes": [{"name": "v", "configMap": {"name": "conf", "optional": true}}]}),
    ));
    small.run_until(10_000);
    assert_eq!(
        small.pod("web-0")["status"]["containerStatuses"][0]["state"]["waiting"]["reason"],
        "ContainerCreating"
    );
    let message = "MountVolume.SetUp failed for volume \"v\" : configmap \"conf\" not found";
    assert_eq!(small.messages("web-0", "FailedMount"), [message]);
    assert_eq!(view::condition(small.pod("web-1"), "Ready"), Some("True"));
    small.set_up(|settings| settings.absent.clear());
    small.run_until(20_000);
    assert_eq!(small.pods.last().unwrap(), "13000 web-0 1/1 Running 0 ready");
}

#[test]
fn a_pod_that_names_its_node_waits_there_for_its_claim() {
    let mut small = Small::new(Settings::default());
    small.create(pod(
        "web-0",
        json!({"nodeName": "node-2", "volumes": volumes(&["data-web-0"])}),
    ));
    small.run_until(10_000);
    assert_eq!(
        small.pods.last().unwrap(),
        "0 web-0 0/1 ContainerCreating 0 unready"
    );
    assert_eq!(small.messages("web-0", "FailedMount").len(), 1);
    small.create(claim("data-web-0", None));
    small.run_until(20_000);
    assert_eq!(small.pods.last().unwrap(), "13000 web-0 1/1 Running 0 ready");
    assert_eq!(
        view::text(small.get(&claim_key("data-web-0")).unwrap(), &["status", "phase"]),
        Some("Bound")
    );
}

#[test]
fn a_readiness_gate_is_open_once_its_condition_is_true() {
    let mut small = Small::new(Settings::default());
    small.create(pod(
        "web-0",
        json!({"readinessGates": [{"conditionType": "example.com/lb"}]}),
    ));
    small.run_until(10_000);
    let pod = small.pod("web-0");
    assert_eq!(
        (
            view::condition(pod, "Ready"),
            view::condition(pod, "ContainersReady")
        ),
        (Some("False"), Some("True"))
    );
    let mut status = pod["status"].clone();
    status["conditions"]
        .as_array_mut()
        .unwrap()
        .push(json!({"type": "example.com/lb", "status": "True"}));
    small.write(Write::SetStatus {
        key: pod_key("web-0"),
        status,
    });
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
}

fn observed(status: serde_json::Value) -> serde_json::Value {
    let mut pod = pod("web-0", json!({"nodeName": "node-1"}));
    pod["metadata"]["uid"] = json!("u");
    pod["status"] = status;
    pod
}

#[test]
fn an_observed_ready_pod_is_left_as_it_is() {
    let status = json!({"phase": "Running", "startTime": "2026-11-20T00:00:00Z", "podIP": "10.1.1.1",
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-20T00:00:05Z"}],
        "containerStatuses": [{"name": "nginx", "image": "nginx:1", "ready": true, "restartCount": 2,
            "state": {"running": {"startedAt": "2026-11-20T00:00:04Z"}}}]});
    let mut small = Small::new(Settings::default());
    small.put(observed(status.clone()));
    small.run_until(60_000);
    assert_eq!(small.pod("web-0")["status"], status);
    small.delete(&pod_key("web-0"), None);
    small.run_until(120_000);
    assert_eq!(small.pods.last().unwrap(), "61000 web-0 gone");
    // Its image is on the node, so the next Pod does not pull it.
    small.create(pod("web-0", json!({"nodeName": "node-1"})));
    small.run_until(180_000);
    assert_eq!(small.pods.last().unwrap(), "121000 web-0 1/1 Running 0 ready");
}

#[test]
fn an_observed_broken_pod_stays_broken_until_it_is_said_to_recover_and_its_image_fails_for_others() {
    let status = json!({"phase": "Pending", "startTime": "2026-11-20T00:00:00Z",
        "conditions": [{"type": "Ready", "status": "False"}],
        "containerStatuses": [{"name": "nginx", "image": "nginx:1", "ready": false, "restartCount": 0,
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "m"}}}]});
    let mut small = Small::new(Settings::default());
    small.put(observed(status.clone()));
    small.create(pod("web-1", json!({})));
    small.run_until(10_000);
    assert_eq!(small.pod("web-0")["status"], status);
    assert_eq!(
        small.pods.last().unwrap(),
        "3100 web-1 0/1 ImagePullBackOff 0 unready"
    );
    small.set_up(|settings| settings.behaviours.push(Behaviour::new("web-0", What::Healthy)));
    small.run_until(13_500);
    assert_eq!(small.pods.last().unwrap(), "13000 web-0 1/1 Running 0 ready");
}

#[test]
fn an_observed_pod_that_was_being_created_goes_on() {
    let status = json!({"phase": "Pending", "startTime": "2026-11-20T00:00:00Z", "podIP": "10.1.1.1",
        "containerStatuses": [{"name": "nginx", "image": "nginx:1", "ready": false, "restartCount": 0,
            "state": {"waiting": {"reason": "ContainerCreating"}}}]});
    let mut small = Small::new(Settings::default());
    small.put(observed(status));
    small.run_until(10_000);
    assert_eq!(small.pods.last().unwrap(), "3000 web-0 1/1 Running 0 ready");
    assert_eq!(small.pod("web-0")["status"]["podIP"], "10.1.1.1");
}

#[test]
fn an_observed_running_pod_that_is_not_ready_becomes_ready_by_its_probe() {
    let status = json!({"phase": "Running", "startTime": "2026-11-20T00:00:00Z",
        "containerStatuses": [{"name": "nginx", "image": "nginx:1", "ready": false, "restartCount": 0,
            "state": {"running": {"startedAt": "2026-11-20T00:00:04Z"}}}]});
    let mut small = Small::new(Settings::default());
    let mut pod = observed(status);
    pod["spec"]["containers"][0]["readinessProbe"] = json!({"initialDelaySeconds": 10});
    small.put(pod);
    small.run_until(20_000);
    assert_eq!(small.pods.last().unwrap(), "10000 web-0 1/1 Running 0 ready");
}

#[test]
fn with_jitter_spans_vary_with_the_seed_and_the_same_seed_gives_the_same() {
    let run = |seed| {
        life(
            Settings {
                seed,
                jitter: 50,
                ..Settings::default()
            },
            json!({}),
            60_000,
        )
    };
    assert_eq!(run(1), run(1));
    assert!((2..9).any(|seed| run(seed) != run(1)));
}

#[test]
fn a_pod_of_another_uid_with_the_same_name_is_a_new_pod() {
    let mut small = Small::new(Settings::default());
    small.create(pod("web-0", json!({})));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), Some(0));
    small.create(pod("web-0", json!({})));
    small.run_until(20_000);
    assert_eq!(small.pods.last().unwrap(), "11100 web-0 1/1 Running 0 ready");
    let ip = view::text(small.pod("web-0"), &["status", "podIP"]);
    assert_eq!(ip, Some("10.64.0.2"), "the address is another");
}
