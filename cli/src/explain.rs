//! `explain`: why a set is as it is, and what would help.

use serde_json::{Value, json};
use steadfast_core::explain::{DiagnosisCode, Explanation, Page, ProgressCode, explain};
use steadfast_core::{ErrorCode, Profile, Timestamp};
use steadfast_sim::forecast::ForecastInput;
use steadfast_sim::verify::{LeadsTo, leads_to};

use crate::cli::{ExplainArguments, Format};
use crate::failure::Failure;
use crate::input::{Choice, Input, ObservationSource, Origin};
use crate::live::{Purpose, Unseen};
use crate::outcome::Exit;
use crate::output::Output;

mod assumed;
mod follow;
mod overview;
mod table;

use assumed::Assumed;

/// An explanation and what its remedies lead to.
pub(crate) struct Answer {
    explanation: Explanation,
    played: Vec<LeadsTo>,
    /// `NAMESPACE/NAME`.
    set: String,
    now: Timestamp,
    profile: Profile,
    /// What a live cluster did not let us see; `None` where the input is no live cluster.
    unseen: Option<Vec<Unseen>>,
}

pub(crate) fn run(arguments: &ExplainArguments, output: &mut Output) -> Result<Exit, Failure> {
    if let Some(code) = &arguments.code {
        return page(code, output);
    }
    // What is wrong with the options is said before a cluster is asked.
    arguments.profile.profile()?;
    let origin = Origin::of(
        &arguments.input,
        &arguments.live,
        Purpose::Explain,
        arguments.watch,
    )?;
    if let (Origin::Live(wanted), true) = (&origin, arguments.watch) {
        return follow::run(wanted, arguments, output);
    }
    let (input, choice) = origin.read(&arguments.input, output)?;
    let is_one = input.sets().filter(|set| choice.is_for(set)).nth(1).is_none();
    if input.live.is_some() && !is_one {
        return overview::run(input, &choice, arguments, output);
    }
    one(input, &choice, arguments, output)
}

/// Explains one set.
fn one(
    input: Input,
    choice: &Choice,
    arguments: &ExplainArguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let profile = input.profile(&arguments.profile, output)?;
    let unseen = input.live.as_ref().map(|live| live.unseen.clone());
    let assumed = Assumed::of(unseen.as_deref().unwrap_or_default());
    let mut objects: Vec<Value> = input.objects.iter().map(|object| object.value.clone()).collect();
    let mut source = ObservationSource::of(input, choice)?;
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
    assumed.complete(&mut source.observation);
    let mut observed = source.parse()?;
    let plan = assumed.plan(&mut observed, now, &profile);
    objects.extend(assumed.objects(&observed));
    let explanation = explain(&observed, &around, &plan, now, &profile);
    let set = format!("{}/{}", observed.set().namespace(), observed.set().name());
    let played = match arguments.unplayed {
        true => Vec::new(),
        false => {
            let input = ForecastInput::of_observed(objects, set.clone(), now, &profile);
            leads_to(&explanation, &input)?
        }
    };
    let answer = Answer {
        explanation,
        played,
        set,
        now,
        profile,
        unseen,
    };
    match arguments.output {
        Format::Json | Format::Yaml => output.structured(arguments.output, &answer.to_json())?,
        Format::Table | Format::Wide => output.text(&table::of(&answer, arguments.output == Format::Wide))?,
    }
    Ok(exit_of(answer.explanation.progress.code))
}

fn exit_of(progress: ProgressCode) -> Exit {
    match progress {
        ProgressCode::Blocked => Exit::Blocked,
        _ => Exit::Fine,
    }
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

impl Answer {
    fn to_json(&self) -> Value {
        let mut answer = json!(self.explanation);
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("set".to_owned(), json!(self.set));
            answer.insert("now".to_owned(), json!(self.now));
            answer.insert("kubernetes".to_owned(), json!(self.profile.to_string()));
            answer.insert("leadsTo".to_owned(), json!(self.played));
            if let Some(unseen) = &self.unseen {
                answer.insert("notSeen".to_owned(), not_seen(unseen));
            }
        }
        answer
    }
}

/// What could not be read, for programs.
fn not_seen(unseen: &[Unseen]) -> Value {
    unseen.iter().map(Unseen::to_json).collect()
}
