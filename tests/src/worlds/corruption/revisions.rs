//! Corruptions of ControllerRevisions.

use super::super::draw::Draw;
use super::super::go_form;
use super::super::object::remove;
use super::super::older;
use super::super::pods;
use super::super::revisions;
use super::super::scene::Scene;
use super::{Corruption, disown, foreign_reference, one};
use serde_json::{Value, json};

pub(super) const CORRUPTIONS: [(usize, Corruption); 15] = [
    (8, ("revisionGone", gone)),
    (8, ("revisionNumber", number)),
    (4, ("revisionCreated", created)),
    (9, ("revisionOrphan", orphan)),
    (5, ("revisionOwner", owner)),
    (5, ("revisionForeign", foreign)),
    (5, ("revisionUnselected", unselected)),
    (8, ("revisionTwin", twin)),
    (14, ("revisionNameTaken", name_taken)),
    (5, ("revisionUnreadable", unreadable)),
    (4, ("revisionHash", hash)),
    (3, ("revisionElsewhere", elsewhere)),
    (4, ("revisionUnrelated", unrelated)),
    (14, ("revisionOlder", older_form)),
    (6, ("revisionNearly", nearly)),
];

fn gone(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.revisions.len()) else {
        return false;
    };
    scene.revisions.remove(index);
    true
}

fn number(draw: &mut Draw, scene: &mut Scene) -> bool {
    let other = scene
        .revisions
        .first()
        .map_or(1, |first| first["revision"].as_i64().unwrap_or(1));
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    revision["revision"] = json!(*draw.pick(&[other, other, other + 1, 0, 3, 100, 9_007_199_254_740_993]));
    true
}

fn created(draw: &mut Draw, scene: &mut Scene) -> bool {
    let born = scene.life.born();
    for revision in &mut scene.revisions {
        revision["metadata"]["creationTimestamp"] = json!(born);
        if draw.percent(50) {
            revision["revision"] = json!(1);
        }
    }
    !scene.revisions.is_empty()
}

fn orphan(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    remove(&mut revision["metadata"], "ownerReferences");
    true
}

fn owner(draw: &mut Draw, scene: &mut Scene) -> bool {
    let right = pods::set_reference(&scene.life);
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    disown(draw, revision, &right);
    true
}

fn foreign(draw: &mut Draw, scene: &mut Scene) -> bool {
    let mut reference = foreign_reference(draw);
    reference["controller"] = json!(true);
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    revision["metadata"]["ownerReferences"] = json!([reference]);
    true
}

fn unselected(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    match draw.below(3) {
        0 => remove(&mut revision["metadata"], "labels"),
        _ => revision["metadata"]["labels"]["app"] = json!("www"),
    }
    true
}

/// Equal data under another name, beside the first.
fn twin(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(index) = draw.index(scene.revisions.len()) else {
        return false;
    };
    let serial = scene.number();
    let mut twin = scene.revisions[index].clone();
    twin["metadata"]["uid"] = json!(revisions::uid(serial));
    let collisions = draw.between(1, 3);
    let (name, hash) = go_form::revision_name(&scene.life.name, &twin["data"], collisions);
    twin["metadata"]["name"] = json!(name);
    if draw.percent(50) {
        twin["metadata"]["labels"]["controller.kubernetes.io/hash"] = json!(hash);
    }
    twin["revision"] = json!(draw.between(1, scene.life.eras.len() as i64 + 2));
    scene.revisions.push(twin);
    true
}

/// The name of the wanted template's revision is somebody else's, once or several times over.
fn name_taken(draw: &mut Draw, scene: &mut Scene) -> bool {
    let data = scene.life.revision_data(&scene.set["spec"]["template"]);
    let first = scene.set["status"]["collisionCount"].as_i64().unwrap_or(0);
    scene.revisions.retain(|revision| revision["data"] != data);
    for collisions in first..first + *draw.weighted(&[(70, 1), (20, 2), (10, 3)]) {
        let serial = scene.number();
        let (name, hash) = go_form::revision_name(&scene.life.name, &data, collisions);
        let mut era = scene.life.eras[0].clone();
        (era.name, era.hash, era.number) = (name, hash, draw.between(0, 4));
        era.data = match draw.below(6) {
            0..=2 => json!({"spec": {"template": {"$patch": "replace", "taken": collisions}}}),
            3 => data.clone(),
            4 => json!({"replicas": 1.5, "other": [1e21, 1e-7, -0.0, true, null]}),
            _ => {
                json!({"spec": {"template": {"$patch": "replace", "metadata": {}, "spec": {"containers": null}}}})
            }
        };
        let mut revision = revisions::revision(&scene.life, &era, serial);
        match draw.below(4) {
            0 => {}
            1 => revision["metadata"]["labels"] = json!({"app": "www"}),
            _ => revision["metadata"]["ownerReferences"] = json!([foreign_reference(draw)]),
        }
        scene.revisions.push(revision);
    }
    true
}

/// Data that no controller wrote.
fn unreadable(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    match draw.below(7) {
        0 => remove(revision, "data"),
        1 => revision["data"] = Value::Null,
        2 => revision["data"] = json!("text"),
        3 => revision["data"] = json!({}),
        4 => revision["data"] = json!([1, 2]),
        5 => revision["data"] = json!({"spec": {"template": "text"}}),
        _ => {
            // A patch that merges instead of replacing is left out: no StatefulSet controller has ever written one,
            // and the core refuses what upstream would merge (docs/conformance.md).
            let Some(template) = revision
                .pointer_mut("/data/spec/template")
                .filter(|t| t.is_object())
            else {
                return false;
            };
            template["spec"] = json!({"containers": {"not": "a list"}});
        }
    }
    true
}

fn hash(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    let labels = &mut revision["metadata"]["labels"];
    match draw.below(4) {
        0 => remove(labels, "controller.kubernetes.io/hash"),
        1 => labels["controller.kubernetes.io/hash"] = json!("1234567890"),
        2 => labels["controller.kubernetes.io/hash"] = json!("42"),
        _ => labels["controller.kubernetes.io/hash"] = json!("x"),
    }
    true
}

fn elsewhere(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(revision) = one(draw, &mut scene.revisions) else {
        return false;
    };
    revision["metadata"]["namespace"] = json!("elsewhere");
    true
}

/// A revision of another set or of a DaemonSet.
fn unrelated(draw: &mut Draw, scene: &mut Scene) -> bool {
    let serial = scene.number();
    let mut era = scene.life.eras[0].clone();
    era.name = format!("other-{}", era.hash);
    let mut revision = revisions::revision(&scene.life, &era, serial);
    let kind = if draw.percent(50) {
        "DaemonSet"
    } else {
        "StatefulSet"
    };
    let owner = pods::controller_reference("apps/v1", kind, "other", "f0e00000-0000-4000-8000-000000000002");
    revision["metadata"]["ownerReferences"] = json!([owner]);
    scene.revisions.push(revision);
    true
}

/// Means what it meant, in the words of an older API server or of a hand.
fn older_form(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(template) = likely_newest(draw, scene) else {
        return false;
    };
    older::say_otherwise(draw, template)
}

/// Looks like the same, and is not.
fn nearly(draw: &mut Draw, scene: &mut Scene) -> bool {
    let Some(template) = likely_newest(draw, scene) else {
        return false;
    };
    if draw.percent(50) {
        older::say_otherwise(draw, template);
    }
    older::mean_otherwise(draw, template)
}

/// The template that the newest revision stores, or now and then another one.
fn likely_newest<'a>(draw: &mut Draw, scene: &'a mut Scene) -> Option<&'a mut Value> {
    let newest = (0..scene.revisions.len()).max_by_key(|index| scene.revisions[*index]["revision"].as_i64());
    let index = if draw.percent(85) {
        newest
    } else {
        draw.index(scene.revisions.len())
    };
    scene.revisions[index?]
        .pointer_mut("/data/spec/template")
        .filter(|template| template["spec"]["containers"].is_array())
}
