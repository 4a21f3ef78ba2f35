//! Where watches and workers meet: the cache, what is awaited of it, and the queue.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steadfast_core::Kind;

use crate::cache::{Cache, Touched};
use crate::expectations::{Awaited, Expectations};
use crate::log;
use crate::metrics::Metrics;
use crate::object::{Key, without_managed_fields};
use crate::pace::Pace;
use crate::queue::Queue;

/// How long a set waits for its own writes before that is said.
const LATE: Duration = Duration::from_secs(30);

/// The meeting place.
pub struct Hub {
    state: Mutex<State>,
    /// The sets that are to be looked at.
    pub queue: Queue,
    /// The figures.
    pub metrics: Arc<Metrics>,
    /// The namespaces that are watched, one watch each; empty: all, by one watch.
    namespaces: Vec<String>,
}

/// What is known.
#[derive(Debug, Default)]
pub struct State {
    /// The objects.
    pub cache: Cache,
    expectations: Expectations,
    /// Sets that wait for their own writes to be seen.
    parked: BTreeSet<Key>,
    pace: Pace,
}

impl Hub {
    /// A hub without objects.
    pub fn new(metrics: Arc<Metrics>, namespaces: Vec<String>) -> Self {
        Self {
            state: Mutex::default(),
            queue: Queue::default(),
            metrics,
            namespaces,
        }
    }

    /// What is known. Nothing may be awaited while it is held.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The watches of each kind: the namespace of each, or none for all.
    pub fn scopes(&self) -> Vec<Option<&str>> {
        match self.namespaces.as_slice() {
            [] => vec![None],
            some => some.iter().map(|namespace| Some(namespace.as_str())).collect(),
        }
    }

    /// An object came to be or changed.
    pub fn put(&self, kind: Kind, scope: usize, mut object: Value) {
        without_managed_fields(&mut object);
        let mut state = self.state();
        state
            .expectations
            .saw(kind, scope, crate::object::version(&object));
        let key = Key::of(&object);
        let touched = state.cache.put(kind, object);
        self.tell(&mut state, kind, &key, touched);
    }

    /// An object is gone; `last` is its last state.
    pub fn remove(&self, kind: Kind, scope: usize, last: &Value) {
        let mut state = self.state();
        state.expectations.saw(kind, scope, crate::object::version(last));
        let key = Key::of(last);
        if kind == Kind::StatefulSet {
            state.expectations.forget(&key);
        }
        let touched = state.cache.remove(kind, &key);
        self.tell(&mut state, kind, &key, touched);
    }

    /// A watch has come this far, and there was nothing to tell.
    pub fn bookmark(&self, kind: Kind, scope: usize, version: u64) {
        let mut state = self.state();
        state.expectations.saw(kind, scope, version);
        self.wake_parked(&mut state);
    }

    /// All objects of a kind, by a list that was begun at `began` and shows `version`.
    pub fn replace(&self, kind: Kind, scope: usize, objects: Vec<Value>, (version, began): (u64, Instant)) {
        let namespace = self.scopes().get(scope).copied().flatten();
        let mut state = self.state();
        let listed: BTreeSet<Key> = objects.iter().map(Key::of).collect();
        for key in state.cache.keys(kind, namespace) {
            if !listed.contains(&key) {
                let touched = state.cache.remove(kind, &key);
                self.tell(&mut state, kind, &key, touched);
            }
        }
        for mut object in objects {
            without_managed_fields(&mut object);
            let key = Key::of(&object);
            let touched = state.cache.put(kind, object);
            self.tell(&mut state, kind, &key, touched);
        }
        state.expectations.saw_list(kind, scope, version, began);
        self.wake_parked(&mut state);
    }

    /// Something was written for a set.
    pub fn wrote(&self, set: &Key, writes: Vec<Awaited>) {
        let mut state = self.state();
        for write in writes {
            if write.kind == Kind::StatefulSet {
                state.pace.wrote(set, tokio::time::Instant::now());
            }
            state.expectations.wrote(set, write);
        }
    }

    /// How long a status of the set that is all there is to write has to wait: five a second are the most.
    pub fn status_rests(&self, set: &Key) -> Option<Duration> {
        self.state().pace.rest(set, tokio::time::Instant::now())
    }

    /// Whether the cache has seen all that was written for the set. If not, the set comes again when something of it is seen.
    pub fn is_fresh(&self, set: &Key) -> bool {
        let mut state = self.state();
        let State {
            cache,
            expectations,
            parked,
            ..
        } = &mut *state;
        let scope_of = |namespace: &str| {
            let scope = self.namespaces.iter().position(|known| known == namespace);
            scope.unwrap_or(0)
        };
        if expectations.is_met(set, scope_of, |kind, key, uid| cache.holds(kind, key, uid)) {
            return true;
        }
        parked.insert(set.clone());
        let since = expectations.since(set);
        drop(state);
        if since.is_some_and(|since| since.elapsed() > LATE) {
            let fields = json!({"set": set.to_string()});
            log::warn(
                "the cache has not seen this set's own writes for half a minute: nothing is decided until it has",
                fields,
            );
        }
        // Should the news be lost, the set is looked at again all the same.
        self.queue.add_after(set, LATE);
        false
    }

    fn tell(&self, state: &mut State, kind: Kind, key: &Key, touched: Touched) {
        if let Some(why) = touched.trouble {
            let fields = json!({"kind": kind.name(), "object": key.to_string(), "error": why});
            log::warn(
                "an object cannot be read: what was known of it before stays",
                fields,
            );
            self.metrics.unreadable(kind);
        }
        for set in &touched.concerned {
            if state.parked.remove(set) {
                self.queue.add(set);
            }
        }
        for set in &touched.wake {
            self.queue.add(set);
        }
    }

    fn wake_parked(&self, state: &mut State) {
        for set in std::mem::take(&mut state.parked) {
            self.queue.add(&set);
        }
    }
}
