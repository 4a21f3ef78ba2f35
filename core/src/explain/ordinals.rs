//! The state of each ordinal.

use serde::Serialize;

use super::scene::{Judged, Scene};
use super::sentence;
use super::trouble::Trouble;
use crate::health::available_at;
use crate::observed::Phase;
use crate::{Ordinal, Timestamp};

/// How one ordinal stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrdinalState {
    /// The ordinal.
    pub ordinal: u64,
    /// Its Pod's name, whether there is one or not.
    pub pod: String,
    /// The state.
    pub state: PodState,
    /// Whether the set should have it: a Pod without this is to go.
    pub is_wanted: bool,
    /// The Pod's revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Whether that is the one that the update leads to.
    pub is_updated: bool,
    /// Since when it is so, where its status says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub since: Option<Timestamp>,
    /// When it will be available, where it only waits for minReadySeconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub until: Option<Timestamp>,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// What the controller waits for before it goes on with this ordinal, as a clause after *waits*.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
}

/// The states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum PodState {
    /// There is no Pod.
    Missing,
    /// It has not started.
    Pending,
    /// It runs and is not ready.
    NotReady,
    /// It is ready, and not yet for minReadySeconds.
    Ready,
    /// It is available.
    Available,
    /// It is being deleted.
    Terminating,
    /// It has ended badly.
    Failed,
    /// It has ended well.
    Succeeded,
    /// Its node does not say.
    Unknown,
}

/// How many ordinals without a Pod are named: past these, one stands for the rest.
const MOST_MISSING: usize = 1_000;

pub(super) fn of(scene: &Scene<'_>) -> Vec<OrdinalState> {
    let set = scene.set();
    let mut states: Vec<OrdinalState> = scene.pods.iter().map(|judged| state(scene, judged)).collect();
    let mut pods = scene.replicas().map(|judged| judged.ordinal).peekable();
    let mut missing = Vec::new();
    for ordinal in set.start()..set.end() {
        while pods.next_if(|there| *there < ordinal).is_some() {}
        if pods.next_if_eq(&ordinal).is_none() {
            missing.push(ordinal);
            if missing.len() >= MOST_MISSING {
                break;
            }
        }
    }
    states.extend(missing.into_iter().map(|ordinal| absent(scene, ordinal)));
    states.sort_by_key(|state| state.ordinal);
    states
}

fn state(scene: &Scene<'_>, judged: &Judged<'_>) -> OrdinalState {
    let pod = judged.pod;
    let state = match pod.phase() {
        _ if pod.is_terminating() => PodState::Terminating,
        Phase::Failed => PodState::Failed,
        Phase::Succeeded => PodState::Succeeded,
        Phase::Unknown => PodState::Unknown,
        Phase::Absent | Phase::Pending => PodState::Pending,
        Phase::Running if judged.is_available => PodState::Available,
        Phase::Running if judged.is_ready => PodState::Ready,
        Phase::Running => PodState::NotReady,
    };
    let until = (state == PodState::Ready).then(|| available_at(pod, scene.set().min_ready_seconds()));
    OrdinalState {
        ordinal: judged.ordinal,
        pod: pod.name().to_owned(),
        state,
        is_wanted: judged.is_in_range,
        revision: Some(pod.revision().to_owned()).filter(|revision| !revision.is_empty()),
        is_updated: judged.is_updated,
        since: judged.since(),
        until: until.flatten(),
        trouble: judged.trouble.clone(),
        waits: waits(scene, pod.name()),
    }
}

fn absent(scene: &Scene<'_>, ordinal: u64) -> OrdinalState {
    let pod = Ordinal::new(ordinal).pod_name(scene.set().name()).to_string();
    OrdinalState {
        ordinal,
        waits: waits(scene, &pod),
        pod,
        state: PodState::Missing,
        is_wanted: true,
        revision: None,
        is_updated: false,
        since: None,
        until: None,
        trouble: None,
    }
}

/// What holds this Pod back: a wait that names it as held, or that holds all that come after its own blocker.
fn waits(scene: &Scene<'_>, pod: &str) -> Option<String> {
    let of_pod = |held: &crate::Wait| {
        held.pod.as_deref() == Some(pod) || held.pods.iter().any(|other| other == pod) || held.name == pod
    };
    let found = scene.plan.waits.iter().find(|held| of_pod(held));
    found.map(sentence::wait)
}
