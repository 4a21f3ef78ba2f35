//! An object as it was observed: opaque JSON, of which decisions read some fields.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

/// What reads like the JSON of an API object. A host whose objects share what they have in common (of most changes of a Pod
/// only its status is new) implements it for its own form of them; [`Value`] is one, too.
pub trait Document: Debug + Send + Sync {
    /// What stands at the root under this name, such as `spec`.
    fn field(&self, name: &str) -> Option<&Value>;

    /// All of it as one value.
    fn whole(&self) -> &Value;
}

impl Document for Value {
    fn field(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn whole(&self) -> &Value {
        self
    }
}

impl<D: Document + ?Sized> Document for &D {
    fn field(&self, name: &str) -> Option<&Value> {
        (**self).field(name)
    }

    fn whole(&self) -> &Value {
        (**self).whole()
    }
}

/// A document that whoever asks may keep without a copy.
#[derive(Clone, Debug)]
pub struct Object(Arc<dyn Document>);

impl Object {
    /// See [`Document::field`].
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.0.field(name)
    }

    /// See [`Document::whole`].
    pub fn whole(&self) -> &Value {
        self.0.whole()
    }

    /// Whether this part is one and the same in both.
    pub(crate) fn shares(&self, part: &str, other: &Self) -> bool {
        let pair = self.field(part).zip(other.field(part));
        pair.is_some_and(|(one, other)| std::ptr::eq(one, other))
    }
}

impl From<Value> for Object {
    fn from(value: Value) -> Self {
        Self(Arc::new(value))
    }
}

impl<D: Document + 'static> From<Arc<D>> for Object {
    fn from(document: Arc<D>) -> Self {
        Self(document)
    }
}
