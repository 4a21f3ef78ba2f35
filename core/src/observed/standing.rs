//! What the set and a Pod are to each other, found out when one of the two changes and not in every decision.

use std::sync::Arc;

use super::{Pod, StatefulSet};
use crate::owner::Claim;
use crate::storage::Templates;

/// The answers to the questions that every decision asks of every Pod, and that need texts to be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Whose the Pod is, where an owner is known by its UID.
    by_uid: Claim,
    /// The same where the owner's kind and name count too.
    by_whole_owner: Claim,
    /// The selector matches.
    pub is_selected: bool,
    /// The Pod's name speaks of the set.
    pub is_named_after: bool,
    /// Each claim template has its volume.
    pub has_volumes: bool,
}

impl Standing {
    /// A Pod that has not been compared with its set is nobody's business.
    pub const UNKNOWN: Self = Self {
        by_uid: Claim::Foreign,
        by_whole_owner: Claim::Foreign,
        is_selected: false,
        is_named_after: false,
        has_volumes: false,
    };

    pub fn of(pod: &Pod, set: &StatefulSet, templates: &Templates<'_>) -> Self {
        let metadata = pod.metadata();
        let selector = set.selector();
        Self {
            by_uid: Claim::of(metadata, set, false),
            by_whole_owner: Claim::of(metadata, set, true),
            is_selected: selector.is_ok_and(|selector| selector.matches(&metadata.labels)),
            is_named_after: pod.parent() == Some(set.name()),
            has_volumes: templates.match_volumes(pod),
        }
    }

    /// Whether no Pod stands otherwise to `new` than it stood to `old`, an earlier state of the same set. Specs are compared
    /// when the set is read: those that are the same are shared.
    pub fn is_as_before(old: &StatefulSet, new: &StatefulSet) -> bool {
        old.metadata.uid == new.metadata.uid && Arc::ptr_eq(&old.spec, &new.spec)
    }

    /// Whether the Pod is one that the set would control.
    pub const fn is_match(&self) -> bool {
        self.is_selected && self.is_named_after
    }

    /// `whole` as for [`Claim::of`].
    pub const fn claim(&self, whole: bool) -> Claim {
        if whole { self.by_whole_owner } else { self.by_uid }
    }
}
