//! The closing lines.

use std::fmt::Write;

use super::run::Outcome;

/// The first differences, then the figures.
pub fn of(outcome: &Outcome, show: usize) -> String {
    let mut text = String::new();
    for difference in outcome.differences.iter().take(show) {
        let _ = writeln!(
            text,
            "{}, as {}: {:?}\n    {}",
            difference.name, difference.place, difference.text, difference.what
        );
    }
    let seconds = outcome.wall.as_secs_f64();
    let _ = writeln!(
        text,
        "{} scalars, {} of them differ; {} documents, {} of them differ; {} texts in {seconds:.1} s, {} refused by both, {} \
         answered at random",
        outcome.scalars,
        outcome.differing(true),
        outcome.documents,
        outcome.differing(false),
        outcome.texts,
        outcome.refused,
        outcome.random,
    );
    text
}
