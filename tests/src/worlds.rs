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
mod older;
mod placed;
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

/// One observed moment. Under which version and feature gates it is decided is the asker's business.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// The observation of the wire contract: `now`, `statefulSet`, `pods`, `persistentVolumeClaims`,
    /// `controllerRevisions`.
    pub observation: Value,
    /// The life stage first, then the corruptions in the order in which they were done.
    pub notes: Vec<&'static str>,
}

/// Which controller has written the revisions that a world holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Kubernetes up to 1.33, which writes `creationTimestamp: null`; a later one has written some worlds' all the same.
    Until1_33,
    /// Kubernetes from 1.34 on; some worlds come from an older cluster.
    From1_34,
}

impl Writer {
    /// Whose revisions a cluster of this version, such as `1.33.13`, holds.
    pub fn of(kubernetes: &str) -> Self {
        if kubernetes == "1.33" || kubernetes.starts_with("1.33.") {
            Self::Until1_33
        } else {
            Self::From1_34
        }
    }
}

/// The world of this seed in a cluster of today: the same for ever.
pub fn world(seed: u64) -> World {
    world_by(seed, Writer::From1_34)
}

/// The world of this seed with revisions by this writer: the same for ever.
pub fn world_by(seed: u64, writer: Writer) -> World {
    let draw = &mut Draw::of(seed);
    let (life, stage) = stages::life(draw, writer);
    let mut scene = Scene::of(draw, life, stage);
    let mut notes = vec![stage];
    notes.extend(corruption::corrupt(draw, &mut scene));
    World {
        observation: scene.observation(draw),
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
            let data = stored.expect("the update revision is stored");
            let names = [0, 1, 3].map(|collisions| json!(revision_name(set_name, data, collisions).0));
            assert!(names.contains(update), "{update} is none of {names:?}");
        }
        assert!(seen > 15, "only {seen} stable worlds");
    }

    /// Nothing that Rust's indexing put in: the nulls of a world are those that Go writes for a time of nought, and
    /// those of revision data that no controller wrote.
    #[test]
    fn nulls_stand_only_where_go_writes_them() {
        fn walk(value: &Value, at: &str, seed: u64) {
            match value {
                Value::Null => assert!(
                    at.ends_with("Time") || at == "creationTimestamp",
                    "seed {seed}: null at {at}"
                ),
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
