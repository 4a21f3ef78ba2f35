//! The set, as far as its Pods' names go. A manifest is enough: nothing that an API server fills in is needed.

use serde_json::Value;

use super::pod::Pod;
use crate::json::{Faults, Field};
use crate::object::namespace_of;
use crate::{Error, Ordinal};

/// What names are made of.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub name: String,
    pub namespace: String,
    pub service: String,
    pub start: u64,
    pub replicas: u64,
    /// The Pod of its template.
    pub template: Pod,
}

impl Set {
    pub fn parse(set: &Value) -> Result<Self, Error> {
        let faults = Faults::default();
        let root = Field::root(set, &faults);
        let (metadata, spec) = (root.key("metadata"), root.key("spec"));
        let text = |field: &Field<'_>, key: &str| field.key(key).string().unwrap_or_default().to_owned();
        let count = |field: &Field<'_>, absent: u64| {
            field
                .count()
                .map_or(absent, |number| u64::try_from(number).unwrap_or(0))
        };
        let parsed = Self {
            name: text(&metadata, "name"),
            namespace: namespace_of(set).to_owned(),
            service: text(&spec, "serviceName"),
            start: count(&spec.key("ordinals").key("start"), 0),
            replicas: count(&spec.key("replicas"), 1),
            template: Pod::of_template(&spec.key("template")),
        };
        faults.or(parsed).map_err(|mut causes| {
            causes
                .iter_mut()
                .for_each(|cause| cause.field = format!("statefulSet.{}", cause.field));
            Error::invalid(causes)
        })
    }

    /// The ordinals that should have a Pod.
    pub fn ordinals(&self) -> std::ops::Range<u64> {
        self.start..self.start.saturating_add(self.replicas)
    }

    /// The name of an ordinal's Pod.
    pub fn pod_name(&self, ordinal: u64) -> String {
        Ordinal::new(ordinal).pod_name(&self.name).to_string()
    }
}
