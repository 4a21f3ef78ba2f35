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
