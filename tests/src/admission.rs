//! What an API server says of a manifest, and what the core says: mutated manifests and pairs of them on both sides.
//!
//! Everything comes from a seed. A manifest is one of the bases with up to four fields mutated; an update begins with one
//! that upstream took, in the form in which it would be stored.

mod bases;
mod command;
mod compare;
mod mutate;
mod names;
mod numbers;
mod options;
mod places;
mod question;
mod record;
mod rules;
mod run;
mod table;
mod tally;
mod texts;
pub mod vectors;

pub use bases::Bases;
pub use command::command;
pub use compare::{Compared, claims, compare};
pub use mutate::mutate;
pub use question::Question;
