//! `worlds COUNT [SEED]`: generated observations, one a line, as `steadfast reconcile --lines` reads them.

use std::io::{BufWriter, Write};

use steadfast_tests::worlds;

fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>().unwrap_or(1));
    let (count, seed) = (numbers.next().unwrap_or(10), numbers.next().unwrap_or(1));
    let mut out = BufWriter::new(std::io::stdout().lock());
    for seed in seed..seed + count {
        writeln!(out, "{}", worlds::world(seed).observation)?;
    }
    out.flush()
}
