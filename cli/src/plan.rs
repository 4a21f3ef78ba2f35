//! `plan`: a rollout foreseen to its end.

use steadfast_core::{Profile, Timestamp};
use steadfast_sim::forecast::{Forecast, ForecastInput, Outcome, forecast_watched, newest_timestamp};
use steadfast_sim::scenario::EPOCH;
use steadfast_sim::store::Propagation;

use crate::cli::{Cascade, ChangeArguments, ClusterArguments, Format, PlanArguments, ProfileArguments};
use crate::failure::Failure;
use crate::input::Input;
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{BAD, FAINT, GOOD, WAIT, paint};
use crate::progress::Progress;
use crate::settings;
use crate::timeline::{Scope, Timeline, record};

mod question;
mod verdict;

pub(crate) use question::{Question, are_old_and_new};

pub(crate) fn run(arguments: &PlanArguments, output: &mut Output) -> Result<Exit, Failure> {
    // What is wrong with the options is said before anything is read.
    arguments.profile.profile()?;
    let mut question = Question::of(&arguments.change, version(&arguments.profile), output)?;
    let input = input(&mut question, &arguments.change, &arguments.cluster)?;
    let now = input.now.unwrap_or(EPOCH);

    let mut progress = Progress::start(output.shows_progress());
    let forecast = forecast_watched(&input, &mut |now| {
        progress.show(
            now.at,
            &format!("{} of {} available", now.available, now.replicas),
        );
        true
    });
    progress.clear();
    let forecast = forecast.map_err(|error| question.locate(error))?;
    print(arguments, &forecast, now, output)?;
    Ok(match forecast.outcome {
        Outcome::Stable => Exit::Fine,
        Outcome::Blocked => Exit::Blocked,
        Outcome::Unfinished => Exit::Unfinished,
    })
}

/// The one version that is asked for, else that of the live cluster which is read.
pub(crate) fn version(
    arguments: &ProfileArguments,
) -> impl FnOnce(&Input, &mut Output) -> Result<Vec<Profile>, Failure> {
    |observed, output| Ok(vec![observed.profile(arguments, output)?])
}

/// The question as the simulator takes it, under its first version of Kubernetes.
pub(crate) fn input(
    question: &mut Question,
    change: &ChangeArguments,
    cluster: &ClusterArguments,
) -> Result<ForecastInput, Failure> {
    let (settings, has_nodes) = settings::of(cluster)?;
    let mut input = ForecastInput::of(std::mem::take(&mut question.objects));
    input.observed = std::mem::take(&mut question.observed);
    input.from = question.from.take();
    input.set = Some(question.set.clone());
    if let Some(profile) = question.profiles.first() {
        input.profile = profile.clone();
    }
    let now = question.now.or_else(|| newest_timestamp(&input.observed));
    input.now = Some(now.unwrap_or(EPOCH));
    input.deletion = change.delete.then(|| propagation(change.cascade));
    input.until = cluster.until.map(|span| span.millis());
    input.settings = settings;
    input.faults.clone_from(&cluster.api_error);
    input.assumes_nodes = !has_nodes;
    Ok(input)
}

fn propagation(cascade: Cascade) -> Propagation {
    match cascade {
        Cascade::Background => Propagation::Background,
        Cascade::Foreground => Propagation::Foreground,
        Cascade::Orphan => Propagation::Orphan,
    }
}

fn print(
    arguments: &PlanArguments,
    forecast: &Forecast,
    now: Timestamp,
    output: &mut Output,
) -> Result<(), Failure> {
    let format = arguments.output;
    if arguments.watch {
        let namespace = forecast.set.split('/').next().unwrap_or_default();
        return output.text(&crate::watch::of(
            &forecast.trace,
            namespace,
            forecast.begins_at,
            format == Format::Wide,
        ));
    }
    if format.is_structured() {
        return output.structured(format, forecast);
    }
    let scope = Scope::of_set(&forecast.set, now, forecast.begins_at, format == Format::Wide);
    let timeline = timeline(forecast, &scope);
    if !timeline.is_empty() {
        output.text(&timeline.to_text(format == Format::Wide, !arguments.all))?;
        output.line("")?;
    }
    for assumption in &forecast.assumed {
        output.line(&paint(
            FAINT,
            &format!("assumed: {}", crate::text::one_line(assumption)),
        ))?;
    }
    output.line("")?;
    output.text(&verdict::of(forecast, scope.start()))
}

/// The rows of a forecast, the end of it included.
fn timeline(forecast: &Forecast, scope: &Scope) -> Timeline {
    let mut timeline = record::of(&forecast.trace, scope);
    if !timeline.is_empty() {
        let (verb, style) = match forecast.outcome {
            Outcome::Stable if forecast.verdict.deleted => ("gone", GOOD),
            Outcome::Stable => ("stable", GOOD),
            Outcome::Blocked => ("blocked", BAD),
            Outcome::Unfinished => ("unfinished", WAIT),
        };
        let name = forecast.set.split('/').next_back().unwrap_or_default();
        timeline.other(
            verdict::millis(forecast),
            verb,
            style,
            &format!("StatefulSet {name}"),
            "",
        );
    }
    timeline
}
