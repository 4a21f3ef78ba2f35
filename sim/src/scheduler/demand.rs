//! What a Pod asks of the node that it goes to, read once.

use std::sync::Arc;

use serde_json::Value;
use steadfast_core::observed::Document;

use super::selector::{Labels, NodeSelector, Requirement, Selector, Toleration, labels_of};
use crate::store::Key;
use crate::view;

/// What a Pod asks of its node, and what others may ask about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Demand {
    pub(crate) namespace: String,
    pub(crate) labels: Labels,
    node_selector: Selector,
    node_affinity: Option<NodeSelector>,
    pub(crate) tolerations: Vec<Toleration>,
    /// For each term of the required affinity: its topology key, with what a Pod must match that satisfies all
    /// terms.
    pub(crate) affinity: Vec<Arc<Term>>,
    pub(crate) anti_affinity: Vec<Arc<Term>>,
    pub(crate) spread: Vec<Spread>,
    /// The names of the claims.
    pub(crate) claims: Vec<String>,
}

/// Pods that are counted, and by which label of their nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Term {
    pub(crate) topology_key: String,
    selector: Selector,
    /// The namespaces; `None` is all of them.
    namespaces: Option<Vec<String>>,
}

/// A constraint of `topologySpreadConstraints` with `whenUnsatisfiable: DoNotSchedule`.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(crate) term: Arc<Term>,
    pub(crate) max_skew: i64,
    pub(crate) min_domains: Option<i64>,
}

impl Demand {
    /// What the Pod `key` asks.
    pub(crate) fn of(key: &Key, pod: &dyn Document) -> Self {
        let labels = labels_of(pod);
        let namespace = key.namespace.to_string();
        let required = |kind: &str| {
            view::items(
                pod,
                &[
                    "spec",
                    "affinity",
                    kind,
                    "requiredDuringSchedulingIgnoredDuringExecution",
                ],
            )
        };
        let term = |value: &Value| Term::of(value, &namespace, &labels);
        let affinity: Vec<Term> = required("podAffinity").iter().map(term).collect();
        let spread = view::items(pod, &["spec", "topologySpreadConstraints"]).iter();
        let spread =
            spread.filter(|value| view::text(value, &["whenUnsatisfiable"]) != Some("ScheduleAnyway"));
        Self {
            node_selector: Selector::of_map(pod, &["spec", "nodeSelector"]),
            node_affinity: NodeSelector::of(
                pod,
                &[
                    "spec",
                    "affinity",
                    "nodeAffinity",
                    "requiredDuringSchedulingIgnoredDuringExecution",
                ],
            ),
            tolerations: Toleration::of_pod(pod),
            affinity: affinity
                .iter()
                .map(|term| Arc::new(term.with_all(&affinity)))
                .collect(),
            anti_affinity: required("podAntiAffinity")
                .iter()
                .map(|value| Arc::new(term(value)))
                .collect(),
            spread: spread
                .map(|value| Spread {
                    term: Arc::new(term(value)),
                    max_skew: view::number(value, &["maxSkew"]).unwrap_or(1),
                    min_domains: view::number(value, &["minDomains"]),
                })
                .collect(),
            claims: view::claim_names(pod).collect(),
            namespace,
            labels,
        }
    }

    /// Whether `nodeSelector` and the required node affinity allow this node.
    pub(crate) fn selects(&self, node: &str, labels: &Labels) -> bool {
        self.node_selector.matches(labels)
            && self
                .node_affinity
                .as_ref()
                .is_none_or(|selector| selector.matches(node, labels))
    }
}

impl Term {
    fn of(value: &Value, namespace: &str, labels: &Labels) -> Self {
        let mut selector = Selector::of_labels(value.get("labelSelector"));
        // The API server writes these into the selector when the Pod is created
        // (`applyMatchLabelKeysAndMismatchLabelKeys`).
        for key in view::items(value, &["matchLabelKeys"])
            .iter()
            .filter_map(Value::as_str)
        {
            if let (Some(selector), Some(own)) = (&mut selector, labels.get(key)) {
                selector.0.push(Requirement::equals(key, own));
            }
        }
        for key in view::items(value, &["mismatchLabelKeys"])
            .iter()
            .filter_map(Value::as_str)
        {
            if let (Some(selector), Some(own)) = (&mut selector, labels.get(key)) {
                let operator = super::selector::Operator::NotIn(vec![own.clone()]);
                selector.0.push(Requirement {
                    key: key.to_owned(),
                    operator,
                });
            }
        }
        let listed: Vec<String> = view::items(value, &["namespaces"])
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        // There are no Namespace objects here; a namespace selector is taken to select all namespaces.
        let namespaces = match value
            .get("namespaceSelector")
            .filter(|selector| !selector.is_null())
        {
            Some(_) => None,
            None if listed.is_empty() => Some(vec![namespace.to_owned()]),
            None => Some(listed),
        };
        Self {
            topology_key: view::text_or_empty(value, &["topologyKey"]).to_owned(),
            // No selector matches no Pod: no namespace does that as well.
            namespaces: if selector.is_some() {
                namespaces
            } else {
                Some(Vec::new())
            },
            selector: selector.unwrap_or_default(),
        }
    }

    /// The term with this one's topology key that only a Pod which matches every one of `terms` matches: upstream
    /// looks for a single Pod that satisfies them all (`interpodaffinity/filtering.go`,
    /// `podMatchesAllAffinityTerms`).
    fn with_all(&self, terms: &[Self]) -> Self {
        let mut all = Self {
            topology_key: self.topology_key.clone(),
            selector: Selector::default(),
            namespaces: None,
        };
        for term in terms {
            all.selector.0.extend(term.selector.0.iter().cloned());
            all.namespaces = match (all.namespaces, &term.namespaces) {
                (None, other) => other.clone(),
                (some, None) => some,
                (Some(some), Some(other)) => Some(some.into_iter().filter(|n| other.contains(n)).collect()),
            };
        }
        all
    }

    /// Whether a Pod is one of those that are counted.
    pub(crate) fn matches(&self, pod: &Demand) -> bool {
        self.namespaces
            .as_ref()
            .is_none_or(|names| names.contains(&pod.namespace))
            && self.selector.matches(&pod.labels)
    }
}
