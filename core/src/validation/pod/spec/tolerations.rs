//! Tolerations.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateTolerations`.

use crate::quoted;
use crate::validation::names;
use crate::validation::pod::Options;
use crate::validation::report::{At, Report};

pub(in crate::validation::pod) fn all(list: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for toleration in list.items() {
        one(&toleration, options, report);
    }
}

fn one(toleration: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let (key, operator) = (toleration.field("key"), toleration.field("operator"));
    let (value, effect) = (toleration.field("value"), toleration.field("effect"));
    if !key.text().is_empty() {
        report.invalid_for(&key, names::is_label_key(key.text(), options.minor));
    } else if operator.text() != "Exists" {
        report.invalid(
            &operator.showing(&operator),
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    if toleration.field("tolerationSeconds").is_present() && effect.text() != "NoExecute" {
        report.invalid(
            &effect.showing(&effect),
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    match operator.text() {
        "" | "Equal" => {
            let errors = names::is_label_value(value.text(), options.minor);
            if !errors.is_empty() {
                report.invalid(&operator.showing(&value), errors.join(";"));
            }
        }
        "Exists" => {
            if !value.text().is_empty() {
                report.invalid(
                    &operator.showing(&value),
                    "value must be empty when `operator` is 'Exists'",
                );
            }
        }
        "Lt" | "Gt" if options.minor >= 35 => {
            if options.allows_comparing_tolerations {
                report.invalid_for(&value.showing(&value), names::is_decimal_integer(value.text()));
                report.invalid_for(&value.showing(&value), parse_error(value.text()));
            } else {
                report.not_supported(&operator, &["Equal", "Exists", "Lt", "Gt"]);
            }
        }
        _ => report.not_supported(&operator, &["Equal", "Exists"]),
    }
    let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    if !effect.text().is_empty() && !effects.contains(&effect.text()) {
        report.not_supported(&effect, &effects);
    }
}

/// What Go's `strconv.ParseInt` says.
fn parse_error(value: &str) -> Vec<String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let reason = match value.parse::<i64>() {
        Ok(_) => return Vec::new(),
        Err(error) if matches!(error.kind(), NegOverflow | PosOverflow) => "value out of range",
        Err(_) => "invalid syntax",
    };
    let quoted = quoted(value);
    vec![format!("strconv.ParseInt: parsing {quoted}: {reason}")]
}
