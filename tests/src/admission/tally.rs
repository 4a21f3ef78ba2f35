//! Counts: what agreed and what did not, for each part of the answer, each path and each rule.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::compare::{Compared, Sides};
use super::question::Question;
use super::rules::{Rule, WARNING};

/// What a version has shown.
#[derive(Default)]
pub struct Tally {
    /// Questions by their kind.
    pub questions: BTreeMap<&'static str, u64>,
    pub counts: BTreeMap<&'static str, u64>,
    /// Differences in words, with how often each occurred.
    pub decode: BTreeMap<String, Count>,
    pub object: BTreeMap<String, Count>,
    pub rules: BTreeMap<Rule, Count>,
    /// For each general path in the Pod template's spec: the mutants with an error there, and those of them whose errors in
    /// the Pod template's spec are all the same here.
    pub paths: BTreeMap<String, (u64, u64)>,
}

/// How often a rule was met.
#[derive(Default)]
pub struct Count {
    /// By upstream.
    pub theirs: u64,
    /// By upstream and by the core.
    pub both: u64,
    /// By the core alone.
    pub only_ours: u64,
    /// The first question on which the two differed here, with both answers.
    pub example: Option<Example>,
}

/// A question with both answers.
#[derive(Clone)]
pub struct Example {
    pub question: Question,
    pub theirs: Value,
    pub ours: Value,
}

/// The parts that are counted, in the order of the table.
pub const PARTS: [&str; 12] = [
    "refused by both decoders",
    "decode disagreements",
    "outside (no list of errors)",
    "object mismatches",
    "revision mismatches",
    "set-rule mismatches",
    "unknown-field mismatches",
    "warning mismatches",
    "Pod template: mutants with an upstream error",
    "Pod template: complete matches of those",
    "Pod template: mutants with a false error",
    "upstream panics",
];

impl Tally {
    pub fn add(&mut self, question: &Question, compared: &Compared, example: impl FnOnce() -> Example) {
        *self.questions.entry(question.kind()).or_default() += 1;
        let mut count = |part: &'static str, is: bool| *self.counts.entry(part).or_default() += u64::from(is);
        let Compared {
            set,
            pod,
            strict,
            warnings,
            ..
        } = compared;
        let has_pod = !pod.theirs.is_empty();
        count(PARTS[0], compared.is_refused && compared.decode.is_none());
        count(PARTS[1], compared.decode.is_some());
        count(PARTS[2], compared.is_outside);
        count(PARTS[3], compared.object.is_some());
        count(PARTS[4], compared.revision.is_some());
        count(PARTS[5], !set.agree());
        count(PARTS[6], !strict.agree());
        count(PARTS[7], !warnings.agree() || compared.is_disordered);
        count(PARTS[8], has_pod);
        count(PARTS[9], has_pod && pod.agree());
        count(PARTS[10], !pod.only_ours.is_empty());
        count(PARTS[11], compared.is_panic);
        let mut paths: Vec<&str> = pod.theirs.iter().map(|(rule, _)| rule.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let (met, complete) = self.paths.entry(path.to_owned()).or_default();
            *met += 1;
            *complete += u64::from(pod.agree());
        }
        for sides in [set, pod, strict, warnings] {
            self.rules_of(sides);
        }
        if compared.agrees() {
            return;
        }
        let example = example();
        for (words, counts) in [
            (&compared.decode, &mut self.decode),
            (&compared.object, &mut self.object),
        ] {
            if let Some(words) = words {
                let count = counts.entry(general(words)).or_default();
                count.only_ours += 1;
                count.keep(&example);
            }
        }
        for sides in [set, pod, strict, warnings] {
            let missed = sides
                .theirs
                .iter()
                .filter(|(_, is_ours)| !is_ours)
                .map(|(rule, _)| rule);
            for rule in missed.chain(&sides.only_ours) {
                if let Some(count) = self.rules.get_mut(rule) {
                    count.keep(&example);
                }
            }
        }
    }

    fn rules_of(&mut self, sides: &Sides) {
        for (rule, is_ours) in &sides.theirs {
            let count = self.rules.entry(rule.clone()).or_default();
            count.theirs += 1;
            count.both += u64::from(*is_ours);
        }
        for rule in &sides.only_ours {
            self.rules.entry(rule.clone()).or_default().only_ours += 1;
        }
    }

    pub fn merge(&mut self, other: Self) {
        for (kind, count) in other.questions {
            *self.questions.entry(kind).or_default() += count;
        }
        for (part, count) in other.counts {
            *self.counts.entry(part).or_default() += count;
        }
        for (words, count) in other.decode {
            self.decode.entry(words).or_default().merge(count);
        }
        for (words, count) in other.object {
            self.object.entry(words).or_default().merge(count);
        }
        for (rule, count) in other.rules {
            self.rules.entry(rule).or_default().merge(count);
        }
        for (path, (met, complete)) in other.paths {
            let sum = self.paths.entry(path).or_default();
            *sum = (sum.0 + met, sum.1 + complete);
        }
    }

    pub fn count(&self, part: &str) -> u64 {
        self.counts.get(part).copied().unwrap_or(0)
    }

    /// The share of complete matches among mutants with an upstream error in the Pod template, each path counted alike.
    pub fn evenly(&self) -> f64 {
        let shares = self
            .paths
            .values()
            .map(|(met, complete)| *complete as f64 / *met as f64);
        match self.paths.len() {
            0 => 1.0,
            paths => shares.sum::<f64>() / paths as f64,
        }
    }

    /// Whether nothing differs.
    pub fn is_complete(&self) -> bool {
        self.is_sound() && self.count(PARTS[8]) == self.count(PARTS[9])
    }

    /// Whether everything is as it must be: only rules of the Pod template may be missing, and none may be false.
    pub fn is_sound(&self) -> bool {
        let none = [1, 3, 4, 5, 6, 7, 10];
        none.iter().all(|part| self.count(PARTS[*part]) == 0)
    }
}

impl Count {
    pub const fn missed(&self) -> u64 {
        self.theirs - self.both
    }

    /// The example with the lowest seed stays, so that a run says the same however many jobs it has.
    fn keep(&mut self, example: &Example) {
        let order = |example: &Example| (example.question.kind(), example.question.seed);
        if self
            .example
            .as_ref()
            .is_none_or(|kept| order(example) < order(kept))
        {
            self.example = Some(example.clone());
        }
    }

    fn merge(&mut self, other: Self) {
        self.theirs += other.theirs;
        self.both += other.both;
        self.only_ours += other.only_ours;
        if let Some(example) = &other.example {
            self.keep(example);
        }
    }
}

impl Example {
    pub fn value(&self) -> Value {
        let Question {
            seed,
            new,
            old,
            notes,
            ..
        } = &self.question;
        json!({"seed": seed, "kind": self.question.kind(), "notes": notes, "new": new, "old": old,
            "upstream": self.theirs, "ours": self.ours})
    }
}

/// A difference in words without the values.
fn general(words: &str) -> String {
    let (head, rest) = words.split_once(": ").unwrap_or((words, ""));
    let rule = Rule::of_error(head, WARNING, rest);
    format!("{}: {}", rule.path, rule.detail)
}
