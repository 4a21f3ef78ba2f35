//! The answer.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{ALLOW, Mode, Policy, Settings, Violation, text};

/// The verdict on a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "AdmissionVerdict", optional_fields)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verdict {
    /// Whether the change is let through.
    pub allowed: bool,
    /// The HTTP status of a refusal: 403.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// Why it is refused, and what to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub message: String,
    /// Warnings for who asked, of at most 120 characters each.
    pub warnings: Vec<String>,
    /// What is written into the API server's audit log: `violations`, such as `P1=deny P9=warn`, and `allowed`, the policies that
    /// the annotation let through.
    pub audit_annotations: BTreeMap<String, String>,
    /// A JSON Patch (RFC 6902), of a delivery that may change objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue[]"))]
    pub patch: Option<Value>,
    /// What the policies object to, in the policies' order.
    pub violations: Vec<Violation>,
}

/// The longest warning. API servers pass longer ones on, cut; what people see in a terminal should be whole.
const LONGEST: usize = 120;

impl Verdict {
    /// Nothing is objected to.
    pub(super) fn allowing() -> Self {
        Self {
            allowed: true,
            code: None,
            message: String::new(),
            warnings: Vec::new(),
            audit_annotations: BTreeMap::new(),
            patch: None,
            violations: Vec::new(),
        }
    }

    /// Of what the policies object to; `allowed` are those that an annotation lets through.
    pub(super) fn of(mut found: Vec<Violation>, allowed: &[Policy], settings: &Settings) -> Self {
        let mut verdict = Self::allowing();
        found.retain(|violation| settings.mode(violation.policy) != Mode::Off);
        found.sort_by_key(|violation| violation.policy);
        let (mut refusals, mut audit, mut used) = (Vec::new(), Vec::new(), Vec::new());
        for violation in &mut found {
            let (policy, says) = (violation.policy.name(), &violation.message);
            violation.mode = match settings.mode(violation.policy) {
                _ if allowed.contains(&violation.policy) => Mode::Off,
                Mode::Deny if violation.is_certain => Mode::Deny,
                _ => Mode::Warn,
            };
            let word = match violation.mode {
                Mode::Deny => {
                    let remedy = &violation.remedy;
                    refusals.push(format!(
                        "{policy}: {says}; {remedy}, or annotate {ALLOW}: {policy}"
                    ));
                    "deny"
                }
                Mode::Warn => {
                    verdict.warnings.push(cut(&format!("{policy}: {says}")));
                    "warn"
                }
                Mode::Off => {
                    let warning = format!("{policy}, which {ALLOW} lets through: {says}");
                    verdict.warnings.push(cut(&warning));
                    used.push(policy);
                    "allowed"
                }
            };
            audit.push(format!("{policy}={word}"));
        }
        used.dedup();
        audit.dedup();
        if !audit.is_empty() {
            verdict
                .audit_annotations
                .insert("violations".to_owned(), audit.join(" "));
        }
        if !used.is_empty() {
            verdict
                .audit_annotations
                .insert("allowed".to_owned(), used.join(","));
        }
        if !refusals.is_empty() {
            verdict.allowed = false;
            verdict.code = Some(403);
            verdict.message = refusals.join("\n");
        }
        verdict.violations = found;
        verdict
    }

    /// The same with another warning.
    #[must_use]
    pub(super) fn warning(mut self, warning: &str) -> Self {
        self.warnings.push(cut(warning));
        self
    }

    /// The object as the patch makes it; nothing where there is none, or it does not fit.
    pub fn patched(&self, object: &Value) -> Option<Value> {
        let mut object = object.clone();
        for step in self.patch.as_ref()?.as_array()? {
            let (parent, field) = text(step, "/path").rsplit_once('/')?;
            let parent = object.pointer_mut(parent)?.as_object_mut()?;
            parent.insert(field.to_owned(), step.get("value")?.clone());
        }
        Some(object)
    }

    /// The AdmissionReview of `admission.k8s.io/v1` that answers the request of this UID. `patch` is in it where the delivery may
    /// change objects, in base64 as the API demands: `encode` makes it of the patch's JSON text.
    pub fn response(&self, uid: &str, encode: impl Fn(&[u8]) -> String) -> Value {
        let mut response = json!({"uid": uid, "allowed": self.allowed});
        if let Value::Object(response) = &mut response {
            if !self.allowed {
                let status = json!({"code": self.code, "reason": "Forbidden", "message": self.message});
                response.insert("status".to_owned(), status);
            }
            if !self.warnings.is_empty() {
                response.insert("warnings".to_owned(), json!(self.warnings));
            }
            if !self.audit_annotations.is_empty() {
                response.insert("auditAnnotations".to_owned(), json!(self.audit_annotations));
            }
            if let Some(patch) = self.patch.as_ref().filter(|_| self.allowed) {
                response.insert("patchType".to_owned(), json!("JSONPatch"));
                response.insert(
                    "patch".to_owned(),
                    json!(encode(crate::json_text::of(patch).unwrap_or_default().as_bytes())),
                );
            }
        }
        json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
    }
}

/// At most as long as a warning may be.
fn cut(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match text.chars().count() > LONGEST {
        false => text,
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}
