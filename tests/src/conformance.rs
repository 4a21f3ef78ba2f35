//! Upstream's controller and Steadfast's core on the same worlds: what each would do, side by side.

mod compare;
mod tally;
mod upstream;

pub use compare::difference;
pub use tally::Tally;
pub use upstream::Upstream;

use serde_json::{Value, json};
use steadfast_core::{Observation, Observed, Plan, Profile, reconcile};

/// What the core decides about an observation, as a value of the wire contract.
///
/// # Errors
/// A sentence, where the observation could not be read.
pub fn decide(observation: &Value, profile: &Profile) -> Result<Plan, String> {
    let observation: Observation = serde_json::from_value(observation.clone())
        .map_err(|error| format!("not an observation: {error}"))?;
    let now = observation.now.ok_or("the observation has no `now`")?;
    let observed = Observed::parse(observation).map_err(|error| error.to_string())?;
    Ok(reconcile(&observed, now, profile))
}

/// The line that the Go side reads.
pub fn line(id: u64, observation: &Value, gates: &std::collections::BTreeMap<String, bool>) -> String {
    json!({"id": id, "observation": observation, "featureGates": gates}).to_string()
}
