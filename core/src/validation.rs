//! What an API server makes of a StatefulSet before it stores it: the object that it would store, what it refuses, and
//! what it warns of.
//!
//! Source: `pkg/registry/apps/statefulset/strategy.go`, `pkg/apis/apps/validation/validation.go` and
//! `pkg/apis/core/validation/validation.go`. The texts of errors and warnings are upstream's: users' tools match them.

use serde::Serialize;
use serde_json::Value;

use crate::canonical::{canonical, received};
use crate::{Cause, Error, Profile};

mod claim;
mod disabled;
mod gates;
mod ip;
mod metadata;
mod names;
mod pod;
mod prepare;
mod report;
mod selector;
mod set;
#[cfg(test)]
mod tests;
mod warnings;

use report::{At, Report};
use warnings::Warnings;

/// What an API server of the profile answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The object after defaulting and preparation: what would be stored, were nothing wrong. What only a server knows
    /// is not made up: no UID, no time of creation; a name that it generates ends in `xxxxx`.
    pub object: Value,
    /// What is refused, in upstream's order. It says some things twice; here each stands once.
    pub errors: Vec<Cause>,
    /// Warnings, which refuse nothing. An API server warns of an object only where it takes it.
    pub warnings: Vec<String>,
    /// Paths of fields that are set and whose rules this release does not know: an API server may refuse them. Up to 1.37
    /// there are none.
    pub unchecked: Vec<String>,
}

impl Verdict {
    /// True where nothing was found that would be refused.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::{Profile, validation};
    /// let verdict = validation::create(&json!({"metadata": {"name": "web"}}), &Profile::default())?;
    /// assert!(!verdict.is_accepted());
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn is_accepted(&self) -> bool {
        self.errors.is_empty()
    }
}

/// A set that is to be created, such as a manifest.
///
/// Source: `rest.BeforeCreate` with `PrepareForCreate`, `Validate` and `WarningsOnCreate` of the strategy.
///
/// # Errors
/// `invalid` where upstream's decoder refuses a value already, as [`canonical`] says.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, validation};
/// let set = json!({"metadata": {"name": "web"}, "spec": {
///     "replicas": -1, "serviceName": "web", "revisionHistoryLimit": -1,
///     "selector": {"matchLabels": {"app": "web"}},
///     "template": {"metadata": {"labels": {"app": "web"}},
///         "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
/// let mut verdict = validation::create(&set, &Profile::default())?;
/// let error = verdict.errors.remove(0);
/// assert_eq!(error.to_string(), "spec.replicas: Invalid value: -1: must be greater than or equal to 0");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn create(set: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let (mut object, unknown) = decoded(set, profile)?;
    let owners = prepare::create(&mut object, profile);
    let mut report = Report::default();
    set::create(&At::root(&object, ""), profile, &mut report);
    let warn = |set: &At<'_>, warnings: &mut Warnings| warnings::of_set(set, false, true, warnings);
    verdict(&object, report, (unknown, owners), profile, warn)
}

/// A set that is to replace the stored set `old`, as `kubectl apply` or `kubectl replace` sends it.
///
/// `old` is what an API server stored, or a manifest that stands for it: what a server fills in (UID, time of creation,
/// resource version, generation) counts as unchanged where `old` lacks it.
///
/// Source: `rest.BeforeUpdate` with `PrepareForUpdate`, `ValidateUpdate` and `WarningsOnUpdate` of the strategy.
///
/// # Errors
/// As [`create`], of either object.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, validation};
/// let set = |service: &str| json!({"metadata": {"name": "web"}, "spec": {
///     "serviceName": service, "selector": {"matchLabels": {"app": "web"}},
///     "template": {"metadata": {"labels": {"app": "web"}},
///         "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
/// let (old, new) = (set("web"), set("other"));
/// let now = validation::update(&new, &old, &Profile::default())?;
/// assert_eq!(now.errors[0].to_string(), "spec.serviceName: Invalid value: \"other\": field is immutable");
/// let before = validation::update(&new, &old, &"1.36".parse()?)?;
/// assert!(before.errors[0].to_string().starts_with("spec: Forbidden: updates to statefulset spec for fields other"));
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn update(new: &Value, old: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let (mut object, unknown) = decoded(new, profile)?;
    let old = stored(old, profile)?;
    let owners = prepare::update(&mut object, &old, profile);
    let mut report = Report::default();
    set::update(&At::root(&object, ""), &At::root(&old, ""), profile, &mut report);
    let generation = |set: &Value| set.pointer("/metadata/generation").and_then(Value::as_i64);
    let has_changed = generation(&object) != Some(generation(&old).unwrap_or(1));
    let warn = |set: &At<'_>, warnings: &mut Warnings| warnings::of_set(set, true, has_changed, warnings);
    verdict(&object, report, (unknown, owners), profile, warn)
}

/// A set whose status and metadata are to replace those of `old`, as a controller writes it.
///
/// Source: `rest.BeforeUpdate` with `PrepareForUpdate` and `ValidateUpdate` of the strategy of the status.
///
/// # Errors
/// As [`update`].
///
/// ```
/// use serde_json::json;
/// use steadfast_core::{Profile, validation};
/// let old = json!({"metadata": {"name": "web"}, "status": {"replicas": 1}});
/// let new = json!({"metadata": {"name": "web"}, "status": {"replicas": 1, "readyReplicas": 2}});
/// let verdict = validation::update_status(&new, &old, &Profile::default())?;
/// assert_eq!(verdict.errors[0].detail, "cannot be greater than status.replicas");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn update_status(new: &Value, old: &Value, profile: &Profile) -> Result<Verdict, Error> {
    let (mut object, unknown) = decoded(new, profile)?;
    let old = stored(old, profile)?;
    let owners = prepare::update_status(&mut object, &old);
    let mut report = Report::default();
    set::update_status(&At::root(&object, ""), &At::root(&old, ""), profile, &mut report);
    verdict(&object, report, (unknown, owners), profile, |_, _| {})
}

/// What an API server stores of a manifest in canonical form: without fields whose feature is off.
pub(crate) fn as_created(set: &Value, profile: &Profile) -> Result<Value, Error> {
    let mut object = set.clone();
    prepare::create(&mut object, profile);
    let has_name = set.pointer("/metadata/name").is_some();
    if !has_name && let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        // One that a server draws is nobody's to compare.
        metadata.remove("name");
    }
    canonical(&object, profile)
}

/// Whether a valid selector in canonical form selects the labels.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    selector::matches(&At::root(selector, ""), &At::root(labels, ""))
}

/// Source: `FieldImmutableErrorMsg`.
const IMMUTABLE: &str = "field is immutable";

/// Source: `ValidateNonnegativeField`.
fn non_negative(at: &At<'_>, report: &mut Report) {
    if at.number() < 0 {
        report.invalid(at, "must be greater than or equal to 0");
    }
}

/// The object that upstream's decoder makes, and its warnings about fields that this version does not know
/// (`fieldValidation=Warn`).
fn decoded(set: &Value, profile: &Profile) -> Result<(Value, Vec<String>), Error> {
    let canonical = received(set, profile)?;
    let warn = |path: &String| format!("unknown field \"{path}\"");
    Ok((canonical.object, canonical.unknown.iter().map(warn).collect()))
}

fn stored(old: &Value, profile: &Profile) -> Result<Value, Error> {
    let found = received(old, profile).map_err(|error| Error {
        message: format!("the stored set: {}", error.message),
        ..error
    });
    Ok(found?.object)
}

fn verdict(
    object: &Value,
    report: Report,
    (unknown, owners): (Vec<String>, Option<String>),
    profile: &Profile,
    warn: impl FnOnce(&At<'_>, &mut Warnings),
) -> Result<Verdict, Error> {
    let mut errors: Vec<Cause> = Vec::new();
    for cause in report.causes {
        if !errors.contains(&cause) {
            errors.push(cause);
        }
    }
    let mut warnings = Warnings::new(profile.minor());
    warnings.texts.extend(unknown);
    warnings.texts.extend(owners);
    if errors.is_empty() {
        warn(&At::root(object, ""), &mut warnings);
    }
    Ok(Verdict {
        // What was dropped may have left room for a default, and validation's empty lists go.
        object: canonical(object, profile)?,
        errors,
        warnings: warnings.texts,
        unchecked: report.unchecked,
    })
}
