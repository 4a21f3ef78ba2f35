//! Volumes into which several sources are projected.
//!
//! Source: `validateProjectionSources`.

use serde_json::Value;

use super::super::paths::{is_unreserved, unreserved};
use super::super::ratchet::{has_old, items};
use super::super::rule::{Rule, apply, owner};
use super::super::{Options, downward};
use super::signer::{bundle, is_kubernetes, signer};
use super::sources::KEY_TO_PATH;
use crate::validation::names::{self, domain_prefixed_key};
use crate::validation::report::{At, Report};
use crate::validation::selector;

/// The sources of the volume at `at`.
pub(super) fn sources(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let mut paths = Paths {
        volume: at,
        taken: Vec::new(),
    };
    for source in at.field("sources").items() {
        let mut kinds = 0;
        for (name, check) in KINDS {
            let kind = source.field(name);
            if kind.is_present() {
                kinds += 1;
                check(&kind, &mut paths, options, report);
            }
        }
        if kinds > 1 {
            report.forbidden(&source, "may not specify more than 1 volume type per source");
        }
    }
}

type Check = fn(&At<'_>, &mut Paths<'_>, &Options<'_>, &mut Report);

const KINDS: [(&str, Check); 6] = [
    ("secret", keys),
    ("configMap", keys),
    ("downwardAPI", fields),
    ("serviceAccountToken", token),
    ("clusterTrustBundle", trust_bundle),
    ("podCertificate", certificate),
];

/// The paths in the volume, of which there may be only one each.
struct Paths<'a> {
    volume: &'a At<'a>,
    taken: Vec<String>,
}

impl Paths<'_> {
    /// `shown` stands in the error.
    fn take(&mut self, path: &str, shown: &str, report: &mut Report) {
        if self.taken.iter().any(|taken| taken == path) {
            let shown = Value::from(shown);
            report.invalid(&self.volume.with(&shown), "conflicting duplicate paths");
        } else {
            self.taken.push(path.to_owned());
        }
    }

    fn take_any(&mut self, path: &str, shown: &str, report: &mut Report) {
        if !path.is_empty() {
            self.take(path, shown, report);
        }
    }
}

/// A Secret or a ConfigMap.
fn keys(at: &At<'_>, paths: &mut Paths<'_>, options: &Options<'_>, report: &mut Report) {
    apply(&[Rule::Needs("name")], at, options, report);
    for item in at.field("items").items() {
        apply(KEY_TO_PATH, &item, options, report);
        paths.take_any(item.field("path").text(), at.field("name").text(), report);
    }
}

fn fields(at: &At<'_>, paths: &mut Paths<'_>, options: &Options<'_>, report: &mut Report) {
    for item in at.field("items").items() {
        // Upstream leaves out which one it means.
        downward::file(&at.with(item.value()), options, report);
        let path = item.field("path");
        paths.take_any(path.text(), path.text(), report);
    }
}

fn token(at: &At<'_>, paths: &mut Paths<'_>, options: &Options<'_>, report: &mut Report) {
    let seconds = at.field("expirationSeconds");
    if !seconds.is_present() {
        report.required(&seconds, "");
    } else if seconds.number() < 600 {
        report.invalid(&seconds, "may not specify a duration less than 10 minutes");
    } else if seconds.number() > 1 << 32 {
        report.invalid(&seconds, "may not specify a duration larger than 2^32 seconds");
    }
    // Upstream takes the volume's path for the token's.
    let own = at.field("path");
    let place = paths.volume.field("path");
    let path = place.with(own.value());
    if path.text().is_empty() {
        report.required(&path, "");
    } else if !has_old(options, &["volumes"], has_reserved_token) {
        unreserved(&path, report);
    }
    apply(&[owner("user")], at, options, report);
}

/// Source: `hasNonLocalProjectedTokenPath`.
fn has_reserved_token(volume: &Value) -> bool {
    volume.get("projected").is_some_and(|projected| {
        let mut tokens = items(projected, "sources").filter_map(|source| source.get("serviceAccountToken"));
        tokens.any(|token| {
            let path = token.get("path").and_then(Value::as_str);
            !is_unreserved(path.unwrap_or_default())
        })
    })
}

fn trust_bundle(at: &At<'_>, paths: &mut Paths<'_>, options: &Options<'_>, report: &mut Report) {
    let (name, signer_name) = (at.field("name"), at.field("signerName"));
    let (labels, path) = (at.field("labelSelector"), at.field("path"));
    match (name.is_present(), signer_name.is_present()) {
        (true, true) => report.invalid(at, "only one of name and signerName may be used"),
        (true, false) => {
            if name.text().is_empty() {
                report.required(&name, "must be a valid object name");
            }
            for error in bundle(name.text()) {
                report.invalid(&name, format!("not a valid clustertrustbundlename: {error}"));
            }
            if labels.is_present() {
                report.invalid(&labels, "labelSelector must be unset if name is specified");
            }
        }
        (false, true) => {
            if signer_name.text().is_empty() {
                report.required(&signer_name, "must be a valid signer name");
            }
            signer(&signer_name, report);
            selector::check(&labels, false, options.minor, report);
        }
        (false, false) => report.required(at, "either name or signerName must be specified"),
    }
    if path.text().is_empty() {
        report.required(&path, "");
    }
    apply(
        &[owner("user"), Rule::Path("path", unreserved)],
        at,
        options,
        report,
    );
    paths.take(path.text(), path.text(), report);
}

fn certificate(at: &At<'_>, paths: &mut Paths<'_>, options: &Options<'_>, report: &mut Report) {
    let signer_name = at.field("signerName");
    signer(&signer_name, report);
    let annotations = at.field("userAnnotations");
    let mut size = 0;
    for (key, value) in annotations.entries() {
        size += key.len() + value.text().len();
        domain_prefixed_key(&annotations, &names::lower(key), options.minor, report);
    }
    if size > 256 * 1024 {
        report.too_long(&annotations, 256 * 1024);
    }
    apply(&[owner("user")], at, options, report);
    const KEYS: &[&str] = &[
        "RSA3072",
        "RSA4096",
        "ECDSAP256",
        "ECDSAP384",
        "ECDSAP521",
        "ED25519",
    ];
    let key = at.field("keyType");
    if !KEYS.contains(&key.text()) {
        report.not_supported(&key, KEYS);
    }
    let seconds = at.field("maxExpirationSeconds");
    let most = if is_kubernetes(signer_name.text()) { 1 } else { 91 } * 86400;
    let bounds = [
        (seconds.number() < 3600, ">= 3600"),
        (seconds.number() > most, "<= "),
    ];
    for (is_out, bound) in bounds.into_iter().filter(|_| seconds.is_present()) {
        if is_out {
            let most = if bound == "<= " {
                most.to_string()
            } else {
                String::new()
            };
            let sentence = format!("if provided, maxExpirationSeconds must be {bound}{most}");
            report.invalid(&seconds, sentence);
        }
    }
    let files = ["credentialBundlePath", "keyPath", "certificateChainPath"];
    let mut count = 0;
    for path in files
        .map(|name| at.field(name))
        .iter()
        .filter(|path| !path.text().is_empty())
    {
        count += 1;
        unreserved(path, report);
        paths.take(path.text(), path.text(), report);
    }
    if count == 0 {
        report.required(
            at,
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath",
        );
    }
}
