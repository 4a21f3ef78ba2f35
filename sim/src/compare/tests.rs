//! Where versions part.

use serde_json::{Value, json};
use steadfast_core::{Behaviour, Profile};

use super::{Comparison, Extent, Question, compare};
use crate::forecast::{ForecastInput, Outcome};
use crate::scenario::Scenario;

fn profiles(versions: &[&str]) -> Vec<Profile> {
    versions.iter().map(|version| version.parse().unwrap()).collect()
}

fn set(spec: Value, image: &str) -> Value {
    let mut set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"}, "spec": {
        "replicas": 3, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "nginx", "image": image}]}}}});
    for (field, value) in spec.as_object().unwrap() {
        set["spec"][field] = value.clone();
    }
    set
}

fn behaviours(found: &Comparison) -> Vec<Vec<Behaviour>> {
    let of = |parting: &super::Parting| parting.because.iter().map(|why| why.behaviour).collect();
    found.partings.iter().map(of).collect()
}

fn of_change(spec: Value, versions: &[&str]) -> Comparison {
    let mut input = ForecastInput::of(vec![set(spec.clone(), "nginx:2")]);
    input.from = Some(vec![set(spec, "nginx:1")]);
    compare(&Question::Forecast(&input), &profiles(versions)).unwrap()
}

#[test]
fn other_names_of_new_revisions_are_no_difference() {
    let found = of_change(json!({}), &["1.33", "1.34", "1.35.0", "1.37"]);
    assert!(found.same, "{:?}", found.partings);
    let names: Vec<_> = found
        .versions
        .iter()
        .map(|v| v.status.clone().unwrap().update_revision)
        .collect();
    assert_ne!(names[0], names[1], "1.33 writes creationTimestamp: null");
}

#[test]
fn max_unavailable_is_a_matter_of_its_gate() {
    let spec = json!({"podManagementPolicy": "Parallel",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}});
    let found = of_change(spec, &["1.34", "1.35.0", "1.36"]);
    assert!(!found.same);
    assert_eq!(
        found.versions.iter().map(|v| v.group).collect::<Vec<_>>(),
        [0, 1, 0]
    );
    assert_eq!(
        behaviours(&found),
        [[Behaviour::MaxUnavailable], [Behaviour::MaxUnavailable]]
    );
    assert_eq!(found.partings[0].extent, Extent::Steps);
    let side = &found.partings[0].other;
    assert_eq!(side.action.as_ref().map(|done| &*done.action.name), Some("web-1"));
}

/// k/k#137409: old Pods that are broken use up the budget in 1.35.0; 1.37 replaces them first, outside of it.
#[test]
fn a_stuck_budget_comes_from_the_pods_that_are_not_replaced_first() {
    let spec = json!({"podManagementPolicy": "Parallel",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}});
    let scenario = Scenario::parse(&json!({
        "settings": {"behaviours": [{"image": "nginx:broken", "what": "imageNeverPulls"}]},
        "objects": [set(spec, "nginx:broken")],
        "timeline": [{"at": "5m", "image": {"set": "web", "image": "nginx:mended"}}]}))
    .unwrap();
    let found = compare(
        &Question::Story(&scenario),
        &profiles(&["1.34", "1.35.0", "1.37"]),
    )
    .unwrap();
    let outcomes: Vec<_> = found.versions.iter().map(|v| v.outcome).collect();
    assert_eq!(outcomes[1..], [Some(Outcome::Blocked), Some(Outcome::Stable)]);
    let parting = found.partings.last().unwrap();
    assert_eq!(parting.extent, Extent::End);
    assert_eq!(parting.because[0].behaviour, Behaviour::UnavailableReplacedFirst);
    assert_eq!(parting.because.len(), 1);
    assert_eq!(parting.because[0].reports, ["k/k#137409", "k/k#137666"]);
    assert_eq!(parting.one.action, None);
    assert!(parting.other.action.is_some());
}

#[test]
fn what_one_api_server_refuses_is_a_difference_and_what_all_refuse_is_an_error() {
    let input = ForecastInput::of(vec![set(
        json!({"updateStrategy": {"type": "Recreate"}}),
        "nginx:1",
    )]);
    let gated = profiles(&["1.37"])
        .remove(0)
        .with_gate("StatefulSetRecreateStrategy", true)
        .unwrap();
    let versions = [profiles(&["1.36"]).remove(0), gated];
    let found = compare(&Question::Forecast(&input), &versions).unwrap();
    assert_eq!(found.partings[0].extent, Extent::Refused);
    assert!(found.versions[0].refused.is_some());
    assert!(
        behaviours(&found)[0].contains(&Behaviour::RecreateStrategy),
        "{:?}",
        behaviours(&found)
    );
    let error = compare(&Question::Forecast(&input), &profiles(&["1.35", "1.36"])).unwrap_err();
    assert!(error.to_string().contains("updateStrategy"), "{error}");
    assert!(compare(&Question::Forecast(&input), &[]).is_err());
}

#[test]
fn an_update_that_never_completes_is_a_difference_of_the_status() {
    let mut input = ForecastInput::of(Vec::new());
    let spec = json!({"updateStrategy": {"type": "OnDelete"}});
    input.from = Some(vec![set(spec.clone(), "nginx:1")]);
    input.objects = vec![set(
        json!({"updateStrategy": {"type": "OnDelete"}, "replicas": 0}),
        "nginx:2",
    )];
    let found = compare(&Question::Forecast(&input), &profiles(&["1.36", "1.37"])).unwrap();
    assert_eq!(found.partings[0].extent, Extent::Status, "{:?}", found.partings);
    assert_eq!(behaviours(&found), [[Behaviour::EveryStrategyCompletes]]);
}
