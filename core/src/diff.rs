//! What changes when one set takes the place of another: fields after defaulting, whether an API server lets them be
//! changed, whether they make a new revision, and what becomes of the Pods. Where the change is not allowed,
//! [`runbook`] says what to do instead, and what speaks against it.

use serde::Serialize;
use serde_json::Value;

use crate::canonical::canonical;
use crate::canonical::compare::{Difference, Side, What, compare};
use crate::canonical::equal::is_same_in_spec;
use crate::{Cause, Error, Profile, revision_name_of, to_go_json, validation};

mod applied;
mod claims;
mod pods;
mod runbook;
#[cfg(test)]
mod tests;

pub use applied::applied;
pub(crate) use claims::order;
pub use pods::{Ordinals, PodFates, Restarts};
pub use runbook::{Advice, Runbook, RunbookStep, runbook};

pub use crate::remedy::{Risk, RiskCode};

/// The difference between two sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Diff {
    /// What changes, in order of paths as the API's types have them. Compared are the labels and other metadata that
    /// people write, and the spec; not the status, nor what a server fills in.
    pub changes: Vec<Change>,
    /// What is written differently and means the same.
    pub equal: Vec<Phantom>,
    /// Whether an API server takes the new set.
    pub allowed: bool,
    /// What it refuses, in its own words.
    pub errors: Vec<Cause>,
    /// What it warns of; it does so only where it takes the set.
    pub warnings: Vec<String>,
    /// Paths of fields whose rules are not known here: an API server may refuse them.
    pub unchecked: Vec<String>,
    /// The name of the old template's revision; absent where the set has no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_revision: Option<String>,
    /// The name of the new template's revision; the same where it is the same template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_revision: Option<String>,
    /// Whether the template is another one, and so gets a revision of its own. One that the history still holds, as on
    /// the way back, becomes the newest again.
    pub makes_revision: bool,
    /// What becomes of the Pods once the new set is taken; all of them are supposed to have the old revision.
    pub pods: PodFates,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The path as the API server writes it. Items of a list are those with the same merge key; their index is that in
    /// the new list, of removed ones that in the old list.
    pub field: String,
    /// How.
    pub kind: ChangeKind,
    /// The old value, defaults included; of a list in another order its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub old: Option<Value>,
    /// The new value, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub new: Option<Value>,
    /// False where the API server refuses it: the field cannot be changed, or one of its errors stands at the field, in
    /// it or around it.
    pub allowed: bool,
    /// Whether it makes a new revision.
    pub revision: bool,
    /// Whether Pods restart because of it, once it is taken.
    pub restarts: Restarts,
    /// The line in the new manifest, from 1, where its text is known and has the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What to point at in the new manifest's text, where a host that has it says so.
    #[cfg(feature = "manifest")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<crate::manifest::Span>,
}

/// How a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It was not there.
    Added,
    /// It is there no more.
    Removed,
    /// It has another value.
    Changed,
    /// Items of the list stand in another order.
    Reordered,
}

/// A field that is written differently and means the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Phantom {
    /// The path.
    pub field: String,
    /// Why it is the same.
    pub reason: PhantomReason,
    /// What is written in the old set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub old: Option<Value>,
    /// What is written in the new set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "JsonValue"))]
    pub new: Option<Value>,
}

/// Why two texts mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum PhantomReason {
    /// One leaves out what it gets by default, or writes what is as good as absent.
    Defaulted,
    /// Two ways to write one value, such as `1024Mi` and `1Gi`.
    SameValue,
    /// The API server drops it: this version does not know the field, or its feature is off.
    Dropped,
}

/// The fields of the spec that an API server lets nobody change (`ValidateStatefulSetUpdate`).
const IMMUTABLE: [&str; 4] = [
    "podManagementPolicy",
    "selector",
    "serviceName",
    "volumeClaimTemplates",
];

/// The difference between `old`, the stored set or a manifest that stands for it, and `new`, which is to take its place.
///
/// Both are compared as they would be stored: with defaults, in canonical form, and without what the profile's API server
/// drops. What the new set leaves out is gone, as with `kubectl replace`; [`applied`] makes of a manifest what `kubectl apply`
/// sends. The error up to 1.36, one for all fields that
/// cannot be changed, and those from 1.37, one for each, mark the same changes as not allowed.
///
/// Source: the strategy's update (see [`validation::update`]), `getPatch` and the update pass of the controller.
///
/// # Errors
/// `invalid` where upstream's decoder refuses a value of either set.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, diff::{Restarts, diff}};
/// let set = |image: &str, memory: &str| json!({"metadata": {"name": "web"}, "spec": {
///     "replicas": 3, "selector": {"matchLabels": {"app": "web"}},
///     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
///         {"name": "nginx", "image": image, "resources": {"limits": {"memory": memory}}}]}}}});
/// let found = diff(&set("nginx:1", "1Gi"), &set("nginx:2", "1024Mi"), &Profile::default())?;
/// assert_eq!(found.changes.len(), 1);
/// assert_eq!(found.changes[0].field, "spec.template.spec.containers[0].image");
/// assert_eq!(found.changes[0].restarts, Restarts::Rolling);
/// assert_eq!(found.equal[0].field, "spec.template.spec.containers[0].resources.limits[memory]");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn diff(old: &Value, new: &Value, profile: &Profile) -> Result<Diff, Error> {
    let stored = stored(old, profile)?;
    let verdict = validation::update(new, &stored, profile)?;
    let before = Side {
        value: &stored,
        written: old,
    };
    let after = Side {
        value: &verdict.object,
        written: new,
    };
    let found = compare(before, after, profile.minor());
    let immutable = changed_immutables(&stored, &verdict.object);
    let makes_revision = found.iter().any(makes_revision);
    let pods = PodFates::of(&stored, &verdict.object, makes_revision, profile);
    let mut diff = Diff {
        changes: Vec::new(),
        equal: Vec::new(),
        allowed: verdict.is_accepted(),
        old_revision: revision_name_of(&stored, profile).ok(),
        new_revision: revision_name_of(&verdict.object, profile).ok(),
        makes_revision,
        errors: verdict.errors,
        warnings: verdict.warnings,
        unchecked: verdict.unchecked,
        pods,
    };
    for difference in found {
        let (old, new) = (some(&difference.old), some(&difference.new));
        let kind = match kind_of(difference.what) {
            Ok(kind) => kind,
            Err(reason) => {
                let field = difference.path;
                diff.equal.push(Phantom {
                    field,
                    reason,
                    old,
                    new,
                });
                continue;
            }
        };
        let revision = self::makes_revision(&difference);
        let field = difference.path;
        let is_immutable = immutable
            .iter()
            .any(|name| is_at_or_in(&field, &["spec.", name].concat()));
        diff.changes.push(Change {
            allowed: !is_immutable && !diff.errors.iter().any(|error| is_refused(&field, error)),
            revision,
            restarts: diff.pods.restarts(&field, revision),
            field,
            kind,
            old,
            new,
            line: None,
            column: None,
            #[cfg(feature = "manifest")]
            span: None,
        });
    }
    Ok(diff)
}

/// The old set in canonical form. A manifest stands for what an API server has made of it.
fn stored(old: &Value, profile: &Profile) -> Result<Value, Error> {
    let set = canonical(old, profile)?;
    let uid = set
        .pointer("/metadata/uid")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if uid.is_empty() {
        return validation::as_created(&set, profile);
    }
    Ok(set)
}

/// The fields that cannot be changed and are.
fn changed_immutables(old: &Value, new: &Value) -> Vec<&'static str> {
    let spec = |set: &Value| set.get("spec").cloned().unwrap_or_default();
    let (old, new) = (spec(old), spec(new));
    let is_changed = |name: &&str| !is_same_in_spec(name, &new, &old);
    IMMUTABLE.into_iter().filter(is_changed).collect()
}

/// Whether a path is one of those fields, or leads into it.
pub(crate) fn is_immutable(path: &str) -> bool {
    IMMUTABLE
        .into_iter()
        .any(|name| is_at_or_in(path, &["spec.", name].concat()))
}

fn kind_of(what: What) -> Result<ChangeKind, PhantomReason> {
    match what {
        What::Added => Ok(ChangeKind::Added),
        What::Removed => Ok(ChangeKind::Removed),
        What::Changed => Ok(ChangeKind::Changed),
        What::Reordered => Ok(ChangeKind::Reordered),
        What::Defaulted => Err(PhantomReason::Defaulted),
        What::Written => Err(PhantomReason::SameValue),
        What::Dropped => Err(PhantomReason::Dropped),
    }
}

/// Whether the bytes of a revision differ: large numbers lose digits on the way into them.
fn makes_revision(difference: &Difference) -> bool {
    kind_of(difference.what).is_ok()
        && is_at_or_in(&difference.path, "spec.template")
        && to_go_json(&difference.old) != to_go_json(&difference.new)
}

/// Whether an error of the API server speaks of the field, of a part of it, or of what it is a part of.
fn is_refused(field: &str, error: &Cause) -> bool {
    // At `spec` stands the one error up to 1.36 for everything that cannot be changed.
    error.field != "spec" && (is_at_or_in(field, &error.field) || is_at_or_in(&error.field, field))
}

/// Whether a path is `room` or leads into it.
fn is_at_or_in(path: &str, room: &str) -> bool {
    path.strip_prefix(room)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn some(value: &Value) -> Option<Value> {
    Some(value.clone()).filter(|value| !value.is_null())
}
