//! `kubectl delete --cascade=orphan` and an apply of a changed manifest, played from a dump: what the new set adopts, restarts,
//! deletes or leaves, and what breaks.

use serde::Serialize;
use steadfast_core::remedy::{Remedy, Risk, RiskCode};
use steadfast_core::{Error, ErrorCode, decimal};

use crate::clock::Millis;
use crate::forecast::{Forecast, ForecastInput, Outcome, forecast};
use crate::trace::Happening;
use crate::verify::{Verification, verify};

mod claims;
mod pods;
#[cfg(test)]
mod tests;

pub use claims::{ClaimFate, KeptField, RecreatedClaim};
pub use pods::{PodFate, RecreatedPod};

/// What comes of a set that is deleted without its Pods and made anew from a manifest.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Recreation {
    /// The set, as `NAMESPACE/NAME`.
    pub set: String,
    /// Whether nothing breaks.
    pub safe: bool,
    /// How it ends.
    pub outcome: Outcome,
    /// When, in seconds of virtual time from the deletion on.
    pub seconds: f64,
    /// What breaks, the worst first.
    pub breaks: Vec<Risk>,
    /// What is no harm, and should be known before.
    pub minds: Vec<Risk>,
    /// What becomes of each Pod, in order of ordinals.
    pub pods: Vec<RecreatedPod>,
    /// The Pods that restart, in that order.
    pub restarts: Vec<String>,
    /// What becomes of each claim.
    pub claims: Vec<RecreatedClaim>,
    /// The revision before and after.
    pub revision: RevisionFate,
    /// What was played, and everything that happened.
    pub verification: Verification,
}

/// What becomes of the set's revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RevisionFate {
    /// The update revision of the old set, as its status has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The update revision of the new set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Revisions of the old set that the new one takes over.
    pub adopted: Vec<String>,
}

/// Plays the deletion without Pods and the apply. `input.observed` is what a cluster holds, `input.objects` what is applied.
///
/// # Errors
/// `missing` where the set is not in the dump or not in the manifests; else as [`forecast`](crate::forecast::forecast()).
pub fn recreate(input: &ForecastInput) -> Result<Recreation, Error> {
    let (old, new) = claims::both(input)?;
    let mut before = input.clone();
    before.objects = Vec::new();
    // What is stuck in the dump already is not broken by this.
    let before = forecast(&before)?;
    let verification = verify(input, &[Remedy::OrphanPods {}, Remedy::Apply {}])?;
    let after = &verification.forecast;
    let pods = pods::of(input, old, new, &verification);
    let claims = claims::of(input, old, new, after);
    let is_rolling = crate::view::text(new, &["spec", "updateStrategy", "type"]) != Some("OnDelete");
    let status = last_status(after).filter(|_| is_rolling);
    let (breaks, minds) = Findings {
        status,
        before: &before,
        verification: &verification,
        pods: &pods,
        claims: &claims,
    }
    .judged();
    let mut restarts: Vec<(usize, String)> = Vec::new();
    for pod in pods.iter().filter(|pod| pod.fate == PodFate::Restarted) {
        restarts.extend(pod.order.map(|order| (order, pod.name.clone())));
    }
    restarts.sort_unstable();
    Ok(Recreation {
        set: after.set.clone(),
        safe: breaks.is_empty(),
        outcome: verification.outcome,
        seconds: after.seconds,
        breaks,
        minds,
        restarts: restarts.into_iter().map(|(_, name)| name).collect(),
        pods,
        claims,
        revision: revision_of(old, after),
        verification,
    })
}

/// The last status that was written.
fn last_status(forecast: &Forecast) -> Option<&steadfast_core::Status> {
    forecast
        .trace
        .entries()
        .iter()
        .rev()
        .find_map(|entry| match &entry.what {
            Happening::Status {
                status, error: None, ..
            } => Some(&**status),
            _ => None,
        })
}

fn revision_of(old: &serde_json::Value, after: &Forecast) -> RevisionFate {
    let before = crate::view::text(old, &["status", "updateRevision"]).map(str::to_owned);
    let actions = after.steps.iter().flat_map(|step| &step.actions);
    let is_taken = |done: &&crate::forecast::StepAction| {
        done.error.is_none() && matches!(done.action.operation, "AdoptControllerRevision")
    };
    let mut adopted: Vec<String> = Vec::new();
    for done in actions.filter(is_taken) {
        if !adopted.contains(&done.action.name) {
            adopted.push(done.action.name.clone());
        }
    }
    RevisionFate {
        before,
        after: after.revision.clone(),
        adopted,
    }
}

/// What is judged.
struct Findings<'a> {
    before: &'a Forecast,
    verification: &'a Verification,
    pods: &'a [RecreatedPod],
    claims: &'a [RecreatedClaim],
    /// The last status of the new set, unless it leaves old Pods to a person.
    status: Option<&'a steadfast_core::Status>,
}

impl Findings<'_> {
    /// What breaks, and what is only to be minded.
    fn judged(&self) -> (Vec<Risk>, Vec<Risk>) {
        let (mut breaks, mut minds) = (Vec::new(), Vec::new());
        let played = &self.verification.played;
        let refusal = played
            .iter()
            .find_map(|played| Some((&played.remedy, played.error.as_ref()?)));
        if let Some((remedy, error)) = refusal {
            let message = match remedy {
                Remedy::Apply {} => {
                    format!("the API server refuses the new set, and the old one is gone: {error}")
                }
                _ => format!("the set cannot be deleted: {error}"),
            };
            breaks.push(risk(RiskCode::CreateRefused, message));
        }
        // What is said here of each Pod by name, the verification says of all together.
        for found in &self.verification.risks {
            if found.code != RiskCode::PodsNotAdopted {
                breaks.push(found.clone());
            }
        }
        self.of_pods(&mut breaks, &mut minds);
        self.of_claims(&mut minds);
        let was_stuck = self.before.outcome == Outcome::Blocked;
        if refusal.is_none() && self.verification.outcome == Outcome::Blocked {
            let blockers = &self.verification.forecast.verdict.blockers;
            let names: Vec<String> = blockers
                .iter()
                .map(|b| format!("{} {} ({})", b.kind, b.name, b.reason))
                .collect();
            let was = &self.before.verdict.blockers;
            let is_known =
                |b: &crate::forecast::Blocker| was.iter().any(|w| (w.kind, &w.name) == (b.kind, &b.name));
            let list = some(&names);
            if was_stuck && blockers.iter().all(is_known) {
                minds.push(risk(
                    RiskCode::StillBlocked,
                    format!("it is stuck already, and stays so: {list}"),
                ));
            } else {
                breaks.push(risk(
                    RiskCode::Blocked,
                    format!("the rollout of the new set gets stuck: {list}"),
                ));
            }
        }
        if let Some(seconds) = self.verification.uncontrolled_seconds {
            let message = format!(
                "for {} s here, and for as long as it takes you, nobody replaces a Pod that goes; pause what applies \
                 the old manifest by itself",
                decimal(seconds)
            );
            minds.insert(0, risk(RiskCode::NoController, message));
        }
        breaks.sort_by_key(|risk| !risk.code.is_harmful());
        (breaks, minds)
    }

    fn of_pods(&self, breaks: &mut Vec<Risk>, minds: &mut Vec<Risk>) {
        let of = |fate: PodFate| self.pods.iter().filter(move |pod| pod.fate == fate);
        let left: Vec<&RecreatedPod> = of(PodFate::NotAdopted).collect();
        if let Some(first) = left.first() {
            let names: Vec<String> = left.iter().map(|pod| pod.name.clone()).collect();
            let message = format!("the new set does not adopt {}: {}", some(&names), first.why);
            breaks.push(risk(RiskCode::PodsNotAdopted, message));
        }
        let names = |fate: PodFate| of(fate).map(|pod| pod.name.clone()).collect::<Vec<String>>();
        let deleted = names(PodFate::Deleted);
        if !deleted.is_empty() {
            let message = format!(
                "Pods are deleted, because the new set does not have their ordinals: {}",
                some(&deleted)
            );
            breaks.push(risk(RiskCode::PodsDeleted, message));
        }
        let held = names(PodFate::Held);
        let is_forgotten =
            |status: &steadfast_core::Status| status.current_revision == status.update_revision;
        if !held.is_empty() && self.status.is_some_and(is_forgotten) {
            let message = format!(
                "Pods keep their old revision only until they go, whatever the partition says, since a new set does not know it \
                 as its current one: {}",
                some(&held)
            );
            minds.push(risk(RiskCode::HeldRevisionLost, message));
        }
        let restarted = names(PodFate::Restarted);
        if !restarted.is_empty() {
            minds.push(risk(
                RiskCode::PodsRestart,
                format!("Pods restart: {}", some(&restarted)),
            ));
        }
    }

    fn of_claims(&self, minds: &mut Vec<Risk>) {
        let kept: Vec<&RecreatedClaim> = self
            .claims
            .iter()
            .filter(|claim| !claim.keeps.is_empty())
            .collect();
        if let Some(field) = kept.first().and_then(|claim| claim.keeps.first()) {
            let names: Vec<String> = kept.iter().map(|claim| claim.name.clone()).collect();
            let message = format!(
                "claims stay as they are, whatever the new templates say: {} ({} is {}, and {} is asked for)",
                some(&names),
                field.field,
                field.has,
                field.asks
            );
            minds.push(risk(RiskCode::ClaimsKeepFields, message));
        }
        let left: Vec<String> = self
            .claims
            .iter()
            .filter(|claim| claim.fate == ClaimFate::Left)
            .map(|claim| claim.name.clone())
            .collect();
        if !left.is_empty() {
            let message = format!("claims stay, and nothing uses or deletes them: {}", some(&left));
            minds.push(risk(RiskCode::ClaimsLeft, message));
        }
    }
}

fn risk(code: RiskCode, message: String) -> Risk {
    Risk { code, message }
}

/// `a, b, c and 4 more`.
fn some(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    match names.len().saturating_sub(5) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn missing(message: String) -> Error {
    Error::new(ErrorCode::Missing, message)
}

/// When something happened, from the first command on.
type Moment = Millis;
