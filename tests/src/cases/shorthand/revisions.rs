//! Templates, the revisions that hold them, and the words for both.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::Profile;

use super::fields::overlay;
use super::words::Words;
use super::{Overlays, Plot, controller, set_reference, uid};
use crate::worlds::revision_name;

/// How many collisions are known by words.
const COLLISIONS: i64 = 4;

/// What templates and revisions are called in a case.
pub struct Names {
    set: String,
    overlays: Overlays,
    has_null_timestamps: bool,
    /// Words and names of the revisions that are stored, by their numbers.
    stored: Vec<(i64, String, String)>,
    /// Revision names stay as they are.
    pub are_real: bool,
}

/// A revision as it is written in a case.
pub struct Written {
    number: i64,
    template: String,
    data: Value,
    name: String,
    hash: String,
    is_orphan: bool,
    is_foreign: bool,
    is_unselected: bool,
    with: Option<Value>,
}

impl Names {
    pub fn of(set: &str, templates: &Value, profile: &Profile) -> Result<Self, String> {
        let overlays: BTreeMap<String, Value> =
            serde_json::from_value(templates.clone()).map_err(|error| format!("templates: {error}"))?;
        let has_null_timestamps = profile.kubernetes().starts_with("1.33");
        Ok(Self {
            set: set.to_owned(),
            overlays,
            has_null_timestamps,
            stored: Vec::new(),
            are_real: false,
        })
    }

    /// The template that a word stands for: one container with the image `nginx:WORD`.
    pub fn template(&self, word: &str) -> Value {
        let mut template = json!({
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "nginx", "image": format!("nginx:{word}"), "resources": {},
                "imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File"}],
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "securityContext": {}, "schedulerName": "default-scheduler"}});
        if let Some(over) = self.overlays.get(word) {
            overlay(&mut template, over);
        }
        template
    }

    /// The data of the revision of a template, as this version of Kubernetes writes it, or as 1.33 did.
    fn data(&self, word: &str, is_by_1_33: bool) -> Value {
        let mut template = self.template(word);
        if self.has_null_timestamps || is_by_1_33 {
            template["metadata"]["creationTimestamp"] = Value::Null;
            let volumes = template
                .pointer_mut("/spec/volumes")
                .and_then(Value::as_array_mut);
            for claim in volumes
                .into_iter()
                .flatten()
                .filter_map(|v| v.pointer_mut("/ephemeral/volumeClaimTemplate"))
            {
                overlay(claim, &json!({"metadata": {}}));
                claim["metadata"]["creationTimestamp"] = Value::Null;
            }
        }
        template["$patch"] = json!("replace");
        json!({"spec": {"template": template}})
    }

    /// The name and hash that the template's revision gets after so many collisions.
    fn generated(&self, word: &str, collisions: i64) -> (String, String) {
        revision_name(&self.set, &self.data(word, false), collisions)
    }

    /// The name of the revision that is stored under this word, or would be.
    pub fn stored(&self, word: &str) -> Result<String, String> {
        match self.stored.iter().find(|(_, stored, _)| stored == word) {
            Some((_, _, name)) => Ok(name.clone()),
            None if !word.is_empty() => Ok(self.generated(word, 0).0),
            None => Err("a revision is called by a word such as `old` or `new`".to_owned()),
        }
    }

    pub fn first_stored(&self) -> Option<String> {
        self.stored.first().map(|(_, _, name)| name.clone())
    }

    pub fn last_stored(&self) -> Option<String> {
        self.stored.last().map(|(_, _, name)| name.clone())
    }

    /// Whether the word stands for a template.
    pub fn is_known(&self, word: &str) -> bool {
        ["old", "new"].contains(&word)
            || self.overlays.contains_key(word)
            || self.stored.iter().any(|(_, stored, _)| stored == word)
    }

    /// The text with `web-new` for the name that the revision of `new` has, and `web-new+1` for its name after one
    /// collision.
    pub fn in_words(&self, text: &str) -> String {
        if self.are_real {
            return text.to_owned();
        }
        let mut text = text.to_owned();
        for (name, hash, word) in self.all() {
            let (prefix, _) = name.rsplit_once('-').unwrap_or_default();
            text = text
                .replace(&name, &format!("{prefix}-{word}"))
                .replace(&hash, &word);
        }
        text
    }

    /// The name that a revision has which is written in words.
    pub fn real(&self, words: &str) -> String {
        let found = self.all().into_iter().find(|(name, _, word)| {
            name.rsplit_once('-')
                .is_some_and(|(prefix, _)| format!("{prefix}-{word}") == words)
        });
        found.map_or_else(|| words.to_owned(), |(name, ..)| name)
    }

    fn all(&self) -> Vec<(String, String, String)> {
        let mut words: Vec<&str> = vec!["old", "new"];
        words.extend(self.overlays.keys().map(String::as_str));
        words.extend(self.stored.iter().map(|(_, word, _)| word.as_str()));
        let hash = |name: &str| name.rsplit('-').next().unwrap_or_default().to_owned();
        let mut all: Vec<(String, String, String)> = self
            .stored
            .iter()
            .map(|(_, word, name)| (name.clone(), hash(name), word.clone()))
            .collect();
        for word in words {
            for collisions in 0..COLLISIONS {
                let (name, hash) = self.generated(word, collisions);
                let number = if collisions == 0 {
                    String::new()
                } else {
                    format!("+{collisions}")
                };
                all.push((name, hash, format!("{word}{number}")));
            }
        }
        all
    }
}

/// The revisions of a case: `{old: 1, new: 2}`, or with words after the number.
pub fn all(written: &Value, names: &mut Names) -> Result<Vec<Written>, String> {
    let map = written
        .as_object()
        .ok_or("revisions takes a mapping such as {old: 1, new: 2}")?;
    let mut revisions = Vec::new();
    for (word, value) in map {
        let revision = one(word, value, names)?;
        if !revision.is_foreign && !revision.is_unselected {
            names
                .stored
                .push((revision.number, word.clone(), revision.name.clone()));
        }
        revisions.push(revision);
    }
    names.stored.sort();
    Ok(revisions)
}

fn one(word: &str, value: &Value, names: &Names) -> Result<Written, String> {
    let mut revision = Written {
        number: value.as_i64().unwrap_or(0),
        template: word.to_owned(),
        data: Value::Null,
        name: String::new(),
        hash: String::new(),
        is_orphan: false,
        is_foreign: false,
        is_unselected: false,
        with: None,
    };
    let (mut named, mut is_by_1_33) = (None, false);
    let text = json!(super::text_of(value).unwrap_or_default());
    let (mut words, with) = Words::of(if value.is_object() { value } else { &text })?;
    revision.number = words.number("the revision's number")?;
    revision.with = with.cloned();
    while let Some(next) = words.next() {
        match next {
            "orphan" => revision.is_orphan = true,
            "foreign" => revision.is_foreign = true,
            "unselected" => revision.is_unselected = true,
            // `named new` or `named new after 1`: the name that another template's revision would get.
            "named" => {
                let other = words.required("a template's word")?;
                let collisions = if words.take("after") {
                    words.number("a number of collisions")?
                } else {
                    0
                };
                named = Some(names.generated(other, collisions).0);
            }
            // `of new`: the same template under another word.
            "of" => words
                .required("a template's word")?
                .clone_into(&mut revision.template),
            "by" if words.take("1.33") => is_by_1_33 = true,
            other => {
                let known = "orphan, foreign, unselected, named TEMPLATE [after N], of TEMPLATE, by 1.33";
                return Err(words.unknown(other, known));
            }
        }
    }
    revision.data = names.data(&revision.template, is_by_1_33);
    let (name, hash) = revision_name(&names.set, &revision.data, 0);
    (revision.name, revision.hash) = (named.unwrap_or(name), hash);
    Ok(revision)
}

impl Written {
    pub fn object(self, plot: &Plot) -> Result<Value, String> {
        let mut metadata = json!({"name": self.name, "namespace": "default", "uid": uid(&self.name),
            "resourceVersion": "900", "creationTimestamp": "2026-11-20T00:00:00Z",
            "labels": {"app": if self.is_unselected { "other" } else { "web" },
                "controller.kubernetes.io/hash": self.hash}});
        if self.is_foreign {
            metadata["ownerReferences"] =
                json!([controller("apps/v1", "StatefulSet", "other", "uid-of-other")]);
        } else if !self.is_orphan {
            metadata["ownerReferences"] = json!([set_reference(&plot.set)]);
        }
        let mut object = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata,
            "data": self.data, "revision": self.number});
        if let Some(with) = self.with {
            overlay(&mut object, &with);
        }
        Ok(object)
    }
}
