//! Lives, explained at every step: nobody is alarmed without need, and nothing stands still without a word.
//!
//! From one event of a life to the next nobody helps. Where the set is stable at the end of such a stretch, no diagnosis of
//! severity error may have been given in it: a false alarm. Where nothing moves for a day after the last event, there must be
//! a wait and a diagnosis: else it is silent. What an event mends, Pods see only after their back-off; until then nothing is
//! judged.

use serde_json::Value;
use steadfast_core::explain::{Explanation, ProgressCode, Severity, Surroundings, explain};
use steadfast_core::{Plan, Profile};
use steadfast_sim::Cluster;
use steadfast_sim::clock::Millis;
use steadfast_sim::cluster::SetView;
use steadfast_sim::scenario::Scenario;
use steadfast_sim::settings::Span;
use steadfast_sim::store::Resource;

use crate::lockstep::Life;

/// How long nothing moves before it counts as standing still: a day, in milliseconds.
const DAY: u64 = 86_400_000;

/// The longest back-off of kubelets, and a minute to start.
const BACK_OFF: u64 = 360_000;

/// The longest latency of a life's watches: before that the controller has not seen what a person did, and what it has not
/// seen it cannot explain.
const LATENCY: u64 = 1_000;

/// Steps of one life at most. A life that takes more is one in which the controller makes and deletes the same Pod without
/// end, as upstream's does: a Pod below `status.currentReplicas` is made of the current revision, and at once replaced.
/// Where an API call takes no time, that is a thousand times a virtual second.
const MOST_STEPS: usize = 4_000;

/// What is wrong with what was said of a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An error, and it ended stable by itself.
    FalseAlarm(String),
    /// Nothing moves, and nothing is said.
    Silence(String),
}

/// How a life was explained.
#[derive(Debug, Default)]
pub struct Explained {
    /// How often it was explained.
    pub steps: usize,
    /// Whether it ended stable, held or left to a person.
    pub is_well: bool,
    /// It took too many steps to be followed to its end.
    pub is_endless: bool,
    /// What is wrong.
    pub fault: Option<Fault>,
    /// The codes that were seen, with their severities.
    pub codes: Vec<(&'static str, Severity)>,
}

/// Plays a life and explains it at each step, from one event to the next.
///
/// # Errors
/// A sentence, where the scenario cannot be played.
pub fn explained(life: &Life, profile: &Profile) -> Result<Explained, String> {
    let scenario = Scenario::parse(&life.scenario).map_err(|error| error.to_string())?;
    let mut cluster = scenario.begin().map_err(|error| error.to_string())?;
    let mut found = Explained::default();
    let mut events = events(&life.scenario);
    let end = events.last().map_or(0, |event| event.at) + 7 * DAY;
    events.push(Event {
        at: end,
        heals: false,
    });
    let mut quiet_from = 0;
    for event in events {
        let mut alarm = None;
        let Some(until) = event.at.checked_sub(1).map(Millis) else {
            // Before what happens at once there is nothing to judge.
            cluster.run_until(Millis(0));
            continue;
        };
        cluster.run_watched(until, &mut |cluster| {
            let is_judged = cluster.now().0 >= quiet_from;
            found.look(cluster, profile, &mut alarm, is_judged);
            found.steps < MOST_STEPS
        });
        if found.steps >= MOST_STEPS {
            found.is_endless = true;
            return Ok(found);
        }
        if event.at == end {
            // From here on the clock alone goes on.
            cluster.run_until(Millis(cluster.now().0.max(cluster.last_new().0 + DAY)));
        }
        let ends = all(&cluster, profile);
        found.is_well = ends.iter().all(|(_, explanation)| is_well(explanation));
        if let Some(alarm) = alarm.filter(|_| found.is_well && found.fault.is_none()) {
            found.fault = Some(Fault::FalseAlarm(alarm));
        }
        if event.at == end && found.fault.is_none() {
            found.fault = ends.iter().find_map(silence);
        }
        cluster.run_until(Millis(event.at.min(end)));
        quiet_from = quiet_from.max(event.at + if event.heals { BACK_OFF } else { LATENCY });
    }
    Ok(found)
}

impl Explained {
    fn look(&mut self, cluster: &Cluster, profile: &Profile, alarm: &mut Option<String>, is_judged: bool) {
        self.steps += 1;
        for (_, explanation) in all(cluster, profile) {
            for diagnosis in &explanation.diagnoses {
                let seen = (diagnosis.code.name(), diagnosis.severity);
                if !self.codes.contains(&seen) {
                    self.codes.push(seen);
                }
                if diagnosis.severity == Severity::Error && is_judged {
                    let name = diagnosis.code.name();
                    alarm.get_or_insert_with(|| {
                        format!("at {}: {name}: {}", cluster.wall(), diagnosis.message)
                    });
                }
            }
        }
    }
}

fn is_well(explanation: &Explanation) -> bool {
    matches!(
        explanation.progress.code,
        ProgressCode::Stable | ProgressCode::HeldByPartition | ProgressCode::WaitingForManualDelete
    )
}

/// Under Parallel the controller may wait for nothing while Pods are broken; then the verdict must name them.
fn silence((plan, explanation): &(Plan, Explanation)) -> Option<Fault> {
    let has_wait = !plan.waits.is_empty() || !explanation.progress.pods.is_empty();
    let is_told = has_wait && !explanation.diagnoses.is_empty();
    if is_well(explanation) || is_told || !plan.actions.is_empty() {
        return None;
    }
    Some(Fault::Silence(format!(
        "{}: {} waits, {} diagnoses",
        explanation.progress.message,
        plan.waits.len(),
        explanation.diagnoses.len()
    )))
}

/// All sets, explained.
fn all(cluster: &Cluster, profile: &Profile) -> Vec<(Plan, Explanation)> {
    cluster
        .sets()
        .filter_map(|set| of_set(cluster, &set, profile))
        .collect()
}

fn of_set(cluster: &Cluster, set: &SetView<'_>, profile: &Profile) -> Option<(Plan, Explanation)> {
    let plan = cluster.plan(set.key())?;
    let list = |resource| -> Option<Vec<Value>> {
        let all = cluster.store().list(resource, None);
        Some(all.map(|(_, object)| object.whole().clone()).collect())
    };
    let around = Surroundings {
        nodes: list(Resource::Node),
        services: list(Resource::Service),
        ..Surroundings::default()
    };
    let explanation = explain(set.observed(), &around, &plan, cluster.wall(), profile);
    Some((plan, explanation))
}

/// An event of a scenario.
struct Event {
    /// When, in milliseconds.
    at: u64,
    /// It mends something, which Pods see only after their back-off.
    heals: bool,
}

/// The events of a scenario, in order of time.
fn events(scenario: &Value) -> Vec<Event> {
    let timeline = scenario["timeline"].as_array();
    let event = |event: &Value| -> Option<Event> {
        let span: Span = serde_json::from_value(event.get("at")?.clone()).ok()?;
        let names = ["clear", "imagePulls", "ready", "volumeFreed", "node"];
        Some(Event {
            at: span.millis().0,
            heals: names.iter().any(|name| event.get(name).is_some()),
        })
    };
    let mut events: Vec<Event> = timeline.into_iter().flatten().filter_map(event).collect();
    events.sort_by_key(|event| event.at);
    events
}
