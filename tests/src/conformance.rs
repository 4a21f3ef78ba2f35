//! Upstream's controller and Steadfast's core on the same worlds: what each would do, side by side.

mod branch;
mod command;
mod compare;
pub mod found;
mod options;
mod question;
mod record;
mod run;
pub mod speed;
mod table;
mod tally;
mod upstream;
pub mod vectors;

pub use command::command;
pub use compare::difference;
pub use options::{Options, flips, gate_list};
pub use question::{Form, parse, reads_clock};
pub use record::Results;
pub use run::{Column, Mismatch, Outcome, Run, run};
pub use tally::{Tally, never_seen};
pub use upstream::Upstream;

use serde_json::{Value, json};
use steadfast_core::{Plan, Profile, reconcile};

/// What the core decides about an observation, as a value of the wire contract.
///
/// # Errors
/// A sentence, where the observation could not be read.
pub fn decide(observation: &Value, profile: &Profile) -> Result<Plan, String> {
    let (observed, now) = parse(observation.clone())?;
    Ok(reconcile(&observed, now, profile))
}

/// The line that the Go side reads.
pub fn line(id: u64, observation: &Value, gates: &std::collections::BTreeMap<String, bool>) -> String {
    json!({"id": id, "observation": observation, "featureGates": gates}).to_string()
}
