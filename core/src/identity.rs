//! Names and ordinals: which Pod is whose, by name alone.
//!
//! Source: `pkg/controller/statefulset/stateful_set_utils.go`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The label with the Pod's own name.
pub const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
/// The label with the Pod's ordinal.
pub const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";
/// The label with the name of the revision that a Pod was made from.
pub const REVISION_LABEL: &str = "controller-revision-hash";
/// The label of a ControllerRevision with the hash that it was first created for.
pub const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The number at the end of a Pod's name. 64 bits, since start and replicas may each be as large as an int32.
///
/// ```
/// use steadfast_core::Ordinal;
/// assert_eq!(Ordinal::new(3).pod_name("web").as_str(), "web-3");
/// assert_eq!(Ordinal::new(3).claim_name("data", "web").as_str(), "data-web-3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ordinal(u64);

/// The name of a Pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PodName(String);

/// The name of a PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimName(String);

/// What a Pod's name says: the set it would belong to and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership<'a> {
    /// The name of the set.
    pub parent: &'a str,
    /// The ordinal; `None` where the digits are no int32: such a Pod is a member and has no place.
    pub ordinal: Option<Ordinal>,
}

impl Ordinal {
    /// The ordinal of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The name of the Pod of `set` with this ordinal (`getPodName`).
    pub fn pod_name(self, set: &str) -> PodName {
        PodName(format!("{set}-{}", self.0))
    }

    /// The name of the claim of `template` for this ordinal of `set` (`getPersistentVolumeClaimName`). Names are made,
    /// never taken apart: `a-b-c-0` may be template `a-b` of set `c` or template `a` of set `b-c`.
    pub fn claim_name(self, template: &str, set: &str) -> ClaimName {
        ClaimName(format!("{template}-{set}-{}", self.0))
    }
}

impl fmt::Display for Ordinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

name!(PodName);
name!(ClaimName);

/// Takes a Pod's name apart as upstream does (`getParentNameAndOrdinal`): everything before the last dash, if only
/// digits follow it.
///
/// ```
/// use steadfast_core::{Ordinal, membership};
/// assert_eq!(membership("web-0-1").unwrap().parent, "web-0");
/// assert_eq!(membership("web-01").unwrap().ordinal, Some(Ordinal::new(1)));
/// assert_eq!(membership("web-99999999999").unwrap().ordinal, None);
/// assert_eq!(membership("web-x"), None);
/// ```
pub fn membership(pod: &str) -> Option<Membership<'_>> {
    let (before, digits) = pod.rsplit_once('-')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Upstream's expression is not anchored at the start and its dot stops at a line break.
    let parent = before.rsplit_once('\n').map_or(before, |(_, last)| last);
    let ordinal = digits
        .parse::<u64>()
        .ok()
        .filter(|number| *number <= i32::MAX as u64)
        .map(Ordinal);
    Some(Membership { parent, ordinal })
}

/// The number at the end of a name where it is written without leading zeros, and what stands before its dash.
pub(crate) fn split_canonical(name: &str) -> Option<(&str, u64)> {
    let (before, digits) = name.rsplit_once('-')?;
    let canonical = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    Some((before, canonical.then(|| digits.parse().ok())??))
}

/// The prefix that a created Pod carries as `generateName`: the set's name and a dash, where that can begin a name.
///
/// Source: `pkg/controller/controller_utils.go`, `getPodsPrefix`.
pub(crate) fn generate_name(set: &str) -> String {
    // The check stands a letter in for the dash and the character before it (`maskTrailingDash`).
    let mut masked = set.to_owned();
    masked.pop();
    masked.push('a');
    if is_dns_subdomain(&masked) {
        format!("{set}-")
    } else {
        set.to_owned()
    }
}

/// Source: `apimachinery/pkg/util/validation`, `IsDNS1123Subdomain`.
pub(crate) fn is_dns_subdomain(name: &str) -> bool {
    let label = |label: &str| {
        let bytes = label.as_bytes();
        let ends = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        bytes.iter().all(inner) && ends(bytes.first()) && ends(bytes.last())
    };
    name.len() <= 253 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_upstream_does() {
        let parts = |name| membership(name).map(|m| (m.parent, m.ordinal.map(Ordinal::number)));
        assert_eq!(parts("web-0"), Some(("web", Some(0))));
        assert_eq!(parts("web--1"), Some(("web-", Some(1))));
        assert_eq!(parts("web-2147483647"), Some(("web", Some(2_147_483_647))));
        assert_eq!(parts("web-2147483648"), Some(("web", None)));
        assert_eq!(parts("-0"), Some(("", Some(0))));
        for stranger in ["web", "web-", "web-+1", "web-1a", "", "-", "web-١"] {
            assert_eq!(parts(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn only_numbers_as_they_are_generated_are_canonical() {
        assert_eq!(split_canonical("data-web-10"), Some(("data-web", 10)));
        assert_eq!(split_canonical("data-web-0"), Some(("data-web", 0)));
        for other in [
            "data-web-01",
            "data-web-00",
            "data-web-",
            "data",
            "data-web-99999999999999999999",
        ] {
            assert_eq!(split_canonical(other), None, "{other}");
        }
    }
}
