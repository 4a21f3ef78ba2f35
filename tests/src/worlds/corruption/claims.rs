//! Corruptions of PersistentVolumeClaims.

use super::super::claims;
use super::super::draw::Draw;
use super::super::object::remove;
use super::super::pods;
use super::super::scene::Scene;
use super::{Corruption, disown, foreign_reference, one, unusual_reference};
use serde_json::{Value, json};

pub(super) const CORRUPTIONS: [(usize, Corruption); 10] = [
    (12, ("claimGone", gone)),
    (9, ("claimTerminating", terminating)),
    (16, ("claimOwner", owner)),
    (6, ("claimOwnerMisread", owner_misread)),
    (10, ("claimStale", stale)),
    (6, ("claimForeign", foreign)),
    (5, ("claimOwners", owners)),
    (6, ("claimUnowned", unowned)),
    (5, ("claimExtra", extra)),
    (3, ("claimElsewhere", elsewhere)),
];

/// The set is another one than the claims' owner: same name, other UID.
pub(super) fn leave_old_uids(draw: &mut Draw, scene: &mut Scene) {
    let old = "5e700000-0000-4000-8000-000000000000";
    let share = *draw.pick(&[30, 70, 100]);
    for object in scene
        .claims
        .iter_mut()
        .chain(&mut scene.pods)
        .chain(&mut scene.revisions)
    {
        for reference in object["metadata"]
            .get_mut("ownerReferences")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if reference["kind"] == "StatefulSet" && draw.percent(share) {
                reference["uid"] = json!(old);
            }
        }
    }
}

fn gone(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    scene.claims.remove(index);
    if draw.percent(60)
        && let Some(pod) = one(draw, &mut scene.pods)
    {
        pod["status"]["phase"] = json!("Pending");
    }
    true
}

fn terminating(draw: &mut Draw, scene: &mut Scene) -> bool {
    let now = scene.life.now.seconds;
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    pods::terminate(draw, now, &mut scene.claims[index]["metadata"]);
    let pod = pod_of(scene, index);
    match draw.below(3) {
        0 => {
            if let Some(pod) = pod {
                scene.pods.remove(pod);
            }
        }
        1 => {
            if let Some(pod) = pod {
                scene.pods[pod]["status"]["phase"] = json!("Pending");
            }
        }
        _ => {}
    }
    true
}

/// The Pod that a claim's name belongs to.
fn pod_of(scene: &Scene, claim: usize) -> Option<usize> {
    let name = scene.claims[claim]["metadata"]["name"].as_str()?;
    let ordinal = name.rsplit_once('-')?.1;
    let pod = format!("{}-{ordinal}", scene.life.name);
    scene
        .pods
        .iter()
        .position(|one| one["metadata"]["name"] == json!(pod))
}

/// The reference that the claim's Pod should have in it.
fn pod_reference(scene: &Scene, claim: usize) -> Value {
    let name = scene.claims[claim]["metadata"]["name"]
        .as_str()
        .unwrap_or_default();
    let ordinal = name.rsplit_once('-').map_or("0", |(_, ordinal)| ordinal);
    let uid = pod_of(scene, claim).map_or_else(
        || pods::uid(1),
        |pod| {
            scene.pods[pod]["metadata"]["uid"]
                .as_str()
                .unwrap_or_default()
                .to_string()
        },
    );
    pods::controller_reference("v1", "Pod", &format!("{}-{ordinal}", scene.life.name), &uid)
}

fn owner(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    let right = if draw.percent(50) {
        pods::set_reference(&scene.life)
    } else {
        pod_reference(scene, index)
    };
    if draw.percent(35) {
        scene.claims[index]["metadata"]["ownerReferences"] = json!([right]);
    } else {
        disown(draw, &mut scene.claims[index], &right);
    }
    true
}

/// Owned by the right UID under another name: upstream looks at the UID here and at the name there.
fn owner_misread(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    let mut reference = if draw.percent(60) {
        pods::set_reference(&scene.life)
    } else {
        pod_reference(scene, index)
    };
    let (field, value) = *draw.pick(&[
        ("apiVersion", "apps/v1beta2"),
        ("kind", "Thing"),
        ("name", "another"),
    ]);
    reference[field] = json!(value);
    match draw.below(3) {
        0 => {}
        1 => reference["controller"] = json!(false),
        _ => remove(&mut reference, "controller"),
    }
    scene.claims[index]["metadata"]["ownerReferences"] = json!([reference]);
    true
}

/// Owned by a Pod of that name that is no more.
fn stale(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    let mut reference = pod_reference(scene, index);
    reference["uid"] = json!("b0d00000-0000-4000-8000-00000000dead");
    if draw.one_in(4) {
        reference = unusual_reference(draw, &reference);
    }
    scene.claims[index]["metadata"]["ownerReferences"] = json!([reference]);
    if draw.percent(60)
        && let Some(pod) = pod_of(scene, index)
    {
        scene.pods.remove(pod);
    }
    true
}

fn foreign(draw: &mut Draw, scene: &mut Scene) -> bool {
    let reference = foreign_reference(draw);
    let Some(claim) = one(draw, &mut scene.claims) else {
        return false;
    };
    claim["metadata"]["ownerReferences"] = json!([reference]);
    true
}

/// Both the set and the Pod own it, and perhaps a third.
fn owners(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.claims.len()) else {
        return false;
    };
    let (set, mut pod) = (pods::set_reference(&scene.life), pod_reference(scene, index));
    pod["controller"] = json!(false);
    let mut all = vec![set, pod];
    if draw.percent(40) {
        let mut third = foreign_reference(draw);
        third["controller"] = json!(false);
        all.insert(draw.below(3), third);
    }
    scene.claims[index]["metadata"]["ownerReferences"] = Value::Array(all);
    true
}

fn unowned(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(claim) = one(draw, &mut scene.claims) else {
        return false;
    };
    remove(&mut claim["metadata"], "ownerReferences");
    true
}

/// A claim of an ordinal without a Pod, of no template, or of a set with a like name.
fn extra(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(template) = scene.life.claims.first().cloned() else {
        return false;
    };
    let number = scene.number();
    let ordinal = draw.between(0, 9);
    let mut claim = claims::claim(draw, &scene.life, &template, ordinal, None, number);
    if draw.one_in(4) {
        claim["metadata"]["name"] = json!(format!("old-{}-{ordinal}", scene.life.name));
    }
    scene.claims.push(claim);
    true
}

fn elsewhere(draw: &mut Draw, scene: &mut Scene) -> bool {
    let number = scene.number();
    let Some(claim) = one(draw, &mut scene.claims) else {
        return false;
    };
    if draw.percent(50) {
        claim["metadata"]["namespace"] = json!("elsewhere");
        return true;
    }
    let mut copy = claim.clone();
    copy["metadata"]["namespace"] = json!("elsewhere");
    copy["metadata"]["uid"] = json!(claims::uid(number));
    scene.claims.push(copy);
    true
}
