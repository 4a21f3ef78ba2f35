//! What the Services of an input say about the DNS names of a set's Pods.

use serde_json::Value;

use super::{Finding, Rule, Set, Severity, identity};

/// Judges `spec.serviceName` by the Services of the input. Where the input holds none, nothing is known of them and nothing
/// said.
pub(super) fn judge(set: &Set<'_>, value: &Value, services: &[Value]) -> Option<Finding> {
    let namespace = &set.answer.namespace;
    let mut near = services.iter().filter(|service| identity(service).0 == namespace);
    let name = value
        .pointer("/spec/serviceName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if name.is_empty() {
        let fitting = near.find(|service| is_headless(service) && selects(service, value))?;
        let (_, name) = identity(fitting);
        let finding = set.finding(
            Severity::Note,
            Rule::GoverningService,
            "spec.serviceName",
            "without a serviceName the Pods have no DNS names of their own",
        );
        let advice = format!("the headless Service `{name}` selects them: write `serviceName: {name}`");
        return Some(finding.advised(Some(advice)));
    }
    let finding = |severity, message: String, advice: &str| {
        let finding = set.finding(severity, Rule::GoverningService, "spec.serviceName", message);
        Some(finding.advised(Some(advice.to_owned())))
    };
    let Some(service) = near.find(|service| identity(service).1 == name) else {
        let is_known = services.iter().any(|service| identity(service).0 == namespace);
        return is_known.then_some(())
            .and_then(|()| finding(
                Severity::Note,
                format!("the input has Services, but none is called `{name}`: unless the cluster has it, the Pods' DNS names do not resolve"),
                "add a Service of that name with `clusterIP: None`",
            ));
    };
    if !is_headless(service) {
        return finding(
            Severity::Warning,
            format!("Service `{name}` is not headless: the Pods' DNS names do not resolve"),
            "write `clusterIP: None` in a Service of its own: the field cannot be changed in one that exists",
        );
    }
    if !selects(service, value) {
        return finding(
            Severity::Warning,
            format!(
                "the selector of Service `{name}` does not match the template's labels: the Pods' DNS names do not resolve"
            ),
            "make the Service's selector a part of spec.template.metadata.labels",
        );
    }
    None
}

fn is_headless(service: &Value) -> bool {
    service.pointer("/spec/clusterIP").and_then(Value::as_str) == Some("None")
}

/// Whether the Service selects the Pods of the set. One without a selector selects none by itself.
fn selects(service: &Value, set: &Value) -> bool {
    let Some(Value::Object(selector)) = service.pointer("/spec/selector") else {
        return false;
    };
    let labels = set.pointer("/spec/template/metadata/labels");
    let is_label = |key: &str, value: &Value| labels.and_then(|labels| labels.get(key)) == Some(value);
    !selector.is_empty() && selector.iter().all(|(key, value)| is_label(key, value))
}
