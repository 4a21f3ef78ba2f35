//! What becomes of the Pods when a set is changed, as far as the two sets tell it.

use serde::Serialize;
use serde_json::Value;

use super::is_at_or_in;
use crate::{Gate, Profile};

/// Whether Pods restart because of a change. A Pod that restarts is deleted, and made anew with the same name and claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Restarts {
    /// No Pod is touched.
    None,
    /// RollingUpdate: the Pods from ordinal `start + partition` upwards restart, the highest first.
    Rolling,
    /// RollingUpdate, and every Pod stands below `start + partition`: none restarts until the partition is lowered.
    HeldByPartition,
    /// OnDelete: a Pod gets the new template when somebody deletes it, and not before.
    OnDelete,
    /// Recreate: all Pods are deleted, and then all made anew.
    Recreate,
    /// Nothing restarts; Pods are created or deleted, because the range of ordinals is another.
    Scaling,
    /// The old strategy may have left Pods at an earlier revision (below the partition, or under OnDelete): those restart,
    /// where there are any.
    HeldPods,
}

/// What becomes of the Pods, by ordinals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PodFates {
    /// Those that restart by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restarted: Option<Ordinals>,
    /// Those that have the old template in the end because they stand below the partition, new ones among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Ordinals>,
    /// Those that keep it until somebody deletes them (OnDelete).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<Ordinals>,
    /// Those that are new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub created: Vec<Ordinals>,
    /// Those that go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub deleted: Vec<Ordinals>,
    /// Whether the claims of those that go are deleted with their data (`whenScaled: Delete`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub claims_deleted: bool,
    #[serde(skip)]
    is_recreate: bool,
    /// The new strategy may reach Pods that the old one has left as they were.
    #[serde(skip)]
    frees_held: bool,
}

/// A run of ordinals, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Ordinals {
    /// The lowest.
    pub first: u64,
    /// The highest.
    pub last: u64,
}

impl Ordinals {
    /// How many there are.
    ///
    /// ```
    /// use steadfast_core::diff::Ordinals;
    /// assert_eq!(Ordinals { first: 2, last: 4 }.count(), 3);
    /// ```
    pub const fn count(self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// Those from `from` up to, and without, `end`.
    pub(super) const fn of(from: u64, end: u64) -> Option<Self> {
        if from < end {
            Some(Self {
                first: from,
                last: end - 1,
            })
        } else {
            None
        }
    }

    const fn from(self, first: u64) -> Option<Self> {
        let from = if self.first > first { self.first } else { first };
        Self::of(from, self.last.saturating_add(1))
    }
}

/// How a set replaces its Pods.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Strategy {
    Rolling {
        partition: u64,
    },
    OnDelete,
    Recreate,
    /// Recreate where it is switched off: the controller stops before it looks at a Pod.
    Disabled,
}

impl Strategy {
    pub(super) fn of(set: &Value, profile: &Profile) -> Self {
        let strategy = set.pointer("/spec/updateStrategy/type").and_then(Value::as_str);
        match strategy {
            Some("OnDelete") => Self::OnDelete,
            Some("Recreate") if profile.is_enabled(Gate::StatefulSetRecreateStrategy) => Self::Recreate,
            Some("Recreate") if profile.knows_recreate() => Self::Disabled,
            _ => Self::Rolling {
                partition: number(set, "/spec/updateStrategy/rollingUpdate/partition"),
            },
        }
    }

    /// How many of the lowest Pods this may leave at an earlier revision.
    const fn held(self) -> u64 {
        match self {
            Self::Rolling { partition } => partition,
            Self::OnDelete | Self::Disabled => u64::MAX,
            Self::Recreate => 0,
        }
    }
}

/// The ordinals of a set, from the first up to, and without, the last.
pub(super) fn range(set: &Value) -> (u64, u64) {
    let start = number(set, "/spec/ordinals/start");
    (start, start.saturating_add(number(set, "/spec/replicas")))
}

/// Whether the list has items.
fn has_items(set: &Value, pointer: &str) -> bool {
    set.pointer(pointer)
        .and_then(Value::as_array)
        .is_some_and(|items| !items.is_empty())
}

fn number(set: &Value, pointer: &str) -> u64 {
    set.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

impl PodFates {
    /// Of two sets in canonical form.
    pub(super) fn of(old: &Value, new: &Value, makes_revision: bool, profile: &Profile) -> Self {
        let (before, after) = (range(old), range(new));
        let survivors = Ordinals::of(before.0.max(after.0), before.1.min(after.1));
        let beside = |(start, end): (u64, u64), other: (u64, u64)| {
            let lower = Ordinals::of(start, end.min(other.0.max(start)));
            let upper = Ordinals::of(start.max(other.1.min(end)), end);
            // Ranges that do not meet: one of the two is the whole range.
            let both = if survivors.is_none() {
                [Ordinals::of(start, end), None]
            } else {
                [lower, upper]
            };
            both.into_iter().flatten().collect::<Vec<_>>()
        };
        let strategy = Strategy::of(new, profile);
        let deleted = beside(before, after);
        let has_claims = has_items(old, "/spec/volumeClaimTemplates");
        let when_scaled = new.pointer("/spec/persistentVolumeClaimRetentionPolicy/whenScaled");
        let mut fates = Self {
            restarted: None,
            held: None,
            by_hand: None,
            created: beside(after, before),
            claims_deleted: !deleted.is_empty()
                && has_claims
                && when_scaled.and_then(Value::as_str) == Some("Delete"),
            deleted,
            is_recreate: strategy == Strategy::Recreate,
            frees_held: strategy.held() < Strategy::of(old, profile).held(),
        };
        if !makes_revision {
            return fates;
        }
        match strategy {
            Strategy::Rolling { partition } => {
                let first = after.0.saturating_add(partition);
                fates.restarted = survivors.and_then(|survivors| survivors.from(first));
                // New Pods below the partition are made from the old revision, too.
                fates.held = Ordinals::of(after.0, after.1.min(first));
            }
            Strategy::Recreate => fates.restarted = survivors,
            Strategy::OnDelete => fates.by_hand = survivors,
            Strategy::Disabled => {}
        }
        fates
    }

    /// Whether Pods restart because of a change of this field.
    pub(super) fn restarts(&self, field: &str, revision: bool) -> Restarts {
        if revision {
            return match self {
                Self { by_hand: Some(_), .. } => Restarts::OnDelete,
                Self {
                    restarted: Some(_),
                    is_recreate: true,
                    ..
                } => Restarts::Recreate,
                Self {
                    restarted: Some(_), ..
                } => Restarts::Rolling,
                Self { held: Some(_), .. } => Restarts::HeldByPartition,
                _ => Restarts::None,
            };
        }
        let is_in = |room| is_at_or_in(field, room);
        let is_scaled = !(self.created.is_empty() && self.deleted.is_empty());
        if is_scaled && (is_in("spec.replicas") || is_in("spec.ordinals")) {
            Restarts::Scaling
        } else if self.frees_held && is_in("spec.updateStrategy") && !field.ends_with("maxUnavailable") {
            Restarts::HeldPods
        } else {
            Restarts::None
        }
    }
}
