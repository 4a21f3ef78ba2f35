//! The API objects of the simulated cluster, written by the API server's rules.
//!
//! Source of the rules: `k8s.io/apiserver/pkg/registry/generic/registry/store.go` and `rest/{create,update,delete}.go`
//! for all objects; `pkg/registry/{core,apps}/*/strategy.go` for each kind. What these tell an object before it is
//! stored (defaulting, validation of a set's spec) is [`crate::intake`]'s affair: the store takes objects as they come
//! and checks what a controller's write can run into.

use std::sync::Arc;

use serde_json::Value;
use steadfast_core::Timestamp;
use steadfast_core::sorted::SortedMap;

use crate::view;
use index::Index;

mod claim;
mod create;
mod delete;
mod error;
mod index;
mod key;
mod metadata;
mod name;
mod object;
mod patch;
mod pod;
mod set;
mod update;
mod write;

pub(crate) use delete::{FOREGROUND, ORPHAN};
pub use error::ApiError;
pub use key::{Key, Resource};
pub use object::Object;
pub(crate) use object::Part;
pub use write::{Change, DeleteOptions, Propagation, Write};

/// All objects, with what changed since somebody last asked.
#[derive(Clone, Debug)]
pub struct Store {
    objects: SortedMap<Key, Object>,
    index: Index,
    changes: Vec<Change>,
    version: u64,
    seed: u64,
    made: u64,
    /// The namespace of the newest object: keys share its text.
    namespace: Arc<str>,
}

/// What a write makes of an object.
enum Next {
    /// It is as it was: no new resourceVersion, and nobody is told.
    Same,
    /// It is this now.
    Put(Object),
    /// It is gone.
    Gone,
}

impl Store {
    /// An empty store. UIDs are made from the seed and a counter.
    pub fn new(seed: u64) -> Self {
        Self {
            objects: SortedMap::new(),
            index: Index::default(),
            changes: Vec::new(),
            version: 0,
            seed,
            made: 0,
            namespace: Arc::default(),
        }
    }

    /// The object as it is stored.
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The objects of a kind, of one namespace or of all, in order of keys.
    pub fn list<'a>(
        &'a self,
        resource: Resource,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Object)> + use<'a> {
        // Where the namespace is that of the newest object, as it mostly is, its text is shared: keys compare it at a glance.
        let text = |namespace: &str| match *namespace == *self.namespace {
            true => Arc::clone(&self.namespace),
            false => namespace.into(),
        };
        let namespace = namespace.filter(|_| resource.is_namespaced()).map(text);
        let first = Key {
            resource,
            namespace: namespace.clone().unwrap_or_default(),
            name: Arc::default(),
        };
        let is_listed = move |key: &Key| {
            key.resource == resource && namespace.as_ref().is_none_or(|n| *n == key.namespace)
        };
        self.objects
            .iter_from(&first)
            .take_while(move |(key, _)| is_listed(key))
    }

    /// The objects that have an owner reference to this UID, in order of keys.
    pub fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> {
        self.index.dependents(uid)
    }

    /// The object that has this UID.
    pub fn key_of_uid(&self, uid: &str) -> Option<&Key> {
        self.index.key_of_uid(uid)
    }

    /// Executes a write at the instant `wall`; gives the object as it is stored afterwards, or `None` where it is gone.
    ///
    /// # Errors
    /// What the API server would answer; nothing has changed then.
    pub fn apply(&mut self, write: Write, wall: Timestamp) -> Result<Option<Object>, ApiError> {
        let (key, next) = match write {
            Write::Create(object) => {
                let uid = self.uid();
                let key = self.free_key(&object, &uid)?;
                let object = create::create(&key, object, &uid, wall)?;
                (key, Next::Put(Object::from(object)))
            }
            Write::Update(object) => self.change_given(object, update::put)?,
            Write::UpdateStatus(object) => self.change_given(object, update::put_status)?,
            Write::PutStatus { key, of, status } => self.change(key, |key, stored| {
                update::check_state(key, stored, (&of.0, &of.1))?;
                update::set_status(key, stored, status)
            })?,
            Write::PatchMetadata { key, patch } => {
                self.change(key, |key, stored| patch::patch(key, stored, &patch))?
            }
            Write::SetStatus { key, status } => {
                self.change(key, |key, stored| update::set_status(key, stored, status))?
            }
            Write::Bind { pod, node } => {
                self.change(pod, |key, stored| pod::bind(key, stored, &node, wall))?
            }
            Write::Finalizers { key, finalizers } => self.change(key, |key, stored| {
                update::set_finalizers(key, stored, &finalizers)
            })?,
            Write::SetSpecField { key, field, value } => self.change(key, |key, stored| {
                update::set_spec_field(key, stored, field, value)
            })?,
            Write::Delete { key, options } => {
                self.change(key, |key, stored| delete::delete(key, stored, &options, wall))?
            }
        };
        Ok(self.commit(key, next))
    }

    /// Puts an object in as it is, for the state that a story begins with: its UID, status, resourceVersion, creation and
    /// deletion are kept as given, and made where they are missing. An object without a UID comes from a manifest and
    /// gets all that a created one gets.
    ///
    /// # Errors
    /// 404 for a kind that is not simulated, 422 without a name, 409 where the name is taken.
    pub fn insert(&mut self, object: Value, wall: Timestamp) -> Result<(), ApiError> {
        let uid = self.uid();
        let key = self.free_key(&object, &uid)?;
        let version =
            view::text(&object, &["metadata", "resourceVersion"]).filter(|version| !version.is_empty());
        let known: u64 = version
            .and_then(|version| version.parse().ok())
            .unwrap_or_default();
        self.version = self.version.max(known);
        let object = Object::from(create::admit(object, &uid, wall));
        if object.version().is_empty() {
            self.put_new(key, object);
        } else {
            self.put(key, object);
        }
        Ok(())
    }

    /// What changed since the last call, in order.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// The store as it is now; objects are shared, not copied.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        self.clone()
    }

    /// The key of an object that is to be new.
    fn free_key(&mut self, object: &Value, uid: &str) -> Result<Key, ApiError> {
        let resource = key::resource_of(object).ok_or_else(ApiError::unknown_kind)?;
        let name = create::name_of(object, uid);
        let mut key = Key::new(resource, key::namespace_of(object), &name);
        if self.namespace != key.namespace {
            self.namespace = Arc::clone(&key.namespace);
        }
        key.namespace = Arc::clone(&self.namespace);
        if name.is_empty() {
            let cause = "metadata.name: Required value: name or generateName is required".to_owned();
            return Err(ApiError::invalid(&key, &[cause]));
        }
        if self.objects.contains_key(&key) {
            Err(ApiError::already_exists(&key))
        } else {
            Ok(key)
        }
    }

    fn change(
        &self,
        key: Key,
        decide: impl FnOnce(&Key, &Object) -> Result<Next, ApiError>,
    ) -> Result<(Key, Next), ApiError> {
        let stored = self.objects.get(&key).ok_or_else(|| ApiError::not_found(&key))?;
        let next = decide(&key, stored)?;
        Ok((key, next))
    }

    fn change_given(
        &self,
        object: Value,
        decide: fn(&Key, &Object, Value) -> Result<Next, ApiError>,
    ) -> Result<(Key, Next), ApiError> {
        key::resource_of(&object).ok_or_else(ApiError::unknown_kind)?;
        let key = Key::of(&object).ok_or_else(|| ApiError::new(400, "BadRequest", "name is required"))?;
        self.change(key, |key, stored| decide(key, stored, object))
    }

    fn commit(&mut self, key: Key, next: Next) -> Option<Object> {
        match next {
            Next::Same => self.objects.get(&key).cloned(),
            Next::Put(object) => Some(self.put_new(key, object)),
            Next::Gone => {
                self.version += 1;
                let before = self.objects.remove(&key);
                self.index.change(&key, before.as_ref(), None);
                self.changes.push(Change {
                    key,
                    before,
                    after: None,
                });
                None
            }
        }
    }

    /// Stores a new state of an object, which gets the next resourceVersion.
    fn put_new(&mut self, key: Key, mut object: Object) -> Object {
        self.version += 1;
        object.set_version(&self.version.to_string());
        self.put(key, object)
    }

    fn put(&mut self, key: Key, object: Object) -> Object {
        let before = self.objects.insert(key.clone(), object.clone());
        self.index.change(&key, before.as_ref(), Some(&object));
        self.changes.push(Change {
            key,
            before,
            after: Some(object.clone()),
        });
        object
    }

    /// A UUID of version 4 by its form; its bits come from the seed and a counter (SplitMix64).
    fn uid(&mut self) -> String {
        self.made += 1;
        let high = scatter(self.seed ^ self.made.rotate_left(32));
        let low = scatter(high ^ self.made);
        let high = high & !0xf000 | 0x4000;
        let low = low & !(0b11 << 62) | 0b10 << 62;
        let mut uid = String::with_capacity(36);
        for (bits, dashes) in [(high, [8, 12]), (low, [0, 4])] {
            for place in 0..16 {
                if dashes.contains(&place) {
                    uid.push('-');
                }
                let digit = (bits >> (60 - 4 * place) & 0xf) as u32;
                uid.extend(char::from_digit(digit, 16));
            }
        }
        uid
    }
}

/// SplitMix64's output for one state: different inputs give different outputs.
fn scatter(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
