//! What CoreDNS answered to recorded worlds is what the core answers: without Go.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use steadfast_core::dns::{Kind, lookup};
use steadfast_tests::dns::vectors::{file, replay};
use steadfast_tests::dns::{differences, ours, world, zone_of};

#[test]
fn coredns_answered_recorded_worlds_as_the_core_does() {
    let (tally, found) = replay(&file()).unwrap();
    assert!(found.is_empty(), "{} differ, first {}", found.len(), found[0]);
    assert!(tally.worlds >= 80, "only {} worlds are recorded", tally.worlds);
    let missing = tally.never_seen();
    assert!(missing.is_empty(), "never recorded: {missing:?}");
    assert!(std::fs::metadata(file()).unwrap().len() < 200_000);
}

#[test]
fn an_answer_that_is_another_is_a_difference() {
    let world = world(1);
    let theirs = ours(&world).unwrap();
    assert!(differences(&world, &theirs, &theirs).is_empty());
    for at in 0..theirs.len() {
        let mut wrong = theirs.clone();
        wrong[at].answer.push("more".to_owned());
        assert_eq!(differences(&world, &theirs, &wrong).len(), 1);
        wrong[at] = theirs[at].clone();
        wrong[at].denial_ttl = Some(77);
        assert_eq!(differences(&world, &theirs, &wrong).len(), 1);
    }
}

/// The list of records is written in another way than questions are answered.
#[test]
fn every_listed_record_is_answered_and_no_answer_is_missing_from_the_list() {
    for seed in 1..60 {
        let zone = zone_of(&world(seed)).unwrap();
        for record in &zone.records {
            let answer = lookup(&zone, &record.name, record.kind);
            let is_there = answer
                .records
                .iter()
                .any(|one| (one.kind, &one.data, one.ttl) == (record.kind, &record.data, record.ttl));
            assert!(is_there, "seed {seed}: {record:?}\n{answer:?}");
        }
        let names = zone.records.iter().map(|record| &record.name);
        // Names of ports have addresses too, which are not listed.
        for name in names.filter(|name| !name.starts_with('_')) {
            for kind in [Kind::A, Kind::Aaaa, Kind::Ptr] {
                for record in lookup(&zone, name, kind)
                    .records
                    .iter()
                    .filter(|record| record.kind == kind)
                {
                    let is_through_alias = lookup(&zone, name, Kind::Cname).is_answered();
                    let listed = zone.records.iter().any(|one| {
                        (&one.name, one.kind, &one.data) == (&record.name, record.kind, &record.data)
                    });
                    assert!(listed || is_through_alias, "seed {seed}: {record:?}");
                }
            }
        }
    }
}

#[test]
fn the_order_of_objects_changes_no_record() {
    for seed in 1..100 {
        let mut world = world(seed);
        let before = zone_of(&world).unwrap().records;
        for list in ["services", "pods", "nodes"] {
            world[list].as_array_mut().unwrap().reverse();
        }
        assert_eq!(before, zone_of(&world).unwrap().records, "seed {seed}");
    }
}
