//! What upstream's API server code answered to recorded manifests and updates is what the core says: without Go.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use steadfast_core::Profile;
use steadfast_tests::admission::vectors::{Replayed, path, replay};

/// Judged once, whatever tests look at it.
fn replayed() -> &'static Replayed {
    static REPLAYED: OnceLock<Replayed> = OnceLock::new();
    REPLAYED.get_or_init(|| replay(&path()).unwrap())
}

#[test]
fn what_upstream_said_is_what_the_core_says() {
    let differences = &replayed().differences;
    assert!(
        differences.is_empty(),
        "{} differences, first {}",
        differences.len(),
        differences[0]
    );
}

/// The recording would prove little if it had lost a version or most of the rules.
#[test]
fn every_version_is_recorded_with_its_rules() {
    let mut questions: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut of_set, mut of_pod, mut warnings) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut refused = 0;
    for (kubernetes, compared) in &replayed().questions {
        *questions.entry(kubernetes).or_default() += 1;
        refused += usize::from(compared.is_refused);
        for (sides, rules) in [
            (&compared.set, &mut of_set),
            (&compared.pod, &mut of_pod),
            (&compared.warnings, &mut warnings),
        ] {
            rules.extend(sides.theirs.iter().map(|(rule, _)| rule.title()));
        }
    }
    for version in Profile::VERSIONS {
        let count = questions
            .iter()
            .find(|(kubernetes, _)| kubernetes.starts_with(version));
        assert!(
            count.is_some_and(|(_, count)| *count >= 100),
            "{version}: {questions:?}"
        );
    }
    let met = [of_set.len(), of_pod.len(), warnings.len(), refused];
    let least = [140, 680, 55, 10];
    assert!(
        met.iter().zip(least).all(|(met, least)| *met >= least),
        "{met:?} of {least:?}"
    );
}

#[test]
fn a_recording_that_is_missing_empty_or_cut_short_is_an_error() {
    let place = std::env::temp_dir().join(format!("steadfast-admission-{}.gz", std::process::id()));
    let error = |bytes: Option<&[u8]>| {
        drop(std::fs::remove_file(&place));
        if let Some(bytes) = bytes {
            std::fs::write(&place, bytes).unwrap();
        }
        replay(&place)
            .err()
            .unwrap_or_else(|| panic!("{bytes:?} was taken for a recording"))
    };
    error(None);
    error(Some(b""));
    error(Some(b"no gzip"));
    let whole = std::fs::read(path()).unwrap();
    error(Some(&whole[..whole.len() / 2]));
    std::fs::remove_file(&place).unwrap();
}
