//! Records and answers.

use serde::{Deserialize, Serialize};

/// The types of records that are served and asked for here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RecordType"))]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Kind {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// A port and the name of the host that serves it.
    Srv,
    /// The name of an address.
    Ptr,
    /// Another name.
    Cname,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::A, Self::Aaaa, Self::Srv, Self::Ptr, Self::Cname];

    /// As zone files write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Srv => "SRV",
            Self::Ptr => "PTR",
            Self::Cname => "CNAME",
        }
    }

    /// The type of this name, in capitals or not.
    ///
    /// ```
    /// use steadfast_core::dns::Kind;
    /// assert_eq!(Kind::parse("aaaa"), Some(Kind::Aaaa));
    /// assert_eq!(Kind::parse("MX"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// A record. Names stand without the dot at their end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsRecord", optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Record {
    /// Whose record it is; in an answer as it was asked for, capitals and all.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// For how many seconds it may be kept.
    pub ttl: u32,
    /// What it says, as zone files write it: an address, a name, or `PRIORITY WEIGHT PORT NAME`. Empty: an address that
    /// nobody knows yet, because its Pod or Service has yet to be made.
    pub data: String,
    /// The Pod whose address or name it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
}

/// What comes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsOutcome"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// There are records.
    Answered,
    /// The name exists, and has no record of this type.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// It is not the cluster's to answer: the resolver of the node is asked.
    Forwarded,
}

/// An answer. The order of records is the plugin's; the plugin `loadbalance` of kubeadm's Corefile deals them anew each time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DnsAnswer", optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Answer {
    /// The name that was asked for, without a dot at its end.
    pub name: String,
    /// The type that was asked for.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What came of it.
    pub outcome: Outcome,
    /// The records; after a CNAME those of the name that it leads to, where that is the cluster's.
    pub records: Vec<Record>,
    /// The addresses of the names in SRV records.
    pub additional: Vec<Record>,
    /// For how many seconds a resolver may keep a denial: the lesser of the SOA's TTL and its minimum (RFC 2308).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial_ttl: Option<u32>,
    /// The name outside of the cluster that a CNAME leads to: the resolver of the node adds its records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaves_to: Option<String>,
}

impl Answer {
    /// Whether there is a record.
    pub fn is_answered(&self) -> bool {
        self.outcome == Outcome::Answered
    }
}
