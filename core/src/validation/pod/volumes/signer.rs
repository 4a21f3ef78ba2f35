//! Names of signers and of the bundles of certificates that they sign.
//!
//! Source: `pkg/apis/core/validation/names.go`.

use serde_json::Value;

use crate::quoted;
use crate::validation::names::{is_dns1123_label, is_dns1123_subdomain};
use crate::validation::report::{At, Report};

/// A domain and a name below it. Source: `ValidateSignerName`.
pub(super) fn signer(at: &At<'_>, report: &mut Report) {
    let name = at.text();
    if name.is_empty() {
        return report.required(at, "");
    }
    let (domain, path) = match name.split_once('/') {
        Some((domain, path)) if !path.contains('/') => (domain, path),
        _ => {
            let sentence = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
            return report.invalid(at, sentence);
        }
    };
    if domain.len() > 253 {
        report.too_long(at, 253);
    }
    first_wrong(domain, is_dns1123_label, at, report);
    if !domain.contains('.') {
        report.invalid(
            at,
            "should be a domain with at least two segments separated by dots",
        );
    }
    first_wrong(path, is_dns1123_subdomain, at, report);
    if name.len() > MOST {
        report.too_long(at, MOST);
    }
}

/// A domain, a namespace and a name, with what stands between them.
const MOST: usize = 253 + 1 + 63 + 1 + 253;

/// What is wrong with the first part that is wrong.
fn first_wrong(parts: &str, check: fn(&str) -> Vec<String>, at: &At<'_>, report: &mut Report) {
    let mut found = parts.split('.').map(|part| (part, check(part)));
    if let Some((part, errors)) = found.find(|(_, errors)| !errors.is_empty()) {
        let shown = Value::from(parts);
        for error in errors {
            report.invalid(
                &at.with(&shown),
                format!("validating label {}: {error}", quoted(part)),
            );
        }
    }
}

/// Source: `IsKubernetesSignerName`.
pub(super) fn is_kubernetes(name: &str) -> bool {
    let host = name.split_once('/').map_or(name, |(host, _)| host);
    host == "kubernetes.io" || host.ends_with(".kubernetes.io")
}

/// The name of a bundle, which begins with its signer's where it has one. Source: `ValidateClusterTrustBundleName`.
pub(super) fn bundle(name: &str) -> Vec<String> {
    let Some((signer, own)) = name.rsplit_once(':') else {
        return is_dns1123_subdomain(name);
    };
    let sentence = if signer.is_empty() {
        "ClusterTrustBundle without signer name must not have \":\" in its name".to_owned()
    } else if signer.contains('/') {
        let (signer, prefix) = (signer.replace(':', "/"), signer.replace('/', ":"));
        format!("ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}:")
    } else {
        return is_dns1123_subdomain(own);
    };
    vec![sentence]
}
