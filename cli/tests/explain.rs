//! `explain`: the true blocker of recorded dumps, and what would help.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{root, steadfast, steadfast_with, text_of};
use serde_json::Value;

/// The verdict, the code that blocks and the first Pod that it is about.
fn verdict(dump: &str) -> (i32, String, String, String) {
    let run = steadfast(&["explain", dump, "-o", "json", "--unplayed"]);
    let answer = run.json();
    let text = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (
        run.code,
        text("/progress/code"),
        text("/progress/blocker"),
        text("/progress/pods/0"),
    )
}

#[test]
fn what_holds_a_recorded_cluster_is_named() {
    for (dump, code, progress, blocker, pod) in [
        ("web/repaired-but-stuck", 1, "blocked", "RollbackTrap", "web-2"),
        ("web/broken", 1, "blocked", "RollbackTrap", "web-2"),
        ("broken-image/stuck", 1, "blocked", "PodNotReady", "shop-0"),
        ("unbindable-claim/stuck", 1, "blocked", "PodNotReady", "archive-0"),
        ("web/claim-terminating", 0, "waiting", "", "web-2"),
        ("web/pod-terminating", 0, "waiting", "", "web-1"),
        ("web/stable", 0, "stable", "", ""),
        ("canary/held", 0, "heldByPartition", "", "api-0"),
        ("web/roll", 0, "progressing", "", ""),
    ] {
        let found = verdict(&format!("tests/recorded/{dump}.yaml"));
        let expected = (code, progress.to_owned(), blocker.to_owned(), pod.to_owned());
        assert_eq!(found, expected, "{dump}");
    }
}

#[test]
fn a_moment_that_is_not_stuck_has_no_error() {
    for example in std::fs::read_dir(root().join("tests/recorded")).unwrap() {
        for dump in std::fs::read_dir(example.unwrap().path()).into_iter().flatten() {
            let dump = dump.unwrap().path();
            let name = dump.to_string_lossy().into_owned();
            let is_stuck = ["stuck", "broken", "terminating", "failed"]
                .iter()
                .any(|word| name.contains(word));
            if !name.ends_with(".yaml") || is_stuck {
                continue;
            }
            let run = steadfast(&["explain", &name, "-o", "json", "--unplayed"]);
            let answer = run.json();
            let errors: Vec<&Value> = answer["diagnoses"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|diagnosis| diagnosis["severity"] == "error")
                .collect();
            // These operations begin with the broken Pod that they are to mend.
            let mends = ["fix", "repair", "unblock"]
                .iter()
                .any(|word| name.contains(word));
            assert!(mends || errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn a_remedy_is_played_and_says_what_it_leads_to() {
    let dump = "tests/recorded/web/repaired-but-stuck.yaml";
    let answer = steadfast(&["explain", dump, "-o", "json"]).json();
    let remedy = &answer["diagnoses"][0]["remedies"][0];
    assert_eq!(remedy["commands"][0], "kubectl delete -n default pod web-2");
    let leads = &answer["leadsTo"][0];
    assert_eq!(
        (&leads["diagnosis"], &leads["remedy"], &leads["outcome"]),
        (&0.into(), &0.into(), &"stable".into())
    );
    let told = steadfast(&["explain", dump]).out;
    assert!(told.contains("leads to: stable after"), "{told}");
    assert!(told.contains("claims kept"), "{told}");
}

#[test]
fn what_the_input_does_not_hold_is_not_judged_and_said() {
    let dump = text_of("tests/recorded/web/stable.yaml");
    let run = steadfast_with(&["explain", "-", "--set", "web"], dump.as_bytes());
    assert!(
        run.out.contains("not judged, because the input has none"),
        "{run:?}"
    );
    assert!(!run.out.contains("NodeLost"), "{run:?}");
    let manifest = steadfast(&["explain", "examples/web.yaml"]);
    assert_eq!(
        manifest.code, 2,
        "a manifest is not what a cluster holds: {manifest:?}"
    );
}

#[test]
fn the_page_of_a_code_is_printed_and_a_code_that_there_is_not_is_named() {
    let page = steadfast(&["explain", "--code", "rollbacktrap"]);
    assert_eq!(
        (page.code, page.out),
        (0, text_of("docs/diagnoses/RollbackTrap.md"))
    );
    let none = steadfast(&["explain", "--code", "Nonsense"]);
    assert_eq!(none.code, 2);
    assert!(
        none.err.contains("`Nonsense`") && none.err.contains("AdoptionWedge"),
        "{none:?}"
    );
}
