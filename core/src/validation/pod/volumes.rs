//! The volumes of a Pod template.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateVolumes`, and `pkg/apis/apps/validation/validation.go`,
//! `ValidateStatefulSetSpec`.

use serde_json::{Value, json};

use super::Options;
use super::rule::{apply, named};
use crate::validation::names::is_dns1123_label;
use crate::validation::report::{At, Report};

mod claim;
mod projected;
mod signer;
mod sources;

use sources::{SOURCES, Source};

/// The volumes that containers may mount.
#[derive(Default)]
pub(super) struct Volumes(Vec<Volume>);

struct Volume {
    name: String,
    /// The field that says what it is, such as `emptyDir`.
    source: &'static str,
    /// Whether upstream has nothing against it: mounts of a volume with a mistake name nothing.
    is_sound: bool,
}

impl Volumes {
    /// What the sound volume `name` is, as its field is called.
    pub fn source(&self, name: &str) -> Option<&'static str> {
        let found = self
            .0
            .iter()
            .find(|volume| volume.is_sound && volume.name == name);
        found.map(|volume| volume.source)
    }
}

/// Checks the volumes that Pods get: those of the claim templates, then those of `spec` with other names.
///
/// Upstream puts the former in the order of a Go map; here it is the order of the templates.
pub(super) fn all(spec: &At<'_>, claims: &[&str], options: &Options<'_>, report: &mut Report) -> Volumes {
    let written = spec.field("volumes");
    let joined = join(&written, claims);
    let volumes = written.with(&joined);
    let mut found = Volumes::default();
    for volume in volumes.items() {
        let before = report.causes.len();
        let source = source(&volume, options, report);
        let name = volume.field("name");
        named(&name, is_dns1123_label, report);
        if found.source(name.text()).is_some() {
            report.duplicate(&name);
        }
        found.0.push(Volume {
            name: name.text().to_owned(),
            source,
            is_sound: report.causes.len() == before,
        });
    }
    found
}

/// One volume for each claim template, however often its name stands there, and the Pod's own with other names.
fn join(written: &At<'_>, claims: &[&str]) -> Value {
    let own = written.value().as_array().cloned().unwrap_or_default();
    let mut joined = Vec::new();
    for (at, name) in claims.iter().enumerate() {
        if !claims.iter().take(at).any(|earlier| earlier == name) {
            joined.push(json!({"name": name, "persistentVolumeClaim": {"claimName": name}}));
        }
    }
    let name = |volume: &Value| volume.get("name").and_then(Value::as_str).map(str::to_owned);
    joined.extend(own.into_iter().filter(|volume| {
        let name = name(volume).unwrap_or_default();
        !claims.contains(&name.as_str())
    }));
    Value::Array(joined)
}

/// Checks what the volume is. Source: `validateVolumeSource`.
fn source(volume: &At<'_>, options: &Options<'_>, report: &mut Report) -> &'static str {
    let mut first = "";
    for source in &SOURCES {
        let Source { name, rules, .. } = source;
        let field = volume.alias(source.shown.unwrap_or(name), &volume.field(name));
        if !field.is_present() {
            continue;
        }
        if first.is_empty() {
            first = name;
            apply(rules, &field, options, report);
        } else {
            let place = volume.field(source.repeated.unwrap_or(name));
            report.forbidden(&place, "may not specify more than 1 volume type");
        }
        if *name == "iscsi" {
            iscsi_name(volume, &field, report);
        }
    }
    if first.is_empty() {
        report.required(volume, "must specify a volume type");
    }
    first
}

/// iSCSI tools join both texts, into a field that is short.
fn iscsi_name(volume: &At<'_>, iscsi: &At<'_>, report: &mut Report) {
    let name = volume.field("name");
    let length = name.text().len() + 1 + iscsi.field("targetPortal").text().len();
    if iscsi.field("initiatorName").is_present() && length > 64 {
        report.invalid(
            &name,
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if \
             iscsi.initiatorName is specified.",
        );
    }
}
