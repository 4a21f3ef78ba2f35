//! `explain`: why a set is as it is, and what would help.

use std::io::{self, IsTerminal};

use serde_json::{Value, json};
use steadfast_core::explain::{DiagnosisCode, Explanation, Page, ProgressCode, explain};
use steadfast_core::{ErrorCode, Observed, Profile, Timestamp, reconcile};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::verify::{LeadsTo, leads_to};

use crate::cli::{ExplainArguments, Format};
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource};
use crate::outcome::Exit;
use crate::output::Output;

mod table;

/// An explanation and what its remedies lead to.
pub(crate) struct Answer {
    explanation: Explanation,
    played: Vec<LeadsTo>,
    /// `NAMESPACE/NAME`.
    set: String,
    now: Timestamp,
    profile: Profile,
}

pub(crate) fn run(arguments: &ExplainArguments, output: &mut Output) -> Result<Exit, Failure> {
    if let Some(code) = &arguments.code {
        return page(code, output);
    }
    let profile = arguments.profile.profile()?;
    let mut files = arguments.input.all();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            let message = "name a FILE with what a cluster holds, or `-` for standard input";
            return Err(Failure::new(ErrorCode::Missing, message));
        }
        files.push("-".to_owned());
    }
    let input = Input::read(&files, arguments.input.namespace.as_deref(), output)?;
    let objects: Vec<Value> = input.objects.iter().map(|object| object.value.clone()).collect();
    let mut source = ObservationSource::of(input, &Choice::of(&arguments.input))?;
    for doubt in &source.doubts {
        output.warn(doubt)?;
    }
    let (now, guessed) = source.time(arguments.now);
    if guessed {
        output.note(&format!(
            "now is {now}, the newest time in the input; --now sets another"
        ))?;
    }
    let around = source.take_surroundings();
    let observed = source.parse()?;
    let plan = reconcile(&observed, now, &profile);
    let explanation = explain(&observed, &around, &plan, now, &profile);
    let set = format!("{}/{}", observed.set().namespace(), observed.set().name());
    let played = match arguments.unplayed {
        true => Vec::new(),
        false => play(&explanation, objects, &observed, now, &profile)?,
    };
    let answer = Answer {
        explanation,
        played,
        set,
        now,
        profile,
    };
    match arguments.output {
        Format::Json | Format::Yaml => output.structured(arguments.output, &answer.to_json())?,
        Format::Table | Format::Wide => output.text(&table::of(&answer, arguments.output == Format::Wide))?,
    }
    Ok(match answer.explanation.progress.code {
        ProgressCode::Blocked => Exit::Blocked,
        _ => Exit::Fine,
    })
}

/// Prints what there is to know of a diagnosis.
fn page(code: &str, output: &mut Output) -> Result<Exit, Failure> {
    let Some(page) = Page::named(code) else {
        let known: Vec<&str> = DiagnosisCode::ALL.into_iter().map(|(_, name)| name).collect();
        let message = format!("there is no diagnosis `{code}`; there are {}", known.join(", "));
        return Err(Failure::new(ErrorCode::Invalid, message));
    };
    output.text(&page.to_markdown())?;
    Ok(Exit::Fine)
}

/// Plays the remedies from what was observed.
fn play(
    explanation: &Explanation,
    objects: Vec<Value>,
    observed: &Observed,
    now: Timestamp,
    profile: &Profile,
) -> Result<Vec<LeadsTo>, Failure> {
    let has_actions = |diagnosis: &steadfast_core::explain::Diagnosis| {
        diagnosis.remedies.iter().any(|remedy| !remedy.actions.is_empty())
    };
    if !explanation.diagnoses.iter().any(has_actions) {
        return Ok(Vec::new());
    }
    let mut input = ForecastInput::of(Vec::new());
    input.observed = objects;
    input.set = Some(format!(
        "{}/{}",
        observed.set().namespace(),
        observed.set().name()
    ));
    input.now = Some(now);
    input.profile = profile.clone();
    Ok(leads_to(explanation, &input)?)
}

impl Answer {
    fn to_json(&self) -> Value {
        let mut answer = json!(self.explanation);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("set".to_owned(), json!(self.set));
            answer.insert("now".to_owned(), json!(self.now));
            answer.insert("kubernetes".to_owned(), json!(self.profile.to_string()));
            answer.insert("leadsTo".to_owned(), json!(self.played));
        }
        answer
    }
}
