//! Constraints on how Pods spread.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateTopologySpreadConstraints`.

use serde_json::Value;

use super::affinity;
use crate::validation::pod::Options;
use crate::validation::report::{At, Report};
use crate::validation::{names, selector};

pub(super) fn all(constraints: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for (index, constraint) in constraints.items().enumerate() {
        let skew = constraint.field("maxSkew");
        positive(&skew, report);
        let (key, action) = (
            constraint.field("topologyKey"),
            constraint.field("whenUnsatisfiable"),
        );
        if key.text().is_empty() {
            report.required(&key, "can not be empty");
        }
        super::one_of(&action, &["DoNotSchedule", "ScheduleAnyway"], report);
        let is_repeated = constraints.items().skip(index + 1).any(|later| {
            later.field("topologyKey").text() == key.text()
                && later.field("whenUnsatisfiable").text() == action.text()
        });
        if is_repeated {
            let shown = Value::from(["{", key.text(), ", ", action.text(), "}"].concat());
            let place = constraint.field("{topologyKey, whenUnsatisfiable}");
            report.duplicate(&place.with(&shown));
        }
        let domains = constraint.field("minDomains");
        if domains.is_present() {
            positive(&domains, report);
            if action.text() != "DoNotSchedule" {
                let found = action.text();
                report.invalid(
                    &domains,
                    format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {found}"),
                );
            }
        }
        for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            let policy = constraint.field(policy);
            if policy.is_present() {
                super::one_of(&policy, &["Honor", "Ignore"], report);
            }
        }
        if options.checks_spread_keys_as_before {
            keys_as_before(&constraint, options, report);
        } else {
            keys_of(&constraint, options, report);
        }
        if !options.allows_invalid_spread_selectors {
            selector_of(&constraint, options, report);
        }
    }
}

/// The selectors alone.
pub(in crate::validation::pod) fn selectors(
    constraints: &At<'_>,
    options: &Options<'_>,
    report: &mut Report,
) {
    for constraint in constraints.items() {
        selector_of(&constraint, options, report);
    }
}

/// The keys of labels alone.
pub(in crate::validation::pod) fn keys(constraints: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for constraint in constraints.items() {
        keys_of(&constraint, options, report);
    }
}

fn selector_of(constraint: &At<'_>, options: &Options<'_>, report: &mut Report) {
    selector::check(&constraint.field("labelSelector"), false, options.minor, report);
}

fn keys_of(constraint: &At<'_>, options: &Options<'_>, report: &mut Report) {
    affinity::label_keys(constraint, false, options, report);
}

/// Source: `ValidateMatchLabelKeysInTopologySpread`, which was the rule until 1.33.
fn keys_as_before(constraint: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let keys = constraint.field("matchLabelKeys");
    if keys.len() == 0 {
        return;
    }
    let selector = constraint.field("labelSelector");
    if !selector.is_present() {
        report.forbidden(&keys, "must not be specified when labelSelector is not set");
    }
    for key in keys.items() {
        report.invalid_for(&key, names::is_label_key(key.text(), options.minor));
        let is_selected = selector.field("matchLabels").key(key.text()).is_present()
            || selector
                .field("matchExpressions")
                .items()
                .any(|expression| expression.field("key").text() == key.text());
        if is_selected {
            report.invalid(&key, "exists in both matchLabelKeys and labelSelector");
        }
    }
}

fn positive(at: &At<'_>, report: &mut Report) {
    if at.number() <= 0 {
        report.invalid(at, "must be greater than zero");
    }
}
