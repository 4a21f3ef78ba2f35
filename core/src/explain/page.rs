//! A page for each diagnosis, for somebody who has just been told its code: `docs/diagnoses/`.
//!
//! The examples of a page are messages that cases in `tests/cases/explain/` give, word for word, and a test holds the two
//! together; so a page cannot say anything else than the command does.

use super::diagnosis::{DiagnosisCode, Severity};

mod claims;
mod names;
mod rollout;
mod stops;

/// What there is to know of a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// Which.
    pub code: DiagnosisCode,
    /// The same in a few words.
    pub title: &'static str,
    /// How bad it can be, the usual first.
    pub severities: &'static [Severity],
    /// Messages as `explain` or `diff` gives them.
    pub see: &'static [&'static str],
    /// Why it is so.
    pub why: &'static str,
    /// What to do, in order.
    pub remedy: &'static [&'static str],
    /// How to avoid it.
    pub avoid: &'static str,
}

impl Page {
    /// The page of a diagnosis.
    ///
    /// ```
    /// use steadfast_core::explain::{DiagnosisCode, Page};
    /// let page = Page::of(DiagnosisCode::RollbackTrap).to_markdown();
    /// assert!(page.starts_with("# RollbackTrap: "));
    /// ```
    pub const fn of(code: DiagnosisCode) -> &'static Self {
        match code {
            DiagnosisCode::RollbackTrap => &rollout::ROLLBACK_TRAP,
            DiagnosisCode::ParallelBudgetStuck => &rollout::PARALLEL_BUDGET_STUCK,
            DiagnosisCode::ScaleDownBlocked => &rollout::SCALE_DOWN_BLOCKED,
            DiagnosisCode::PartitionOffset => &rollout::PARTITION_OFFSET,
            DiagnosisCode::BudgetSerial => &rollout::BUDGET_SERIAL,
            DiagnosisCode::PodNotReady => &rollout::POD_NOT_READY,
            DiagnosisCode::SpuriousRollout => &rollout::SPURIOUS_ROLLOUT,
            DiagnosisCode::ImmutableChange => &claims::IMMUTABLE_CHANGE,
            DiagnosisCode::ClaimBlocksPod => &claims::CLAIM_BLOCKS_POD,
            DiagnosisCode::AdoptionWedge => &claims::ADOPTION_WEDGE,
            DiagnosisCode::ClaimDataLoss => &claims::CLAIM_DATA_LOSS,
            DiagnosisCode::NameTooLong => &names::NAME_TOO_LONG,
            DiagnosisCode::GoverningService => &names::GOVERNING_SERVICE,
            DiagnosisCode::OverlappingSelector => &names::OVERLAPPING_SELECTOR,
            DiagnosisCode::NoDisruptionBudget => &names::NO_DISRUPTION_BUDGET,
            DiagnosisCode::NodeLost => &stops::NODE_LOST,
            DiagnosisCode::PodStuckTerminating => &stops::POD_STUCK_TERMINATING,
            DiagnosisCode::ControllerStopped => &stops::CONTROLLER_STOPPED,
        }
    }

    /// The page of the diagnosis of this name, however it is written in capitals and small letters.
    pub fn named(name: &str) -> Option<&'static Self> {
        let mut all = DiagnosisCode::ALL.into_iter();
        let found = all.find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(code, _)| Self::of(code))
    }

    /// The page as Markdown.
    pub fn to_markdown(&self) -> String {
        let severities: Vec<&str> = self.severities.iter().map(|severity| severity.word()).collect();
        let see: Vec<String> = self.see.iter().map(|message| format!("> {message}")).collect();
        let remedy: Vec<String> = self
            .remedy
            .iter()
            .enumerate()
            .map(|(at, step)| format!("{}. {step}", at + 1))
            .collect();
        let mut text = format!(
            "# {}: {}\n\nSeverity: {}\n\n## What you see\n\n{}\n\n## Why\n\n{}\n\n## What to do\n\n{}\n\n## How to avoid it\n\n{}\n",
            self.code.name(),
            self.title,
            severities.join(" or "),
            see.join("\n>\n"),
            self.why,
            remedy.join("\n"),
            self.avoid
        );
        if !self.code.reports().is_empty() {
            text.push_str("\n## Reports\n\n");
        }
        for report in self.code.reports() {
            let number = report.trim_start_matches("k/k#");
            text.push_str(&format!(
                "- [{report}](https://github.com/kubernetes/kubernetes/issues/{number})\n"
            ));
        }
        text
    }

    /// The list of all pages, as Markdown, with links to files named after the codes.
    pub fn index() -> String {
        let mut text = "# The diagnoses\n\nWhat `steadfast explain` and `steadfast diff` may say. `steadfast explain --code CODE` prints a page.\n\n\
                        | code | in a few words | severity |\n|---|---|---|\n"
            .to_owned();
        for (code, name) in DiagnosisCode::ALL {
            let page = Self::of(code);
            let severities: Vec<&str> = page.severities.iter().map(|severity| severity.word()).collect();
            text.push_str(&format!(
                "| [{name}]({name}.md) | {} | {} |\n",
                page.title,
                severities.join(", ")
            ));
        }
        text
    }
}

impl Severity {
    const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
