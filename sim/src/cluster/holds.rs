//! Objects that do not move although they should: a dump shows a Pod that is broken, and nothing says that it would
//! recover; a scenario says that a volume is stuck.

use steadfast_core::sorted::SortedSet;

use crate::clock::Timer;
use crate::component::Component;
use crate::store::{Change, Key, Resource, Store, Write};
use crate::view;

/// The component that binds claims.
const BINDER: &str = "volumes";

/// What is held back from the components, or of what they write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    /// Pods that stay as they are until somebody deletes them.
    pub frozen: SortedSet<Key>,
    /// Terminating Pods that nothing finishes but a deletion by force.
    pub undying: SortedSet<Key>,
    /// Claims that the binder does not hear of.
    pub unbound: SortedSet<Key>,
    /// What the binder would have done for them meanwhile.
    pub late: Vec<Timer>,
}

impl Holds {
    /// Whether no write need be looked at.
    pub fn allow_all(&self) -> bool {
        self.frozen.is_empty() && self.undying.is_empty()
    }

    /// Whether a component may not make this write.
    pub fn forbids(&self, write: &Write, store: &Store) -> bool {
        match write {
            Write::Bind { pod, .. } => self.frozen.contains(pod),
            Write::SetStatus { key, status } if key.resource == Resource::Pod => {
                let is_terminating = store.get(key).is_some_and(|pod| pod.is_terminating());
                let has_ended = matches!(view::text(status, &["phase"]), Some("Failed" | "Succeeded"));
                (self.frozen.contains(key) && !is_terminating) || (self.undying.contains(key) && has_ended)
            }
            Write::Delete { key, .. } => self.undying.contains(key),
            _ => false,
        }
    }

    /// Whether this component does not hear of the change.
    pub fn hides(&self, change: &Change, component: &dyn Component) -> bool {
        !self.unbound.is_empty()
            && component.name() == BINDER
            && self.unbound.contains(&change.key)
            && change.after.as_ref().is_some_and(|claim| !claim.is_terminating())
    }

    /// Keeps a timer for later where its object is held; true where it is.
    pub fn keeps(&mut self, timer: &Timer) -> bool {
        let is_held = timer.owner == BINDER && self.unbound.contains(&timer.key);
        if is_held {
            self.late.push(timer.clone());
        }
        is_held
    }

    /// The object is gone, and its successor is free.
    pub fn release(&mut self, key: &Key) {
        self.frozen.remove(key);
        self.undying.remove(key);
        self.unbound.remove(key);
    }
}
