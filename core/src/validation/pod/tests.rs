//! Fragments of a template and what an API server says of them, read in upstream's sources.
//!
//! A fragment is laid over a template that is in order. An expectation is `type path: detail`, with the path inside the
//! template.

use serde_json::{Value, json};

use super::Options;
use crate::canonical::{UnknownFields, canonical_pod};
use crate::validation::report::{At, Report};
use crate::{CauseType, Profile};

mod containers;
mod empty;
mod eviction;
mod metadata;
mod network;
mod os;
mod refusals;
mod resources;
mod scheduling;
mod security;
mod shown;
mod stored;
mod volumes;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
    start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
    and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const KEY: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
    alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
    must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
    validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// Each fragment of a Pod's spec gets what is expected of it in the newest version.
fn check(table: &[(Value, &[&str])]) {
    for (fragment, expected) in table {
        check_in("1.37", fragment, expected);
    }
}

fn check_in(version: &str, fragment: &Value, expected: &[&str]) {
    let found = refused(version, &json!({"spec": fragment}), None);
    assert_eq!(found, expected, "{version}: {fragment}");
}

/// What is said of a template, where `old` is stored.
fn refused(version: &str, fragment: &Value, old: Option<&Value>) -> Vec<String> {
    let profile: Profile = version.parse().unwrap();
    let new = template(fragment, &profile);
    let old = old.map(|old| template(old, &profile));
    let old = old.as_ref().map(|old| At::root(old, ""));
    let options = Options::of(old.as_ref(), &profile);
    let mut report = Report::default();
    super::template(&At::root(&new, ""), &[], false, &options, &mut report);
    let sentences = report.causes.iter().map(|cause| {
        let kind = match cause.kind {
            CauseType::FieldValueRequired => "required",
            CauseType::FieldValueInvalid => "invalid",
            CauseType::FieldValueNotSupported => "unknown",
            CauseType::FieldValueForbidden => "forbidden",
            CauseType::FieldValueDuplicate => "duplicate",
            CauseType::FieldValueNotFound => "missing",
            CauseType::FieldValueTooLong => "long",
            _ => "other",
        };
        format!("{kind} {}: {}", cause.field, cause.detail)
    });
    sentences.collect()
}

fn template(fragment: &Value, profile: &Profile) -> Value {
    let mut template = json!({"spec": {"containers": [{"name": "a", "image": "a:1"}]}});
    lay_over(&mut template, fragment);
    canonical_pod(&template, profile, UnknownFields::Drop)
        .unwrap()
        .object
}

fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                lay_over(below.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}
