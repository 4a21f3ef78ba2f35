//! What is to be said of the sets of a story where it ends.

use serde::Serialize;
use serde_json::Value;
use steadfast_core::Error;
use steadfast_core::explain::{Explanation, Surroundings, explain};

use super::Scenario;
use crate::cluster::{Cluster, SetView};
use crate::store::Resource;
use crate::trace::SetName;

/// A set, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The set.
    pub set: SetName,
    /// Why it is as it is.
    pub explanation: Explanation,
}

/// Plays a story to its end and explains its sets there, in order of namespaces and names. Services that the story does not have are
/// taken to be unknown, not absent.
///
/// # Errors
/// As [`play`](super::play).
pub fn explained(scenario: &Scenario) -> Result<Vec<Explained>, Error> {
    let mut cluster = scenario.begin()?;
    cluster.run_to_rest(scenario.limit());
    let of_set = |set: SetView<'_>| -> Option<Explained> {
        let plan = cluster.plan(set.key())?;
        let around = Surroundings {
            nodes: list(&cluster, Resource::Node),
            services: list(&cluster, Resource::Service),
            ..Surroundings::default()
        };
        let explanation = explain(set.observed(), &around, &plan, cluster.wall(), cluster.profile());
        Some(Explained {
            set: SetName::of(set.key()),
            explanation,
        })
    };
    Ok(cluster.sets().filter_map(of_set).collect())
}

/// The objects of a kind, where there are any.
fn list(cluster: &Cluster, resource: Resource) -> Option<Vec<Value>> {
    let all = cluster.store().list(resource, None);
    let objects: Vec<Value> = all.map(|(_, object)| object.whole().clone()).collect();
    Some(objects).filter(|objects| !objects.is_empty())
}
