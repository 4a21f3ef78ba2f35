//! Two replies to a question, compared; and what has been seen of questions and replies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message as it goes to the asker; records are `NAME TTL TYPE RDATA`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    pub code: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answer: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial_ttl: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// The questions that are answered differently, each with both replies.
///
/// Answers are compared as sets. Of what is cut off where slices are made from Pods, and so come in a random order, only the
/// numbers are compared.
pub fn differences(world: &Value, theirs: &[Reply], ours: &[Reply]) -> Vec<String> {
    let questions = world["questions"].as_array().map_or(&[][..], Vec::as_slice);
    if theirs.len() != questions.len() || ours.len() != questions.len() {
        return vec![format!(
            "{} questions, {} answers of theirs and {} of ours",
            questions.len(),
            theirs.len(),
            ours.len()
        )];
    }
    let is_ordered = world.get("endpointSlices").is_some();
    let compared = questions.iter().zip(theirs.iter().zip(ours));
    let differing =
        compared.filter(|(_, (theirs, ours))| normal(theirs, is_ordered) != normal(ours, is_ordered));
    differing
        .map(|(question, (theirs, ours))| {
            format!(
                "{question}\n  theirs {}\n  ours   {}",
                serde_json::json!(theirs),
                serde_json::json!(ours)
            )
        })
        .collect()
}

fn normal(reply: &Reply, is_ordered: bool) -> Reply {
    let mut reply = reply.clone();
    if reply.truncated && !is_ordered {
        for records in [&mut reply.answer, &mut reply.additional] {
            records.iter_mut().for_each(|record| record.clear());
        }
    }
    reply.answer.sort();
    reply.additional.sort();
    reply
}

/// How often what was seen, by the type asked for and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub worlds: u64,
    pub questions: u64,
    pub records: u64,
    pub seen: BTreeMap<String, u64>,
}

impl Tally {
    pub fn add(&mut self, world: &Value, replies: &[Reply]) {
        self.worlds += 1;
        let source = match world.get("endpointSlices") {
            Some(_) => "EndpointSlices given",
            None => "EndpointSlices made from Pods",
        };
        self.count(source.to_owned());
        for (question, reply) in world["questions"].as_array().into_iter().flatten().zip(replies) {
            self.questions += 1;
            self.records += reply.answer.len() as u64;
            let kind = question["kind"].as_str().unwrap_or_default();
            let what = match (reply.code.as_str(), reply.answer.is_empty()) {
                ("NOERROR", true) => "NODATA",
                ("NOERROR", false) => "answered",
                ("NXDOMAIN", _) => "NXDOMAIN",
                _ => "forwarded",
            };
            self.count(format!("{kind} {what}"));
            if reply.truncated {
                self.count(format!("{kind} truncated"));
            }
            let is_alias = reply.answer.iter().any(|record| record.contains(" CNAME "));
            if is_alias && kind != "CNAME" {
                self.count(format!("{kind} through CNAME"));
            }
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.questions += other.questions;
        self.records += other.records;
        for (what, count) in other.seen {
            *self.seen.entry(what).or_default() += count;
        }
    }

    /// What can be seen and was not.
    pub fn never_seen(&self) -> Vec<String> {
        let mut wanted: Vec<String> = Vec::new();
        for kind in ["A", "AAAA", "SRV", "PTR", "CNAME"] {
            for what in ["answered", "NODATA", "NXDOMAIN", "forwarded"] {
                wanted.push(format!("{kind} {what}"));
            }
        }
        for what in [
            "A truncated",
            "AAAA truncated",
            "SRV truncated",
            "A through CNAME",
            "AAAA through CNAME",
            "EndpointSlices given",
            "EndpointSlices made from Pods",
        ] {
            wanted.push(what.to_owned());
        }
        wanted.retain(|what| !self.seen.contains_key(what));
        wanted
    }

    fn count(&mut self, what: String) {
        *self.seen.entry(what).or_default() += 1;
    }
}
