//! What is refused of a whole set with a fragment in its Pod's spec, and tables of that.

use serde_json::{Value, json};

use crate::Profile;
use crate::validation::{create, update};

/// A set with this spec of a Pod, which has a container unless it says otherwise.
pub(super) fn set(spec: &Value) -> Value {
    let mut pod = json!({"containers": [{"name": "a", "image": "a:1"}]});
    for (name, field) in spec.as_object().unwrap() {
        pod[name] = field.clone();
    }
    json!({"metadata": {"name": "web"}, "spec": {
        "serviceName": "web",
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod}}})
}

/// The errors of a set as lines: where, what kind, what. Paths begin at the Pod's spec.
pub(super) fn errors(set: &Value, old: Option<&Value>, version: &str) -> Vec<String> {
    let profile: Profile = version.parse().unwrap();
    let verdict = match old {
        Some(old) => update(set, old, &profile),
        None => create(set, &profile),
    };
    let line = |cause: crate::Cause| {
        let place = cause.field.trim_start_matches("spec.template.spec.").to_owned();
        let kind = format!("{:?}", cause.kind);
        let line = format!(
            "{place} {} {}",
            kind.trim_start_matches("FieldValue"),
            cause.detail
        );
        line.trim_end().to_owned()
    };
    verdict.unwrap().errors.into_iter().map(line).collect()
}

/// Fails with every row that is not as it says.
#[track_caller]
pub(super) fn assert_rows(rows: impl IntoIterator<Item = (Vec<String>, Vec<&'static str>, Value)>) {
    let wrong = rows.into_iter().filter(|(found, expected, _)| found != expected);
    let wrong: Vec<String> = wrong
        .map(|(found, expected, fragment)| {
            format!("{fragment}\n  found    {found:#?}\n  expected {expected:#?}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
