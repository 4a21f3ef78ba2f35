//! Feature gates of an API server that decide about fields of a Pod template: which are on by default, since when.
//! Those that concern the set itself can be switched and are [`crate::Gate`]s.
//!
//! Source: `pkg/features/kube_features.go`.

/// Whether a gate is on in Kubernetes 1.`minor` unless somebody switches it.
pub(super) fn is_on(gate: PodGate, minor: u8) -> bool {
    minor >= gate.since()
}

/// The gates, under upstream's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PodGate {
    /// A volume may be an OCI image.
    ImageVolume,
}

impl PodGate {
    /// The first minor version in which it is on by default.
    const fn since(self) -> u8 {
        match self {
            Self::ImageVolume => 35,
        }
    }
}
