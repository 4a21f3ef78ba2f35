//! The forms of names, and what the API server says of one that has another.
//!
//! Source of the words: `apimachinery/pkg/api/validate/content/{dns,kube}.go`.

/// What is wrong with `name` as a DNS subdomain: the name of a Pod, a claim, a revision.
pub(super) fn subdomain_faults(name: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if name.len() > 253 {
        faults.push("must be no more than 253 characters".to_owned());
    }
    if !is_subdomain(name) {
        faults.push(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
             and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
                .to_owned(),
        );
    }
    faults
}

/// What is wrong with `name` as a DNS label: the name of a set, the hostname of a Pod.
pub(super) fn label_faults(name: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if name.len() > 63 {
        faults.push("must be no more than 63 characters".to_owned());
    }
    if is_dns_label(name) {
        return faults;
    }
    faults.push(if is_subdomain(name) {
        "must not contain dots".to_owned()
    } else {
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with \
         an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            .to_owned()
    });
    faults
}

/// What is wrong with the key of a label.
pub(super) fn label_key_faults(key: &str) -> Vec<String> {
    const FORM: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
         '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    let mut faults = Vec::new();
    let name = match key.split_once('/') {
        Some((_, name)) if name.contains('/') => {
            faults.push(format!(
                "a valid label key {FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ));
            return faults;
        }
        Some(("", name)) => {
            faults.push("prefix part must be non-empty".to_owned());
            name
        }
        Some((prefix, name)) => {
            faults.extend(
                subdomain_faults(prefix)
                    .iter()
                    .map(|fault| format!("prefix part {fault}")),
            );
            name
        }
        None => key,
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        faults.push("name part must be no more than 63 bytes".to_owned());
    }
    if name.is_empty() || !is_label_text(name) {
        faults.push(format!("name part {FORM}"));
    }
    faults
}

/// What is wrong with the value of a label.
pub(super) fn label_value_faults(value: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if value.len() > 63 {
        faults.push("must be no more than 63 bytes".to_owned());
    }
    if !is_label_text(value) {
        faults.push(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start \
             and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation \
             is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
                .to_owned(),
        );
    }
    faults
}

fn is_subdomain(name: &str) -> bool {
    name.split('.').all(is_dns_label)
}

/// Lower case letters, digits and `-`, which stands at neither end; of any length.
fn is_dns_label(name: &str) -> bool {
    let is_end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    let is_inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(is_inner)
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; or nothing.
fn is_label_text(text: &str) -> bool {
    let is_end = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let is_inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_api_server_takes_have_no_faults() {
        let none: Vec<String> = Vec::new();
        for name in ["web-0", "a", "0", "web.example.com", &"a".repeat(253)] {
            assert_eq!(subdomain_faults(name), none, "{name}");
        }
        for key in ["app", "app.kubernetes.io/name", "A_b.c"] {
            assert_eq!(label_key_faults(key), none, "{key}");
        }
        for value in ["", "web-6c5d9f7b8", "A_b.c"] {
            assert_eq!(label_value_faults(value), none, "{value}");
        }
    }

    #[test]
    fn each_fault_is_told_in_its_own_words() {
        assert_eq!(
            label_faults(&"a".repeat(64)),
            ["must be no more than 63 characters"]
        );
        assert_eq!(label_faults("a.b"), ["must not contain dots"]);
        assert_eq!(
            label_value_faults(&"a".repeat(64)),
            ["must be no more than 63 bytes"]
        );
        assert_eq!(label_key_faults("/a"), ["prefix part must be non-empty"]);
        for wrong in ["", "-a", "a-", "A", "a..b", ".a", "é"] {
            assert_eq!(subdomain_faults(wrong).len(), 1, "{wrong}");
        }
        assert_eq!(label_key_faults("").len(), 2);
        assert_eq!(label_key_faults("a/b/c").len(), 1);
    }
}
