//! An object as it is stored: in parts, which the states of one object share as long as they stay the same.

use std::ops::Index;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};
use steadfast_core::observed::{self, Document};

use crate::view;

/// An object as it is stored. A clone costs nothing, and a change copies the part that it changes: of most changes of a Pod
/// that is its status.
///
/// [`Document::field`] gives a part, of which `metadata` is without the resourceVersion; the whole JSON object is put
/// together when somebody asks for it first.
#[derive(Clone, Debug)]
pub struct Object(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    /// `apiVersion`, `kind`, `data`, `revision` and whatever else is neither of the following.
    root: Arc<Map<String, Value>>,
    /// Without the resourceVersion.
    metadata: Arc<Value>,
    /// What of the metadata every component asks for at every change.
    uid: Arc<str>,
    is_terminating: bool,
    version: Arc<str>,
    spec: Option<Arc<Value>>,
    status: Option<Arc<Value>>,
    whole: OnceLock<Value>,
}

/// What states of an object share. These are told apart at every turn, and numbers are compared without a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Metadata,
    Spec,
    Status,
}

impl Object {
    /// Takes an object apart; what of it is the same as in `earlier`, a former state of it, is shared with that.
    pub(super) fn of(object: Value, earlier: Option<&Self>) -> Self {
        let mut root = match object {
            Value::Object(root) => root,
            _ => Map::new(),
        };
        let mut metadata = root
            .remove("metadata")
            .unwrap_or_else(|| Value::Object(Map::new()));
        let version = metadata
            .as_object_mut()
            .and_then(|metadata| metadata.remove("resourceVersion"));
        let earlier = earlier.map(|earlier| &*earlier.0);
        let shared = |part: Value, earlier: Option<&Arc<Value>>| match earlier {
            Some(earlier) if **earlier == part => Arc::clone(earlier),
            _ => Arc::new(part),
        };
        let spec = root.remove("spec");
        let status = root.remove("status");
        let mut parts = Parts {
            metadata: shared(metadata, earlier.map(|earlier| &earlier.metadata)),
            uid: earlier.map_or_else(Arc::default, |earlier| Arc::clone(&earlier.uid)),
            is_terminating: false,
            version: version
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .into(),
            spec: spec.map(|spec| shared(spec, earlier.and_then(|earlier| earlier.spec.as_ref()))),
            status: status.map(|status| shared(status, earlier.and_then(|earlier| earlier.status.as_ref()))),
            root: match earlier {
                Some(earlier) if *earlier.root == root => Arc::clone(&earlier.root),
                _ => Arc::new(root),
            },
            whole: OnceLock::new(),
        };
        parts.read_metadata();
        Self(Arc::new(parts))
    }

    /// What stands at the root under this name; of `metadata` all but the resourceVersion.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.0.field(name)
    }

    /// The whole JSON object.
    pub fn whole(&self) -> &Value {
        self.0.whole()
    }

    /// `metadata.resourceVersion`; empty where it has none.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// `metadata.uid`; empty where it has none.
    pub fn uid(&self) -> &str {
        &self.0.uid
    }

    /// Whether it is being deleted.
    pub fn is_terminating(&self) -> bool {
        self.0.is_terminating
    }

    /// Whether the part is the same in both.
    pub(crate) fn has_same(&self, part: Part, other: &Self) -> bool {
        match (self.0.part(part), other.0.part(part)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            (None, None) => true,
            _ => false,
        }
    }

    /// Whether the two differ by their versions at most.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (&*self.0, &*other.0);
        (Arc::ptr_eq(&one.root, &two.root) || one.root == two.root)
            && Part::ALL.into_iter().all(|part| self.has_same(part, other))
    }

    pub(super) fn set_version(&mut self, version: &str) {
        self.parts_mut().version = version.into();
    }

    /// Puts another status in, or takes it away.
    pub(super) fn set_status(&mut self, status: Option<Value>) {
        self.parts_mut().status = status.map(Arc::new);
    }

    /// Changes `metadata`.
    pub(super) fn edit_metadata(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        let parts = self.parts_mut();
        edit(&mut parts.metadata, change);
        parts.read_metadata();
    }

    /// Changes `spec`, which is made where there is none.
    pub(super) fn edit_spec(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        edit(self.parts_mut().spec.get_or_insert_default(), change);
    }

    /// Changes `status`, which is made where there is none.
    pub(super) fn edit_status(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        edit(self.parts_mut().status.get_or_insert_default(), change);
    }

    fn parts_mut(&mut self) -> &mut Parts {
        let parts = Arc::make_mut(&mut self.0);
        parts.whole.take();
        parts
    }
}

/// A part that is no mapping becomes one.
fn edit(part: &mut Arc<Value>, change: impl FnOnce(&mut Map<String, Value>)) {
    let part = Arc::make_mut(part);
    if !part.is_object() {
        *part = Value::Object(Map::new());
    }
    if let Value::Object(fields) = part {
        change(fields);
    }
}

impl Part {
    const ALL: [Self; 3] = [Self::Metadata, Self::Spec, Self::Status];

    const fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Spec => "spec",
            Self::Status => "status",
        }
    }
}

impl Parts {
    const fn part(&self, part: Part) -> Option<&Arc<Value>> {
        match part {
            Part::Metadata => Some(&self.metadata),
            Part::Spec => self.spec.as_ref(),
            Part::Status => self.status.as_ref(),
        }
    }

    /// The metadata is new.
    fn read_metadata(&mut self) {
        let uid = view::text_or_empty(&*self.metadata, &["uid"]);
        if *self.uid != *uid {
            self.uid = uid.into();
        }
        self.is_terminating = view::text(&*self.metadata, &["deletionTimestamp"]).is_some();
    }

    fn together(&self) -> Value {
        let mut root = Map::clone(&self.root);
        for part in Part::ALL {
            if let Some(value) = self.part(part) {
                root.insert(part.name().to_owned(), Value::clone(value));
            }
        }
        if let Some(Value::Object(metadata)) = root.get_mut("metadata").filter(|_| !self.version.is_empty()) {
            metadata.insert("resourceVersion".to_owned(), (*self.version).into());
        }
        Value::Object(root)
    }
}

impl Clone for Parts {
    fn clone(&self) -> Self {
        Self {
            root: Arc::clone(&self.root),
            metadata: Arc::clone(&self.metadata),
            uid: Arc::clone(&self.uid),
            is_terminating: self.is_terminating,
            version: Arc::clone(&self.version),
            spec: self.spec.clone(),
            status: self.status.clone(),
            whole: OnceLock::new(),
        }
    }
}

impl Document for Parts {
    fn field(&self, name: &str) -> Option<&Value> {
        match name {
            "metadata" => Some(&self.metadata),
            "spec" => self.spec.as_deref(),
            "status" => self.status.as_deref(),
            _ => self.root.get(name),
        }
    }

    fn whole(&self) -> &Value {
        self.whole.get_or_init(|| self.together())
    }
}

impl Document for Object {
    fn field(&self, name: &str) -> Option<&Value> {
        self.0.field(name)
    }

    fn whole(&self) -> &Value {
        self.0.whole()
    }
}

impl Index<&str> for Object {
    type Output = Value;

    /// As of the whole object: null where there is nothing.
    fn index(&self, name: &str) -> &Value {
        &self.whole()[name]
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.version() == other.version() && self.is_same(other)
    }
}

impl From<Value> for Object {
    fn from(object: Value) -> Self {
        Self::of(object, None)
    }
}

impl From<&Object> for observed::Object {
    fn from(object: &Object) -> Self {
        Self::from(Arc::clone(&object.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod() -> Value {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0", "resourceVersion": "7"},
            "spec": {"nodeName": "n"}, "status": {"phase": "Pending"}})
    }

    fn is_shared(one: &Object, other: &Object, part: &str) -> bool {
        std::ptr::eq(one.field(part).unwrap(), other.field(part).unwrap())
    }

    #[test]
    fn an_object_is_whole_again_with_its_version() {
        let object = Object::from(pod());
        assert_eq!((object.whole(), object.version()), (&pod(), "7"));
        assert_eq!(object.field("metadata"), Some(&json!({"name": "web-0"})));
        assert_eq!(
            (&object["kind"], &object["nothing"]),
            (&json!("Pod"), &Value::Null)
        );
    }

    #[test]
    fn a_changed_part_is_its_own_and_the_others_are_shared() {
        let before = Object::from(pod());
        let mut after = before.clone();
        assert_eq!(after.whole(), &pod());
        after.set_status(Some(json!({"phase": "Running"})));
        after.set_version("8");
        let mut expected = pod();
        expected["status"]["phase"] = json!("Running");
        expected["metadata"]["resourceVersion"] = json!("8");
        assert_eq!((after.whole(), before.whole()), (&expected, &pod()));
        assert!(is_shared(&before, &after, "spec") && is_shared(&before, &after, "metadata"));
        after.edit_spec(|spec| drop(spec.remove("nodeName")));
        assert_eq!((&after["spec"], &before["spec"]), (&json!({}), &pod()["spec"]));
    }

    #[test]
    fn the_uid_and_the_mark_of_its_deletion_are_those_of_the_newest_metadata() {
        let new = Object::from(pod());
        assert_eq!((new.uid(), new.is_terminating()), ("", false));
        let mut made = new.clone();
        made.edit_metadata(|metadata| drop(metadata.insert("uid".to_owned(), json!("u"))));
        let mut deleted = made.clone();
        let mark = |metadata: &mut Map<String, Value>| {
            metadata.insert("deletionTimestamp".to_owned(), json!("2026-11-21T00:00:00Z"));
        };
        deleted.edit_metadata(mark);
        assert_eq!((made.uid(), made.is_terminating()), ("u", false));
        assert_eq!((deleted.uid(), deleted.is_terminating()), ("u", true));
        let given = Object::of(pod(), Some(&deleted));
        assert_eq!((given.uid(), given.is_terminating()), ("", false));
    }

    #[test]
    fn what_is_written_as_it_was_is_shared_with_the_state_before() {
        let before = Object::from(pod());
        let mut other = pod();
        other["metadata"]["labels"] = json!({"app": "web"});
        let after = Object::of(other, Some(&before));
        assert!(is_shared(&before, &after, "spec") && is_shared(&before, &after, "status"));
        assert!(!after.has_same(Part::Metadata, &before) && !after.is_same(&before));
        assert!(Object::of(pod(), Some(&before)).is_same(&before));
    }
}
