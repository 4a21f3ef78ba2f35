//! What every object has: a name, a UID, labels, owners, and perhaps the mark of its deletion.

use super::Object;
use crate::Timestamp;
use crate::json::Field;

/// The part of `metadata` that decisions read.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// `metadata.name`.
    pub name: Box<str>,
    /// `metadata.uid`; empty where it has none yet.
    pub uid: Box<str>,
    /// `metadata.creationTimestamp`.
    pub created: Option<Timestamp>,
    /// `metadata.deletionTimestamp`: the object is terminating.
    pub deleted: Option<Timestamp>,
    /// `metadata.labels`.
    pub labels: Labels,
    /// `metadata.ownerReferences`, in their order.
    pub owners: Vec<OwnerReference>,
    /// Where among the owners the controller stands.
    pub(crate) controller: Option<usize>,
    /// The controller is a StatefulSet by its kind.
    pub(crate) is_of_set: bool,
}

/// One entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerReference {
    /// Such as `apps/v1`.
    pub api_version: Box<str>,
    /// Such as `StatefulSet`.
    pub kind: Box<str>,
    /// The owner's name.
    pub name: Box<str>,
    /// The owner's UID.
    pub uid: Box<str>,
    /// True where this owner controls the object.
    pub controller: bool,
}

/// Labels in order of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Box<[(Box<str>, Box<str>)]>);

/// Both ends of a text and its length: of texts up to 16 bytes they are all there is. A decision compares a name with every
/// Pod's, and numbers are compared without a call to `memcmp`, which costs more than the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    pub(crate) fn of(text: &str) -> Self {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte))
        };
        let bytes = text.as_bytes();
        let (first, last) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>());
        Self {
            first: number(first.map_or(bytes, |first| first)),
            last: number(last.map_or(&[], |last| last)),
            length: bytes.len(),
        }
    }

    /// Whether two texts are the same that have these ends and `other`s.
    #[inline(always)]
    pub(crate) fn are_of_same(self, one: &str, (ends, other): (Self, &str)) -> bool {
        self == ends && (self.length <= 16 || *one == *other)
    }
}

impl Labels {
    /// The value of the label `key`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| **k == *key)
            .map(|(_, value)| &**value)
    }

    /// All labels, in order of keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    pub(crate) fn parse(field: &Field<'_>) -> Self {
        Self(
            field
                .strings()
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

impl Metadata {
    /// The owner that controls the object: the first that says so.
    ///
    /// Source: `apimachinery/pkg/apis/meta/v1/controller_ref.go`, `GetControllerOf`.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owners.get(self.controller?)
    }

    /// True where the object is terminating.
    pub fn is_terminating(&self) -> bool {
        self.deleted.is_some()
    }

    pub(crate) fn parse(metadata: &Field<'_>) -> Self {
        let name = metadata.key("name");
        let text = |key| metadata.key(key).string().unwrap_or_default().into();
        if name.value().is_none() || name.string() == Some("") {
            name.required();
        }
        let owners: Vec<OwnerReference> = metadata
            .key("ownerReferences")
            .items()
            .map(|owner| OwnerReference::parse(&owner))
            .collect();
        let controller = owners.iter().position(|owner| owner.controller);
        Self {
            controller,
            is_of_set: controller
                .and_then(|at| owners.get(at))
                .is_some_and(|owner| &*owner.kind == "StatefulSet"),
            owners,
            name: text("name"),
            uid: text("uid"),
            created: metadata.key("creationTimestamp").time(),
            deleted: deletion(metadata),
            labels: Labels::parse(&metadata.key("labels")),
        }
    }
}

/// A deletion timestamp counts by being there, even the zero time.
fn deletion(metadata: &Field<'_>) -> Option<Timestamp> {
    let field = metadata.key("deletionTimestamp");
    field.is_present().then(|| field.time().unwrap_or_default())
}

impl OwnerReference {
    fn parse(owner: &Field<'_>) -> Self {
        let text = |key| owner.key(key).string().unwrap_or_default().into();
        Self {
            api_version: text("apiVersion"),
            kind: text("kind"),
            name: text("name"),
            uid: text("uid"),
            controller: owner.key("controller").bool().unwrap_or(false),
        }
    }
}

/// The namespace of an object; none means `default`.
pub(crate) fn namespace_of(object: &Object) -> &str {
    let namespace = object
        .field("metadata")
        .and_then(|metadata| metadata.get("namespace"));
    namespace
        .and_then(serde_json::Value::as_str)
        .filter(|ns| !ns.is_empty())
        .unwrap_or("default")
}
