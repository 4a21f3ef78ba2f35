//! What one version of Kubernetes does and another does not, each difference under a name of its own.

use serde::Serialize;

use super::{Gate, Profile, Row};

/// Something that versions of Kubernetes do differently, so far as it bears on a StatefulSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "VersionBehaviour"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Behaviour {
    /// `maxUnavailable` of a rolling update is honoured.
    MaxUnavailable,
    /// Under Parallel with maxUnavailable, old Pods that are unavailable already are replaced first, outside the budget.
    UnavailableReplacedFirst,
    /// No new revision where the newest one means the same.
    SemanticRevisionComparison,
    /// Revision data writes `creationTimestamp: null` in the template's metadata.
    NullCreationTimestamp,
    /// The update strategy Recreate works.
    RecreateStrategy,
    /// The update strategy Recreate is known, be it switched on or not.
    RecreateKnown,
    /// *Unavailable* means not Running and Ready, and minReadySeconds play no part in it.
    UnhealthyIsUnavailable,
    /// minReadySeconds have passed only after, not at, the second.
    AvailableStrictlyAfter,
    /// The next call is due when the first Pod becomes available, not after minReadySeconds.
    RequeueAtNextAvailability,
    /// Two revisions also differ where both hash labels parse as different int32.
    HashLabelComparison,
    /// Pods are matched by kind, name and UID of their controller, not by UID alone.
    PodsByWholeOwner,
    /// The same for revisions.
    RevisionsByWholeOwner,
    /// Orphans are listed after owned Pods.
    OrphansListedLast,
    /// A Pod that is gone when it is to be deleted is as good as deleted.
    GonePodsCountAsDeleted,
    /// An unreadable maxUnavailable also keeps the status from being written.
    StatusReadsMaxUnavailable,
    /// An update completes under every strategy, not only under RollingUpdate.
    EveryStrategyCompletes,
    /// Conditions of the status that others wrote are kept.
    ConditionsKept,
    /// A Service's name may begin with a digit.
    RelaxedServiceNames,
    /// The fields that the API server knows, its defaults and its checks.
    ApiServer,
}

impl Behaviour {
    /// All of them; of two that would explain a difference alike, the first is the more likely.
    pub const ALL: [Self; 19] = [
        Self::MaxUnavailable,
        Self::UnavailableReplacedFirst,
        Self::SemanticRevisionComparison,
        Self::NullCreationTimestamp,
        Self::RecreateStrategy,
        Self::RecreateKnown,
        Self::UnhealthyIsUnavailable,
        Self::AvailableStrictlyAfter,
        Self::RequeueAtNextAvailability,
        Self::HashLabelComparison,
        Self::PodsByWholeOwner,
        Self::RevisionsByWholeOwner,
        Self::OrphansListedLast,
        Self::GonePodsCountAsDeleted,
        Self::StatusReadsMaxUnavailable,
        Self::EveryStrategyCompletes,
        Self::ConditionsKept,
        Self::RelaxedServiceNames,
        Self::ApiServer,
    ];

    /// The feature gate that switches it, where there is one.
    pub const fn gate(self) -> Option<Gate> {
        match self {
            Self::MaxUnavailable => Some(Gate::MaxUnavailableStatefulSet),
            Self::SemanticRevisionComparison => Some(Gate::StatefulSetSemanticRevisionComparison),
            Self::RecreateStrategy => Some(Gate::StatefulSetRecreateStrategy),
            Self::RelaxedServiceNames => Some(Gate::RelaxedServiceNameValidation),
            _ => None,
        }
    }

    /// What holds where it is on, as a clause.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::MaxUnavailable => "maxUnavailable of a rolling update is honoured",
            Self::UnavailableReplacedFirst => {
                "under Parallel, old Pods that are unavailable already are replaced first, outside the budget of maxUnavailable"
            }
            Self::SemanticRevisionComparison => {
                "a template that means the same as the newest revision makes no new one"
            }
            Self::NullCreationTimestamp => {
                "revisions write `creationTimestamp: null` into the template's metadata"
            }
            Self::RecreateStrategy => "the update strategy Recreate works",
            Self::RecreateKnown => "the update strategy Recreate is known, and not taken for RollingUpdate",
            Self::UnhealthyIsUnavailable => {
                "a Pod counts as unavailable where it is not Running and Ready, whatever minReadySeconds says"
            }
            Self::AvailableStrictlyAfter => "minReadySeconds have passed only after the second, not at it",
            Self::RequeueAtNextAvailability => {
                "the controller looks again at the moment at which the next Pod becomes available"
            }
            Self::HashLabelComparison => {
                "revisions also differ where their hash labels are different numbers"
            }
            Self::PodsByWholeOwner => {
                "Pods belong to a set by kind, name and UID of their owner, not by UID alone"
            }
            Self::RevisionsByWholeOwner => {
                "revisions belong to a set by kind, name and UID of their owner, not by UID alone"
            }
            Self::OrphansListedLast => "Pods without an owner are looked at after owned ones",
            Self::GonePodsCountAsDeleted => {
                "a Pod that is gone already when it is to be deleted is no failure"
            }
            Self::StatusReadsMaxUnavailable => {
                "a maxUnavailable that cannot be read keeps the status from being written"
            }
            Self::EveryStrategyCompletes => {
                "an update completes (currentRevision becomes updateRevision) under every strategy"
            }
            Self::ConditionsKept => "conditions that others wrote into the status are kept",
            Self::RelaxedServiceNames => "the name of a Service may begin with a digit",
            Self::ApiServer => "the API server knows other fields, has other defaults or makes other checks",
        }
    }

    /// Where it was proposed, reported or changed: `k/k#137666` is kubernetes/kubernetes#137666, `KEP-961` an enhancement.
    pub const fn reports(self) -> &'static [&'static str] {
        match self {
            // Off again in 1.35.4, on again in 1.37.
            Self::MaxUnavailable => &["KEP-961", "k/k#137904", "k/k#139466"],
            Self::UnavailableReplacedFirst => &["k/k#137409", "k/k#137666"],
            Self::SemanticRevisionComparison | Self::NullCreationTimestamp => &["k/k#134773"],
            Self::RecreateStrategy | Self::RecreateKnown => &["KEP-3541"],
            _ => &[],
        }
    }

    /// Whether the versions of a row do it, where no gate switches it.
    fn is_in(self, row: Row) -> bool {
        match self {
            Self::NullCreationTimestamp | Self::UnhealthyIsUnavailable | Self::AvailableStrictlyAfter => {
                row == Row::V1_33
            }
            Self::HashLabelComparison => row <= Row::V1_34_0,
            Self::OrphansListedLast => row >= Row::V1_34_0,
            Self::PodsByWholeOwner => row >= Row::V1_34_2,
            Self::StatusReadsMaxUnavailable => row >= Row::V1_35_0,
            Self::RequeueAtNextAvailability => row >= Row::V1_35_1,
            Self::RevisionsByWholeOwner | Self::GonePodsCountAsDeleted => row >= Row::V1_36,
            Self::UnavailableReplacedFirst
            | Self::EveryStrategyCompletes
            | Self::ConditionsKept
            | Self::RecreateKnown => row >= Row::V1_37,
            Self::MaxUnavailable
            | Self::SemanticRevisionComparison
            | Self::RecreateStrategy
            | Self::RelaxedServiceNames
            | Self::ApiServer => false,
        }
    }
}

impl Profile {
    /// Whether this Kubernetes does it. [`Behaviour::ApiServer`] is no matter of yes or no: of it this says false.
    pub fn has(&self, behaviour: Behaviour) -> bool {
        if let Some(gate) = behaviour.gate() {
            return self.is_enabled(gate);
        }
        let borrowed = self.borrowed.iter().find(|(known, _)| *known == behaviour);
        borrowed.map_or_else(|| behaviour.is_in(self.row), |(_, is_on)| *is_on)
    }

    /// What this Kubernetes and another do differently.
    ///
    /// ```
    /// use steadfast_core::{Behaviour, Profile};
    /// let [one, other] = ["1.36", "1.37"].map(|version| version.parse::<Profile>().unwrap());
    /// assert!(one.differences(&other).contains(&Behaviour::UnavailableReplacedFirst));
    /// assert!(one.differences(&one).is_empty());
    /// ```
    pub fn differences(&self, other: &Self) -> Vec<Behaviour> {
        let is_different = |behaviour: &Behaviour| match behaviour {
            Behaviour::ApiServer => self.minor() != other.minor(),
            _ => self.has(*behaviour) != other.has(*behaviour),
        };
        Behaviour::ALL.into_iter().filter(is_different).collect()
    }

    /// This Kubernetes with some behaviours of another: one that never was, to ask what a difference comes from. It has no
    /// form of its own in JSON, and is called by this version's name.
    ///
    /// ```
    /// use steadfast_core::{Behaviour, Profile};
    /// let [one, other] = ["1.36", "1.37"].map(|version| version.parse::<Profile>().unwrap());
    /// let mixed = one.borrowing(&[Behaviour::UnavailableReplacedFirst], &other);
    /// assert!(!one.differences(&mixed).is_empty());
    /// assert!(!mixed.differences(&other).contains(&Behaviour::UnavailableReplacedFirst));
    /// assert!(one.borrowing(&Behaviour::ALL, &other).differences(&other).is_empty());
    /// ```
    #[must_use]
    pub fn borrowing(&self, behaviours: &[Behaviour], other: &Self) -> Self {
        let mut mixed = self.clone();
        for behaviour in behaviours {
            let is_on = other.has(*behaviour);
            match (behaviour, behaviour.gate()) {
                (Behaviour::ApiServer, _) => mixed.borrowed_minor = Some(other.minor()),
                (_, Some(gate)) => {
                    mixed.gates.retain(|(switched, _)| *switched != gate);
                    let place = mixed.gates.partition_point(|(switched, _)| *switched < gate);
                    mixed.gates.insert(place, (gate, is_on));
                }
                (_, None) => {
                    mixed.borrowed.retain(|(known, _)| known != behaviour);
                    mixed.borrowed.push((*behaviour, is_on));
                }
            }
        }
        mixed
    }
}
