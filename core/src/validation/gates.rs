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
    /// A policy on SELinux labels may be another than `Recursive`.
    SELinuxMount,
    /// An IP address has no leading zeros and is no IPv4 address in the guise of IPv6.
    StrictIPCIDRValidation,
    /// A toleration may compare numbers.
    TaintTolerationComparisonOperators,
    /// A user namespace goes together with the host's network.
    UserNamespacesHostNetworkSupport,
}

impl PodGate {
    /// The first minor version in which it is on by default.
    const fn since(self) -> u8 {
        match self {
            Self::StrictIPCIDRValidation => 36,
            Self::SELinuxMount => 37,
            Self::TaintTolerationComparisonOperators | Self::UserNamespacesHostNetworkSupport => NOT_YET,
        }
    }
}

const NOT_YET: u8 = u8::MAX;
