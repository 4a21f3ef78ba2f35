//! The metadata of the set, and labels and annotations wherever they stand.
//!
//! Source: `apimachinery/pkg/api/validation/objectmeta.go`, `apimachinery/pkg/apis/meta/v1/validation/validation.go`,
//! and `ValidateObjectMeta` of `pkg/apis/core/validation/validation.go`.

use serde_json::Value;

use super::names;
use super::report::{At, Report};
use crate::quoted;

/// What an object may be called.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum NameRule {
    /// Source: `NameIsDNSLabel`.
    Label,
    /// Anything that can stand in a URL: sets whose names were allowed once must stay changeable.
    /// Source: `ValidatePathSegmentName`.
    PathSegment,
}

/// Checks `metadata`. Where the namespace is absent, it is the request's.
///
/// Source: `ValidateObjectMetaAccessor`.
pub(super) fn check(metadata: &At<'_>, rule: NameRule, minor: u8, report: &mut Report) {
    let (prefix, name) = (metadata.field("generateName"), metadata.field("name"));
    if !prefix.text().is_empty() {
        let errors = match rule {
            NameRule::Label => names::is_dns1123_label(&without_trailing_dash(prefix.text())),
            NameRule::PathSegment => without_separators(prefix.text()),
        };
        report.invalid_for(&prefix, errors);
    }
    match (name.text(), rule) {
        ("", _) => report.required(&name, "name or generateName is required"),
        (text, NameRule::Label) => report.invalid_for(&name, names::is_dns1123_label(text)),
        (text @ ("." | ".."), NameRule::PathSegment) => {
            report.invalid(&name, ["may not be '", text, "'"].concat());
        }
        (text, NameRule::PathSegment) => report.invalid_for(&name, without_separators(text)),
    }
    let namespace = metadata.field("namespace");
    if !namespace.text().is_empty() {
        report.invalid_for(&namespace, names::is_dns1123_label(namespace.text()));
    }
    super::non_negative(&metadata.field("generation"), report);
    labels(&metadata.field("labels"), minor, report);
    annotations(&metadata.field("annotations"), minor, report);
    owners(&metadata.field("ownerReferences"), minor, report);
    finalizers(&metadata.field("finalizers"), minor, report);
    managers(&metadata.field("managedFields"), minor, report);
}

/// Checks what may not change. What a server fills in and `old` lacks counts as unchanged.
///
/// Source: `ValidateObjectMetaAccessorUpdate`.
pub(super) fn check_update(metadata: &At<'_>, old: &At<'_>, minor: u8, report: &mut Report) {
    let finalizers = metadata.field("finalizers");
    if old.field("deletionTimestamp").is_present() {
        let known = old.field("finalizers");
        let is_known = |text: &str| known.items().any(|finalizer| finalizer.text() == text);
        let mut added: Vec<&str> = Vec::new();
        for finalizer in finalizers.items() {
            let text = finalizer.value().as_str().unwrap_or_default();
            if !is_known(text) && !added.contains(&text) {
                let at = added.iter().position(|other| *other > text);
                added.insert(at.unwrap_or(added.len()), text);
            }
        }
        if !added.is_empty() {
            let added: Vec<String> = added.into_iter().map(quoted).collect();
            let listed = added.join(", ");
            let sentence =
                "no new finalizers can be added if the object is being deleted, found new finalizers";
            report.forbidden(&finalizers, format!("{sentence} []string{{{listed}}}"));
        }
    }
    // The order of upstream's; the generation is the strategy's own.
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        let (now, before) = (metadata.field(name), old.field(name));
        let is_filled = matches!(name, "namespace" | "uid" | "creationTimestamp");
        if now.value() != before.value() && (before.is_present() || !is_filled) {
            report.invalid(&now, super::IMMUTABLE);
        }
    }
    labels(&metadata.field("labels"), minor, report);
    annotations(&metadata.field("annotations"), minor, report);
    owners(&metadata.field("ownerReferences"), minor, report);
    managers(&metadata.field("managedFields"), minor, report);
}

/// Finalizers without a domain are Kubernetes' own. Source: `validateKubeFinalizerName`.
pub(super) fn finalizer_names(metadata: &At<'_>, report: &mut Report) {
    for finalizer in metadata.field("finalizers").items() {
        let text = finalizer.text();
        if !text.contains('/') && !["kubernetes", ORPHAN, FOREGROUND].contains(&text) {
            report.invalid(
                &finalizer,
                "name is neither a standard finalizer name nor is it fully qualified",
            );
        }
    }
}

/// Source: `ValidateLabels`, which says everything at the map itself.
pub(super) fn labels(at: &At<'_>, minor: u8, report: &mut Report) {
    for (key, value) in at.entries() {
        refuse(at, key, names::is_label_key(key, minor), report);
        refuse(
            at,
            value.text(),
            names::is_label_value(value.text(), minor),
            report,
        );
    }
}

/// Source: `ValidateAnnotations`.
pub(super) fn annotations(at: &At<'_>, minor: u8, report: &mut Report) {
    const MOST: usize = 256 * 1024;
    let mut size = 0;
    for (key, value) in at.entries() {
        refuse(at, key, names::is_label_key(&names::lower(key), minor), report);
        size += key.len() + value.text().len();
    }
    if size > MOST {
        report.too_long(at, MOST);
    }
}

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Says all of `errors` of a text in the list or map at `at`.
fn refuse(at: &At<'_>, text: &str, errors: Vec<String>, report: &mut Report) {
    if !errors.is_empty() {
        report.invalid_for(&at.with(&Value::from(text)), errors);
    }
}

/// Source: `maskTrailingDash`, which takes away two letters for the one that it puts there.
fn without_trailing_dash(prefix: &str) -> String {
    let mut letters = prefix.chars();
    match (letters.next_back(), letters.next_back()) {
        (Some('-'), Some(_)) => [letters.as_str(), "a"].concat(),
        _ => prefix.to_owned(),
    }
}

/// Source: `IsPathSegmentPrefix`.
fn without_separators(text: &str) -> Vec<String> {
    let found = ["/", "%"]
        .into_iter()
        .filter(|separator| text.contains(separator));
    found
        .map(|separator| ["may not contain '", separator, "'"].concat())
        .collect()
}

/// Source: `ValidateOwnerReferences`. Until 1.36 the paths lack the index.
fn owners(list: &At<'_>, minor: u8, report: &mut Report) {
    let mut controller: Option<String> = None;
    for item in list.items() {
        let owner = if minor >= 37 {
            item
        } else {
            list.with(item.value())
        };
        let (version, kind) = (owner.field("apiVersion"), owner.field("kind"));
        let (group, of_group) = match version.text().split_once('/') {
            None => ("", version.text()),
            Some((_, rest)) if rest.contains('/') => ("", ""),
            Some(parts) => parts,
        };
        if of_group.is_empty() {
            match (minor, version.text()) {
                (..=36, _) => report.invalid(&version, "version must not be empty"),
                (_, "") => report.required(&version, "must not be empty"),
                _ => report.invalid(&version, "must be <group>/<version> or <version>"),
            }
        }
        for name in ["kind", "name", "uid"] {
            let field = owner.field(name);
            if field.text().is_empty() {
                match minor {
                    ..=33 => report.invalid(&field, [name, " must not be empty"].concat()),
                    34..=36 => report.invalid(&field, "must not be empty"),
                    _ => report.required(&field, "must not be empty"),
                }
            }
        }
        if (group, of_group, kind.text()) == ("", "v1", "Event") {
            report.invalid(&owner, "/v1, Kind=Event is disallowed from being an owner");
        }
        if owner.field("controller").flag() {
            let this = [kind.text(), "/", owner.field("name").text()].concat();
            match &controller {
                Some(first) => report.invalid(
                    list,
                    format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} \
                         and {this}"
                    ),
                ),
                None => controller = Some(this),
            }
        }
    }
}

/// Source: `ValidateFinalizers`.
fn finalizers(list: &At<'_>, minor: u8, report: &mut Report) {
    for item in list.items() {
        refuse(list, item.text(), names::is_label_key(item.text(), minor), report);
    }
    let has = |name: &str| list.items().any(|item| item.text() == name);
    if has(ORPHAN) && has(FOREGROUND) {
        report.invalid(list, "finalizer orphan and foregroundDeletion cannot be both set");
    }
}

/// Source: `ValidateManagedFields`.
fn managers(list: &At<'_>, minor: u8, report: &mut Report) {
    for entry in list.items() {
        let (operation, kind) = (entry.field("operation"), entry.field("fieldsType"));
        match (operation.text(), minor) {
            ("Apply" | "Update", _) => {}
            (_, ..=36) => report.invalid(&operation, "must be `Apply` or `Update`"),
            ("", _) => report.required(&operation, "must not be empty"),
            _ => report.not_supported(&operation, &["Apply", "Update"]),
        }
        if !matches!(kind.text(), "" | "FieldsV1") {
            report.invalid(&kind, "must be `FieldsV1`");
        }
        let manager = entry.field("manager");
        if manager.text().len() > 128 {
            report.too_long(&manager, 128);
        }
        for (at, letter) in manager.text().char_indices() {
            // Nearly Go's `unicode.IsPrint`.
            if letter.is_control() || (letter.is_whitespace() && letter != ' ') {
                let number = u32::from(letter);
                report.invalid(
                    &manager,
                    format!("invalid character U+{number:04X} (at position {at})"),
                );
            }
        }
        let subresource = entry.field("subresource");
        if subresource.text().len() > 256 {
            report.too_long(&subresource, 256);
        }
    }
}
