//! Kubernetes lists: one object for each item.

use serde_json::{Map, Value};

use super::document::{Document, Object};
use super::field;

/// Takes the objects out of documents: a `List`, or a list of one kind such as a `PodList`, gives its items, in
/// order, lists inside lists too. An item that lacks `kind` and `apiVersion` gets them from a list of one kind,
/// as apimachinery's `unstructuredJSONScheme` does for what an API server returns.
///
/// Everything else is one object, also what has neither kind nor apiVersion: that is for the caller to judge.
pub fn objects(documents: Vec<Document>) -> Vec<Object> {
    let mut found = Vec::new();
    for Document { value, source, .. } in documents {
        let mut open = vec![Object {
            value,
            path: String::new(),
            source,
        }];
        while let Some(mut object) = open.pop() {
            let Some(list) = List::of(&mut object.value) else {
                found.push(object);
                continue;
            };
            let items = list.items.into_iter().enumerate().map(|(index, mut value)| {
                name(&mut value, &list.item_kind, &list.api_version);
                let mut path = object.path.clone();
                field::push_name(&mut path, "items");
                field::push_index(&mut path, index);
                Object {
                    value,
                    path,
                    source: object.source.clone(),
                }
            });
            let mut items: Vec<Object> = items.collect();
            items.reverse();
            open.append(&mut items);
        }
    }
    found
}

struct List {
    items: Vec<Value>,
    /// Empty for a `List` of anything.
    item_kind: String,
    api_version: String,
}

impl List {
    /// Takes the items out of a value, where it is a list.
    fn of(value: &mut Value) -> Option<Self> {
        let item_kind = value.get("kind")?.as_str()?.strip_suffix("List")?.to_owned();
        let api_version = value
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let items = match value.get_mut("items")?.take() {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            other => {
                value.as_object_mut()?.insert("items".to_owned(), other);
                return None;
            }
        };
        Some(Self {
            items,
            item_kind,
            api_version,
        })
    }
}

/// Only an item that has neither gets both, as in Go.
fn name(item: &mut Value, kind: &str, api_version: &str) {
    let Some(item) = item.as_object_mut() else { return };
    let lacks = |item: &Map<String, Value>, key| item.get(key).is_none_or(|v| v.is_null() || v == "");
    if !kind.is_empty() && lacks(item, "kind") && lacks(item, "apiVersion") {
        item.insert("kind".to_owned(), kind.into());
        item.insert("apiVersion".to_owned(), api_version.into());
    }
}
