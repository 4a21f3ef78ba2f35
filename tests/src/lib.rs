//! What the tests share: random worlds, the comparison with upstream, the runner of text cases.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

pub mod admission;
pub mod cases;
pub mod cel;
pub mod conformance;
pub mod counterfactual;
pub mod dns;
pub mod dry_run;
pub mod explained;
pub mod lockstep;
pub mod native;
pub mod recorded;
pub mod reviews;
pub mod stable;
pub mod stuck;
pub mod templates;
pub mod worlds;
pub mod yaml;
