//! What a security context says of seccomp, AppArmor and Windows: the same rules for a Pod and for a container.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateSeccompProfileField`, `ValidateAppArmorProfileField`,
//! `validateWindowsSecurityContextOptions`.

use super::paths::descending;
use crate::validation::names;
use crate::validation::report::{At, Report};

/// A profile on the node that a type `Localhost` names, and two types that name none.
const TYPES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

/// Source: `validateSeccompProfileField`.
pub(super) fn seccomp(at: &At<'_>, report: &mut Report) {
    if !at.is_present() {
        return;
    }
    let kind = at.field("type");
    match kind.text() {
        "" => report.required(&kind, "type is required when seccompProfile is set"),
        known if TYPES.contains(&known) => {}
        _ => report.not_supported(&kind, &TYPES),
    }
    let path = at.field("localhostProfile");
    match (kind.text() == "Localhost", path.is_present()) {
        (true, true) => descending(&path, report),
        (true, false) => report.required(&path, "must be set when seccomp type is Localhost"),
        (false, true) => report.invalid(&path, "can only be set when seccomp type is Localhost"),
        (false, false) => {}
    }
}

/// Source: `ValidateAppArmorProfileField`.
pub(super) fn app_armor(at: &At<'_>, report: &mut Report) {
    if !at.is_present() {
        return;
    }
    let (kind, path) = (at.field("type"), at.field("localhostProfile"));
    match kind.text() {
        "" => report.required(&kind, "type is required when appArmorProfile is set"),
        "Localhost" => {
            let name = path.text();
            if name.trim() != name {
                report.invalid(&path, "must not be padded with whitespace");
            } else if name.is_empty() {
                report.required(&path, "must be set when AppArmor type is Localhost");
            }
            // Linux's PATH_MAX without the byte at the end.
            if name.len() > 4095 {
                report.too_long(&path, 4095);
            }
        }
        known if TYPES.contains(&known) => {
            if path.is_present() {
                report.invalid(&path, "can only be set when AppArmor type is Localhost");
            }
        }
        _ => report.not_supported(&kind, &TYPES),
    }
}

/// Source: `validateWindowsSecurityContextOptions`.
pub(super) fn windows(at: &At<'_>, report: &mut Report) {
    let name = at.field("gmsaCredentialSpecName");
    if name.is_present() {
        report.invalid_for(&name, names::is_dns1123_subdomain(name.text()));
    }
    let spec = at.field("gmsaCredentialSpec");
    if spec.is_present() && spec.text().is_empty() {
        report.invalid(&spec, "gmsaCredentialSpec cannot be an empty string");
    } else if spec.text().len() > 64 * 1024 {
        report.invalid(&spec, "gmsaCredentialSpec size must be under 64 KiB");
    }
    let user = at.field("runAsUserName");
    if user.is_present() {
        for sentence in user_name(user.text()) {
            report.invalid(&user, format!("runAsUserName{sentence}"));
        }
    }
}

/// What is wrong with `DOMAIN\user`.
fn user_name(text: &str) -> Vec<&'static str> {
    if text.is_empty() {
        return vec![" cannot be an empty string"];
    }
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return vec![" cannot contain control characters"];
    }
    let (domain, user) = match text.split_once('\\') {
        None => (None, text),
        Some((_, rest)) if rest.contains('\\') => return vec![" cannot contain more than one backslash"],
        Some((domain, user)) => (Some(domain), user),
    };
    let is_only = |text: &str, of: &[char]| !text.is_empty() && text.chars().all(|c| of.contains(&c));
    let rules = [
        (
            domain.is_some_and(|domain| domain.len() >= 256),
            "'s Domain length must be under 256 characters",
        ),
        (
            domain.is_some_and(|domain| !is_net_bios(domain) && !is_dns(domain)),
            "'s Domain doesn't match the NetBios nor the DNS format",
        ),
        (user.is_empty(), "'s User cannot be empty"),
        (
            user.len() > 104,
            "'s User length must not be longer than 104 characters",
        ),
        (
            is_only(user, &['.', ' ']),
            "'s User cannot contain only periods or spaces",
        ),
        (
            user.contains(|c| "\"/\\:;|=,+*?<>@[]".contains(c)),
            "'s User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
        ),
    ];
    let broken = rules.into_iter().filter(|(is_broken, _)| *is_broken);
    broken.map(|(_, sentence)| sentence).collect()
}

/// Source: `validNetBiosRegex`.
fn is_net_bios(domain: &str) -> bool {
    (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(|c| "\\/:*?\"<>|".contains(c))
}

/// Source: `validWindowsUserDomainDNSRegex`.
fn is_dns(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}
