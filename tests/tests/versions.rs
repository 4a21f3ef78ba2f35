//! What versions do differently has names, and the names are complete: a version with all behaviours of another decides as
//! that one does, in every world.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use serde_json::Value;
use steadfast_core::compare::decisions;
use steadfast_core::{Behaviour, Observation, Observed, Profile, Timestamp, reconcile};
use steadfast_tests::worlds;

fn rows() -> Vec<Profile> {
    let mut rows: Vec<Profile> = Profile::ROWS.iter().map(|row| row.parse().unwrap()).collect();
    rows.push(
        "1.37"
            .parse::<Profile>()
            .unwrap()
            .with_gate("StatefulSetRecreateStrategy", true)
            .unwrap(),
    );
    rows
}

fn worlds(count: u64) -> impl Iterator<Item = (u64, Observed, Timestamp)> {
    (0..count).filter_map(|seed| {
        let world: Value = worlds::world(seed).observation;
        let now = Timestamp::parse(world.get("now")?.as_str()?)?;
        let observed = Observed::parse(Observation::of_value(world).ok()?).ok()?;
        Some((seed, observed, now))
    })
}

#[test]
fn a_version_with_all_behaviours_of_another_decides_as_that_one() {
    let rows = rows();
    let mut seen = 0;
    for (seed, observed, now) in worlds(200) {
        for other in &rows {
            let plan = reconcile(&observed, now, other);
            for one in &rows {
                let mixed = one.borrowing(&Behaviour::ALL, other);
                assert_eq!(
                    reconcile(&observed, now, &mixed),
                    plan,
                    "world {seed}: {one} as {other}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 10_000, "only {seen} decisions were compared");
}

/// The cause that is told is one: with it alone the first difference is gone.
#[test]
fn every_parting_has_a_cause_that_makes_it_vanish() {
    let rows = rows();
    let mut causes = BTreeSet::new();
    for (seed, observed, now) in worlds(150) {
        let found = decisions(&observed, now, &rows);
        for parting in &found.partings {
            assert!(
                !parting.because.is_empty(),
                "world {seed}: {} and {}",
                parting.one,
                parting.other
            );
            causes.extend(parting.because.iter().map(|why| why.behaviour));
            let find = |name: &str| rows.iter().find(|row| row.to_string() == name).unwrap();
            let behaviours: Vec<Behaviour> = parting.because.iter().map(|why| why.behaviour).collect();
            let mixed = find(&parting.one).borrowing(&behaviours, find(&parting.other));
            let again = decisions(&observed, now, &[mixed, find(&parting.other).clone()]);
            let later = again
                .partings
                .first()
                .is_none_or(|later| later.part > parting.part);
            assert!(
                later,
                "world {seed}: {behaviours:?} is not why {} and {} part",
                parting.one, parting.other
            );
        }
    }
    for behaviour in [
        Behaviour::MaxUnavailable,
        Behaviour::NullCreationTimestamp,
        Behaviour::SemanticRevisionComparison,
        Behaviour::ConditionsKept,
        Behaviour::RecreateStrategy,
    ] {
        assert!(
            causes.contains(&behaviour),
            "{behaviour:?} is why in no world: {causes:?}"
        );
    }
}
