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
    /// A variable's value may come from a file in a volume.
    EnvFiles,
    /// A container may have its own restart policy, with rules on exit codes.
    ContainerRestartRules,
    /// Such a rule may restart all containers, and sidecars may have rules.
    RestartAllContainersOnContainerExits,
}

impl PodGate {
    /// The first minor version in which it is on by default.
    const fn since(self) -> u8 {
        match self {
            Self::EnvFiles | Self::ContainerRestartRules => 35,
            Self::RestartAllContainersOnContainerExits => 36,
        }
    }
}
