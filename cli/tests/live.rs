//! A live cluster, played by a server of a few lines: what is read, what is not, what is said where something is wrong.

#![cfg(feature = "live")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod api_server;
mod binary;

use std::process::{Command, Stdio};

use api_server::{ApiServer, Say, kubeconfig, status};
use binary::{Run, Scratch, root, steadfast, steadfast_with, text_of};
use serde_json::{Value, json};

const STUCK: &str = "tests/recorded/web/repaired-but-stuck.yaml";

/// Runs a command against a server.
fn live(server: &ApiServer, arguments: &[&str]) -> Run {
    let kubeconfig = server.kubeconfig();
    steadfast(&[arguments, &["--kubeconfig", kubeconfig.path()]].concat())
}

#[test]
fn a_set_is_explained_as_its_dump_would_be() {
    let server = ApiServer::of(STUCK);
    for name in ["web", "sts/web", "statefulset.apps/web"] {
        let run = live(&server, &["explain", name, "-o", "json"]);
        let answer = run.json();
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(run.err, "");
        assert_eq!(answer["progress"]["blocker"], "RollbackTrap");
        assert_eq!(answer["progress"]["pods"], json!(["web-2"]));
        assert_eq!(answer["leadsTo"][0]["outcome"], "stable");
        assert_eq!(answer["kubernetes"], "1.37.1");
        assert_eq!(answer["notSeen"], json!([]));
        let dump = steadfast(&["explain", STUCK, "-o", "json"]).json();
        for same in ["blocker", "code", "message", "pods"] {
            assert_eq!(answer["progress"][same], dump["progress"][same]);
        }
    }
    let table = live(&server, &["explain", "web"]);
    assert!(
        table.out.starts_with("StatefulSet default/web is blocked for ")
            && table.out.contains("kubectl delete -n default pod web-2")
            && !table.out.contains("not judged"),
        "{table:?}"
    );
    let requests = server.requests();
    assert!(requests.len() > 20);
    assert!(
        requests.iter().all(|request| request.starts_with("GET /")),
        "only reading: {requests:?}"
    );
    assert!(!requests.iter().any(|request| request.contains("secrets")));
}

#[test]
fn admission_judges_a_change_of_a_live_set_and_says_what_it_could_not_see() {
    let server = ApiServer::of("tests/recorded/web/scale-down.yaml");
    let deletion = live(&server, &["admit", "sts/web", "--delete"]);
    assert_eq!((deletion.code, deletion.err.as_str()), (0, ""), "{deletion:?}");
    assert!(
        deletion
            .out
            .starts_with("Allowed: deleting StatefulSet default/web"),
        "{deletion:?}"
    );
    let scaled = live(&server, &["admit", "web", "--scale", "0", "-o", "json"]);
    let answer = scaled.json();
    assert_eq!((scaled.code, &answer["kubernetes"]), (1, &json!("1.37.1")));
    assert_eq!(answer["violations"][0]["claims"][0], "www-web-0");
    let applied = |replicas: &str| {
        let manifest = text_of("examples/web.yaml").replace("replicas: 3", replicas);
        let manifest = Scratch::new("new.yaml", manifest);
        let line = ["admit", manifest.path(), "--observed", "sts/web", "-o", "json"];
        live(&server, &line).json()["violations"].clone()
    };
    // What was last applied said that claims are deleted. A manifest that no longer says so takes it back, and keeps them.
    assert_eq!(applied("replicas: 0"), json!([]));
    let kept = "replicas: 0\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}";
    assert_eq!(applied(kept), answer["violations"]);
    let blind = ApiServer::of("tests/recorded/web/scale-down.yaml").refuse("persistentvolumeclaims", 403);
    let blind = live(&blind, &["admit", "web", "--scale", "0"]);
    assert_eq!(blind.code, 0, "{blind:?}");
    assert!(
        blind
            .out
            .contains("PersistentVolumeClaims could not be read, and so are not judged"),
        "{blind:?}"
    );
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_explained() {
    let server = ApiServer::of(STUCK)
        .refuse("nodes", 403)
        .refuse("poddisruptionbudgets", 404)
        .refuse("jobs", 500);
    let run = live(&server, &["explain", "web"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.out.contains("error[RollbackTrap]"), "{run:?}");
    assert!(
        run.out.contains(
            "not judged, because they could not be read: nodes (forbidden), poddisruptionbudgets (not served) and jobs (no answer)"
        ),
        "{run:?}"
    );
    assert!(
        run.err
            .contains("nodes could not be read: nodes is forbidden: nobody may"),
        "{run:?}"
    );
    let answer = live(&server, &["explain", "web", "-o", "json"]).json();
    assert_eq!(answer["unseen"], json!(["nodes", "podDisruptionBudgets"]));
    let seen: Vec<(&str, &str)> = answer["notSeen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| (kind["resource"].as_str().unwrap(), kind["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("nodes", "forbidden"),
            ("poddisruptionbudgets", "notServed"),
            ("jobs", "failed")
        ]
    );
}

#[test]
fn claims_and_revisions_that_may_not_be_read_are_not_called_missing() {
    for dump in [STUCK, "tests/recorded/web/stable.yaml"] {
        let whole = live(&ApiServer::of(dump), &["explain", "web", "-o", "json"]).json();
        let server = ApiServer::of(dump)
            .refuse("persistentvolumeclaims", 403)
            .refuse("controllerrevisions", 403);
        let answer = live(&server, &["explain", "web", "-o", "json"]).json();
        assert_eq!(
            answer["progress"]["code"], whole["progress"]["code"],
            "{dump}: {answer}"
        );
        assert_eq!(answer["progress"]["blocker"], whole["progress"]["blocker"]);
        assert_eq!(answer["ordinals"], whole["ordinals"]);
        let codes = |answer: &Value| -> Vec<Value> {
            let diagnoses = answer["diagnoses"].as_array().unwrap();
            diagnoses
                .iter()
                .map(|diagnosis| diagnosis["code"].clone())
                .collect()
        };
        assert_eq!(codes(&answer), codes(&whole));
        assert_eq!(answer["notSeen"][1]["resource"], "controllerrevisions");
    }
}

#[test]
fn without_sets_or_pods_nothing_can_be_said_and_that_is_said() {
    for kind in ["statefulsets", "pods"] {
        let run = live(&ApiServer::of(STUCK).refuse(kind, 403), &["explain", "web"]);
        assert_eq!(run.code, 4, "{run:?}");
        for words in [
            kind,
            "is forbidden: nobody may",
            "http://127.0.0.1:",
            "context `test`",
            "docs/live.md",
            &format!("kubectl auth can-i list {kind} -n default"),
        ] {
            assert!(run.err.contains(words), "{words}: {run:?}");
        }
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
    }
    let run = live(
        &ApiServer::of(STUCK).refuse("statefulsets", 401),
        &["explain", "web"],
    );
    assert!(
        run.code == 4 && run.err.contains("does not take these credentials"),
        "{run:?}"
    );
}

#[test]
fn a_list_in_pages_is_read_whole_and_begun_anew_when_it_expires() {
    let whole = live(
        &ApiServer::of(STUCK),
        &["explain", "web", "-o", "json", "--unplayed"],
    )
    .json();
    for expired in [0, 1] {
        let server = ApiServer::of(STUCK).pages_of(1, expired);
        let run = live(&server, &["explain", "web", "-o", "json", "--unplayed"]);
        assert_eq!(run.json()["ordinals"], whole["ordinals"], "{run:?}");
        let pages = server.requests();
        let pods = |request: &&String| request.contains("/pods?");
        assert!(pages.iter().filter(pods).count() >= 3, "{pages:?}");
        assert!(
            pages.iter().any(|request| request.contains("continue=2")),
            "{pages:?}"
        );
    }
    let run = live(&ApiServer::of(STUCK).pages_of(1, 1000), &["explain", "web"]);
    assert!(
        run.code == 4 && run.err.contains("changed while it was read (410)"),
        "{run:?}"
    );
}

#[test]
fn a_set_that_is_not_there_is_said_with_those_that_are() {
    let server = ApiServer::of(STUCK);
    for (arguments, words) in [
        (
            &["explain", "wbe"][..],
            "no StatefulSet `wbe` in namespace `default` of context `test`: there is web; there is no file `wbe` either",
        ),
        (
            &["explain", "wbe", "-A"],
            "no StatefulSet `wbe` in context `test`: there is default/web",
        ),
        (
            &["explain", "web", "-n", "shop"],
            "no StatefulSet `web` in namespace `shop` of context `test`, and no other either",
        ),
        (
            &["explain", "web", "--context", "shop"],
            "in namespace `shop` of context `shop`",
        ),
        (&["explain", "-n", "shop"], "no StatefulSet in namespace `shop`"),
        (&["explain", "web", "-n", "../x"], "`../x` is no namespace"),
        (&["explain", "web", "db"], "name one StatefulSet"),
        (
            &["explain", STUCK],
            "is a file, and --kubeconfig reads a live cluster",
        ),
        (
            &["plan", "examples/web.yaml"],
            "nothing here is read from a live cluster",
        ),
        (
            &["explain", "web", "--context", "nowhere"],
            "no context `nowhere` in kubeconfig",
        ),
        (
            &["explain", "web", "--context", "torn"],
            "its cluster `elsewhere` is not in the file",
        ),
    ] {
        let run = live(&server, arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.err.contains(words), "{arguments:?}: {run:?}");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
    }
    let json = live(&server, &["explain", "wbe", "-o", "json"]);
    assert_eq!(json.json()["error"]["code"], "missing");
}

#[test]
fn a_kubeconfig_that_is_none_is_a_sentence() {
    let broken = Scratch::new("kubeconfig", "clusters: [\nkey: SECRET");
    let empty = Scratch::new("kubeconfig", "apiVersion: v1\nkind: Config\n");
    let manifest = Scratch::new("kubeconfig", text_of("examples/web.yaml"));
    for (file, words) in [
        (broken.path(), "cannot be read: it is no kubeconfig"),
        (empty.path(), "has no context, so it names no cluster"),
        (manifest.path(), "kubeconfig"),
        ("no/such/file", "there is no such file"),
    ] {
        let run = steadfast(&["explain", "web", "--kubeconfig", file]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
        assert!(!run.err.contains("SECRET"), "{run:?}");
        assert_eq!(run.err.lines().count(), 1, "{run:?}");
    }
}

#[test]
fn without_any_kubeconfig_it_is_said_what_there_could_be() {
    let home = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-home");
    let run = Command::new(env!("CARGO_BIN_EXE_steadfast"))
        .args(["explain", "web"])
        .current_dir(root())
        .env_remove("KUBECONFIG")
        .env_remove("KUBERNETES_SERVICE_HOST")
        .env("HOME", home)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let err = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(
        err.contains("kubeconfig `~/.kube/config` does not exist and $KUBECONFIG is not set"),
        "{err}"
    );
}

#[test]
fn a_cluster_that_cannot_be_reached_is_said_with_its_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let config = kubeconfig(&format!("http://127.0.0.1:{port}"));
    let run = steadfast(&["explain", "web", "--kubeconfig", config.path()]);
    assert_eq!(run.code, 4);
    for words in [
        &format!("http://127.0.0.1:{port} (context `test`) cannot be reached"),
        "connection refused",
        "--context",
    ] {
        assert!(run.err.contains(words), "{run:?}");
    }
    // One that takes the connection and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = kubeconfig(&format!("http://{}", silent.local_addr().unwrap()));
    let begun = std::time::Instant::now();
    let run = steadfast(&[
        "explain",
        "web",
        "--request-timeout",
        "300ms",
        "--kubeconfig",
        config.path(),
    ]);
    assert!(
        run.code == 4 && run.err.contains("no answer within 0.3s"),
        "{run:?}"
    );
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    let server = ApiServer::of(STUCK);
    let https = kubeconfig(&server_of(&server).replace("http:", "https:"));
    let run = steadfast(&["explain", "web", "--kubeconfig", https.path()]);
    assert!(run.code == 4 && run.err.contains("cannot be reached"), "{run:?}");
}

fn server_of(server: &ApiServer) -> String {
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(server.kubeconfig().path()).unwrap()).unwrap();
    config["clusters"][0]["cluster"]["server"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn the_version_of_the_cluster_is_the_profile_unless_another_is_asked_for() {
    for (version, kubernetes, told) in [
        ("v1.35.0-gke.7", "1.35.0", ""),
        ("v1.36.2+k3s1", "1.36.2", ""),
        (
            "v1.29.3",
            "1.33",
            "runs Kubernetes 1.29.3, which is not known here: taken as 1.33",
        ),
        ("v1.50.0", "1.37", "taken as 1.37"),
    ] {
        let server = ApiServer::of(STUCK).of_version(version);
        let run = live(&server, &["explain", "web", "--unplayed", "-o", "json"]);
        assert_eq!(run.json()["kubernetes"], kubernetes);
        assert!(
            run.err.contains(told) && run.err.is_empty() == told.is_empty(),
            "{run:?}"
        );
        let asked = live(
            &server,
            &[
                "explain",
                "web",
                "--unplayed",
                "-o",
                "json",
                "--kubernetes",
                "1.34",
            ],
        );
        assert_eq!(asked.json()["kubernetes"], "1.34");
        assert_eq!(asked.err, "");
    }
    let untold = ApiServer::of(STUCK).refuse("/version", 403);
    let run = live(&untold, &["explain", "web", "--unplayed"]);
    assert!(
        run.err.contains("does not tell its version: taken as 1.37"),
        "{run:?}"
    );
}

#[test]
fn all_sets_are_shown_at_a_glance() {
    let server = ApiServer::of(STUCK);
    let mut other = server.object("statefulsets", "web");
    other["metadata"]["name"] = json!("idle");
    other["metadata"]["namespace"] = json!("shop");
    other["metadata"]["uid"] = json!("idle");
    other["spec"]["replicas"] = json!(0);
    other["status"] = json!({"replicas": 0});
    server.add("statefulsets", other);
    let run = live(&server, &["explain", "-A"]);
    assert_eq!(run.code, 1, "{run:?}");
    let rows: Vec<&str> = run.out.lines().take(3).collect();
    assert!(rows[0].starts_with("NAMESPACE  SET"), "{run:?}");
    assert!(
        rows[1].starts_with("default    web   2/3        blocked"),
        "{run:?}"
    );
    assert!(rows[2].starts_with("shop       idle  0/0"), "{run:?}");
    let answer = live(&server, &["explain", "-A", "-o", "json"]).json();
    assert_eq!(answer["sets"][0]["progress"]["blocker"], "RollbackTrap");
    assert_eq!(answer["sets"].as_array().unwrap().len(), 2);
    let one = live(&server, &["explain", "-A", "--set", "default/web", "-o", "json"]);
    assert_eq!(one.json()["set"], "default/web", "{one:?}");
    // One set in the namespace needs no name.
    let only = live(&server, &["explain", "-n", "default", "-o", "json"]);
    assert_eq!(only.json()["set"], "default/web", "{only:?}");
}

#[test]
fn dns_and_plan_read_the_same_cluster() {
    let server = ApiServer::of("tests/recorded/web/stable.yaml")
        .refuse("nodes", 403)
        .refuse("endpointslices", 404);
    let run = live(&server, &["dns", "web", "-o", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let answer = run.json();
    assert_eq!(answer["isPlanned"], false);
    assert_eq!(answer["names"][0]["resolves"], true);
    assert_eq!(answer["notSeen"][0]["resource"], "endpointslices");
    assert_eq!(answer["notSeen"][1]["resource"], "nodes");
    let plan = live(
        &server,
        &[
            "plan",
            "examples/web-v2.yaml",
            "--observed",
            "sts/web",
            "-o",
            "json",
        ],
    );
    assert_eq!(plan.code, 0, "{plan:?}");
    assert_eq!(plan.json()["pods"]["restarted"], json!(3));
    let from_here = live(&ApiServer::of(STUCK), &["plan", "sts/web", "-o", "json"]);
    assert_eq!(from_here.json()["outcome"], "blocked", "{from_here:?}");
    let changed = live(
        &server,
        &["plan", "sts/web", "examples/web-v2.yaml", "-o", "json"],
    );
    assert_eq!(changed.json()["pods"]["restarted"], json!(3), "{changed:?}");
}

#[test]
fn standard_input_stays_what_it_was() {
    let run = steadfast_with(&["explain", "-n", "default"], text_of(STUCK).as_bytes());
    assert_eq!(run.code, 1, "{run:?}");
    let run = steadfast(&["explain", "no/such/dump"]);
    assert!(run.err.contains("there is no such file"), "{run:?}");
}

/// The Pod as it is once its image was pulled.
fn ready(server: &ApiServer) -> Value {
    let mut pod = server.object("pods", "web-2");
    let hash = server.object("statefulsets", "web")["status"]["updateRevision"].clone();
    pod["kind"] = json!("Pod");
    pod["metadata"]["resourceVersion"] = json!("2000");
    pod["metadata"]["labels"]["controller-revision-hash"] = hash;
    pod["spec"]["containers"][0]["image"] = json!("nginx:1.28");
    pod["status"] = server.object("pods", "web-1")["status"].clone();
    pod
}

#[test]
fn a_watch_ends_with_0_once_the_set_is_stable() {
    let server = ApiServer::of(STUCK);
    let pod = ready(&server);
    let server = server.watched("pods", &[&[Say::Wait(300), Say::Event("MODIFIED", pod)]]);
    let run = live(&server, &["explain", "web", "--watch", "--timeout", "30s"]);
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<&str> = run
        .out
        .lines()
        .map(|line| line.split_once("  ").map_or(line, |(_, rest)| rest))
        .collect();
    assert!(
        lines[0].starts_with("blocked      StatefulSet default/web: 2 of 3 available"),
        "{run:?}"
    );
    assert!(
        lines[1].starts_with("blocked      Pod web-2: pending") && lines[1].ends_with("ImagePullBackOff"),
        "{run:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("stable       Pod web-2: available")),
        "{run:?}"
    );
    assert!(
        run.out.contains("StatefulSet default/web is stable after"),
        "{run:?}"
    );
    let begun: Vec<String> = server
        .requests()
        .into_iter()
        .filter(|request| request.contains("watch=true"))
        .collect();
    assert!(
        begun.iter().any(|request| request.contains("/pods?")
            && request.contains("resourceVersion=1000")
            && request.contains("allowWatchBookmarks=true")),
        "{begun:?}"
    );
}

#[test]
fn a_watch_that_was_forgotten_begins_with_a_new_list() {
    let server = ApiServer::of(STUCK);
    let mut pod = ready(&server);
    pod.as_object_mut().unwrap().remove("kind");
    // The Pod changes, and no event says so: only the list after the 410 does.
    let gone = Say::Event("ERROR", status(410, "too old resource version"));
    let server = server.watched("pods", &[&[Say::Change(pod), gone]]);
    let slow = live(
        &server,
        &["explain", "web", "--watch", "--timeout", "30s", "-o", "json"],
    );
    assert_eq!(slow.code, 0, "{slow:?}");
    let documents: Vec<Value> = slow
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        documents.last().unwrap()["progress"]["code"],
        "stable",
        "{slow:?}"
    );
    let lists = server
        .requests()
        .into_iter()
        .filter(|request| request.contains("/pods?") && !request.contains("watch=true"));
    assert!(lists.count() >= 2);
}

#[test]
fn a_watch_goes_on_from_where_the_server_ended_it() {
    let server = ApiServer::of(STUCK);
    let pod = ready(&server);
    let bookmark = json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"resourceVersion": "1500"}});
    let server = server.watched(
        "pods",
        &[
            &[Say::Event("BOOKMARK", bookmark), Say::End],
            &[Say::Event("MODIFIED", pod)],
        ],
    );
    let run = live(&server, &["explain", "web", "--watch", "--timeout", "30s"]);
    assert_eq!(run.code, 0, "{run:?}");
    let requests = server.requests();
    assert!(
        requests
            .iter()
            .any(|request| request.contains("/pods?") && request.contains("resourceVersion=1500")),
        "{requests:?}"
    );
}

#[test]
fn a_kind_that_may_be_listed_and_not_watched_is_listed_again_and_again() {
    let server = ApiServer::of(STUCK).refuse("watch pods", 403);
    let mut pod = ready(&server);
    pod.as_object_mut().unwrap().remove("kind");
    let run = std::thread::scope(|scope| {
        let run = scope.spawn(|| live(&server, &["explain", "web", "--watch", "--timeout", "30s"]));
        server.wait_for(|request| request.contains("/pods?") && request.contains("watch=true"));
        server.add("pods", pod);
        run.join().unwrap()
    });
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn a_watch_of_a_blocked_set_ends_with_1_and_what_would_help() {
    let server = ApiServer::of(STUCK);
    let run = live(&server, &["explain", "web", "--watch"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.out.contains("error[RollbackTrap]") && run.out.contains("leads to: stable"),
        "{run:?}"
    );
    let hasty = live(&server, &["explain", "web", "--watch", "--timeout", "100ms"]);
    assert_eq!(hasty.code, 1, "{hasty:?}");
    let moving = ApiServer::of("tests/recorded/web/roll.yaml");
    let run = live(&moving, &["explain", "web", "--watch", "--timeout", "100ms"]);
    assert!(run.code == 3 && run.out.contains("--timeout is over"), "{run:?}");
}

#[test]
fn a_watch_ends_when_the_set_is_deleted() {
    let server = ApiServer::of("tests/recorded/web/roll.yaml");
    let mut set = server.object("statefulsets", "web");
    set["kind"] = json!("StatefulSet");
    let server = server.watched("statefulsets", &[&[Say::Wait(200), Say::Event("DELETED", set)]]);
    let run = live(&server, &["explain", "web", "--watch", "--timeout", "30s"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.contains("StatefulSet default/web is gone after"),
        "{run:?}"
    );
}

#[test]
fn a_watch_is_of_a_live_cluster() {
    for arguments in [
        &["explain", STUCK, "--watch"][..],
        &["explain", "-f", STUCK, "--watch"],
        &["explain", "web", "-A", "--watch"],
    ] {
        let run = steadfast(arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("--watch"), "{run:?}");
    }
}
