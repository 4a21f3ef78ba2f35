//! Corruptions of Pods.

use super::super::claims;
use super::super::draw::Draw;
use super::super::life::{Health, PodPlan};
use super::super::moment::timestamp;
use super::super::object::remove;
use super::super::pods;
use super::super::scene::Scene;
use super::{Corruption, disown, foreign_reference, one};
use serde_json::{Value, json};

pub(super) const CORRUPTIONS: [(usize, Corruption); 18] = [
    (10, ("podPhase", phase)),
    (8, ("podReady", ready)),
    (8, ("podReadySince", ready_since)),
    (8, ("podTerminating", terminating)),
    (6, ("podGone", gone)),
    (8, ("podLabelGone", label_gone)),
    (6, ("podLabelChanged", label_changed)),
    (7, ("podNameNear", name_near)),
    (5, ("podTwin", twin)),
    (5, ("podOrphan", orphan)),
    (5, ("podOwner", owner)),
    (4, ("podForeign", foreign)),
    (8, ("podVolumes", volumes)),
    (5, ("podOutOfRange", out_of_range)),
    (2, ("podElsewhere", elsewhere)),
    (4, ("podRevision", revision)),
    (2, ("podStatusEmpty", status_empty)),
    (2, ("podUnrelated", unrelated)),
];

/// Takes a selector's label from some Pods: they are to be released. Half the time they are those that a scale down
/// condemns, so that nobody waits for their names.
pub(super) fn release_some(draw: &mut Draw, scene: &mut Scene) {
    if draw.percent(50) {
        scene.set["spec"]["replicas"] = json!(0);
        scene.pods.truncate(5);
    }
    for _ in 0..draw.between(1, 3) {
        if let Some(pod) = one(draw, &mut scene.pods) {
            match draw.below(3) {
                0 => remove(&mut pod["metadata"]["labels"], "app"),
                1 => pod["metadata"]["labels"]["app"] = json!("debugged"),
                _ => remove(&mut pod["metadata"], "labels"),
            }
        }
    }
}

/// Some ordinals cannot be created: somebody else has the Pod's name, or its claim is being deleted.
pub(super) fn obstruct(draw: &mut Draw, scene: &mut Scene) {
    for _ in 0..draw.between(1, 3) {
        let ordinal = scene.life.start + draw.below(scene.life.replicas as usize) as i64;
        let number = scene.number();
        let name = json!(scene.life.pod_name(ordinal));
        scene.pods.retain(|pod| pod["metadata"]["name"] != name);
        if let Some(template) = scene.life.claims.first().filter(|_| draw.percent(50)) {
            let mut claim = claims::claim(draw, &scene.life, template, ordinal, None, number);
            pods::terminate(draw, scene.life.now.seconds, &mut claim["metadata"]);
            scene
                .claims
                .retain(|other| other["metadata"]["name"] != claim["metadata"]["name"]);
            scene.claims.push(claim);
        } else {
            let plan = PodPlan {
                ordinal,
                era: 0,
                health: Health::Ready,
                terminating: false,
            };
            let mut pod = pods::pod(draw, &scene.life, &plan, number);
            pod["metadata"]["ownerReferences"] = json!([foreign_reference(draw)]);
            pod["metadata"]["labels"] = json!({"app": "taken"});
            scene.pods.push(pod);
        }
    }
}

fn phase(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    match draw.below(11) {
        0 => remove(&mut pod["status"], "phase"),
        1..=3 => pod["status"]["phase"] = json!("Pending"),
        4 => pod["status"]["phase"] = json!("Running"),
        5 | 6 => pod["status"]["phase"] = json!("Succeeded"),
        7 | 8 => pod["status"]["phase"] = json!("Failed"),
        _ => pod["status"]["phase"] = json!("Unknown"),
    }
    true
}

fn ready(draw: &mut Draw, scene: &mut Scene) -> bool {
    let now = scene.life.now.seconds;
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    let others = pods::condition("PodScheduled", "True", &timestamp(now - 4_000));
    let since = timestamp(now - 60);
    match draw.below(6) {
        0 => remove(&mut pod["status"], "conditions"),
        1 => pod["status"]["conditions"] = json!([others]),
        2 | 3 => pod["status"]["conditions"] = json!([others, pods::condition("Ready", "False", &since)]),
        4 => pod["status"]["conditions"] = json!([pods::condition("Ready", "Unknown", &since), others]),
        _ => pod["status"]["conditions"] = json!([others, pods::condition("Ready", "True", &since)]),
    }
    true
}

/// Ready around the second at which minReadySeconds have passed, in the future, or since nobody knows when.
fn ready_since(draw: &mut Draw, scene: &mut Scene) -> bool {
    let edge = scene.life.now.seconds - scene.life.min_ready;
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    let since = match draw.below(8) {
        0 => edge - 1,
        1 | 2 => edge,
        3 | 4 => edge + 1,
        5 => edge + draw.between(2, 9),
        _ => scene.life.now.seconds + draw.between(1, 100),
    };
    let mut condition = pods::condition("Ready", "True", &timestamp(since));
    if draw.one_in(8) {
        condition["lastTransitionTime"] = Value::Null;
    }
    pod["status"]["conditions"] = json!([condition]);
    pod["status"]["phase"] = json!("Running");
    if draw.percent(70) && scene.life.min_ready == 0 {
        scene.set["spec"]["minReadySeconds"] = json!(*draw.pick(&[1, 10, 30]));
    }
    true
}

fn terminating(draw: &mut Draw, scene: &mut Scene) -> bool {
    let now = scene.life.now.seconds;
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    pods::terminate(draw, now, &mut pod["metadata"]);
    true
}

fn gone(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.pods.len()) else {
        return false;
    };
    scene.pods.remove(index);
    true
}

fn label_gone(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    match draw.below(12) {
        0..=4 => remove(
            &mut pod["metadata"]["labels"],
            "statefulset.kubernetes.io/pod-name",
        ),
        5 | 6 => remove(&mut pod["metadata"]["labels"], "apps.kubernetes.io/pod-index"),
        7..=9 => remove(&mut pod["metadata"]["labels"], "controller-revision-hash"),
        10 => remove(&mut pod["metadata"]["labels"], "app"),
        _ => remove(&mut pod["metadata"], "labels"),
    }
    true
}

fn label_changed(draw: &mut Draw, scene: &mut Scene) -> bool {
    let names: Vec<String> = scene.life.eras.iter().map(|era| era.name.clone()).collect();
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    let labels = &mut pod["metadata"]["labels"];
    match draw.below(6) {
        0 | 1 => labels["statefulset.kubernetes.io/pod-name"] = json!(*draw.pick(&["web-9", "", "db-0"])),
        2 => labels["apps.kubernetes.io/pod-index"] = json!("17"),
        3 => labels["controller-revision-hash"] = json!(draw.pick(&names)),
        4 => labels["app"] = json!(*draw.pick(&["www", "debugged", "front"])),
        _ => labels["tier"] = json!("front"),
    }
    true
}

/// A name that is nearly one of the set's.
fn near(draw: &mut Draw, set: &str, ordinal: i64) -> String {
    match draw.below(15) {
        0..=2 => format!("{set}-0{ordinal}"),
        3 => format!("{set}-00{ordinal}"),
        4 => format!("{set}-99999999999"),
        5 => format!("{set}-{ordinal}-1"),
        6 => format!("{set}-x"),
        7 => format!("{set}b-{ordinal}"),
        8 => format!("{set}-"),
        9 => format!("{set}--{ordinal}"),
        10 => format!("{set}-+{ordinal}"),
        11 => format!("{set}-2147483647"),
        12 => format!("{set}-2147483648"),
        13 => format!("{set}{ordinal}"),
        _ => set.to_string(),
    }
}

fn name_near(draw: &mut Draw, scene: &mut Scene) -> bool {
    let set = scene.life.name.clone();
    let ordinal = scene.life.start + draw.between(0, 3);
    let name = near(draw, &set, ordinal);
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    pod["metadata"]["name"] = json!(name);
    if draw.percent(50) {
        pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(name);
    }
    true
}

/// A second Pod beside the first, of a name that nearly is, or is another ordinal's.
fn twin(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.pods.len()) else {
        return false;
    };
    let number = scene.number();
    let mut pod = scene.pods[index].clone();
    let ordinal = scene.life.pods.get(index).map_or(0, |plan| plan.ordinal);
    let name = match draw.below(3) {
        0 => format!("{}-0{ordinal}", scene.life.name),
        _ => near(draw, &scene.life.name, ordinal),
    };
    pod["metadata"]["uid"] = json!(pods::uid(number));
    pod["metadata"]["name"] = json!(name);
    if draw.percent(50) {
        pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(name);
    }
    scene.pods.push(pod);
    true
}

fn orphan(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    remove(&mut pod["metadata"], "ownerReferences");
    if draw.one_in(4) {
        pod["metadata"]["labels"]["app"] = json!("debugged");
    }
    true
}

fn owner(draw: &mut Draw, scene: &mut Scene) -> bool {
    let right = pods::set_reference(&scene.life);
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    disown(draw, pod, &right);
    true
}

fn foreign(draw: &mut Draw, scene: &mut Scene) -> bool {
    let mut reference = foreign_reference(draw);
    reference["controller"] = json!(true);
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    pod["metadata"]["ownerReferences"] = json!([reference]);
    true
}

fn volumes(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    let Some(volumes) = pod["spec"]["volumes"].as_array_mut() else {
        return false;
    };
    let Some(index) = draw.index(volumes.len()) else {
        return false;
    };
    match draw.below(6) {
        0 | 1 => {
            volumes.remove(index);
        }
        2 => volumes[index]["name"] = json!("renamed"),
        3 => volumes[index] = json!({"emptyDir": {}, "name": volumes[index]["name"]}),
        4 => {
            let claim = json!({"claimName": "data-other-0", "readOnly": true});
            volumes[index] = json!({"name": volumes[index]["name"], "persistentVolumeClaim": claim});
        }
        _ => draw.shuffle(volumes),
    }
    if volumes.is_empty() {
        remove(&mut pod["spec"], "volumes");
    }
    true
}

/// A Pod above the range, or below a start ordinal.
fn out_of_range(draw: &mut Draw, scene: &mut Scene) -> bool {
    let life = &scene.life;
    let below = life.start > 0 && draw.percent(50);
    let ordinal = if below {
        draw.between(0, life.start - 1)
    } else {
        life.start + life.replicas + draw.between(0, 5)
    };
    let health = if draw.percent(60) {
        Health::Ready
    } else {
        Health::Unready
    };
    let plan = PodPlan {
        ordinal,
        era: draw.below(life.eras.len()),
        health,
        terminating: draw.one_in(4),
    };
    let number = scene.number();
    let pod = pods::pod(draw, &scene.life, &plan, number);
    scene.pods.push(pod);
    true
}

fn elsewhere(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.pods.len()) else {
        return false;
    };
    let number = scene.number();
    let mut pod = scene.pods[index].clone();
    pod["metadata"]["namespace"] = json!("elsewhere");
    pod["metadata"]["uid"] = json!(pods::uid(number));
    if draw.percent(50) {
        scene.pods.remove(index);
    }
    scene.pods.push(pod);
    true
}

fn revision(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    let none = draw.percent(50);
    pod["metadata"]["labels"]["controller-revision-hash"] = json!(if none { "web-none" } else { "" });
    true
}

fn status_empty(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(pod) = one(draw, &mut scene.pods) else {
        return false;
    };
    pod["status"] = json!({});
    true
}

/// A Pod that has nothing to do with the set, but its labels.
fn unrelated(draw: &mut Draw, scene: &mut Scene) -> bool {
    let number = scene.number();
    let name = *draw.pick(&["job-x7k2p", "0", "web", "other-0", "a-1-0", "web-0-0-0"]);
    let (health, era) = (Health::Ready, scene.life.wanted);
    let plan = PodPlan {
        ordinal: 0,
        era,
        health,
        terminating: false,
    };
    let mut pod = pods::pod(draw, &scene.life, &plan, number);
    pod["metadata"]["name"] = json!(name);
    remove(&mut pod["metadata"], "ownerReferences");
    scene.pods.push(pod);
    true
}
