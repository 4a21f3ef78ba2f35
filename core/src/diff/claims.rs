//! What the claim templates of two sets differ in, by the templates' names.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::canonical::quantity::Quantity;

/// What becomes of the claim templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ClaimChanges<'a> {
    /// Templates of which volumes shall be larger.
    pub grown: Vec<Resized<'a>>,
    /// Templates of which volumes shall be smaller.
    pub shrunk: Vec<Resized<'a>>,
    /// Templates with other changes, and the fields: claims that are there keep what they have.
    pub others: Vec<(&'a str, Vec<&'a str>)>,
    /// New templates.
    pub added: Vec<&'a str>,
    /// Templates that are no more.
    pub removed: Vec<&'a str>,
}

/// A template of another size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resized<'a> {
    pub template: &'a str,
    pub old: &'a str,
    pub new: &'a str,
    /// The class of the claims that are there, where the old template names one.
    pub class: Option<&'a str>,
}

static NULL: Value = Value::Null;

impl<'a> ClaimChanges<'a> {
    /// Of two sets in canonical form.
    pub fn of(old: &'a Value, new: &'a Value) -> Self {
        let mut changes = Self::default();
        let (before, after) = (templates(old), templates(new));
        for (name, template) in &after {
            match find(&before, name) {
                Some(old) => changes.compare(name, old, template),
                None => changes.added.push(name),
            }
        }
        let names = before.iter().map(|(name, _)| *name);
        changes.removed = names.filter(|name| find(&after, name).is_none()).collect();
        changes
    }

    /// The claim templates have other names: no Pod that runs has what they ask for.
    pub fn is_renamed(&self) -> bool {
        !self.added.is_empty() && !self.removed.is_empty()
    }

    fn compare(&mut self, template: &'a str, old: &'a Value, new: &'a Value) {
        let (was, is) = (storage(old), storage(new));
        if let (Some(was), Some(is)) = (was, is)
            && let Some(order) = order(is, was)
        {
            let class = old.pointer("/spec/storageClassName").and_then(Value::as_str);
            let resized = Resized {
                template,
                old: was,
                new: is,
                class,
            };
            match order {
                Ordering::Greater => self.grown.push(resized),
                Ordering::Less => self.shrunk.push(resized),
                Ordering::Equal => {}
            }
        }
        let mut fields: Vec<&str> = Vec::new();
        for room in ["spec", "metadata"] {
            let (old, new) = (old.get(room).unwrap_or(&NULL), new.get(room).unwrap_or(&NULL));
            for name in [new, old]
                .into_iter()
                .filter_map(Value::as_object)
                .flat_map(Map::keys)
            {
                let (was, is) = (old.get(name).unwrap_or(&NULL), new.get(name).unwrap_or(&NULL));
                let is_same = match name.as_str() {
                    "resources" => without_storage(was) == without_storage(is),
                    _ => was == is,
                };
                if !is_same && !fields.contains(&name.as_str()) {
                    fields.push(name);
                }
            }
        }
        if !fields.is_empty() {
            self.others.push((template, fields));
        }
    }
}

/// The templates with their names; of templates with the same name the last counts.
fn templates(set: &Value) -> Vec<(&str, &Value)> {
    let list = set
        .pointer("/spec/volumeClaimTemplates")
        .and_then(Value::as_array);
    let mut templates: Vec<(&str, &Value)> = Vec::new();
    for template in list.into_iter().flatten() {
        if let Some(name) = template.pointer("/metadata/name").and_then(Value::as_str) {
            templates.retain(|(other, _)| *other != name);
            templates.push((name, template));
        }
    }
    templates
}

fn find<'a>(templates: &[(&'a str, &'a Value)], name: &str) -> Option<&'a Value> {
    templates
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, template)| *template)
}

fn storage(template: &Value) -> Option<&str> {
    template
        .pointer("/spec/resources/requests/storage")
        .and_then(Value::as_str)
}

/// How two quantities compare; nothing where one is none.
pub(crate) fn order(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (Quantity::parse(one).ok()?, Quantity::parse(other).ok()?);
    Some(one.compare(&other))
}

fn without_storage(resources: &Value) -> Value {
    let mut resources = resources.clone();
    if let Some(Value::Object(requests)) = resources.get_mut("requests") {
        requests.remove("storage");
    }
    resources
}
