//! The tables of the documents, made from what runs have recorded, never by hand.

use std::path::Path;

use serde_json::{Value, json};

use crate::{command, conformance, upstream};

/// The documents that hold the table, between these marks.
const DOCUMENTS: [&str; 2] = ["README.md", "docs/conformance.md"];
const MARKS: [&str; 2] = ["<!-- figures -->", "<!-- /figures -->"];

/// Writes the table into every document.
///
/// # Errors
/// No results, or a document without the marks.
pub fn write() -> Result<(), String> {
    let table = table(&read(&conformance::results())?, &upstream::versions()?);
    for document in DOCUMENTS {
        let path = command::repository().join(document);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{document}: {error}"))?;
        let new = put_between(&text, MARKS, &table)
            .ok_or_else(|| format!("{document} lacks the marks `{}` and `{}`", MARKS[0], MARKS[1]))?;
        std::fs::write(&path, new).map_err(|error| format!("{document}: {error}"))?;
    }
    println!(
        "the tables of {} are written from tests/conformance-results.json",
        DOCUMENTS.join(" and ")
    );
    Ok(())
}

/// Notes that lives, templates or waits of a version agreed.
///
/// # Errors
/// The results cannot be read or written.
pub fn record(
    measure: &str,
    kubernetes: &str,
    count: &str,
    seed: &str,
    has_faults: bool,
) -> Result<(), String> {
    let path = conformance::results();
    let mut results = if path.exists() { read(&path)? } else { json!({}) };
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
    let entry = json!({"kubernetes": kubernetes, "count": number(count)?, "seed": number(seed)?, "faults": has_faults, "differences": 0});
    if !results[measure].is_array() {
        results[measure] = json!([]);
    }
    if let Some(entries) = results[measure].as_array_mut() {
        entries.retain(|one| one["kubernetes"] != kubernetes || one["faults"] != has_faults);
        entries.push(entry);
    }
    let text = serde_json::to_string_pretty(&results).map_err(|error| error.to_string())?;
    std::fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn table(results: &Value, versions: &[String]) -> String {
    let mut table = "| Kubernetes | worlds | with one gate flipped | lives in lockstep | with faults | templates | waits granted, worlds | mismatches |\n\
        |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let sum = |measure: &str, field: &str, is_of: &dyn Fn(&Value) -> bool| -> u64 {
        let entries = results[measure].as_array().into_iter().flatten();
        entries
            .filter(|entry| is_of(entry))
            .filter_map(|entry| entry[field].as_u64())
            .sum()
    };
    for version in versions {
        let is_of = |entry: &Value| entry["kubernetes"] == **version;
        let has_gates = |entry: &Value| entry["gates"].as_object().is_some_and(|gates| !gates.is_empty());
        let worlds = sum("worlds", "worlds", &|entry| is_of(entry) && !has_gates(entry));
        let flipped = sum("worlds", "worlds", &|entry| is_of(entry) && has_gates(entry));
        let lives = sum("lives", "count", &|entry| is_of(entry) && entry["faults"] != true);
        let faults = sum("lives", "count", &|entry| is_of(entry) && entry["faults"] == true);
        let templates = sum("templates", "count", &is_of);
        let waits = sum("waits", "count", &is_of);
        let mismatches = sum("worlds", "mismatches", &is_of);
        let cells = [worlds, flipped, lives, faults, templates, waits].map(|count| match count {
            0 => "not run".to_owned(),
            count => grouped(count),
        });
        let mismatches = if worlds + flipped == 0 {
            "-".to_owned()
        } else {
            grouped(mismatches)
        };
        table += &format!("| {version} | {} | {mismatches} |\n", cells.join(" | "));
    }
    table
}

/// `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The text with the table between the marks in place of what is there.
pub fn put_between(text: &str, marks: [&str; 2], table: &str) -> Option<String> {
    let (before, rest) = text.split_once(marks[0])?;
    let (_, after) = rest.split_once(marks[1])?;
    Some(format!("{before}{}\n{table}{}{after}", marks[0], marks[1]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{MARKS, grouped, put_between, table};
    use serde_json::json;

    #[test]
    fn a_version_has_its_own_worlds_its_flipped_ones_and_all_mismatches() {
        let results = json!({
            "worlds": [
                {"kubernetes": "1.37.1", "gates": {}, "worlds": 1_000_000, "mismatches": 0},
                {"kubernetes": "1.37.1", "gates": {"A": true}, "worlds": 200_000, "mismatches": 3},
                {"kubernetes": "1.37.1", "gates": {"B": true}, "worlds": 200_000, "mismatches": 0},
            ],
            "lives": [{"kubernetes": "1.37.1", "count": 10_000, "faults": false}],
        });
        let table = table(&results, &["1.36.4".to_owned(), "1.37.1".to_owned()]);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| 1.36.4 | not run | not run | not run | not run | not run | not run | - |",
                "| 1.37.1 | 1,000,000 | 400,000 | 10,000 | not run | not run | not run | 3 |",
            ]
        );
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = format!("before\n{}\nold\n{}\nafter\n", MARKS[0], MARKS[1]);
        let new = put_between(&text, MARKS, "| new |\n").unwrap();
        assert_eq!(
            new,
            format!("before\n{}\n| new |\n{}\nafter\n", MARKS[0], MARKS[1])
        );
        assert_eq!(put_between("no marks", MARKS, "| new |\n"), None);
        assert_eq!([7, 1_000, 1_234_567].map(grouped), ["7", "1,000", "1,234,567"]);
    }
}
