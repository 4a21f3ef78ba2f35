//! The requests that are drawn for admission reach every policy from both sides.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeMap;

use steadfast_core::admission::{Mode, Policy};
use steadfast_tests::reviews::Question;

const COUNT: u64 = 3_000;

#[test]
fn every_policy_denies_warns_is_let_through_and_has_nothing_to_say() {
    let mut seen: BTreeMap<(Policy, &str), usize> = BTreeMap::new();
    let (mut allowed, mut denied, mut unreadable, mut patched, mut unknown) = (0, 0, 0, 0, 0);
    for seed in 0..COUNT {
        let question = Question::of(seed);
        let Ok(verdict) = question.verdict() else {
            unreadable += 1;
            continue;
        };
        allowed += usize::from(verdict.allowed);
        denied += usize::from(!verdict.allowed);
        patched += usize::from(question.patched(&verdict).is_some());
        unknown += usize::from(
            verdict
                .warnings
                .iter()
                .any(|warning| warning.contains("could not be read")),
        );
        for policy in Policy::ALL {
            let found = verdict.violations.iter().find(|one| one.policy == policy);
            let what = match found.map(|one| one.mode) {
                None => "silent",
                Some(Mode::Deny) => "deny",
                Some(Mode::Warn) => "warn",
                Some(_) => "allowed",
            };
            *seen.entry((policy, what)).or_default() += 1;
        }
        for warning in &verdict.warnings {
            assert!(warning.chars().count() <= 120, "{seed}: {warning}");
        }
    }
    for policy in Policy::ALL {
        for what in ["silent", "deny", "warn", "allowed"] {
            let count = seen.get(&(policy, what)).copied().unwrap_or(0);
            assert!(
                count > 2,
                "{} {what}: {count} of {COUNT}: {seen:?}",
                policy.name()
            );
        }
    }
    for (what, count) in [
        ("allowed", allowed),
        ("denied", denied),
        ("unreadable", unreadable),
        ("patched", patched),
        ("not known", unknown),
    ] {
        assert!(count > 10, "{what}: {count} of {COUNT}");
    }
}

#[test]
fn a_seed_always_gives_the_same_question_and_the_order_of_lists_never_matters() {
    for seed in 0..300 {
        let question = Question::of(seed);
        assert_eq!(question, Question::of(seed));
        let mut turned = question.clone();
        for list in turned.context.as_object_mut().unwrap().values_mut() {
            if let Some(list) = list.as_array_mut() {
                list.reverse();
            }
        }
        let (verdict, other) = (question.verdict(), turned.verdict());
        assert_eq!(verdict, other, "{seed}");
    }
}
