//! Remedies played: whether what a runbook or a diagnosis proposes leads to a stable set, and at what price.

use serde::Serialize;
use steadfast_core::Error;
use steadfast_core::remedy::{Remedy, Risk};

use crate::clock::Millis;
use crate::forecast::{Begun, Forecast, ForecastInput, Outcome, Progress};

mod explained;
mod findings;
mod play;
#[cfg(test)]
mod tests;

pub use explained::{LeadsTo, leads_to, remedies_lead_to};
use findings::Before;

/// What comes of remedies.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verification {
    /// How it ends: as the forecast says; blocked where a remedy could not be carried out.
    pub outcome: Outcome,
    /// The remedies as they were carried out; nothing more is done after one that could not be.
    pub played: Vec<PlayedRemedy>,
    /// Claims that have another size in the end.
    pub resized: Vec<ResizedClaim>,
    /// How long Pods had no controller, in seconds of virtual time; absent where they never lost it, and where some never get
    /// one again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncontrolled_seconds: Option<f64>,
    /// What has gone wrong on the way or is wrong in the end, seen and not supposed.
    pub risks: Vec<Risk>,
    /// Everything else that happened, from the first remedy on: which Pods restarted, what became of claims, the least
    /// number of available Pods.
    pub forecast: Forecast,
}

/// A remedy that was carried out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct PlayedRemedy {
    /// Which.
    #[serde(flatten)]
    pub remedy: Remedy,
    /// When, in milliseconds of virtual time since the first one.
    pub at: Millis,
    /// Why it could not be carried out: the API server's answer, or what was waited for in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A claim whose size is another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ResizedClaim {
    /// Its name.
    pub name: String,
    /// What it had, such as `10Gi`.
    pub from: String,
    /// What it has.
    pub to: String,
}

/// Carries out remedies one after the other in the cluster that `input` describes, and runs it to its end.
///
/// Where `input` has manifests of before (`from`), their set runs and is stable first; where it has a dump, that is what
/// the remedies begin with. Its `objects` are what [`Remedy::Apply`] applies; what goes wrong with Pods begins there, and
/// with Pods that are new by then or have another revision.
///
/// # Errors
/// As [`forecast`](crate::forecast::forecast()), for what is there before the first remedy. A remedy that cannot be carried out
/// is no error: the answer says so.
pub fn verify(input: &ForecastInput, remedies: &[Remedy]) -> Result<Verification, Error> {
    verify_watched(input, remedies, &mut |_| true)
}

/// As [`verify`]; `watch` is told how far it has come, now and then, and ends it where it says false.
///
/// # Errors
/// As [`verify`].
pub fn verify_watched(
    input: &ForecastInput,
    remedies: &[Remedy],
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Verification, Error> {
    let mut begun = Begun::of(input, watch)?;
    begun.assumed.push(format!(
        "a person takes {} from one command to the next",
        play::PAUSE
    ));
    let before = Before::of(&begun);
    let mut played = Vec::new();
    if !remedies.contains(&Remedy::Apply {}) {
        begun.let_fail();
    }
    for remedy in remedies {
        let at = Millis(begun.cluster.now().0.saturating_sub(begun.begins_at().0));
        let result = play::play(remedy, &mut begun, watch);
        let is_refused = result.is_err();
        played.push(PlayedRemedy {
            remedy: remedy.clone(),
            at,
            error: result.err(),
        });
        if is_refused {
            break;
        }
    }
    let limit = begun.limit();
    let ending = begun.run(limit, watch, &mut |_| true);
    let found = before.compare(&begun);
    let forecast = begun.answer(ending);
    let is_refused = played.iter().any(|played| played.error.is_some());
    Ok(Verification {
        outcome: if is_refused {
            Outcome::Blocked
        } else {
            forecast.outcome
        },
        played,
        risks: found.risks(&forecast),
        uncontrolled_seconds: found.uncontrolled.map(|span| span.0 as f64 / 1000.0),
        resized: found.resized,
        forecast,
    })
}
