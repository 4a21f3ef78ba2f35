//! What every object has: a name, a UID, labels, owners, and perhaps the mark of its deletion.

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

/// Equality of short texts, written out: a decision compares a few words of every Pod, and the call to the system's
/// `memcmp` would cost more than the comparison.
#[inline]
pub(crate) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let (words, other_words) = (one.chunks_exact(8), other.chunks_exact(8));
    let is_rest_same = words
        .remainder()
        .iter()
        .zip(other_words.remainder())
        .all(|(a, b)| a == b);
    is_rest_same && words.zip(other_words).all(|(a, b)| a == b)
}

impl Labels {
    /// The value of the label `key`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| same(k, key))
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
        self.owners.iter().find(|owner| owner.controller)
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
        Self {
            is_of_set: owners
                .iter()
                .find(|owner| owner.controller)
                .is_some_and(|o| &*o.kind == "StatefulSet"),
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
pub(crate) fn namespace_of(object: &serde_json::Value) -> &str {
    let namespace = object
        .get("metadata")
        .and_then(|metadata| metadata.get("namespace"));
    namespace
        .and_then(serde_json::Value::as_str)
        .filter(|ns| !ns.is_empty())
        .unwrap_or("default")
}
