//! What both sides are asked: a manifest, or a pair of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::validation::{Verdict, create, update, update_status};
use steadfast_core::{Error, Profile};

use super::bases::Bases;
use super::mutate::mutate;
use crate::worlds::Draw;

/// A manifest that is to be created, or one that is to take the place of another.
#[derive(Clone, Debug)]
pub struct Question {
    pub seed: u64,
    pub new: Value,
    pub old: Option<Value>,
    /// Whether the update is one of the status.
    pub is_status: bool,
    /// What was mutated.
    pub notes: Vec<String>,
}

/// What a pair begins with: a manifest, as if it were to be created.
pub struct Candidate {
    question: Question,
    base: Value,
    draw: Draw,
}

/// Keeps the seeds of pairs apart from those of manifests.
const OF_PAIRS: u64 = 1 << 40;

impl Question {
    /// The manifest of this seed.
    pub fn create(seed: u64, bases: &Bases) -> Self {
        let mut draw = Draw::of(seed);
        let mut new = draw.pick(bases.sets()).clone();
        let mut notes = Vec::new();
        let count = *draw.weighted(&[(1, 0), (40, 1), (30, 2), (20, 3), (9, 4)]);
        for _ in 0..count {
            notes.extend(mutate(&mut new, bases, &mut draw));
        }
        Self {
            seed,
            new,
            old: None,
            is_status: false,
            notes,
        }
    }

    /// The line that asks upstream.
    pub fn line(&self, gates: &BTreeMap<String, bool>) -> String {
        let mut line = json!({"new": self.new, "featureGates": gates});
        if let Some(old) = &self.old {
            line["old"] = old.clone();
        }
        if self.is_status {
            line["subresource"] = json!("status");
        }
        line.to_string()
    }

    /// The core's answer.
    ///
    /// # Errors
    /// A value that cannot be decoded.
    pub fn ours(&self, profile: &Profile) -> Result<Verdict, Error> {
        match &self.old {
            None => create(&self.new, profile),
            Some(old) if self.is_status => update_status(&self.new, old, profile),
            Some(old) => update(&self.new, old, profile),
        }
    }

    /// The object of one side, `new` or `old`.
    pub fn side(&self, side: &str) -> Option<&Value> {
        if side == "new" {
            Some(&self.new)
        } else {
            self.old.as_ref()
        }
    }

    pub fn put(&mut self, side: &str, object: Value) {
        if side == "new" {
            self.new = object;
        } else {
            self.old = Some(object);
        }
    }

    /// What it is, in a word.
    pub const fn kind(&self) -> &'static str {
        match (&self.old, self.is_status) {
            (None, _) => "create",
            (_, false) => "update",
            (_, true) => "status",
        }
    }
}

impl Candidate {
    /// The manifest that the pair of this seed begins with, if upstream takes it.
    pub fn of(seed: u64, bases: &Bases) -> Self {
        let mut draw = Draw::of(seed | OF_PAIRS);
        let base = draw.pick(bases.sets()).clone();
        let mut new = base.clone();
        let mut notes = Vec::new();
        for _ in 0..*draw.weighted(&[(3, 0), (4, 1), (2, 2), (1, 3)]) {
            notes.extend(mutate(&mut new, bases, &mut draw));
        }
        let question = Question {
            seed,
            new,
            old: None,
            is_status: false,
            notes,
        };
        Self { question, base, draw }
    }

    pub const fn question(&self) -> &Question {
        &self.question
    }

    /// The pair, once upstream has answered to the manifest. What was refused is hardly ever the old side: such an object
    /// lies in a store only where an older release took it, and the ratchets are for it.
    pub fn pair(self, answer: &Value, bases: &Bases) -> Question {
        let Self {
            mut question,
            base,
            mut draw,
        } = self;
        let is_taken = answer.get("decodeError").is_none() && answer["errors"] == json!([]);
        let is_readable = answer.get("object").is_some();
        let mut manifest = question.new;
        if !(is_taken || is_readable && draw.percent(10)) {
            manifest = base;
            question.notes.clear();
        }
        let is_stored_form = is_taken && draw.percent(60);
        let mut old = match answer.get("object") {
            Some(stored) if is_stored_form => stored.clone(),
            _ => manifest.clone(),
        };
        let mut new = if is_stored_form && draw.percent(50) {
            old.clone()
        } else {
            manifest
        };
        stamp(&mut old, &mut draw);
        question.is_status = draw.percent(12);
        if question.is_status {
            new["status"] = status(&mut draw);
        }
        for _ in 0..*draw.weighted(&[(1, 0), (5, 1), (3, 2), (1, 3)]) {
            let note = mutate(&mut new, bases, &mut draw);
            question.notes.extend(note.map(|note| format!("then {note}")));
        }
        question.new = new;
        question.old = Some(old);
        question
    }
}

/// What every stored object has.
fn stamp(old: &mut Value, draw: &mut Draw) {
    if !old["metadata"].is_object() {
        old["metadata"] = json!({});
    }
    let metadata = &mut old["metadata"];
    metadata["uid"] = json!("00000000-0000-0000-0000-00000000000a");
    metadata["resourceVersion"] = json!("41");
    metadata["creationTimestamp"] = json!("2026-11-20T00:00:00Z");
    metadata["generation"] = json!(draw.between(1, 9));
    if metadata.get("namespace").is_none_or(Value::is_null) {
        metadata["namespace"] = json!("default");
    }
    old["status"] = status(draw);
}

fn status(draw: &mut Draw) -> Value {
    let mut status = json!({"replicas": draw.between(0, 5), "availableReplicas": draw.between(0, 5)});
    for field in [
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "observedGeneration",
        "collisionCount",
    ] {
        if draw.percent(60) {
            status[field] = json!(draw.between(0, 5));
        }
    }
    status
}
