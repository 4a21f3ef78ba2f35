//! What an API server refuses in a StatefulSet, and in a change of one.
//!
//! Source: `pkg/apis/apps/validation/validation.go`, and what `rest.BeforeCreate` and `rest.BeforeUpdate` of
//! `k8s.io/apiserver` check before. The declarative rules of 1.37 (`pkg/apis/apps/v1/zz_generated.validations.go`) are
//! alpha, compared with these and never answer, but for those of `pod/eviction.rs`.

use serde_json::Value;

use super::metadata::{self, NameRule};
use super::report::{At, Report};
use super::{IMMUTABLE, claim, names, non_negative, pod, selector};
use crate::canonical::equal;
use crate::{Gate, Profile};

/// Source: `ValidateStatefulSet`.
pub(super) fn create(set: &At<'_>, profile: &Profile, report: &mut Report) {
    let meta = set.field("metadata");
    metadata::check(&meta, NameRule::Label, profile.minor(), report);
    metadata::finalizer_names(&meta, report);
    let rules = Rules {
        is_stored: false,
        allows_recreate: profile.is_enabled(Gate::StatefulSetRecreateStrategy),
        ignores_template: false,
    };
    spec(&set.field("spec"), None, &rules, profile, report);
}

/// Source: `ValidateStatefulSetUpdate`.
pub(super) fn update(set: &At<'_>, old: &At<'_>, profile: &Profile, report: &mut Report) {
    change(set, old, profile, report);
    metadata::finalizer_names(&set.field("metadata"), report);
    let (new_spec, old_spec) = (set.field("spec"), old.field("spec"));
    let template = old_spec.field("template");
    let strategy = old_spec.field("updateStrategy");
    let is_recreate = profile.minor() >= 37 && strategy.field("type").text() == "Recreate";
    let mut rules = Rules {
        is_stored: true,
        allows_recreate: is_recreate || profile.is_enabled(Gate::StatefulSetRecreateStrategy),
        ignores_template: false,
    };
    let mut found = Report::default();
    spec(&old_spec, Some(&template), &rules, profile, &mut found);
    rules.ignores_template = !found.causes.is_empty();
    spec(&new_spec, Some(&template), &rules, profile, report);
    let fields = [
        "selector",
        "volumeClaimTemplates",
        "serviceName",
        "podManagementPolicy",
    ];
    let is_same = |name: &&str| equal::is_same_in_spec(name, new_spec.value(), old_spec.value());
    let mut changed = fields.into_iter().filter(|name| !is_same(name));
    if profile.minor() >= 37 {
        for name in changed {
            report.invalid(&new_spec.field(name), IMMUTABLE);
        }
        // The one field with declared rules that answer.
        pod::responders(&new_spec.field("template"), Some(&template), report);
    } else if changed.next().is_some() {
        report.forbidden(
            &new_spec,
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
             'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        );
    }
}

/// Source: `ValidateStatefulSetStatusUpdate`.
pub(super) fn update_status(set: &At<'_>, old: &At<'_>, profile: &Profile, report: &mut Report) {
    change(set, old, profile, report);
    let (status, before) = (set.field("status"), old.field("status"));
    for name in [
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
        "collisionCount",
    ] {
        non_negative(&status.field(name), report);
    }
    for (less, more) in [
        ("readyReplicas", "replicas"),
        ("currentReplicas", "replicas"),
        ("updatedReplicas", "replicas"),
        ("availableReplicas", "replicas"),
        ("availableReplicas", "readyReplicas"),
    ] {
        let count = status.field(less);
        if count.number() > status.field(more).number() {
            report.invalid(&count, ["cannot be greater than status.", more].concat());
        }
    }
    metadata::finalizer_names(&set.field("metadata"), report);
    let (now, then) = (status.field("collisionCount"), before.field("collisionCount"));
    if then.is_present() && (!now.is_present() || now.number() < then.number()) {
        report.invalid(&now, "cannot be decremented");
    }
}

/// What is checked of every change. Source: `validateCommonFields` of `apiserver/pkg/registry/rest/update.go`.
fn change(set: &At<'_>, old: &At<'_>, profile: &Profile, report: &mut Report) {
    let (new, old) = (set.field("metadata"), old.field("metadata"));
    metadata::check(&new, NameRule::PathSegment, profile.minor(), report);
    metadata::check_update(&new, &old, profile.minor(), report);
}

/// Source: `StatefulSetValidationOptions`.
struct Rules {
    /// What can no longer be changed is not checked again: the name of the Service, claim templates.
    is_stored: bool,
    allows_recreate: bool,
    /// Of the template, only the metadata is checked: the stored set is refused already.
    ignores_template: bool,
}

/// Source: `ValidateStatefulSetSpec`.
fn spec(spec: &At<'_>, old: Option<&At<'_>>, rules: &Rules, profile: &Profile, report: &mut Report) {
    let minor = profile.minor();
    let policy = spec.field("podManagementPolicy");
    if !["OrderedReady", "Parallel"].contains(&policy.text()) {
        report.invalid(&policy, "must be 'OrderedReady' or 'Parallel'");
    }
    strategy(&spec.field("updateStrategy"), rules.allows_recreate, report);
    let retention = spec.field("persistentVolumeClaimRetentionPolicy");
    for name in ["whenDeleted", "whenScaled"] {
        let policy = retention.field(name);
        if retention.is_present() && !["Retain", "Delete"].contains(&policy.text()) {
            report.not_supported(&policy, &["Retain", "Delete"]);
        }
    }
    let claims = spec.field("volumeClaimTemplates");
    let is_checked = !rules.is_stored && minor >= 34;
    for item in claims.items().filter(|_| is_checked) {
        claim::check(&item.field("spec"), false, minor, report);
    }
    non_negative(&spec.field("replicas"), report);
    non_negative(&spec.field("minReadySeconds"), report);
    non_negative(&spec.field("ordinals").field("start"), report);
    let service = spec.field("serviceName");
    if !rules.is_stored && !service.text().is_empty() {
        report.invalid_for(&service, names::is_dns1123_label(service.text()));
    }
    let selector = spec.field("selector");
    let known = report.causes.len();
    selector::check(&selector, false, minor, report);
    let is_usable = report.causes.len() == known;
    let is_empty = selector.field("matchLabels").len() + selector.field("matchExpressions").len() == 0;
    if !selector.is_present() {
        report.required(&selector, "");
    } else if is_empty {
        report.invalid(&selector, "empty selector is invalid for statefulset");
    }
    let template = spec.field("template");
    if !is_usable {
        report.invalid(&selector, "");
    } else {
        let metadata = template.field("metadata");
        let labels = metadata.field("labels");
        let is_everything = selector.is_present() && is_empty;
        if !is_everything && !selector::matches(&selector, &labels) {
            report.invalid(&labels, "`selector` does not match template `labels`");
        }
        pod_template(&template, old, &claims, rules.ignores_template, profile, report);
    }
    let pod = template.field("spec");
    let restart = pod.field("restartPolicy");
    if restart.text() != "Always" {
        report.not_supported(&restart, &["Always"]);
    }
    let deadline = pod.field("activeDeadlineSeconds");
    if deadline.is_present() {
        report.forbidden(&deadline, "activeDeadlineSeconds in StatefulSet is not Supported");
    }
}

fn strategy(strategy: &At<'_>, allows_recreate: bool, report: &mut Report) {
    let (kind, rolling) = (strategy.field("type"), strategy.field("rollingUpdate"));
    match kind.text() {
        "RollingUpdate" => {
            non_negative(&rolling.field("partition"), report);
            max_unavailable(&rolling.field("maxUnavailable"), report);
        }
        "OnDelete" => only_rolling(&rolling, report),
        "Recreate" if allows_recreate => only_rolling(&rolling, report),
        _ => {
            // The path is that of the struct.
            let sentence = if allows_recreate {
                "must be 'RollingUpdate', 'OnDelete', or 'Recreate'"
            } else {
                "must be 'RollingUpdate' or 'OnDelete'"
            };
            report.invalid(&strategy.with(kind.value()), sentence);
        }
    }
}

fn only_rolling(rolling: &At<'_>, report: &mut Report) {
    if rolling.is_present() {
        report.invalid(rolling, "only allowed for updateStrategy 'RollingUpdate'");
    }
}

/// Source: `validateRollingUpdateStatefulSet`.
fn max_unavailable(at: &At<'_>, report: &mut Report) {
    let (number, is_percent) = match at.value() {
        Value::String(text) => {
            let errors = names::is_percent(text);
            let is_percent = errors.is_empty();
            report.invalid_for(at, errors);
            (
                atoi(text.strip_suffix('%').filter(|_| is_percent).unwrap_or(text)),
                is_percent,
            )
        }
        Value::Number(number) => {
            non_negative(at, report);
            (number.as_i64().unwrap_or_default(), false)
        }
        _ => return,
    };
    if number == 0 {
        report.invalid(at, "cannot be 0");
    }
    if is_percent && number > 100 {
        report.invalid(at, "must not be greater than 100%");
    }
}

/// Go's `strconv.Atoi` without its error: 0 for what is no number, the nearest for what is too large.
fn atoi(text: &str) -> i64 {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    text.parse().unwrap_or(i64::MAX)
}

/// Source: `ValidatePodTemplateSpecForStatefulSet`; the controller sets the host's name and the subdomain itself.
fn pod_template(
    template: &At<'_>,
    old: Option<&At<'_>>,
    claims: &At<'_>,
    ignores: bool,
    profile: &Profile,
    report: &mut Report,
) {
    let mut claim_names: Vec<&str> = Vec::new();
    for item in claims.items() {
        let metadata = item.value().get("metadata");
        let name = metadata
            .and_then(|metadata| metadata.get("name"))
            .and_then(Value::as_str);
        let name = name.unwrap_or_default();
        if !claim_names.contains(&name) {
            claim_names.push(name);
        }
    }
    let options = pod::Options::of(old, profile);
    let mut without = None;
    if let Some(Value::Object(spec)) = template.value().get("spec")
        && (spec.contains_key("hostname") || spec.contains_key("subdomain"))
    {
        let mut copy = template.value().clone();
        if let Some(Value::Object(spec)) = copy.get_mut("spec") {
            spec.remove("hostname");
            spec.remove("subdomain");
        }
        without = Some(copy);
    }
    let template = without.as_ref().map_or(*template, |copy| template.with(copy));
    pod::template(&template, &claim_names, ignores, &options, report);
}
