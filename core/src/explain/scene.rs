//! What all diagnoses look at: the set's own Pods, judged once.

use super::surroundings::Surroundings;
use super::trouble::Trouble;
use crate::health::{is_available, is_running_and_ready, is_unavailable};
use crate::observed::{Pod, PodManagementPolicy, StatefulSet, StrategyType};
use crate::{Observed, Plan, Profile, Timestamp};

/// An observation, its plan, and what both say of the set's Pods.
pub(super) struct Scene<'a> {
    pub observed: &'a Observed,
    pub around: &'a Surroundings,
    pub plan: &'a Plan,
    pub now: Timestamp,
    pub profile: &'a Profile,
    /// The Pods that the set controls and that have an ordinal, in order of it.
    pub pods: Vec<Judged<'a>>,
    /// The revision that the update leads to.
    pub update_revision: &'a str,
}

/// A Pod and what is to be said of it.
pub(super) struct Judged<'a> {
    pub pod: &'a Pod,
    pub ordinal: u64,
    /// Its ordinal is one of those that should have a Pod.
    pub is_in_range: bool,
    pub is_ready: bool,
    pub is_available: bool,
    /// What counts against maxUnavailable: not available, or terminating.
    pub is_unavailable: bool,
    pub is_updated: bool,
    pub trouble: Option<Trouble>,
}

impl<'a> Scene<'a> {
    pub fn of(
        observed: &'a Observed,
        around: &'a Surroundings,
        plan: &'a Plan,
        now: Timestamp,
        profile: &'a Profile,
    ) -> Self {
        let set = observed.set();
        let written = plan.status.as_ref().map(|status| status.update_revision.as_str());
        let written = written.filter(|name| !name.is_empty());
        let update_revision = written.unwrap_or(&set.status().update_revision);
        let uid = &*set.metadata().uid;
        let own = observed.pods().filter(|pod| {
            let controller = pod.metadata().controller();
            controller.is_some_and(|controller| &*controller.uid == uid)
        });
        let pods = own.filter_map(|pod| {
            let ordinal = pod.ordinal()?;
            let available = is_available(pod, set.min_ready_seconds(), now, profile);
            Some(Judged {
                pod,
                ordinal,
                is_in_range: (set.start()..set.end()).contains(&ordinal),
                is_ready: is_running_and_ready(pod),
                is_available: available,
                is_unavailable: is_unavailable(pod, available, profile.unavailable_is_unhealthy()),
                is_updated: pod.revision() == update_revision,
                trouble: Trouble::of(pod),
            })
        });
        let mut pods: Vec<Judged<'a>> = pods.collect();
        pods.sort_by_key(|judged| judged.ordinal);
        Self {
            observed,
            around,
            plan,
            now,
            profile,
            pods,
            update_revision,
        }
    }

    pub fn set(&self) -> &'a StatefulSet {
        self.observed.set()
    }

    /// The ordinals that should have a Pod.
    pub fn replicas(&self) -> impl Iterator<Item = &Judged<'a>> {
        self.pods.iter().filter(|judged| judged.is_in_range)
    }

    /// The Pods that should go.
    pub fn condemned(&self) -> impl Iterator<Item = &Judged<'a>> {
        self.pods.iter().filter(|judged| !judged.is_in_range)
    }

    pub fn pod(&self, ordinal: u64) -> Option<&Judged<'a>> {
        let at = self.pods.partition_point(|judged| judged.ordinal < ordinal);
        self.pods.get(at).filter(|judged| judged.ordinal == ordinal)
    }

    pub fn is_ordered(&self) -> bool {
        self.set().policy() == PodManagementPolicy::OrderedReady
    }

    pub fn is_rolling(&self) -> bool {
        self.set().strategy().kind == StrategyType::RollingUpdate
    }

    /// The first ordinal that an update reaches.
    pub fn first_updated(&self) -> u64 {
        self.set().start().saturating_add(self.partition())
    }

    /// How many ordinals from the first on keep their revision.
    pub fn partition(&self) -> u64 {
        let rolling = self.set().strategy().rolling.as_ref();
        rolling.map_or(0, |rolling| rolling.partition)
    }

    /// The lowest ordinal that should have a Pod and has none.
    pub fn first_missing(&self) -> Option<u64> {
        let mut expected = self.set().start();
        for judged in self.replicas() {
            if judged.ordinal != expected {
                return Some(expected);
            }
            expected = expected.saturating_add(1);
        }
        (expected < self.set().end()).then_some(expected)
    }

    /// The lowest ordinal where an OrderedReady pass stops: without a Pod, or with one that is not available.
    pub fn first_stop(&self) -> Option<u64> {
        let missing = self.first_missing();
        let unavailable = self
            .replicas()
            .find(|judged| !judged.is_ready || !judged.is_available || judged.pod.is_terminating())
            .map(|judged| judged.ordinal);
        match (missing, unavailable) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

impl Judged<'_> {
    /// Since when it is as it is: asked to go, last ready or not, or made.
    pub fn since(&self) -> Option<Timestamp> {
        let metadata = self.pod.metadata();
        metadata.deleted.or(self.pod.ready_since()).or(metadata.created)
    }
}
