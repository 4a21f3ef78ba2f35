//! The question of `plan` answered: what a manifest or a change does to every Pod and claim, and how it ends
//! (`wire.md`, "Forecast").

use serde::Serialize;
use serde_json::Value;
use steadfast_core::canonical::{UnknownFields, canonical_with};
use steadfast_core::{Error, ErrorCode, Profile, Timestamp, WaitCode};

use crate::clock::Millis;
use crate::cluster::census::Census;
use crate::cluster::{Cluster, Ending};
use crate::faults::FaultRule;
use crate::intake;
use crate::settings::Settings;
use crate::store::{DeleteOptions, Key, Propagation, Resource};
use crate::trace::Trace;
use crate::view;

mod assumed;
mod begun;
mod choice;
mod counts;
mod dump;
mod fates;
mod nodes;
mod question;
mod steps;
mod verdict;

pub use counts::{ClaimCounts, ClaimNames, PodCounts, PodNames};
pub use dump::newest_timestamp;
pub use steps::{Step, StepAction, StepEvent};
pub use verdict::{Blocker, Outcome, State, Verdict};

pub(crate) use begun::Begun;
pub(crate) use steps::of_trace;
pub(crate) use verdict::verdict_of;

/// How many replicas a forecast takes; a decision of the core takes any int32.
pub const MOST_REPLICAS: u64 = 100_000;

/// How far a forecast looks unless something else is asked: thirty days of virtual time.
pub const FAR: Millis = Millis(30 * 86_400_000);

/// What is asked: begin with [`ForecastInput::of`] and set what else is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ForecastInput {
    /// The manifests to apply, of all kinds; empty where only time passes, or the set is deleted.
    pub objects: Vec<Value>,
    /// What exists: a dump. Broken Pods in it stay as they are until they are replaced.
    pub observed: Vec<Value>,
    /// The manifests before the change: they run until nothing new happens, then `objects` are applied.
    pub from: Option<Vec<Value>>,
    /// The set, as `[NAMESPACE/]NAME`; needed where there are several.
    pub set: Option<String>,
    /// The set is deleted.
    pub deletion: Option<Propagation>,
    /// Which Kubernetes.
    pub profile: Profile,
    /// How the cluster behaves. What goes wrong in it begins with the change: Pods that are there before it are well.
    pub settings: Settings,
    /// Whether there are as many nodes, and with such labels, that the rollout can succeed; false where `settings.nodes` is
    /// what was asked for.
    pub assumes_nodes: bool,
    /// What the API server refuses, from the change on.
    pub faults: Vec<FaultRule>,
    /// How long to look, in virtual time from the change on; default [`FAR`].
    pub until: Option<Millis>,
    /// The instant at which it begins; default the newest one of `observed`, else [`EPOCH`](crate::scenario::EPOCH).
    pub now: Option<Timestamp>,
    /// Whether the trace says of every object what becomes of it, and what the controller says of its actions; default true.
    /// Without, it holds what the steps are made of: who reads nothing but these is answered sooner.
    pub records_objects: bool,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Forecast {
    /// How it ends.
    pub outcome: Outcome,
    /// In detail.
    pub verdict: Verdict,
    /// When it ended, in seconds of virtual time: when the set became stable, or when the last new thing happened.
    pub seconds: f64,
    /// The set, as `NAMESPACE/NAME`.
    pub set: String,
    /// Which Kubernetes.
    pub kubernetes: String,
    /// The name of the update revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// True where a newer API server has stored fields that this Kubernetes does not know (`assumed` names them): one that
    /// drops them gives the revision another name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub revision_is_provisional: bool,
    /// The least number of available Pods from the change on; absent where the set was not stable before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_available: Option<usize>,
    /// What becomes of the Pods.
    pub pods: PodCounts,
    /// Their names.
    pub pod_names: PodNames,
    /// What becomes of the claims.
    pub claims: ClaimCounts,
    /// Their names.
    pub claim_names: ClaimNames,
    /// What was taken for granted.
    pub assumed: Vec<String>,
    /// What happens, instant by instant.
    pub steps: Vec<Step>,
    /// Everything that happens, for `--watch`; the times in it begin with the simulation, see `begins_at`.
    #[serde(skip)]
    pub trace: Trace,
    /// When the change was made, in the trace's time.
    #[serde(skip)]
    pub begins_at: Millis,
}

/// How far a forecast has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The virtual time since the simulation began.
    pub at: Millis,
    /// The set's available Pods.
    pub available: usize,
    /// The set's desired Pods.
    pub replicas: u64,
}

impl ForecastInput {
    /// The question what these manifests do, with everything else as it is assumed.
    pub fn of(objects: Vec<Value>) -> Self {
        Self {
            objects,
            observed: Vec::new(),
            from: None,
            set: None,
            deletion: None,
            profile: Profile::default(),
            settings: Settings::default(),
            assumes_nodes: true,
            faults: Vec::new(),
            until: None,
            now: None,
            records_objects: true,
        }
    }

    /// The question what comes of the set `NAMESPACE/NAME` in a cluster that was observed, from that moment on.
    pub fn of_observed(objects: Vec<Value>, set: String, now: Timestamp, profile: &Profile) -> Self {
        Self {
            observed: objects,
            set: Some(set),
            now: Some(now),
            profile: profile.clone(),
            ..Self::of(Vec::new())
        }
    }
}

/// Runs a cluster until the set is stable, nothing goes on by itself, or the time is up.
///
/// A set is *blocked* where it is not stable and either nothing is left to happen, or for ten minutes of virtual time
/// nothing but repetitions has happened (restarts of a container that crashes, pulls of an image that is not there, retries
/// of the controller) and nothing else is due.
///
/// # Errors
/// `missing` without a StatefulSet, `ambiguous` with several and no choice, `tooLarge` past [`MOST_REPLICAS`], `invalid` for
/// objects that an API server would refuse or that cannot be read.
pub fn forecast(input: &ForecastInput) -> Result<Forecast, Error> {
    forecast_watched(input, &mut |_| true)
}

/// As [`forecast`]; `watch` is told how far it has come, now and then, and ends it where it says false.
///
/// # Errors
/// As [`forecast`].
pub fn forecast_watched(
    input: &ForecastInput,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Forecast, Error> {
    let mut begun = Begun::of(input, watch)?;
    begun.apply()?;
    if let Some(propagation) = begun.input.deletion {
        let options = DeleteOptions {
            propagation: Some(propagation),
            ..DeleteOptions::default()
        };
        begun.cluster.delete(&begun.set, options)?;
    }
    begun.let_fail();
    let limit = begun.limit();
    let ending = begun.run(limit, watch, &mut |_| true);
    Ok(begun.answer(ending))
}

/// What the end is compared with.
struct Before {
    begins_at: Millis,
    pods: counts::Census,
    claims: counts::Census,
    /// The set as it is before the change.
    revisions: Vec<Key>,
}

impl Before {
    fn of(cluster: &Cluster, set: &Key, begins_at: Millis, input: &ForecastInput) -> Self {
        let observed = input
            .observed
            .iter()
            .filter_map(|object| intake::key_of(object).ok());
        let is_dump = input.from.is_none() && !input.observed.is_empty();
        let census = |resource| match is_dump {
            true => counts::census_of(&input.observed, set, resource),
            false => counts::census(cluster, set, resource),
        };
        Self {
            begins_at,
            pods: census(Resource::Pod),
            claims: census(Resource::PersistentVolumeClaim),
            revisions: observed
                .filter(|key| key.resource == Resource::ControllerRevision)
                .collect(),
        }
    }

    fn answer(
        self,
        mut cluster: Cluster,
        set: &Key,
        ending: Ending,
        (mut assumed, nodes): (Vec<String>, nodes::Assumed),
        input: &ForecastInput,
    ) -> Forecast {
        let (outcome, verdict) = verdict_of(&cluster, set, ending);
        let view = cluster.set(set);
        let steps = steps::of_trace(cluster.trace(), set, self.begins_at);
        let ended = match (outcome, view.and_then(|view| view.stable_since())) {
            (Outcome::Stable, Some(since)) => since.0.saturating_sub(self.begins_at.0),
            (Outcome::Unfinished, _) => cluster.now().0.saturating_sub(self.begins_at.0),
            _ => steps::last_news(cluster.trace(), set, &steps, self.begins_at).0,
        };
        let status = view.and_then(|view| view.status());
        let revision = status
            .map(|status| status.update_revision.clone())
            .filter(|name| !name.is_empty());
        let is_known = |name: &String| self.revisions.iter().any(|key| *key.name == **name);
        let given: Vec<&Value> = [Some(&input.observed), input.from.as_ref(), Some(&input.objects)]
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        let manifest = given
            .iter()
            .rev()
            .find(|o| intake::key_of(o).is_ok_and(|key| key == *set))
            .copied();
        let unknown = manifest.map_or(Vec::new(), |manifest| unknown_fields(manifest, &input.profile));
        let is_stored = manifest.is_some_and(|manifest| view::text(manifest, &["metadata", "uid"]).is_some());
        assumed.extend(assumed::of_unknown(&unknown, is_stored, &input.profile));
        assumed.splice(0..0, assumed::of(cluster.settings(), &nodes, manifest, &given));
        let pod_names = counts::pods(&self.pods, &counts::census(&cluster, set, Resource::Pod));
        let claims = counts::census(&cluster, set, Resource::PersistentVolumeClaim);
        let claim_names = counts::claims(&self.claims, &claims);
        Forecast {
            outcome,
            verdict,
            seconds: ended as f64 / 1000.0,
            set: format!("{}/{}", set.namespace, set.name),
            kubernetes: input.profile.to_string(),
            revision_is_provisional: is_stored
                && !unknown.is_empty()
                && revision.as_ref().is_some_and(|name| !is_known(name)),
            revision,
            min_available: cluster.census.as_ref().and_then(Census::least),
            pods: PodCounts::from(&pod_names),
            pod_names,
            claims: ClaimCounts::from(&claim_names),
            claim_names,
            assumed,
            steps,
            begins_at: self.begins_at,
            trace: cluster.take_trace(),
        }
    }
}

/// The fields of a set's template that this Kubernetes does not know: its revision is named after the others.
fn unknown_fields(manifest: &Value, profile: &Profile) -> Vec<String> {
    let canonical = canonical_with(manifest, profile, UnknownFields::Keep);
    let unknown = canonical.map(|canonical| canonical.unknown).unwrap_or_default();
    unknown
        .into_iter()
        .filter(|path| path.starts_with("spec.template"))
        .collect()
}

fn apply_all(cluster: &mut Cluster, objects: &[Value]) -> Result<(), Error> {
    // What the set needs comes first, whatever the order in the files.
    let is_set = |object: &&Value| view::text(object, &["kind"]) == Some("StatefulSet");
    let (sets, others): (Vec<&Value>, Vec<&Value>) = objects.iter().partition(is_set);
    for object in others
        .into_iter()
        .filter(|object| intake::key_of(object).is_ok())
        .chain(sets)
    {
        cluster.apply(object)?;
    }
    Ok(())
}

/// Whether the set, as it is, has all Pods available and nothing to do but what is kept on purpose.
fn is_stable(cluster: &Cluster, set: &Key) -> bool {
    let (Some(view), Some(plan)) = (cluster.set(set), cluster.plan(set)) else {
        return false;
    };
    let replicas = view.observed().set().replicas();
    let is_whole = plan
        .status
        .as_ref()
        .is_some_and(|status| status.has_all(replicas));
    let is_kept = |code| matches!(code, WaitCode::Partition | WaitCode::ManualDelete);
    is_whole && plan.actions.is_empty() && plan.waits.iter().all(|wait| is_kept(wait.code))
}

/// Tells the caller how far it is, every 64 steps.
struct Watcher<'a> {
    set: &'a Key,
    watch: &'a mut dyn FnMut(Progress) -> bool,
    steps: u64,
    is_stopped: bool,
}

impl<'a> Watcher<'a> {
    fn of(set: &'a Key, watch: &'a mut dyn FnMut(Progress) -> bool) -> Self {
        Self {
            set,
            watch,
            steps: 0,
            is_stopped: false,
        }
    }

    fn step(&mut self, cluster: &Cluster) -> bool {
        self.steps += 1;
        if self.is_stopped || self.steps % 64 != 1 {
            return !self.is_stopped;
        }
        let view = cluster.set(self.set);
        let available = view
            .and_then(|v| v.status())
            .map_or(0, |status| status.available_replicas);
        let progress = Progress {
            at: cluster.now(),
            available: usize::try_from(available).unwrap_or(0),
            replicas: view.map_or(0, |view| view.observed().set().replicas()),
        };
        self.is_stopped = !(self.watch)(progress);
        !self.is_stopped
    }
}

/// The error for a question without an answer.
fn missing(message: &str) -> Error {
    Error::new(ErrorCode::Missing, message)
}

#[cfg(test)]
mod tests;
