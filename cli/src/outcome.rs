//! How a command ends.

use std::process::ExitCode;

/// The exit codes of `wire.md`, "Command line conventions".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Stable, clean, nothing to do.
    Fine,
    /// The rollout ends blocked.
    Blocked,
    /// An API server would refuse the manifest.
    Refused,
    /// A policy denies the change.
    Denied,
    /// Two manifests differ.
    Different,
    /// Bad input or usage.
    BadInput,
    /// The end was not reached.
    Unfinished,
    /// The cluster cannot be reached, or may not be read.
    Unseen,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::Blocked | Self::Refused | Self::Denied | Self::Different => 1,
            Self::BadInput => 2,
            Self::Unfinished => 3,
            Self::Unseen => 4,
        })
    }
}
