//! A story: initial objects, a cluster's settings, and what happens when (`wire.md`, "Scenario").
//!
//! ```
//! use serde_json::json;
//! use steadfast_sim::scenario::{Scenario, play};
//!
//! let scenario = Scenario::parse(&json!({
//!     "kubernetes": "1.37",
//!     "objects": [{
//!         "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
//!         "spec": {
//!             "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
//!             "template": {
//!                 "metadata": {"labels": {"app": "web"}},
//!                 "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}}],
//!     "timeline": [{"at": "30s", "scale": {"name": "web", "replicas": 3}}],
//! }))?;
//! let played = play(&scenario)?;
//! assert_eq!(serde_json::to_value(&played.ends).unwrap()[0]["verdict"]["state"], "stable");
//! # Ok::<(), steadfast_core::Error>(())
//! ```

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use steadfast_core::{Error, Profile, Timestamp};

use crate::clock::{Millis, Timer};
use crate::cluster::{Cluster, Ending};
use crate::fields::Fields;
use crate::forecast::{Outcome, Verdict, verdict_of};
use crate::settings::Settings;
use crate::store::{Key, Resource};
use crate::trace::{SetName, Trace};

mod event;
mod explained;
mod tell;

pub use event::ScenarioEvent;
pub use explained::{Explained, explained};

/// The owner of a story's timers.
pub(crate) const OWNER: &str = "scenario";

/// The instant at which virtual time begins unless something else is said: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp::new(1_767_225_600, 0);

/// How long a scenario runs on after its last event unless `until` says otherwise: a day.
const AFTER_LAST: u64 = 86_400_000;

/// A story that can be played any number of times.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `name`, for people.
    pub name: Option<String>,
    /// `description`, for people.
    pub description: Option<String>,
    /// `kubernetes` and `featureGates`.
    pub profile: Profile,
    /// `settings`.
    pub settings: Settings,
    /// `now`: the instant at which virtual time begins.
    pub epoch: Timestamp,
    /// `objects`: manifests, and objects of a dump (those that have a UID).
    pub objects: Vec<Value>,
    /// `timeline`, in order of time.
    pub timeline: Vec<Planned>,
    /// `until`: where the story ends, at rest or not.
    pub until: Option<Millis>,
}

/// One event of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// `at`: when.
    pub at: Millis,
    /// What.
    pub event: ScenarioEvent,
    /// The event as it is written.
    pub written: Value,
}

impl Planned {
    /// Reads one event, as in a timeline; without `at` it is due at `now`.
    ///
    /// # Errors
    /// `invalid` with the path of the field, such as `event.scale.replicas`.
    pub fn parse(value: &Value, now: Millis) -> Result<Self, Error> {
        event::planned(value, "event", Some(now))
    }
}

/// A story that was played.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Played {
    /// Where the story ended, in milliseconds of virtual time.
    pub at: Millis,
    /// True where nothing new could happen by itself any more.
    pub at_rest: bool,
    /// Where each set stands, in order of namespaces and names.
    pub ends: Vec<End>,
    /// Everything that happened.
    pub trace: Trace,
}

/// Where a set stands at the end of a story.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// The set.
    pub set: SetName,
    /// How it ended.
    pub outcome: Outcome,
    /// In detail.
    pub verdict: Verdict,
}

/// What a running story has in store, by the tokens of its timers; forks share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story(Vec<Option<Arc<Planned>>>);

impl Scenario {
    /// Reads a scenario from the JSON form of its YAML.
    ///
    /// # Errors
    /// `invalid` with the path of the field, such as `timeline[2].scale.replicas`; `profile` for an unknown version or
    /// gate. Objects are not looked into until the scenario is played.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let mut fields = Fields::of_root(value, "scenario")?;
        let profile = fields.profile()?;
        let settings = fields
            .optional("settings")
            .map_or_else(|| Ok(Settings::default()), Settings::parse)?;
        let mut scenario = Self {
            name: fields.optional_text("name")?.map(str::to_owned),
            description: fields.optional_text("description")?.map(str::to_owned),
            profile,
            settings,
            epoch: fields.optional_instant("now")?.unwrap_or(EPOCH),
            objects: fields.optional_list("objects")?.to_vec(),
            timeline: Vec::new(),
            until: fields.optional_span("until")?,
        };
        let mut causes = Vec::new();
        for (at, written) in fields.optional_list("timeline")?.iter().enumerate() {
            match event::planned(written, &format!("timeline[{at}]"), None) {
                Ok(planned) => scenario.timeline.push(planned),
                Err(error) => causes.extend(error.causes),
            }
        }
        fields.finish()?;
        if !causes.is_empty() {
            return Err(Error::invalid(causes));
        }
        scenario.timeline.sort_by_key(|planned| planned.at);
        Ok(scenario)
    }

    /// The cluster as the story begins, with its timeline in store.
    ///
    /// # Errors
    /// What [`Cluster::insert`] says of an object, with its place in `objects`.
    pub fn begin(&self) -> Result<Cluster, Error> {
        let mut cluster = Cluster::new(self.settings.clone(), self.profile.clone(), self.epoch);
        for (at, object) in self.objects.iter().enumerate() {
            cluster
                .insert([object.clone()])
                .map_err(|error| error.of_object(&format!("objects[{at}]"), ""))?;
        }
        for planned in &self.timeline {
            cluster.plan_event(planned.clone());
        }
        Ok(cluster)
    }

    /// Where the story ends at the latest.
    pub fn limit(&self) -> Millis {
        let last = self.timeline.last().map_or(0, |planned| planned.at.0);
        self.until.unwrap_or(Millis(last.saturating_add(AFTER_LAST)))
    }
}

/// Plays a story to its end: to rest, or to `until`, or for a day after the last event.
///
/// # Errors
/// As [`Scenario::begin`]. An event that cannot take place is no error: the trace says so.
pub fn play(scenario: &Scenario) -> Result<Played, Error> {
    play_watched(scenario, &mut |_| true)
}

/// As [`play`]; `watch` is called after each step, and ends the story where it says false.
///
/// # Errors
/// As [`play`].
pub fn play_watched(scenario: &Scenario, watch: &mut dyn FnMut(&Cluster) -> bool) -> Result<Played, Error> {
    let mut cluster = scenario.begin()?;
    let ending = cluster.run_watched(scenario.limit(), watch);
    Ok(Played::of(&cluster, ending))
}

impl Played {
    /// The record of a cluster that has run until now.
    pub fn of(cluster: &Cluster, ending: Ending) -> Self {
        let end = |set: crate::cluster::SetView<'_>| {
            let (outcome, verdict) = verdict_of(cluster, set.key(), ending);
            End {
                set: SetName::of(set.key()),
                outcome,
                verdict,
            }
        };
        Self {
            at: cluster.now(),
            at_rest: ending != Ending::TimeUp,
            ends: cluster.sets().map(end).collect(),
            trace: cluster.trace().clone(),
        }
    }
}

impl Cluster {
    /// Puts an event in store.
    pub fn plan_event(&mut self, planned: Planned) {
        let token = self.story.0.len() as u64;
        let key = Key::new(Resource::StatefulSet, "", &format!("event-{token}"));
        let delay = Millis(planned.at.0.saturating_sub(self.now().0));
        self.machine.schedule_after(
            delay,
            Timer {
                owner: OWNER,
                what: "event",
                key,
                token,
            },
        );
        self.story.0.push(Some(Arc::new(planned)));
    }

    /// An event of the story is due.
    pub(crate) fn tell(&mut self, token: u64) {
        let place = usize::try_from(token)
            .ok()
            .and_then(|token| self.story.0.get_mut(token));
        if let Some(planned) = place.and_then(Option::take) {
            self.event(&planned.event, planned.written.clone());
        }
    }
}

#[cfg(test)]
mod tests;
