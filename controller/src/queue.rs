//! The queue of sets that are to be looked at: a key waits in it once, and is never with two workers at a time.
//!
//! Source of the rules: `client-go/util/workqueue` (`queue.go`, `delaying_queue.go`, `default_rate_limiters.go`). Of its
//! default rate limiters only the one for each item is here: 5 ms, doubling to 1,000 s.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::object::Key;

const FIRST: Duration = Duration::from_millis(5);
const LONGEST: Duration = Duration::from_secs(1000);

/// The queue.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    ready: VecDeque<Key>,
    /// Those in `ready`, and those that are to go there when their worker is done with them.
    wanted: BTreeSet<Key>,
    running: BTreeSet<Key>,
    /// Keys that come by time, each at its earliest.
    timers: BTreeSet<(Instant, Key)>,
    due: BTreeMap<Key, Instant>,
    /// How often in a row a key was given back.
    failures: BTreeMap<Key, u32>,
    is_closed: bool,
}

impl Queue {
    /// The set is to be looked at as soon as possible.
    pub fn add(&self, key: &Key) {
        self.lock().add(key);
        self.changed.notify_one();
    }

    /// The set is to be looked at after this time, or earlier if something else asks for it.
    pub fn add_after(&self, key: &Key, delay: Duration) {
        let at = Instant::now() + delay;
        let mut inner = self.lock();
        if inner.due.get(key).is_some_and(|earlier| *earlier <= at) {
            return;
        }
        inner.cancel(key);
        inner.due.insert(key.clone(), at);
        inner.timers.insert((at, key.clone()));
        drop(inner);
        self.changed.notify_one();
    }

    /// The set is to be looked at after its backoff, which is given back.
    pub fn retry(&self, key: &Key) -> Duration {
        let mut inner = self.lock();
        let failures = inner.failures.entry(key.clone()).or_default();
        let factor = 1u32.checked_shl(*failures).unwrap_or(u32::MAX);
        let delay = FIRST.saturating_mul(factor).min(LONGEST);
        *failures = failures.saturating_add(1).min(31);
        drop(inner);
        self.add_after(key, delay);
        delay
    }

    /// The set was looked at without a failure: its next backoff is the first one again.
    pub fn forget(&self, key: &Key) {
        self.lock().failures.remove(key);
    }

    /// The next set, which is this worker's until it calls [`Queue::done`]; `None` once the queue is closed.
    pub async fn next(&self) -> Option<Key> {
        loop {
            let wait = {
                let mut inner = self.lock();
                if inner.is_closed {
                    self.changed.notify_one();
                    return None;
                }
                inner.ring(Instant::now());
                if let Some(key) = inner.take() {
                    if !inner.ready.is_empty() {
                        self.changed.notify_one();
                    }
                    return Some(key);
                }
                inner.timers.first().map(|(at, _)| *at)
            };
            match wait {
                Some(at) => {
                    let _ = tokio::time::timeout_at(at, self.changed.notified()).await;
                }
                None => self.changed.notified().await,
            }
        }
    }

    /// The worker has ended with the set.
    pub fn done(&self, key: &Key) {
        let mut inner = self.lock();
        inner.running.remove(key);
        if inner.wanted.contains(key) {
            inner.ready.push_back(key.clone());
        }
        drop(inner);
        self.changed.notify_one();
    }

    /// No set is given out any more.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    /// How many sets wait, not counting those that come by time.
    pub fn len(&self) -> usize {
        self.lock().ready.len()
    }

    /// Whether no set waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn add(&mut self, key: &Key) {
        if self.wanted.insert(key.clone()) && !self.running.contains(key) {
            self.ready.push_back(key.clone());
        }
    }

    fn cancel(&mut self, key: &Key) {
        if let Some(at) = self.due.remove(key) {
            self.timers.remove(&(at, key.clone()));
        }
    }

    fn ring(&mut self, now: Instant) {
        while self.timers.first().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, key)) = self.timers.pop_first() {
                self.due.remove(&key);
                self.add(&key);
            }
        }
    }

    fn take(&mut self) -> Option<Key> {
        let key = self.ready.pop_front()?;
        self.wanted.remove(&key);
        self.running.insert(key.clone());
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use super::*;

    fn key(name: &str) -> Key {
        Key::new("default", name)
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(work)
    }

    #[test]
    fn a_key_that_is_added_twice_is_given_out_once() {
        block_on(async {
            let queue = Queue::default();
            queue.add(&key("web"));
            queue.add(&key("web"));
            assert_eq!(queue.next().await, Some(key("web")));
            assert!(queue.is_empty());
        });
    }

    #[test]
    fn a_key_is_never_with_two_workers_and_comes_again_if_it_was_wanted_meanwhile() {
        block_on(async {
            let queue = Queue::default();
            queue.add(&key("web"));
            let taken = queue.next().await.unwrap();
            queue.add(&taken);
            let other = tokio::time::timeout(Duration::from_millis(20), queue.next()).await;
            assert!(other.is_err(), "a second worker got the key of the first");
            queue.done(&taken);
            assert_eq!(queue.next().await, Some(taken));
        });
    }

    #[test]
    fn keys_come_in_the_order_in_which_they_were_wanted() {
        block_on(async {
            let queue = Queue::default();
            queue.add(&key("b"));
            queue.add(&key("a"));
            assert_eq!(queue.next().await, Some(key("b")));
            assert_eq!(queue.next().await, Some(key("a")));
        });
    }

    #[test]
    fn of_several_times_the_earliest_counts() {
        block_on(async {
            let queue = Queue::default();
            queue.add_after(&key("web"), Duration::from_secs(3600));
            queue.add_after(&key("web"), Duration::from_millis(5));
            queue.add_after(&key("web"), Duration::from_secs(60));
            let next = tokio::time::timeout(Duration::from_secs(5), queue.next()).await;
            assert_eq!(next.unwrap(), Some(key("web")));
            assert!(queue.lock().timers.is_empty(), "the later times are forgotten");
        });
    }

    #[test]
    fn the_backoff_doubles_up_to_a_thousand_seconds_and_is_forgotten_by_a_success() {
        let queue = Queue::default();
        let web = key("web");
        let delays: Vec<u128> = (0..4).map(|_| queue.retry(&web).as_millis()).collect();
        assert_eq!(delays, [5, 10, 20, 40]);
        let later: Vec<u64> = (0..60).map(|_| queue.retry(&web).as_secs()).collect();
        assert_eq!(later.last(), Some(&1000));
        queue.forget(&web);
        assert_eq!(queue.retry(&web).as_millis(), 5);
    }

    #[test]
    fn a_closed_queue_gives_nothing_out_and_lets_those_go_who_wait() {
        block_on(async {
            let queue = std::sync::Arc::new(Queue::default());
            let waiter = tokio::spawn({
                let queue = std::sync::Arc::clone(&queue);
                async move { queue.next().await }
            });
            tokio::task::yield_now().await;
            queue.close();
            assert_eq!(waiter.await.unwrap(), None);
            queue.add(&key("web"));
            assert_eq!(queue.next().await, None);
        });
    }
}
