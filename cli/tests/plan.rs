//! `plan`: a rollout foreseen to its end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Run, Scratch, root, steadfast, steadfast_with, text_of};
use serde_json::{Value, json};

/// A plan that has ended well, as JSON.
fn stable(arguments: &[&str]) -> Value {
    let run = steadfast(&[&["plan", "-o", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
    let answer = run.json();
    assert_eq!(answer["outcome"], "stable", "{arguments:?}: {answer}");
    answer
}

/// What the controller does to Pods and claims, in order: `CreatePod web-0`.
fn actions(answer: &Value) -> Vec<String> {
    let steps = answer["steps"].as_array().unwrap().iter();
    let all = steps.flat_map(|step| step["actions"].as_array().unwrap());
    all.map(|action| {
        format!(
            "{} {}",
            action["type"].as_str().unwrap(),
            action["name"].as_str().unwrap()
        )
    })
    .filter(|action| !action.contains("Revision"))
    .collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

/// The lines of the verdict, after the assumptions.
fn verdict(run: &Run) -> String {
    run.out.split("\n\n").last().unwrap().to_owned()
}

#[test]
fn creating_a_set_is_told_step_by_step_with_assumptions_and_a_verdict() {
    let run = steadfast(&["plan", "examples/web.yaml"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let table = "\
TIME  ACTION  OBJECT                   WHY
0s    create  revision web-7f7ccb5f97  no revision holds this template
      create  claim www-web-0          the Pod needs it; from claim template www
      create  Pod web-0                its ordinal has no Pod; from revision web-7f7ccb5f97
      wait    Pod web-0                to be Running and Ready
3.1s  create  claim www-web-1          the Pod needs it; from claim template www
      create  Pod web-1                its ordinal has no Pod; from revision web-7f7ccb5f97
      wait    Pod web-1                to be Running and Ready
6.2s  create  claim www-web-2          the Pod needs it; from claim template www
      create  Pod web-2                its ordinal has no Pod; from revision web-7f7ccb5f97
      wait    Pod web-2                to be Running and Ready
9.3s  stable  StatefulSet web

assumed: 3 nodes
";
    assert!(run.out.starts_with(table), "{}", run.out);
    assert!(
        run.out
            .contains("\nassumed: storage class `standard` binds at once\n"),
        "{}",
        run.out
    );
    let expected = "\
Stable: StatefulSet default/web after 9.3s, Kubernetes 1.37
  steps       7
  Pods        3 created: web-0, web-1 and web-2
  claims      3 created: www-web-0, www-web-1 and www-web-2
  revision    web-7f7ccb5f97
";
    assert_eq!(verdict(&run), expected);
}

#[test]
fn two_files_of_one_set_are_old_and_new_and_the_same_as_from() {
    let two = steadfast(&["plan", "examples/web.yaml", "examples/web-v2.yaml", "-o", "json"]);
    let from = steadfast(&[
        "plan",
        "--from",
        "examples/web.yaml",
        "-f",
        "examples/web-v2.yaml",
        "-o",
        "json",
    ]);
    assert_eq!(two.out, from.out);
    let answer = two.json();
    let replaced = |name: &str| [format!("DeletePod {name}"), format!("CreatePod {name}")];
    assert_eq!(
        actions(&answer),
        ["web-2", "web-1", "web-0"].map(replaced).concat()
    );
    assert_eq!(
        names(&answer["podNames"]["restarted"]),
        ["web-0", "web-1", "web-2"]
    );
    assert_eq!(answer["claims"], json!({"created": 0, "kept": 3, "deleted": 0}));
    assert_eq!(answer["minAvailable"], 2);
    let table = steadfast(&["plan", "examples/web.yaml", "examples/web-v2.yaml"]);
    assert!(
        verdict(&table).contains("  available   never fewer than 2 Pods\n"),
        "{table:?}"
    );
    assert!(
        table
            .out
            .contains("assumed: the old manifest has become stable\n")
    );
}

#[test]
fn scaling_down_names_the_claims_whose_data_goes() {
    let run = steadfast(&["plan", "examples/web.yaml", "examples/web-scaled.yaml"]);
    assert_eq!(run.code, 0);
    assert!(
        verdict(&run).contains("2 deleted with their data: www-web-1 and www-web-2\n"),
        "{}",
        run.out
    );
    let answer = stable(&["examples/web.yaml", "examples/web-scaled.yaml"]);
    assert_eq!(names(&answer["podNames"]["deleted"]), ["web-1", "web-2"]);
    let deletes: Vec<String> = actions(&answer)
        .into_iter()
        .filter(|action| action.starts_with("Delete"))
        .collect();
    assert_eq!(deletes, ["DeletePod web-2", "DeletePod web-1"]);
}

#[test]
fn the_same_twice_is_nothing_to_do() {
    let run = steadfast(&["plan", "examples/quorum.yaml", "examples/quorum.yaml"]);
    assert_eq!(run.code, 0);
    assert!(!run.out.contains("TIME"), "{}", run.out);
    assert!(
        verdict(&run).starts_with("Stable: StatefulSet default/quorum, nothing to do, Kubernetes 1.37\n"),
        "{}",
        run.out
    );
}

#[test]
fn a_canary_is_held_by_its_partition() {
    let new = Scratch::new(
        "canary.yaml",
        text_of("examples/canary.yaml").replace("httpd:2.4.65", "httpd:2.4.66"),
    );
    let run = steadfast(&["plan", "examples/canary.yaml", new.path()]);
    assert_eq!(run.code, 0, "{run:?}");
    let verdict = verdict(&run);
    assert!(verdict.contains("held by the partition"), "{verdict}");
    assert!(
        verdict.contains("1 restarted: api-4\n")
            && verdict.contains("4 untouched: api-0, api-1, api-2 and api-3"),
        "{verdict}"
    );
}

#[test]
fn a_moved_start_ordinal_moves_the_pods() {
    let manifest = text_of("examples/web.yaml");
    let new = Scratch::new(
        "moved.yaml",
        manifest.replace("  replicas: 3\n", "  replicas: 3\n  ordinals: {start: 1}\n"),
    );
    let answer = stable(&["examples/web.yaml", new.path()]);
    assert_eq!(names(&answer["podNames"]["created"]), ["web-3"]);
    assert_eq!(names(&answer["podNames"]["deleted"]), ["web-0"]);
}

#[test]
fn deletion_takes_or_leaves_the_pods_as_the_cascade_says() {
    let delete = |cascade: &str| stable(&["examples/web.yaml", "--delete", "--cascade", cascade]);
    for cascade in ["background", "foreground"] {
        let answer = delete(cascade);
        assert_eq!(answer["verdict"]["deleted"], true);
        assert_eq!(answer["pods"]["deleted"], 3, "{cascade}");
        assert_eq!(
            answer["claims"],
            json!({"created": 0, "kept": 3, "deleted": 0}),
            "{cascade}"
        );
    }
    assert_eq!(
        delete("orphan")["pods"],
        json!({"created": 0, "deleted": 0, "restarted": 0, "untouched": 3})
    );
    let gone = text_of("examples/web.yaml").replace(
        "  replicas: 3\n",
        "  replicas: 3\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}\n",
    );
    let file = Scratch::new("gone.yaml", gone);
    assert_eq!(stable(&[file.path(), "--delete"])["claims"]["deleted"], 3);
    let run = steadfast(&["plan", "examples/web.yaml", "--delete"]);
    assert!(
        verdict(&run).starts_with("Deleted: StatefulSet default/web is gone after "),
        "{}",
        run.out
    );
    assert_eq!(
        steadfast(&["plan", "examples/web.yaml", "--cascade", "orphan"]).code,
        2
    );
}

#[test]
fn a_broken_image_is_blocked_and_named_and_exits_1() {
    let arguments = [
        "plan",
        "examples/broken-image.yaml",
        "--broken-image",
        "nginx:no-such-tag",
    ];
    let run = steadfast(&arguments);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out.contains("warning  Pod shop-0") && !run.out.contains("shop-1"),
        "{}",
        run.out
    );
    let verdict = verdict(&run);
    assert!(
        verdict.starts_with("Blocked: StatefulSet default/shop does not get any further after "),
        "{verdict}"
    );
    assert!(
        verdict.contains(
            "blocked by  Pod shop-0: ImagePullBackOff: Back-off pulling image \"nginx:no-such-tag\""
        ),
        "{verdict}"
    );
    let answer = steadfast(&[&arguments[..], &["-o", "json"]].concat());
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["verdict"]["blockers"][0]["name"], "shop-0");
}

#[test]
fn a_claim_that_cannot_be_bound_is_blocked_and_named() {
    for mode in ["missing", "never"] {
        let class = format!("no-such-class={mode}");
        let run = steadfast(&[
            "plan",
            "examples/unbindable-claim.yaml",
            "--storage-class",
            &class,
        ]);
        assert_eq!(run.code, 1, "{run:?}");
        let verdict = verdict(&run);
        assert!(
            verdict.contains("blocked by  Pod archive-0: Pending")
                && verdict.contains("claim files-archive-0: Pending"),
            "{verdict}"
        );
    }
}

#[test]
fn pods_that_never_become_ready_or_crash_or_never_stop_block_the_rollout() {
    for (option, expected) in [
        ("--not-ready", "Pod web-1: NotReady"),
        ("--crash", "Pod web-1: CrashLoopBackOff"),
    ] {
        let run = steadfast(&["plan", "examples/web.yaml", option, "web-1"]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(verdict(&run).contains(expected), "{option}: {}", run.out);
        assert!(!run.out.contains("Pod web-2"), "{}", run.out);
    }
    let stuck = steadfast(&[
        "plan",
        "examples/web.yaml",
        "examples/web-v2.yaml",
        "--never-terminates",
        "web-2",
    ]);
    assert!(
        stuck.code == 1 && verdict(&stuck).contains("Pod web-2: Terminating"),
        "{stuck:?}"
    );
}

#[test]
fn an_api_server_that_refuses_blocks_the_rollout_in_its_own_words() {
    let run = steadfast(&[
        "plan",
        "examples/web.yaml",
        "--api-error",
        "create:pod/web-1=quota",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out.contains("pods \"web-1\" is forbidden: exceeded quota"),
        "{}",
        run.out
    );
    assert!(verdict(&run).contains("blocked by  "), "{}", run.out);
    assert_eq!(
        steadfast(&["plan", "examples/web.yaml", "--api-error", "create:pod=sulk"]).code,
        2
    );
}

#[test]
fn a_time_limit_leaves_the_rollout_unfinished_with_exit_3() {
    let run = steadfast(&["plan", "examples/web.yaml", "--until", "5s"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        verdict(&run).starts_with("Unfinished: StatefulSet default/web is still on its way after 5s"),
        "{}",
        run.out
    );
}

#[test]
fn times_of_the_cluster_are_options_a_file_and_the_same_again() {
    let slow = stable(&[
        "examples/web.yaml",
        "--pull",
        "10s",
        "--start",
        "5s",
        "--ready",
        "1m",
        "--scheduling",
        "0",
        "--nodes",
        "1",
    ]);
    assert_eq!(
        slow["seconds"].as_f64(),
        Some(75.025 + 2.0 * 65.0),
        "one pull, three starts, and the calls of the controller"
    );
    let settings = Scratch::new(
        "settings.yaml",
        "settings: {pull: 10s, start: 5s, readiness: 1m, scheduling: 0s, nodes: 1}\n",
    );
    let file = stable(&["examples/web.yaml", "--settings", settings.path()]);
    assert_eq!(file["seconds"], slow["seconds"]);
    let seeded = |seed: &str| {
        steadfast(&[
            "plan",
            "examples/web.yaml",
            "--jitter",
            "50",
            "--seed",
            seed,
            "-o",
            "json",
        ])
        .out
    };
    assert_eq!(seeded("7"), seeded("7"));
    assert_ne!(seeded("7"), seeded("8"));
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    let bare = Scratch::new("bare.yaml", "seed: 1\npull: soon\n");
    let run = steadfast(&["plan", "examples/web.yaml", "--settings", bare.path()]);
    assert_eq!(run.code, 2);
    assert!(
        run.complaint(&bare)
            .starts_with("error: FILE:2:1: settings.pull: Invalid value: \"soon\""),
        "{run:?}"
    );
    for (option, value) in [
        ("--pull", "soon"),
        ("--jitter", "101"),
        ("--nodes", "100001"),
        ("--nodes", "-1"),
        ("--storage-class", "a=b"),
        ("--absent", "pod/x"),
        ("--until", "5"),
    ] {
        let run = steadfast(&["plan", "examples/web.yaml", option, value]);
        assert!(
            run.code == 2 && run.err.contains(value),
            "{option} {value}: {run:?}"
        );
    }
}

#[test]
fn every_recorded_dump_is_played_to_its_end_and_stuck_moments_are_blocked() {
    let mut played = 0;
    for example in std::fs::read_dir(root().join("tests/recorded")).unwrap() {
        for dump in std::fs::read_dir(example.unwrap().path()).into_iter().flatten() {
            let dump = dump.unwrap().path();
            if dump.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let run = steadfast(&["plan", dump.to_str().unwrap(), "-o", "json"]);
            let answer = run.json();
            let state = match run.code {
                0 => "stable",
                1 => "blocked",
                _ => panic!("{}: {run:?}", dump.display()),
            };
            assert_eq!(answer["outcome"], state);
            let moment = dump.file_stem().unwrap().to_str().unwrap();
            if moment.contains("stuck") || moment == "broken" {
                assert_eq!(state, "blocked", "{}", dump.display());
                assert!(
                    !answer["verdict"]["blockers"].as_array().unwrap().is_empty(),
                    "{}",
                    dump.display()
                );
            }
            if moment == "stable" || moment == "held" {
                assert_eq!(actions(&answer), [] as [&str; 0], "{}", dump.display());
            }
            played += 1;
        }
    }
    assert!(played >= 50, "only {played} dumps were found");
}

#[test]
fn a_dump_and_a_manifest_are_the_change_of_what_a_cluster_holds() {
    let dump = "tests/recorded/web/stable.yaml";
    let new = "examples/web-v2.yaml";
    let observed = stable(&["--observed", dump, new]);
    assert_eq!(
        names(&observed["podNames"]["restarted"]),
        ["web-0", "web-1", "web-2"]
    );
    let provisional = &observed["revisionIsProvisional"];
    assert_eq!(*provisional, Value::Null, "a raw manifest's name is final");
    assert_eq!(
        actions(&observed),
        actions(&stable(&[dump, new])),
        "OLD NEW where OLD is a dump"
    );
    let same = stable(&["--observed", dump, "examples/web.yaml"]);
    assert_eq!(actions(&same), [] as [&str; 0]);
    assert_eq!(same["revisionIsProvisional"], Value::Null, "the cluster has it");
    let alone = stable(&["--observed", dump]);
    assert_eq!(alone["steps"], stable(&[dump])["steps"]);
    let deleted = stable(&["--observed", dump, "--delete"]);
    assert_eq!(deleted["pods"]["deleted"], 3);
}

#[test]
fn a_repaired_template_does_not_free_a_stuck_rollout() {
    // k/k#67250: the broken Pod must be deleted by hand.
    let run = steadfast(&["plan", "tests/recorded/web/repaired-but-stuck.yaml"]);
    assert_eq!(run.code, 1);
    assert!(
        verdict(&run).contains("blocked by  Pod web-2: ImagePullBackOff"),
        "{}",
        run.out
    );
}

#[test]
fn a_manifest_may_come_from_standard_input() {
    let piped = steadfast_with(&["plan", "-"], text_of("examples/web.yaml").as_bytes());
    assert_eq!(piped.out, steadfast(&["plan", "examples/web.yaml"]).out);
    let nothing = steadfast(&["plan"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.starts_with("error: name a FILE"), "{nothing:?}");
}

#[test]
fn watch_prints_what_kubectl_would() {
    let run = steadfast(&[
        "plan",
        "examples/broken-image.yaml",
        "--broken-image",
        "*:no-such-tag",
        "--watch",
    ]);
    assert_eq!(run.code, 1);
    let expected = "\
NAME     READY   STATUS              RESTARTS   AGE
shop-0   0/1     Pending             0          0s
shop-0   0/1     ContainerCreating   0          0s
shop-0   0/1     ErrImagePull        0          2s
shop-0   0/1     ImagePullBackOff    0          3s
";
    assert!(run.out.starts_with(expected), "{}", run.out);
    assert!(!run.out.contains("shop-1"));
}

#[test]
fn a_thousand_replicas_are_folded_unless_asked_for() {
    let file = Scratch::new(
        "web.yaml",
        text_of("examples/web.yaml").replace("replicas: 3", "replicas: 60"),
    );
    let folded = steadfast(&["plan", file.path()]);
    assert_eq!(folded.code, 0, "{folded:?}");
    assert!(folded.out.contains("… 57 more like these\n"), "{}", folded.out);
    assert!(
        folded.out.lines().count() < 30 && folded.out.contains("create  Pod web-59"),
        "{}",
        folded.out
    );
    assert!(
        verdict(&folded).contains("60 created: web-0, web-1, web-2, web-3, … web-59"),
        "{}",
        folded.out
    );
    let all = steadfast(&["plan", file.path(), "--all"]);
    assert_eq!(all.out.matches("create  Pod web-").count(), 60);
}

#[test]
fn another_kubernetes_is_named_in_the_verdict_and_decides() {
    let slow = text_of("examples/web.yaml").replace(
        "  replicas: 3\n",
        "  replicas: 3\n  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}\n",
    );
    let old = Scratch::new("old.yaml", &slow);
    let new = Scratch::new("new.yaml", slow.replace("nginx:1.28", "nginx:1.29"));
    let least = |version: &str| {
        let answer = stable(&[old.path(), new.path(), "--kubernetes", version]);
        assert_eq!(answer["kubernetes"], version);
        answer["minAvailable"].as_u64().unwrap()
    };
    // maxUnavailable (KEP-961) is off in 1.36 and on in 1.37.
    assert_eq!([least("1.36"), least("1.37")], [2, 1]);
    let run = steadfast(&[
        "plan",
        "examples/web.yaml",
        "--kubernetes",
        "1.37",
        "--feature-gates",
        "MaxUnavailableStatefulSet=false",
    ]);
    assert!(
        verdict(&run).contains("Kubernetes 1.37 with MaxUnavailableStatefulSet=false\n"),
        "{run:?}"
    );
}

#[test]
fn an_immutable_field_is_refused_with_its_line() {
    let new = Scratch::new(
        "new.yaml",
        text_of("examples/web.yaml").replace("serviceName: web", "serviceName: other"),
    );
    let run = steadfast(&["plan", "examples/web.yaml", new.path()]);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
    let complaint = run.complaint(&new);
    assert!(
        complaint.starts_with("error: FILE:23:3: StatefulSet `web`: spec.serviceName: Invalid value"),
        "{complaint}"
    );
}

#[test]
fn unknown_fields_and_kinds_are_no_obstacle() {
    let manifest = text_of("examples/web.yaml").replace(
        "          image: nginx:1.28\n",
        "          image: nginx:1.28\n          aFieldOfTheFuture: 7\n",
    );
    let file = Scratch::new(
        "future.yaml",
        format!("{manifest}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop}}\n"),
    );
    let run = steadfast(&["plan", file.path()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(
        run.complaint(&file),
        "warning: FILE:37: unknown field \"spec.template.spec.containers[0].aFieldOfTheFuture\"\n\
         note: not simulated: 1 Namespace\n"
    );
}

#[test]
fn yaml_and_json_hold_the_same_answer() {
    let json = steadfast(&["plan", "examples/cache.yaml", "-o", "json"]).json();
    let yaml = steadfast(&["plan", "examples/cache.yaml", "-o", "yaml"]).out;
    let read = steadfast_core::manifest::read_one(yaml.as_bytes())
        .unwrap()
        .unwrap()
        .value;
    // JSON made of YAML knows no difference between 3 and 3.0.
    assert_eq!(read["steps"], json["steps"]);
    assert_eq!(read["verdict"], json["verdict"]);
    for field in [
        "outcome", "verdict", "seconds", "revision", "pods", "claims", "assumed", "steps",
    ] {
        assert!(!json[field].is_null(), "{field}");
    }
}
