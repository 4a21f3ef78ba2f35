//! What the controller at work did, as the watches show it.

use serde_json::Value;
use steadfast_core::{Action, Kind, Operation, Timestamp};

use crate::object::{Key, Owner, controller, is_terminating, sets_of_claim, text, uid};
use crate::server::AGENT;

/// How upstream's controller is called in managed fields. Others of the same program are called so, too.
const UPSTREAM: &str = "kube-controller-manager";

/// One thing that was done for a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The set.
    pub set: Key,
    /// What was done.
    pub what: What,
    /// To which object.
    pub name: String,
    /// The object afterwards, or before it was deleted.
    pub object: Value,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A Pod of the set came to be.
    CreatePod,
    /// A Pod of the set is on its way out.
    DeletePod,
    /// A Pod got the set as its controller.
    AdoptPod,
    /// A claim came to be.
    CreatePersistentVolumeClaim,
    /// A revision of the set came to be.
    CreateControllerRevision,
    /// A revision got another number.
    UpdateControllerRevision,
    /// The status was written.
    UpdateStatus,
}

impl What {
    /// Its name on the wire, as actions have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreatePod => "CreatePod",
            Self::DeletePod => "DeletePod",
            Self::AdoptPod => "AdoptPod",
            Self::CreatePersistentVolumeClaim => "CreatePersistentVolumeClaim",
            Self::CreateControllerRevision => "CreateControllerRevision",
            Self::UpdateControllerRevision => "UpdateControllerRevision",
            Self::UpdateStatus => "UpdateStatus",
        }
    }

    /// The effect that an action would have, if it can be seen.
    pub const fn of(action: &Action) -> Option<Self> {
        Some(match action.operation {
            Operation::CreatePod { .. } => Self::CreatePod,
            Operation::DeletePod { .. } => Self::DeletePod,
            Operation::AdoptPod { .. } => Self::AdoptPod,
            Operation::CreatePersistentVolumeClaim { .. } => Self::CreatePersistentVolumeClaim,
            Operation::CreateControllerRevision { .. } => Self::CreateControllerRevision,
            Operation::UpdateControllerRevision { .. } => Self::UpdateControllerRevision,
            _ => return None,
        })
    }
}

/// Who wrote an object last: of a set its status, of others anything. Empty where that is not known.
pub fn writer(kind: Kind, object: &Value) -> &str {
    if kind == Kind::StatefulSet {
        return crate::rival::status_writer(object).map_or("", |(manager, _)| manager);
    }
    let entries = object
        .pointer("/metadata/managedFields")
        .and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((Timestamp::parse(text(entry, "/time"))?, text(entry, "/manager"))))
        .max()
        .map_or("", |(_, manager)| manager)
}

/// What a change of an object shows to have been done.
pub fn effects(
    kind: Kind,
    key: &Key,
    before: Option<&Value>,
    after: Option<&Value>,
    writer: &str,
) -> Vec<Effect> {
    let set_of = |owner: Owner<'_>| Key::new(&key.namespace, owner.name);
    let of_set = |object: Option<&Value>| {
        let owner = object.and_then(controller);
        owner.filter(|owner| owner.kind == "StatefulSet").map(set_of)
    };
    let effect = |set: Key, what: What, object: &Value| Effect {
        set,
        what,
        name: key.name.to_string(),
        object: object.clone(),
    };
    let mut all = Vec::new();
    match (kind, before, after) {
        (Kind::Pod, None, Some(pod)) => {
            all.extend(of_set(Some(pod)).map(|set| effect(set, What::CreatePod, pod)));
        }
        (Kind::Pod, Some(old), new) => {
            let begins_to_go = !is_terminating(old) && new.is_none_or(is_terminating);
            if begins_to_go {
                all.extend(of_set(Some(old)).map(|set| effect(set, What::DeletePod, old)));
            }
            if let (None, Some(pod)) = (controller(old), new) {
                all.extend(of_set(Some(pod)).map(|set| effect(set, What::AdoptPod, pod)));
            }
        }
        (Kind::PersistentVolumeClaim, None, Some(claim)) if writer == UPSTREAM => {
            // A judge that there is none of is not asked.
            let sets = sets_of_claim(&key.name).map(|set| Key::new(&key.namespace, set));
            all.extend(sets.map(|set| effect(set, What::CreatePersistentVolumeClaim, claim)));
        }
        (Kind::ControllerRevision, None, Some(revision)) => {
            all.extend(
                of_set(Some(revision)).map(|set| effect(set, What::CreateControllerRevision, revision)),
            );
        }
        (Kind::ControllerRevision, Some(old), Some(new)) if old.get("revision") != new.get("revision") => {
            all.extend(of_set(Some(new)).map(|set| effect(set, What::UpdateControllerRevision, new)));
        }
        (Kind::StatefulSet, Some(old), Some(set))
            if old.get("status") != set.get("status") && uid(old) == uid(set) && writer != AGENT =>
        {
            all.push(effect(key.clone(), What::UpdateStatus, set));
        }
        _ => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(owner: Option<&str>, is_terminating: bool) -> Value {
        let owners: Vec<Value> = owner
            .map(|name| json!({"kind": "StatefulSet", "name": name, "uid": "u", "controller": true}))
            .into_iter()
            .collect();
        let mut pod = json!({"metadata": {"name": "web-0", "namespace": "a", "ownerReferences": owners}});
        if is_terminating {
            pod["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        }
        pod
    }

    fn seen(before: Option<&Value>, after: Option<&Value>) -> Vec<What> {
        let key = Key::new("a", "web-0");
        let effects = effects(Kind::Pod, &key, before, after, "");
        effects.into_iter().map(|effect| effect.what).collect()
    }

    #[test]
    fn what_was_done_to_a_pod_is_seen_once() {
        let (live, going) = (pod(Some("web"), false), pod(Some("web"), true));
        assert_eq!(seen(None, Some(&live)), [What::CreatePod]);
        assert_eq!(seen(Some(&live), Some(&going)), [What::DeletePod]);
        assert_eq!(seen(Some(&going), None), []);
        assert_eq!(seen(Some(&live), None), [What::DeletePod]);
        assert_eq!(seen(Some(&pod(None, false)), Some(&live)), [What::AdoptPod]);
        assert_eq!(seen(Some(&live), Some(&live)), []);
        assert_eq!(seen(None, Some(&pod(None, false))), []);
    }

    #[test]
    fn a_status_that_the_other_controller_wrote_is_an_effect_and_a_users_claim_is_none() {
        let set = |replicas: u32| json!({"metadata": {"name": "web", "uid": "u"}, "status": {"replicas": replicas}});
        let key = Key::new("a", "web");
        let effects = |kind, before: Option<&Value>, after: &Value, writer: &str| {
            super::effects(kind, &key, before, Some(after), writer).len()
        };
        assert_eq!(effects(Kind::StatefulSet, Some(&set(1)), &set(2), UPSTREAM), 1);
        assert_eq!(effects(Kind::StatefulSet, Some(&set(1)), &set(1), UPSTREAM), 0);
        let claim = json!({"metadata": {"name": "data-web-0"}});
        let claims = |writer: &str| {
            let effects = super::effects(
                Kind::PersistentVolumeClaim,
                &Key::new("a", "data-web-0"),
                None,
                Some(&claim),
                writer,
            );
            effects
                .into_iter()
                .map(|effect| effect.set.name.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(claims("kubectl"), [""; 0]);
        assert_eq!(claims(UPSTREAM), ["web"]);
    }
}
