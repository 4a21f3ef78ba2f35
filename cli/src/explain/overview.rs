//! All sets of a namespace or a cluster at a glance.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::Profile;
use steadfast_core::explain::{PodState, explain};

use super::assumed::Assumed;
use super::{Answer, exit_of, not_seen, table};
use crate::cli::ExplainArguments;
use crate::failure::Failure;
use crate::input::{Choice, Found, Input, ObservationSource};
use crate::outcome::Exit;
use crate::output::Output;
use crate::output::paint::{FAINT, paint};
use crate::table::{Cell, Table};
use crate::text::{list, one_line};

/// Explains every set, each in a line; remedies are for who asks about one.
pub(super) fn run(
    input: Input,
    choice: &Choice,
    arguments: &ExplainArguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let profile = input.profile(&arguments.profile, output)?;
    let unseen = input
        .live
        .as_ref()
        .map(|live| live.unseen.clone())
        .unwrap_or_default();
    let assumed = Assumed::of(&unseen);
    let mut sets: Vec<Choice> = Vec::new();
    let mut namespaces: BTreeMap<String, Input> = BTreeMap::new();
    // Nodes are many and large, and the same for all: no set gets a copy.
    let is_node = |object: &Found| object.kind() == "Node";
    let (nodes, rest) = input.split(is_node);
    let input = nodes.clone_frame();
    let sees_nodes = !unseen.iter().any(|unseen| unseen.resource.plural == "nodes");
    let mut nodes = sees_nodes.then(|| {
        nodes
            .objects
            .into_iter()
            .map(|node| node.value)
            .collect::<Vec<Value>>()
    });
    for object in rest.objects {
        if object.is_set() && choice.is_for(&object) {
            sets.push(Choice::exactly(&object));
        }
        let frame = || input.clone_frame();
        namespaces
            .entry(object.namespace().to_owned())
            .or_insert_with(frame)
            .objects
            .push(object);
    }
    let mut answers = Vec::new();
    for (set, namespace) in sets
        .iter()
        .filter_map(|set| Some((set, namespaces.get(set.namespace()?)?)))
    {
        let mut source = ObservationSource::of(namespace.around(set.find(namespace)?), set)?;
        let (now, _) = source.time(arguments.now);
        let mut around = source.take_surroundings();
        around.nodes = nodes.take();
        assumed.complete(&mut source.observation);
        let answer = source.parse().map(|mut observed| {
            let plan = assumed.plan(&mut observed, now, &profile);
            Answer {
                explanation: explain(&observed, &around, &plan, now, &profile),
                played: Vec::new(),
                set: format!("{}/{}", observed.set().namespace(), observed.set().name()),
                now,
                profile: profile.clone(),
                unseen: Some(unseen.clone()),
            }
        });
        nodes = around.nodes.take();
        match answer {
            Ok(answer) => answers.push(answer),
            // One set that nobody can read does not hide the others.
            Err(failure) => failure.lines().iter().try_for_each(|line| output.warn(line))?,
        }
    }
    answers.sort_by(|one, other| one.set.cmp(&other.set));
    if arguments.output.is_structured() {
        let sets: Vec<Value> = answers.iter().map(Answer::to_json).collect();
        let answer = json!({"sets": sets, "kubernetes": profile.to_string(), "notSeen": not_seen(&unseen)});
        output.structured(arguments.output, &answer)?;
    } else {
        output.text(&glance(&answers, &profile))?;
        if !unseen.is_empty() {
            let kinds: Vec<String> = unseen.iter().map(crate::live::Unseen::brief).collect();
            let line = format!("not judged, because they could not be read: {}", list(&kinds));
            output.line(&paint(FAINT, &line))?;
        }
    }
    let is_blocked = answers
        .iter()
        .any(|answer| exit_of(answer.explanation.progress.code) == Exit::Blocked);
    Ok(if is_blocked { Exit::Blocked } else { Exit::Fine })
}

/// A row for each set.
fn glance(answers: &[Answer], profile: &Profile) -> String {
    let mut rows = Table::new(&["NAMESPACE", "SET", "AVAILABLE", "VERDICT", "WHY"]);
    for answer in answers {
        let (namespace, name) = answer.set.split_once('/').unwrap_or(("", &answer.set));
        let (word, style) = table::word_of_progress(answer.explanation.progress.code);
        let wanted = answer.explanation.ordinals.iter().filter(|state| state.is_wanted);
        let available = wanted
            .clone()
            .filter(|state| state.state == PodState::Available)
            .count();
        rows.row(vec![
            one_line(namespace).into(),
            one_line(name).into(),
            format!("{available}/{}", wanted.count()).into(),
            Cell::styled(word, style),
            one_line(&answer.explanation.progress.message).into(),
        ]);
    }
    let hint =
        format!("\nKubernetes {profile}; `steadfast explain sts/NAME -n NAMESPACE` says what would help\n");
    format!("{}{}", rows.to_text(), paint(FAINT, &hint))
}
