//! What stands around the set that is changed.

use serde_json::Value;

use super::Policy;
use crate::Observation;
use crate::object::namespace_of;

/// The objects that policies read beside the request. A list that is absent could not be read: its policies warn and never deny.
/// Objects of all namespaces may be in the lists; those of the set's own count.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Context {
    /// The stored StatefulSet, which a request for `/scale` does not bring along.
    pub stored_set: Option<Value>,
    /// Pods.
    pub pods: Option<Vec<Value>>,
    /// PersistentVolumeClaims.
    pub claims: Option<Vec<Value>>,
    /// Services.
    pub services: Option<Vec<Value>>,
    /// PodDisruptionBudgets.
    pub disruption_budgets: Option<Vec<Value>>,
    /// Other controllers of Pods: StatefulSets, Deployments, ReplicaSets, DaemonSets, Jobs.
    pub workloads: Option<Vec<Value>>,
}

/// What was observed, for `wire.md`'s hosts: the set in it, where there is one, is the stored one.
impl From<Observation> for Context {
    fn from(observation: Observation) -> Self {
        Self {
            stored_set: Some(observation.stateful_set).filter(|set| !set.is_null()),
            pods: observation.pods,
            claims: observation.persistent_volume_claims,
            services: observation.services,
            disruption_budgets: observation.pod_disruption_budgets,
            workloads: observation.workloads,
        }
    }
}

/// Whether a list could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is there, perhaps empty.
    Yes,
    /// It is not known.
    No,
}

impl Context {
    /// The lists, what they are called, and whose policies read them.
    pub(super) fn lists(&self) -> [(Seen, &'static str, &'static [Policy]); 5] {
        let seen = |list: &Option<Vec<Value>>| match list {
            Some(_) => Seen::Yes,
            None => Seen::No,
        };
        [
            (seen(&self.pods), "Pods", &[Policy::P1, Policy::P2, Policy::P10]),
            (
                seen(&self.claims),
                "PersistentVolumeClaims",
                &[Policy::P1, Policy::P2, Policy::P7],
            ),
            (seen(&self.services), "Services", &[Policy::P9]),
            (
                seen(&self.disruption_budgets),
                "PodDisruptionBudgets",
                &[Policy::P10],
            ),
            (seen(&self.workloads), "other controllers", &[Policy::P8]),
        ]
    }
}

/// The objects of a list in a namespace.
pub(super) fn within<'a>(
    list: &'a Option<Vec<Value>>,
    namespace: &'a str,
) -> impl Iterator<Item = &'a Value> {
    let all = list.iter().flatten();
    all.filter(move |object| namespace_of(object) == namespace)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_list_of_an_observation_is_that_of_the_context_and_what_is_not_there_is_not_known() {
        let named = |name: &str| json!({"metadata": {"name": name}});
        let observed = json!({"statefulSet": named("set"), "pods": [named("pod")], "persistentVolumeClaims": [named("claim")],
            "services": [named("service")], "podDisruptionBudgets": [named("budget")], "workloads": [named("workload")]});
        let observation: Observation = serde_json::from_value(observed).unwrap();
        let list = |name: &str| Some(vec![named(name)]);
        let expected = Context {
            stored_set: Some(named("set")),
            pods: list("pod"),
            claims: list("claim"),
            services: list("service"),
            disruption_budgets: list("budget"),
            workloads: list("workload"),
        };
        assert_eq!(Context::from(observation), expected);

        let empty: Observation = serde_json::from_value(json!({"statefulSet": null, "pods": []})).unwrap();
        let expected = Context {
            pods: Some(Vec::new()),
            ..Context::default()
        };
        assert_eq!(Context::from(empty), expected);
    }
}
