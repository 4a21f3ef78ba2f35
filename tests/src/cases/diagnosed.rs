//! What `explain` says of a world: the verdict, the diagnoses that a case asks about, and what their remedies lead to.

use std::fmt::Write;

use serde_json::Value;
use steadfast_core::diff::{diff, runbook};
use steadfast_core::explain::{
    Diagnosis, DiagnosisCode, Explanation, Severity, Surroundings, explain, explain_change,
};
use steadfast_core::{Observation, Observed, Profile, reconcile};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::verify::{LeadsTo, leads_to, remedies_lead_to};

/// Explains the world, as `explain: [CODE, …]` asks: of a code that is not diagnosed it says so.
///
/// # Errors
/// A sentence that says what of the world cannot be read, or which code there is not.
pub fn text(observation: &Value, asked: &[DiagnosisCode], profile: &Profile) -> Result<String, String> {
    let (explanation, played) = explained(observation, profile)?;
    let progress = &explanation.progress;
    let code = serde_json::to_value(progress.code).map_err(|error| error.to_string())?;
    let mut text = format!("{}: {}\n", code.as_str().unwrap_or_default(), progress.message);
    text.push_str(&told(&explanation.diagnoses, &played, asked));
    Ok(text)
}

/// What is said of a change, as `explain: [CODE, …]` asks, and what the remedies lead to. `stored` is what an API server
/// returned of the old set, where the case has a world; else the manifest stands for it.
///
/// # Errors
/// A sentence that says what of the sets cannot be read.
pub fn of_change(
    (old, stored): (&Value, Option<&Value>),
    new: &Value,
    asked: &[DiagnosisCode],
    profile: &Profile,
) -> Result<String, String> {
    let told_error = |error: steadfast_core::Error| error.to_string();
    let before = stored.unwrap_or(old);
    let found = diff(before, new, profile).map_err(told_error)?;
    let runbook = runbook(before, new, "FILE", profile).map_err(told_error)?;
    let diagnoses = explain_change(before, new, &found, runbook.as_ref(), profile);
    let mut input = ForecastInput::of(vec![new.clone()]);
    input.from = Some(vec![old.clone()]);
    input.profile = profile.clone();
    let played = remedies_lead_to(&diagnoses, &input).map_err(told_error)?;
    let head = match (found.allowed, found.makes_revision) {
        (false, _) => "refused",
        (true, true) => "a new revision",
        (true, false) => "no new revision",
    };
    Ok(format!("{head}\n{}", told(&diagnoses, &played, asked)))
}

fn told(diagnoses: &[Diagnosis], played: &[LeadsTo], asked: &[DiagnosisCode]) -> String {
    let mut text = String::new();
    for code in asked {
        if !diagnoses.iter().any(|found| found.code == *code) {
            let _ = writeln!(text, "no {}", code.name());
        }
    }
    for (at, found) in diagnoses.iter().enumerate() {
        // What is worse than what is asked about would be a false alarm, and must be seen.
        if !asked.contains(&found.code) && found.severity != Severity::Error {
            continue;
        }
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let objects: Vec<String> = found
            .objects
            .iter()
            .map(|o| format!("{} {}", o.kind, o.name))
            .collect();
        let _ = writeln!(text, "{severity} {} ({})", found.code.name(), objects.join(", "));
        let _ = writeln!(text, "  {}", found.message);
        for (number, remedy) in found.remedies.iter().enumerate() {
            let _ = writeln!(text, "  -> {}", remedy.sentence);
            for command in &remedy.commands {
                let _ = writeln!(text, "       {command}");
            }
            let leads = played.iter().find(|p| (p.diagnosis, p.remedy) == (at, number));
            if let Some(leads) = leads {
                let _ = writeln!(text, "     leads to: {}", leads.sentence);
            }
        }
    }
    text
}

/// The codes that a case asks about.
///
/// # Errors
/// A sentence that names a code that there is not.
pub fn asked(written: &Value) -> Result<Vec<DiagnosisCode>, String> {
    let one = |value: &Value| {
        let known = DiagnosisCode::ALL.into_iter().find(|(_, name)| value == name);
        known
            .map(|(code, _)| code)
            .ok_or_else(|| format!("there is no diagnosis {value}"))
    };
    match written {
        Value::Array(codes) => codes.iter().map(one).collect(),
        one_code => Ok(vec![one(one_code)?]),
    }
}

fn explained(observation: &Value, profile: &Profile) -> Result<(Explanation, Vec<LeadsTo>), String> {
    let told = |error: steadfast_core::Error| error.to_string();
    let mut parsed = Observation::of_value(observation.clone()).map_err(told)?;
    let now = parsed.now.ok_or("the world has no time")?;
    let around = Surroundings::take(&mut parsed);
    let observed = Observed::parse(parsed).map_err(told)?;
    let plan = reconcile(&observed, now, profile);
    let explanation = explain(&observed, &around, &plan, now, profile);
    let mut input = ForecastInput::of(Vec::new());
    input.observed = objects(observation);
    input.now = Some(now);
    input.profile = profile.clone();
    let played = leads_to(&explanation, &input).map_err(told)?;
    Ok((explanation, played))
}

/// The objects of an observation, one after the other.
fn objects(observation: &Value) -> Vec<Value> {
    let fields = observation.as_object().into_iter().flatten();
    let lists = fields.filter_map(|(_, value)| value.as_array());
    let set = observation.get("statefulSet").cloned();
    set.into_iter().chain(lists.flatten().cloned()).collect()
}
