//! What stands in for the claims and revisions of a cluster that may not be read: they are taken to be as the controller
//! wants them, so that the rest can be explained and no claim is called missing that was only not seen.

use serde_json::{Value, json};
use steadfast_core::{Observation, Observed, Operation, Plan, Profile, Timestamp, reconcile};

use crate::live::Unseen;

/// Which kinds are not seen and assumed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Assumed {
    claims: bool,
    revisions: bool,
}

/// Each round puts in all that a plan asks for; a set of which nothing is seen needs two.
const ROUNDS: usize = 8;

impl Assumed {
    /// What must be assumed where these are not seen.
    pub(super) fn of(unseen: &[Unseen]) -> Self {
        let is_unseen = |list: &str| unseen.iter().any(|unseen| unseen.resource.list == list);
        Self {
            claims: is_unseen("persistentVolumeClaims"),
            revisions: is_unseen("controllerRevisions"),
        }
    }

    /// Gives an observation the lists that it needs to be parsed.
    pub(super) fn complete(self, observation: &mut Observation) {
        if self.claims {
            observation.persistent_volume_claims.get_or_insert_default();
        }
        if self.revisions {
            observation.controller_revisions.get_or_insert_default();
        }
    }

    /// The plan, once what is not seen stands as it would have it.
    pub(super) fn plan(self, observed: &mut Observed, now: Timestamp, profile: &Profile) -> Plan {
        if self.claims {
            let claims: Vec<Value> = observed.pods().flat_map(|pod| claims_of(pod.object())).collect();
            for claim in claims {
                let is_known = claim
                    .pointer("/metadata/name")
                    .and_then(Value::as_str)
                    .is_some_and(|name| observed.claim(name).is_some());
                if !is_known {
                    // A claim that a Pod names cannot be unreadable, and if it were, it would not be assumed.
                    let _ = observed.put(claim);
                }
            }
        }
        let mut plan = reconcile(observed, now, profile);
        for _ in 0..ROUNDS {
            let wanted: Vec<Value> = plan
                .actions
                .iter()
                .filter_map(|action| match &action.operation {
                    Operation::CreateControllerRevision { object }
                    | Operation::UpdateControllerRevision { object }
                        if self.revisions =>
                    {
                        Some(stored(object))
                    }
                    Operation::UpdatePersistentVolumeClaim { object } if self.claims => Some(stored(object)),
                    _ => None,
                })
                .collect();
            if wanted.is_empty() {
                break;
            }
            for object in wanted {
                let _ = observed.put(object);
            }
            plan = reconcile(observed, now, profile);
        }
        plan
    }

    /// What was assumed, as objects.
    pub(super) fn objects(self, observed: &Observed) -> Vec<Value> {
        let claims = observed
            .claims()
            .filter(|_| self.claims)
            .map(|claim| claim.object());
        let revisions = observed
            .revisions()
            .filter(|_| self.revisions)
            .map(|revision| revision.object());
        claims.chain(revisions).cloned().collect()
    }
}

/// The claims that a Pod mounts.
fn claims_of(pod: &Value) -> Vec<Value> {
    let text = |value: &Value, pointer: &str| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned)
    };
    let namespace = text(pod, "/metadata/namespace");
    let volumes = pod.pointer("/spec/volumes").and_then(Value::as_array);
    volumes
        .into_iter()
        .flatten()
        .filter_map(|volume| text(volume, "/persistentVolumeClaim/claimName"))
        .map(|name| {
            stored(&json!({
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {"accessModes": ["ReadWriteOnce"], "volumeName": "unseen"},
                "status": {"phase": "Bound"},
            }))
        })
        .collect()
}

/// The object as if an API server had stored it.
fn stored(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.entry("uid").or_insert_with(|| "unseen".into());
    }
    object
}
