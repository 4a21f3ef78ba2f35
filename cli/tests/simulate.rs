//! `simulate`: a scenario played.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Scratch, steadfast, steadfast_with};
use serde_json::Value;

const STORY: &str = "\
name: a node goes down
description: The node of web-1 fails, and comes back.
kubernetes: 1.37
settings: {nodes: 3}
objects:
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: web}
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers: [{name: nginx, image: nginx}]
timeline:
  - {at: 30s, node: {name: node-2, state: down}}
  - {at: 20m, node: {name: node-2, state: up}}
  - {at: 40m, scale: {name: web, replicas: 4}}
";

fn play(story: &str, arguments: &[&str]) -> binary::Run {
    steadfast_with(&[&["simulate", "-"], arguments].concat(), story.as_bytes())
}

#[test]
fn a_story_is_told_in_order_with_how_the_pods_fare() {
    let run = play(STORY, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
    assert!(
        run.out
            .starts_with("a node goes down\nThe node of web-1 fails, and comes back.\n\nTIME "),
        "{}",
        run.out
    );
    let mut rest = run.out.as_str();
    for expected in [
        "create   Pod web-0",
        "ready    Pod web-0",
        "create   Pod web-1",
        "story    node name=node-2 state=down",
        "stops    Pod web-1",
        "wait     Pod web-1                    to be gone; it is terminating",
        "story    node name=node-2 state=up",
        "gone     Pod web-1",
        "story    scale name=web replicas=4",
        "create   Pod web-3",
        "Stable: StatefulSet default/web\n",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = squeezed(expected);
        let at = rest.lines().position(|line| squeezed(line).contains(&expected));
        let at = at.unwrap_or_else(|| panic!("no `{expected}` where it should be in\n{}", run.out));
        rest = rest.splitn(at + 2, '\n').last().unwrap();
    }
}

#[test]
fn the_same_story_and_seed_give_the_same_record_byte_for_byte() {
    let jittery = STORY.replace("{nodes: 3}", "{nodes: 3, jitter: 40}");
    let record = |seed: &str| play(&jittery, &["--trace", "json", "--seed", seed]).out;
    assert_eq!(record("1"), record("1"));
    assert_ne!(record("1"), record("2"));
    let record: Value = serde_json::from_str(&record("1")).unwrap();
    let entries = record["trace"].as_array().unwrap();
    let times: Vec<u64> = entries
        .iter()
        .map(|entry| entry["at"].as_u64().unwrap())
        .collect();
    assert!(times.is_sorted() && times.len() > 30);
    for kind in ["action", "waits", "object", "event", "scenario", "status"] {
        assert!(entries.iter().any(|entry| entry["type"] == kind), "{kind}");
    }
}

#[test]
fn every_scenario_of_the_examples_is_played_to_its_end() {
    let mut played = 0;
    for file in std::fs::read_dir(binary::root().join("examples/scenarios")).unwrap() {
        let file = file.unwrap().path();
        let run = steadfast(&["simulate", file.to_str().unwrap()]);
        assert!(matches!(run.code, 0 | 1), "{}: {run:?}", file.display());
        assert!(
            run.out.contains("story    ") && run.out.contains("\nat rest at "),
            "{}: {run:?}",
            file.display()
        );
        played += 1;
    }
    assert!(played > 0);
}

#[test]
fn an_image_that_is_tried_again_and_again_is_told_once() {
    let story = STORY
        .replace(
            "{at: 30s, node: {name: node-2, state: down}}",
            "{at: 30s, imageNeverPulls: broken}",
        )
        .replace(
            "{at: 20m, node: {name: node-2, state: up}}",
            "{at: 31s, image: {set: web, image: broken}}",
        );
    let run = play(&story, &[]);
    let told = run.out.lines().filter(|line| {
        line.contains(" state ") && line.contains("Pod web-2 ") && line.ends_with(" ImagePullBackOff")
    });
    assert_eq!(told.count(), 1, "{}", run.out);
}

#[test]
fn the_summary_says_where_each_set_stands_and_the_exit_code_too() {
    let summary = play(STORY, &["-o", "json"]).json();
    assert_eq!(summary["ends"][0]["outcome"], "stable");
    assert_eq!(summary["atRest"], true);
    assert_eq!(summary["trace"], Value::Null);
    let broken = STORY
        .replace("node: {name: node-2, state: down}", "apply: {}")
        .replace(
            "  - {at: 30s, apply: {}}\n  - {at: 20m, node: {name: node-2, state: up}}\n",
            "  - {at: 1s, imageNeverPulls: broken}\n  - {at: 30s, image: {set: web, image: broken}}\n",
        );
    let blocked = play(&broken, &[]);
    assert_eq!(blocked.code, 1, "{blocked:?}");
    assert!(
        blocked.out.contains("Blocked: StatefulSet default/web: Pod web-"),
        "{}",
        blocked.out
    );
    let cut = play(&format!("{STORY}until: 15m\n"), &[]);
    assert_eq!(cut.code, 3, "{cut:?}");
    assert!(cut.out.contains("not at rest at 15m00s"), "{}", cut.out);
}

#[test]
fn watch_prints_pods_as_kubectl_does() {
    let run = play(STORY, &["--watch"]);
    assert!(run.out.starts_with("NAME    READY   STATUS"), "{}", run.out);
    assert!(run.out.contains("\nweb-1   1/1     Terminating"), "{}", run.out);
}

#[test]
fn what_is_wrong_with_a_scenario_is_told_with_its_line() {
    for (from, to, expected) in [
        (
            "replicas: 4",
            "replicas: -4",
            "error: FILE:19:34: timeline[2].scale.replicas: Invalid value: -4",
        ),
        (
            "replicas: 3\n",
            "replicas: three\n",
            "error: FILE:10:7: objects[0]: StatefulSet `web`: spec.replicas: Invalid value: \"three\"",
        ),
        (
            "scale:",
            "scael:",
            "error: FILE:19:15: timeline[2].scael: Unsupported value",
        ),
        (
            "{nodes: 3}",
            "{nodes: many}",
            "error: FILE:4:12: settings.nodes: Invalid value: \"many\"",
        ),
        (
            "kubernetes: 1.37",
            "kubernetes: 1.12",
            "error: FILE:3:1: Kubernetes `1.12` is not known here",
        ),
        ("name: a node", "nmae: a node", "error: FILE:1:1: nmae: "),
    ] {
        let file = Scratch::new("story.yaml", STORY.replacen(from, to, 1));
        let run = steadfast(&["simulate", file.path()]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{to}: {run:?}");
        assert!(run.complaint(&file).starts_with(expected), "{to}: {run:?}");
    }
    assert_eq!(
        steadfast(&["simulate", "examples/no-such.yaml"]).err,
        "error: examples/no-such.yaml: there is no such file\n"
    );
    let text = play("just text\n", &[]);
    assert!(
        text.code == 2 && text.err.starts_with("error: standard input"),
        "{text:?}"
    );
}
