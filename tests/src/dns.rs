//! What the cluster's DNS answers, and what the core answers: random Services, EndpointSlices and Pods on both sides.
//!
//! The other side is CoreDNS' plugin `kubernetes` and the EndpointSlice controller's reconciler, as a program
//! (`tests/upstream/dns`). Everything comes from a seed.

mod command;
mod compare;
mod ours;
mod pods;
mod questions;
mod slices;
pub mod vectors;
mod world;

pub use command::command;
pub use compare::{Reply, Tally, differences};
pub use ours::{ours, zone_of};
pub use world::world;
