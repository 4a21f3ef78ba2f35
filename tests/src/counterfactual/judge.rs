//! Who says what happens next in an edited world.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::Profile;

use super::answer::Answer;
use crate::conformance::{Form, Upstream, decide, reads_clock};
use crate::worlds::World;

/// Under which Kubernetes a world is decided.
#[derive(Clone, Debug)]
pub struct Setting {
    pub profile: Profile,
    /// The gates that are set by name; the others have the version's default.
    pub gates: BTreeMap<String, bool>,
}

impl Setting {
    /// A version with gates as `--gates` takes them: `A=true,B=false`.
    ///
    /// # Errors
    /// A sentence that names the version or the gate which is not known.
    pub fn parse(kubernetes: &str, gates: &str) -> Result<Self, String> {
        let profile: Profile = kubernetes
            .parse()
            .map_err(|error: steadfast_core::Error| error.to_string())?;
        let profile = profile.with_gates(gates).map_err(|error| error.to_string())?;
        let gates = gates
            .split(',')
            .filter_map(|entry| entry.trim().split_once('='))
            .map(|(name, on)| (name.to_owned(), on == "true"))
            .collect();
        Ok(Self { profile, gates })
    }

    /// The world of this seed as a cluster of this version would have it; nothing where it cannot be asked about: until
    /// 1.35.0 upstream reads the real clock, to which the edited times of a world with minReadySeconds mean nothing.
    pub fn world(&self, seed: u64) -> Option<World> {
        let kubernetes = self.profile.kubernetes();
        let world = Form::of(kubernetes).world(seed);
        let min_ready = world.observation["statefulSet"]["spec"]["minReadySeconds"]
            .as_i64()
            .unwrap_or(0);
        (min_ready == 0 || !reads_clock(kubernetes)).then_some(world)
    }

    /// The same with one gate switched; nothing where the version does not have it.
    pub fn with_gate(&self, name: &str, on: bool) -> Option<Self> {
        let profile = self.profile.clone().with_gate(name, on).ok()?;
        let mut gates = self.gates.clone();
        gates.insert(name.to_owned(), on);
        Some(Self { profile, gates })
    }
}

/// Somebody who knows what the controller does with an observation.
pub trait Judge {
    /// What it does with each of them, each on its own.
    ///
    /// # Errors
    /// A sentence, where it cannot be asked.
    fn ask(&mut self, worlds: &[(&Value, &Setting)]) -> Result<Vec<Answer>, String>;
}

/// The core itself. It cannot show that a wait is right, only that the core agrees with itself.
pub struct Core;

impl Judge for Core {
    fn ask(&mut self, worlds: &[(&Value, &Setting)]) -> Result<Vec<Answer>, String> {
        worlds
            .iter()
            .map(|(observation, setting)| Ok(Answer::of_plan(&decide(observation, &setting.profile)?)))
            .collect()
    }
}

/// So many bytes of worlds may be under way: they fit in a pipe.
const WINDOW: usize = 48 * 1024;

impl Judge for Upstream {
    fn ask(&mut self, worlds: &[(&Value, &Setting)]) -> Result<Vec<Answer>, String> {
        let lines: Vec<String> = worlds
            .iter()
            .enumerate()
            .map(|(id, (observation, setting))| {
                json!({"id": id, "observation": observation, "featureGates": setting.gates}).to_string()
            })
            .collect();
        let mut answers = Vec::with_capacity(lines.len());
        let (mut sent, mut under_way) = (0, 0);
        while answers.len() < lines.len() {
            while sent < lines.len() && (under_way == 0 || under_way + lines[sent].len() < WINDOW) {
                self.send(&lines[sent])?;
                under_way += lines[sent].len() + 1;
                sent += 1;
            }
            let answer = self.receive()?;
            under_way -= lines[answers.len()].len() + 1;
            answers.push(Answer::of_upstream(&answer)?);
        }
        Ok(answers)
    }
}
