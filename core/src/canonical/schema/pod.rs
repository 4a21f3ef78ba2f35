//! Pod templates. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Bool, Int32, Int64, Quantity, Text};
use super::Shape::{List, Map, One};
use super::container::{
    APP_ARMOR_PROFILE, CONTAINER, EPHEMERAL_CONTAINER, RESOURCE_REQUIREMENTS, SE_LINUX_OPTIONS,
    SECCOMP_PROFILE, WINDOWS_SECURITY_CONTEXT_OPTIONS,
};
use super::metadata::{LABEL_SELECTOR, LOCAL_OBJECT_REFERENCE, OBJECT_META};
use super::volume::VOLUME;
use super::{Default, Struct, field};
use crate::canonical::rules::Rule;

pub(in crate::canonical) static AFFINITY: Struct = Struct {
    rule: None,
    fields: &[
        field("nodeAffinity", One(Kind::Struct(&NODE_AFFINITY))).pointer(),
        field("podAffinity", One(Kind::Struct(&POD_AFFINITY))).pointer(),
        field("podAntiAffinity", One(Kind::Struct(&POD_ANTI_AFFINITY))).pointer(),
    ],
};

pub(in crate::canonical) static EVICTION_RESPONDER: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always().since(37),
        field("priority", One(Int32)).pointer().always().since(37),
    ],
};

pub(in crate::canonical) static HOST_ALIAS: Struct = Struct {
    rule: None,
    fields: &[field("hostnames", List(Text)), field("ip", One(Text)).always()],
};

pub(in crate::canonical) static NODE_AFFINITY: Struct = Struct {
    rule: None,
    fields: &[
        field(
            "preferredDuringSchedulingIgnoredDuringExecution",
            List(Kind::Struct(&PREFERRED_SCHEDULING_TERM)),
        ),
        field(
            "requiredDuringSchedulingIgnoredDuringExecution",
            One(Kind::Struct(&NODE_SELECTOR)),
        )
        .pointer(),
    ],
};

pub(in crate::canonical) static NODE_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[field("nodeSelectorTerms", List(Kind::Struct(&NODE_SELECTOR_TERM))).always()],
};

pub(in crate::canonical) static NODE_SELECTOR_REQUIREMENT: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always(),
        field("operator", One(Text)).always(),
        field("values", List(Text)),
    ],
};

pub(in crate::canonical) static NODE_SELECTOR_TERM: Struct = Struct {
    rule: None,
    fields: &[
        field("matchExpressions", List(Kind::Struct(&NODE_SELECTOR_REQUIREMENT))),
        field("matchFields", List(Kind::Struct(&NODE_SELECTOR_REQUIREMENT))),
    ],
};

pub(in crate::canonical) static POD_AFFINITY: Struct = Struct {
    rule: None,
    fields: &[
        field(
            "preferredDuringSchedulingIgnoredDuringExecution",
            List(Kind::Struct(&WEIGHTED_POD_AFFINITY_TERM)),
        ),
        field(
            "requiredDuringSchedulingIgnoredDuringExecution",
            List(Kind::Struct(&POD_AFFINITY_TERM)),
        ),
    ],
};

pub(in crate::canonical) static POD_AFFINITY_TERM: Struct = Struct {
    rule: None,
    fields: &[
        field("labelSelector", One(Kind::Struct(&LABEL_SELECTOR))).pointer(),
        field("matchLabelKeys", List(Text)),
        field("mismatchLabelKeys", List(Text)),
        field("namespaceSelector", One(Kind::Struct(&LABEL_SELECTOR))).pointer(),
        field("namespaces", List(Text)),
        field("topologyKey", One(Text)).always(),
    ],
};

pub(in crate::canonical) static POD_ANTI_AFFINITY: Struct = Struct {
    rule: None,
    fields: &[
        field(
            "preferredDuringSchedulingIgnoredDuringExecution",
            List(Kind::Struct(&WEIGHTED_POD_AFFINITY_TERM)),
        ),
        field(
            "requiredDuringSchedulingIgnoredDuringExecution",
            List(Kind::Struct(&POD_AFFINITY_TERM)),
        ),
    ],
};

pub(in crate::canonical) static POD_DNS_CONFIG: Struct = Struct {
    rule: None,
    fields: &[
        field("nameservers", List(Text)),
        field("options", List(Kind::Struct(&POD_DNS_CONFIG_OPTION))),
        field("searches", List(Text)),
    ],
};

pub(in crate::canonical) static POD_DNS_CONFIG_OPTION: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)), field("value", One(Text)).pointer()],
};

pub(in crate::canonical) static POD_OS: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)).always()],
};

pub(in crate::canonical) static POD_READINESS_GATE: Struct = Struct {
    rule: None,
    fields: &[field("conditionType", One(Text)).always()],
};

pub(in crate::canonical) static POD_RESOURCE_CLAIM: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always(),
        field("resourceClaimName", One(Text)).pointer(),
        field("resourceClaimTemplateName", One(Text)).pointer(),
    ],
};

pub(in crate::canonical) static POD_SCHEDULING_GATE: Struct = Struct {
    rule: None,
    fields: &[field("name", One(Text)).always()],
};

pub(in crate::canonical) static POD_SCHEDULING_GROUP: Struct = Struct {
    rule: None,
    fields: &[field("podGroupName", One(Text)).pointer().since(36)],
};

pub(in crate::canonical) static POD_SECURITY_CONTEXT: Struct = Struct {
    rule: None,
    fields: &[
        field("appArmorProfile", One(Kind::Struct(&APP_ARMOR_PROFILE))).pointer(),
        field("fsGroup", One(Int64)).pointer(),
        field("fsGroupChangePolicy", One(Text)).pointer(),
        field("runAsGroup", One(Int64)).pointer(),
        field("runAsNonRoot", One(Bool)).pointer(),
        field("runAsUser", One(Int64)).pointer(),
        field("seLinuxChangePolicy", One(Text)).pointer(),
        field("seLinuxOptions", One(Kind::Struct(&SE_LINUX_OPTIONS))).pointer(),
        field("seccompProfile", One(Kind::Struct(&SECCOMP_PROFILE))).pointer(),
        field("supplementalGroups", List(Int64)),
        field("supplementalGroupsPolicy", One(Text)).pointer(),
        field("sysctls", List(Kind::Struct(&SYSCTL))),
        field(
            "windowsOptions",
            One(Kind::Struct(&WINDOWS_SECURITY_CONTEXT_OPTIONS)),
        )
        .pointer(),
    ],
};

pub(in crate::canonical) static POD_SPEC: Struct = Struct {
    rule: Some(Rule::PodSpec),
    fields: &[
        field("activeDeadlineSeconds", One(Int64)).pointer(),
        field("affinity", One(Kind::Struct(&AFFINITY))).pointer(),
        field("automountServiceAccountToken", One(Bool)).pointer(),
        field("containers", List(Kind::Struct(&CONTAINER))).always(),
        field("dnsConfig", One(Kind::Struct(&POD_DNS_CONFIG))).pointer(),
        field("dnsPolicy", One(Text)).or(&Default::Text("ClusterFirst")),
        field("enableServiceLinks", One(Bool)).pointer(),
        field("ephemeralContainers", List(Kind::Struct(&EPHEMERAL_CONTAINER))),
        field("evictionResponders", List(Kind::Struct(&EVICTION_RESPONDER))).since(37),
        field("hostAliases", List(Kind::Struct(&HOST_ALIAS))),
        field("hostIPC", One(Bool)),
        field("hostNetwork", One(Bool)),
        field("hostPID", One(Bool)),
        field("hostUsers", One(Bool)).pointer(),
        field("hostname", One(Text)),
        field("hostnameOverride", One(Text)).pointer().since(34),
        field("imagePullSecrets", List(Kind::Struct(&LOCAL_OBJECT_REFERENCE))),
        field("initContainers", List(Kind::Struct(&CONTAINER))),
        field("nodeName", One(Text)),
        field("nodeSelector", Map(Text)),
        field("os", One(Kind::Struct(&POD_OS))).pointer(),
        field("overhead", Map(Quantity)),
        field("preemptionPolicy", One(Text)).pointer(),
        field("priority", One(Int32)).pointer(),
        field("priorityClassName", One(Text)),
        field("readinessGates", List(Kind::Struct(&POD_READINESS_GATE))),
        field("resourceClaims", List(Kind::Struct(&POD_RESOURCE_CLAIM))),
        field("resources", One(Kind::Struct(&RESOURCE_REQUIREMENTS))).pointer(),
        field("restartPolicy", One(Text)).or(&Default::Text("Always")),
        field("runtimeClassName", One(Text)).pointer(),
        field("schedulerName", One(Text)).or(&Default::Text("default-scheduler")),
        field("schedulingGates", List(Kind::Struct(&POD_SCHEDULING_GATE))),
        field("schedulingGroup", One(Kind::Struct(&POD_SCHEDULING_GROUP)))
            .pointer()
            .since(36),
        field("securityContext", One(Kind::Struct(&POD_SECURITY_CONTEXT)))
            .pointer()
            .or(&Default::Struct),
        field("serviceAccount", One(Text)),
        field("serviceAccountName", One(Text)),
        field("setHostnameAsFQDN", One(Bool)).pointer(),
        field("shareProcessNamespace", One(Bool)).pointer(),
        field("subdomain", One(Text)),
        field("terminationGracePeriodSeconds", One(Int64))
            .pointer()
            .or(&Default::Int(30)),
        field("tolerations", List(Kind::Struct(&TOLERATION))),
        field(
            "topologySpreadConstraints",
            List(Kind::Struct(&TOPOLOGY_SPREAD_CONSTRAINT)),
        ),
        field("volumes", List(Kind::Struct(&VOLUME))),
        field("workloadRef", One(Kind::Struct(&WORKLOAD_REFERENCE)))
            .pointer()
            .since(35)
            .until(35),
    ],
};

pub(in crate::canonical) static POD_TEMPLATE_SPEC: Struct = Struct {
    rule: Some(Rule::PodTemplate),
    fields: &[
        field("metadata", One(Kind::Struct(&OBJECT_META))).always(),
        field("spec", One(Kind::Struct(&POD_SPEC))).always(),
    ],
};

pub(in crate::canonical) static PREFERRED_SCHEDULING_TERM: Struct = Struct {
    rule: None,
    fields: &[
        field("preference", One(Kind::Struct(&NODE_SELECTOR_TERM))).always(),
        field("weight", One(Int32)).always(),
    ],
};

pub(in crate::canonical) static SYSCTL: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always(),
        field("value", One(Text)).always(),
    ],
};

pub(in crate::canonical) static TOLERATION: Struct = Struct {
    rule: None,
    fields: &[
        field("effect", One(Text)),
        field("key", One(Text)),
        field("operator", One(Text)),
        field("tolerationSeconds", One(Int64)).pointer(),
        field("value", One(Text)),
    ],
};

pub(in crate::canonical) static TOPOLOGY_SPREAD_CONSTRAINT: Struct = Struct {
    rule: None,
    fields: &[
        field("labelSelector", One(Kind::Struct(&LABEL_SELECTOR))).pointer(),
        field("matchLabelKeys", List(Text)),
        field("maxSkew", One(Int32)).always(),
        field("minDomains", One(Int32)).pointer(),
        field("nodeAffinityPolicy", One(Text)).pointer(),
        field("nodeTaintsPolicy", One(Text)).pointer(),
        field("topologyKey", One(Text)).always(),
        field("whenUnsatisfiable", One(Text)).always(),
    ],
};

pub(in crate::canonical) static WEIGHTED_POD_AFFINITY_TERM: Struct = Struct {
    rule: None,
    fields: &[
        field("podAffinityTerm", One(Kind::Struct(&POD_AFFINITY_TERM))).always(),
        field("weight", One(Int32)).always(),
    ],
};

pub(in crate::canonical) static WORKLOAD_REFERENCE: Struct = Struct {
    rule: None,
    fields: &[
        field("name", One(Text)).always().since(35).until(35),
        field("podGroup", One(Text)).always().since(35).until(35),
        field("podGroupReplicaKey", One(Text)).since(35).until(35),
    ],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (&AFFINITY, "Affinity"),
    (&EVICTION_RESPONDER, "EvictionResponder"),
    (&HOST_ALIAS, "HostAlias"),
    (&NODE_AFFINITY, "NodeAffinity"),
    (&NODE_SELECTOR, "NodeSelector"),
    (&NODE_SELECTOR_REQUIREMENT, "NodeSelectorRequirement"),
    (&NODE_SELECTOR_TERM, "NodeSelectorTerm"),
    (&POD_AFFINITY, "PodAffinity"),
    (&POD_AFFINITY_TERM, "PodAffinityTerm"),
    (&POD_ANTI_AFFINITY, "PodAntiAffinity"),
    (&POD_DNS_CONFIG, "PodDNSConfig"),
    (&POD_DNS_CONFIG_OPTION, "PodDNSConfigOption"),
    (&POD_OS, "PodOS"),
    (&POD_READINESS_GATE, "PodReadinessGate"),
    (&POD_RESOURCE_CLAIM, "PodResourceClaim"),
    (&POD_SCHEDULING_GATE, "PodSchedulingGate"),
    (&POD_SCHEDULING_GROUP, "PodSchedulingGroup"),
    (&POD_SECURITY_CONTEXT, "PodSecurityContext"),
    (&POD_SPEC, "PodSpec"),
    (&POD_TEMPLATE_SPEC, "PodTemplateSpec"),
    (&PREFERRED_SCHEDULING_TERM, "PreferredSchedulingTerm"),
    (&SYSCTL, "Sysctl"),
    (&TOLERATION, "Toleration"),
    (&TOPOLOGY_SPREAD_CONSTRAINT, "TopologySpreadConstraint"),
    (&WEIGHTED_POD_AFFINITY_TERM, "WeightedPodAffinityTerm"),
    (&WORKLOAD_REFERENCE, "WorkloadReference"),
];
