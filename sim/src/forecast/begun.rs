//! The beginning of a forecast: everything as it is before the change.

use std::borrow::Cow;

use serde_json::Value;
use steadfast_core::Error;

use super::{
    Before, FAR, Forecast, ForecastInput, Outcome, Progress, Watcher, apply_all, choice, dump, fates,
    is_stable, newest_timestamp, nodes, verdict_of,
};
use crate::clock::Millis;
use crate::cluster::census::Census;
use crate::cluster::{Cluster, Ending};
use crate::faults::FaultRule;
use crate::scenario::EPOCH;
use crate::settings::{Behaviour, Span};
use crate::store::Key;
use crate::trace::Detail;

/// A cluster in which everything stands that was there before the change.
pub(crate) struct Begun<'i> {
    pub input: Cow<'i, ForecastInput>,
    pub set: Key,
    pub cluster: Cluster,
    /// What was taken for granted so far.
    pub assumed: Vec<String>,
    nodes: nodes::Assumed,
    /// What will go wrong with the Pods that come with the change.
    faulty: Vec<Behaviour>,
    before: Before,
}

impl<'i> Begun<'i> {
    /// The cluster of the dump, or one in which the old manifests have become stable.
    pub fn of(input: &'i ForecastInput, watch: &mut dyn FnMut(Progress) -> bool) -> Result<Self, Error> {
        let (input, moved) = choice::in_namespace(input);
        let set = choice::choose(&input)?;
        choice::check_size(&input)?;
        let now = input
            .now
            .or_else(|| newest_timestamp(&input.observed))
            .unwrap_or(EPOCH);

        let mut settings = input.settings.clone();
        let faulty = std::mem::take(&mut settings.behaviours);
        let dump = dump::read(&input.observed, now, &mut settings);
        let nodes = choice::nodes(&input, &set, &dump, &mut settings);
        let mut cluster = Cluster::new(settings, input.profile.clone(), now);
        // What happens before the change is forgotten, once it is said why the old manifests are stuck, if they are.
        cluster.record(Detail::Warnings);
        cluster.insert_nodes(&nodes.objects);
        cluster.holds = dump.holds;
        let min_ready = |objects: &[Value]| choice::min_ready_seconds(objects, &set);
        let first = input.from.as_deref().unwrap_or(&input.observed);
        cluster.census = Some(Census::of(
            set.clone(),
            min_ready(first)
                .or_else(|| min_ready(&input.objects))
                .unwrap_or(0),
        ));
        cluster.insert(dump.objects)?;

        let mut assumed = dump.assumed;
        assumed.extend(moved);
        if let Some(from) = &input.from {
            apply_all(&mut cluster, from)?;
            let limit = Millis(cluster.now().0.saturating_add(FAR.0));
            let mut asked = Watcher::of(&set, watch);
            let ending = cluster.run_watched(limit, &mut |cluster| asked.step(cluster));
            let (outcome, _) = verdict_of(&cluster, &set, ending);
            assumed.push(match outcome {
                Outcome::Stable => "the old manifest has become stable".to_owned(),
                _ => {
                    "the old manifest has not become stable: the change is made where it is stuck".to_owned()
                }
            });
        }

        let begins_at = cluster.now();
        for rule in &input.faults {
            let later = |at: Option<Span>| at.map(|at| Span(at.millis().plus(begins_at)));
            cluster.add_fault(FaultRule {
                from: later(rule.from),
                until: later(rule.until),
                ..rule.clone()
            });
        }
        if is_stable(&cluster, &set) {
            cluster.begin_census();
        }
        let before = Before::of(&cluster, &set, begins_at, &input);
        cluster.forget_trace();
        cluster.record(match input.records_objects {
            true => Detail::Whole,
            false => Detail::Steps,
        });
        Ok(Self {
            input,
            set,
            cluster,
            assumed,
            nodes,
            faulty,
            before,
        })
    }

    /// Applies the new manifests.
    pub fn apply(&mut self) -> Result<(), Error> {
        apply_all(&mut self.cluster, &self.input.objects)
    }

    /// From now on things go wrong, as the settings say, with Pods that were not there before.
    pub fn let_fail(&mut self) {
        let faulty = std::mem::take(&mut self.faulty);
        if !faulty.is_empty() {
            let faulty = fates::of_new_pods(&self.cluster, &self.set, &self.before.pods, faulty);
            self.cluster.set_up(|settings| settings.behaviours.extend(faulty));
        }
    }

    /// When the change began.
    pub const fn begins_at(&self) -> Millis {
        self.before.begins_at
    }

    /// How far it is looked.
    pub fn limit(&self) -> Millis {
        Millis(
            self.before
                .begins_at
                .0
                .saturating_add(self.input.until.unwrap_or(FAR).0),
        )
    }

    /// Runs until nothing new happens, and no longer than `limit`, or than `goes_on` says.
    pub fn run(
        &mut self,
        limit: Millis,
        watch: &mut dyn FnMut(Progress) -> bool,
        goes_on: &mut dyn FnMut(&Cluster) -> bool,
    ) -> Ending {
        let mut asked = Watcher::of(&self.set, watch);
        self.cluster
            .run_watched(limit, &mut |cluster| asked.step(cluster) && goes_on(cluster))
    }

    /// What has become of everything.
    pub fn answer(self, ending: Ending) -> Forecast {
        self.before.answer(
            self.cluster,
            &self.set,
            ending,
            (self.assumed, self.nodes),
            &self.input,
        )
    }
}
