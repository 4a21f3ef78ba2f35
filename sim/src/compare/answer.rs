//! What one version answers, in a form in which answers can be compared.

use serde_json::Value;
use steadfast_core::{Error, Kind, Profile, Reason, Status, Wait};

use super::{Extent, Question, Side, VersionAnswer};
use crate::clock::Millis;
use crate::forecast::{Blocker, Forecast, Outcome, Step, StepAction, Verdict, forecast, of_trace};
use crate::scenario::{Played, play};
use crate::store::{Key, Resource};
use crate::trace::{ActionRecord, Happening, Trace};
use crate::view;

/// An answer.
pub(super) struct Answer {
    /// As `NAMESPACE/NAME`.
    pub set: Option<String>,
    kubernetes: String,
    told: Result<Told, Error>,
}

struct Told {
    outcome: Outcome,
    verdict: Verdict,
    seconds: f64,
    names: Option<(crate::forecast::PodNames, crate::forecast::ClaimNames)>,
    status: Option<Status>,
    steps: Vec<Step>,
    /// Every action, in order.
    moves: Vec<Move>,
    /// The revisions that were made on the way, in order in which they are spoken of.
    made: Vec<String>,
}

/// An action of the controller.
#[derive(Clone)]
struct Move {
    at: Millis,
    action: StepAction,
    /// What is compared: the same for revisions whose names differ and nothing else.
    key: String,
}

impl Answer {
    pub fn of(question: &Question<'_>, profile: &Profile) -> Self {
        let (told, set) = match question {
            Question::Forecast(input) => {
                let mut input = (*input).clone();
                input.profile = profile.clone();
                match forecast(&input) {
                    Ok(forecast) => {
                        let set = forecast.set.clone();
                        (
                            Ok(Told::of_forecast(forecast, &given(&input.observed))),
                            Some(set),
                        )
                    }
                    Err(error) => (Err(error), None),
                }
            }
            Question::Story(scenario) => {
                let mut scenario = (*scenario).clone();
                scenario.profile = profile.clone();
                match play(&scenario) {
                    Ok(played) => Told::of_story(played, &given(&scenario.objects)),
                    Err(error) => (Err(error), None),
                }
            }
        };
        Self {
            set,
            kubernetes: profile.to_string(),
            told,
        }
    }

    pub fn refusal(&self) -> Option<&Error> {
        self.told.as_ref().err()
    }

    /// How far two answers part; not at all where they are the same but for names of new revisions.
    pub fn extent(&self, other: &Self) -> Option<Extent> {
        let (one, other) = match (&self.told, &other.told) {
            (Ok(one), Ok(other)) => (one, other),
            (Err(one), Err(other)) if one.causes == other.causes && one.code == other.code => return None,
            _ => return Some(Extent::Refused),
        };
        let are_same = |is_same: fn(&Move, &Move) -> bool| {
            one.moves.len() == other.moves.len()
                && one.moves.iter().zip(&other.moves).all(|(a, b)| is_same(a, b))
        };
        if one.end() != other.end() {
            Some(Extent::End)
        } else if !are_same(|a, b| a.key == b.key) {
            Some(Extent::Steps)
        } else if one.status_key() != other.status_key() {
            Some(Extent::Status)
        } else if !are_same(|a, b| a.at == b.at) || (one.seconds - other.seconds).abs() > f64::EPSILON {
            Some(Extent::Times)
        } else {
            None
        }
    }

    /// The number of the first action that is not the same.
    pub fn first_difference(&self, other: &Self) -> Option<usize> {
        let (one, other) = (self.moves(), other.moves());
        let longest = one.len().max(other.len());
        let key = |moves: &[Move], at: usize| moves.get(at).map(|known| known.key.clone());
        (0..longest).find(|at| key(one, *at) != key(other, *at))
    }

    /// Whether everything up to and including that action is the same.
    pub fn agrees_until(&self, other: &Self, at: usize) -> bool {
        self.told.is_ok() && self.first_difference(other).is_none_or(|first| first > at)
    }

    /// When that action is done.
    pub fn moment(&self, at: usize) -> Option<Millis> {
        self.moves().get(at).map(|known| known.at)
    }

    /// What is done in that action, and what is waited for at that moment.
    pub fn side(&self, at: Option<usize>, moment: Millis) -> Side {
        let done = at.and_then(|at| self.moves().get(at));
        let steps = self.told.as_ref().map_or(&[][..], |told| &told.steps);
        let step = steps.iter().rev().find(|step| step.at <= moment);
        Side {
            kubernetes: self.kubernetes.clone(),
            at: done.map(|done| done.at),
            action: done.map(|done| done.action.clone()),
            waits: step.map_or_else(Vec::new, |step| step.waits.clone()),
        }
    }

    pub fn into_version(self, group: usize) -> VersionAnswer {
        let empty = VersionAnswer {
            kubernetes: self.kubernetes,
            group,
            outcome: None,
            verdict: None,
            seconds: None,
            pod_names: None,
            claim_names: None,
            status: None,
            refused: None,
        };
        match self.told {
            Err(error) => VersionAnswer {
                refused: Some(error),
                ..empty
            },
            Ok(told) => {
                let (pods, claims) = told.names.unzip();
                VersionAnswer {
                    outcome: Some(told.outcome),
                    verdict: Some(told.verdict),
                    seconds: Some(told.seconds),
                    pod_names: pods,
                    claim_names: claims,
                    status: told.status,
                    ..empty
                }
            }
        }
    }

    fn moves(&self) -> &[Move] {
        self.told.as_ref().map_or(&[], |told| &told.moves)
    }
}

impl Told {
    fn of_forecast(forecast: Forecast, given: &[&str]) -> Self {
        let set = key_of(&forecast.set);
        let status = last_status(&forecast.trace, &set);
        let names = Some((forecast.pod_names, forecast.claim_names));
        let told = Self::new(
            (forecast.outcome, forecast.verdict),
            forecast.seconds,
            forecast.steps,
        );
        Self {
            names,
            status,
            ..told.generalised(given)
        }
    }

    /// The first set of the story.
    fn of_story(played: Played, given: &[&str]) -> (Result<Self, Error>, Option<String>) {
        let Some(end) = played.ends.into_iter().next() else {
            let message = "no StatefulSet is left in the end of the story";
            return (Err(Error::new(steadfast_core::ErrorCode::Missing, message)), None);
        };
        let set = Key::new(Resource::StatefulSet, &end.set.namespace, &end.set.name);
        let status = last_status(&played.trace, &set);
        let steps = of_trace(&played.trace, &set, Millis::default());
        let seconds = played.at.0 as f64 / 1000.0;
        let told = Self {
            status,
            ..Self::new((end.outcome, end.verdict), seconds, steps).generalised(given)
        };
        (Ok(told), Some(format!("{}/{}", set.namespace, set.name)))
    }

    fn new((outcome, verdict): (Outcome, Verdict), seconds: f64, steps: Vec<Step>) -> Self {
        Self {
            outcome,
            verdict,
            seconds,
            steps,
            names: None,
            status: None,
            moves: Vec::new(),
            made: Vec::new(),
        }
    }

    /// The same, with its actions and what they are compared by. Revisions of the input keep their names.
    fn generalised(mut self, given: &[&str]) -> Self {
        let mut made: Vec<String> = Vec::new();
        for done in self.steps.iter().flat_map(|step| &step.actions) {
            for name in revisions(&done.action) {
                if !name.is_empty() && !given.contains(&name) && !made.iter().any(|known| known == name) {
                    made.push(name.to_owned());
                }
            }
        }
        self.made = made;
        let moves = self
            .steps
            .iter()
            .flat_map(|step| step.actions.iter().map(|done| (step.at, done)));
        let moves = moves.map(|(at, done)| Move {
            at,
            key: self.key(done),
            action: done.clone(),
        });
        self.moves = moves.collect();
        self
    }

    fn key(&self, done: &StepAction) -> String {
        let action = &done.action;
        let reason = steadfast_core::json_text::of(&action.reason).unwrap_or_default();
        let refusal = done.error.as_ref().map_or("", |error| error.reason);
        self.in_general(&format!(
            "{} {} {reason} {refusal}",
            action.operation, action.name
        ))
    }

    /// The text with the names of the simulation's own revisions replaced by their numbers: a name is a hash of what a version writes.
    fn in_general(&self, text: &str) -> String {
        let numbered = self.made.iter().enumerate();
        numbered.fold(text.to_owned(), |text, (at, name)| {
            text.replace(name, &format!("new revision {at}"))
        })
    }

    /// What an end is compared by.
    fn end(&self) -> (Outcome, String) {
        let verdict = &self.verdict;
        let blockers: Vec<(&str, &str)> = verdict.blockers.iter().map(named).collect();
        let waits: Vec<(&str, Kind, &str, &[String])> = verdict.waits.iter().map(waited).collect();
        let rest = (&verdict.ordinals, &verdict.pods, verdict.deleted, &self.names);
        let text = steadfast_core::json_text::of(&(verdict.state, blockers, waits, rest));
        (self.outcome, self.in_general(&text.unwrap_or_default()))
    }

    fn status_key(&self) -> String {
        let Some(status) = &self.status else {
            return String::new();
        };
        let mut status = status.clone();
        for condition in status.conditions.iter_mut().flatten() {
            if let Some(condition) = condition.as_object_mut() {
                condition.remove("lastTransitionTime");
            }
        }
        self.in_general(&steadfast_core::json_text::of(&status).unwrap_or_default())
    }
}

/// The revisions that an action speaks of.
fn revisions(action: &ActionRecord) -> Vec<&str> {
    let own = Some(&*action.name).filter(|_| action.kind == Kind::ControllerRevision);
    let mut names: Vec<&str> = own.into_iter().collect();
    match &action.reason {
        Reason::ReplicaMissing { revision } => names.push(revision),
        Reason::RollingUpdate { from, to } | Reason::Recreate { from, to } => {
            names.extend([from.as_str(), to])
        }
        _ => {}
    }
    names
}

/// The names of the revisions among the objects of the input.
fn given(objects: &[Value]) -> Vec<&str> {
    let is_revision = |object: &&Value| view::text(*object, &["kind"]) == Some("ControllerRevision");
    let revisions = objects.iter().filter(is_revision);
    revisions
        .filter_map(|revision| view::text(revision, &["metadata", "name"]))
        .collect()
}

fn named(blocker: &Blocker) -> (&str, &str) {
    (blocker.kind, &blocker.name)
}

fn waited(wait: &Wait) -> (&str, Kind, &str, &[String]) {
    (wait.code.name(), wait.kind, &wait.name, &wait.pods)
}

fn key_of(set: &str) -> Key {
    let (namespace, name) = set.split_once('/').unwrap_or(("default", set));
    Key::new(Resource::StatefulSet, namespace, name)
}

fn last_status(trace: &Trace, key: &Key) -> Option<Status> {
    trace.entries().iter().rev().find_map(|entry| match &entry.what {
        Happening::Status {
            set,
            status,
            error: None,
        } if set.name == key.name && set.namespace == key.namespace => Some((**status).clone()),
        _ => None,
    })
}
