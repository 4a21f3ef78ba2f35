//! How often each wait was seen, and what came of it when it was granted.

use std::collections::BTreeMap;
use std::fmt;

use steadfast_core::WaitCode;

use super::examine::{Examined, Outcome};

/// A row for each code, and one for plans that say nothing.
#[derive(Default)]
pub struct Table {
    pub worlds: u64,
    pub failures: u64,
    pub quiet: u64,
    pub withheld: u64,
    rows: BTreeMap<WaitCode, Row>,
}

#[derive(Default)]
struct Row {
    seen: u64,
    granted: u64,
    outcomes: BTreeMap<Outcome, u64>,
    failures: u64,
}

impl Table {
    /// Every code that a world can grant: all but `planLimit`.
    pub const CODES: [WaitCode; 15] = [
        WaitCode::PodRunningAndReady,
        WaitCode::PodAvailable,
        WaitCode::PodTermination,
        WaitCode::ClaimTermination,
        WaitCode::ClaimStale,
        WaitCode::NameTaken,
        WaitCode::Partition,
        WaitCode::MaxUnavailable,
        WaitCode::ManualDelete,
        WaitCode::SetDeletion,
        WaitCode::RevisionAdoption,
        WaitCode::SelectorInvalid,
        WaitCode::RevisionUnreadable,
        WaitCode::StrategyDisabled,
        WaitCode::MaxUnavailableInvalid,
    ];

    pub fn add(&mut self, examined: &Examined) {
        self.worlds += 1;
        self.quiet += u64::from(examined.is_quiet);
        self.withheld += examined.withheld as u64;
        self.failures += examined.failures.len() as u64;
        for code in &examined.seen {
            self.rows.entry(*code).or_default().seen += 1;
        }
        for proof in &examined.proofs {
            let row = self.rows.entry(proof.code).or_default();
            row.granted += 1;
            *row.outcomes.entry(proof.outcome).or_default() += 1;
        }
        for failure in &examined.failures {
            if let Some(code) = Self::CODES
                .into_iter()
                .find(|code| code.name() == failure.subject)
            {
                self.rows.entry(code).or_default().failures += 1;
            }
        }
    }

    /// How often a wait of this code was seen.
    pub fn seen(&self, code: WaitCode) -> u64 {
        self.rows.get(&code).map_or(0, |row| row.seen)
    }

    /// How often one was granted, in any way.
    pub fn granted(&self, code: WaitCode) -> u64 {
        self.rows.get(&code).map_or(0, |row| row.granted)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} worlds, {} without action and wait, {} grants withheld, {} failures",
            self.worlds, self.quiet, self.withheld, self.failures
        )?;
        writeln!(
            f,
            "| wait | seen | granted | acted | stopped elsewhere | finished | with others | failed |\n\
             |---|---|---|---|---|---|---|---|"
        )?;
        for code in Self::CODES {
            let empty = Row::default();
            let row = self.rows.get(&code).unwrap_or(&empty);
            let came = |outcome| row.outcomes.get(&outcome).copied().unwrap_or_default();
            writeln!(
                f,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                code.name(),
                row.seen,
                row.granted,
                came(Outcome::Acted),
                came(Outcome::Elsewhere),
                came(Outcome::Finished),
                came(Outcome::WithOthers),
                row.failures
            )?;
        }
        Ok(())
    }
}
