//! Who is asked before a Pod is evicted. The field comes with a gate that is off, so that only an update finds it.
//!
//! Source: `pkg/apis/core/v1/zz_generated.validations.go`, `Validate_PodSpec` and `Validate_EvictionResponder`, and
//! `pkg/apis/core/v1/validation.go` beside it.

use serde_json::Value;

use super::ratchet::items;
use crate::validation::names;
use crate::validation::report::{At, Report};

/// Checks the responders of the template. These rules are declared, not written by hand: they hold even where the stored
/// set breaks others, and what is stored already is not checked again.
pub(in crate::validation) fn responders(template: &At<'_>, old: Option<&At<'_>>, report: &mut Report) {
    let spec = template.field("spec");
    let list = spec.field(LIST);
    let stored: &[Value] = old
        .and_then(|old| old.value().get("spec"))
        .map_or(&[], |spec| items(spec, LIST).as_slice());
    let asked = items(spec.value(), LIST).as_slice();
    if asked == stored {
        return;
    }
    if list.len() > MOST {
        return report.too_many(&list, MOST);
    }
    for (at, responder) in list.items().enumerate() {
        let (name, priority) = (responder.field("name"), responder.field("priority"));
        let is_it = |other: &&Value| named(other) == name.text();
        if asked.iter().take(at).any(|earlier| is_it(&earlier)) {
            report.duplicate(&responder);
        }
        let before = stored.iter().find(is_it);
        if before.is_none() {
            responder_name(&name, report);
        }
        if before.is_none_or(|before| before.get("priority").unwrap_or(&Value::Null) != priority.value()) {
            responder_priority(&priority, report);
        }
    }
}

const LIST: &str = "evictionResponders";

/// Source: `MaxPodEvictionResponders`.
const MOST: usize = 10;

fn named(responder: &Value) -> &str {
    responder.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// Source: `ValidateForbiddenReservedDomainSuffixes`, `IsPrefixedLabelKey`.
fn responder_name(name: &At<'_>, report: &mut Report) {
    let text = name.text();
    if text.is_empty() {
        return report.required(name, "");
    }
    let domain = names::lower(text.split('/').next().unwrap_or_default());
    let domain = domain.trim().trim_end_matches('.');
    let is_reserved = |zone: &str| {
        let below = domain.strip_suffix(zone);
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    };
    if ["k8s.io", "kubernetes.io"].into_iter().any(is_reserved) {
        report.invalid(name, "domain names *.k8s.io, *.kubernetes.io are reserved");
    }
    let errors = names::is_label_key(text, 37);
    if errors.is_empty() && !text.contains('/') {
        report.invalid(name, "must include a prefix (e.g. 'example.com/key')");
    }
    report.invalid_for(name, errors);
}

fn responder_priority(priority: &At<'_>, report: &mut Report) {
    if !priority.is_present() {
        return report.required(priority, "");
    }
    for (is_wrong, sentence) in [
        (
            (0..1000).contains(&priority.number()),
            "priorities 0-999 are reserved for responders with *.k8s.io suffix",
        ),
        (
            priority.number() > 100_000,
            "must be less than or equal to 100000",
        ),
        (priority.number() < 0, "must be greater than or equal to 0"),
    ] {
        if is_wrong {
            report.invalid(priority, sentence);
        }
    }
}
