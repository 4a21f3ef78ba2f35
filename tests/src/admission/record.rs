//! What runs have found, kept as JSON from which `cargo xtask admission` writes the pages of the documents:
//! `{"runs": {VERSION: {"seed", "next", "questions", "parts"}}, "rules": {"PATH TYPE": {VERSION: CELL}}, "paths": {PATH: {VERSION:
//! CELL}}}`. A cell is `[met, also here, only here]`, or one number where that is `[n, n, 0]`; that of a path counts mutants
//! with an error there and those of them that match completely.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::run::{Outcome, Plan};
use super::tally::PARTS;

/// The file as a value.
pub struct Record(Value);

impl Record {
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
        let found: Value = serde_json::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
        if found.is_object() {
            Ok(Self(found))
        } else {
            Err(format!("{shown}: not a JSON object"))
        }
    }

    /// Puts the run of a version in: added to an earlier one that ends where this one begins, so that a long run can be made
    /// in slices, else in place of it.
    pub fn put(&mut self, kubernetes: &str, plan: &Plan, outcome: &Outcome) {
        let before = self.0["runs"][kubernetes].clone();
        let is_more = before["next"] == json!(plan.first) && plan.worlds == plan.pairs;
        if !is_more {
            self.forget(kubernetes);
        }
        let tally = &outcome.tally;
        let parts = PARTS.map(|part| (part, tally.count(part)));
        let mut run = json!({
            "seed": plan.first,
            "next": plan.first + plan.worlds.max(plan.pairs),
            "questions": tally.questions,
            "parts": BTreeMap::from(parts),
        });
        if is_more {
            run["seed"] = before["seed"].clone();
            for field in ["questions", "parts"] {
                add(&mut run[field], &before[field]);
            }
        }
        self.0["runs"][kubernetes] = run;
        for (rule, count) in &tally.rules {
            let cell = [count.theirs, count.both, count.only_ours];
            self.count("rules", &format!("{} {}", rule.path, rule.kind), kubernetes, cell);
        }
        for (path, (met, complete)) in &tally.paths {
            self.count("paths", path, kubernetes, [*met, *complete, 0]);
        }
    }

    fn forget(&mut self, kubernetes: &str) {
        for table in ["rules", "paths"] {
            if let Some(rows) = self.0[table].as_object_mut() {
                for row in rows.values_mut() {
                    row.as_object_mut().map(|row| row.remove(kubernetes));
                }
                rows.retain(|_, row| row.as_object().is_some_and(|row| !row.is_empty()));
            }
        }
    }

    fn count(&mut self, table: &str, row: &str, kubernetes: &str, more: [u64; 3]) {
        let cell = &mut self.0[table][row][kubernetes];
        let before = match cell {
            Value::Number(number) => {
                let count = number.as_u64().unwrap_or_default();
                [count, count, 0]
            }
            Value::Array(numbers) => [0, 1, 2].map(|at| numbers[at].as_u64().unwrap_or_default()),
            _ => [0; 3],
        };
        let sum = [0, 1, 2].map(|at| before[at] + more[at]);
        *cell = match sum {
            [met, both, 0] if met == both => json!(met),
            sum => json!(sum),
        };
    }

    /// Writes the file, each rule and path on a line.
    ///
    /// # Errors
    /// The system's sentence.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let mut text = String::new();
        let tables = ["runs", "rules", "paths"];
        for (at, table) in tables.into_iter().enumerate() {
            let rows = self.0[table].as_object().into_iter().flat_map(Map::iter);
            let lines: Vec<String> = rows
                .map(|(name, row)| format!("{}: {row}", json!(name)))
                .collect();
            let open = if at == 0 { "{\n" } else { ",\n" };
            let _ = write!(text, "{open}\"{table}\": {{\n{}\n}}", lines.join(",\n"));
        }
        std::fs::write(path, text + "\n}\n").map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Adds numbers to numbers, by name.
fn add(sum: &mut Value, part: &Value) {
    let part = part.as_object().into_iter().flat_map(Map::iter);
    for (name, more) in part {
        let both = sum[name].as_u64().unwrap_or_default() + more.as_u64().unwrap_or_default();
        sum[name] = json!(both);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::rules::Rule;
    use crate::admission::tally::{Count, Tally};
    use std::time::Duration;

    fn outcome(met: u64, both: u64) -> Outcome {
        let mut tally = Tally::default();
        let rule = Rule::of_error("spec.replicas", "FieldValueInvalid", "x");
        let count = Count {
            theirs: met,
            both,
            ..Count::default()
        };
        tally.rules.insert(rule, count);
        tally
            .paths
            .insert("spec.template.spec.os".to_owned(), (met, both));
        tally.questions.insert("create", met);
        Outcome {
            tally,
            wall: Duration::ZERO,
            upstream: Duration::ZERO,
        }
    }

    fn plan(first: u64, count: u64) -> Plan {
        Plan {
            first,
            worlds: count,
            pairs: count,
            jobs: 1,
        }
    }

    #[test]
    fn slices_that_follow_each_other_are_added_and_others_replace() {
        let place = std::env::temp_dir().join(format!("steadfast-admission-{}.json", std::process::id()));
        let mut record = Record::read(&place).unwrap();
        record.put("1.2", &plan(1, 10), &outcome(4, 4));
        record.put("1.3", &plan(1, 10), &outcome(7, 7));
        record.put("1.2", &plan(11, 10), &outcome(5, 3));
        record.write(&place).unwrap();
        let mut record = Record::read(&place).unwrap();
        std::fs::remove_file(&place).unwrap();
        let row = "spec.replicas FieldValueInvalid";
        assert_eq!(record.0["rules"][row], json!({"1.2": [9, 7, 0], "1.3": 7}));
        assert_eq!(
            record.0["paths"]["spec.template.spec.os"]["1.2"],
            json!([9, 7, 0])
        );
        let run = &record.0["runs"]["1.2"];
        assert_eq!(
            (&run["seed"], &run["next"], &run["questions"]["create"]),
            (&json!(1), &json!(21), &json!(9))
        );
        record.put("1.2", &plan(1, 10), &outcome(2, 2));
        assert_eq!(record.0["rules"][row], json!({"1.2": 2, "1.3": 7}));
        assert_eq!(record.0["runs"]["1.2"]["next"], json!(11));
    }
}
