//! Whether the tag of an image reference is `latest`, which decides how it is pulled.
//!
//! Source: `pkg/util/parsers/parsers.go` (`ParseImageName`) and the module github.com/distribution/reference 0.6.0
//! (`ParseNormalizedNamed`), which all versions of this release use.

const DEFAULT_DOMAIN: &str = "docker.io";
const LONGEST_PATH: usize = 255;
const LONGEST_TAG: usize = 128;

/// Whether the reference is well formed and says `latest`, or has neither tag nor digest. One that is not well formed
/// has no tag: upstream leaves it to validation.
pub(super) fn is_latest(image: &str) -> bool {
    if image.len() == 64 && image.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return false;
    }
    let (domain, remainder) = split_domain(image);
    let remote = remainder
        .split_once(':')
        .map_or(remainder.as_str(), |(remote, _)| remote);
    if remote.chars().any(|c| c.is_ascii_uppercase()) {
        return false;
    }
    let (tagged, digest) = match remainder.split_once('@') {
        Some((tagged, digest)) => (tagged, Some(digest)),
        None => (remainder.as_str(), None),
    };
    let last = tagged.rsplit_once('/').map_or(tagged, |(_, last)| last);
    let tag = last.split_once(':').map(|(_, tag)| tag);
    let path = match tag {
        Some(tag) => tagged.strip_suffix(tag).and_then(|p| p.strip_suffix(':')),
        None => Some(tagged),
    };
    let is_well_formed = path.is_some_and(|path| is_name(&domain, path))
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest);
    is_well_formed && tag.map_or(digest.is_none(), |tag| tag == "latest")
}

/// The registry, and the rest with the prefix that official images have.
fn split_domain(image: &str) -> (String, String) {
    let (domain, remainder) = match image.split_once('/') {
        None => return (DEFAULT_DOMAIN.into(), format!("library/{image}")),
        Some(("index.docker.io", rest)) => (DEFAULT_DOMAIN, rest),
        Some((first, rest))
            if first == "localhost"
                || first.contains(['.', ':'])
                || first.chars().any(|c| c.is_ascii_uppercase()) =>
        {
            (first, rest)
        }
        Some(_) => (DEFAULT_DOMAIN, image),
    };
    if domain == DEFAULT_DOMAIN && !remainder.bytes().any(|byte| byte == b'/') {
        return (domain.into(), format!("library/{remainder}"));
    }
    (domain.into(), remainder.into())
}

/// What looks like a registry but cannot be one may still be the first part of a path.
fn is_name(domain: &str, path: &str) -> bool {
    let is_path = |path: &str| path.split('/').all(is_component);
    if is_domain(domain) {
        return is_path(path) && path.len() <= LONGEST_PATH;
    }
    is_component(domain) && is_path(path) && domain.len() + 1 + path.len() <= LONGEST_PATH
}

/// Lower-case letters and digits; between them one `.`, one or two `_`, or any number of `-`.
fn is_component(component: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = component;
    loop {
        let after = rest.trim_start_matches(is_alphanumeric);
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        rest = after.trim_start_matches(|c| !is_alphanumeric(c));
        let separator = after.strip_suffix(rest).unwrap_or_default();
        let is_separator =
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-');
        if !is_separator {
            return false;
        }
    }
}

fn is_domain(domain: &str) -> bool {
    if let Some((address, port)) = domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_address = !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
        return is_address && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (host, port) = match domain.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (domain, None),
    };
    port.is_none_or(is_port) && host.split('.').all(is_label)
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_alphanumeric();
    label.starts_with(is_edge) && label.ends_with(is_edge) && label.chars().all(|c| is_edge(c) || c == '-')
}

fn is_tag(tag: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.starts_with(is_word)
        && tag.len() <= LONGEST_TAG
        && tag.chars().all(|c| is_word(c) || c == '.' || c == '-')
}

/// The algorithms that are linked into Kubernetes, with their lengths in hexadecimal digits.
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    encoded.len() == length && encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::is_latest;

    /// Upstream pulled each of these `Always`, and each of the others `IfNotPresent`.
    #[test]
    fn latest_is_said_or_meant_by_saying_nothing() {
        let digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123";
        for image in [
            "nginx",
            "nginx:latest",
            "registry.io:5000/nginx",
            "localhost/nginx",
            "[::1]:5000/nginx",
            "UPPER/nginx:latest",
            "a_b.com/nginx",
            &format!("nginx:latest@{digest}"),
        ] {
            assert!(is_latest(image), "{image}");
        }
        for image in [
            "",
            "nginx:1.27",
            "nginx:LATEST",
            "Nginx",
            "nginx:",
            "nginx:latest:latest",
            "a_-b/c",
            "registry.io:/nginx",
            "0123456789012345678901234567890123456789012345678901234567890123",
            "nginx:latest@sha256:0123",
            &format!("nginx@{digest}"),
        ] {
            assert!(!is_latest(image), "{image}");
        }
    }
}
