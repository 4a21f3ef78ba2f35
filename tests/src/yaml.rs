//! YAML read by the core and by `sigs.k8s.io/yaml`: scalars in every place in which one can stand, and documents.
//!
//! What is not written by hand comes from a seed. A scalar is compared as a value, an item, a key, and inside brackets;
//! a document as it is. The answers must be the same JSON, or two refusals, and the same about keys that stand twice.

mod command;
mod compare;
pub mod documents;
mod handmade;
mod limits;
mod mutation;
mod numbers;
mod options;
mod place;
mod quoted;
mod recorded;
mod run;
pub mod scalars;
mod table;
pub mod traps;

pub use command::command;
pub use compare::{Form, Ours, difference};
pub use handmade::all as handmade;
pub use place::PLACES;
pub use recorded::{Recorded, read as recorded};
