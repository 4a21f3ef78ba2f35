//! What the native core and simulator answer, as text: WebAssembly must answer the same, byte by byte.
//!
//! Each line is `{"of", "call", "input", "asked": [{"options", "answer"}]}`: the function, its argument as text, and for each
//! text of options the answer. `wasm/npm/test/same.mjs` asks the package all of it, in Node and in Chromium.

use std::io::Write;

use serde::Serialize;
use serde_json::{Value, json};
use steadfast_core::canonical::{UnknownFields, canonical_with};
use steadfast_core::{Error, Profile, reconcile, revision_name_of};
use steadfast_sim::forecast::{ForecastInput, forecast};
use steadfast_sim::scenario::{Scenario, play};

use crate::cases::{self, Case};
use crate::conformance::parse;
use crate::conformance::vectors::{self, FILES};
use crate::recorded;

/// Writes all lines; how many questions there were.
///
/// # Errors
/// Recordings or cases that cannot be read, or an output that cannot be written.
pub fn write(out: &mut impl Write) -> Result<u64, String> {
    let mut lines = Lines { out, asked: 0 };
    lines.worlds()?;
    lines.cases()?;
    lines.forecasts()?;
    lines.sets()?;
    Ok(lines.asked)
}

struct Lines<'a, W: Write> {
    out: &'a mut W,
    asked: u64,
}

impl<W: Write> Lines<'_, W> {
    /// The recorded worlds, under every version and gate that they were recorded with.
    fn worlds(&mut self) -> Result<(), String> {
        for (name, _) in FILES {
            let recording = vectors::read(&vectors::folder().join(name))?;
            for world in recording.worlds {
                let of = format!("{name}, seed {}", world.seed);
                let profiles = recording.columns.iter().map(|column| &column.profile);
                self.decisions(&of, &world.observation, profiles)?;
            }
        }
        Ok(())
    }

    /// The text cases: decisions, and lives as scenarios.
    fn cases(&mut self) -> Result<(), String> {
        for path in cases::files() {
            let case = Case::read(&path)?;
            if case.is_answer() {
                continue;
            }
            if case.is_decision() {
                for (profile, observation) in case.worlds()? {
                    self.decisions(&case.name, &observation, [&profile])?;
                }
                continue;
            }
            let scenario = case.scenario()?;
            let played = Scenario::parse(&scenario).and_then(|scenario| play(&scenario));
            let asked = [("", tagged(&played))];
            self.line(&case.name, "simulate", &scenario.to_string(), &asked)?;
        }
        Ok(())
    }

    /// Forecasts of the examples, and of what was recorded on a real control plane.
    fn forecasts(&mut self) -> Result<(), String> {
        let examples = recorded::root().join("examples");
        let mut files: Vec<_> = std::fs::read_dir(&examples)
            .map_err(|error| error.to_string())?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
            .collect();
        files.sort();
        for file in files {
            let question = json!({"objects": recorded::objects(&file)});
            self.forecast(&file.file_name().unwrap_or_default().to_string_lossy(), question)?;
        }
        for (name, file) in recorded::files(".yaml") {
            self.forecast(&name, json!({"observed": recorded::objects(&file)}))?;
        }
        Ok(())
    }

    /// Sets in canonical form, and the names of their revisions.
    fn sets(&mut self) -> Result<(), String> {
        for (name, file) in recorded::files(".yaml") {
            for set in recorded::objects(&file)
                .iter()
                .filter(|object| object["kind"] == "StatefulSet")
            {
                let profiles = Profile::ROWS.map(|row| row.parse::<Profile>());
                let profiles: Vec<Profile> = profiles.into_iter().flatten().collect();
                let options: Vec<String> = profiles.iter().map(options).collect();
                let forms = profiles.iter().map(|profile| {
                    let canonical = canonical_with(set, profile, UnknownFields::Keep);
                    tagged(&canonical.map(|c| json!({"object": c.object, "unknown": c.unknown})))
                });
                let names = profiles
                    .iter()
                    .map(|profile| tagged(&revision_name_of(set, profile)));
                let asked = |answers: Vec<String>| -> Vec<(&str, String)> {
                    options.iter().map(String::as_str).zip(answers).collect()
                };
                let text = set.to_string();
                self.line(&name, "canonical", &text, &asked(forms.collect()))?;
                self.line(&name, "revisionName", &text, &asked(names.collect()))?;
            }
        }
        Ok(())
    }

    fn decisions<'p>(
        &mut self,
        of: &str,
        observation: &Value,
        profiles: impl IntoIterator<Item = &'p Profile>,
    ) -> Result<(), String> {
        let (observed, now) = parse(observation.clone())?;
        let decide = |profile: &Profile| {
            let plan = reconcile(&observed, now, profile);
            (options(profile), tagged(&Ok(plan)))
        };
        let asked: Vec<(String, String)> = profiles.into_iter().map(decide).collect();
        self.line(of, "reconcile", &observation.to_string(), &asked)
    }

    fn forecast(&mut self, of: &str, question: Value) -> Result<(), String> {
        let text = question.to_string();
        let answer = ForecastInput::parse(question).and_then(|input| forecast(&input));
        self.line(of, "plan", &text, &[("", tagged(&answer))])
    }

    fn line<O: AsRef<str>>(
        &mut self,
        of: &str,
        call: &str,
        input: &str,
        asked: &[(O, String)],
    ) -> Result<(), String> {
        self.asked += asked.len() as u64;
        let asked: Vec<Value> = asked
            .iter()
            .map(|(options, answer)| json!({"options": options.as_ref(), "answer": answer}))
            .collect();
        let line = json!({"of": of, "call": call, "input": input, "asked": asked});
        writeln!(self.out, "{line}").map_err(|error| error.to_string())
    }
}

fn options(profile: &Profile) -> String {
    serde_json::to_string(profile).expect("a profile is JSON")
}

/// The answer in the form in which it goes over the wire.
fn tagged<T: Serialize>(answer: &Result<T, Error>) -> String {
    let text = |value: Result<String, serde_json::Error>| value.expect("answers are JSON");
    match answer {
        Ok(value) => format!("{{\"ok\":true,\"value\":{}}}", text(serde_json::to_string(value))),
        Err(error) => format!(
            "{{\"ok\":false,\"error\":{}}}",
            text(serde_json::to_string(error))
        ),
    }
}
