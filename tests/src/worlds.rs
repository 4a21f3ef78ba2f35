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
    World {
        observation: scene.observation(draw),
        feature_gates,
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::{corruption, revision_name, stages, world};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn list<'a>(observation: &'a Value, name: &str) -> &'a [Value] {
        observation[name]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    #[test]
    fn a_seed_gives_the_same_bytes_each_time_and_another_seed_others() {
        for seed in 0..50 {
            assert_eq!(
                world(seed).observation.to_string(),
                world(seed).observation.to_string()
            );
            assert_ne!(world(seed), world(seed + 1));
        }
    }

    #[test]
    fn every_stage_and_every_corruption_comes() {
        let noted: BTreeSet<&str> = (0..6_000).flat_map(|seed| world(seed).notes).collect();
        let missing: Vec<_> = stages::names()
            .chain(corruption::names())
            .filter(|name| !noted.contains(name))
            .collect();
        assert!(missing.is_empty(), "never seen: {missing:?}");
    }

    /// What an API server guarantees: a namespace holds one object of a name, and UIDs are not shared.
    #[test]
    fn no_list_holds_one_name_or_one_uid_twice() {
        for seed in 0..1_500 {
            let observation = world(seed).observation;
            let mut uids = BTreeSet::new();
            for part in ["pods", "persistentVolumeClaims", "controllerRevisions"] {
                let mut names = BTreeSet::new();
                for object in list(&observation, part) {
                    let metadata = &object["metadata"];
                    assert!(
                        names.insert((metadata["namespace"].to_string(), metadata["name"].to_string())),
                        "{seed}"
                    );
                    assert!(
                        uids.insert(metadata["uid"].to_string()),
                        "{seed}: {}",
                        metadata["uid"]
                    );
                }
            }
        }
    }

    #[test]
    fn a_stable_world_has_every_pod_at_the_revision_of_the_template() {
        let mut seen = 0;
        for world in (0..1_000).map(world).filter(|world| world.notes == ["stable"]) {
            seen += 1;
            let set = &world.observation["statefulSet"];
            let update = &set["status"]["updateRevision"];
            let pods = list(&world.observation, "pods");
            assert_eq!(set["spec"]["replicas"], json!(pods.len()));
            assert!(
                pods.iter()
                    .all(|pod| pod["metadata"]["labels"]["controller-revision-hash"] == *update)
            );
            let revisions = list(&world.observation, "controllerRevisions");
            let stored = revisions
                .iter()
                .find(|one| one["metadata"]["name"] == *update)
                .map(|one| &one["data"]);
            let set_name = set["metadata"]["name"].as_str().unwrap_or_default();
            assert_eq!(
                stored
                    .map(|data| json!(revision_name(set_name, data, 0).0))
                    .as_ref(),
                Some(update)
            );
        }
        assert!(seen > 20, "only {seen} stable worlds");
    }

    /// Nothing that Rust's indexing put in: the nulls of a world are those that Go writes for a time of nought, and
    /// those of revision data that no controller wrote.
    #[test]
    fn nulls_stand_only_where_go_writes_them() {
        fn walk(value: &Value, at: &str, seed: u64) {
            match value {
                Value::Null => assert!(at.ends_with("Time"), "seed {seed}: null at {at}"),
                Value::Array(items) => items.iter().for_each(|item| walk(item, at, seed)),
                Value::Object(fields) => {
                    fields
                        .iter()
                        .filter(|(key, _)| *key != "data")
                        .for_each(|(key, field)| walk(field, key, seed));
                }
                _ => {}
            }
        }
        (0..3_000).for_each(|seed| walk(&world(seed).observation, "", seed));
    }
}
