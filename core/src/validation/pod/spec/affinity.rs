//! Where Pods want to run: affinity to nodes and to other Pods.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateAffinity`.

use crate::validation::pod::Options;
use crate::validation::report::{At, Report};
use crate::validation::{names, selector};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(super) fn all(affinity: &At<'_>, options: &Options<'_>, report: &mut Report) {
    node(&affinity.field("nodeAffinity"), options, report);
    each_term(affinity, report, &mut |term, report| {
        pod_term(term, options, report)
    });
}

/// The selectors of terms about Pods alone.
pub(in crate::validation::pod) fn selectors(affinity: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let mut ignored = Report::default();
    each_term(affinity, &mut ignored, &mut |term, _| {
        term_selectors(term, false, options, report);
    });
}

/// The values that node affinity requires, alone. Source: `HasInvalidLabelValueInNodeSelectorTerms`.
pub(in crate::validation::pod) fn node_values(affinity: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let node = affinity.field("nodeAffinity");
    let required = node.field(REQUIRED);
    for term in required.field("nodeSelectorTerms").items() {
        for requirement in term.field("matchExpressions").items() {
            values(&requirement, options, report);
        }
    }
}

/// Source: `ValidateMatchLabelKeysAndMismatchLabelKeys`; spread constraints have no `mismatchLabelKeys`.
pub(super) fn label_keys(at: &At<'_>, has_mismatch: bool, options: &Options<'_>, report: &mut Report) {
    let selector = at.field("labelSelector");
    let (keys, others) = (at.field("matchLabelKeys"), at.field("mismatchLabelKeys"));
    for list in [&keys, &others].into_iter().take(1 + usize::from(has_mismatch)) {
        if list.len() > 0 && !selector.is_present() {
            report.forbidden(list, "must not be specified when labelSelector is not set");
            continue;
        }
        for key in list.items() {
            report.invalid_for(&key, names::is_label_key(key.text(), options.minor));
        }
    }
    let labels = selector.field("matchLabels");
    let expressions = selector.field("matchExpressions");
    for (index, expression) in expressions.items().enumerate() {
        let key = expression.field("key");
        let is_selected = labels.key(key.text()).is_present()
            || expressions
                .items()
                .take(index)
                .any(|earlier| earlier.field("key").text() == key.text());
        let twice = keys
            .items()
            .enumerate()
            .filter(|(_, own)| own.text() == key.text());
        if is_selected && let Some((index, _)) = twice.last() {
            // Upstream leaves `matchLabelKeys` out of the path.
            report.invalid(
                &at.alias_item(index, &key),
                "exists in both matchLabelKeys and labelSelector",
            );
        }
    }
    for key in keys.items().filter(|_| has_mismatch) {
        if others.items().any(|other| other.text() == key.text()) {
            report.invalid(&key, "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }
}

/// Source: `validateNodeAffinity`.
fn node(affinity: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let required = affinity.field(REQUIRED);
    if required.is_present() {
        let terms = required.field("nodeSelectorTerms");
        if terms.len() == 0 {
            report.required(&terms, "must have at least one node selector term");
        }
        for term in terms.items() {
            node_term(&term, options.allows_invalid_node_values, options, report);
        }
    }
    for term in affinity.field(PREFERRED).items() {
        weight(&term, report);
        // Wrong values are always allowed in a preference.
        node_term(&term.field("preference"), true, options, report);
    }
}

/// Source: `ValidateNodeSelectorTerm`.
fn node_term(term: &At<'_>, allows_invalid_values: bool, options: &Options<'_>, report: &mut Report) {
    for requirement in term.field("matchExpressions").items() {
        let (operator, given) = (requirement.field("operator"), requirement.field("values"));
        match operator.text() {
            "Gt" | "Lt" => {
                if given.len() != 1 {
                    report.required(
                        &given,
                        "must be specified single value when `operator` is 'Lt' or 'Gt'",
                    );
                }
            }
            _ => selector::operator(&requirement, report),
        }
        let key = requirement.field("key");
        report.invalid_for(&key, names::is_label_key(key.text(), options.minor));
        if !allows_invalid_values {
            values(&requirement, options, report);
        }
    }
    for requirement in term.field("matchFields").items() {
        let (operator, given) = (requirement.field("operator"), requirement.field("values"));
        if !["In", "NotIn"].contains(&operator.text()) {
            report.invalid(&operator, "not a valid selector operator");
        } else if given.len() != 1 {
            report.required(
                &given,
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            );
        }
        let key = requirement.field("key");
        if key.text() != "metadata.name" {
            report.invalid(&key, "not a valid field selector key");
            continue;
        }
        for name in given.items() {
            report.invalid_for(&name, names::is_dns1123_subdomain(name.text()));
        }
    }
}

fn values(requirement: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for value in requirement.field("values").items() {
        report.invalid_for(&value, names::is_label_value(value.text(), options.minor));
    }
}

/// Every term about Pods: near them first, then away from them; a preferred one's weight is checked on the way.
fn each_term(affinity: &At<'_>, report: &mut Report, visit: &mut dyn FnMut(&At<'_>, &mut Report)) {
    for kind in ["podAffinity", "podAntiAffinity"] {
        let kind = affinity.field(kind);
        for term in kind.field(REQUIRED).items() {
            visit(&term, report);
        }
        for term in kind.field(PREFERRED).items() {
            weight(&term, report);
            visit(&term.field("podAffinityTerm"), report);
        }
    }
}

fn weight(term: &At<'_>, report: &mut Report) {
    let weight = term.field("weight");
    if !(1..=100).contains(&weight.number()) {
        report.invalid(&weight, "must be in the range 1-100");
    }
}

/// Source: `validatePodAffinityTerm`.
fn pod_term(term: &At<'_>, options: &Options<'_>, report: &mut Report) {
    term_selectors(term, options.allows_invalid_selector_values, options, report);
    for name in term.field("namespaces").items() {
        // One path for all of them, and not the field's name.
        report.invalid_for(
            &term.alias("namespace", &name),
            names::is_dns1123_label(name.text()),
        );
    }
    label_keys(term, true, options, report);
    let key = term.field("topologyKey");
    if key.text().is_empty() {
        report.required(&key, "can not be empty");
    }
    report.invalid_for(&key, names::is_label_key(key.text(), options.minor));
}

/// Source: `ValidatePodAffinityTermSelector`.
fn term_selectors(term: &At<'_>, allows_invalid_values: bool, options: &Options<'_>, report: &mut Report) {
    for field in ["labelSelector", "namespaceSelector"] {
        selector::check(&term.field(field), allows_invalid_values, options.minor, report);
    }
}
