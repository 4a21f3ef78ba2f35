//! Own writes that the cache has not seen yet: no set is decided about until all of its are in (upstream since 1.36, gate
//! StaleControllerConsistencyStatefulSet).
//!
//! A write answers with the resourceVersion of what it wrote; a watch tells how far it has come. Versions of one cluster are
//! numbers that grow (KEP-5504). A delete that leaves nothing behind answers without a version: then the object must be gone.

use std::collections::BTreeMap;
use std::time::Instant;

use steadfast_core::Kind;

use crate::object::Key;

/// What is awaited, for each set, and how far each watch has come.
#[derive(Debug, Default)]
pub struct Expectations {
    seen: BTreeMap<(Kind, usize), u64>,
    awaited: BTreeMap<Key, Vec<Awaited>>,
}

/// A write whose effect must be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The kind of what was written.
    pub kind: Kind,
    /// Its namespace and name.
    pub key: Key,
    /// Its UID; empty where the answer did not say.
    pub uid: String,
    /// Its version after the write; 0: it must be gone or terminating.
    pub version: u64,
    /// When the answer came.
    pub since: Instant,
}

impl Expectations {
    /// The watch of this kind and scope has come this far.
    pub fn saw(&mut self, kind: Kind, scope: usize, version: u64) {
        let seen = self.seen.entry((kind, scope)).or_default();
        *seen = version.max(*seen);
    }

    /// A list that was begun at `began` shows this version, whatever was seen before. What was written earlier is in it, even if
    /// its version is higher: then the cluster was restored from an older state.
    pub fn saw_list(&mut self, kind: Kind, scope: usize, version: u64, began: Instant) {
        self.seen.insert((kind, scope), version);
        for awaited in self.awaited.values_mut() {
            awaited.retain(|write| write.kind != kind || write.since > began);
        }
    }

    /// Something was written for a set.
    pub fn wrote(&mut self, set: &Key, write: Awaited) {
        self.awaited.entry(set.clone()).or_default().push(write);
    }

    /// Whether all that was written for the set has been seen. `scope_of` says which watch sees a namespace, `holds` whether
    /// the object with a UID is still there and not terminating.
    pub fn is_met(
        &mut self,
        set: &Key,
        scope_of: impl Fn(&str) -> usize,
        holds: impl Fn(Kind, &Key, &str) -> bool,
    ) -> bool {
        let Some(awaited) = self.awaited.get_mut(set) else {
            return true;
        };
        let seen = &self.seen;
        awaited.retain(|write| match write.version {
            0 => holds(write.kind, &write.key, &write.uid),
            version => {
                let scope = scope_of(&write.key.namespace);
                seen.get(&(write.kind, scope)).is_none_or(|seen| *seen < version)
            }
        });
        if awaited.is_empty() {
            self.awaited.remove(set);
            return true;
        }
        false
    }

    /// Since when the oldest write of the set is awaited.
    pub fn since(&self, set: &Key) -> Option<Instant> {
        self.awaited.get(set)?.iter().map(|write| write.since).min()
    }

    /// The set is gone.
    pub fn forget(&mut self, set: &Key) {
        self.awaited.remove(set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web() -> Key {
        Key::new("default", "web")
    }

    fn written(kind: Kind, version: u64) -> Awaited {
        Awaited {
            kind,
            key: Key::new("default", "web-0"),
            uid: "u".to_owned(),
            version,
            since: Instant::now(),
        }
    }

    fn is_met(expectations: &mut Expectations, is_there: bool) -> bool {
        expectations.is_met(&web(), |_| 0, |_, _, _| is_there)
    }

    #[test]
    fn a_set_waits_until_the_watch_of_that_kind_has_come_to_its_write() {
        let mut expectations = Expectations::default();
        expectations.wrote(&web(), written(Kind::Pod, 7));
        assert!(!is_met(&mut expectations, false));
        expectations.saw(Kind::StatefulSet, 0, 9);
        expectations.saw(Kind::Pod, 0, 6);
        assert!(
            !is_met(&mut expectations, false),
            "another kind's watch counts nothing"
        );
        expectations.saw(Kind::Pod, 0, 7);
        assert!(is_met(&mut expectations, false));
    }

    #[test]
    fn a_delete_without_a_version_waits_until_the_object_is_gone() {
        let mut expectations = Expectations::default();
        expectations.wrote(&web(), written(Kind::ControllerRevision, 0));
        expectations.saw(Kind::ControllerRevision, 0, 100);
        assert!(!is_met(&mut expectations, true));
        assert!(is_met(&mut expectations, false));
    }

    #[test]
    fn a_list_shows_all_that_was_written_before_it_was_begun_and_nothing_of_what_came_after() {
        let mut expectations = Expectations::default();
        expectations.saw(Kind::Pod, 0, 900);
        expectations.wrote(&web(), written(Kind::Pod, 950));
        let began = Instant::now();
        let mut later = written(Kind::Pod, 960);
        later.since = began + std::time::Duration::from_millis(1);
        expectations.wrote(&web(), later);
        // The cluster was restored from a backup: its versions are lower than those that were seen.
        expectations.saw_list(Kind::Pod, 0, 10, began);
        assert!(
            !is_met(&mut expectations, false),
            "the later write is not in the list"
        );
        expectations.saw(Kind::Pod, 0, 960);
        assert!(is_met(&mut expectations, false));
    }

    #[test]
    fn sets_do_not_wait_for_each_other() {
        let mut expectations = Expectations::default();
        expectations.wrote(&Key::new("default", "db"), written(Kind::Pod, 7));
        assert!(is_met(&mut expectations, false));
    }
}
