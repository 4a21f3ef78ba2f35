//! Which revision is current, and which the update leads to; the latter is created or renumbered where it must be.
//!
//! Source: `stateful_set_control.go` (`getStatefulSetRevisions`) and `history/controller_history.go`
//! (`CreateControllerRevision`).

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::{Call, Stopped};
use crate::canonical::{UnknownFields, restored_template};
use crate::identity::HASH_LABEL;
use crate::object::{edit, without_nulls};
use crate::observed::{Observed, Revision, StatefulSet};
use crate::owner::set_reference;
use crate::plan::{Kind, Operation, Reason, Wait, WaitCode};
use crate::revision::{RevisionData, revision_name, stored_template};
use crate::{Gate, Profile};

/// The revisions of this call.
pub(super) struct Chosen<'a> {
    pub current: Target<'a>,
    pub update: Target<'a>,
    pub collision_count: i32,
}

/// A revision that Pods are made from.
#[derive(Clone)]
pub(super) enum Target<'a> {
    /// One that was observed.
    Observed(&'a Revision),
    /// One that this call creates from the set's own template: as it reads back from the revision's bytes, since Go's
    /// numbers lose digits on the way (2^62 becomes 4611686018427388000).
    New {
        name: String,
        template: Result<Option<Value>, String>,
    },
}

impl<'a> Target<'a> {
    pub fn name(&self) -> &str {
        match self {
            Self::Observed(revision) => &revision.metadata.name,
            Self::New { name, .. } => name,
        }
    }

    /// The pod template, as the revision keeps it; `own` is the set's.
    pub fn template<'t>(&'t self, own: &'t Value) -> &'t Value {
        self.stored()
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .unwrap_or(own)
    }

    fn stored(&self) -> &Result<Option<Value>, String> {
        match self {
            Self::Observed(revision) => &revision.template,
            Self::New { template, .. } => template,
        }
    }
}

/// Chooses both revisions; `history` is sorted, oldest first.
pub(super) fn choose<'a>(
    observed: &'a Observed,
    history: &[&'a Revision],
    profile: &Profile,
    draft: &mut Draft,
) -> Chosen<'a> {
    let set = observed.set();
    let mut collision_count = set.status.collision_count.unwrap_or(0);
    let data = set.revision_data(profile);
    let next = history.last().map_or(1, |newest| newest.number.wrapping_add(1));
    // Upstream compares the newest with the last equal one, not with the set's data: with hash labels in the
    // comparison (until 1.34.1) the two are not the same question.
    let equal = history
        .iter()
        .rfind(|revision| is_equal(revision, &data, collision_count, profile));
    let newest = history.last();
    let update = match (equal, newest) {
        (Some(equal), Some(newest)) if is_same(newest, equal, profile) => Target::Observed(newest),
        (Some(equal), _) => {
            renumber(equal, next, draft);
            Target::Observed(equal)
        }
        (None, Some(newest)) if means_the_same(newest, set, &data, profile) => Target::Observed(newest),
        (None, _) => create(observed, &data, next, &mut collision_count, draft),
    };
    let current = history
        .iter()
        .find(|revision| *revision.metadata.name == *set.status.current_revision);
    let current = current.map_or_else(|| update.clone(), |revision| Target::Observed(revision));
    Chosen {
        current,
        update,
        collision_count,
    }
}

/// Upstream applies both revisions to the set before it looks at a Pod; one that cannot be applied ends the call.
pub(super) fn check_readable(call: &Call<'_>, draft: &mut Draft) -> Result<(), Stopped> {
    for target in [&call.chosen.current, &call.chosen.update] {
        if let Err(detail) = target.stored() {
            let wait = Wait::new(
                WaitCode::RevisionUnreadable,
                Kind::ControllerRevision,
                target.name(),
            );
            return draft.stop(wait.detailed(detail.clone()));
        }
    }
    Ok(())
}

/// Whether an observed revision holds the set's data.
fn is_equal(revision: &Revision, data: &RevisionData, collision_count: i32, profile: &Profile) -> bool {
    let has_other_label = || labels_differ(hash_label(revision), Some(&data.hash(collision_count)));
    revision.data.bytes() == data.bytes() && !(profile.compares_hash_labels() && has_other_label())
}

/// Whether two observed revisions hold the same data.
fn is_same(one: &Revision, other: &Revision, profile: &Profile) -> bool {
    one.data.bytes() == other.data.bytes()
        && !(profile.compares_hash_labels() && labels_differ(hash_label(one), hash_label(other)))
}

/// Whether the newest revision, restored to the set and defaulted, gives the set's data: it was written by another
/// Kubernetes, and nothing is to be rolled out for that.
///
/// Source: `stateful_set_control.go` (`setMatchesLatestExistingRevision`), k/k#134773.
fn means_the_same(newest: &Revision, set: &StatefulSet, data: &RevisionData, profile: &Profile) -> bool {
    if !profile.is_enabled(Gate::StatefulSetSemanticRevisionComparison) {
        return false;
    }
    let Ok(template) = &newest.template else {
        return false;
    };
    let template = template.as_ref().unwrap_or(set.template());
    restored_template(template, profile, UnknownFields::Drop).is_ok_and(|restored| {
        RevisionData::of_template(&restored, profile.writes_null_creation_timestamp()).bytes() == data.bytes()
    })
}

fn hash_label(revision: &Revision) -> Option<&str> {
    revision.metadata.labels.value(HASH_LABEL)
}

fn labels_differ(one: Option<&str>, other: Option<&str>) -> bool {
    let number = |label: Option<&str>| label.and_then(|label| label.parse::<i32>().ok());
    matches!((number(one), number(other)), (Some(one), Some(other)) if one != other)
}

/// An earlier revision becomes the newest: a rollback.
fn renumber(revision: &Revision, next: i64, draft: &mut Draft) {
    let mut object = without_nulls(revision.object());
    if let Value::Object(object) = &mut object {
        object.insert("apiVersion".into(), json!("apps/v1"));
        object.insert("kind".into(), json!("ControllerRevision"));
        object.insert("revision".into(), json!(next));
        // Data goes back as it came, nulls included (Kubernetes up to 1.33 wrote `creationTimestamp: null`): it is immutable.
        if let Some(data) = revision.object.field("data").filter(|data| !data.is_null()) {
            object.insert("data".into(), data.clone());
        }
    }
    let reason = Reason::Rollback {
        from: revision.number,
        to: next,
    };
    draft.push_revision(
        Operation::UpdateControllerRevision { object },
        &*revision.metadata.name,
        reason,
    );
}

/// A new revision under the first name that is free. A name that is taken by equal data is used as it is, whoever owns
/// it; one that is taken by other data raises the collision count.
fn create<'a>(
    observed: &'a Observed,
    data: &RevisionData,
    number: i64,
    collision_count: &mut i32,
    draft: &mut Draft,
) -> Target<'a> {
    let set = observed.set();
    // The label keeps the hash of the first try, though the name may get another.
    let label = data.hash(*collision_count);
    let mut collisions = 0u32;
    loop {
        let name = revision_name(set.name(), &data.hash(*collision_count));
        match observed.revision(&name) {
            Some(taken) if taken.data.bytes() == data.bytes() => return Target::Observed(taken),
            // Each taken name is an observed revision; hashes repeat so seldom that this ends soon after their number.
            Some(_) => {
                *collision_count = collision_count.wrapping_add(1);
                collisions = collisions.saturating_add(1);
            }
            None => {
                let object = new_revision(set, data, number, &name, &label);
                let operation = Operation::CreateControllerRevision { object };
                draft.push_revision(operation, name.clone(), Reason::NewTemplate { collisions });
                return Target::New {
                    name,
                    template: stored_template(Some(&data.value())),
                };
            }
        }
    }
}

/// Source: `stateful_set_utils.go`, `newRevision`: the template's labels, all of the set's annotations.
fn new_revision(set: &StatefulSet, data: &RevisionData, number: i64, name: &str, hash: &str) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".into(), json!(name));
    metadata.insert("namespace".into(), json!(set.namespace()));
    let labels = set
        .template()
        .get("metadata")
        .and_then(|metadata| metadata.get("labels"));
    if let Some(labels) = labels.filter(|labels| labels.is_object()) {
        metadata.insert("labels".into(), without_nulls(labels));
    }
    edit(&mut metadata, "labels", |labels| {
        drop(labels.insert(HASH_LABEL.into(), json!(hash)))
    });
    if let Some(annotations) = set.annotations().filter(|annotations| !annotations.is_empty()) {
        metadata.insert("annotations".into(), Value::Object(annotations.clone()));
    }
    metadata.insert("ownerReferences".into(), json!([set_reference(set)]));
    json!({
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": metadata,
        "data": data.value(),
        "revision": number,
    })
}
