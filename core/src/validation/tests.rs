//! Tests of validation. What is expected was read from upstream's sources, per version.

mod claims;
mod metadata;
mod names;
mod prepared;
mod sets;
mod updates;
mod warned;

use serde_json::{Value, json};

use super::{Verdict, create, update};
use crate::Profile;

const VERSIONS: [&str; 5] = Profile::VERSIONS;
const NEWEST: &str = "1.37";

/// A set that every version takes without a word.
fn valid() -> Value {
    json!({
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "nginx", "image": "nginx:1"}]},
            },
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }],
        },
    })
}

/// The valid set with other values at some places, written `spec.template.spec`; null takes away. Numbers are places in
/// lists.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut set = valid();
    for (path, value) in changes {
        let mut at = &mut set;
        for step in path.split('.') {
            at = match step.parse::<usize>() {
                Ok(index) => &mut at[index],
                Err(_) => &mut at[step],
            };
        }
        *at = value.clone();
    }
    set
}

fn profile(version: &str) -> Profile {
    version.parse().unwrap()
}

fn texts(verdict: &Verdict) -> Vec<String> {
    verdict.errors.iter().map(ToString::to_string).collect()
}

fn created(version: &str, changes: &[(&str, Value)]) -> Verdict {
    create(&with(changes), &profile(version)).unwrap()
}

fn updated(version: &str, old: &[(&str, Value)], new: &[(&str, Value)]) -> Verdict {
    update(&with(new), &with(old), &profile(version)).unwrap()
}

/// What is refused after one change, in one version.
#[track_caller]
fn refused(version: &str, path: &str, value: Value, expected: &[&str]) {
    let shown = format!("{version} {path}: {value}");
    assert_eq!(texts(&created(version, &[(path, value)])), expected, "{shown}");
}

#[test]
fn the_valid_set_is_taken_by_every_version() {
    for version in VERSIONS {
        let verdict = created(version, &[]);
        assert_eq!(
            (texts(&verdict), &verdict.warnings),
            (vec![], &vec![]),
            "{version}"
        );
        let verdict = updated(version, &[], &[]);
        assert_eq!(
            (texts(&verdict), &verdict.warnings),
            (vec![], &vec![]),
            "{version}"
        );
    }
}

#[test]
fn a_verdict_is_written_as_the_wire_says() {
    let verdict = created(NEWEST, &[("spec.replicas", json!(-1))]);
    let written = serde_json::to_value(&verdict).unwrap();
    let names: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(names, ["errors", "object", "unchecked", "warnings"]);
    let detail = "must be greater than or equal to 0";
    let expected =
        json!([{"field": "spec.replicas", "type": "FieldValueInvalid", "detail": detail, "value": -1}]);
    assert_eq!(written["errors"], expected);
}
