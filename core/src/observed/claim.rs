//! A PersistentVolumeClaim and a ControllerRevision as they were read.

use std::sync::Arc;

use serde_json::Value;

use super::metadata::Metadata;
use crate::Cause;
use crate::json::{Faults, Field};
use crate::revision::{RevisionData, stored_template, to_go_json};

/// A PersistentVolumeClaim, parsed once.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(crate) object: Arc<Value>,
    pub(crate) metadata: Metadata,
}

/// A ControllerRevision, parsed once.
#[derive(Clone, Debug)]
pub struct Revision {
    pub(crate) object: Arc<Value>,
    pub(crate) metadata: Metadata,
    pub(crate) number: i64,
    pub(crate) data: RevisionData,
    /// The template that the data holds, if it holds one, or why it cannot be applied to a set.
    pub(crate) template: Result<Option<Value>, String>,
}

impl Claim {
    /// The object as it was read.
    pub fn object(&self) -> &Value {
        &self.object
    }

    /// Name, UID, labels, owners.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(crate) fn parse(object: Arc<Value>) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let metadata = Metadata::parse(&Field::root(&object, &faults).key("metadata"));
        faults.or(Self { metadata, object })
    }
}

impl Revision {
    /// The object as it was read.
    pub fn object(&self) -> &Value {
        &self.object
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

    pub(crate) fn parse(object: Arc<Value>) -> Result<Self, Vec<Cause>> {
        let faults = Faults::default();
        let root = Field::root(&object, &faults);
        let metadata = Metadata::parse(&root.key("metadata"));
        let number = root.key("revision").i64().unwrap_or(0);
        let data = root.key("data").value();
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
