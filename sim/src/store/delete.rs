//! DELETE: at once, with grace, or when the finalizers are done.
//!
//! Source: `apiserver/pkg/registry/rest/delete.go` (`BeforeDelete`), `generic/registry/store.go` (`Delete`,
//! `deletionFinalizersForGarbageCollection`, `markAsDeleting`), `pkg/registry/core/pod/strategy.go`
//! (`CheckGracefulDelete`).

use steadfast_core::Timestamp;

use super::key::{Key, Resource};
use super::write::{DeleteOptions, Propagation};
use super::{ApiError, Next, Object, Part, metadata, update};
use crate::view;

/// The finalizer of a deletion that waits for the dependents that block it.
pub(crate) const FOREGROUND: &str = "foregroundDeletion";
/// The finalizer of a deletion that leaves the dependents alone.
pub(crate) const ORPHAN: &str = "orphan";

/// What a DELETE makes of the object.
pub(super) fn delete(
    key: &Key,
    stored: &Object,
    options: &DeleteOptions,
    wall: Timestamp,
) -> Result<Next, ApiError> {
    if let Some(uid) = options.uid.as_deref().filter(|uid| *uid != stored.uid()) {
        return Err(ApiError::other_uid_at_delete(key, uid, stored.uid()));
    }
    let now = wall.whole_seconds();
    let graceful = match (key.resource, stored.is_terminating()) {
        (Resource::Pod, false) => Some(Grace::begin(stored, options, now)),
        (Resource::Pod, true) if update::grace(stored) != 0 => match Grace::shorten(stored, options, now) {
            Some(shorter) => Some(shorter),
            // Neither the grace period nor the propagation of a deletion under way can be changed otherwise.
            None => return Ok(Next::Same),
        },
        _ => None,
    };
    let finalizers = finalizers(stored, options.propagation);
    if finalizers.is_empty() && graceful.as_ref().is_none_or(|grace| grace.seconds == 0) {
        return Ok(Next::Gone);
    }
    let grace = graceful.unwrap_or_else(|| Grace {
        at: deleted_at(stored).map_or(now, |at| at.min(now)),
        seconds: 0,
    });
    let mut object = stored.clone();
    object.edit_metadata(|metadata| {
        metadata::put_finalizers(metadata, &finalizers);
        metadata.insert("deletionTimestamp".to_owned(), grace.at.to_string().into());
        metadata.insert("deletionGracePeriodSeconds".to_owned(), grace.seconds.into());
    });
    let has_generation =
        view::number(stored, &["metadata", "generation"]).is_some_and(|generation| generation > 0);
    if has_generation && !stored.is_terminating() {
        update::raise_generation(&mut object);
    }
    Ok(if object.has_same(Part::Metadata, stored) {
        Next::Same
    } else {
        Next::Put(object)
    })
}

/// When an object that is being deleted should be gone, and how many seconds that is after the request.
struct Grace {
    at: Timestamp,
    seconds: i64,
}

impl Grace {
    /// A Pod that runs nowhere, or no longer, needs none. A negative period counts as one second.
    fn begin(pod: &Object, options: &DeleteOptions, now: Timestamp) -> Self {
        let asked = options
            .grace_seconds
            .or_else(|| view::number(pod, &["spec", "terminationGracePeriodSeconds"]));
        let is_elsewhere =
            view::text_or_empty(pod, &["spec", "nodeName"]).is_empty() || view::is_finished(pod);
        let seconds = match asked.unwrap_or_default() {
            _ if is_elsewhere => 0,
            negative if negative < 0 => 1,
            seconds => seconds,
        };
        Self {
            at: now.plus_seconds(seconds),
            seconds,
        }
    }

    /// A later request can only shorten the period; `None` where it does not.
    fn shorten(pod: &Object, options: &DeleteOptions, now: Timestamp) -> Option<Self> {
        let asked = options
            .grace_seconds
            .map(|seconds| if seconds < 0 { 1 } else { seconds })?;
        let left = update::grace(pod);
        if asked >= left {
            return None;
        }
        let at = deleted_at(pod).unwrap_or(now).plus_seconds(asked - left);
        // Where the shorter period is over already, the kubelet still gets the least there is to act on.
        Some(if at < now {
            Self {
                at: now,
                seconds: asked.min(1),
            }
        } else {
            Self { at, seconds: asked }
        })
    }
}

fn deleted_at(object: &Object) -> Option<Timestamp> {
    view::text(object, &["metadata", "deletionTimestamp"]).and_then(Timestamp::parse)
}

/// The finalizers with those of the garbage collector as the propagation asks for; without one they stay as they are.
fn finalizers(object: &Object, propagation: Option<Propagation>) -> Vec<String> {
    let stored = || metadata::finalizers(object).map(str::to_owned);
    let Some(propagation) = propagation else {
        return stored().collect();
    };
    let own = match propagation {
        Propagation::Background => None,
        Propagation::Foreground => Some(FOREGROUND),
        Propagation::Orphan => Some(ORPHAN),
    };
    stored()
        .filter(|finalizer| finalizer != FOREGROUND && finalizer != ORPHAN)
        .chain(own.map(str::to_owned))
        .collect()
}
