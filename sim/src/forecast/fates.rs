//! Whom it happens to that something goes wrong: Pods that come with the change, not those that were there before it.

use steadfast_core::sorted::SortedSet;

use super::counts::Census;
use crate::cluster::Cluster;
use crate::settings::{Behaviour, What};
use crate::store::{Key, Resource};
use crate::view;

/// The behaviours as they are to stand in the settings. How a Pod stops concerns those that are there too.
pub(super) fn of_new_pods(
    cluster: &Cluster,
    set: &Key,
    before: &Census,
    faulty: Vec<Behaviour>,
) -> Vec<Behaviour> {
    let is_about_end = |b: &Behaviour| matches!(b.what, What::SlowTermination { .. } | What::NeverTerminates);
    let (ends, mut behaviours): (Vec<Behaviour>, Vec<Behaviour>) = faulty.into_iter().partition(is_about_end);
    if !behaviours.is_empty() {
        behaviours.extend(well(cluster, set, before));
    }
    behaviours.extend(ends);
    behaviours
}

/// Entries by which the Pods that are there stay well: by revision where it will be another, else one by one.
fn well(cluster: &Cluster, set: &Key, before: &Census) -> Vec<Behaviour> {
    let update = cluster
        .plan(set)
        .and_then(|plan| plan.status)
        .map(|status| status.update_revision);
    let mut revisions = SortedSet::new();
    let mut names = Vec::new();
    for (_, name) in before.keys() {
        let pod = cluster
            .store()
            .get(&Key::new(Resource::Pod, &set.namespace, name));
        let label = ["metadata", "labels", steadfast_core::REVISION_LABEL];
        match pod.and_then(|pod| view::text(pod, &label)) {
            Some(revision) if Some(revision) != update.as_deref() => {
                revisions.insert(revision.to_owned());
            }
            _ => names.push(name.as_str()),
        }
    }
    let by_revision = revisions.into_iter().map(|revision| {
        let pods = format!("{}-*", set.name);
        Behaviour {
            revision: Some(revision),
            ..Behaviour::new(&pods, What::Healthy)
        }
    });
    by_revision
        .chain(names.into_iter().map(|name| Behaviour::new(name, What::Healthy)))
        .collect()
}
