//! How a Pod that is being deleted comes to its end.

use steadfast_core::Timestamp;
use steadfast_core::observed::Document;

use super::pod::{Pod, Stage};
use super::{Kubelet, Turn};
use crate::clock::Millis;
use crate::settings::{Fate, Termination};
use crate::store::{DeleteOptions, Write};
use crate::view;

impl Kubelet {
    /// The Pod is being deleted, or its grace period has been made shorter.
    pub(super) fn stop(&mut self, pod: &mut Pod, object: &dyn Document, turn: &mut Turn<'_, '_>) {
        let deadline = view::text(object, &["metadata", "deletionTimestamp"]);
        if pod.stopping.is_some() && pod.deadline.as_deref() == deadline && !pod.has_missed {
            return;
        }
        pod.deadline = deadline.map(str::to_owned);
        if pod.stopping.is_none() {
            let fate = pod.fate(turn.key, turn.world.settings);
            begin(pod, &fate, turn);
        }
        self.plan(pod, turn);
    }

    /// The settings have changed while the Pod is stopping.
    pub(super) fn change_stop(
        &mut self,
        pod: &mut Pod,
        object: &dyn Document,
        fate: &Fate,
        turn: &mut Turn<'_, '_>,
    ) {
        let is_stuck = matches!(pod.stopping, Some((_, None)));
        let is_to_be_stuck = fate.termination == Termination::Never;
        if pod.stage != Stage::Stopped && is_stuck != is_to_be_stuck {
            pod.stopping = Some((turn.world.now, span(pod, fate, turn)));
            pod.deadline = view::text(object, &["metadata", "deletionTimestamp"]).map(str::to_owned);
            self.plan(pod, turn);
        }
    }

    /// Sets the timer for the end of the containers: when they have stopped, or else at the deadline.
    fn plan(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        let Some((asked, Some(span))) = pod.stopping else {
            pod.cancel();
            return;
        };
        let deadline = pod.deadline.as_deref().and_then(Timestamp::parse);
        let left = deadline.map_or(0, |deadline| {
            deadline.millis().saturating_sub(turn.world.wall.millis())
        });
        let left = u64::try_from(left).unwrap_or_default();
        let delay = asked
            .0
            .saturating_add(span.0)
            .saturating_sub(turn.world.now.0)
            .min(left);
        if delay == 0 {
            self.finish_stop(pod, turn);
        } else {
            turn.schedule(pod, "stop", Millis(delay));
        }
    }

    /// The containers have stopped: the Pod object may go.
    pub(super) fn finish_stop(&mut self, pod: &mut Pod, turn: &mut Turn<'_, '_>) {
        pod.cancel();
        if pod.stage == Stage::Stopped {
            return;
        }
        pod.stage = Stage::Stopped;
        pod.is_dirty = false;
        let options = DeleteOptions {
            uid: Some(pod.uid.clone()),
            grace_seconds: Some(0),
            ..DeleteOptions::default()
        };
        turn.step.writes.push(Write::Delete {
            key: turn.key.clone(),
            options,
        });
    }
}

fn begin(pod: &mut Pod, fate: &Fate, turn: &mut Turn<'_, '_>) {
    pod.stopping = Some((turn.world.now, span(pod, fate, turn)));
    if pod.runs() {
        let running = pod
            .init
            .iter()
            .chain(&pod.main)
            .filter(|container| container.is_running());
        for container in running {
            turn.event(
                "Normal",
                "Killing",
                format!("Stopping container {}", container.name),
            );
        }
        pod.set_unready();
    }
}

/// How long the containers take to stop if nothing hurries them; `None` is for ever.
fn span(pod: &Pod, fate: &Fate, turn: &mut Turn<'_, '_>) -> Option<Millis> {
    let settings = turn.world.settings;
    match fate.termination {
        Termination::Never => None,
        _ if !pod.runs() => Some(Millis(0)),
        Termination::Usual => Some(settings.varied(settings.termination, turn.world.random)),
        Termination::Slow(span) => Some(span.millis()),
    }
}
