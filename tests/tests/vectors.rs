//! What upstream answered to recorded worlds, under every version and gate, is what the core decides: without Go.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeSet;
use std::sync::OnceLock;

use steadfast_core::Profile;
use steadfast_tests::conformance::vectors::{FILES, Replayed, folder, replay};
use steadfast_tests::conformance::{Tally, flips, never_seen};

/// Each file is decided once, whatever tests look at it.
fn of_file(at: usize) -> &'static Replayed {
    static REPLAYED: [OnceLock<Replayed>; 3] = [const { OnceLock::new() }; 3];
    REPLAYED[at].get_or_init(|| replay(&folder().join(FILES[at].0)).unwrap())
}

fn agrees(at: usize) {
    let (name, count) = FILES[at];
    let replayed = of_file(at);
    assert!(
        replayed.differences.is_empty(),
        "{} differences, first {}",
        replayed.differences.len(),
        replayed.differences[0]
    );
    assert!(
        replayed.worlds >= count / 2,
        "{name} holds only {} worlds",
        replayed.worlds
    );
    for (column, tally) in &replayed.columns {
        assert_eq!(tally.worlds, replayed.worlds as u64, "{}", column.title());
    }
}

#[test]
fn kubernetes_1_33_answered_as_the_core_decides() {
    agrees(0);
}

#[test]
fn kubernetes_1_34_to_1_35_0_answered_as_the_core_decides() {
    agrees(1);
}

#[test]
fn kubernetes_1_35_to_1_37_answered_as_the_core_decides() {
    agrees(2);
}

/// The recordings would prove little if they had lost a version, a gate, or a way through the code.
#[test]
fn every_version_and_gate_is_recorded_and_everything_that_can_occur_does() {
    let mut recorded = BTreeSet::new();
    for (at, (name, _)) in FILES.iter().enumerate() {
        let columns = &of_file(at).columns;
        for row in Profile::ROWS {
            let mut whole = Tally::default();
            let of_row: Vec<_> = columns
                .iter()
                .filter(|(column, _)| column.kubernetes == row)
                .collect();
            for (column, tally) in &of_row {
                recorded.insert((row, column.gates.clone()));
                whole.merge(tally);
            }
            if let Some((column, _)) = of_row.first() {
                let missing = never_seen(&whole, &column.profile);
                assert!(
                    missing.is_empty(),
                    "{name}, Kubernetes {row}, never recorded: {missing:?}"
                );
            }
        }
    }
    for row in Profile::ROWS {
        let profile: Profile = row.parse().unwrap();
        for gates in flips(&profile).into_iter().chain([Default::default()]) {
            assert!(
                recorded.contains(&(row, gates.clone())),
                "Kubernetes {row} with {gates:?} is not recorded"
            );
        }
    }
}

#[test]
fn a_recording_that_is_missing_empty_or_cut_short_is_an_error() {
    let place = std::env::temp_dir().join(format!("steadfast-vectors-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    let error = |bytes: Option<&[u8]>| {
        let path = place.join("worlds.jsonl.gz");
        drop(std::fs::remove_file(&path));
        if let Some(bytes) = bytes {
            std::fs::write(&path, bytes).unwrap();
        }
        replay(&path)
            .err()
            .unwrap_or_else(|| panic!("{bytes:?} was taken for a recording"))
    };
    assert!(error(None).contains("worlds.jsonl.gz"));
    error(Some(b""));
    error(Some(b"no gzip"));
    let whole = std::fs::read(folder().join(FILES[0].0)).unwrap();
    error(Some(&whole[..whole.len() / 2]));
    std::fs::remove_dir_all(&place).unwrap();
}
