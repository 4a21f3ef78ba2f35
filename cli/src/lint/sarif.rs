//! SARIF 2.1.0, which code scanning services and editors read.

use serde_json::{Value, json};
use steadfast_core::lint::{Finding, Rule, Severity};

use super::{Report, findings};

pub(super) fn of(reports: &[Report]) -> Value {
    let rules: Vec<Value> = Rule::ALL
        .into_iter()
        .map(|(rule, name)| json!({"id": name, "shortDescription": {"text": rule.about()}}))
        .collect();
    let results: Vec<Value> = findings(reports)
        .map(|(report, finding)| result(&report.text.name, finding))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "steadfast", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(file: &str, finding: &Finding) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let region = finding.span.map(|span| {
        json!({
            "startLine": span.start.line, "startColumn": span.start.column,
            "endLine": span.end.line, "endColumn": span.end.column,
        })
    });
    let logical = (!finding.field.is_empty()).then(|| {
        let object = finding.object.as_deref().unwrap_or_default();
        json!([{"name": finding.field, "fullyQualifiedName": format!("{object} {}", finding.field)}])
    });
    let location = known(json!({
        "physicalLocation": known(json!({"artifactLocation": {"uri": uri(file)}, "region": region})),
        "logicalLocations": logical,
    }));
    let rule = Rule::ALL.iter().position(|(rule, _)| *rule == finding.rule);
    let remedy = finding.remedy.as_ref().map(|remedy| format!(" ({remedy})"));
    json!({
        "ruleId": finding.rule.name(), "ruleIndex": rule, "level": level,
        "message": {"text": format!("{}{}", finding.message, remedy.unwrap_or_default())},
        "locations": [location],
    })
}

/// The object without its nulls.
fn known(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// A file's name as a relative reference of RFC 3986.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
