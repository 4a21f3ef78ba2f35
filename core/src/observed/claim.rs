//! A PersistentVolumeClaim and a ControllerRevision as they were read.

use serde_json::Value;

use super::Object;
use super::metadata::Metadata;
use crate::Cause;
use crate::json::{Faults, Field};
use crate::revision::{RevisionData, stored_template, to_go_json};

/// A PersistentVolumeClaim, parsed once.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(crate) object: Object,
    pub(crate) metadata: Metadata,
}

/// A ControllerRevision, parsed once.
#[derive(Clone, Debug)]
pub struct Revision {
    pub(crate) object: Object,
    pub(crate) metadata: Metadata,
    pub(crate) number: i64,
    pub(crate) data: RevisionData,
    /// The template that the data holds, if it holds one, or why it cannot be applied to a set.
    pub(crate) template: Result<Option<Value>, String>,
}

impl Claim {
    /// The object as it was read.
    pub fn object(&self) -> &Value {
        self.object.whole()
    }

    /// Name, UID, labels, owners.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Whether it has owners.
    pub(crate) fn is_owned(&self) -> bool {
        !self.metadata.owners.is_empty()
    }

    pub(crate) fn parse(object: Object) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let metadata = Metadata::parse(&Field::of(&object, "metadata", &faults));
        faults.or(Self { metadata, object })
    }
}

impl Revision {
    /// The object as it was read.
    pub fn object(&self) -> &Value {
        self.object.whole()
    }

    /// Name, UID, labels, owners.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// `revision`: the highest is the newest.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// `data`, as upstream compares it.
    pub fn data(&self) -> &RevisionData {
        &self.data
    }

    pub(crate) fn parse(object: Object) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let field = |name| Field::of(&object, name, &faults);
        let metadata = Metadata::parse(&field("metadata"));
        let number = field("revision").i64().unwrap_or(0);
        let data = field("data").value();
        let template = stored_template(data);
        let data = RevisionData::of_bytes(data.map(to_go_json).unwrap_or_default());
        faults.or(Self {
            metadata,
            number,
            data,
            template,
            object,
        })
    }
}
