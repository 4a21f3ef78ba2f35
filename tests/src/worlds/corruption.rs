//! Random corruptions: what users, other controllers and broken clusters do to a plausible world.

mod claims;
mod pods;
mod revisions;
mod set;

use super::draw::Draw;
use super::object::remove;
use super::scene::Scene;
use super::set::count;
use serde_json::{Value, json};

/// A corruption: its note, and what it does. It answers whether it found anything to corrupt.
type Corruption = (&'static str, fn(&mut Draw, &mut Scene) -> bool);

/// Corrupts a scene by none to four corruptions, and gives their notes.
pub fn corrupt(draw: &mut Draw, scene: &mut Scene) -> Vec<&'static str> {
    let mut notes = Vec::new();
    match scene.stage {
        "releasing" => pods::release_some(draw, scene),
        "replacedSet" => claims::leave_old_uids(draw, scene),
        _ => {}
    }
    if scene.life.is_big() && draw.percent(60) {
        pods::obstruct(draw, scene);
        notes.push("obstructed");
    }
    for _ in 0..*draw.weighted(&[(34, 0usize), (28, 1), (20, 2), (12, 3), (6, 4)]) {
        let table: &[(usize, Corruption)] = match draw.below(100) {
            0..=37 => &pods::CORRUPTIONS,
            38..=57 => &claims::CORRUPTIONS,
            58..=77 => &revisions::CORRUPTIONS,
            _ => &set::CORRUPTIONS,
        };
        let (note, corruption) = draw.weighted(table);
        if corruption(draw, scene) {
            notes.push(*note);
        }
    }
    // A controller that has seen all this, or one that is behind.
    if !notes.is_empty() && draw.percent(30) {
        count(&mut scene.set["status"], &scene.pods, &scene.life);
    }
    notes
}

/// One object of a list.
fn one<'a>(draw: &mut Draw, list: &'a mut [Value]) -> Option<&'a mut Value> {
    let index = draw.index(list.len())?;
    list.get_mut(index)
}

/// An owner reference with something unusual about it. `right` is the one that should be there.
fn unusual_reference(draw: &mut Draw, right: &Value) -> Value {
    let mut reference = right.clone();
    match draw.below(12) {
        0 => reference["kind"] = json!("ReplicaSet"),
        1 => reference["name"] = json!("another"),
        2 => reference["apiVersion"] = json!(*draw.pick(&["apps/v1beta2", "apps/v1beta1", "example.com/v1"])),
        3 => reference["controller"] = json!(false),
        4 => remove(&mut reference, "controller"),
        5 => reference["blockOwnerDeletion"] = json!(false),
        6 => remove(&mut reference, "blockOwnerDeletion"),
        7 | 8 => reference["uid"] = json!("5e700000-0000-4000-8000-000000000000"),
        9 => {
            remove(&mut reference, "controller");
            remove(&mut reference, "blockOwnerDeletion");
        }
        _ => return foreign_reference(draw),
    }
    if draw.one_in(4) {
        unusual_reference(draw, &reference)
    } else {
        reference
    }
}

/// An object of somebody else's.
fn foreign_reference(draw: &mut Draw) -> Value {
    let (api_version, kind) = *draw.pick(&[
        ("apps/v1", "ReplicaSet"),
        ("apps/v1", "StatefulSet"),
        ("v1", "Pod"),
        ("example.com/v1", "Database"),
    ]);
    let name = *draw.pick(&["other", "web", "web-0"]);
    let mut reference =
        super::pods::controller_reference(api_version, kind, name, "f0e00000-0000-4000-8000-000000000001");
    if draw.one_in(3) {
        reference["controller"] = json!(false);
    }
    reference
}

/// Replaces, adds or takes away an owner reference.
fn disown(draw: &mut Draw, object: &mut Value, right: &Value) {
    let old = object["metadata"]["ownerReferences"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut owners = match draw.below(6) {
        0 => Vec::new(),
        1 | 2 => vec![unusual_reference(draw, right)],
        3 => old.into_iter().chain([foreign_reference(draw)]).collect(),
        4 => [unusual_reference(draw, right)].into_iter().chain(old).collect(),
        _ => vec![right.clone(), unusual_reference(draw, right)],
    };
    // An API server keeps references to two owners at most once each, with one controller.
    let mut seen = std::collections::BTreeSet::new();
    let mut controlled = false;
    owners.retain(|one| seen.insert(one["uid"].as_str().unwrap_or_default().to_string()));
    for one in &mut owners {
        if one["controller"] == true && std::mem::replace(&mut controlled, true) {
            one["controller"] = json!(false);
        }
    }
    if owners.is_empty() {
        remove(&mut object["metadata"], "ownerReferences");
    } else {
        object["metadata"]["ownerReferences"] = Value::Array(owners);
    }
}

/// The notes of all corruptions.
#[cfg(test)]
pub fn names() -> impl Iterator<Item = &'static str> {
    let tables = [
        &pods::CORRUPTIONS[..],
        &claims::CORRUPTIONS,
        &revisions::CORRUPTIONS,
        &set::CORRUPTIONS,
    ];
    tables.into_iter().flatten().map(|(_, (name, _))| *name)
}
