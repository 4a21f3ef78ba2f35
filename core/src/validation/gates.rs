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
    /// Files of volumes may belong to a user.
    AtomicWriteVolumeUserFields,
    /// Projected volumes may hold bundles of certificates.
    ClusterTrustBundleProjection,
    /// A container may have its own restart policy, with rules on exit codes.
    ContainerRestartRules,
    /// A container may choose the signal that stops it.
    ContainerStopSignals,
    /// Pods may claim devices.
    DynamicResourceAllocation,
    /// An empty directory may have a mode.
    EmptyDirVolumeMode,
    /// A variable's value may come from a file in a volume.
    EnvFiles,
    /// Who is asked before an eviction.
    EvictionRequestAPI,
    /// Probes by gRPC may use TLS.
    GRPCContainerProbeTLS,
    /// A Pod may belong to a group that is scheduled together.
    GenericWorkload,
    /// Probes by HTTP may use HTTP/2 without TLS.
    H2CContainerProbe,
    /// The name of the host may be set apart from the Pod's.
    HostnameOverride,
    /// A volume may be an OCI image.
    ImageVolume,
    /// Projected volumes may hold the Pod's own certificate.
    PodCertificateRequest,
    /// Resources of the Pod as a whole.
    PodLevelResources,
    /// A rule on a container's exit may restart all containers, and sidecars may have rules.
    RestartAllContainersOnContainerExits,
    /// Mounts may have options.
    VolumeBindMountOptions,
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
            Self::DynamicResourceAllocation | Self::PodLevelResources => 34,
            Self::ContainerRestartRules | Self::EnvFiles | Self::HostnameOverride | Self::ImageVolume => 35,
            Self::RestartAllContainersOnContainerExits => 36,
            Self::ClusterTrustBundleProjection | Self::PodCertificateRequest => 37,
            Self::AtomicWriteVolumeUserFields
            | Self::ContainerStopSignals
            | Self::EmptyDirVolumeMode
            | Self::EvictionRequestAPI
            | Self::GRPCContainerProbeTLS
            | Self::GenericWorkload
            | Self::H2CContainerProbe
            | Self::VolumeBindMountOptions => NOT_YET,
            Self::StrictIPCIDRValidation => 36,
            Self::SELinuxMount => 37,
            Self::TaintTolerationComparisonOperators | Self::UserNamespacesHostNetworkSupport => NOT_YET,
        }
    }
}

const NOT_YET: u8 = u8::MAX;
