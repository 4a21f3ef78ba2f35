//! `world SEED…`: prints the worlds of these seeds, one a line, as the Go side reads them.

use steadfast_tests::{conformance, worlds};

fn main() {
    for seed in std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
    {
        let world = worlds::world(seed);
        println!(
            "{}",
            conformance::line(seed, &world.observation, &Default::default())
        );
    }
}
