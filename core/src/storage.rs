//! Claims and volumes of one Pod: their names, what they are made of, and whether a Pod has them.
//!
//! Source: `pkg/controller/statefulset/stateful_set_utils.go` (`getPersistentVolumeClaims`, `storageMatches`,
//! `updateStorage`).

use serde_json::{Value, json};

use crate::object::{drop_fields, edit, without_nulls};
use crate::observed::{ClaimTemplate, Pod, StatefulSet};

pub(crate) mod retention;

/// The claim templates of a set, each with the beginning of its claims' names, `<template>-<set>`. Of templates with the
/// same name the last counts.
pub(crate) struct Templates<'a> {
    set: &'a StatefulSet,
    entries: Vec<(&'a ClaimTemplate, String)>,
}

impl<'a> Templates<'a> {
    pub(crate) fn of(set: &'a StatefulSet) -> Self {
        let mut entries: Vec<(&ClaimTemplate, String)> = Vec::with_capacity(set.spec.claim_templates.len());
        for template in &set.spec.claim_templates {
            match entries
                .iter_mut()
                .find(|(earlier, _)| earlier.name == template.name)
            {
                Some(earlier) => earlier.0 = template,
                None => entries.push((template, format!("{}-{}", template.name, set.name()))),
            }
        }
        Self { set, entries }
    }

    /// The templates with the prefixes of their claims' names, in the set's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a ClaimTemplate, &str)> {
        self.entries
            .iter()
            .map(|(template, prefix)| (*template, prefix.as_str()))
    }

    /// Whether the Pod has for each template a volume that points to its claim (`storageMatches`). Of volumes with the
    /// same name the last counts.
    pub(crate) fn match_volumes(&self, pod: &Pod) -> bool {
        let Some(ordinal) = pod.ordinal() else {
            return false;
        };
        self.entries.iter().all(|(template, prefix)| {
            let volume = pod.volumes.iter().rfind(|volume| volume.name == template.name);
            let claim = volume.and_then(|volume| volume.claim.as_ref());
            claim.is_some_and(|(found, number)| *number == ordinal && **found == **prefix)
        })
    }

    /// The volumes of a Pod with this ordinal: the claims', then those that it has beside them (`updateStorage`).
    pub(crate) fn volumes(&self, ordinal: u64, current: Option<&Value>) -> Vec<Value> {
        let claims = self.entries.iter().map(|(template, prefix)| {
            json!({"name": template.name, "persistentVolumeClaim": {"claimName": format!("{prefix}-{ordinal}")}})
        });
        let is_own = |volume: &&Value| {
            let name = volume.get("name").and_then(Value::as_str).unwrap_or_default();
            !self.entries.iter().any(|(template, _)| *template.name == *name)
        };
        let others = current
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(is_own)
            .cloned();
        claims.chain(others).collect()
    }

    /// The claim of `template` for `ordinal`, complete.
    pub(crate) fn new_claim(&self, template: &ClaimTemplate, prefix: &str, ordinal: u64) -> Value {
        let mut claim = without_nulls(self.set.claim_template(template));
        if !claim.is_object() {
            claim = json!({});
        }
        if let Value::Object(claim) = &mut claim {
            claim.insert("apiVersion".into(), json!("v1"));
            claim.insert("kind".into(), json!("PersistentVolumeClaim"));
            drop_fields(claim, &["status"]);
            edit(claim, "metadata", |metadata| {
                metadata.insert("name".into(), json!(format!("{prefix}-{ordinal}")));
                metadata.insert("namespace".into(), json!(self.set.namespace()));
                if let Some(selected) = self.set.match_labels().filter(|labels| !labels.is_empty()) {
                    edit(metadata, "labels", |labels| labels.extend(selected.clone()));
                }
            });
        }
        claim
    }
}
