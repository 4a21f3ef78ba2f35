//! Rules about fields as tables, and what applies them: there are so many alike.

use super::Options;
use super::paths::PathRule;
use crate::validation::report::{At, Report};

/// A rule about a field of the object at a place.
pub(in crate::validation) enum Rule {
    /// The text, list or object must not be empty.
    Needs(&'static str),
    /// The text, if there is one, must have the form.
    Form(&'static str, fn(&str) -> Vec<String>),
    /// The value, if there is one, must be among these, which are in upstream's order.
    OneOf(&'static str, &'static [&'static str]),
    /// The number, if there is one, must be in this range, or else this is said.
    Within(&'static str, i64, i64, &'static str),
    Path(&'static str, PathRule),
    /// The rules hold for the object in the field, if there is one.
    In(&'static str, &'static [Rule]),
    /// The rules hold for each item of the list.
    Each(&'static str, &'static [Rule]),
    /// What no table can say.
    Other(fn(&At<'_>, &Options<'_>, &mut Report)),
}

/// `must be greater than or equal to 0`, as `ValidateNonnegativeField` says it.
pub(in crate::validation) const fn not_negative(field: &'static str) -> Rule {
    Rule::Within(field, 0, i64::MAX, NEGATIVE)
}

pub(in crate::validation) const NEGATIVE: &str = "must be greater than or equal to 0";

/// The number of a user or a group. Source: `validateUserField`, `IsValidUserID`, `IsValidGroupID`.
pub(in crate::validation) const fn owner(field: &'static str) -> Rule {
    let most = i32::MAX as i64;
    Rule::Within(field, 0, most, "must be between 0 and 2147483647, inclusive")
}

/// The mode of a file. Source: `fileModeErrorMsg`.
pub(in crate::validation) const FILE_MODE: Rule = mode("mode");

pub(in crate::validation) const fn mode(field: &'static str) -> Rule {
    let sentence = "must be a number between 0 and 0777 (octal), both inclusive";
    Rule::Within(field, 0, 0o777, sentence)
}

/// Applies the rules to the object at `at`, in order.
pub(in crate::validation) fn apply(rules: &[Rule], at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for rule in rules {
        match rule {
            Rule::Needs(name) => {
                let field = at.field(name);
                if field.text().is_empty() && field.len() == 0 {
                    report.required(&field, "");
                }
            }
            Rule::Form(name, check) => {
                let field = at.field(name);
                if !field.text().is_empty() {
                    report.invalid_for(&field, check(field.text()));
                }
            }
            Rule::OneOf(name, known) => {
                let field = at.field(name);
                if field.is_present() && !known.contains(&field.text()) {
                    report.not_supported(&field, known);
                }
            }
            Rule::Within(name, least, most, detail) => {
                let field = at.field(name);
                if field.is_present() && !(*least..=*most).contains(&field.number()) {
                    report.invalid(&field, *detail);
                }
            }
            Rule::Path(name, rule) => rule(&at.field(name), report),
            Rule::In(name, rules) => {
                let field = at.field(name);
                if field.is_present() {
                    apply(rules, &field, options, report);
                }
            }
            Rule::Each(name, rules) => {
                for item in at.field(name).items() {
                    apply(rules, &item, options, report);
                }
            }
            Rule::Other(rule) => rule(at, options, report),
        }
    }
}

/// A text that must be there, and be one of these.
pub(in crate::validation) fn choice(at: &At<'_>, known: &[&str], report: &mut Report) {
    if at.text().is_empty() {
        report.required(at, "");
    } else if !known.contains(&at.text()) {
        report.not_supported(at, known);
    }
}

/// A text that must be there, and have the form.
pub(in crate::validation) fn named(at: &At<'_>, check: fn(&str) -> Vec<String>, report: &mut Report) {
    if at.text().is_empty() {
        report.required(at, "");
    } else {
        report.invalid_for(at, check(at.text()));
    }
}
