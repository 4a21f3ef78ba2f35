//! The environment of containers.
//!
//! Source: `ValidateEnv`, `ValidateEnvFrom`.

use serde_json::Value;

use super::super::paths::without_backsteps;
use super::super::ratchet::{CONTAINERS, has_old, items};
use super::super::rule::named;
use super::super::{Options, downward};
use crate::validation::gates::{PodGate, is_on};
use crate::validation::names::{
    is_config_map_key, is_dns1123_label, is_dns1123_subdomain, is_relaxed_env_var_name,
};
use crate::validation::report::{At, Report};

/// The environment of one container.
pub(super) fn of(container: &At<'_>, options: &Options<'_>, report: &mut Report) {
    for variable in container.field("env").items() {
        named(&variable.field("name"), is_relaxed_env_var_name, report);
        value_from(&variable, options, report);
    }
    let sources = container.field("envFrom");
    for source in sources.items() {
        let prefix = source.field("prefix");
        if !prefix.text().is_empty() {
            report.invalid_for(&prefix, is_relaxed_env_var_name(prefix.text()));
        }
        let mut count = 0;
        for object in ["configMapRef", "secretRef"].map(|name| source.field(name)) {
            if object.is_present() {
                count += 1;
                named(&object.field("name"), is_generated_subdomain, report);
            }
        }
        // Upstream leaves out which one it means.
        let at = sources.showing_nothing();
        match count {
            0 => report.invalid(&at, "must specify one of: `configMapRef` or `secretRef`"),
            1 => (),
            _ => report.invalid(&at, "may not have more than one field specified at a time"),
        }
    }
}

/// A name of which the end may still come. Source: `maskTrailingDash`.
fn is_generated_subdomain(name: &str) -> Vec<String> {
    match name.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            // Upstream replaces the last two bytes, which may be less than a character.
            let mut masked: String = rest
                .char_indices()
                .map_while(|(at, c)| (at + c.len_utf8() < rest.len()).then_some(c))
                .collect();
            if rest.ends_with(|c: char| !c.is_ascii()) {
                masked.push('\u{fffd}');
            }
            masked.push('a');
            is_dns1123_subdomain(&masked)
        }
        _ => is_dns1123_subdomain(name),
    }
}

type Source = fn(&At<'_>, &Options<'_>, &mut Report);

const SOURCES: [(&str, Source); 5] = [
    ("fieldRef", downward::variable_field),
    ("resourceFieldRef", |at, _, report| {
        downward::resource_field(at, false, report);
    }),
    ("configMapKeyRef", key),
    ("secretKeyRef", key),
    ("fileKeyRef", file_key),
];

/// Source: `validateEnvVarValueFrom`.
fn value_from(variable: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let from = variable.field("valueFrom");
    if !from.is_present() {
        return;
    }
    let (mut count, at) = (0, from.showing_nothing());
    for (name, check) in SOURCES {
        let source = from.field(name);
        if source.is_present() {
            count += 1;
            check(&source, options, report);
        }
    }
    if count == 0 {
        let allows_files =
            is_on(PodGate::EnvFiles, options.minor) || has_old(options, &CONTAINERS, uses_file);
        report.invalid(
            &at,
            if allows_files {
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            } else {
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
            },
        );
    } else if !variable.field("value").text().is_empty() {
        report.invalid(&at, "may not be specified when `value` is not empty");
    } else if count > 1 {
        report.invalid(&at, "may not have more than one field specified at a time");
    }
}

/// Source: `hasEnvFileKeyRef`.
fn uses_file(container: &Value) -> bool {
    items(container, "env").any(|variable| {
        let source = variable.get("valueFrom").and_then(|from| from.get("fileKeyRef"));
        source.is_some_and(|source| !source.is_null())
    })
}

/// A key of a ConfigMap or a Secret.
fn key(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    let name = at.field("name");
    report.invalid_for(&name.showing(&name), is_dns1123_subdomain(name.text()));
    named(&at.field("key"), is_config_map_key, report);
}

/// Source: `validateFileKeySelector`.
fn file_key(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    named(&at.field("key"), is_relaxed_env_var_name, report);
    named(&at.field("volumeName"), is_dns1123_label, report);
    let path = at.field("path");
    if path.text().is_empty() {
        report.required(&path, "");
    }
    without_backsteps(&path, report);
}
