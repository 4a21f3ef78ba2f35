//! Virtual time: a queue of timers, and nothing that ever waits.

use serde::{Deserialize, Serialize};
use steadfast_core::Timestamp;
use steadfast_core::sorted::SortedMap;

use crate::store::Key;

/// Virtual time since the start, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Millis(pub u64);

/// Something that is to happen at a time, and whose business it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// A component's name, or `host` or `scenario`.
    pub owner: &'static str,
    /// What is due.
    pub what: &'static str,
    /// The object it is about.
    pub key: Key,
    /// Tells an outdated timer: what it is a token of (such as a generation) is the owner's affair.
    pub token: u64,
}

/// The virtual clock and its queue. Timers of one time come out in the order in which they were scheduled.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Millis,
    epoch: Timestamp,
    scheduled: u64,
    timers: SortedMap<(Millis, u64), Timer>,
}

impl Clock {
    /// A clock that stands at 0, which is the instant `epoch`, to the millisecond.
    pub fn new(epoch: Timestamp) -> Self {
        Self {
            now: Millis(0),
            epoch,
            scheduled: 0,
            timers: SortedMap::new(),
        }
    }

    /// The virtual time.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// The virtual time as an instant.
    pub fn wall(&self) -> Timestamp {
        self.wall_at(self.now)
    }

    /// The instant of a virtual time.
    pub fn wall_at(&self, at: Millis) -> Timestamp {
        Timestamp::from_millis(self.epoch.millis().saturating_add_unsigned(at.0))
    }

    /// The first millisecond at which the instant `t` has come; `None` before the epoch.
    pub fn millis_of(&self, t: Timestamp) -> Option<Millis> {
        let whole = t.millis();
        let begun = i64::from(Timestamp::from_millis(whole) < t);
        let since = whole.saturating_add(begun).checked_sub(self.epoch.millis())?;
        u64::try_from(since).ok().map(Millis)
    }

    /// Puts a timer into the queue. One that lies in the past is due at once.
    pub fn schedule(&mut self, at: Millis, timer: Timer) {
        self.timers.insert((at.max(self.now), self.scheduled), timer);
        self.scheduled += 1;
    }

    /// When the next timer is due.
    pub fn next_at(&self) -> Option<Millis> {
        self.timers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next timer that is due no later than `until`, and advances to it.
    pub fn pop_due(&mut self, until: Millis) -> Option<Timer> {
        let at = self.next_at().filter(|at| *at <= until)?;
        self.now = self.now.max(at);
        self.timers.pop_first().map(|(_, timer)| timer)
    }

    /// Advances to `at`; time never goes back. Timers that are passed over stay due.
    pub fn advance_to(&mut self, at: Millis) {
        self.now = self.now.max(at);
    }
}

impl Millis {
    /// The time `span` later.
    #[must_use]
    pub const fn plus(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Resource;

    fn timer(token: u64) -> Timer {
        Timer {
            owner: "test",
            what: "tick",
            key: Key::new(Resource::Pod, "default", "web-0"),
            token,
        }
    }

    fn clock() -> Clock {
        Clock::new(Timestamp::parse("2026-11-21T00:00:00Z").unwrap())
    }

    #[test]
    fn timers_come_out_by_time_and_those_of_one_time_in_the_order_they_went_in() {
        let mut clock = clock();
        for (at, token) in [(20, 1), (10, 2), (20, 3), (10, 4), (0, 5)] {
            clock.schedule(Millis(at), timer(token));
        }
        assert_eq!(clock.next_at(), Some(Millis(0)));
        let mut log = Vec::new();
        while let Some(timer) = clock.pop_due(Millis(15)) {
            log.push((clock.now().0, timer.token));
        }
        assert_eq!(log, [(0, 5), (10, 2), (10, 4)]);
        assert_eq!((clock.now(), clock.next_at()), (Millis(10), Some(Millis(20))));
    }

    #[test]
    fn a_timer_in_the_past_is_due_now_behind_those_that_are_due_already() {
        let mut clock = clock();
        clock.schedule(Millis(50), timer(1));
        clock.advance_to(Millis(50));
        clock.schedule(Millis(3), timer(2));
        assert_eq!(clock.pop_due(Millis(50)).map(|t| t.token), Some(1));
        assert_eq!(clock.pop_due(Millis(50)).map(|t| t.token), Some(2));
        clock.advance_to(Millis(1));
        assert_eq!(clock.now(), Millis(50));
    }

    #[test]
    fn instants_and_virtual_times_match() {
        let mut clock = clock();
        clock.advance_to(Millis(61_500));
        assert_eq!(clock.wall().to_string(), "2026-11-21T00:01:01.500Z");
        assert_eq!(clock.millis_of(clock.wall()), Some(Millis(61_500)));
        let later = Timestamp::parse("2026-11-21T00:00:00.000000001Z").unwrap();
        assert_eq!(
            clock.millis_of(later),
            Some(Millis(1)),
            "an instant has come when its millisecond is over"
        );
        assert_eq!(
            clock.millis_of(Timestamp::parse("2026-11-20T23:59:59Z").unwrap()),
            None
        );
    }
}
