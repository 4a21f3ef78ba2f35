//! Lives explained at every step: no error where a set gets on by itself, no silence where nothing moves.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use steadfast_core::Profile;
use steadfast_core::explain::Severity;
use steadfast_tests::explained::explained;
use steadfast_tests::lockstep::Life;

/// `cargo run -p steadfast-tests --bin explained -- --lives 20000` asks it of more.
#[test]
fn no_life_is_alarmed_about_without_need_and_none_stands_still_without_a_word() {
    let mut errors = BTreeSet::new();
    let mut steps = 0;
    for version in ["1.34", "1.37"] {
        let profile: Profile = version.parse().unwrap();
        for seed in 1..150 {
            let found = explained(&Life::draw(seed, &profile, false), &profile).unwrap();
            assert_eq!(found.fault, None, "life {seed} on {version}");
            steps += found.steps;
            let of_errors = found
                .codes
                .into_iter()
                .filter(|(_, severity)| *severity == Severity::Error);
            errors.extend(of_errors.map(|(code, _)| code));
        }
    }
    assert!(steps > 5_000, "only {steps} steps were explained");
    // Lives that need help are among them, or nothing would be shown.
    for code in ["RollbackTrap", "PodNotReady", "AdoptionWedge"] {
        assert!(errors.contains(code), "{code} is in no life: {errors:?}");
    }
}
