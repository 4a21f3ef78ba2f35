//! What the cluster holds beside the requests, kept small: of each object what policies read, as JSON text, by namespace and
//! name. A review decodes what is about its set and copies nothing else.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde::de::DeserializeSeed;
use serde_json::Value;

mod around;
mod keep;
mod kinds;
mod page;
pub(crate) mod watch;

pub use around::surroundings;
pub use keep::Keep;
pub use kinds::{KINDS, Kind};
pub(crate) use page::Page;

/// For how long a list counts after its watch broke. What changed since is not known, so later it is as if it were not there.
const STALE: Duration = Duration::from_secs(60);

/// The lists of all [`KINDS`].
#[derive(Debug, Default)]
pub struct Cache {
    stores: BTreeMap<&'static str, Store>,
}

/// The objects of one kind.
#[derive(Debug, Default)]
struct Store {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// `None`: not listed yet.
    namespaces: Option<BTreeMap<Box<str>, Names>>,
    objects: usize,
    /// Since when nothing is heard of changes.
    lost: Option<Instant>,
    /// Why it is not there, or is lost.
    trouble: Option<String>,
}

type Names = BTreeMap<Box<str>, Entry>;

/// What is kept of one object.
#[derive(Debug)]
struct Entry {
    kept: Box<[u8]>,
    /// What is read of it where it stands for one of many ([`Kind::brief`]).
    brief: Option<Box<[u8]>>,
}

impl Cache {
    /// A cache that has listed nothing.
    pub fn new() -> Self {
        let stores = KINDS.iter().map(|kind| (kind.plural, Store::default()));
        Self {
            stores: stores.collect(),
        }
    }

    /// All objects of a kind, in place of what was there: from here on the kind is listed.
    pub fn replace(&self, kind: &'static Kind, objects: impl IntoIterator<Item = Value>) {
        let mut listing = Listing::of(kind);
        for object in objects {
            listing.add(&object);
        }
        self.take(listing);
    }

    /// [`Self::replace`], by a list that was made object by object.
    pub(crate) fn take(&self, listing: Listing) {
        if let Some(store) = self.stores.get(listing.kind.plural) {
            *store.write() = listing.state;
        }
    }

    /// An object that came to be or changed.
    pub fn put(&self, kind: &'static Kind, object: &Value) {
        if let Some(store) = self.stores.get(kind.plural) {
            store.write().put(kind, object);
        }
    }

    /// An object that is gone.
    pub fn remove(&self, kind: &'static Kind, object: &Value) {
        if let Some(store) = self.stores.get(kind.plural) {
            store.write().remove(object);
        }
    }

    /// Nothing is heard of changes any more, or the list could not be read.
    pub(crate) fn lost(&self, kind: &'static Kind, trouble: String) {
        if let Some(store) = self.stores.get(kind.plural) {
            let mut state = store.write();
            state.lost.get_or_insert_with(Instant::now);
            state.trouble = Some(trouble);
        }
    }

    /// Changes are heard of again.
    pub(crate) fn found(&self, kind: &'static Kind) {
        if let Some(store) = self.stores.get(kind.plural) {
            let mut state = store.write();
            (state.lost, state.trouble) = (None, None);
        }
    }

    /// The kinds that are not listed yet, with what is known of the reason.
    pub fn unlisted(&self) -> Vec<(&'static str, Option<String>)> {
        let stores = self.stores.iter();
        let all = stores.map(|(plural, store)| (*plural, store.read()));
        let unlisted = all.filter(|(_, state)| state.namespaces.is_none());
        unlisted
            .map(|(plural, state)| (plural, state.trouble.clone()))
            .collect()
    }

    /// By kind: how many objects there are, and whether they can be relied on now.
    pub fn sizes(&self) -> Vec<(&'static str, usize, bool)> {
        let stores = self.stores.iter();
        let all = stores.map(|(plural, store)| (*plural, store.read()));
        all.map(|(plural, state)| (plural, state.objects, state.is_seen()))
            .collect()
    }

    /// One object, as it is kept.
    fn one(&self, kind: &Kind, namespace: &str, name: &str) -> Option<Value> {
        let state = self.stores.get(kind.plural)?.read();
        let names = state.seen()?.get(namespace)?;
        kind.decode(&names.get(name)?.kept)
    }

    /// The objects of these names in a namespace; `None` where the kind is not known.
    fn named(&self, kind: &Kind, namespace: &str, names: &[&str]) -> Option<Vec<Value>> {
        let state = self.stores.get(kind.plural)?.read();
        let all = state.seen()?.get(namespace);
        let entries = names.iter().filter_map(|name| all?.get(*name));
        Some(entries.filter_map(|entry| kind.decode(&entry.kept)).collect())
    }

    /// The objects of a namespace; `None` where the kind is not known.
    fn within(&self, kind: &Kind, namespace: &str) -> Option<Vec<Value>> {
        let state = self.stores.get(kind.plural)?.read();
        let names = state.seen()?.get(namespace);
        let entries = names.into_iter().flat_map(BTreeMap::values);
        let texts = entries.map(|entry| entry.brief.as_ref().unwrap_or(&entry.kept));
        Some(texts.filter_map(|text| kind.decode(text)).collect())
    }

    /// The objects of a namespace whose names begin with one of these; `None` where the kind is not known.
    fn beginning(&self, kind: &Kind, namespace: &str, starts: &[String]) -> Option<Vec<Value>> {
        let state = self.stores.get(kind.plural)?.read();
        let names = state.seen()?.get(namespace);
        let mut found = Vec::new();
        for start in starts {
            let from = names
                .into_iter()
                .flat_map(|names| names.range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded)));
            let of_start = from.take_while(|(name, _)| name.starts_with(start.as_str()));
            found.extend(of_start.filter_map(|(_, entry)| kind.decode(&entry.kept)));
        }
        Some(found)
    }
}

/// A list that comes in, of which each object is kept as it will be: whole ones would take many times as much.
pub(crate) struct Listing {
    kind: &'static Kind,
    state: State,
}

impl Listing {
    pub(crate) fn of(kind: &'static Kind) -> Self {
        let state = State {
            namespaces: Some(BTreeMap::new()),
            ..State::default()
        };
        Self { kind, state }
    }

    pub(crate) fn add(&mut self, object: &Value) {
        self.state.put(self.kind, object);
    }
}

impl Store {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn is_seen(&self) -> bool {
        self.namespaces.is_some() && self.lost.is_none_or(|since| since.elapsed() < STALE)
    }

    fn seen(&self) -> Option<&BTreeMap<Box<str>, Names>> {
        self.namespaces.as_ref().filter(|_| self.is_seen())
    }

    fn put(&mut self, kind: &Kind, object: &Value) {
        if !kind.is_kept(object) {
            return self.remove(object);
        }
        let (Some((namespace, name)), Some(namespaces)) = (name_of(object), &mut self.namespaces) else {
            return;
        };
        let Some(kept) = encode(kind.keep, object) else {
            return;
        };
        let brief = kind.brief.and_then(|brief| encode(brief, object));
        let names = match namespaces.get_mut(namespace) {
            Some(names) => names,
            None => namespaces.entry(namespace.into()).or_default(),
        };
        if names.insert(name.into(), Entry { kept, brief }).is_none() {
            self.objects += 1;
        }
    }

    fn remove(&mut self, object: &Value) {
        let (Some((namespace, name)), Some(namespaces)) = (name_of(object), &mut self.namespaces) else {
            return;
        };
        if let Some(names) = namespaces.get_mut(namespace) {
            self.objects -= usize::from(names.remove(name).is_some());
            if names.is_empty() {
                namespaces.remove(namespace);
            }
        }
    }
}

fn name_of(object: &Value) -> Option<(&str, &str)> {
    let metadata = object.get("metadata")?;
    let text = |field: &str| metadata.get(field).and_then(Value::as_str);
    Some((text("namespace").unwrap_or_default(), text("name")?))
}

fn encode(keep: Keep<'_>, object: &Value) -> Option<Box<[u8]>> {
    let trimmed = keep.deserialize(object).ok()?;
    serde_json::to_vec(&trimmed).ok().map(Vec::into_boxed_slice)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests;
