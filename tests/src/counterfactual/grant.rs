//! For each code of a wait, the edits of an observation after which what is awaited has come.

use serde_json::{Value, json};
use steadfast_core::{Kind, Plan, Timestamp, Wait, WaitCode};

use super::edit;
use super::judge::Setting;
use crate::conformance::decide;
use crate::worlds::marshal;

/// A world in which a wait is granted.
pub struct Granted {
    /// In what way.
    pub how: &'static str,
    pub observation: Value,
    pub setting: Setting,
    /// Where the wait names several Pods and only this one is let go: the others are waited for as before.
    pub freed: Option<String>,
    /// What is taken away is a Pod without a phase, which no status counts.
    pub is_uncounted: bool,
}

/// Every way to grant `wait`, a wait of the observation's `plan`. Only `planLimit` has none: it waits for nothing in the
/// world.
pub fn grant(observation: &Value, plan: &Plan, wait: &Wait, setting: &Setting) -> Vec<Granted> {
    let edited = |how: &'static str, edit: &dyn Fn(&mut Value)| {
        let mut observation = observation.clone();
        edit(&mut observation);
        Granted {
            how,
            observation,
            setting: setting.clone(),
            freed: None,
            is_uncounted: false,
        }
    };
    let last = wait.pods.last().map_or(&*wait.name, String::as_str);
    let name = &*wait.name;
    match wait.code {
        WaitCode::PodRunningAndReady => vec![edited("the Pod is Running and Ready", &|world| {
            bring(world, name, plan, setting);
        })],
        WaitCode::PodAvailable => {
            let mut ways = vec![edited("the Pod is ready since long ago", &|world| {
                if let Some(pod) = edit::find(world, "pods", name) {
                    edit::make_ready_long_ago(pod);
                }
            })];
            ways.extend(wait.until.map(|until| {
                edited("it is that late", &|world| {
                    world["now"] = json!(first_moment(until, setting).to_string());
                })
            }));
            ways
        }
        WaitCode::PodTermination => vec![Granted {
            is_uncounted: !edit::has_phase(observation, name),
            ..edited("the Pod is gone", &|world| edit::remove(world, "pods", name))
        }],
        WaitCode::ClaimTermination => vec![edited("the claim is gone", &|world| {
            edit::remove(world, "persistentVolumeClaims", name);
        })],
        WaitCode::ClaimStale => vec![
            edited("the claim is gone", &|world| {
                edit::remove(world, "persistentVolumeClaims", name);
            }),
            edited("the claim does not name the earlier Pod", &|world| {
                disown(world, name, wait.pod.as_deref().unwrap_or_default());
            }),
        ],
        WaitCode::NameTaken => vec![edited("the other Pod is gone", &|world| {
            edit::remove(world, "pods", name);
        })],
        WaitCode::Partition => {
            let mut ways = vec![edited("the partition is 0", &|world| set_partition(world, 0))];
            if let Some(highest) = highest_held(observation, wait) {
                ways.push(Granted {
                    freed: Some(last.to_owned()),
                    ..edited("the partition is the ordinal of the highest Pod held", &|world| {
                        set_partition(world, highest);
                    })
                });
            }
            ways
        }
        WaitCode::MaxUnavailable => vec![edited("all of the Pods are available", &|world| {
            for name in &wait.pods {
                bring(world, name, plan, setting);
            }
        })],
        WaitCode::ManualDelete => vec![
            edited("the first Pod is gone", &|world| {
                edit::remove(world, "pods", name)
            }),
            Granted {
                freed: Some(last.to_owned()),
                ..edited("the last Pod is gone", &|world| edit::remove(world, "pods", last))
            },
        ],
        WaitCode::SetDeletion => vec![edited("the set is not deleted", &|world| {
            edit::undelete(&mut world["statefulSet"]);
        })],
        WaitCode::RevisionAdoption => vec![
            edited("the set has the revision", &|world| adopt(world, name)),
            edited("the set is not deleted", &|world| {
                edit::undelete(&mut world["statefulSet"])
            }),
        ],
        WaitCode::SelectorInvalid => vec![edited("the selector is valid", &|world| {
            world["statefulSet"]["spec"]["selector"] = json!({"matchLabels": {"app": "web"}});
        })],
        WaitCode::RevisionUnreadable => vec![edited("the revision is readable", &|world| {
            repair(world, name);
        })],
        WaitCode::StrategyDisabled => {
            let mut ways = vec![edited("the strategy is RollingUpdate", &|world| {
                world["statefulSet"]["spec"]["updateStrategy"] =
                    json!({"rollingUpdate": {"maxUnavailable": 1, "partition": 0}, "type": "RollingUpdate"});
            })];
            ways.extend(
                setting
                    .with_gate("StatefulSetRecreateStrategy", true)
                    .map(|setting| Granted {
                        how: "the gate is on",
                        observation: observation.clone(),
                        setting,
                        freed: None,
                        is_uncounted: false,
                    }),
            );
            ways
        }
        WaitCode::MaxUnavailableInvalid => vec![edited("maxUnavailable is 1", &|world| {
            world["statefulSet"]["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"] = json!(1);
        })],
        _ => Vec::new(),
    }
}

/// The first moment at which a Pod that is due then is available: until 1.33 that is after, not at, the second.
fn first_moment(until: Timestamp, setting: &Setting) -> Timestamp {
    if setting.profile.kubernetes().starts_with("1.33") {
        Timestamp::new(until.seconds(), 1)
    } else {
        until
    }
}

/// The Pod of this name is there, Running, Ready since long ago, and stays. One that is missing is put there as the
/// controller makes it, with its claims, once nothing is in its way.
fn bring(world: &mut Value, name: &str, plan: &Plan, setting: &Setting) {
    let is_planned = |kind: &str| {
        plan.actions
            .iter()
            .any(|a| a.name == name && a.operation.name() == kind)
    };
    let is_own = edit::is_controlled(world, name) && !is_planned("ReleasePod") || is_planned("AdoptPod");
    if !is_own {
        build(world, name, plan, setting);
    }
    if let Some(pod) = edit::find(world, "pods", name) {
        edit::make_available(pod);
        edit::undelete(pod);
    }
}

fn build(world: &mut Value, name: &str, plan: &Plan, setting: &Setting) {
    let mut plan = plan.clone();
    // Another's Pod of this name cannot be made available for the set.
    edit::remove(world, "pods", name);
    for _ in 0..4 {
        // What keeps the Pod from being made goes first: its claims, one after another, and who has its name.
        let is_blocker =
            |wait: &&Wait| wait.kind == Kind::PersistentVolumeClaim && wait.pod.as_deref() == Some(name);
        for claim in plan.waits.iter().filter(is_blocker) {
            edit::remove(world, "persistentVolumeClaims", &claim.name);
        }
        match decide(world, &setting.profile) {
            Ok(next) => plan = next,
            Err(_) => return,
        }
    }
    for action in plan
        .actions
        .iter()
        .filter(|action| action.pod.as_deref() == Some(name))
    {
        let Some(object) = action.operation.object() else {
            continue;
        };
        let list = match action.operation.name() {
            "CreatePod" => "pods",
            "CreatePersistentVolumeClaim" | "UpdatePersistentVolumeClaim" => "persistentVolumeClaims",
            _ => continue,
        };
        let mut object = object.clone();
        if object["metadata"]["uid"].is_null() {
            object["metadata"]["uid"] = json!(format!("made-{}", action.name));
        }
        edit::put(world, list, object);
    }
}

fn set_partition(world: &mut Value, partition: i64) {
    let strategy = &mut world["statefulSet"]["spec"]["updateStrategy"];
    if !strategy["rollingUpdate"].is_object() {
        strategy["rollingUpdate"] = json!({});
    }
    strategy["rollingUpdate"]["partition"] = json!(partition);
}

/// The partition that reaches the highest of the Pods held, and no other.
pub fn highest_held(observation: &Value, wait: &Wait) -> Option<i64> {
    let ordinal: i64 = wait.pods.last()?.rsplit_once('-')?.1.parse().ok()?;
    let start = observation["statefulSet"]["spec"]["ordinals"]["start"]
        .as_i64()
        .unwrap_or(0);
    Some(ordinal - start)
}

/// The partition one above that: it holds all of them still.
pub fn hold_all(observation: &Value, wait: &Wait) -> Option<Value> {
    let mut world = observation.clone();
    set_partition(&mut world, highest_held(observation, wait)? + 1);
    Some(world)
}

/// Takes all references to Pods of this name from a claim: whichever of them has the name now, it is not the Pod that
/// the controller is about to make.
fn disown(world: &mut Value, claim: &str, pod: &str) {
    let Some(claim) = edit::find(world, "persistentVolumeClaims", claim) else {
        return;
    };
    let Some(owners) = claim["metadata"]["ownerReferences"].as_array_mut() else {
        return;
    };
    owners.retain(|one| one["apiVersion"] != "v1" || one["kind"] != "Pod" || one["name"] != pod);
    if owners.is_empty() {
        edit::strip(&mut claim["metadata"], "ownerReferences");
    }
}

fn adopt(world: &mut Value, revision: &str) {
    let metadata = &world["statefulSet"]["metadata"];
    let reference = json!({"apiVersion": "apps/v1", "blockOwnerDeletion": true, "controller": true,
        "kind": "StatefulSet", "name": metadata["name"], "uid": metadata["uid"]});
    if let Some(revision) = edit::find(world, "controllerRevisions", revision) {
        let metadata = &mut revision["metadata"];
        if !metadata["ownerReferences"].is_array() {
            metadata["ownerReferences"] = json!([]);
        }
        let owners = metadata["ownerReferences"].as_array_mut().expect("a list");
        owners.retain(|one| one["uid"] != reference["uid"]);
        owners.push(reference);
    }
}

/// Gives the revision data of a plain template. Where what cannot be read is the set's own template, that one becomes
/// plain: the revision was made from it, or would be.
fn repair(world: &mut Value, revision: &str) {
    let mut own = world["statefulSet"]["spec"]["template"].clone();
    own["$patch"] = json!("replace");
    let labels = own["metadata"]["labels"].clone();
    let own = json!({"spec": {"template": own}});
    let plain = json!({
        "metadata": {"labels": labels},
        "spec": {"containers": [{"image": "plain:1", "name": "main"}], "restartPolicy": "Always"},
    });
    let mut data = json!({"spec": {"template": plain.clone()}});
    data["spec"]["template"]["$patch"] = json!("replace");
    let is_own = |stored: &Value| marshal(&without_nulls(stored)) == marshal(&without_nulls(&own));
    match edit::find(world, "controllerRevisions", revision) {
        Some(revision) if !is_own(&revision["data"]) => revision["data"] = data,
        _ => world["statefulSet"]["spec"]["template"] = plain,
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, field)| !field.is_null())
            .map(|(key, field)| (key.clone(), without_nulls(field)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
