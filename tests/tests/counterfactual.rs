//! Waits are what they say: what is granted lets the next decision go on, what is withheld does not.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use steadfast_core::{Plan, Wait, WaitCode};
use steadfast_tests::conformance::{Upstream, decide};
use steadfast_tests::counterfactual::{Core, Judge, Setting, Table, examine, grant, withhold};
use steadfast_tests::worlds::world;

/// The newest version as it is, and with each gate that bears on waits the other way round.
const GATES: [&str; 3] = [
    "",
    "MaxUnavailableStatefulSet=false",
    "StatefulSetRecreateStrategy=true",
];

fn examined(judge: &mut dyn Judge, gates: &str, seeds: std::ops::Range<u64>) -> Table {
    let setting = Setting::parse("1.37.1", gates).unwrap();
    let mut table = Table::default();
    for seed in seeds {
        let world = setting.world(seed).expect("1.37 takes its clock from the world");
        let examined = examine(&world.observation, &setting, judge).unwrap();
        if let Some(failure) = examined.failures.first() {
            panic!(
                "seed {seed} with `{gates}`: {}, {}: {}\nsmaller: `counterfactual core --seed {seed} --waits 1 --gates {gates}`",
                failure.subject, failure.how, failure.what
            );
        }
        table.add(&examined);
    }
    table
}

#[test]
fn every_wait_that_is_granted_lets_the_core_go_on_and_none_that_is_withheld_does() {
    let mut missing: BTreeSet<&str> = Table::CODES.iter().map(|code| code.name()).collect();
    for gates in GATES {
        let table = examined(&mut Core, gates, 0..1_500);
        assert!(table.withheld > 500, "only {} grants withheld", table.withheld);
        assert!(
            table.quiet > 20,
            "only {} worlds without action and wait",
            table.quiet
        );
        missing.retain(|name| {
            !Table::CODES
                .iter()
                .any(|code| code.name() == *name && table.granted(*code) > 2)
        });
    }
    assert!(missing.is_empty(), "not granted three times: {missing:?}");
}

#[test]
fn every_wait_that_is_granted_lets_upstream_go_on_and_none_that_is_withheld_does() {
    let Some(program) = std::env::var_os("STEADFAST_UPSTREAM") else {
        println!("STEADFAST_UPSTREAM does not name upstream's program: waits are judged by the core alone");
        return;
    };
    for gates in GATES {
        let mut upstream = Upstream::start(Path::new(&program)).unwrap();
        let table = examined(&mut upstream, gates, 10_000..10_800);
        assert!(table.withheld > 200, "only {} grants withheld", table.withheld);
    }
}

/// The first world with a wait that `is_fit`, its plan, and the wait.
fn first(setting: &Setting, is_fit: impl Fn(&Plan, &Wait) -> bool) -> (Value, Plan, Wait) {
    let found = (0..20_000).find_map(|seed| {
        let observation = world(seed).observation;
        let plan = decide(&observation, &setting.profile).unwrap();
        let wait = plan.waits.iter().find(|wait| is_fit(&plan, wait))?.clone();
        Some((observation, plan, wait))
    });
    found.expect("20,000 worlds hold such a wait")
}

/// A judge that has stopped caring what it is shown.
struct Stuck;

impl Judge for Stuck {
    fn ask(
        &mut self,
        worlds: &[(&Value, &Setting)],
    ) -> Result<Vec<steadfast_tests::counterfactual::Answer>, String> {
        let first = Core.ask(worlds)?.remove(0);
        Ok(worlds.iter().map(|_| first.clone()).collect())
    }
}

#[test]
fn a_controller_that_stays_where_it_is_shows_every_wait_false() {
    let setting = Setting::parse("1.37.1", "").unwrap();
    let (observation, ..) = first(&setting, |plan, wait| {
        wait.code == WaitCode::PodTermination && plan.waits.len() == 1 && plan.actions.is_empty()
    });
    let examined = examine(&observation, &setting, &mut Stuck).unwrap();
    assert!(
        examined
            .failures
            .iter()
            .any(|failure| failure.subject == "podTermination"),
        "{:?}",
        examined.failures
    );
}

#[test]
fn a_pod_is_awaited_until_the_very_moment_it_is_available() {
    let setting = Setting::parse("1.37.1", "").unwrap();
    let (observation, plan, wait) = first(&setting, |plan, wait| {
        wait.code == WaitCode::PodAvailable && wait.until.is_some() && plan.waits.len() == 1
    });
    let is_awaited = |observation: &Value| {
        let plan = decide(observation, &setting.profile).unwrap();
        plan.waits
            .iter()
            .any(|other| (other.code, &other.name) == (wait.code, &wait.name))
    };
    let late = grant(&observation, &plan, &wait, &setting);
    let late = late
        .iter()
        .find(|granted| granted.how == "it is that late")
        .unwrap();
    assert_eq!(late.observation["now"], json!(wait.until.unwrap().to_string()));
    assert!(!is_awaited(&late.observation));
    let early = withhold(&observation, &wait);
    let early = early
        .iter()
        .find(|withheld| withheld.how == "one nanosecond too early")
        .unwrap();
    assert!(
        early.observation["now"]
            .as_str()
            .unwrap()
            .ends_with(".999999999Z")
    );
    assert!(is_awaited(&early.observation));
}

#[test]
fn every_code_but_the_length_of_a_plan_can_be_granted() {
    let setting = Setting::parse("1.37.1", "").unwrap();
    let observation = world(1).observation;
    let plan = decide(&observation, &setting.profile).unwrap();
    let wait = |code: &str| -> Wait {
        serde_json::from_value(json!({"code": code, "kind": "Pod", "name": "web-0", "retry": false})).unwrap()
    };
    for code in Table::CODES {
        assert!(
            !grant(&observation, &plan, &wait(code.name()), &setting).is_empty(),
            "{}",
            code.name()
        );
    }
    assert!(grant(&observation, &plan, &wait("planLimit"), &setting).is_empty());
}
