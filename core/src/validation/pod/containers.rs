//! The containers of a Pod template: init, ephemeral and normal ones.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `validateContainers`, `validateInitContainers`.

use super::Options;
use super::volumes::Volumes;
use crate::validation::report::{At, Report};

/// Checks all containers of `spec`.
pub(super) fn all(spec: &At<'_>, volumes: &Volumes<'_>, options: &Options<'_>, report: &mut Report) {
    let _ = (spec, volumes, options, report);
}
