//! What the controller itself reads of objects. They stay opaque JSON: a field that this release has not heard of survives.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use steadfast_core::{Kind, Timestamp};

/// The namespace and the name of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The namespace.
    pub namespace: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

impl Key {
    /// The key of these two.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The key of an object.
    pub fn of(object: &Value) -> Self {
        Self::new(
            text(object, "/metadata/namespace"),
            text(object, "/metadata/name"),
        )
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What an owner reference says of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its UID.
    pub uid: &'a str,
}

/// The text at a JSON pointer; empty where there is none.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// `metadata.uid`.
pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// `metadata.resourceVersion` as the number that it is in every API server (KEP-5504); 0 where it is none.
pub fn version(object: &Value) -> u64 {
    text(object, "/metadata/resourceVersion").parse().unwrap_or(0)
}

/// Whether the object has a deletionTimestamp.
pub fn is_terminating(object: &Value) -> bool {
    object
        .pointer("/metadata/deletionTimestamp")
        .is_some_and(|at| !at.is_null())
}

/// The owner that controls the object.
pub fn controller(object: &Value) -> Option<Owner<'_>> {
    let owners = object.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners
        .iter()
        .find(|owner| owner.get("controller") == Some(&Value::Bool(true)))?;
    Some(Owner {
        kind: text(owner, "/kind"),
        name: text(owner, "/name"),
        uid: text(owner, "/uid"),
    })
}

/// The sets whose claim may have this name: `<template>-<set>-<ordinal>`, and both of the first may have dashes in them. Whose a
/// claim is stands nowhere else.
pub fn sets_of_claim(name: &str) -> impl Iterator<Item = &str> {
    let before = name.rsplit_once('-').map_or("", |(before, _)| before);
    let dashes = before.match_indices('-');
    dashes.filter_map(|(at, _)| before.get(at + 1..))
}

/// Takes out what no decision reads and no write needs: who manages which field. An update without it leaves it as it is
/// (`apimachinery/pkg/util/managedfields/internal`, `decodeLiveOrNew`).
pub fn without_managed_fields(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
}

/// Items of lists do not say what they are.
pub fn named(kind: Kind, mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields
            .entry("apiVersion")
            .or_insert_with(|| kind.api_version().into());
        fields.entry("kind").or_insert_with(|| kind.name().into());
    }
    object
}

/// What time it is, for decisions and for what is written.
pub fn clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    Timestamp::new(
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        since.subsec_nanos(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_may_be_of_every_set_that_its_name_can_be_split_into() {
        let sets = |name| sets_of_claim(name).collect::<Vec<_>>();
        assert_eq!(sets("data-web-0"), ["web"]);
        assert_eq!(sets("data-db-web-12"), ["db-web", "web"]);
        assert_eq!(sets("data-0"), [""; 0]);
        assert_eq!(sets("data"), [""; 0]);
    }
}
