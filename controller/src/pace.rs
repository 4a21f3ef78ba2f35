//! How often the status of one set is written when nothing else is to be done for it and not all of its Pods are available: not more
//! than five times a second.
//!
//! Five hundred Pods that become ready within seconds would otherwise be counted in the status one by one, each time with a request to
//! the API server and a change that everybody who watches is told. Upstream's controller comes to the same by accident: its
//! writes wait for their turn in the client's rate limiter (`rest.Config`, QPS), and Pods change meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::object::Key;

/// The least time from one status to the next. It is longer than the quickest of Pods take to become ready: a status that only counts
/// the new Pod would be on its way just then, and hold up what is to be done next, since a set waits for its own writes. What is to be
/// done next brings a status with it.
const PACE: Duration = Duration::from_millis(200);

/// When the status of each set was written last.
#[derive(Debug, Default)]
pub struct Pace {
    written: BTreeMap<Key, Instant>,
}

impl Pace {
    /// The status of the set was written.
    pub fn wrote(&mut self, set: &Key, at: Instant) {
        self.written
            .retain(|_, earlier| at.duration_since(*earlier) < PACE);
        self.written.insert(set.clone(), at);
    }

    /// How long a status that stands alone has to wait; `None`: it may be written now.
    pub fn rest(&self, set: &Key, now: Instant) -> Option<Duration> {
        let due = *self.written.get(set)? + PACE;
        (due > now).then(|| due.duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_waits_until_a_fifth_of_a_second_has_gone_by_since_the_last_one_of_the_same_set() {
        let (web, db) = (Key::new("default", "web"), Key::new("default", "db"));
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.rest(&web, start), None, "the first is written at once");
        pace.wrote(&web, start);
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(pace.rest(&web, after(30)), Some(Duration::from_millis(170)));
        assert_eq!(pace.rest(&web, after(200)), None);
        assert_eq!(pace.rest(&db, after(30)), None, "sets do not wait for each other");
    }

    #[test]
    fn what_is_older_is_forgotten_so_that_sets_that_are_gone_cost_nothing() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.wrote(&Key::new("default", "gone"), start);
        pace.wrote(&Key::new("default", "web"), start + PACE);
        assert_eq!(pace.written.len(), 1);
    }
}
