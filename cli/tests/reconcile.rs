//! `reconcile`: one step from an observation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Scratch, root, steadfast, steadfast_with, text_of};
use serde_json::{Value, json};
use steadfast_core::manifest;

#[test]
fn a_dump_of_a_set_that_was_just_changed_gives_the_steps_in_order_with_their_reasons() {
    let run = steadfast(&["reconcile", "tests/recorded/web/roll.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    let expected = "\
BATCH  ACTION  OBJECT                  WHY
0      create  revision web-bdcfdfbc8  no revision holds this template
1      delete  Pod web-2               it has revision web-7f7ccb5f97, the update leads to web-bdcfdfbc8

status  currentReplicas 3 -> 2
status  observedGeneration 1 -> 2
status  updateRevision web-7f7ccb5f97 -> web-bdcfdfbc8
status  updatedReplicas 3 -> 0

Kubernetes 1.37
";
    assert_eq!(run.out, expected);
    assert!(
        run.err.starts_with("note: now is 20") && run.err.contains("the newest time in the input"),
        "{run:?}"
    );
}

#[test]
fn a_stable_set_has_nothing_to_do_and_a_stuck_one_says_what_it_waits_for() {
    let stable = steadfast(&["reconcile", "tests/recorded/web/stable.yaml"]);
    assert!(
        stable
            .out
            .starts_with("Nothing to do for StatefulSet default/web.\n"),
        "{stable:?}"
    );
    let stuck = steadfast(&["reconcile", "tests/recorded/web/repaired-but-stuck.yaml"]);
    assert!(
        stuck
            .out
            .contains("waits  for Pod web-2 to be Running and Ready\n"),
        "{stuck:?}"
    );
}

/// The recorded writes are compared whole elsewhere; here the command line gives the same actions for every dump.
#[test]
fn every_recorded_dump_gives_the_actions_that_the_real_controller_took() {
    let mut compared = 0;
    for example in std::fs::read_dir(root().join("tests/recorded")).unwrap() {
        let folder = example.unwrap().path();
        for dump in std::fs::read_dir(&folder).into_iter().flatten() {
            let dump = dump.unwrap().path();
            let recorded = dump.with_extension("next.json");
            if dump.extension().is_none_or(|extension| extension != "yaml") || !recorded.exists() {
                continue;
            }
            let recorded: Value = serde_json::from_str(&std::fs::read_to_string(recorded).unwrap()).unwrap();
            let now = recorded["now"].as_str().unwrap();
            let run = steadfast(&["reconcile", dump.to_str().unwrap(), "-o", "json", "--now", now]);
            assert_eq!(run.code, 0, "{}: {run:?}", dump.display());
            let verb = |kind: &str| match kind {
                _ if kind.starts_with("Create") => "create",
                _ if kind.starts_with("Update") => "update",
                _ if kind.starts_with("Delete") => "delete",
                _ => "patch",
            };
            let plan = run.json();
            let mut planned: Vec<(&str, &str)> = plan["actions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|action| {
                    (
                        verb(action["type"].as_str().unwrap()),
                        action["name"].as_str().unwrap(),
                    )
                })
                .collect();
            let mut written: Vec<(&str, &str)> = recorded["writes"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|write| write["subresource"] != "status")
                .map(|write| (write["verb"].as_str().unwrap(), write["name"].as_str().unwrap()))
                .collect();
            // Inside a batch upstream's order is not fixed.
            planned.sort_unstable();
            written.sort_unstable();
            assert_eq!(planned, written, "{}", dump.display());
            compared += 1;
        }
    }
    assert!(compared >= 50, "only {compared} dumps were found");
}

#[test]
fn json_and_yaml_are_the_same_plan_and_the_contract_s_form() {
    let dump = "tests/recorded/web/scale-up.yaml";
    let plan = steadfast(&["reconcile", dump, "-o", "json"]).json();
    assert_eq!(plan["actions"][0]["type"], "CreatePersistentVolumeClaim");
    assert_eq!(plan["actions"][0]["pod"], "web-3");
    assert_eq!(plan["actions"][1]["object"]["kind"], "Pod");
    assert_eq!(plan["statusChanged"], true);
    let yaml = steadfast(&["reconcile", dump, "-o", "yaml"]);
    assert_eq!(
        manifest::read_one(yaml.out.as_bytes()).unwrap().unwrap().value,
        plan
    );
}

#[test]
fn an_observation_of_the_contract_and_a_dump_give_the_same_plan_from_a_file_and_from_standard_input() {
    let dump = text_of("tests/recorded/web/roll.yaml");
    let observation = observation_of(&dump);
    let now = ["--now", "2026-11-21T09:00:00Z", "-o", "json"];
    let from_dump = steadfast_with(&[&["reconcile", "-"], &now[..]].concat(), dump.as_bytes());
    let from_pipe = steadfast_with(
        &[&["reconcile"], &now[..]].concat(),
        observation.to_string().as_bytes(),
    );
    let file = Scratch::new("observation.json", observation.to_string());
    let from_file = steadfast(&[&["reconcile", "-f", file.path()], &now[..]].concat());
    assert_eq!(from_dump.code, 0, "{from_dump:?}");
    assert_eq!(from_dump.out, from_pipe.out);
    assert_eq!(from_dump.out, from_file.out);
}

#[test]
fn now_is_the_option_s_else_the_observation_s_else_the_newest_time() {
    let mut observation = observation_of(&text_of("tests/recorded/quorum/ready-not-available.yaml"));
    observation["now"] = json!("2030-01-01T00:00:00Z");
    let late = steadfast_with(&["reconcile", "-o", "json"], observation.to_string().as_bytes());
    assert_eq!(late.err, "");
    assert_eq!(
        late.json()["requeueAfterSeconds"],
        Value::Null,
        "all Pods are available by 2030"
    );
    let early = steadfast(&[
        "reconcile",
        "tests/recorded/quorum/ready-not-available.yaml",
        "-o",
        "json",
    ]);
    assert!(early.err.contains("the newest time in the input"), "{early:?}");
    assert!(
        early.json()["requeueAfterSeconds"]
            .as_f64()
            .is_some_and(|seconds| seconds > 0.0),
        "{early:?}"
    );
}

#[test]
fn another_kubernetes_decides_otherwise_where_it_did() {
    let mut observation = observation_of(&text_of("tests/recorded/web/broken.yaml"));
    let spec = &mut observation["statefulSet"]["spec"];
    spec["podManagementPolicy"] = json!("Parallel");
    spec["updateStrategy"]["rollingUpdate"] = json!({"maxUnavailable": 1, "partition": 0});
    spec["template"]["spec"]["containers"][0]["image"] = json!("nginx:1.31");
    let plan = |version: &str| {
        let run = steadfast_with(
            &["reconcile", "-o", "json", "--kubernetes", version],
            observation.to_string().as_bytes(),
        );
        run.json()["actions"].as_array().unwrap().len()
    };
    // k/k#137666: the broken Pod is replaced first, outside the budget.
    assert_ne!(plan("1.37"), plan("1.35.0"));
}

#[test]
fn a_stream_gives_one_line_for_each_line_and_goes_on_after_a_bad_one() {
    let good = observation_of(&text_of("tests/recorded/web/roll.yaml")).to_string();
    let bad = good.replacen("\"replicas\":3", "\"replicas\":\"three\"", 1);
    let input = format!("{good}\nnot json\n\n{bad}\n{{\"statefulSet\":{{}}}}\n{good}");
    let run = steadfast_with(&["reconcile", "--lines"], input.as_bytes());
    let lines: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 5, "{run:?}");
    assert_eq!(lines[0], lines[4]);
    assert_eq!(lines[0]["actions"][1]["name"], "web-2");
    assert_eq!(lines[1]["error"]["code"], "unreadable");
    assert_eq!(lines[1]["error"]["causes"][0]["line"], 2);
    assert_eq!(
        lines[2]["error"]["causes"][0]["field"],
        "statefulSet.spec.replicas"
    );
    assert_eq!(lines[2]["error"]["causes"][0]["line"], 4);
    assert_eq!(
        lines[3]["error"]["causes"][0]["field"],
        "statefulSet.metadata.name"
    );
    assert_eq!(run.code, 2);
    assert_eq!(steadfast_with(&["reconcile", "--lines"], good.as_bytes()).code, 0);
}

#[test]
fn a_stream_answers_a_line_before_the_next_one_comes() {
    use std::io::{BufRead, BufReader, Write};
    let good = observation_of(&text_of("tests/recorded/web/roll.yaml")).to_string();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_steadfast"))
        .args(["reconcile", "--lines"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || stdout.lines().for_each(|line| drop(send.send(line.unwrap()))));
    for _ in 0..3 {
        writeln!(stdin, "{good}").unwrap();
        let line = receive
            .recv_timeout(std::time::Duration::from_secs(20))
            .expect("no answer while the input is open");
        assert!(line.starts_with("{\"actions\":[{"), "{line}");
    }
    drop(stdin);
    reader.join().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_is_no_reason_to_panic() {
    use std::io::Write;
    let good = observation_of(&text_of("tests/recorded/web/roll.yaml")).to_string();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_steadfast"))
        .args(["reconcile", "--lines"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for _ in 0..100 {
            if writeln!(stdin, "{good}").is_err() {
                break;
            }
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned()
        ),
        (Some(0), String::new())
    );
}

#[test]
fn the_stopwatch_reports_decisions_and_parsing_in_microseconds() {
    let run = steadfast(&["reconcile", "tests/recorded/web/stable.yaml", "--time", "50"]);
    let report = run.json();
    let number = |field: &str| report[field].as_f64().unwrap();
    assert_eq!(report["decisions"], 50);
    assert!(
        number("fastestMicros") > 0.0 && number("fastestMicros") <= number("medianMicros"),
        "{report}"
    );
    assert!(
        number("parseMicros") > 0.0 && number("readMicros") > 0.0,
        "{report}"
    );
}

#[test]
fn a_dump_that_lacks_kinds_the_set_speaks_of_is_warned_about() {
    let observation = observation_of(&text_of("tests/recorded/web/stable.yaml"));
    let mut set = observation["statefulSet"].clone();
    set["kind"] = json!("StatefulSet");
    let run = steadfast_with(&["reconcile", "-"], set.to_string().as_bytes());
    assert_eq!(run.code, 0);
    assert!(
        run.err
            .contains("warning: the set's status counts Pods, but the input holds no Pod"),
        "{run:?}"
    );
    assert!(
        run.err.contains("add `controllerrevisions` to what you dump"),
        "{run:?}"
    );
    let whole = steadfast(&["reconcile", "tests/recorded/web/stable.yaml"]);
    assert!(!whole.err.contains("warning"), "{whole:?}");
}

/// The observation of the contract that a dump of one set is.
fn observation_of(dump: &str) -> Value {
    let mut observation =
        json!({"pods": [], "persistentVolumeClaims": [], "controllerRevisions": [], "services": []});
    for object in manifest::objects(manifest::read(dump.as_bytes()).unwrap()) {
        let list = match object.value["kind"].as_str().unwrap() {
            "StatefulSet" => {
                observation["statefulSet"] = object.value;
                continue;
            }
            "Pod" => "pods",
            "PersistentVolumeClaim" => "persistentVolumeClaims",
            "ControllerRevision" => "controllerRevisions",
            _ => "services",
        };
        observation[list].as_array_mut().unwrap().push(object.value);
    }
    observation
}
