//! What texts may look like, and the API server's sentences where they do not.
//!
//! Source: `k8s.io/apimachinery/pkg/util/validation/validation.go` and, for label keys and values from 1.35,
//! `pkg/api/validate/content/kube.go`, which counts in bytes what the former counts in characters (both mean bytes).

use serde_json::Value;

use super::report::{At, Report};

/// Source: `IsQualifiedName`, which from 1.35 is `content.IsLabelKey`.
pub(in crate::validation) fn is_label_key(value: &str, minor: u8) -> Vec<String> {
    let unit = unit_of_content(minor);
    let mut errors = Vec::new();
    let name = match value.split_once('/') {
        None => value,
        Some((_, name)) if name.contains('/') => {
            let what = if minor >= 35 {
                "valid label key"
            } else {
                "qualified name"
            };
            let rule = LABEL_KEY.sentence();
            return vec![format!(
                "a {what} {rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
        Some(("", name)) => {
            errors.push("prefix part must be non-empty".to_owned());
            name
        }
        Some((prefix, name)) => {
            let found = SUBDOMAIN.check(prefix, unit);
            errors.extend(found.iter().map(|error| format!("prefix part {error}")));
            name
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".to_owned());
    }
    let found = LABEL_KEY.check(name, unit);
    errors.extend(found.iter().map(|error| format!("name part {error}")));
    errors
}

/// Source: `IsValidLabelValue`, which from 1.35 is `content.IsLabelValue`.
pub(in crate::validation) fn is_label_value(value: &str, minor: u8) -> Vec<String> {
    LABEL_VALUE.check(value, unit_of_content(minor))
}

/// Source: `IsDNS1123Label`.
pub(in crate::validation) fn is_dns1123_label(value: &str) -> Vec<String> {
    let mut errors = LABEL.check(value, "characters");
    if is_subdomain(value.as_bytes())
        && let Some(last) = errors.last_mut()
        && !is_label(value.as_bytes())
    {
        *last = "must not contain dots".to_owned();
    }
    errors
}

/// Source: `IsDNS1123Subdomain`.
pub(in crate::validation) fn is_dns1123_subdomain(value: &str) -> Vec<String> {
    SUBDOMAIN.check(value, "characters")
}

/// Source: `IsDNS1123SubdomainWithUnderscore`. Until 1.33 it showed the expression without the underscore.
pub(in crate::validation) fn is_dns1123_subdomain_with_underscore(value: &str, minor: u8) -> Vec<String> {
    let mut format = SUBDOMAIN_WITH_UNDERSCORE;
    if minor <= 33 {
        format.expression = SUBDOMAIN.expression;
    }
    format.check(value, "characters")
}

/// Source: `IsRelaxedEnvVarName`.
pub(in crate::validation) fn is_relaxed_env_var_name(value: &str) -> Vec<String> {
    if value.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if value
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
    {
        return Vec::new();
    }
    vec![
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
            .to_owned(),
    ]
}

/// Source: `IsConfigMapKey`.
pub(in crate::validation) fn is_config_map_key(value: &str) -> Vec<String> {
    let mut errors = CONFIG_MAP_KEY.check(value, "characters");
    errors.extend(has_change_dir_prefix(value));
    errors
}

/// Source: `IsHTTPHeaderName`.
pub(in crate::validation) fn is_http_header_name(value: &str) -> Vec<String> {
    HTTP_HEADER_NAME.check(value, "")
}

/// Source: `IsValidPercent`.
pub(in crate::validation) fn is_percent(value: &str) -> Vec<String> {
    PERCENT.check(value, "")
}

/// Source: `IsInRange`, and `IsValidGroupID`, `IsValidUserID`, `IsValidPortNum`, which are ranges.
pub(in crate::validation) fn is_in_range(value: i64, least: i64, most: i64) -> Vec<String> {
    if (least..=most).contains(&value) {
        return Vec::new();
    }
    vec![format!("must be between {least} and {most}, inclusive")]
}

/// Source: `IsValidPortNum`.
pub(in crate::validation) fn is_port_number(value: i64) -> Vec<String> {
    is_in_range(value, 1, 65535)
}

/// A user's or a group's number. Source: `IsValidUserID`, `IsValidGroupID`.
pub(in crate::validation) fn is_owner_id(value: i64) -> Vec<String> {
    is_in_range(value, 0, i64::from(i32::MAX))
}

/// Source: `IsValidPortName`.
pub(in crate::validation) fn is_port_name(value: &str) -> Vec<String> {
    let rules = [
        (value.len() <= 15, "must be no more than 15 characters"),
        (
            is_word(value.as_bytes(), LOWER | DIGIT | DASH, LOWER | DIGIT | DASH),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (
            value.bytes().any(|byte| byte.is_ascii_lowercase()),
            "must contain at least one letter (a-z)",
        ),
        (!value.contains("--"), "must not contain consecutive hyphens"),
        (
            !value.starts_with('-') && !value.ends_with('-'),
            "must not begin or end with a hyphen",
        ),
    ];
    let broken = rules.iter().filter(|(holds, _)| !holds);
    broken.map(|(_, sentence)| (*sentence).to_owned()).collect()
}

/// Source: `content.IsDecimalInteger`.
pub(in crate::validation) fn is_decimal_integer(value: &str) -> Vec<String> {
    let digits = value.strip_prefix('-').unwrap_or(value).as_bytes();
    let is_decimal = match digits {
        [b'0'] => value == "0",
        [first, ..] => *first != b'0' && is_word(digits, DIGIT, DIGIT),
        [] => false,
    };
    match value {
        "" => vec!["must be non-empty".to_owned()],
        _ if is_decimal => Vec::new(),
        _ => vec!["must be a valid decimal integer in canonical form".to_owned()],
    }
}

/// Source: `hasChDirPrefix`.
pub(in crate::validation) fn has_change_dir_prefix(value: &str) -> Option<String> {
    let sentence = match value {
        "." => "must not be '.'",
        ".." => "must not be '..'",
        _ if value.starts_with("..") => "must not start with '..'",
        _ => return None,
    };
    Some(sentence.to_owned())
}

/// Reports `value`, which `at` is about. Source: `IsDomainPrefixedKey`.
pub(in crate::validation) fn domain_prefixed_key(at: &At<'_>, value: &str, minor: u8, report: &mut Report) {
    if value.is_empty() {
        return report.required(at, "");
    }
    let shown = Value::from(value);
    let at = &at.with(&shown);
    let errors = is_label_key(value, minor);
    if errors.is_empty() && !value.contains('/') {
        report.invalid(at, "must be a domain-prefixed key (such as \"acme.io/foo\")");
    }
    for error in errors {
        report.invalid(at, error);
    }
}

/// The text in lower case as far as ASCII tells: the letters that are not ASCII and have a lower case that is are two.
/// Unicode's tables are large.
pub(in crate::validation) fn lower(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '\u{130}' => 'i',
        '\u{212a}' => 'k',
        _ => letter.to_ascii_lowercase(),
    });
    letters.collect()
}

/// A form of text: what it looks like, and how the API server says so.
struct Format {
    rule: &'static str,
    expression: &'static str,
    examples: &'static [&'static str],
    /// The greatest length in bytes; 0 where there is none.
    limit: usize,
    is_match: fn(&[u8]) -> bool,
}

impl Format {
    fn check(&self, value: &str, unit: &str) -> Vec<String> {
        let mut errors = Vec::new();
        if self.limit > 0 && value.len() > self.limit {
            errors.push(format!("must be no more than {} {unit}", self.limit));
        }
        if !(self.is_match)(value.as_bytes()) {
            errors.push(self.sentence());
        }
        errors
    }

    /// Source: `RegexError`.
    fn sentence(&self) -> String {
        // Upstream's two spaces.
        let examples = self.examples.join("',  or '");
        format!(
            "{} (e.g. '{examples}', regex used for validation is '{}')",
            self.rule, self.expression
        )
    }
}

const LABEL_KEY: Format = Format {
    rule: "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    expression: "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
    examples: &["MyName", "my.name", "123-abc"],
    limit: 63,
    is_match: is_label_name,
};

const LABEL_VALUE: Format = Format {
    rule: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    expression: "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
    examples: &["MyValue", "my_value", "12345"],
    limit: 63,
    is_match: |value| value.is_empty() || is_label_name(value),
};

const LABEL: Format = Format {
    rule: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    expression: "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    examples: &["my-name", "123-abc"],
    limit: 63,
    is_match: is_label,
};

const SUBDOMAIN: Format = Format {
    rule: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    expression: r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
    examples: &["example.com"],
    limit: 253,
    is_match: is_subdomain,
};

const SUBDOMAIN_WITH_UNDERSCORE: Format = Format {
    rule: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
    expression: r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*",
    examples: &["example.com"],
    limit: 253,
    is_match: |value| {
        value.split(|byte| *byte == b'.').all(|label| {
            let label = label.strip_prefix(b"_").unwrap_or(label);
            is_word(label, LOWER | DIGIT, LOWER | DIGIT | DASH | UNDERSCORE) && ends_in(label, LOWER | DIGIT)
        })
    },
};

const CONFIG_MAP_KEY: Format = Format {
    rule: "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    expression: "[-._a-zA-Z0-9]+",
    examples: &["key.name", "KEY_NAME", "key-name"],
    limit: 253,
    is_match: |value| {
        is_word(
            value,
            LOWER | UPPER | MARKS | DIGIT,
            LOWER | UPPER | MARKS | DIGIT,
        )
    },
};

const HTTP_HEADER_NAME: Format = Format {
    rule: "a valid HTTP header must consist of alphanumeric characters or '-'",
    expression: "[-A-Za-z0-9]+",
    examples: &["X-Header-Name"],
    limit: 0,
    is_match: |value| is_word(value, LOWER | UPPER | DIGIT | DASH, LOWER | UPPER | DIGIT | DASH),
};

const PERCENT: Format = Format {
    rule: "a valid percent string must be a numeric string followed by an ending '%'",
    expression: "[0-9]+%",
    examples: &["1%", "93%"],
    limit: 0,
    is_match: |value| {
        value
            .strip_suffix(b"%")
            .is_some_and(|digits| is_word(digits, DIGIT, DIGIT))
    },
};

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const DASH: u8 = 8;
const UNDERSCORE: u8 = 16;
const DOT: u8 = 32;
const MARKS: u8 = DASH | UNDERSCORE | DOT;

/// The class of a byte; 0 where it is in none.
const fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT,
        b'-' => DASH,
        b'_' => UNDERSCORE,
        b'.' => DOT,
        _ => 0,
    }
}

/// Not empty, begins with a byte of `first`, goes on with bytes of `rest`.
fn is_word(value: &[u8], first: u8, rest: u8) -> bool {
    let Some((head, tail)) = value.split_first() else {
        return false;
    };
    class(*head) & first != 0 && tail.iter().all(|byte| class(*byte) & rest != 0)
}

fn ends_in(value: &[u8], last: u8) -> bool {
    value.last().is_some_and(|byte| class(*byte) & last != 0)
}

fn is_label(value: &[u8]) -> bool {
    is_word(value, LOWER | DIGIT, LOWER | DIGIT | DASH) && ends_in(value, LOWER | DIGIT)
}

fn is_subdomain(value: &[u8]) -> bool {
    value.split(|byte| *byte == b'.').all(is_label)
}

fn is_label_name(value: &[u8]) -> bool {
    let ends = LOWER | UPPER | DIGIT;
    is_word(value, ends, ends | MARKS) && ends_in(value, ends)
}

const fn unit_of_content(minor: u8) -> &'static str {
    if minor >= 35 { "bytes" } else { "characters" }
}
