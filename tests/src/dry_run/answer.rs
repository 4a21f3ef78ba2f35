//! One manifest, answered by an API server and by the core, in a form in which both can be compared.

use std::collections::BTreeSet;

use serde_json::Value;
use steadfast_core::manifest::{self, objects};
use steadfast_core::validation::{Verdict, create};
use steadfast_core::{Cause, Profile};

use crate::templates::unequal;

/// What became of the sets in a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What would be stored, without what only a server fills in.
    Taken {
        objects: Vec<Value>,
        warnings: BTreeSet<String>,
    },
    Refused {
        errors: BTreeSet<Line>,
        warnings: BTreeSet<String>,
    },
    /// Not even decoded, with the sentence that says why.
    Unread(String),
}

/// What kubectl printed.
///
/// # Errors
/// Neither an object nor a refusal that is understood.
pub fn of_kubectl(stdout: &str, stderr: &str) -> Result<Answer, String> {
    let lines = || stderr.lines();
    let warnings = lines()
        .filter_map(|line| line.strip_prefix("Warning: "))
        .map(str::to_owned)
        .collect();
    let mut rest = lines().skip_while(|line| line.starts_with("Warning: "));
    let Some(first) = rest.next() else {
        return Ok(Answer::Taken {
            objects: sets(stdout)?.iter().map(plain).collect(),
            warnings,
        });
    };
    if let Some((_, one)) = first.split_once(" is invalid: ") {
        let more = rest.map(|line| line.strip_prefix("* ").unwrap_or(line));
        let errors = std::iter::once(one).chain(more);
        return Ok(Answer::Refused {
            errors: errors
                .map(str::trim_start)
                .filter(|line| !line.is_empty())
                .map(Line::of_server)
                .collect(),
            warnings,
        });
    }
    if first.starts_with("Error from server (BadRequest)") || first.starts_with("error: ") {
        return Ok(Answer::Unread(first.to_owned()));
    }
    Err(format!("kubectl said what is not understood: {stderr}"))
}

/// What the core says of the sets in the text.
///
/// # Errors
/// A text that is no YAML.
pub fn of_core(text: &str, profile: &Profile) -> Result<Answer, String> {
    let (mut objects, mut errors, mut warnings) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for set in sets(text)? {
        let verdict = match create(&set, profile) {
            Ok(verdict) => verdict,
            Err(error) => return Ok(Answer::Unread(error.to_string())),
        };
        let Verdict {
            object,
            errors: causes,
            warnings: texts,
            ..
        } = verdict;
        objects.push(plain(&object));
        errors.extend(causes.iter().map(Line::of_cause));
        warnings.extend(texts);
    }
    Ok(if errors.is_empty() {
        Answer::Taken { objects, warnings }
    } else {
        Answer::Refused { errors, warnings }
    })
}

/// What two answers have shown.
#[derive(Default)]
pub struct Differences {
    pub found: Vec<String>,
    /// Errors that are the same but for the value that they show, which Kubernetes changes from release to release.
    pub values: Vec<String>,
}

/// What differs, in words.
pub fn differences(theirs: &Answer, ours: &Answer) -> Differences {
    let mut differences = Differences::default();
    let found = &mut differences.found;
    match (theirs, ours) {
        (Answer::Unread(_), Answer::Unread(_)) => {}
        (
            Answer::Taken { objects, warnings },
            Answer::Taken {
                objects: ours,
                warnings: our_warnings,
            },
        ) => {
            if objects.len() != ours.len() {
                found.push(format!("{} sets there, {} here", objects.len(), ours.len()));
            }
            let pairs = ours.iter().zip(objects);
            found.extend(pairs.filter_map(|(ours, theirs)| unequal(ours, theirs, "object")));
            only(warnings, our_warnings, "warning", found);
        }
        (
            Answer::Refused { errors, warnings },
            Answer::Refused {
                errors: ours,
                warnings: our_warnings,
            },
        ) => {
            only(warnings, our_warnings, "warning", found);
            compare_errors(errors, ours, &mut differences);
        }
        _ => found.push(format!(
            "the API server {}; here {}",
            theirs.shown(),
            ours.shown()
        )),
    }
    differences
}

impl Answer {
    /// In a few words.
    fn shown(&self) -> String {
        match self {
            Self::Taken { .. } => "takes it".to_owned(),
            Self::Refused { errors, .. } => format!("refuses it: {errors:?}"),
            Self::Unread(sentence) => format!("cannot read it: {sentence}"),
        }
    }
}

/// A line `path: kind: value: detail`, as far as it can be told where the value ends: where a cause says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    text: String,
    /// The line without the value, in two parts.
    known: Option<(String, String)>,
}

impl Line {
    fn of_server(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            known: None,
        }
    }

    fn of_cause(cause: &Cause) -> Self {
        let head = Cause::of(cause.field.clone(), cause.kind, "").to_string();
        Self {
            text: cause.to_string(),
            known: Some((head, cause.detail.clone())),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the server's line is this one, whatever value it shows.
    fn is(&self, theirs: &Self) -> bool {
        let Some((head, detail)) = &self.known else {
            return false;
        };
        let Some(rest) = theirs.text.strip_prefix(head.as_str()) else {
            return false;
        };
        let ends = detail.is_empty() || rest.ends_with(&format!(": {detail}"));
        ends && (rest.is_empty() || rest.starts_with(": "))
    }

    /// Whether only the server shows the value, which is long, or nothing: a list, an object, null.
    fn is_longer(&self, theirs: &Self) -> bool {
        self.known.as_ref().is_some_and(|(head, detail)| {
            let value = theirs.text.strip_prefix(head.as_str());
            let value = value
                .and_then(|rest| rest.strip_suffix(detail.as_str()))
                .unwrap_or_default();
            let is_plain = self.text.len() <= head.len() + 2 + detail.len();
            is_plain
                && [": {", ": [", ": null"]
                    .iter()
                    .any(|start| value.starts_with(start))
        })
    }
}

fn compare_errors(theirs: &BTreeSet<Line>, ours: &BTreeSet<Line>, differences: &mut Differences) {
    for line in theirs {
        let same: Vec<&Line> = ours.iter().filter(|ours| ours.is(line)).collect();
        if same.is_empty() {
            differences.found.push(format!("error only there: {}", line.text));
        } else if !same
            .iter()
            .any(|ours| ours.text == line.text || ours.is_longer(line))
        {
            let ours: Vec<&str> = same.iter().map(|ours| ours.text.as_str()).collect();
            differences
                .values
                .push(format!("{}\n    here: {}", line.text, ours.join(" | ")));
        }
    }
    for line in ours
        .iter()
        .filter(|ours| !theirs.iter().any(|line| ours.is(line)))
    {
        differences.found.push(format!("error only here: {}", line.text));
    }
}

fn only(theirs: &BTreeSet<String>, ours: &BTreeSet<String>, what: &str, found: &mut Vec<String>) {
    let missing = theirs.difference(ours);
    found.extend(missing.map(|one| format!("{what} only there: {one}")));
    let added = ours.difference(theirs);
    found.extend(added.map(|one| format!("{what} only here: {one}")));
}

/// The sets in a text of several documents or lists.
pub fn sets(text: &str) -> Result<Vec<Value>, String> {
    let documents = manifest::read(text.as_bytes()).map_err(|error| error.to_string())?;
    let sets = objects(documents).into_iter().map(|object| object.value);
    Ok(sets.filter(|value| value["kind"] == "StatefulSet").collect())
}

/// The object without what only a server fills in, and what kubectl adds.
pub fn plain(object: &Value) -> Value {
    const SERVERS: [&str; 7] = [
        "uid",
        "creationTimestamp",
        "managedFields",
        "resourceVersion",
        "generation",
        "namespace",
        "selfLink",
    ];
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.retain(|name, _| !SERVERS.contains(&name.as_str()));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use steadfast_core::CauseType;

    #[test]
    fn kubectls_refusals_are_read_in_their_three_forms() {
        let one = "The StatefulSet \"web\" is invalid: spec.replicas: Invalid value: -1: must be x\n";
        let two = "Warning: unknown field \"spec.x\"\nThe StatefulSet \"web\" is invalid: \n* a: Forbidden: b\n* c: Required value\n";
        let found = of_kubectl("", one).unwrap();
        let errors = BTreeSet::from([Line::of_server("spec.replicas: Invalid value: -1: must be x")]);
        let warnings = BTreeSet::new();
        assert_eq!(found, Answer::Refused { errors, warnings });
        let errors = BTreeSet::from(["a: Forbidden: b", "c: Required value"].map(Line::of_server));
        let warnings = BTreeSet::from(["unknown field \"spec.x\"".to_owned()]);
        assert_eq!(of_kubectl("", two).unwrap(), Answer::Refused { errors, warnings });
        let bad = "Error from server (BadRequest): StatefulSet in version \"v1\" cannot be handled";
        assert_eq!(of_kubectl("", bad).unwrap(), Answer::Unread(bad.to_owned()));
        assert!(of_kubectl("", "The connection to the server was refused").is_err());
    }

    #[test]
    fn errors_are_the_same_where_path_kind_and_detail_are() {
        let found = |theirs: &str, kind: CauseType, detail: &str, value: Value| {
            let ours = Cause {
                value: Some(value).filter(|value| !value.is_null()),
                ..Cause::of("a", kind, detail)
            };
            let mut differences = Differences::default();
            let (theirs, ours) = (Line::of_server(theirs), Line::of_cause(&ours));
            compare_errors(&[theirs].into(), &[ours].into(), &mut differences);
            (differences.found.len(), differences.values.len())
        };
        let invalid = CauseType::FieldValueInvalid;
        assert_eq!(
            found("a: Invalid value: \"x: y\": no", invalid, "no", json!("x: y")),
            (0, 0)
        );
        assert_eq!(
            found("a: Invalid value: {\"x\":1}: no", invalid, "no", json!(null)),
            (0, 0)
        );
        assert_eq!(
            found("a: Invalid value: \"x\": no", invalid, "no", json!("y")),
            (0, 1)
        );
        assert_eq!(
            found("a: Invalid value: \"x\": no", invalid, "no", json!(null)),
            (0, 1)
        );
        assert_eq!(
            found("a: Invalid value: \"x\": no", invalid, "oh no", json!("x")),
            (2, 0)
        );
        assert_eq!(
            found("a.b: Invalid value: \"x\": no", invalid, "no", json!("x")),
            (2, 0)
        );
        assert_eq!(found("a: Forbidden: no", invalid, "no", json!(null)), (2, 0));
        let required = CauseType::FieldValueRequired;
        assert_eq!(found("a: Required value", required, "", json!("")), (0, 0));
        assert_eq!(found("a: Required value: x", required, "y", json!("")), (2, 0));
    }

    #[test]
    fn what_a_server_fills_in_is_left_out() {
        let stored = "kind: StatefulSet\nmetadata: {name: a, uid: u, generation: 1, annotations: {\
            kubectl.kubernetes.io/last-applied-configuration: x}}\n";
        let object = sets(stored).unwrap().remove(0);
        assert_eq!(plain(&object)["metadata"], json!({"name": "a"}));
    }
}
