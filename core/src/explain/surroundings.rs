//! What stands around a set and plays no part in a decision: Services, nodes, budgets, other controllers.

use serde_json::Value;

use crate::Observation;
use crate::object::namespace_of;

/// The lists of an observation that only explanations read. One that is absent is unknown, and then nothing is said of it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Services of the namespace.
    pub services: Option<Vec<Value>>,
    /// Nodes.
    pub nodes: Option<Vec<Value>>,
    /// PodDisruptionBudgets of the namespace.
    pub pod_disruption_budgets: Option<Vec<Value>>,
    /// Other controllers of the namespace, such as Deployments and other StatefulSets.
    pub workloads: Option<Vec<Value>>,
}

impl Surroundings {
    /// Takes the lists out of an observation, whose rest is for [`Observed::parse`](crate::Observed::parse).
    pub fn take(observation: &mut Observation) -> Self {
        Self {
            services: observation.services.take(),
            nodes: observation.nodes.take(),
            pod_disruption_budgets: observation.pod_disruption_budgets.take(),
            workloads: observation.workloads.take(),
        }
    }

    pub(super) fn unseen(&self) -> Vec<String> {
        let lists = [
            ("services", self.services.is_none()),
            ("nodes", self.nodes.is_none()),
            ("podDisruptionBudgets", self.pod_disruption_budgets.is_none()),
            ("workloads", self.workloads.is_none()),
        ];
        let unseen = lists.into_iter().filter(|(_, is_unseen)| *is_unseen);
        unseen.map(|(name, _)| name.to_owned()).collect()
    }
}

/// The objects of a list that live in a namespace; none named is `default`.
pub(super) fn in_namespace<'a>(
    list: Option<&'a Vec<Value>>,
    namespace: &'a str,
) -> impl Iterator<Item = &'a Value> {
    let all = list.into_iter().flatten();
    all.filter(move |object| namespace_of(object) == namespace)
}

/// `metadata.name`.
pub(super) fn name_of(object: &Value) -> &str {
    let name = object.get("metadata").and_then(|metadata| metadata.get("name"));
    name.and_then(Value::as_str).unwrap_or_default()
}
