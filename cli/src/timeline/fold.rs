//! Rows that repeat: a rollout of a thousand Pods is the same few rows a thousand times.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Row;

/// A part of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// These rows.
    Rows(Range<usize>),
    /// So many repetitions of the rows before, each of this many rows.
    Alike {
        /// Repetitions that are not shown.
        times: usize,
        /// Rows of one of them.
        rows: usize,
    },
}

/// How often something must repeat before it is folded: folding three rows into one helps nobody.
const FEWEST: usize = 8;

/// How many rows one repetition may have.
const LONGEST: usize = 16;

/// Cuts rows into pieces: of each run of repetitions the first two and the last are shown.
pub(super) fn fold(rows: &[Row]) -> Vec<Piece> {
    // Numbers in place of patterns, so that comparing is cheap.
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let patterns: Vec<usize> = rows
        .iter()
        .map(|row| {
            let next = numbers.len();
            *numbers.entry(row.pattern()).or_insert(next)
        })
        .collect();
    pieces(&patterns)
}

fn pieces(patterns: &[usize]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut shown, mut at) = (0, 0);
    while at < patterns.len() {
        let rest = patterns.get(at..).unwrap_or_default();
        let Some((period, times)) = (1..=LONGEST)
            .map(|p| (p, repetitions(rest, p)))
            .find(|(_, t)| *t >= FEWEST)
        else {
            at += 1;
            continue;
        };
        pieces.push(Piece::Rows(shown..at + 2 * period));
        pieces.push(Piece::Alike {
            times: times - 3,
            rows: period,
        });
        at += period * times;
        shown = at - period;
    }
    if shown < patterns.len() {
        pieces.push(Piece::Rows(shown..patterns.len()));
    }
    pieces
}

/// How often the first `period` patterns stand one after the other.
fn repetitions(patterns: &[usize], period: usize) -> usize {
    let shifted = patterns.get(period..).unwrap_or_default();
    let same = patterns
        .iter()
        .zip(shifted)
        .take_while(|(here, there)| here == there)
        .count();
    if shifted.is_empty() { 0 } else { 1 + same / period }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_repetitions_shows_its_first_two_and_its_last() {
        let mut patterns = vec![9];
        patterns.extend([1, 2].repeat(100));
        patterns.push(3);
        let expected = [
            Piece::Rows(0..5),
            Piece::Alike { times: 97, rows: 2 },
            Piece::Rows(199..202),
        ];
        assert_eq!(pieces(&patterns), expected);
    }

    #[test]
    fn short_runs_and_rows_that_differ_stay() {
        assert_eq!(pieces(&[1, 1, 1, 2, 3, 4]), [Piece::Rows(0..6)]);
        assert_eq!(pieces(&[]), []);
        assert_eq!(pieces(&[1]), [Piece::Rows(0..1)]);
    }

    #[test]
    fn a_run_that_breaks_off_in_the_middle_keeps_what_is_left_of_it() {
        let mut patterns = [1, 2, 3].repeat(10);
        patterns.push(1);
        assert_eq!(
            pieces(&patterns),
            [
                Piece::Rows(0..6),
                Piece::Alike { times: 7, rows: 3 },
                Piece::Rows(27..31)
            ]
        );
    }

    #[test]
    fn every_row_is_shown_or_counted() {
        for length in 0..60 {
            let patterns: Vec<usize> = (0..length).map(|at| at % 7 % 3).collect();
            let counted: usize = pieces(&patterns)
                .iter()
                .map(|piece| match piece {
                    Piece::Rows(range) => range.len(),
                    Piece::Alike { times, rows } => times * rows,
                })
                .sum();
            assert_eq!(counted, length);
        }
    }
}
