//! `recreate`: a set deleted without its Pods and made anew, before anybody does it.

use anstyle::{Effects, Style};
use steadfast_core::remedy::Risk;
use steadfast_sim::forecast::Outcome;
use steadfast_sim::recreate::{ClaimFate, PodFate, RecreatedClaim, RecreatedPod, Recreation, recreate};

use crate::cli::{Cascade, ChangeArguments, Format, RecreateArguments};
use crate::failure::Failure;
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{BAD, CHANGE, FAINT, GOOD, WAIT, paint};
use crate::plan;
use crate::table::{Cell, Table};
use crate::text::{list, one_line, time};

/// How many Pods and claims are shown each; of more, those to which nothing happens are counted.
const SHOWN: usize = 12;

pub(crate) fn run(arguments: &RecreateArguments, output: &mut Output) -> Result<Exit, Failure> {
    arguments.profile.profile()?;
    let change = ChangeArguments {
        input: arguments.input.clone(),
        observed: arguments.observed.clone(),
        from: Vec::new(),
        delete: false,
        cascade: Cascade::Orphan,
        live: arguments.live.clone(),
    };
    // What may not be changed is not asked: the old set is gone when the new one is made.
    let version = plan::version(&arguments.profile);
    let mut question = plan::Question::of_new_set(&change, version, output)?;
    let input = plan::input(&mut question, &change, &arguments.cluster)?;
    let found = recreate(&input).map_err(|error| question.locate(error))?;
    match arguments.output {
        Format::Json | Format::Yaml => output.structured(arguments.output, &found)?,
        Format::Table | Format::Wide => output.text(&told(&found, arguments.output == Format::Wide))?,
    }
    Ok(match found.safe {
        true => Exit::Fine,
        false => Exit::Blocked,
    })
}

fn told(found: &Recreation, wide: bool) -> String {
    let set = one_line(&found.set);
    let kubernetes = paint(
        FAINT,
        &format!("(Kubernetes {})", found.verification.forecast.kubernetes),
    );
    let mut text = match found.safe {
        true => format!(
            "{}: nothing breaks for StatefulSet {set} {kubernetes}\n",
            strong(GOOD, "Safe")
        ),
        false => format!("{}: StatefulSet {set} {kubernetes}\n", strong(BAD, "Not safe")),
    };
    text.push_str(&risks(BAD, "breaks", &found.breaks));
    text.push_str(&risks(WAIT, "mind", &found.minds));
    text.push('\n');
    text.push_str(&pods(&found.pods, wide));
    text.push_str(&claims(&found.claims, wide));
    let revision = match (&found.revision.before, &found.revision.after) {
        (Some(before), Some(after)) if before == after => format!("revision {after}, as before"),
        (Some(before), Some(after)) => format!("revision {after}, before {before}"),
        (None, Some(after)) => format!("revision {after}"),
        _ => "no revision".to_owned(),
    };
    let end = match found.outcome {
        Outcome::Stable => paint(GOOD, "stable"),
        Outcome::Blocked => paint(BAD, "blocked"),
        Outcome::Unfinished => paint(WAIT, "no end in sight"),
    };
    let restarts = match found.restarts.as_slice() {
        [] => "no Pod restarts".to_owned(),
        names => format!("restarts in this order: {}", list(names)),
    };
    text.push_str(&format!(
        "\nPlayed: {end} after {}; {}; {}\n",
        time((found.seconds * 1000.0) as u64),
        one_line(&revision),
        one_line(&restarts)
    ));
    text
}

fn risks(style: Style, word: &str, risks: &[Risk]) -> String {
    let told = risks.iter().map(|risk| {
        format!(
            "  {} {}\n",
            paint(style, &format!("{word}:")),
            one_line(&risk.message)
        )
    });
    told.collect()
}

fn pods(pods: &[RecreatedPod], wide: bool) -> String {
    let mut table = Table::new(&["POD", "ADOPTED", "FATE", "AT", "WHY"]);
    let hides = pods.len() > SHOWN && !wide;
    let is_shown = |pod: &&RecreatedPod| !hides || pod.fate != PodFate::Untouched;
    for pod in pods.iter().filter(is_shown) {
        let (word, style) = match pod.fate {
            PodFate::Untouched => ("runs on", GOOD),
            PodFate::Held => ("runs on, old", WAIT),
            PodFate::Restarted => ("restarts", WAIT),
            PodFate::Deleted => ("deleted", BAD),
            PodFate::NotAdopted => ("left alone", BAD),
            PodFate::Wedged => ("wedged", BAD),
            PodFate::Created => ("created", CHANGE),
        };
        let adopted = match (pod.fate, pod.adopted) {
            (PodFate::Created, _) => "",
            (_, true) => "yes",
            (_, false) => "no",
        };
        table.row(vec![
            Cell::new(one_line(&pod.name)),
            Cell::new(adopted),
            Cell::styled(word, style),
            Cell::new(pod.at.map_or_else(String::new, |at| time(at.0))),
            Cell::new(one_line(&pod.why)),
        ]);
    }
    let untouched = pods.iter().filter(|pod| pod.fate == PodFate::Untouched).count();
    let mut text = if table.is_empty() {
        String::new()
    } else {
        table.to_text()
    };
    if hides && untouched > 0 {
        text.push_str(&paint(FAINT, &format!("and {untouched} Pods that run on\n")));
    }
    text
}

fn claims(claims: &[RecreatedClaim], wide: bool) -> String {
    let mut table = Table::new(&["CLAIM", "FATE", "KEEPS"]);
    let is_plain = |claim: &RecreatedClaim| claim.fate == ClaimFate::Kept && claim.keeps.is_empty();
    let hides = claims.len() > SHOWN && !wide;
    for claim in claims.iter().filter(|claim| !hides || !is_plain(claim)) {
        let (word, style) = match claim.fate {
            ClaimFate::Kept => ("kept", GOOD),
            ClaimFate::Left => ("left over", WAIT),
            ClaimFate::Created => ("created", CHANGE),
            ClaimFate::Deleted => ("deleted", BAD),
        };
        let keeps = claim
            .keeps
            .iter()
            .map(|kept| format!("{} {} (not {})", kept.field, kept.has, kept.asks));
        let keeps: Vec<String> = keeps.collect();
        table.row(vec![
            Cell::new(one_line(&claim.name)),
            Cell::styled(word, style),
            Cell::new(one_line(&keeps.join(", "))),
        ]);
    }
    let plain = claims.iter().filter(|claim| is_plain(claim)).count();
    let mut text = match table.is_empty() {
        true => String::new(),
        false => format!("\n{}", table.to_text()),
    };
    if hides && plain > 0 {
        text.push_str(&paint(FAINT, &format!("and {plain} claims that are kept\n")));
    }
    text
}

fn strong(style: Style, text: &str) -> String {
    paint(style.effects(Effects::BOLD), text)
}
