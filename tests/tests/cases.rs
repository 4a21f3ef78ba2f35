//! The cases as text are as they are written, and what they write is what upstream does.

// Test code may panic: a failure here is a failed test, and says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use steadfast_tests::cases::{check_all, compare_with_upstream};

/// With `STEADFAST_REWRITE=1` expectations that differ are written anew, to be reviewed as a change of the files.
#[test]
fn every_case_gives_the_text_that_it_expects() {
    let rewrite = std::env::var_os("STEADFAST_REWRITE").is_some_and(|value| value == "1");
    let outcome = check_all(rewrite);
    for name in &outcome.rewritten {
        println!("written anew: {name}");
    }
    assert!(outcome.failures.is_empty(), "{}", outcome.report());
    assert!(outcome.cases >= 80, "only {} cases were found", outcome.cases);
}

/// Where the Go side is built, `STEADFAST_UPSTREAM` names its program.
#[test]
fn every_decision_of_the_newest_version_is_upstreams() {
    let Some(program) = std::env::var_os("STEADFAST_UPSTREAM") else {
        println!("STEADFAST_UPSTREAM does not name upstream's program: nothing is compared");
        return;
    };
    let outcome = compare_with_upstream(Path::new(&program));
    println!("{} worlds were put to upstream", outcome.cases);
    assert!(outcome.failures.is_empty(), "{}", outcome.report());
    assert!(
        outcome.cases >= 60,
        "only {} worlds were put to upstream",
        outcome.cases
    );
}
