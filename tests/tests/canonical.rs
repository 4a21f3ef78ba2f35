//! The canonical form of sets against upstream's: recorded answers always, fresh ones where its program is there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use steadfast_core::Profile;
use steadfast_tests::templates::{Scheme, Union, difference, question, schema_dump, tables};

#[test]
fn recorded_sets_come_out_as_upstream_made_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("canonical-") {
            continue;
        }
        for (at, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            let line: Value = serde_json::from_str(line).unwrap();
            let profile: Profile = line["kubernetes"].as_str().unwrap().parse().unwrap();
            let data = line.get("revisionData").filter(|data| !data.is_null());
            let found = difference(&line["set"], data, &profile, &line["upstream"]).unwrap();
            assert_eq!(found, None, "{name}, line {}", at + 1);
            compared += 1;
        }
    }
    assert!(compared >= 200, "only {compared} recorded sets were found");
}

#[test]
fn fresh_sets_come_out_as_upstream_makes_them() {
    let Some(program) = program() else { return };
    let (union, profile) = (Union::default(), Profile::default());
    let mut upstream = Scheme::start(&program).unwrap();
    for block in 0..6u64 {
        let seeds = 7_000_000 + block * 500..7_000_000 + (block + 1) * 500;
        let sets: Vec<Value> = seeds.clone().map(|seed| union.set(seed)).collect();
        let lines: Vec<String> = sets.iter().map(|set| question(set, None)).collect();
        let answers = upstream.ask_all(&lines).unwrap();
        for ((seed, set), answer) in seeds.zip(&sets).zip(&answers) {
            assert_eq!(
                difference(set, None, &profile, answer).unwrap(),
                None,
                "seed {seed}: {set}"
            );
        }
    }
}

#[test]
fn the_tables_have_every_field_of_the_newest_version_and_no_other() {
    let Some(program) = program() else { return };
    let dump = schema_dump(&program).unwrap();
    assert_eq!(tables::difference(&dump, &Profile::default()).unwrap(), None);
}

/// Upstream's program of the newest version, where `cargo xtask test` has built it.
fn program() -> Option<PathBuf> {
    let program = std::env::var_os("STEADFAST_UPSTREAM").map(PathBuf::from);
    if program.is_none() {
        println!("not compared with upstream: STEADFAST_UPSTREAM is not set");
    }
    program
}
