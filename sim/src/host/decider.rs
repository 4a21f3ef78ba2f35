//! Another decider in the place of the core: how tests let upstream's own controller drive this cluster.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use steadfast_core::{Observed, Plan, Profile, Timestamp, reconcile};

use crate::clock::Millis;
use crate::cluster::Machine;
use crate::faults::Faults;
use crate::store::{ApiError, Key, Store, Write};
use crate::trace::Trace;

/// Decides in the core's place. The controller's cache, its wake-ups and its backoff stay this crate's.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use serde_json::json;
/// use steadfast_core::{Profile, Timestamp, reconcile};
/// use steadfast_sim::cluster::{Cluster, Decider, Decision, Look};
/// use steadfast_sim::{clock::Millis, settings::Settings};
///
/// /// The core, and a note of what it said.
/// #[derive(Default)]
/// struct Listener(Vec<usize>);
///
/// impl Decider for Listener {
///     fn look(&mut self, look: &mut Look<'_>) -> Decision {
///         let plan = reconcile(look.observed(), look.now(), look.profile());
///         self.0.push(plan.actions.len());
///         Decision::Plan(plan)
///     }
/// }
///
/// let epoch = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
/// let mut cluster = Cluster::new(Settings::default(), Profile::default(), epoch);
/// let listener = Rc::new(RefCell::new(Listener::default()));
/// cluster.set_decider(listener.clone());
/// cluster.apply(&json!({
///     "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
///     "spec": {
///         "replicas": 0, "selector": {"matchLabels": {"app": "web"}},
///         "template": {
///             "metadata": {"labels": {"app": "web"}},
///             "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}}))?;
/// cluster.run_to_rest(Millis(60_000));
/// assert_eq!(listener.borrow().0, [1, 0]); // the first revision, then nothing
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub trait Decider {
    /// The controller looks at a set.
    fn look(&mut self, look: &mut Look<'_>) -> Decision;
}

/// What a [`Decider`] decided.
#[derive(Debug)]
pub enum Decision {
    /// The plan is to be carried out as `wire.md` says.
    Plan(Plan),
    /// All calls were made already, by [`Look::call`].
    Done {
        /// The set is to be looked at again after a backoff.
        has_failed: bool,
        /// Where nothing failed: when the set is to be looked at again although nothing changed.
        requeue_after: Option<Duration>,
    },
}

/// One look of the controller at one set.
pub struct Look<'a> {
    set: &'a Key,
    observed: &'a Observed,
    machine: &'a mut Machine,
    has_called: bool,
}

/// A decider that a cluster and its clones share.
pub(crate) type Shared = Rc<RefCell<dyn Decider>>;

impl Look<'_> {
    /// The set.
    pub fn set(&self) -> &Key {
        self.set
    }

    /// The controller's cache.
    pub fn observed(&self) -> &Observed {
        self.observed
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        self.machine.clock.wall()
    }

    /// The instant in virtual time.
    pub fn at(&self) -> Millis {
        self.machine.clock.now()
    }

    /// Which Kubernetes this is.
    pub fn profile(&self) -> &Profile {
        &self.machine.profile
    }

    /// The objects as they are, which the cache may lag behind.
    pub fn store(&self) -> &Store {
        &self.machine.store
    }

    /// What the API server is going to refuse.
    pub fn faults(&self) -> &Faults {
        &self.machine.faults
    }

    /// What has happened so far.
    pub fn trace(&self) -> &Trace {
        &self.machine.trace
    }

    /// Makes a call to the API server, now.
    ///
    /// # Errors
    /// What the API server answers, which may be what a fault asks for.
    pub fn call(&mut self, key: &Key, write: Write) -> Result<(), ApiError> {
        self.has_called = true;
        self.machine.call(key, write).map(drop)
    }
}

/// What is decided about a set, by the machine's decider, or by the core where there is none; and whether calls were made.
pub(super) fn decide(set: &Key, observed: &Observed, machine: &mut Machine) -> (Decision, bool) {
    if let Some(decider) = machine.decider.clone()
        && let Ok(mut decider) = decider.try_borrow_mut()
    {
        let mut look = Look {
            set,
            observed,
            machine,
            has_called: false,
        };
        let decision = decider.look(&mut look);
        return (decision, look.has_called);
    }
    let plan = reconcile(observed, machine.clock.wall(), &machine.profile);
    (Decision::Plan(plan), false)
}
