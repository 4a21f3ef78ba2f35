//! The set's revisions: which they are, in which order, and which of them go.
//!
//! Source: `history/controller_history.go` (`ListControllerRevisions`, `byRevision`) and `stateful_set_control.go`
//! (`truncateHistory`).

use super::Call;
use super::draft::Draft;
use super::ownership::Claimed;
use crate::Profile;
use crate::observed::{Observed, Revision, Selector};
use crate::owner::Claim;
use crate::plan::{Operation, Reason};

/// The revisions that the selector matches and that the set or nobody controls, in order of names. An owned one that
/// does not match is invisible, and stays.
pub(super) fn of_set<'a>(
    observed: &'a Observed,
    selector: &Selector,
    profile: &Profile,
) -> Vec<&'a Revision> {
    let whole = profile.revisions_by_whole_owner();
    let is_own = |revision: &&Revision| {
        selector.matches(&revision.metadata.labels)
            && !matches!(
                Claim::of(&revision.metadata, observed.set(), whole),
                Claim::Foreign
            )
    };
    observed.revisions().filter(is_own).collect()
}

/// Oldest first: by number, then creation, then name.
pub(super) fn sort(history: &mut [&Revision]) {
    // No two have one name. Unstable sorts are the smaller ones in WebAssembly.
    history.sort_unstable_by_key(|revision| {
        (
            revision.number,
            revision.metadata.created,
            &*revision.metadata.name,
        )
    });
}

/// Deletes the oldest revisions that nothing lives from, until `revisionHistoryLimit` of them are left. Live are the
/// current and the update revision and what any claimed Pod's label names. A negative limit keeps all.
pub(super) fn trim(call: &Call<'_>, history: &[&Revision], pods: &Claimed<'_>, draft: &mut Draft) {
    let limit = call.observed.set().spec.history_limit;
    let Ok(keep) = usize::try_from(limit) else { return };
    // Most sets have no more revisions than they may keep: then nobody need be asked what is live.
    if history.len() <= keep {
        return;
    }
    let chosen = call.chosen;
    let mut live = vec![chosen.current.name(), chosen.update.name()];
    let pods = pods.list();
    live.extend(pods.iter().map(|pod| &*pod.revision));
    live.sort_unstable();
    let past: Vec<&Revision> = history
        .iter()
        .copied()
        .filter(|revision| live.binary_search(&&*revision.metadata.name).is_err())
        .collect();
    for revision in past.iter().take(past.len().saturating_sub(keep)) {
        let uid = Some(revision.metadata.uid.to_string()).filter(|uid| !uid.is_empty());
        let name = &*revision.metadata.name;
        draft.push_revision(
            Operation::DeleteControllerRevision { uid },
            name,
            Reason::HistoryLimit { limit },
        );
    }
}
