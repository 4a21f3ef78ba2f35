//! What the watches have told: every object that may matter to a set, and for each set one parsed observation, which is
//! changed one object at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;
use steadfast_core::{Kind, Observation, Observed, Timestamp, membership};

use crate::object::{Key, Owner, controller, is_terminating, sets_of_claim, uid, version};

/// The cache.
#[derive(Debug, Default)]
pub struct Cache {
    sets: BTreeMap<Key, Observed>,
    /// Sets that the core cannot read, and why.
    unread: BTreeMap<Key, String>,
    pods: Stored,
    claims: Stored,
    revisions: Stored,
}

/// The objects of a kind.
#[derive(Debug, Default)]
struct Stored {
    objects: BTreeMap<Key, Arc<Value>>,
    /// Those that a set may want though their name does not say so: orphans, and what a set of another name controls.
    odd: BTreeSet<Key>,
}

/// What a change of the cache comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The sets whose observation changed.
    pub concerned: Vec<Key>,
    /// Of those, and of others, the sets that are to be looked at because of it.
    pub wake: Vec<Key>,
    /// Why an object could not be taken in.
    pub trouble: Option<String>,
}

/// Set names are cut here in the names of their revisions (`history.ControllerRevisionName`).
const REVISION_PREFIX: usize = 223;

impl Cache {
    /// Takes in an object as it is now. One that is older than what is known is left out.
    pub fn put(&mut self, kind: Kind, object: Value) -> Touched {
        if kind == Kind::StatefulSet {
            return self.put_set(object);
        }
        let key = Key::of(&object);
        let before = self.stored(kind).objects.get(&key).cloned();
        if before
            .as_ref()
            .is_some_and(|before| uid(before) == uid(&object) && version(before) >= version(&object))
        {
            return Touched::default();
        }
        if !matters(kind, &object) {
            return self.remove(kind, &key);
        }
        let after = Arc::new(object);
        let stored = self.stored_mut(kind);
        match is_odd(kind, &after) {
            true => drop(stored.odd.insert(key.clone())),
            false => drop(stored.odd.remove(&key)),
        }
        stored.objects.insert(key.clone(), Arc::clone(&after));
        self.changed(kind, &key, before.as_deref(), Some(&after))
    }

    /// Takes an object out.
    pub fn remove(&mut self, kind: Kind, key: &Key) -> Touched {
        if kind == Kind::StatefulSet {
            self.unread.remove(key);
            let was_there = self.sets.remove(key).is_some();
            let gone = if was_there { vec![key.clone()] } else { Vec::new() };
            return Touched {
                concerned: gone.clone(),
                wake: gone,
                trouble: None,
            };
        }
        let stored = self.stored_mut(kind);
        stored.odd.remove(key);
        match stored.objects.remove(key) {
            Some(before) => self.changed(kind, key, Some(&before), None),
            None => Touched::default(),
        }
    }

    /// The keys of all objects of a kind, in one namespace or in all: what a list that was read anew is compared with.
    pub fn keys(&self, kind: Kind, namespace: Option<&str>) -> Vec<Key> {
        let is_within = |key: &&Key| namespace.is_none_or(|namespace| *key.namespace == *namespace);
        match kind {
            Kind::StatefulSet => {
                let keys: BTreeSet<&Key> = self.sets.keys().chain(self.unread.keys()).collect();
                keys.into_iter().filter(is_within).cloned().collect()
            }
            _ => self
                .stored(kind)
                .objects
                .keys()
                .filter(is_within)
                .cloned()
                .collect(),
        }
    }

    /// The observation of a set.
    pub fn observed(&self, set: &Key) -> Option<&Observed> {
        self.sets.get(set)
    }

    /// All sets that can be decided about.
    pub fn sets(&self) -> impl Iterator<Item = (&Key, &Observed)> {
        self.sets.iter()
    }

    /// The sets that the core cannot read, and why.
    pub fn unread(&self) -> impl Iterator<Item = (&Key, &str)> {
        self.unread.iter().map(|(key, why)| (key, why.as_str()))
    }

    /// The object as it is known; a set only where it can be read.
    pub fn object(&self, kind: Kind, key: &Key) -> Option<Arc<Value>> {
        match kind {
            Kind::StatefulSet => {
                let set = self.sets.get(key)?.set();
                Some(Arc::new(set.object().clone()))
            }
            _ => self.stored(kind).objects.get(key).cloned(),
        }
    }

    /// Whether the object with this UID is there and not terminating.
    pub fn holds(&self, kind: Kind, key: &Key, wanted: &str) -> bool {
        let found = self.stored(kind).objects.get(key);
        found.is_some_and(|object| uid(object) == wanted && !is_terminating(object))
    }

    /// The whole observation of a set as `wire.md` writes it, for whoever wants to decide again.
    pub fn observation(&self, set: &Key, now: Timestamp) -> Option<Observation> {
        let observed = self.sets.get(set)?;
        let mut observation = Observation::default();
        observation.now = Some(now);
        observation.stateful_set = observed.set().object().clone();
        observation.pods = Some(observed.pods().map(|pod| pod.object().clone()).collect());
        let claims = observed.claims().map(|claim| claim.object().clone());
        observation.persistent_volume_claims = Some(claims.collect());
        let revisions = observed.revisions().map(|revision| revision.object().clone());
        observation.controller_revisions = Some(revisions.collect());
        Some(observation)
    }

    fn put_set(&mut self, object: Value) -> Touched {
        let key = Key::of(&object);
        let object = Arc::new(object);
        let woken = |trouble| Touched {
            concerned: vec![key.clone()],
            wake: vec![key.clone()],
            trouble,
        };
        if let Some(observed) = self.sets.get_mut(&key) {
            let known = observed.set().object();
            if uid(known) == uid(&object) && version(known) >= version(&object) {
                return Touched::default();
            }
            if is_about_the_same(known, &object) {
                let trouble = observed.put(Arc::clone(&object)).err();
                return woken(trouble.map(|error| error.to_string()));
            }
        }
        match Observed::of_set(Arc::clone(&object)) {
            Ok(mut observed) => {
                let trouble = self.fill(&key, &mut observed);
                self.unread.remove(&key);
                self.sets.insert(key.clone(), observed);
                woken(trouble)
            }
            Err(error) => {
                self.sets.remove(&key);
                self.unread.insert(key.clone(), error.to_string());
                woken(Some(error.to_string()))
            }
        }
    }

    /// Puts in what is known already of a set that is new here.
    fn fill(&self, key: &Key, observed: &mut Observed) -> Option<String> {
        let name = &*key.name;
        let templates = observed.set().claim_templates().iter();
        let claims: Vec<String> = templates
            .map(|template| format!("{}-{name}-", template.name))
            .collect();
        let cut: String = name.chars().take(REVISION_PREFIX).collect();
        let prefixes = [
            (&self.pods, vec![format!("{name}-")]),
            (&self.claims, claims),
            (&self.revisions, vec![format!("{cut}-")]),
        ];
        let mut trouble = None;
        for (stored, prefixes) in prefixes {
            let by_name = prefixes
                .iter()
                .flat_map(|prefix| stored.of_prefix(&key.namespace, prefix));
            let others = stored.odd_of(&key.namespace).filter(|object| {
                controller(object).map_or_else(
                    || selects(observed, object),
                    |owner| owner.uid == &*observed.set().metadata().uid,
                )
            });
            let objects: Vec<Arc<Value>> = by_name.chain(others).map(Arc::clone).collect();
            for object in objects {
                if let Err(error) = observed.put(object) {
                    trouble = Some(error.to_string());
                }
            }
        }
        trouble
    }

    /// Tells the observations that an object changed, and finds out whom that wakes.
    fn changed(
        &mut self,
        kind: Kind,
        key: &Key,
        before: Option<&Value>,
        after: Option<&Arc<Value>>,
    ) -> Touched {
        let mut touched = Touched::default();
        let now = after
            .map(|object| self.concerned(kind, object))
            .unwrap_or_default();
        let then = before
            .map(|object| self.concerned(kind, object))
            .unwrap_or_default();
        for set in &now {
            if let (Some(observed), Some(object)) = (self.sets.get_mut(set), after)
                && let Err(error) = observed.put(Arc::clone(object))
            {
                touched.trouble = Some(error.to_string());
            }
        }
        for set in then.iter().filter(|set| !now.contains(set)) {
            if let Some(observed) = self.sets.get_mut(set) {
                observed.remove(kind, &key.name);
            }
        }
        if kind == Kind::Pod {
            touched.wake = self.woken_by_pod(key, before, after.map(|object| &**object));
        }
        touched.concerned = now;
        touched.concerned.extend(then);
        touched.concerned.sort();
        touched.concerned.dedup();
        touched
    }

    /// Source: `stateful_set.go`, `addPod`, `updatePod`, `deletePod`: the old and the new owner, or, for an orphan that is new or
    /// has new labels, all sets that select it. Claims and revisions wake nobody.
    fn woken_by_pod(&self, key: &Key, before: Option<&Value>, after: Option<&Value>) -> Vec<Key> {
        let (old, new) = (before.and_then(controller), after.and_then(controller));
        let mut wake = Vec::new();
        if after.is_none() || old != new {
            wake.extend(old.and_then(|owner| self.owner(&key.namespace, owner)));
        }
        let Some(pod) = after else { return wake };
        if let Some(owner) = new {
            wake.extend(self.owner(&key.namespace, owner));
            return wake;
        }
        let labels = |pod: &Value| pod.pointer("/metadata/labels").cloned();
        let is_offered = match before {
            None => !is_terminating(pod),
            Some(before) => old.is_some() || labels(before) != labels(pod),
        };
        if is_offered {
            let sets = self.sets_of(&key.namespace);
            wake.extend(
                sets.filter(|(_, set)| selects(set, pod))
                    .map(|(key, _)| key.clone()),
            );
        }
        wake
    }

    /// The sets about which a decision may ask for the object: its owner, those whose name it bears, and for an orphan those that
    /// select it.
    fn concerned(&self, kind: Kind, object: &Value) -> Vec<Key> {
        let key = Key::of(object);
        let (namespace, name) = (&key.namespace, &*key.name);
        let mut sets: Vec<Key> = match controller(object) {
            Some(owner) => self.owner(namespace, owner).into_iter().collect(),
            None if kind == Kind::PersistentVolumeClaim => Vec::new(),
            None => self
                .sets_of(namespace)
                .filter(|(_, set)| selects(set, object))
                .map(|(key, _)| key.clone())
                .collect(),
        };
        let is_known = |name: &str| {
            let key = Key::new(namespace, name);
            self.sets.contains_key(&key).then_some(key)
        };
        match kind {
            Kind::Pod => sets.extend(membership(name).and_then(|member| is_known(member.parent))),
            Kind::PersistentVolumeClaim => sets.extend(sets_of_claim(name).filter_map(is_known)),
            _ => {
                let prefix = name.rsplit_once('-').map_or("", |(before, _)| before);
                match prefix.len() < REVISION_PREFIX {
                    true => sets.extend(is_known(prefix)),
                    false => {
                        let cut = self.sets_of(namespace).map(|(key, _)| key);
                        sets.extend(cut.filter(|key| key.name.starts_with(prefix)).cloned());
                    }
                }
            }
        }
        sets.sort();
        sets.dedup();
        sets
    }

    fn owner(&self, namespace: &str, owner: Owner<'_>) -> Option<Key> {
        let key = Key::new(namespace, owner.name);
        let set = self.sets.get(&key)?;
        (owner.kind == "StatefulSet" && *set.set().metadata().uid == *owner.uid).then_some(key)
    }

    fn sets_of(&self, namespace: &str) -> impl Iterator<Item = (&Key, &Observed)> {
        within(&self.sets, namespace, "")
    }

    fn stored(&self, kind: Kind) -> &Stored {
        match kind {
            Kind::Pod => &self.pods,
            Kind::PersistentVolumeClaim => &self.claims,
            _ => &self.revisions,
        }
    }

    fn stored_mut(&mut self, kind: Kind) -> &mut Stored {
        match kind {
            Kind::Pod => &mut self.pods,
            Kind::PersistentVolumeClaim => &mut self.claims,
            _ => &mut self.revisions,
        }
    }
}

impl Stored {
    fn of_prefix<'a>(
        &'a self,
        namespace: &str,
        prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Value>> + use<'a> {
        within(&self.objects, namespace, prefix)
            .take_while(move |(key, _)| key.name.starts_with(prefix))
            .map(|(_, object)| object)
    }

    fn odd_of(&self, namespace: &str) -> impl Iterator<Item = &Arc<Value>> {
        let namespace: Arc<str> = namespace.into();
        let first = Key::new(&namespace, "");
        self.odd
            .range(first..)
            .take_while(move |key| key.namespace == namespace)
            .filter_map(|key| self.objects.get(key))
    }
}

/// The entries of a namespace, from this name on.
fn within<'a, T>(
    map: &'a BTreeMap<Key, T>,
    namespace: &str,
    from: &str,
) -> impl Iterator<Item = (&'a Key, &'a T)> + use<'a, T> {
    let first = Key::new(namespace, from);
    let namespace: Arc<str> = namespace.into();
    map.range((Bound::Included(first), Bound::Unbounded))
        .take_while(move |(key, _)| key.namespace == namespace)
}

fn selects(set: &Observed, object: &Value) -> bool {
    set.set()
        .selector()
        .is_ok_and(|selector| selector.selects(object))
}

/// Whether what is kept for the set depends on nothing that differs between two states of it.
fn is_about_the_same(one: &Value, other: &Value) -> bool {
    let generation = |set: &Value| set.pointer("/metadata/generation").cloned();
    let same = |pointer: &str| one.pointer(pointer) == other.pointer(pointer);
    uid(one) == uid(other)
        && ((generation(one).is_some() && generation(one) == generation(other))
            || (same("/spec/selector") && same("/spec/volumeClaimTemplates")))
}

/// Whether any set could ever ask for the object in this state of it.
fn matters(kind: Kind, object: &Value) -> bool {
    let name = crate::object::text(object, "/metadata/name");
    let owner = controller(object);
    let is_of_set = owner.is_none_or(|owner| owner.kind == "StatefulSet");
    match kind {
        Kind::Pod => is_of_set || membership(name).is_some_and(|member| member.ordinal.is_some()),
        Kind::PersistentVolumeClaim => {
            let ordinal = name.rsplit_once('-').map_or("", |(_, ordinal)| ordinal);
            !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit())
        }
        // A revision of a DaemonSet may have the name that a set's wants.
        _ => true,
    }
}

/// See [`Stored::odd`].
fn is_odd(kind: Kind, object: &Value) -> bool {
    let name = crate::object::text(object, "/metadata/name");
    let named_after = match kind {
        Kind::Pod => membership(name).map(|member| member.parent),
        Kind::PersistentVolumeClaim => return false,
        _ => name.rsplit_once('-').map(|(before, _)| before),
    };
    match controller(object) {
        None => true,
        Some(owner) => owner.kind == "StatefulSet" && named_after != Some(owner.name),
    }
}

#[cfg(test)]
mod tests;
