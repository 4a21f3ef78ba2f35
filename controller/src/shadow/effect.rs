//! What the controller at work did, as the watches show it.

use serde_json::Value;
use steadfast_core::{Action, Kind, Operation, POD_INDEX_LABEL, POD_NAME_LABEL, Timestamp};

use crate::object::{Key, controller, is_terminating, sets_of_claim, text, uid};
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
    /// Whether it can be seen that a controller of that program did it: people and the garbage collector do such things, too. Who takes
    /// something away signs nothing.
    pub is_attributed: bool,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A Pod of the set came to be.
    CreatePod,
    /// A Pod of the set is on its way out.
    DeletePod,
    /// A Pod of the set got the labels of its identity back.
    UpdatePod,
    /// A Pod got the set as its controller.
    AdoptPod,
    /// A Pod lost the set as its controller.
    ReleasePod,
    /// A claim came to be.
    CreatePersistentVolumeClaim,
    /// A claim got other owners.
    UpdatePersistentVolumeClaim,
    /// A revision of the set came to be.
    CreateControllerRevision,
    /// A revision got another number.
    UpdateControllerRevision,
    /// A revision got the set as its controller.
    AdoptControllerRevision,
    /// A revision of the set is gone.
    DeleteControllerRevision,
    /// The status was written.
    UpdateStatus,
}

impl What {
    /// Its name on the wire, as actions have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreatePod => "CreatePod",
            Self::DeletePod => "DeletePod",
            Self::UpdatePod => "UpdatePod",
            Self::AdoptPod => "AdoptPod",
            Self::ReleasePod => "ReleasePod",
            Self::CreatePersistentVolumeClaim => "CreatePersistentVolumeClaim",
            Self::UpdatePersistentVolumeClaim => "UpdatePersistentVolumeClaim",
            Self::CreateControllerRevision => "CreateControllerRevision",
            Self::UpdateControllerRevision => "UpdateControllerRevision",
            Self::AdoptControllerRevision => "AdoptControllerRevision",
            Self::DeleteControllerRevision => "DeleteControllerRevision",
            Self::UpdateStatus => "UpdateStatus",
        }
    }

    /// The effect that an action has; `None` for one that this release of the controller has not heard of.
    pub const fn of(action: &Action) -> Option<Self> {
        Some(match action.operation {
            Operation::CreatePod { .. } => Self::CreatePod,
            Operation::DeletePod { .. } => Self::DeletePod,
            Operation::UpdatePod { .. } => Self::UpdatePod,
            Operation::AdoptPod { .. } => Self::AdoptPod,
            Operation::ReleasePod { .. } => Self::ReleasePod,
            Operation::CreatePersistentVolumeClaim { .. } => Self::CreatePersistentVolumeClaim,
            Operation::UpdatePersistentVolumeClaim { .. } => Self::UpdatePersistentVolumeClaim,
            Operation::CreateControllerRevision { .. } => Self::CreateControllerRevision,
            Operation::UpdateControllerRevision { .. } => Self::UpdateControllerRevision,
            Operation::AdoptControllerRevision { .. } => Self::AdoptControllerRevision,
            Operation::DeleteControllerRevision { .. } => Self::DeleteControllerRevision,
            _ => return None,
        })
    }

    /// The reason of the Event by which the controller says that it did this to a Pod, where it says so at all.
    pub const fn event(self) -> Option<&'static str> {
        match self {
            Self::DeletePod => Some("SuccessfulDelete"),
            Self::UpdatePod => Some("SuccessfulUpdate"),
            _ => None,
        }
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
    let is_upstream = writer == UPSTREAM;
    let effect = |set: Key, what: What, object: &Value, is_attributed: bool| Effect {
        set,
        what,
        name: key.name.to_string(),
        object: object.clone(),
        is_attributed,
    };
    let mut all = Vec::new();
    match (kind, before, after) {
        (Kind::Pod, None, Some(pod)) => {
            all.extend(set_of(key, pod).map(|set| effect(set, What::CreatePod, pod, true)));
        }
        (Kind::Pod, Some(old), new) => {
            let of_old =
                |what| set_of(key, old).map(|set| effect(set, what, new.unwrap_or(old), is_upstream));
            if !is_terminating(old) && new.is_none_or(is_terminating) {
                all.extend(set_of(key, old).map(|set| effect(set, What::DeletePod, old, true)));
            }
            if let Some(new) = new {
                match (controller(old), controller(new)) {
                    (None, Some(_)) => {
                        all.extend(set_of(key, new).map(|set| effect(set, What::AdoptPod, new, true)));
                    }
                    (Some(_), None) => all.extend(of_old(What::ReleasePod)),
                    _ if is_mended(key, old, new) => all.extend(of_old(What::UpdatePod)),
                    _ => {}
                }
            }
        }
        (Kind::PersistentVolumeClaim, None, Some(claim)) if is_upstream => {
            // A judge that there is none of is not asked.
            let sets = sets_of_claim(&key.name).map(|set| Key::new(&key.namespace, set));
            all.extend(sets.map(|set| effect(set, What::CreatePersistentVolumeClaim, claim, true)));
        }
        (Kind::PersistentVolumeClaim, Some(old), Some(new)) if owners(old) != owners(new) => {
            // The garbage collector takes away references to what is gone, under the same name.
            let has_more = owners(new).iter().any(|owner| !owners(old).contains(owner));
            let sets = sets_of_claim(&key.name).map(|set| Key::new(&key.namespace, set));
            let what = What::UpdatePersistentVolumeClaim;
            all.extend(sets.map(|set| effect(set, what, new, is_upstream && has_more)));
        }
        (Kind::ControllerRevision, None, Some(revision)) => {
            let what = What::CreateControllerRevision;
            all.extend(set_of(key, revision).map(|set| effect(set, what, revision, true)));
        }
        (Kind::ControllerRevision, Some(old), Some(new)) => {
            let of_new =
                |what, is_attributed| set_of(key, new).map(|set| effect(set, what, new, is_attributed));
            if old.get("revision") != new.get("revision") {
                all.extend(of_new(What::UpdateControllerRevision, true));
            }
            if controller(old).is_none() {
                all.extend(of_new(What::AdoptControllerRevision, is_upstream));
            }
        }
        (Kind::ControllerRevision, Some(old), None) => {
            all.extend(set_of(key, old).map(|set| effect(set, What::DeleteControllerRevision, old, false)));
        }
        (Kind::StatefulSet, Some(old), Some(set))
            if old.get("status") != set.get("status") && uid(old) == uid(set) && writer != AGENT =>
        {
            all.push(effect(key.clone(), What::UpdateStatus, set, true));
        }
        _ => {}
    }
    all
}

/// The set that controls the object.
fn set_of(key: &Key, object: &Value) -> Option<Key> {
    let owner = controller(object).filter(|owner| owner.kind == "StatefulSet")?;
    Some(Key::new(&key.namespace, owner.name))
}

fn owners(object: &Value) -> &[Value] {
    let owners = object.pointer("/metadata/ownerReferences");
    owners.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether a label by which the Pod is told from its siblings is right, and was not.
fn is_mended(key: &Key, old: &Value, new: &Value) -> bool {
    let index = key.name.rsplit_once('-').map_or("", |(_, index)| index);
    [(POD_NAME_LABEL, &*key.name), (POD_INDEX_LABEL, index)]
        .iter()
        .any(|(label, right)| {
            let of = |pod: &Value| {
                let labels = pod
                    .pointer("/metadata/labels")
                    .and_then(|labels| labels.get(*label));
                labels
                    .and_then(Value::as_str)
                    .is_some_and(|value| value == *right)
            };
            !of(old) && of(new)
        })
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
    fn labels_that_are_right_again_and_owners_that_come_and_go_are_effects() {
        let labelled = |name: Option<&str>| {
            let mut pod = pod(Some("web"), false);
            pod["metadata"]["labels"] = json!({"app": "web"});
            if let Some(name) = name {
                pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(name);
            }
            pod
        };
        let (right, wrong) = (labelled(Some("web-0")), labelled(Some("web-7")));
        assert_eq!(seen(Some(&labelled(None)), Some(&right)), [What::UpdatePod]);
        assert_eq!(seen(Some(&wrong), Some(&right)), [What::UpdatePod]);
        assert_eq!(seen(Some(&right), Some(&wrong)), [], "a person did that");
        assert_eq!(seen(Some(&right), Some(&pod(None, false))), [What::ReleasePod]);
    }

    #[test]
    fn owners_of_a_claim_that_are_only_taken_away_may_be_the_garbage_collectors_doing() {
        let claim = |owners: &[&str]| {
            let owners: Vec<Value> = owners
                .iter()
                .map(|name| json!({"kind": "Pod", "name": name, "uid": name}))
                .collect();
            json!({"metadata": {"name": "data-web-0", "namespace": "a", "ownerReferences": owners}})
        };
        let key = Key::new("a", "data-web-0");
        let seen = |old: &[&str], new: &[&str], writer: &str| {
            let effects = effects(
                Kind::PersistentVolumeClaim,
                &key,
                Some(&claim(old)),
                Some(&claim(new)),
                writer,
            );
            effects
                .iter()
                .map(|effect| effect.is_attributed)
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(&[], &["web-0"], UPSTREAM), [true]);
        assert_eq!(seen(&["web-0"], &[], UPSTREAM), [false]);
        assert_eq!(seen(&[], &["web-0"], "kubectl"), [false]);
        assert_eq!(seen(&["web-0"], &["web-0"], UPSTREAM), [false; 0]);
    }

    #[test]
    fn a_revision_that_is_adopted_renumbered_or_gone_is_an_effect() {
        let revision = |owner: Option<&str>, number: u32| {
            let mut revision = pod(owner, false);
            revision["revision"] = json!(number);
            revision
        };
        let seen = |old: Option<&Value>, new: Option<&Value>| {
            let effects = effects(
                Kind::ControllerRevision,
                &Key::new("a", "web-1"),
                old,
                new,
                UPSTREAM,
            );
            effects.into_iter().map(|effect| effect.what).collect::<Vec<_>>()
        };
        let (orphan, first, second) = (
            revision(None, 1),
            revision(Some("web"), 1),
            revision(Some("web"), 2),
        );
        assert_eq!(seen(Some(&orphan), Some(&first)), [What::AdoptControllerRevision]);
        assert_eq!(
            seen(Some(&first), Some(&second)),
            [What::UpdateControllerRevision]
        );
        assert_eq!(seen(Some(&second), None), [What::DeleteControllerRevision]);
        assert_eq!(seen(Some(&orphan), None), []);
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
