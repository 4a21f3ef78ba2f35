//! How long each part takes on one core, while nothing else of ours runs.

use std::hint::black_box;
use std::time::Instant;

use steadfast_core::{Profile, reconcile};

use super::question::parse;
use crate::worlds;

/// One sentence: how long generating, parsing and deciding these worlds takes, by the newest profile.
pub fn sample(seed: u64, worlds: u64) -> String {
    let profile = Profile::default();
    let (mut generating, mut parsing, mut deciding) = (0.0, 0.0, 0.0);
    for seed in seed..seed + worlds {
        let start = Instant::now();
        let text = worlds::world(seed).observation.to_string();
        generating += start.elapsed().as_secs_f64();
        let start = Instant::now();
        let observed = serde_json::from_str(&text)
            .map_err(|error| error.to_string())
            .and_then(parse);
        parsing += start.elapsed().as_secs_f64();
        if let Ok((observed, now)) = observed {
            let start = Instant::now();
            black_box(reconcile(black_box(&observed), now, &profile));
            deciding += start.elapsed().as_secs_f64();
        }
    }
    let micros = |seconds: f64| seconds * 1e6 / worlds as f64;
    format!(
        "one core, {worlds} worlds: {:.0} decisions a second ({:.1} µs each); beside it {:.0} µs to generate a world as text, {:.0} µs to parse it",
        worlds as f64 / deciding,
        micros(deciding),
        micros(generating),
        micros(parsing)
    )
}
