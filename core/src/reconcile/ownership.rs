//! The first passes: revisions and Pods that nobody controls are adopted, Pods that no longer belong are released.
//!
//! Source: `stateful_set.go` (`adoptOrphanRevisions`, `getPodsForStatefulSet`) and `controller_ref_manager.go`
//! (`ClaimObject`).

use std::borrow::Cow;

use super::Stopped;
use super::draft::Draft;
use crate::Profile;
use crate::observed::{Facts, Observed, Pod, Revision};
use crate::owner::{self, Claim};
use crate::plan::{Kind, Operation, Reason, Wait, WaitCode};

/// Adopts matching orphan revisions one by one, in order of names. A set that is being deleted adopts nothing: upstream
/// returns an error then, before anything else is done.
pub(super) fn adopt_revisions(
    observed: &Observed,
    history: &[&Revision],
    draft: &mut Draft,
) -> Result<(), Stopped> {
    let set = observed.set();
    for orphan in history
        .iter()
        .filter(|revision| revision.metadata.controller().is_none())
    {
        let name = &*orphan.metadata.name;
        if set.metadata().is_terminating() {
            return draft.stop(Wait::new(
                WaitCode::RevisionAdoption,
                Kind::ControllerRevision,
                name,
            ));
        }
        let patch = owner::adoption(set, &orphan.metadata);
        draft.push_revision(Operation::AdoptControllerRevision { patch }, name, Reason::Orphan);
    }
    Ok(())
}

/// The Pods that a set decides about, in order of ordinals.
pub(super) enum Claimed<'a> {
    /// All that there are: a list of them is made where it is asked for.
    All(&'a Observed),
    /// These.
    Some(Vec<&'a Pod>),
}

impl<'a> Claimed<'a> {
    pub fn list(&self) -> Cow<'_, [&'a Pod]> {
        match self {
            Self::All(observed) => {
                let mut pods = Vec::with_capacity(observed.pod_count());
                observed.pods().for_each(|pod| pods.push(pod));
                Cow::Owned(pods)
            }
            Self::Some(pods) => Cow::Borrowed(pods),
        }
    }
}

/// Claims the Pods that are the set's, those among them that it adopts in this very call.
pub(super) fn claim_pods<'a>(observed: &'a Observed, profile: &Profile, draft: &mut Draft) -> Claimed<'a> {
    let set = observed.set();
    let (is_deleted, is_whole) = (set.metadata().is_terminating(), profile.pods_by_whole_owner());
    let own = if is_whole { Facts::OWN_BY_WHOLE } else { Facts::OWN };
    draft.end_batch();
    let are_own = observed
        .pods()
        .fold(true, |are_own, pod| are_own & pod.facts.has(own));
    if are_own {
        return Claimed::All(observed);
    }
    let mut claimed = Vec::with_capacity(observed.pod_count());
    let mut has_adopted = false;
    observed.pods().for_each(|pod| {
        if pod.facts.has(own) {
            claimed.push(pod);
            return;
        }
        let standing = &pod.standing;
        match standing.claim(is_whole) {
            Claim::Owned if !is_deleted => {
                let reason = if standing.is_selected {
                    Reason::NameMismatch
                } else {
                    Reason::SelectorMismatch
                };
                let patch = owner::release(set, &pod.metadata);
                draft.push(Operation::ReleasePod { patch }, pod.name(), pod.name(), reason);
            }
            Claim::Orphan if standing.is_match() && !is_deleted && !pod.is_terminating() => {
                let patch = owner::adoption(set, &pod.metadata);
                draft.push(
                    Operation::AdoptPod { patch },
                    pod.name(),
                    pod.name(),
                    Reason::Orphan,
                );
                claimed.push(pod);
                has_adopted = true;
            }
            _ => {}
        }
    });
    draft.end_batch();
    if has_adopted && profile.lists_orphans_last() {
        // Of two Pods with one ordinal, the one just adopted has the place.
        claimed.sort_unstable_by_key(|pod| (pod.ordinal(), pod.metadata.controller().is_none(), pod.name()));
    }
    Claimed::Some(claimed)
}
