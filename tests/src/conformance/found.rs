//! What was found to differ, made as small as it gets and written down as a case that stays: a world in full, and what
//! upstream answered. `cases/README.md`, "An answer of upstream's".

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use steadfast_core::manifest;

use super::question::Form;
use super::run::{Column, Mismatch};
use super::upstream::Upstream;
use super::{decide, difference, line};
use crate::worlds::{self, World};

/// Where such cases are kept.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/found")
}

/// A world that the two sides decide differently, as small as it gets.
pub struct Found {
    pub seed: u64,
    pub column: Column,
    pub observation: Value,
    /// Upstream's answer.
    pub upstream: Value,
    /// What is different, for people.
    pub difference: String,
}

impl Found {
    /// Shrinks a mismatch; nothing where a second question no longer shows it.
    ///
    /// # Errors
    /// A program that cannot be asked.
    pub fn of(mismatch: &Mismatch, column: &Column) -> Result<Option<Self>, String> {
        let mut upstream = Upstream::start(&column.program)?;
        let form = Form::of(&column.kubernetes);
        let placed = |observation: &Value| {
            let world = World {
                observation: observation.clone(),
                notes: Vec::new(),
            };
            form.placed(world).observation
        };
        let mut failure = None;
        let mut both = |observation: &Value| {
            let observation = placed(observation);
            let plan = decide(&observation, &column.profile);
            match upstream.ask(&line(mismatch.seed, &observation, &column.gates)) {
                Ok(theirs) => {
                    let found = match &plan {
                        Ok(plan) => difference(&theirs, plan),
                        Err(sentence) => Some(format!("the core cannot read it: {sentence}")),
                    };
                    found.map(|difference| (observation, theirs, difference))
                }
                Err(sentence) => {
                    failure.get_or_insert(sentence);
                    None
                }
            }
        };
        let whole = both(&mismatch.observation);
        let is_crash = |theirs: &Value| theirs.get("crash").is_some();
        let smallest = whole.as_ref().map(|(_, theirs, _)| {
            let was_crash = is_crash(theirs);
            let smallest = worlds::minimise(&mismatch.observation, |smaller| {
                both(smaller).is_some_and(|(_, theirs, _)| is_crash(&theirs) == was_crash)
            });
            both(&smallest)
        });
        match (smallest, failure) {
            (_, Some(sentence)) => Err(sentence),
            (None, None) => Ok(None),
            (Some(smallest), None) => {
                let (observation, upstream, difference) =
                    smallest.or(whole).ok_or("the difference is gone")?;
                Ok(Some(Self {
                    seed: mismatch.seed,
                    column: column.clone(),
                    observation,
                    upstream,
                    difference,
                }))
            }
        }
    }

    /// Writes the case into a folder, and says how it is called.
    ///
    /// # Errors
    /// The system's sentence.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let version = self.column.kubernetes.replace('.', "-");
        let gates: String = self
            .column
            .gates
            .iter()
            .map(|(name, on)| format!("-{name}-{on}").to_lowercase())
            .collect();
        let path = folder.join(format!("kubernetes-{version}{gates}-world-{}.txt", self.seed));
        std::fs::write(&path, self.text()).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// The case as text.
    pub fn text(&self) -> String {
        let version = match self.column.gates.is_empty() {
            true => self.column.kubernetes.clone(),
            false => format!(
                "{} with {}",
                self.column.kubernetes,
                super::gate_list(&self.column.gates)
            ),
        };
        let first: Vec<&str> = self.difference.lines().take(2).map(str::trim).collect();
        let short: String = first.join(": ").chars().take(200).collect();
        let input = json!({"kubernetes": version, "observation": self.observation});
        let mut answer = self.upstream.clone();
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("id");
        }
        format!(
            "# Found by comparison, as {short}\n# Source: upstream's own answer to world {} under Kubernetes {version}.\n{}----\n{}",
            self.seed,
            readable(&input),
            readable(&answer)
        )
    }
}

/// YAML, where it says the same when it is read again; else JSON.
fn readable(value: &Value) -> String {
    let yaml = manifest::to_yaml(value);
    let yaml = yaml.strip_prefix("---\n").unwrap_or(&yaml);
    match manifest::read_one(yaml.as_bytes()) {
        Ok(Some(document)) if document.value == *value && !yaml.contains("\n----\n") => {
            format!("{}\n", yaml.trim_end())
        }
        _ => format!("{value}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;
    use serde_json::json;
    use steadfast_core::manifest;

    #[test]
    fn odd_text_and_numbers_are_read_again_as_they_were() {
        for value in [
            json!({"a": "x\u{2028}y", "b": "<&>", "c": 0.1, "d": "", "e": [], "f": {}, "g": "01", "h": "\u{1F600}"}),
            json!({"a": "----", "b": "no", "c": -0.0, "d": 1e300, "e": "a\nb\n", "f": null}),
            json!({"a": "first\n----\nlast"}),
        ] {
            let text = readable(&value);
            let read = manifest::read_one(text.as_bytes()).unwrap().unwrap().value;
            assert_eq!(read, value, "{text}");
        }
    }
}
