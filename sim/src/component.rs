//! What every component of the cluster has in common: what changed goes in, writes and timers come out.

use steadfast_core::Timestamp;

use crate::clock::{Millis, Timer};
use crate::random::Random;
use crate::settings::Settings;
use crate::store::{Change, Key, Store, Write};

/// What a component may look at while it decides.
pub struct World<'a> {
    /// All objects, as they stand now.
    pub store: &'a Store,
    /// Virtual time since the start.
    pub now: Millis,
    /// The same as a point in time.
    pub wall: Timestamp,
    /// How this cluster behaves.
    pub settings: &'a Settings,
    /// The one source of chance.
    pub random: &'a mut Random,
}

/// What a component wants: it never touches the store itself.
#[derive(Debug, Default)]
pub struct Step {
    /// Writes, in order; one that fails is ignored.
    pub writes: Vec<Write>,
    /// Timers, each with its delay from now.
    pub timers: Vec<(Millis, Timer)>,
    /// What `kubectl get events` would show.
    pub events: Vec<Event>,
}

/// An Event of the cluster, in the words of the component that sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The object it is about.
    pub object: Key,
    /// Who says it, such as `kubelet`.
    pub component: &'static str,
    /// `Normal` or `Warning`.
    pub kind: &'static str,
    /// Such as `BackOff`.
    pub reason: String,
    /// Such as `Back-off pulling image "nginx:no-such-tag"`.
    pub message: String,
}

/// One part of the cluster: scheduler, kubelet, volume binder, garbage collector, endpoints, disruption.
///
/// Components are level-triggered: they decide from the store, and a change or a timer only says where to look.
/// They hold nothing that `boxed_clone` does not copy, so that a cluster can be forked.
pub trait Component {
    /// The name that its timers carry as owner.
    fn name(&self) -> &'static str;

    /// An object was created, changed or has gone.
    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step;

    /// A timer of this component is due. A timer that is no longer wanted is told by its token.
    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step;

    /// A copy, with all state.
    fn boxed_clone(&self) -> Box<dyn Component>;
}

impl Step {
    /// Nothing to do.
    pub fn none() -> Self {
        Self::default()
    }

    /// True where there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.timers.is_empty() && self.events.is_empty()
    }

    /// Adds all of `other` behind what is there.
    pub fn append(&mut self, mut other: Self) {
        self.writes.append(&mut other.writes);
        self.timers.append(&mut other.timers);
        self.events.append(&mut other.events);
    }

    /// Adds an Event.
    pub fn event(
        &mut self,
        object: &Key,
        component: &'static str,
        kind: &'static str,
        reason: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.events.push(Event {
            object: object.clone(),
            component,
            kind,
            reason: reason.into(),
            message: message.into(),
        });
    }
}

impl Clone for Box<dyn Component> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}
