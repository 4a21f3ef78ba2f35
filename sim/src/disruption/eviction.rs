//! Evictions: deletions that ask the budget first.
//!
//! Source: `pkg/registry/core/pod/storage/eviction.go`.

use steadfast_core::observed::Document;
use steadfast_core::quoted;

use super::selector::is_selected;
use crate::store::{ApiError, DeleteOptions, Key, Resource, Store, Write};
use crate::view;

/// The deletion that an eviction of the Pod comes to, as the API server's eviction subresource decides it.
///
/// A Pod that does not run, or is being deleted, is not asked for; nor is an unready one where the budget's
/// `unhealthyPodEvictionPolicy` or enough healthy Pods allow it. Upstream also counts `disruptionsAllowed` down itself;
/// here [`Disruption`](super::Disruption) does when it is told of the deletion, so tell it before the next eviction.
///
/// # Errors
/// 404; 429 where the budget forbids it, or has not been looked at since it changed; 500 where two budgets select the Pod.
pub fn evict(store: &Store, pod: &Key) -> Result<Write, ApiError> {
    let object = store
        .get(pod)
        .filter(|_| pod.resource == Resource::Pod)
        .ok_or_else(|| ApiError::not_found(pod))?;
    let is_free = view::is_finished(object)
        || object.is_terminating()
        || view::text(object, &["status", "phase"]) == Some("Pending");
    if !is_free {
        let budgets = store.list(Resource::PodDisruptionBudget, Some(&pod.namespace));
        let mut budgets =
            budgets.filter(|(_, budget)| is_selected(view::at(budget, &["spec", "selector"]), object));
        match (budgets.next(), budgets.next()) {
            (Some((name, budget)), None) => ask(name, budget, object)?,
            (Some(_), Some(_)) => {
                let words = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
                return Err(ApiError::new(500, "InternalError", words));
            }
            _ => {}
        }
    }
    let options = DeleteOptions {
        uid: Some(object.uid().to_owned()),
        ..DeleteOptions::default()
    };
    Ok(Write::Delete {
        key: pod.clone(),
        options,
    })
}

/// Whether the budget lets the Pod go.
fn ask(name: &Key, budget: &dyn Document, pod: &dyn Document) -> Result<(), ApiError> {
    let status = |field| view::number(budget, &["status", field]).unwrap_or_default();
    if view::condition(pod, "Ready") != Some("True") {
        let policy = view::text(budget, &["spec", "unhealthyPodEvictionPolicy"]);
        let is_healthy = status("currentHealthy") >= status("desiredHealthy") && status("desiredHealthy") > 0;
        if policy == Some("AlwaysAllow") || is_healthy {
            return Ok(());
        }
    }
    let is_current =
        status("observedGeneration") >= view::number(budget, &["metadata", "generation"]).unwrap_or_default();
    match status("disruptionsAllowed") {
        1.. if is_current => Ok(()),
        negative if negative < 0 && is_current => {
            let words = format!(
                "poddisruptionbudget.policy {} is forbidden: pdb disruptions allowed is negative",
                quoted(&name.name)
            );
            Err(ApiError::new(403, "Forbidden", words))
        }
        _ => Err(ApiError::too_many_requests(
            "Cannot evict pod as it would violate the pod's disruption budget.",
        )),
    }
}
