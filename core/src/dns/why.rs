//! Why a name does not resolve, and what would help.

use std::fmt;

use serde::Serialize;

/// Why the name of a Pod does not resolve. Its `Display` is a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "WhyNoName"))]
#[serde(tag = "code", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Why {
    /// The set names no Service.
    NoServiceName,
    /// The name is longer than names can be.
    NameTooLong {
        /// The name.
        name: String,
    },
    /// Nothing is known of Services.
    ServiceUnseen {
        /// The Service that the set names.
        service: String,
    },
    /// There is no such Service.
    ServiceMissing {
        /// The Service that the set names.
        service: String,
    },
    /// The Service is another name for something elsewhere.
    ExternalName {
        /// The Service.
        service: String,
        /// What it stands for.
        external_name: String,
    },
    /// The Service selects nothing, so nothing makes EndpointSlices for it.
    NoSelector {
        /// The Service.
        service: String,
    },
    /// There is no Pod.
    PodMissing {
        /// Its name.
        pod: String,
    },
    /// The Service does not select the Pod.
    SelectorMismatch {
        /// The Service.
        service: String,
        /// The Pod.
        pod: String,
        /// What the selector asks for and the Pod has not, as `KEY=VALUE`.
        lacking: Vec<String>,
    },
    /// The Pod was made for another Service, or for none.
    OtherSubdomain {
        /// The Pod.
        pod: String,
        /// The Service that the set names.
        service: String,
        /// The Pod's `spec.subdomain`; empty where it has none.
        subdomain: String,
    },
    /// The Pod calls itself something else.
    OtherHostname {
        /// The Pod.
        pod: String,
        /// Its `spec.hostname`; empty where it has none.
        hostname: String,
    },
    /// The Pod has ended.
    Finished {
        /// The Pod.
        pod: String,
        /// `Succeeded` or `Failed`.
        phase: String,
    },
    /// The Pod has no address yet.
    NoAddress {
        /// The Pod.
        pod: String,
    },
    /// The Pod has no address of a family that the Service asks for.
    NoAddressOfFamily {
        /// The Pod.
        pod: String,
        /// The Service.
        service: String,
        /// `IPv4` or `IPv6`.
        family: String,
    },
    /// The Pod's node is gone.
    NodeMissing {
        /// The Pod.
        pod: String,
        /// The node.
        node: String,
    },
    /// The Pod is being deleted.
    Terminating {
        /// The Pod.
        pod: String,
    },
    /// The Pod is not Ready, and its Service publishes only Pods that are.
    NotReady {
        /// The Pod.
        pod: String,
        /// The Service.
        service: String,
    },
    /// The EndpointSlices that were observed do not have it, and nothing else explains it.
    NotInSlices {
        /// The Pod.
        pod: String,
        /// The Service.
        service: String,
    },
}

/// What is to be known of a name that resolves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "NameCaveat"))]
#[serde(tag = "code", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Caveat {
    /// The Service is not headless: CoreDNS serves the names of its endpoints all the same (`findServices`), the specification
    /// (`kubernetes/dns`, specification.md, 2.4.1) knows them of headless Services only.
    NotHeadless {
        /// The Service.
        service: String,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoServiceName => {
                f.write_str("the set has no serviceName: its Pods have no names of their own")
            }
            Self::NameTooLong { .. } => f.write_str(
                "a label of a name has at most 63 characters, and all of it 253: this one has more",
            ),
            Self::ServiceUnseen { service } => write!(
                f,
                "the input has no Service {service}: unless the cluster has it, the name does not exist"
            ),
            Self::ServiceMissing { service } => write!(f, "Service {service} does not exist"),
            Self::ExternalName {
                service,
                external_name,
            } => write!(
                f,
                "Service {service} is another name for {external_name} and has no endpoints"
            ),
            Self::NoSelector { service } => {
                write!(
                    f,
                    "Service {service} has no selector: nothing makes EndpointSlices for it"
                )
            }
            Self::PodMissing { pod } => write!(f, "Pod {pod} does not exist"),
            Self::SelectorMismatch {
                service,
                pod,
                lacking,
            } => write!(
                f,
                "Service {service} selects {}, and Pod {pod} has not this label",
                lacking.join(", ")
            ),
            Self::OtherSubdomain {
                pod,
                service,
                subdomain,
            } => match subdomain.as_str() {
                "" => write!(
                    f,
                    "Pod {pod} has no subdomain: it was made without Service {service}"
                ),
                other => write!(f, "Pod {pod} was made for Service {other}, not {service}"),
            },
            Self::OtherHostname { pod, hostname } => match hostname.as_str() {
                "" => write!(f, "Pod {pod} has no hostname: its name is made of its address"),
                other => write!(f, "Pod {pod} has the hostname {other}"),
            },
            Self::Finished { pod, phase } => write!(f, "Pod {pod} has ended ({phase})"),
            Self::NoAddress { pod } => write!(f, "Pod {pod} has no address yet"),
            Self::NoAddressOfFamily { pod, service, family } => write!(
                f,
                "Pod {pod} has no {family} address, and Service {service} asks for no other"
            ),
            Self::NodeMissing { pod, node } => write!(f, "node {node} of Pod {pod} does not exist"),
            Self::Terminating { pod } => write!(f, "Pod {pod} is terminating"),
            Self::NotReady { pod, service } => write!(
                f,
                "Pod {pod} is not Ready, and Service {service} publishes only Pods that are"
            ),
            Self::NotInSlices { pod, service } => {
                write!(
                    f,
                    "the EndpointSlices of Service {service} do not have Pod {pod} as ready"
                )
            }
        }
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::NotHeadless { service } = self;
        write!(
            f,
            "Service {service} is not headless: CoreDNS serves the names of its endpoints all the same, other DNS servers need not"
        )
    }
}

impl Why {
    /// What would make the name resolve, where there is something to do but wait.
    pub fn advice(&self) -> Option<String> {
        Some(match self {
            Self::NoServiceName => "serviceName cannot be set later; it needs a new set".to_owned(),
            Self::NameTooLong { .. } => "give the set a shorter name".to_owned(),
            Self::ServiceUnseen { service } => {
                format!("add Service {service} to the input, where the cluster has it")
            }
            Self::ServiceMissing { service } => format!(
                "make a Service {service} with `clusterIP: None` whose selector is a part of the template's labels"
            ),
            Self::ExternalName { service, .. } => {
                format!(
                    "make a Service with `clusterIP: None` of it; or name another one than {service} in a new set"
                )
            }
            Self::NoSelector { service } | Self::SelectorMismatch { service, .. } => {
                format!("make the selector of Service {service} a part of the template's labels")
            }
            Self::OtherSubdomain { pod, .. } | Self::OtherHostname { pod, .. } => {
                format!(
                    "a Pod keeps the name that it was made with: delete Pod {pod}, and the set makes it anew"
                )
            }
            Self::NotReady { service, .. } => format!(
                "set publishNotReadyAddresses of Service {service}, where members look for each other before they are ready"
            ),
            Self::NoAddressOfFamily { service, .. } => {
                format!("change ipFamilies of Service {service} to what the Pods have")
            }
            Self::NotInSlices { .. } => "look whether the EndpointSlice controller runs, and at labels and \
                 selector: slices written by hand are nobody else's to mend"
                .to_owned(),
            _ => return None,
        })
    }
}
