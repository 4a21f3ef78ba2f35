//! What to do about a finding, where that can be said.

use serde_json::{Map, Value};

use crate::canonical::meant::{Meant, meant, nearest};
use crate::{Cause, CauseType, Profile};

/// What to do about a field that the version does not know.
pub(super) fn of_unknown(field: &str, profile: &Profile) -> Option<String> {
    Some(match meant(field, profile)? {
        Meant::Name(name) => format!("did you mean `{name}`?"),
        Meant::Place(place) => format!("it belongs to `{place}`: check the indentation"),
        Meant::Since(minor) => format!("Kubernetes has it from 1.{minor} on"),
        Meant::Until(minor) => format!("Kubernetes had it up to 1.{minor}"),
    })
}

/// What to do about a value that is refused; `set` is the manifest, `written` how the text has it.
pub(super) fn of_error(cause: &Cause, set: &Value, written: Option<&str>) -> Option<String> {
    match cause.kind {
        CauseType::FieldValueTypeInvalid => of_type(cause, written),
        CauseType::FieldValueNotSupported => of_choice(cause),
        CauseType::FieldValueNotFound => of_missing_volume(cause, set),
        CauseType::FieldValueRequired => Some(format!("add `{}`", cause.field)),
        CauseType::FieldValueForbidden if cause.detail.starts_with("updates to statefulset spec") => {
            Some(RUNBOOK.to_owned())
        }
        CauseType::FieldValueForbidden => Some(format!("remove `{}`", cause.field)),
        CauseType::FieldValueInvalid => of_value(cause, set),
        _ => None,
    }
}

const RUNBOOK: &str = "`steadfast diff OLD NEW` names the fields, and the way around";

fn of_value(cause: &Cause, set: &Value) -> Option<String> {
    let found = cause.value.as_ref().and_then(Value::as_str);
    let advice = match cause.detail.as_str() {
        "field is immutable" => RUNBOOK.to_owned(),
        "empty selector is invalid for statefulset" => {
            "add `matchLabels` with labels of spec.template.metadata.labels".to_owned()
        }
        "`selector` does not match template `labels`" => {
            format!("add {} to spec.template.metadata.labels", missing_labels(set)?)
        }
        "only allowed for updateStrategy 'RollingUpdate'" => {
            "remove `rollingUpdate`, or write `type: RollingUpdate`".to_owned()
        }
        "must be 'RollingUpdate' or 'OnDelete'" | "must be 'OrderedReady' or 'Parallel'" => {
            let known = ["RollingUpdate", "OnDelete", "OrderedReady", "Parallel"];
            let known = known.into_iter().filter(|known| cause.detail.contains(known));
            format!("did you mean `{}`?", nearest(found?, known)?)
        }
        detail if detail.contains("RFC 1123") || detail.contains("RFC 1035") => {
            format!("`{}` would do", label_of(found?)?)
        }
        _ => return None,
    };
    Some(advice)
}

/// The labels that the selector asks for and the template lacks.
fn missing_labels(set: &Value) -> Option<String> {
    let Some(Value::Object(asked)) = set.pointer("/spec/selector/matchLabels") else {
        return None;
    };
    let empty = Map::new();
    let labels = set.pointer("/spec/template/metadata/labels");
    let labels = labels.and_then(Value::as_object).unwrap_or(&empty);
    let missing = asked
        .iter()
        .filter(|(key, value)| labels.get(*key) != Some(value));
    let missing: Vec<String> = missing
        .map(|(key, value)| format!("`{key}: {}`", value.as_str().unwrap_or_default()))
        .collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// YAML's traps: what looks like text is a number or a boolean, and the other way round.
fn of_type(cause: &Cause, written: Option<&str>) -> Option<String> {
    let value = cause.value.as_ref()?;
    let wants = |what: &str| cause.detail.starts_with(&format!("must be {what}"));
    match value {
        Value::Bool(_) if wants("a string") => {
            let written = written?;
            Some(format!("`{written}` is a boolean in YAML: write `\"{written}\"`"))
        }
        Value::Number(number) if wants("a string") => {
            let number = number.to_string();
            let written = written.unwrap_or(&number);
            Some(match written == number {
                true => format!("write it in quotes: `\"{written}\"`"),
                false => format!("`{written}` is the number {number} in YAML: write `\"{written}\"`"),
            })
        }
        Value::String(text) if text.parse::<i64>().is_ok() && !wants("a boolean") => {
            Some(format!("write it without quotes: `{text}`"))
        }
        Value::String(text) if wants("a boolean") => {
            let known = ["true", "false"]
                .into_iter()
                .find(|known| text.eq_ignore_ascii_case(known));
            Some(format!(
                "write `{}`, without quotes",
                known.unwrap_or("true` or `false")
            ))
        }
        _ => None,
    }
}

/// The supported value that is nearly the one found.
fn of_choice(cause: &Cause) -> Option<String> {
    let found = cause.value.as_ref()?.as_str()?;
    let supported = cause.detail.strip_prefix("supported values: ")?;
    let supported: Vec<&str> = supported
        .split(", ")
        .map(|value| value.trim_matches('"'))
        .collect();
    if let [one] = supported.as_slice() {
        return Some(format!("write `{one}`"));
    }
    let near = nearest(found, supported.into_iter())?;
    Some(format!("did you mean `{near}`?"))
}

/// A mount of a volume that is neither in the template nor a claim template.
fn of_missing_volume(cause: &Cause, set: &Value) -> Option<String> {
    if !cause.field.contains(".volumeMounts[") && !cause.field.contains(".volumeDevices[") {
        return None;
    }
    let mut names = Vec::new();
    for (list, name) in [
        ("/spec/volumeClaimTemplates", "/metadata/name"),
        ("/spec/template/spec/volumes", "/name"),
    ] {
        let items = set.pointer(list).and_then(Value::as_array).into_iter().flatten();
        names.extend(items.filter_map(|item| item.pointer(name)?.as_str()));
    }
    let found = cause.value.as_ref().and_then(Value::as_str).unwrap_or_default();
    Some(match nearest(found, names.into_iter()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add a claim template or a volume called `{found}`"),
    })
}

/// A name that is a DNS label, near the one found.
fn label_of(found: &str) -> Option<String> {
    let mapped: String = found
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(63)
        .collect();
    let label = mapped.trim_matches('-');
    (!label.is_empty() && label != found).then(|| label.to_owned())
}

/// A text that cannot be read because it is not YAML yet.
pub(super) fn of_template(text: &[u8]) -> Option<String> {
    let has_braces = text.windows(2).any(|pair| pair == b"{{");
    has_braces.then(|| {
        "this looks like a template: lint what it makes, as `helm template . | steadfast lint -`".to_owned()
    })
}
