//! Waits proved by counterfactual. Upstream does not say what it waits for, so a wait is put to the test: the
//! observation is edited until what the wait names is as awaited ([`grant`]), and the next decision must act on
//! something, stop elsewhere or be done. An edit that grants nothing ([`withhold`]) must change nothing.
//!
//! The judge of the next decision is upstream's controller, or, where there is no Go, the core itself.

mod answer;
mod edit;
mod examine;
mod grant;
mod judge;
mod table;
mod withhold;

pub use answer::Answer;
pub use examine::{Examined, Failure, Outcome, Proof, examine};
pub use grant::{Granted, grant};
pub use judge::{Core, Judge, Setting};
pub use table::Table;
pub use withhold::{Expected, Withheld, withhold};
