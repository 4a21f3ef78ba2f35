//! What the components and the controller share: the objects, the clock, chance, the settings and the record.

use serde_json::Value;
use steadfast_core::{Profile, Timestamp};

use super::quiet::Quiet;
use crate::clock::{Clock, Millis, Timer};
use crate::component::{Event, Step, World};
use crate::faults::{Faults, Verb};
use crate::host::Shared;
use crate::random::Random;
use crate::settings::Settings;
use crate::store::{ApiError, Change, Key, Object, Store, Write};
use crate::trace::{Detail, Happening, Trace};

/// The shared state of a cluster.
pub(crate) struct Machine {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub settings: Settings,
    pub faults: Faults,
    pub profile: Profile,
    pub trace: Trace,
    /// How much goes into it.
    pub detail: Detail,
    pub quiet: Quiet,
    /// Changes that nobody has been told of yet.
    pub pending: Vec<Change>,
    /// How many changes there have ever been: the number of the last one.
    pub produced: u64,
    /// Who decides in the core's place.
    pub decider: Option<Shared>,
}

impl Machine {
    pub fn new(settings: Settings, profile: Profile, epoch: Timestamp) -> Self {
        Self {
            store: Store::new(settings.seed),
            clock: Clock::new(epoch),
            random: Random::new(settings.seed),
            faults: Faults::default(),
            settings,
            profile,
            trace: Trace::default(),
            detail: Detail::Whole,
            quiet: Quiet::default(),
            pending: Vec::new(),
            produced: 0,
            decider: None,
        }
    }

    /// A write of a component or a person: no fault is in its way.
    pub fn write(&mut self, write: Write) -> Result<Option<Object>, ApiError> {
        let result = self.store.apply(write, self.clock.wall());
        self.absorb();
        result
    }

    /// A request of the controller, which a fault may be in the way of.
    pub fn call(&mut self, key: &Key, write: Write) -> Result<Option<Object>, ApiError> {
        let Some(fault) = self.faults.check(Verb::of(&write), key, self.clock.now()) else {
            return self.write(write);
        };
        if fault.is_counted {
            // The rule is a step nearer to its end: this is no repetition.
            self.quiet.renew(self.clock.now());
        }
        if fault.error.was_applied {
            self.write(write)?;
        }
        Err(fault.error)
    }

    /// Puts an object in as it is.
    pub fn insert(&mut self, object: Value) -> Result<(), ApiError> {
        let result = self.store.insert(object, self.clock.wall());
        self.absorb();
        result
    }

    /// Carries out what a component wants; a write that fails is ignored.
    pub fn carry_out(&mut self, step: Step) {
        for write in step.writes {
            drop(self.write(write));
        }
        for (delay, timer) in step.timers {
            self.schedule_after(delay, timer);
        }
        for event in step.events {
            self.record_event(event);
        }
    }

    pub fn schedule_after(&mut self, delay: Millis, timer: Timer) {
        let at = Millis(self.clock.now().0.saturating_add(delay.0));
        self.quiet.scheduled(&timer);
        self.clock.schedule(at, timer);
    }

    /// Records what is no Event.
    pub fn record(&mut self, what: impl FnOnce() -> Happening) {
        if self.detail != Detail::Warnings {
            self.trace.push(self.clock.now(), what());
        }
    }

    pub fn record_event(&mut self, event: Event) {
        if self.detail == Detail::Warnings && event.kind != "Warning" {
            return;
        }
        let Event {
            object,
            component,
            kind,
            reason,
            message,
        } = event;
        let what = Happening::Event {
            kind,
            component,
            object_kind: object.resource.kind(),
            namespace: object.namespace,
            name: object.name,
            reason: reason.into(),
            message: message.into(),
        };
        self.trace.push(self.clock.now(), what);
    }

    /// What a component may look at.
    pub fn world(&mut self) -> World<'_> {
        World {
            now: self.clock.now(),
            wall: self.clock.wall(),
            store: &self.store,
            settings: &self.settings,
            random: &mut self.random,
        }
    }

    fn absorb(&mut self) {
        let changes = self.store.take_changes();
        self.produced += changes.len() as u64;
        match self.pending.is_empty() {
            true => self.pending = changes,
            false => self.pending.extend(changes),
        }
    }
}

impl Clone for Machine {
    fn clone(&self) -> Self {
        Self {
            store: self.store.snapshot(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            settings: self.settings.clone(),
            faults: self.faults.clone(),
            profile: self.profile.clone(),
            trace: self.trace.clone(),
            detail: self.detail,
            quiet: self.quiet.clone(),
            pending: self.pending.clone(),
            produced: self.produced,
            decider: self.decider.clone(),
        }
    }
}
