//! Selectors of labels.
//!
//! Source: `apimachinery/pkg/apis/meta/v1/validation/validation.go`, `ValidateLabelSelector`.

use super::report::{At, Report};
use super::{metadata, names};

/// Checks the selector at `at`, if there is one.
pub(super) fn check(at: &At<'_>, allows_invalid_values: bool, minor: u8, report: &mut Report) {
    metadata::labels(&at.field("matchLabels"), minor, report);
    for requirement in at.field("matchExpressions").items() {
        operator(&requirement, report);
        let key = requirement.field("key");
        report.invalid_for(&key, names::is_label_key(key.text(), minor));
        for value in requirement
            .field("values")
            .items()
            .filter(|_| !allows_invalid_values)
        {
            report.invalid_for(&value, names::is_label_value(value.text(), minor));
        }
    }
}

/// The operator of a requirement, and whether it has the values that it needs.
pub(super) fn operator(requirement: &At<'_>, report: &mut Report) {
    let (operator, values) = (requirement.field("operator"), requirement.field("values"));
    match (operator.text(), values.len()) {
        ("In" | "NotIn", 0) => {
            report.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        ("Exists" | "DoesNotExist", 1..) => report.forbidden(
            &values,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        ("In" | "NotIn" | "Exists" | "DoesNotExist", _) => {}
        _ => report.invalid(&operator, "not a valid selector operator"),
    }
}

/// Whether a selector that [`check`] has nothing against selects the labels; an absent one selects none.
///
/// Source: `LabelSelectorAsSelector`, `Matches` of `apimachinery/pkg/labels/selector.go`.
pub(super) fn matches(selector: &At<'_>, labels: &At<'_>) -> bool {
    let expected = selector.field("matchLabels");
    let has_labels = expected
        .entries()
        .all(|(key, value)| labels.key(key).value() == value.value());
    let expressions = selector.field("matchExpressions");
    let fulfils = |requirement: At<'_>| {
        let found = labels.key(requirement.field("key").text());
        let is_listed = || {
            let values = requirement.field("values");
            values.items().any(|value| value.value() == found.value())
        };
        match requirement.field("operator").text() {
            "In" => is_listed(),
            "NotIn" => !is_listed(),
            "Exists" => found.is_present(),
            _ => !found.is_present(),
        }
    };
    selector.is_present() && has_labels && expressions.items().all(fulfils)
}
