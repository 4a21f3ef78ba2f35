//! What runs have found, kept as JSON: `{"worlds": [{"kubernetes", "gates", "seed", "worlds", "mismatches", "counts"}], ...}`.
//! `cargo xtask conformance --figures` makes the tables of the documents from it.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::run::Column;
use super::tally::{GROUPS, Tally};

/// The file as a value; other members than `worlds` are left as they are.
pub struct Results(Value);

impl Results {
    /// Reads a file; one that is not there is empty.
    ///
    /// # Errors
    /// A sentence, where it cannot be read or is no JSON object.
    pub fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "{}".to_owned(),
            Err(error) => return Err(format!("{shown}: {error}")),
        };
        match serde_json::from_str(&text) {
            Ok(Value::Object(members)) => Ok(Self(Value::Object(members))),
            Ok(_) => Err(format!("{shown}: not a JSON object")),
            Err(error) => Err(format!("{shown}: {error}")),
        }
    }

    /// Puts a run in: added to an earlier one of the same version and gates whose seeds end where its seeds begin (so that
    /// a long run can be made in parts), else in place of it.
    pub fn put(&mut self, column: &Column, seed: u64, tally: &Tally) {
        let mut run = json!({
            "kubernetes": column.kubernetes,
            "gates": column.gates,
            "seed": seed,
            "worlds": tally.worlds,
            "mismatches": tally.mismatches,
            "counts": counts(tally, !column.gates.is_empty()),
        });
        let key = |run: &Value| (run["kubernetes"].to_string(), run["gates"].to_string());
        let runs = &mut self.0["worlds"];
        if !runs.is_array() {
            *runs = json!([]);
        }
        let runs = runs.as_array_mut().expect("just made");
        if let Some(at) = runs.iter().position(|earlier| key(earlier) == key(&run)) {
            let earlier = runs.remove(at);
            let end = |run: &Value| Some(run["seed"].as_u64()? + run["worlds"].as_u64()?);
            if end(&earlier) == Some(seed) {
                for field in ["worlds", "mismatches", "counts"] {
                    add(&mut run[field], &earlier[field]);
                }
                run["seed"] = earlier["seed"].clone();
            }
        }
        runs.push(run);
        runs.sort_by_key(|run| {
            let numbers = run["kubernetes"].as_str().unwrap_or_default().split('.');
            let numbers: Vec<u32> = numbers.filter_map(|number| number.parse().ok()).collect();
            (numbers, run["gates"].to_string())
        });
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The system's sentence.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(&self.0).expect("JSON is JSON");
        std::fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Adds numbers to numbers, by name.
fn add(sum: &mut Value, part: &Value) {
    match (sum, part) {
        (Value::Object(sum), Value::Object(part)) => {
            for (name, part) in part {
                add(sum.entry(name.clone()).or_insert(json!(0)), part);
            }
        }
        (sum, part) => *sum = json!(sum.as_u64().unwrap_or(0) + part.as_u64().unwrap_or(0)),
    }
}

/// Actions and waits; for a version's own gates all else too.
fn counts(tally: &Tally, is_short: bool) -> Value {
    let groups = GROUPS.iter().map(|(group, _)| *group);
    let of_group = |group: &'static str| {
        let names = tally.names(group).into_iter();
        let counts: Map<String, Value> = names
            .map(|name| (name.to_owned(), json!(tally.count(group, name))))
            .collect();
        (group.to_owned(), Value::Object(counts))
    };
    let kept = groups.filter(|group| !is_short || ["action", "wait"].contains(group));
    Value::Object(kept.map(of_group).collect())
}

#[cfg(test)]
mod tests {
    use super::Results;
    use crate::conformance::{Column, Tally};
    use serde_json::json;

    #[test]
    fn a_run_takes_the_place_of_the_earlier_one_of_its_version_and_gates() {
        let column = |version: &str| Column::of(version, Default::default(), "p".into()).unwrap();
        let mut results = Results(json!({"lives": [1]}));
        let tally = |worlds| {
            let mut tally = Tally::default();
            tally.worlds = worlds;
            tally
        };
        results.put(&column("1.37.1"), 1, &tally(5));
        results.put(&column("1.34.10"), 1, &tally(6));
        results.put(&column("1.34.1"), 1, &tally(6));
        results.put(&column("1.37.1"), 9, &tally(7));
        let runs = results.0["worlds"].as_array().unwrap();
        let shown: Vec<_> = runs
            .iter()
            .map(|run| (run["kubernetes"].as_str().unwrap(), &run["worlds"]))
            .collect();
        assert_eq!(
            shown,
            [
                ("1.34.1", &json!(6)),
                ("1.34.10", &json!(6)),
                ("1.37.1", &json!(7))
            ]
        );
        assert_eq!(results.0["lives"], json!([1]));
    }

    #[test]
    fn a_run_that_begins_where_the_last_one_ended_goes_on_with_it() {
        let column = Column::of("1.37.1", Default::default(), "p".into()).unwrap();
        let mut results = Results(json!({}));
        let mut tally = Tally::default();
        tally.add(&steadfast_core::Plan::default(), "stable", &["status: absent"]);
        for seed in [10, 11, 12] {
            results.put(&column, seed, &tally);
        }
        let run = &results.0["worlds"][0];
        assert_eq!((&run["seed"], &run["worlds"]), (&json!(10), &json!(3)));
        assert_eq!(run["counts"]["branch"]["status: absent"], 3);
        assert_eq!(run["counts"]["wait"]["nameTaken"], 0);
        results.put(&column, 50, &tally);
        assert_eq!(results.0["worlds"][0]["worlds"], 1);
    }
}
