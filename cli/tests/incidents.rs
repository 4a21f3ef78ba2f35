//! The table of incidents: each command says the sentence that stands beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{root, steadfast, text_of};

const REPORTS: [&str; 8] = [
    "67250", "137409", "141876", "140858", "74374", "128529", "64023", "134773",
];

/// The commands of the table with what they are to say.
fn rows() -> Vec<(String, String)> {
    let table = text_of("examples/incidents/README.md");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let command = cells.get(2)?.strip_prefix("`steadfast ")?.strip_suffix('`')?;
        Some((
            command.to_owned(),
            cells.get(3)?.trim_end_matches(" |").to_owned(),
        ))
    });
    rows.collect()
}

#[test]
fn every_command_of_the_table_says_its_sentence() {
    let rows = rows();
    assert!(rows.len() >= REPORTS.len(), "{rows:?}");
    for (command, sentence) in rows {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let run = steadfast(&arguments);
        assert!(run.code < 2, "{command}: {run:?}");
        assert!(
            run.out.contains(&sentence),
            "{command} does not say: {sentence}\n{}",
            run.out
        );
    }
}

#[test]
fn every_incident_has_a_story_that_is_in_the_table() {
    let rows = rows();
    let file = |name: &str| format!("examples/incidents/{name}.yaml");
    for report in REPORTS {
        assert!(
            rows.iter().any(|(command, _)| command.contains(&file(report))),
            "k/k#{report} is not in the table"
        );
    }
    for entry in std::fs::read_dir(root().join("examples/incidents")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let is_told = rows.iter().any(|(command, _)| command.contains(&name));
        assert!(is_told || name == "README.md", "{name} is in no row");
    }
}

/// Those who are stuck for good are told so by the exit code too.
#[test]
fn stuck_stories_are_blocked() {
    for report in ["67250", "137409", "141876", "140858", "74374", "64023"] {
        let run = steadfast(&["simulate", &format!("examples/incidents/{report}.yaml")]);
        assert_eq!(run.code, 1, "{run:?}");
    }
}

/// The end of a story is explained in JSON too, and stories that go well have nothing to be told of.
#[test]
fn the_explanation_of_a_story_is_structured() {
    let run = steadfast(&[
        "simulate",
        "examples/incidents/74374.yaml",
        "--explain",
        "-o",
        "json",
    ]);
    let answer = run.json();
    assert_eq!(run.code, 1);
    assert_eq!(answer[0]["explanation"]["progress"]["blocker"], "ClaimBlocksPod");
    let well = steadfast(&["simulate", "examples/scenarios/rollback-trap.yaml", "--explain"]);
    assert_eq!(well.code, 0, "{well:?}");
    assert!(!well.out.contains("error["), "{well:?}");
}
