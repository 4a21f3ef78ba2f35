//! `compare`: where versions of Kubernetes part, and why.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::steadfast;
use serde_json::Value;

const INCIDENT: &str = "examples/incidents/137409.yaml";

#[test]
fn the_stuck_budget_of_1_35_0_comes_from_what_1_37_does_first() {
    let run = steadfast(&[
        "compare",
        "--kubernetes",
        "1.35.0,1.37",
        "--scenario",
        INCIDENT,
        "-o",
        "json",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    let answer = run.json();
    let outcomes: Vec<&Value> = answer["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["outcome"])
        .collect();
    assert_eq!(outcomes, ["blocked", "stable"]);
    let parting = &answer["partings"][0];
    assert_eq!(parting["because"].as_array().unwrap().len(), 1, "{parting}");
    let why = &parting["because"][0];
    assert_eq!(why["behaviour"], "unavailableReplacedFirst");
    assert_eq!(why["onlyIn"], "1.37");
    assert_eq!(why["reports"][1], "k/k#137666");
    assert_eq!(parting["one"]["waits"][0]["code"], "maxUnavailable");
    assert_eq!(parting["other"]["action"]["type"], "DeletePod");
}

#[test]
fn versions_that_do_the_same_are_no_difference() {
    let run = steadfast(&["compare", "examples/web.yaml", "examples/web-v2.yaml"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("No difference"), "{run:?}");
    let options = ["--broken-image", "nginx:1.29", "--kubernetes", "1.36,1.37"];
    let broken = steadfast(
        &[
            &["compare", "examples/web.yaml", "examples/web-v2.yaml"][..],
            &options,
        ]
        .concat(),
    );
    assert_eq!(broken.code, 0, "{broken:?}");
    assert_eq!(broken.out.matches("blocked").count(), 2, "{broken:?}");
}

#[test]
fn an_upgrade_that_makes_a_new_revision_of_a_stored_one_is_a_difference() {
    let dump = "tests/recorded/canary/held.yaml";
    let run = steadfast(&[
        "compare",
        "--kubernetes",
        "1.33,1.34.1",
        "--observed",
        dump,
        "-o",
        "json",
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    let answer = run.json();
    assert_eq!(
        answer["partings"][0]["because"][0]["behaviour"],
        "nullCreationTimestamp"
    );
    assert_eq!(answer["decisions"]["partings"][0]["part"], "actions");
}

#[test]
fn bad_versions_and_bad_input_say_so() {
    for (arguments, word) in [
        (
            &["compare", "--kubernetes", "1.12", "examples/web.yaml"][..],
            "1.12",
        ),
        (
            &["compare", "--kubernetes", "1.37,", "examples/web.yaml"],
            "not known",
        ),
        (&["compare"], "FILE"),
        (&["compare", "--scenario", "examples/web.yaml"], "unknown field"),
        (&["compare", "--scenario", "examples/none.yaml"], "none.yaml"),
        (
            &["compare", "--scenario", INCIDENT, "examples/web.yaml"],
            "cannot be used with",
        ),
        (
            &["compare", "--feature-gates", "Nonsense=true", "examples/web.yaml"],
            "Nonsense",
        ),
    ] {
        let run = steadfast(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.err.contains(word), "{arguments:?}: {run:?}");
    }
}
