//! Diagnoses of a change: ImmutableChange, SpuriousRollout, ClaimDataLoss. They are read from the difference of two sets, before
//! anything is applied.

use serde_json::Value;

use super::diagnosis::{Diagnosis, DiagnosisCode, Proposal, Severity};
use crate::diff::{Advice, Change, ChangeKind, Diff, Ordinals, Runbook, is_immutable};
use crate::{Gate, Ordinal, Profile};

/// How many names or fields are told.
const NAMED: usize = 5;

/// How many claims are listed as objects.
const LISTED: u64 = 1_000;

/// How many letters of a value are told.
const SHOWN: usize = 40;

/// Where break-glass is written: `steadfast.dev/allow: P1,P3`.
const ALLOW: &str = "steadfast.dev/allow";

/// Explains a change from `old` to `new` by their difference and, where it is refused, the runbook.
///
/// `diff` and `runbook` must come from [`diff`](crate::diff::diff()) and [`runbook`](crate::diff::runbook()) with the same arguments. Where
/// `old` is what an API server returned, its status tells which revision the set has, and so whether this Kubernetes makes another
/// one without any change (k/k#134773).
///
/// ```
/// use serde_json::json;
/// use steadfast_core::explain::{DiagnosisCode, explain_change};
/// use steadfast_core::{Profile, diff::{diff, runbook}};
/// let set = |service: &str| json!({"metadata": {"name": "web"}, "spec": {
///     "replicas": 1, "serviceName": service, "selector": {"matchLabels": {"app": "web"}},
///     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
/// let (old, new, profile) = (set("web"), set("internal"), Profile::default());
/// let change = diff(&old, &new, &profile)?;
/// let runbook = runbook(&old, &new, "web.yaml", &profile)?;
/// let found = explain_change(&old, &new, &change, runbook.as_ref(), &profile);
/// assert_eq!(found[0].code, DiagnosisCode::ImmutableChange);
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn explain_change(
    old: &Value,
    new: &Value,
    diff: &Diff,
    runbook: Option<&Runbook>,
    profile: &Profile,
) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    found.extend(immutable(new, diff, runbook));
    found.extend(data_loss(old, new, diff));
    found.extend(spurious(old, new, diff, profile));
    found.sort_by_key(|diagnosis| std::cmp::Reverse(diagnosis.severity));
    found
}

/// Fields that nobody may change, with old and new.
fn immutable(new: &Value, diff: &Diff, runbook: Option<&Runbook>) -> Option<Diagnosis> {
    let refused: Vec<&Change> = diff
        .changes
        .iter()
        .filter(|change| !change.allowed && is_immutable(&change.field))
        .collect();
    refused.first()?;
    let told: Vec<String> = refused.iter().take(NAMED).map(|change| told(change)).collect();
    let more = match refused.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "the API server refuses the change: {}{more} cannot be changed in a set that exists",
        told.join(", ")
    );
    let mut diagnosis = Diagnosis::new(DiagnosisCode::ImmutableChange, Severity::Error, message)
        .about("StatefulSet", text_at(new, "/metadata/name"));
    if let Some(runbook) = runbook {
        diagnosis.remedies.push(proposal(runbook));
    }
    Some(diagnosis.advising(
        "before the set is made anew: see what the Pods and claims as they are make of it",
        vec!["steadfast recreate FILE --observed DUMP".to_owned()],
    ))
}

fn proposal(runbook: &Runbook) -> Proposal {
    let first = runbook.risks.first().map(|risk| risk.message.as_str());
    match runbook.advice {
        Advice::Harmful => Proposal {
            sentence: format!(
                "do not make the set anew with this manifest: {}",
                first.unwrap_or("it does harm")
            ),
            actions: Vec::new(),
            commands: Vec::new(),
        },
        Advice::Recommended | Advice::Partial => Proposal {
            sentence: runbook
                .steps
                .iter()
                .map(|step| step.sentence.as_str())
                .collect::<Vec<_>>()
                .join("; then "),
            actions: runbook.remedies(),
            commands: runbook
                .steps
                .iter()
                .flat_map(|step| step.commands.clone())
                .collect(),
        },
    }
}

/// Claims that go with their ordinals, once the change is taken.
fn data_loss(old: &Value, new: &Value, diff: &Diff) -> Option<Diagnosis> {
    if !diff.pods.claims_deleted {
        return None;
    }
    let set = text_at(old, "/metadata/name");
    let templates = old
        .pointer("/spec/volumeClaimTemplates")
        .and_then(Value::as_array);
    let templates: Vec<&str> = templates
        .into_iter()
        .flatten()
        .filter_map(|template| template.pointer("/metadata/name")?.as_str())
        .collect();
    let ordinals: u64 = diff.pods.deleted.iter().map(|run| run.count()).sum();
    let count = ordinals.saturating_mul(u64::try_from(templates.len()).unwrap_or(u64::MAX));
    let each = |run: &Ordinals| run.first..=run.last;
    let names = diff.pods.deleted.iter().flat_map(each).flat_map(|ordinal| {
        let name = |template: &&str| Ordinal::new(ordinal).claim_name(template, set).to_string();
        templates.iter().map(name).collect::<Vec<String>>()
    });
    let claims: Vec<String> = names
        .take(usize::try_from(LISTED).unwrap_or(usize::MAX))
        .collect();
    let shown: Vec<&str> = claims.iter().take(NAMED).map(String::as_str).collect();
    let more = match count.saturating_sub(shown.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let is_confirmed = new
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations")?.get(ALLOW)?.as_str())
        .is_some_and(|allowed| allowed.split(',').any(|policy| policy.trim() == "P1"));
    let (severity, end) = match is_confirmed {
        true => (Severity::Warning, format!(", as the annotation {ALLOW} confirms")),
        false => (Severity::Error, String::new()),
    };
    let message = format!(
        "claims go with their data once this is applied: {}{more}; their ordinals leave the set and whenScaled is Delete{end}",
        shown.join(", ")
    );
    let mut diagnosis = Diagnosis::new(DiagnosisCode::ClaimDataLoss, severity, message);
    for claim in claims {
        diagnosis = diagnosis.about("PersistentVolumeClaim", claim);
    }
    Some(diagnosis.advising(
        "to keep them, set persistentVolumeClaimRetentionPolicy.whenScaled to Retain in the manifest, before or with this change",
        Vec::new(),
    ))
}

/// A change that looks like one and is none, or none that makes a revision.
fn spurious(old: &Value, new: &Value, diff: &Diff, profile: &Profile) -> Option<Diagnosis> {
    let about = |message: String| {
        let name = text_at(new, "/metadata/name");
        Diagnosis::new(DiagnosisCode::SpuriousRollout, Severity::Info, message).about("StatefulSet", name)
    };
    if let Some((stored, written)) = renamed(old, diff, profile) {
        let message = format!(
            "this Kubernetes writes the template of the stored set as revision {written}, and the set has {stored}: a new revision \
             is made and Pods restart, even if nothing is changed"
        );
        return Some(about(message).advising(
            "upgrade to 1.34.2 or newer without stopping before it: there a template that means the same makes no new revision",
            Vec::new(),
        ));
    }
    if diff.changes.is_empty() && diff.allowed {
        let fields: Vec<&str> = diff
            .equal
            .iter()
            .map(|same| same.field.as_str())
            .take(NAMED)
            .collect();
        fields.first()?;
        let more = match diff.equal.len().saturating_sub(fields.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return Some(about(format!(
            "the manifests are written differently ({}{more}) and mean the same: no new revision is made, and no Pod restarts",
            fields.join(", ")
        )));
    }
    let makers: Vec<&Change> = diff.changes.iter().filter(|change| change.revision).collect();
    let first = makers.first()?;
    if !makers.iter().all(|change| change.kind == ChangeKind::Reordered) {
        return None;
    }
    Some(
        about(format!(
            "{} differs in the order of its items alone, and that makes a new revision all the same: a revision keeps the order",
            first.field
        ))
        .advising("write the items in the old order, and no Pod restarts", Vec::new()),
    )
}

/// The revision that the stored set has, and the one that its unchanged template gets from this Kubernetes, where that is
/// another and nothing keeps the first.
fn renamed<'a>(old: &'a Value, diff: &'a Diff, profile: &Profile) -> Option<(&'a str, &'a str)> {
    if profile.is_enabled(Gate::StatefulSetSemanticRevisionComparison) {
        return None;
    }
    let stored = old.pointer("/status/updateRevision").and_then(Value::as_str)?;
    let number = |pointer: &str| old.pointer(pointer).and_then(Value::as_i64);
    let is_current = number("/status/observedGeneration") == number("/metadata/generation");
    let has_collided = number("/status/collisionCount").is_some_and(|count| count != 0);
    let written = diff.old_revision.as_deref()?;
    (is_current && !has_collided && !stored.is_empty() && stored != written).then_some((stored, written))
}

/// `spec.serviceName` with what it was and shall be.
fn told(change: &Change) -> String {
    let shown = |value: &Option<Value>| {
        let text = match value {
            None => return "nothing".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => crate::json_text::of(value).unwrap_or_default(),
        };
        if text.chars().count() <= SHOWN {
            return format!("`{text}`");
        }
        format!("`{}…`", text.chars().take(SHOWN).collect::<String>())
    };
    format!(
        "{} (from {} to {})",
        change.field,
        shown(&change.old),
        shown(&change.new)
    )
}

fn text_at<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
