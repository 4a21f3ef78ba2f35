//! Lives of a set, driven by the core alone and, where the Go side is built, by upstream's controller in lockstep.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use serde_json::{Value, json};
use steadfast_core::{Profile, manifest};
use steadfast_sim::scenario::{Scenario, play as play_alone};
use steadfast_tests::conformance::Upstream;
use steadfast_tests::lockstep::{Harness, Life, Tally, play, shrink};

/// The versions in which lives are drawn differently: without minReadySeconds, and with all there is.
fn profiles() -> [Profile; 2] {
    ["1.34.1", "1.37.1"].map(|version| version.parse().unwrap())
}

#[test]
fn a_life_is_drawn_from_its_number_alone_and_plays_the_same_again() {
    for profile in profiles() {
        for seed in 1..40 {
            let life = Life::draw(seed, &profile, seed % 2 == 0);
            assert_eq!(life, Life::draw(seed, &profile, seed % 2 == 0));
            let scenario = Scenario::parse(&life.scenario).unwrap();
            let played = || serde_json::to_string(&play_alone(&scenario).unwrap()).unwrap();
            if seed % 8 == 0 {
                assert_eq!(played(), played(), "life {seed}");
            }
        }
    }
}

#[test]
fn lives_of_versions_that_read_the_real_clock_have_no_min_ready_seconds() {
    let [old, new] = profiles();
    let told = |profile: &Profile| {
        (1..200)
            .filter(|seed| {
                Life::draw(*seed, profile, false)
                    .scenario
                    .to_string()
                    .contains("minReadySeconds")
            })
            .count()
    };
    assert_eq!(told(&old), 0);
    assert!(told(&new) > 40, "only {} lives have it", told(&new));
}

#[test]
fn what_the_core_drives_keeps_the_invariants_and_ends_stable_or_blocked_by_name() {
    let mut tally = Tally::default();
    for profile in profiles() {
        for seed in 1..150 {
            let life = Life::draw(seed, &profile, seed % 3 == 0);
            let outcome = play(&life, None, &mut tally).unwrap();
            assert_eq!(outcome.difference, None, "life {seed}");
            tally.end(&outcome);
            for end in outcome.ends.iter().filter(|_| !outcome.was_cut) {
                let is_named = !end["verdict"]["blockers"].as_array().is_none_or(Vec::is_empty)
                    || !end["verdict"]["waits"].as_array().is_none_or(Vec::is_empty);
                let is_clear = match end["outcome"].as_str().unwrap() {
                    "stable" => true,
                    "blocked" => is_named,
                    // Such a life fails every call for longer than it is watched.
                    _ => is_named || tells_of_trouble(&life),
                };
                assert!(is_clear, "life {seed} ends without a reason: {end}");
            }
        }
    }
    for action in [
        "AdoptPod",
        "CreatePod",
        "DeleteControllerRevision",
        "DeletePod",
        "UpdatePersistentVolumeClaim",
    ] {
        assert!(
            tally.count("action", action) >= 20,
            "hardly any {action}:\n{tally}"
        );
    }
}

/// Whether a life goes round in circles: a crash, or an API server that goes on to refuse.
fn tells_of_trouble(life: &Life) -> bool {
    life.has_faults
        || ["crash", "notReady", "exits", "imageNeverPulls"]
            .iter()
            .any(|trouble| life.scenario.to_string().contains(trouble))
}

#[test]
fn a_life_is_shrunk_to_what_the_difference_needs() {
    let life = Life::draw(3, &Profile::default(), false);
    let has_image = |life: &Life| {
        life.scenario["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event.get("image").is_some())
    };
    assert!(has_image(&life));
    let smallest = shrink(&life, has_image);
    assert_eq!(smallest.scenario["timeline"].as_array().unwrap().len(), 1);
    assert_eq!(smallest.scenario["objects"][0]["spec"]["replicas"], 0);
}

/// The Go side of the newest version, where `STEADFAST_UPSTREAM` names its program.
fn harness() -> Option<Harness> {
    let Some(program) = std::env::var_os("STEADFAST_UPSTREAM") else {
        println!("STEADFAST_UPSTREAM does not name upstream's program: nothing is played in lockstep");
        return None;
    };
    Some(Rc::new(RefCell::new(
        Upstream::start(Path::new(&program)).unwrap(),
    )))
}

fn lives_in_lockstep(first: u64, has_faults: bool) {
    let Some(harness) = harness() else { return };
    let mut tally = Tally::default();
    for seed in first..first + 100 {
        let life = Life::draw(seed, &Profile::default(), has_faults);
        let outcome = play(&life, Some(&harness), &mut tally).unwrap();
        let told = || manifest::to_yaml(&life.scenario);
        assert_eq!(outcome.difference, None, "life {seed}:\n{}", told());
    }
    assert!(tally.questions > 1_000, "{tally}");
}

#[test]
fn without_faults_upstream_and_the_core_take_the_same_steps_to_the_same_objects() {
    lives_in_lockstep(1, false);
}

#[test]
fn with_faults_upstream_and_the_core_plan_alike_and_end_alike() {
    lives_in_lockstep(1, true);
}

#[test]
fn a_difference_is_found() {
    let Some(harness) = harness() else { return };
    // Upstream is asked as if another version's defaults held: with maxUnavailable 2 two Pods go at once, or one.
    let mut life = Life::draw(1, &Profile::default(), false);
    life.scenario = json!({
        "kubernetes": "1.33",
        "settings": {"call": "0s"},
        "objects": [{
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "nginx", "image": "nginx:1.25"}]}}}}],
        "timeline": [],
    });
    let mut found = play(&life, Some(&harness), &mut Tally::default());
    if let Ok(outcome) = &mut found {
        assert!(
            outcome.difference.take().is_some(),
            "1.33 and the newest version write revisions alike"
        );
    }
    life.scenario["kubernetes"] = Value::from("1.37");
    assert_eq!(
        play(&life, Some(&harness), &mut Tally::default())
            .unwrap()
            .difference,
        None
    );
}
