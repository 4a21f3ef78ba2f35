//! What two errors have in common that come of the same rule.

/// A rule as far as its errors show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// The path with indices and keys of maps replaced by `[]`.
    pub path: String,
    /// The cause's type, or `Warning`.
    pub kind: String,
    /// The detail with numbers and quoted values replaced.
    pub detail: String,
}

/// What a warning is counted as, in the place of a type.
pub const WARNING: &str = "Warning";

impl Rule {
    pub fn of_error(field: &str, kind: &str, detail: &str) -> Self {
        Self {
            path: general_path(field),
            kind: kind.to_owned(),
            detail: general_detail(detail),
        }
    }

    /// A warning begins with the path that it is about, most often.
    pub fn of_warning(text: &str) -> Self {
        let (path, detail) = match text.split_once(": ") {
            Some((path, detail)) if !path.contains(' ') => (path, detail),
            _ => ("", text),
        };
        Self::of_error(path, WARNING, detail)
    }

    /// Whether it is one of the Pod template's spec, not the set's own.
    pub fn is_of_pod(&self) -> bool {
        is_of_pod(&self.path)
    }

    /// For people.
    pub fn title(&self) -> String {
        let Self { path, kind, detail } = self;
        let kind = kind.trim_start_matches("FieldValue");
        format!("{path} {kind} {detail}").trim_end().to_owned()
    }
}

/// Whether an error at this path is one of the Pod template's spec.
pub fn is_of_pod(path: &str) -> bool {
    path.strip_prefix("spec.template.spec")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn general_path(path: &str) -> String {
    let mut general = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        general.push_str(before);
        general.push_str("[]");
        // A key may hold brackets itself: what follows an end is the end of the path, a field or another index.
        let mut tails = after.match_indices(']').filter_map(|(at, _)| after.get(at + 1..));
        let tail = tails.find(|tail| tail.is_empty() || tail.starts_with(['.', '[']));
        rest = tail.unwrap_or_default();
    }
    general + rest
}

fn general_detail(detail: &str) -> String {
    let mut general = String::new();
    let mut letters = detail.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                general.push_str("\"…\"");
                // Quoted as Go quotes: a backslash takes the letter after it along.
                while let Some(inner) = letters.next() {
                    match inner {
                        '\\' => drop(letters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '0'..='9' => {
                general.push('#');
                while letters.next_if(char::is_ascii_digit).is_some() {}
            }
            other => general.push(other),
        }
    }
    general.chars().take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_keys_and_values_are_left_out() {
        let rule = Rule::of_error(
            "spec.template.spec.containers[3].resources.limits[a.b/c[0]]",
            "FieldValueInvalid",
            "must be at most 63 or \"x\\\"y\", see \"z\"",
        );
        assert_eq!(rule.path, "spec.template.spec.containers[].resources.limits[]");
        assert_eq!(rule.detail, "must be at most # or \"…\", see \"…\"");
        assert!(rule.is_of_pod() && !is_of_pod("spec.template.specials"));
        let warning = Rule::of_warning("spec.template.spec.volumes[2].rbd: deprecated in v1.28");
        assert_eq!(
            warning.title(),
            "spec.template.spec.volumes[].rbd Warning deprecated in v#.#"
        );
    }
}
