//! Random worlds: what a controller may observe of one StatefulSet, from its first second to its worst day.
//!
//! An independent twin of the library under test: it writes JSON as an API server returns it (Go's typed normal form,
//! defaulted) and computes revision names on its own, so that a mistake in the library cannot hide in its own tests.
//! A world is a moment of a set's life (`stages`), written down as objects (`scene`), then corrupted (`corruption`).
//! The same seed gives the same world for ever: whoever changes a choice here renames all worlds.

mod claims;
mod corruption;
mod draw;
mod go_form;
mod life;
mod moment;
mod object;
mod pods;
mod revisions;
mod scene;
mod set;
mod shrink;
mod stages;
mod template;

pub use draw::Draw;
pub use go_form::{marshal, revision_name};
pub use shrink::{minimise, shrink};

use scene::Scene;
use serde_json::Value;
use std::collections::BTreeMap;

/// One observed moment, and under which feature gates it is to be decided.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// The observation of the wire contract: `now`, `statefulSet`, `pods`, `persistentVolumeClaims`,
    /// `controllerRevisions`.
    pub observation: Value,
    /// Feature gates by name.
    pub feature_gates: BTreeMap<String, bool>,
    /// The life stage first, then the corruptions in the order in which they were done.
    pub notes: Vec<&'static str>,
}

/// The world of this seed: the same for ever.
pub fn world(seed: u64) -> World {
    let draw = &mut Draw::of(seed);
    let (life, stage) = stages::life(draw);
    let mut scene = Scene::of(draw, life, stage);
    let mut notes = vec![stage];
    notes.extend(corruption::corrupt(draw, &mut scene));
    let feature_gates = scene.feature_gates.clone();
    World { observation: scene.observation(draw), feature_gates, notes }
}
