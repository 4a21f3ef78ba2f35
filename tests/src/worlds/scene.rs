//! A life written down as objects, before anything is corrupted.

use super::draw::Draw;
use super::life::Life;
use super::object::{object, remove};
use super::{claims, pods, revisions, set};
use serde_json::Value;
use std::collections::BTreeMap;

/// The objects of a world, with the life they came from.
pub struct Scene {
    pub life: Life,
    pub stage: &'static str,
    pub set: Value,
    pub pods: Vec<Value>,
    pub claims: Vec<Value>,
    pub revisions: Vec<Value>,
    /// UIDs given out so far.
    pub numbers: usize,
}

impl Scene {
    /// The objects of this life.
    pub fn of(draw: &mut Draw, life: Life, stage: &'static str) -> Self {
        let mut pods: Vec<Value> = life
            .pods
            .iter()
            .enumerate()
            .map(|(number, plan)| pods::pod(draw, &life, plan, number))
            .collect();
        let claims = all_claims(draw, &life);
        let revisions = life
            .eras
            .iter()
            .filter(|era| era.stored)
            .enumerate()
            .map(|(number, era)| revisions::revision(&life, era, number))
            .collect();
        if life.orphaned {
            for pod in &mut pods {
                if draw.percent(85) {
                    remove(&mut pod["metadata"], "ownerReferences");
                }
            }
        }
        let mut set = set::set(&life, &pods);
        // Defaulting writes the maximum where its gate is on, into what was stored before that too.
        if let Some(rolling) = set.pointer_mut("/spec/updateStrategy/rollingUpdate")
            && rolling.get("maxUnavailable").is_none()
            && draw.percent(50)
        {
            rolling["maxUnavailable"] = Value::from(1);
        }
        let numbers = life.pods.len().max(life.claims.len()) + 1_000;
        Self {
            life,
            stage,
            set,
            pods,
            claims,
            revisions,
            numbers,
        }
    }

    /// A number for the next UID.
    pub fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    /// The world's observation, lists in any order, without a second object of one name.
    pub fn observation(mut self, draw: &mut Draw) -> Value {
        for list in [&mut self.pods, &mut self.claims, &mut self.revisions] {
            list.iter_mut().for_each(omit_empty);
            keep_first_of_each_name(list);
            draw.shuffle(list);
        }
        object([
            ("controllerRevisions", Value::Array(self.revisions)),
            ("now", Value::String(self.life.now.text())),
            ("persistentVolumeClaims", Value::Array(self.claims)),
            ("pods", Value::Array(self.pods)),
            ("statefulSet", self.set),
        ])
    }
}

fn all_claims(draw: &mut Draw, life: &Life) -> Vec<Value> {
    let mut ordinals: BTreeMap<i64, Option<String>> =
        life.claims_left.iter().map(|left| (*left, None)).collect();
    for (number, plan) in life.pods.iter().enumerate() {
        ordinals.insert(plan.ordinal, Some(pods::uid(number)));
    }
    let mut claims = Vec::new();
    for (ordinal, pod) in &ordinals {
        for template in &life.claims {
            let number = claims.len();
            claims.push(claims::claim(
                draw,
                life,
                template,
                *ordinal,
                pod.as_deref(),
                number,
            ));
        }
    }
    claims
}

/// What Go's omitempty leaves out, and what Rust's indexing may have put in as null.
fn omit_empty(object: &mut Value) {
    for (part, key) in [
        ("metadata", "labels"),
        ("metadata", "annotations"),
        ("metadata", "ownerReferences"),
        ("spec", "volumes"),
    ] {
        let empty = match &object[part][key] {
            Value::Null => object[part].get(key).is_some(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            _ => false,
        };
        if empty {
            remove(&mut object[part], key);
        }
    }
}

/// An API server holds one object of a namespace and a name.
fn keep_first_of_each_name(list: &mut Vec<Value>) {
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|object| {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_string();
        seen.insert((text("namespace"), text("name")))
    });
}
