//! What the remedies of an explanation lead to.

use serde::Serialize;
use steadfast_core::explain::{Diagnosis, Explanation};
use steadfast_core::{Error, decimal};

use super::verify;
use crate::forecast::{ForecastInput, Outcome};

/// What comes of one remedy of an explanation, carried out in the cluster that was observed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LeadsTo {
    /// Which diagnosis, counted from 0.
    pub diagnosis: usize,
    /// Which of its remedies, counted from 0.
    pub remedy: usize,
    /// How it ends.
    pub outcome: Outcome,
    /// When, in seconds of virtual time from the first command on.
    pub seconds: f64,
    /// In how many further steps of the controller.
    pub steps: usize,
    /// The Pods that restart.
    pub restarted: Vec<String>,
    /// The claims that are deleted with their data.
    pub lost_claims: Vec<String>,
    /// Why a command could not be carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same as a clause: `stable after 3.1s in 3 more steps; claims kept`.
    pub sentence: String,
}

/// How many remedies are played: each is a whole forecast.
const MOST: usize = 8;

/// Plays the remedies of an explanation that can be played, each from the cluster that `input` observed.
///
/// # Errors
/// As [`verify`].
pub fn leads_to(explanation: &Explanation, input: &ForecastInput) -> Result<Vec<LeadsTo>, Error> {
    remedies_lead_to(&explanation.diagnoses, input)
}

/// The same for diagnoses of any origin, such as those of a change.
///
/// # Errors
/// As [`verify`].
pub fn remedies_lead_to(diagnoses: &[Diagnosis], input: &ForecastInput) -> Result<Vec<LeadsTo>, Error> {
    let mut played = Vec::new();
    for (at, diagnosis) in diagnoses.iter().enumerate() {
        for (remedy, proposal) in diagnosis.remedies.iter().enumerate() {
            if proposal.actions.is_empty() || played.len() >= MOST {
                continue;
            }
            let found = verify(input, &proposal.actions)?;
            let forecast = &found.forecast;
            let error = found.played.iter().find_map(|played| played.error.clone());
            let outcome = found.outcome;
            let mut answer = LeadsTo {
                diagnosis: at,
                remedy,
                outcome,
                seconds: forecast.seconds,
                steps: forecast.steps.len(),
                restarted: forecast.pod_names.restarted.clone(),
                lost_claims: forecast.claim_names.deleted.clone(),
                error,
                sentence: String::new(),
            };
            let blockers = &forecast.verdict.blockers;
            answer.sentence = answer.told(blockers.first().map(|blocker| &*blocker.name));
            played.push(answer);
        }
    }
    Ok(played)
}

impl LeadsTo {
    fn told(&self, blocker: Option<&str>) -> String {
        if let Some(error) = &self.error {
            return format!("it cannot be carried out: {error}");
        }
        let noun = if self.steps == 1 { "step" } else { "steps" };
        let end = match self.outcome {
            Outcome::Stable => format!(
                "stable after {} s in {} more {noun}",
                decimal(self.seconds),
                self.steps
            ),
            Outcome::Blocked => match blocker {
                Some(blocker) => format!("blocked again, by {blocker}"),
                None => "blocked again".to_owned(),
            },
            Outcome::Unfinished => "no end in sight".to_owned(),
        };
        let claims = match self.lost_claims.as_slice() {
            [] => "claims kept".to_owned(),
            lost => format!("claims lost with their data: {}", lost.join(", ")),
        };
        format!("{end}; {claims}")
    }
}
