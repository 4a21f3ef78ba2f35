//! Kubernetes' field paths: `spec.template.spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`.

use std::fmt::Write;

/// Appends a list index, as `field.Path.Index` prints it.
pub(super) fn push_index(path: &mut String, index: usize) {
    // Writing to a String cannot fail.
    let _ = write!(path, "[{index}]");
}

/// Appends a name: after a dot where it is a plain word, else in brackets as `field.Path.Key` prints it.
pub(super) fn push_name(path: &mut String, name: &str) {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'$');
    if name.is_empty() || !name.bytes().all(is_word) {
        let _ = write!(path, "[{name}]");
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Joins the path of an object with a path inside it.
pub(super) fn joined(prefix: &str, field: &str) -> String {
    let dot = !prefix.is_empty() && !field.is_empty() && !field.starts_with('[');
    format!("{prefix}{}{field}", if dot { "." } else { "" })
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// `name`, or `.name`.
    Name(&'p str),
    /// What stands in brackets: an index of a list, or a key of an object.
    Bracket(&'p str),
}

/// The steps of a path. Brackets end at the first `]` that the path could go on after, so a key may hold dots
/// and slashes. What is malformed gives steps that lead nowhere.
pub(super) fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.match_indices(']').map(|(at, _)| at).find(|at| {
                let after = inside.as_bytes().get(at + 1);
                matches!(after, None | Some(b'.' | b'['))
            });
            let (key, after) = end
                .and_then(|at| inside.split_at_checked(at))
                .unwrap_or((inside, ""));
            steps.push(Step::Bracket(key));
            rest = after.strip_prefix(']').unwrap_or(after);
        } else {
            let inside = rest.strip_prefix('.').unwrap_or(rest);
            let end = inside.find(['.', '[']).unwrap_or(inside.len());
            let (name, after) = inside.split_at_checked(end).unwrap_or((inside, ""));
            steps.push(Step::Name(name));
            rest = after;
        }
    }
    steps
}
