//! Steadfast's core: the decisions of Kubernetes' StatefulSet controller, without I/O.
//!
//! **The driver's contract in one sentence: observe the set, its Pods, claims and revisions; call [`reconcile`]; execute
//! the actions batch by batch until one contains a failure; write the status; and start again when an object changes,
//! when [`Plan::requeue_after`] is over, or, where a wait says `retry`, after a backoff.**
//!
//! ```
//! use serde_json::{Value, json};
//! use steadfast_core::{Observation, Observed, Operation, Profile, Timestamp, reconcile};
//!
//! // Observe: here a set of two that has just been created.
//! let set = json!({
//!     "apiVersion": "apps/v1", "kind": "StatefulSet",
//!     "metadata": {"name": "web", "namespace": "default", "uid": "u1", "generation": 1},
//!     "spec": {
//!         "replicas": 2, "serviceName": "web",
//!         "selector": {"matchLabels": {"app": "web"}},
//!         "template": {
//!             "metadata": {"labels": {"app": "web"}},
//!             "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}});
//! let mut observed = Observed::of_set(set)?;
//! let mut now = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
//! let mut log = Vec::new();
//!
//! loop {
//!     let plan = reconcile(&observed, now, &Profile::default());
//!     if plan.is_empty() {
//!         break;
//!     }
//!     // Execute: a real host sends these to an API server; this world lets every Pod run at once.
//!     for action in &plan.actions {
//!         log.push(format!("{} {}", action.operation.name(), action.name));
//!         if let Some(object) = action.operation.object() {
//!             let mut object = object.clone();
//!             object["metadata"]["uid"] = json!(format!("uid-of-{}", action.name));
//!             object["status"] = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
//!             observed.put(object)?;
//!         }
//!     }
//!     if let Some(status) = plan.status.filter(|_| plan.status_changed) {
//!         let mut set = observed.set().object().clone();
//!         set["status"] = serde_json::to_value(status).unwrap();
//!         observed.put(set)?;
//!     }
//!     now = now.plus_seconds(1);
//! }
//!
//! assert_eq!(log[1..], ["CreatePod web-0", "CreatePod web-1"]);
//! assert!(log[0].starts_with("CreateControllerRevision web-"));
//! # Ok::<(), steadfast_core::Error>(())
//! ```
//!
//! Read on in this order: [`Plan`] (what comes out), [`Observed`] (what goes in), [`reconcile`] (the passes in order).
//! The rules are upstream's, `k8s.io/kubernetes/pkg/controller/statefulset`; each says which function it follows.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "validation")]
pub mod admission;
pub mod canonical;
pub mod compare;
#[cfg(feature = "validation")]
pub mod diff;
pub mod dns;
mod error;
pub mod explain;
mod float;
mod health;
mod identity;
mod json;
pub mod json_text;
#[cfg(feature = "k8s-openapi")]
mod k8s_openapi;
#[cfg(all(feature = "manifest", feature = "validation"))]
pub mod lint;
#[cfg(feature = "manifest")]
pub mod manifest;
mod object;
pub mod observed;
mod owner;
mod plan;
mod profile;
mod quoted;
mod reconcile;
pub mod remedy;
mod replica;
mod revision;
pub mod sorted;
mod storage;
mod time;
#[cfg(feature = "validation")]
pub mod validation;

pub use error::{Cause, CauseType, Error, ErrorCode};
pub use float::decimal;
pub use identity::{
    ClaimName, HASH_LABEL, Membership, Ordinal, POD_INDEX_LABEL, POD_NAME_LABEL, PodName, REVISION_LABEL,
    membership,
};
pub use observed::{Observation, Observed};
pub use plan::{
    Action, Announcement, EVENT_COMPONENT, Kind, Operation, Plan, Reason, Status, Wait, WaitCode,
};
pub use profile::{Behaviour, Gate, Profile};
pub use quoted::quoted;
pub use reconcile::reconcile;
pub use revision::{RevisionData, revision_name, revision_name_of, to_go_json};
pub use time::Timestamp;
