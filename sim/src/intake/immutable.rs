//! The fields of a StatefulSet that an API server lets nobody change.
//!
//! Source: `pkg/apis/apps/validation/validation.go`, `ValidateStatefulSetUpdate`.

use serde_json::Value;
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Cause, CauseType, Error, Profile};

/// What may be changed, of the fields of `spec`.
const MUTABLE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// The sentence up to 1.36, for all of them at once.
const BEFORE_1_37: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
     'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Compares two sets as they are stored.
///
/// # Errors
/// `invalid` in the API server's words; it names every field that differs.
pub(super) fn check(old: &Value, new: &Value, profile: &Profile) -> Result<(), Error> {
    let (old, new) = (spec(old), spec(new));
    let names: SortedSet<&str> = [old, new]
        .into_iter()
        .flatten()
        .flat_map(|s| s.keys())
        .map(String::as_str)
        .collect();
    let field = |spec: Option<&'_ serde_json::Map<String, Value>>, name: &str| {
        spec.and_then(|spec| spec.get(name)).cloned()
    };
    let changed: Vec<&str> = names
        .into_iter()
        .filter(|name| !MUTABLE.contains(name))
        .filter(|name| !is_same(field(old, name).as_ref(), field(new, name).as_ref()))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    if is_before_1_37(profile) {
        return Err(Error::invalid(vec![Cause::of(
            "spec",
            CauseType::FieldValueForbidden,
            BEFORE_1_37,
        )]));
    }
    let cause = |name: &&str| {
        let value = field(new, name).unwrap_or(Value::Null);
        Cause::invalid(format!("spec.{name}"), &value, "field is immutable")
    };
    Err(Error::invalid(changed.iter().map(cause).collect()))
}

fn spec(object: &Value) -> Option<&serde_json::Map<String, Value>> {
    object.get("spec").and_then(Value::as_object)
}

fn is_before_1_37(profile: &Profile) -> bool {
    let minor = profile
        .kubernetes()
        .split('.')
        .nth(1)
        .and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 37)
}

/// Equal as `apiequality.Semantic` sees it: absent, null and empty are one, quantities compare by value.
fn is_same(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort_unstable();
            names.dedup();
            names
                .into_iter()
                .all(|name| is_same(old.get(name), new.get(name)))
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            old.len() == new.len()
                && old
                    .iter()
                    .zip(new)
                    .all(|(old, new)| is_same(Some(old), Some(new)))
        }
        (old, new) if is_empty(old) && is_empty(new) => true,
        (Some(old), Some(new)) => old == new || is_same_quantity(old, new),
        _ => false,
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.values().all(|field| is_empty(Some(field))),
        Some(_) => false,
    }
}

fn is_same_quantity(old: &Value, new: &Value) -> bool {
    matches!((milli(old), milli(new)), (Some(old), Some(new)) if old == new)
}

/// The quantity in thousandths, where the value is one: `1Gi`, `0.5`, `100m`, `5e3`.
///
/// Source: `apimachinery/pkg/api/resource/quantity.go`.
fn milli(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let (number, suffix) = text.split_at_checked(digits)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let factor: i128 = match suffix {
        "" => 1000,
        "m" => 1,
        "k" => 1_000_000,
        "M" => 1_000_000_000,
        "G" => 1_000_000_000_000,
        "T" => 1_000_000_000_000_000,
        "P" => 1_000_000_000_000_000_000,
        "E" => 1_000_000_000_000_000_000_000,
        "Ki" => 1000 << 10,
        "Mi" => 1000 << 20,
        "Gi" => 1000 << 30,
        "Ti" => 1000 << 40,
        "Pi" => 1000 << 50,
        "Ei" => 1000 << 60,
        exponent => {
            let power: u32 = exponent
                .strip_prefix(['e', 'E'])?
                .parse()
                .ok()
                .filter(|power| *power <= 18)?;
            1000 * 10i128.pow(power)
        }
    };
    let mut milli = whole.checked_mul(factor)?;
    let mut scale = factor;
    for digit in fraction.bytes() {
        scale /= 10;
        milli = milli.checked_add(i128::from(digit.checked_sub(b'0')?).checked_mul(scale)?)?;
    }
    Some(milli)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_compared_by_value() {
        for (one, other) in [
            (json!("1Gi"), json!("1024Mi")),
            (json!("0.5"), json!("500m")),
            (json!(2), json!("2000m")),
            (json!("1e3"), json!("1k")),
        ] {
            assert!(is_same_quantity(&one, &other), "{one} {other}");
        }
        for (one, other) in [
            (json!("1Gi"), json!("1G")),
            (json!("x"), json!("y")),
            (json!("1Gi"), json!("2Gi")),
        ] {
            assert!(!is_same_quantity(&one, &other), "{one} {other}");
        }
    }

    #[test]
    fn every_version_refuses_a_changed_selector_in_its_own_words() {
        let old =
            json!({"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}, "serviceName": "a"}});
        let new =
            json!({"spec": {"replicas": 2, "selector": {"matchLabels": {"app": "b"}}, "serviceName": ""}});
        let error = check(&old, &new, &Profile::default()).unwrap_err();
        let fields: Vec<&str> = error.causes.iter().map(|cause| cause.field.as_str()).collect();
        assert_eq!(fields, ["spec.selector", "spec.serviceName"]);
        assert!(
            error.message.ends_with("field is immutable (and 1 more)"),
            "{error}"
        );
        let error = check(&old, &new, &"1.36".parse().unwrap()).unwrap_err();
        assert!(
            error
                .message
                .starts_with("spec: Forbidden: updates to statefulset spec for fields other than"),
            "{error}"
        );
    }

    #[test]
    fn an_absent_field_is_no_change_of_an_empty_one() {
        let old = json!({"spec": {"serviceName": "", "volumeClaimTemplates": [], "selector": {}}});
        assert_eq!(check(&old, &json!({"spec": {}}), &Profile::default()), Ok(()));
    }
}
