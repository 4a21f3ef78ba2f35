//! Label selectors, node selectors and taints: pure rules about labels.

use serde_json::Value;
use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;

use crate::view;

/// Labels by key.
pub(crate) type Labels = SortedMap<String, String>;

/// A selector: all requirements must hold. `matchLabels` are requirements with one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Selector(pub(crate) Vec<Requirement>);

/// One requirement on the value of one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Requirement {
    pub(crate) key: String,
    pub(crate) operator: Operator,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operator {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    DoesNotExist,
    Greater(i64),
    Less(i64),
    /// Not an operator that the API knows: nothing matches.
    Unknown,
}

impl Selector {
    /// Reads a `LabelSelector`. An empty one matches everything, an absent one (`None`) nothing.
    pub(crate) fn of_labels(value: Option<&Value>) -> Option<Self> {
        let value = value?;
        let labels =
            view::strings(value, &["matchLabels"]).map(|(key, value)| Requirement::equals(key, value));
        let expressions = view::items(value, &["matchExpressions"])
            .iter()
            .map(Requirement::of);
        Some(Self(labels.chain(expressions).collect()))
    }

    /// Reads a mapping such as a Pod's `nodeSelector` or a Service's `selector`.
    pub(crate) fn of_map(value: &dyn Document, path: &[&str]) -> Self {
        Self(
            view::strings(value, path)
                .map(|(key, value)| Requirement::equals(key, value))
                .collect(),
        )
    }

    /// Whether these labels have all that is required.
    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        self.0
            .iter()
            .all(|requirement| requirement.holds(labels.get(&requirement.key).map(String::as_str)))
    }
}

impl Requirement {
    pub(crate) fn equals(key: &str, value: &str) -> Self {
        Self {
            key: key.to_owned(),
            operator: Operator::In(vec![value.to_owned()]),
        }
    }

    fn of(value: &Value) -> Self {
        let values = || {
            view::items(value, &["values"])
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
        };
        let bound = || values().next().and_then(|text| text.parse().ok());
        let operator = match view::text_or_empty(value, &["operator"]) {
            "In" => Operator::In(values().collect()),
            "NotIn" => Operator::NotIn(values().collect()),
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            "Gt" => bound().map_or(Operator::Unknown, Operator::Greater),
            "Lt" => bound().map_or(Operator::Unknown, Operator::Less),
            _ => Operator::Unknown,
        };
        Self {
            key: view::text_or_empty(value, &["key"]).to_owned(),
            operator,
        }
    }

    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            Operator::In(values) => value.is_some_and(|value| values.iter().any(|other| other == value)),
            Operator::NotIn(values) => value.is_none_or(|value| values.iter().all(|other| other != value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Greater(bound) => number().is_some_and(|number| number > *bound),
            Operator::Less(bound) => number().is_some_and(|number| number < *bound),
            Operator::Unknown => false,
        }
    }
}

/// A `NodeSelector`: one of its terms must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NodeSelector(Vec<NodeTerm>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct NodeTerm {
    labels: Selector,
    fields: Selector,
}

impl NodeSelector {
    /// Reads the `NodeSelector` at a path, where there is one.
    pub(crate) fn of(value: &dyn Document, path: &[&str]) -> Option<Self> {
        let terms = view::at(value, path)
            .filter(|value| !value.is_null())
            .map(|v| view::items(v, &["nodeSelectorTerms"]))?;
        let term = |value: &Value| NodeTerm {
            labels: Selector(
                view::items(value, &["matchExpressions"])
                    .iter()
                    .map(Requirement::of)
                    .collect(),
            ),
            fields: Selector(
                view::items(value, &["matchFields"])
                    .iter()
                    .map(Requirement::of)
                    .collect(),
            ),
        };
        Some(Self(terms.iter().map(term).collect()))
    }

    /// Whether a node of this name with these labels is selected. A term without requirements selects nothing.
    pub(crate) fn matches(&self, name: &str, labels: &Labels) -> bool {
        self.0.iter().any(|term| {
            let is_empty = term.labels.0.is_empty() && term.fields.0.is_empty();
            // The one field that may be selected by is the name.
            let fields = || {
                term.fields
                    .0
                    .iter()
                    .all(|field| field.key == "metadata.name" && field.holds(Some(name)))
            };
            !is_empty && term.labels.matches(labels) && fields()
        })
    }
}

/// A taint of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taint {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) effect: String,
}

/// A toleration of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toleration {
    key: String,
    value: String,
    effect: String,
    exists: bool,
    /// For how long a NoExecute taint is tolerated, in seconds; `None` is for ever.
    pub(crate) seconds: Option<i64>,
}

impl Taint {
    pub(crate) fn new(key: &str, effect: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: String::new(),
            effect: effect.to_owned(),
        }
    }

    /// The taints of a Node object.
    pub(crate) fn of_node(node: &dyn Document) -> Vec<Self> {
        let taint = |value: &Value| Self {
            key: view::text_or_empty(value, &["key"]).to_owned(),
            value: view::text_or_empty(value, &["value"]).to_owned(),
            effect: view::text_or_empty(value, &["effect"]).to_owned(),
        };
        view::items(node, &["spec", "taints"]).iter().map(taint).collect()
    }
}

impl Toleration {
    /// The tolerations of a Pod object.
    pub(crate) fn of_pod(pod: &dyn Document) -> Vec<Self> {
        let toleration = |value: &Value| Self {
            key: view::text_or_empty(value, &["key"]).to_owned(),
            value: view::text_or_empty(value, &["value"]).to_owned(),
            effect: view::text_or_empty(value, &["effect"]).to_owned(),
            exists: view::text(value, &["operator"]) == Some("Exists"),
            seconds: view::number(value, &["tolerationSeconds"]),
        };
        view::items(pod, &["spec", "tolerations"])
            .iter()
            .map(toleration)
            .collect()
    }

    /// Whether this toleration is for that taint (`k8s.io/api/core/v1`, `Toleration.ToleratesTaint`).
    pub(crate) fn is_for(&self, taint: &Taint) -> bool {
        let effect = self.effect.is_empty() || self.effect == taint.effect;
        let key = if self.key.is_empty() {
            self.exists
        } else {
            self.key == taint.key
        };
        effect && key && (self.exists || self.value == taint.value)
    }
}

/// The labels of an object.
pub(crate) fn labels_of(object: &dyn Document) -> Labels {
    view::strings(object, &["metadata", "labels"])
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(entries: &[(&str, &str)]) -> Labels {
        entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_selector_needs_all_its_labels_and_expressions() {
        let selector = Selector::of_labels(Some(&json!({
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "old", "operator": "DoesNotExist"},
            {"key": "zone", "operator": "NotIn", "values": ["z9"]},
        ]})))
        .unwrap();
        assert!(selector.matches(&labels(&[("app", "web"), ("tier", "b")])));
        assert!(!selector.matches(&labels(&[("app", "web"), ("tier", "c")])));
        assert!(!selector.matches(&labels(&[("app", "web"), ("tier", "a"), ("old", "")])));
        assert!(!selector.matches(&labels(&[("app", "web"), ("tier", "a"), ("zone", "z9")])));
    }

    #[test]
    fn an_empty_selector_matches_everything_and_an_absent_one_is_none() {
        assert!(
            Selector::of_labels(Some(&json!({})))
                .unwrap()
                .matches(&labels(&[]))
        );
        assert_eq!(Selector::of_labels(None), None);
    }

    #[test]
    fn node_selector_terms_are_alternatives_and_an_empty_term_selects_nothing() {
        let selector = |terms| NodeSelector::of(&json!({"nodeSelectorTerms": terms}), &[]).unwrap();
        let zone = json!({"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]});
        let name = json!({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n2"]}]});
        let both = selector(json!([zone, name]));
        assert!(both.matches("n1", &labels(&[("zone", "a")])));
        assert!(both.matches("n2", &labels(&[])));
        assert!(!both.matches("n1", &labels(&[("zone", "b")])));
        assert!(!selector(json!([{}])).matches("n1", &labels(&[])));
        let cpus = json!([{"matchExpressions": [{"key": "cpus", "operator": "Gt", "values": ["4"]}]}]);
        assert!(selector(cpus.clone()).matches("n", &labels(&[("cpus", "8")])));
        assert!(!selector(cpus).matches("n", &labels(&[("cpus", "4")])));
    }

    #[test]
    fn tolerations_match_by_key_value_and_effect() {
        let taint = Taint {
            key: "k".into(),
            value: "v".into(),
            effect: "NoSchedule".into(),
        };
        for (toleration, expected) in [
            (
                json!({"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}),
                true,
            ),
            (json!({"key": "k", "value": "v"}), true),
            (json!({"key": "k", "value": "w"}), false),
            (json!({"key": "k", "operator": "Exists"}), true),
            (json!({"operator": "Exists"}), true),
            (
                json!({"key": "k", "operator": "Exists", "effect": "NoExecute"}),
                false,
            ),
            (json!({"value": "v"}), false),
        ] {
            let pod = json!({"spec": {"tolerations": [toleration]}});
            assert_eq!(
                Toleration::of_pod(&pod)[0].is_for(&taint),
                expected,
                "{toleration}"
            );
        }
    }
}
