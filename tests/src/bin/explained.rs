//! `explained [--kubernetes V] [--lives N] [--seed S] [--most N]`: explains N lives at every step (see
//! `steadfast_tests::explained`) and prints what was said. Exits 1 at a false alarm or a silence, with the scenario.
//! `explained --show SEED` prints a life's scenario, as `steadfast simulate` takes it.

// A program of the tests: what cannot be read ends it.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::process::ExitCode;

use steadfast_core::{Profile, manifest};
use steadfast_tests::explained::explained;
use steadfast_tests::lockstep::Life;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(sentence) => {
            eprintln!("explained: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<u64, String> {
    let (mut lives, mut first, mut most) = (1_000_u64, 1_u64, 3_u64);
    let mut profile = Profile::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or(format!("{argument} takes a value"))?;
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("{argument} takes a number, not `{value}`"))
        };
        match argument.as_str() {
            "--kubernetes" => {
                profile = value
                    .parse()
                    .map_err(|error: steadfast_core::Error| error.to_string())?
            }
            "--lives" => lives = number()?,
            "--seed" => first = number()?,
            "--most" => most = number()?,
            "--show" => {
                let life = Life::draw(number()?, &profile, false);
                println!("{}", manifest::to_yaml(&life.scenario));
                return Ok(0);
            }
            _ => return Err(format!("unknown argument `{argument}`")),
        }
    }
    let (mut faults, mut steps, mut well, mut endless) = (0, 0, 0, 0);
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    for seed in first..first + lives {
        let life = Life::draw(seed, &profile, false);
        let found = explained(&life, &profile)?;
        steps += found.steps;
        well += u64::from(found.is_well);
        endless += u64::from(found.is_endless);
        for (code, severity) in found.codes {
            *codes.entry(format!("{code} {severity:?}")).or_default() += 1;
        }
        if let Some(fault) = found.fault {
            faults += 1;
            if faults <= most {
                println!("life {seed}: {fault:?}\n{}", manifest::to_yaml(&life.scenario));
            }
        }
    }
    println!(
        "{lives} lives on {profile}, {steps} steps explained, {well} ended well, {endless} were \
         not followed to an end, {faults} faults"
    );
    for (code, lives) in codes {
        println!("{lives:>9} {code}");
    }
    Ok(faults)
}
