//! How many Pods of a set are available, at every moment.

use std::sync::Arc;

use steadfast_core::membership;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::clock::{Clock, Millis};
use crate::store::{Change, Key, Object, Resource};
use crate::view;

/// Counts the available Pods of one set: Running, Ready for minReadySeconds, and not terminating.
#[derive(Clone, Debug)]
pub(crate) struct Census {
    set: Key,
    min_ready: Millis,
    /// When each ready Pod is (or was) available.
    due: SortedMap<Arc<str>, Millis>,
    /// Those of `due` that are not available yet, by time.
    maturing: SortedSet<(Millis, Arc<str>)>,
    /// The least number since the count began.
    least: Option<usize>,
}

impl Census {
    /// A count of the Pods of `set`.
    pub fn of(set: Key, min_ready_seconds: i64) -> Self {
        let min_ready = Millis(u64::try_from(min_ready_seconds).unwrap_or(0).saturating_mul(1000));
        Self {
            set,
            min_ready,
            due: SortedMap::new(),
            maturing: SortedSet::new(),
            least: None,
        }
    }

    /// How many are available now.
    pub fn available(&mut self, now: Millis) -> usize {
        while let Some(first) = self.maturing.first().filter(|(due, _)| *due <= now).cloned() {
            self.maturing.remove(&first);
        }
        self.due.len() - self.maturing.len()
    }

    /// From now on the least number is kept.
    pub fn begin(&mut self, now: Millis) {
        self.least = Some(self.available(now));
    }

    /// The least number since [`begin`](Self::begin).
    pub fn least(&self) -> Option<usize> {
        self.least
    }

    /// Takes a change into account.
    pub fn saw(&mut self, change: &Change, clock: &Clock) {
        if change.key.resource != Resource::Pod || change.key.namespace != self.set.namespace {
            return;
        }
        let Some(object) = change.after.as_ref().or(change.before.as_ref()) else {
            return;
        };
        let name = Arc::clone(&change.key.name);
        if let Some(due) = self.due.remove(&name) {
            self.maturing.remove(&(due, Arc::clone(&name)));
        }
        let is_ready = change.after.is_some()
            && view::text(object, &["status", "phase"]) == Some("Running")
            && view::condition(object, "Ready") == Some("True")
            && !object.is_terminating()
            && self.is_own(&name, object);
        if is_ready {
            let due = if self.min_ready.0 == 0 {
                clock.now()
            } else {
                let since = since(object)
                    .and_then(|since| clock.millis_of(since))
                    .unwrap_or_default();
                since.plus(self.min_ready)
            };
            self.due.insert(Arc::clone(&name), due);
            self.maturing.insert((due, name));
        }
        let available = self.available(clock.now());
        self.least = self.least.map(|least| least.min(available));
    }

    /// Whether the Pod is the set's. One that is orphaned with its set serves as before.
    fn is_own(&self, name: &str, pod: &Object) -> bool {
        let owners = view::items(pod, &["metadata", "ownerReferences"]);
        let controller = owners.iter().find(|owner| view::is_true(owner, &["controller"]));
        membership(name).is_some_and(|member| member.parent == &*self.set.name)
            && controller.is_none_or(|owner| {
                view::text(owner, &["kind"]) == Some("StatefulSet")
                    && view::text(owner, &["name"]) == Some(&self.set.name)
            })
    }
}

fn since(pod: &Object) -> Option<steadfast_core::Timestamp> {
    let conditions = view::items(pod, &["status", "conditions"]);
    let ready = conditions
        .iter()
        .find(|condition| view::text(condition, &["type"]) == Some("Ready"))?;
    steadfast_core::Timestamp::parse(view::text(ready, &["lastTransitionTime"])?)
}
