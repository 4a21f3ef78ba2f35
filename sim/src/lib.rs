//! A deterministic Kubernetes cluster in memory, with a virtual clock, that executes Steadfast's plans and nothing else.
//!
//! [`forecast()`] answers what a manifest or a change will do, to the end; [`verify()`] plays remedies; [`recreate::recreate`] a set made anew around its Pods; [`scenario::play`]
//! plays a story; [`compare::compare`] asks the same under several versions; [`Cluster`] is what they stand on. The same input and seed give the same result, byte for byte, natively and in WebAssembly:
//! virtual time is integer milliseconds, the random generator is PCG 32 (`rand_pcg`), and nothing depends on the order
//! of a hash.

pub mod clock;
pub mod cluster;
pub mod compare;
pub mod component;
mod disruption;
mod endpoints;
pub mod faults;
mod fields;
pub mod forecast;
mod garbage;
mod host;
pub mod intake;
mod kubelet;
mod nodes;
pub mod random;
pub mod recreate;
pub mod scenario;
mod scheduler;
pub mod settings;
pub mod store;
#[cfg(test)]
mod testing;
pub mod trace;
pub mod verify;
mod view;
mod volumes;

pub use cluster::Cluster;
pub use forecast::forecast;
pub use kubelet::INIT_WAITS_FOR;
pub use verify::verify;
