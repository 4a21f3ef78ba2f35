//! Why a set is as it is: for each ordinal its state, one verdict on the rollout, and diagnoses with remedies. Everything is
//! read from an observation and the plan that was made from it; nothing is decided anew.
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::explain::{DiagnosisCode, ProgressCode, Surroundings, explain};
//! use steadfast_core::{Observation, Observed, Profile, Timestamp, reconcile};
//!
//! let labels = json!({"app": "web"});
//! let pod = json!({"kind": "Pod", "metadata": {"name": "web-0", "labels": {"app": "web", "controller-revision-hash": "web-old"},
//!         "ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "u", "controller": true}]},
//!     "spec": {"containers": []},
//!     "status": {"phase": "Pending", "containerStatuses": [
//!         {"name": "nginx", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}});
//! let mut observation = Observation::of_value(json!({
//!     "statefulSet": {"metadata": {"name": "web", "uid": "u"}, "spec": {
//!         "replicas": 1, "selector": {"matchLabels": labels}, "podManagementPolicy": "OrderedReady",
//!         "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
//!         "template": {"metadata": {"labels": labels}, "spec": {"containers": []}}}},
//!     "pods": [pod], "persistentVolumeClaims": [], "controllerRevisions": []}))?;
//! let around = Surroundings::take(&mut observation);
//! let observed = Observed::parse(observation)?;
//! let now = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
//! let mut plan = reconcile(&observed, now, &Profile::default());
//! plan.actions.clear(); // as if the revision existed
//! let found = explain(&observed, &around, &plan, now, &Profile::default());
//! assert_eq!(found.progress.code, ProgressCode::Blocked);
//! assert_eq!(found.diagnoses[0].code, DiagnosisCode::RollbackTrap);
//! assert_eq!(found.diagnoses[0].remedies[0].commands, ["kubectl delete -n default pod web-0"]);
//! # Ok::<(), steadfast_core::Error>(())
//! ```

use serde::Serialize;

use crate::{Observed, Plan, Profile, Timestamp};

#[cfg(feature = "validation")]
mod change;
mod claims;
mod diagnosis;
mod names;
mod ordinals;
#[cfg(feature = "pages")]
mod page;
mod progress;
mod rollout;
mod scene;
mod sentence;
mod stops;
mod surroundings;
#[cfg(test)]
mod tests;
mod trouble;

#[cfg(feature = "validation")]
pub use change::explain_change;
pub use diagnosis::{Diagnosis, DiagnosisCode, ObjectName, Proposal, Severity};
#[cfg(feature = "validation")]
pub(crate) use names::selects;
pub use ordinals::{OrdinalState, PodState};
#[cfg(feature = "pages")]
pub use page::Page;
pub use progress::{Progress, ProgressCode};
pub use sentence::{reason, reason_of, wait};
pub use surroundings::Surroundings;
pub use trouble::Trouble;

use scene::Scene;

/// Why a set is as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Explanation {
    /// How far it has come.
    pub progress: Progress,
    /// The ordinals that should have a Pod, and those whose Pod should go, in order.
    pub ordinals: Vec<OrdinalState>,
    /// What is wrong or worth knowing, the worst first.
    pub diagnoses: Vec<Diagnosis>,
    /// What could not be judged, because the observation says nothing about it: names of its lists.
    pub unseen: Vec<String>,
}

/// Explains a plan by the observation that it was made from. `plan` must come from [`reconcile`](crate::reconcile) with the
/// same arguments.
pub fn explain(
    observed: &Observed,
    around: &Surroundings,
    plan: &Plan,
    now: Timestamp,
    profile: &Profile,
) -> Explanation {
    let scene = Scene::of(observed, around, plan, now, profile);
    let mut diagnoses = Vec::new();
    stops::diagnose(&scene, &mut diagnoses);
    rollout::diagnose(&scene, &mut diagnoses);
    claims::diagnose(&scene, &mut diagnoses);
    names::diagnose(&scene, &mut diagnoses);
    diagnoses.sort_by_key(|diagnosis| std::cmp::Reverse(diagnosis.severity));
    Explanation {
        progress: progress::of(&scene, &diagnoses),
        ordinals: ordinals::of(&scene),
        diagnoses,
        unseen: around.unseen(),
    }
}
