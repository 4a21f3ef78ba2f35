//! A label selector, checked once and then only matched.

use serde_json::Value;

use super::Document;
use super::metadata::Labels;
use crate::json::Field;

/// `spec.selector`, ready to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: Box<str>,
    operator: Operator,
    values: Vec<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Selector {
    /// Whether an object with these labels is selected; a selector without requirements selects all.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements
            .iter()
            .all(|requirement| requirement.matches(labels.value(&requirement.key)))
    }

    /// The same for an object that is not parsed, by its `metadata.labels`: whether it is worth to be observed at all.
    pub fn selects(&self, object: &dyn Document) -> bool {
        let labels = object
            .field("metadata")
            .and_then(|metadata| metadata.get("labels"));
        let value = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        self.requirements
            .iter()
            .all(|requirement| requirement.matches(value(&requirement.key)))
    }

    /// A selector that upstream could not use is kept as a sentence: it stops the set's reconcile for good.
    ///
    /// Source: `apimachinery/pkg/apis/meta/v1/helpers.go`, `LabelSelectorAsSelector`, and
    /// `apimachinery/pkg/labels/selector.go`, `NewRequirement`.
    pub(crate) fn parse(selector: &Field<'_>) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for (key, value) in selector.key("matchLabels").strings() {
            requirements.push(Requirement::new(key, Operator::In, vec![value])?);
        }
        for expression in selector.key("matchExpressions").items() {
            let operator = match expression.key("operator").string().unwrap_or_default() {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => return Err(format!("\"{other}\" is not a valid label selector operator")),
            };
            let values = expression.key("values");
            let values = values
                .items()
                .map(|value| value.string().unwrap_or_default().to_owned());
            let values: Vec<String> = values.collect();
            let key = expression.key("key").string().unwrap_or_default();
            requirements.push(Requirement::new(
                key,
                operator,
                values.iter().map(String::as_str).collect(),
            )?);
        }
        Ok(Self { requirements })
    }
}

impl Requirement {
    fn new(key: &str, operator: Operator, values: Vec<&str>) -> Result<Self, String> {
        if !is_label_key(key) {
            return Err(format!("`{key}` is not a valid label key"));
        }
        match operator {
            Operator::In | Operator::NotIn if values.is_empty() => {
                return Err("for 'in', 'notin' operators, values set can't be empty".to_owned());
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                return Err("values set must be empty for exists and does not exist".to_owned());
            }
            _ => {}
        }
        if let Some(value) = values.iter().find(|value| !is_label_value(value)) {
            return Err(format!("`{value}` is not a valid label value"));
        }
        Ok(Self {
            key: key.into(),
            operator,
            values: values.into_iter().map(Into::into).collect(),
        })
    }

    fn matches(&self, value: Option<&str>) -> bool {
        let listed = || value.is_some_and(|value| self.values.iter().any(|v| **v == *value));
        match self.operator {
            Operator::In => listed(),
            Operator::NotIn => !listed(),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

/// `[prefix/]name`; source: `apimachinery/pkg/util/validation`, `IsQualifiedName`.
fn is_label_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    prefix.is_none_or(crate::identity::is_dns_subdomain) && !name.is_empty() && is_label_value(name)
}

/// Up to 63 letters, digits, `-`, `_` and `.`, that begin and end with a letter or digit; or nothing.
fn is_label_value(value: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let ends = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = value.as_bytes();
    bytes.len() <= 63 && bytes.iter().all(|b| inner(*b)) && ends(bytes.first()) && ends(bytes.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Faults;
    use serde_json::{Value, json};

    fn selector(value: &Value) -> Result<Selector, String> {
        Selector::parse(&Field::of(
            &json!({"selector": value}).into(),
            "selector",
            &Faults::default(),
        ))
    }

    fn labels(value: &Value) -> Labels {
        Labels::parse(&Field::of(
            &json!({"labels": value}).into(),
            "labels",
            &Faults::default(),
        ))
    }

    #[test]
    fn every_operator_matches_as_kubectl_get_dash_l_does() {
        let one = |operator: &str, values: Value| {
            let expression = json!({"key": "tier", "operator": operator, "values": values});
            selector(&json!({"matchExpressions": [expression]})).unwrap()
        };
        let (front, none) = (labels(&json!({"tier": "front"})), labels(&json!({})));
        assert!(one("In", json!(["front"])).matches(&front) && !one("In", json!(["front"])).matches(&none));
        assert!(
            !one("NotIn", json!(["front"])).matches(&front) && one("NotIn", json!(["front"])).matches(&none)
        );
        assert!(one("Exists", json!([])).matches(&front) && !one("Exists", json!(null)).matches(&none));
        assert!(
            !one("DoesNotExist", json!([])).matches(&front) && one("DoesNotExist", json!([])).matches(&none)
        );
    }

    #[test]
    fn selectors_that_upstream_refuses_are_refused() {
        for wrong in [
            json!({"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "In", "values": []}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}),
            json!({"matchLabels": {"a b": "c"}}),
            json!({"matchLabels": {"a": "-c"}}),
            json!({"matchLabels": {"/a": "c"}}),
        ] {
            assert!(selector(&wrong).is_err(), "{wrong}");
        }
    }
}
