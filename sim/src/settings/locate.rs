//! Reading settings so that every error has the path of its field: serde alone says what is wrong, but not where.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use steadfast_core::sorted::SortedSet;
use steadfast_core::{Cause, CauseType, Error};

use super::{
    Absent, BackOff, Behaviour, MOST_NODES, NodeSetting, NodesSetting, Settings, StorageClassSetting,
};

/// Reads `value`; each field that is at fault is a cause.
pub(super) fn parse(value: &Value) -> Result<Settings, Error> {
    let Value::Object(entries) = value else {
        return Err(Error::invalid(vec![Cause::wrong_type(
            "settings",
            value,
            "a mapping",
        )]));
    };
    // Serde would take a list for a mapping, field by field.
    let mut causes = Vec::new();
    for key in ["nodes", "storageClasses", "absent", "behaviours"] {
        let items = entries.get(key).and_then(Value::as_array).into_iter().flatten();
        let wrong = items.enumerate().filter(|(_, item)| !item.is_object());
        causes.extend(
            wrong.map(|(at, item)| Cause::wrong_type(format!("settings.{key}[{at}]"), item, "a mapping")),
        );
    }
    for key in ["crashBackOff", "pullBackOff"] {
        let wrong = entries.get(key).filter(|entry| !entry.is_object());
        causes.extend(wrong.map(|entry| Cause::wrong_type(format!("settings.{key}"), entry, "a mapping")));
    }
    if !causes.is_empty() {
        return Err(Error::invalid(causes));
    }
    if let Ok(settings) = serde_json::from_value(value.clone()) {
        return Ok(settings);
    }
    for (key, entry) in entries {
        let path = format!("settings.{key}");
        match (key.as_str(), entry) {
            ("nodes", Value::Array(items)) => each::<NodeSetting>(items, &path, &mut causes),
            ("nodes", _) if serde_json::from_value::<NodesSetting>(entry.clone()).is_err() => {
                causes.push(Cause::invalid(
                    path,
                    entry,
                    "must be a number of nodes or a list of them",
                ));
            }
            ("storageClasses", Value::Array(items)) => each::<StorageClassSetting>(items, &path, &mut causes),
            ("absent", Value::Array(items)) => each::<Absent>(items, &path, &mut causes),
            ("behaviours", Value::Array(items)) => each::<Behaviour>(items, &path, &mut causes),
            ("crashBackOff" | "pullBackOff", Value::Object(_)) => item::<BackOff>(entry, &path, &mut causes),
            // Every other field stands for itself, so it can be read alone.
            _ => {
                let alone = Value::Object(Map::from_iter([(key.clone(), entry.clone())]));
                if let Err(error) = serde_json::from_value::<Settings>(alone) {
                    causes.push(cause(&path, entry, &error.to_string()));
                }
            }
        }
    }
    Err(Error::invalid(causes))
}

/// What the types let through and a cluster cannot have.
pub(super) fn check(settings: &Settings) -> Result<(), Error> {
    let mut causes = Vec::new();
    if settings.jitter > 100 {
        causes.push(Cause::invalid(
            "settings.jitter",
            &settings.jitter.into(),
            "must be at most 100",
        ));
    }
    if let NodesSetting::Count(count) = settings.nodes
        && count > MOST_NODES
    {
        let detail = format!("must be at most {MOST_NODES}");
        causes.push(Cause::invalid("settings.nodes", &count.into(), detail));
    }
    if let NodesSetting::List(nodes) = &settings.nodes {
        duplicates("nodes", nodes.iter().map(|node| node.name.as_str()), &mut causes);
    }
    let classes = settings.storage_classes.iter().map(|class| class.name.as_str());
    duplicates("storageClasses", classes, &mut causes);
    if causes.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(causes))
    }
}

fn duplicates<'a>(list: &str, names: impl Iterator<Item = &'a str>, causes: &mut Vec<Cause>) {
    let mut seen = SortedSet::new();
    for (at, name) in names.enumerate() {
        if !seen.insert(name) {
            let cause = Cause::of(
                format!("settings.{list}[{at}].name"),
                CauseType::FieldValueDuplicate,
                "",
            );
            causes.push(Cause {
                value: Some(name.into()),
                ..cause
            });
        }
    }
}

fn each<T: DeserializeOwned>(items: &[Value], path: &str, causes: &mut Vec<Cause>) {
    for (at, value) in items.iter().enumerate() {
        item::<T>(value, &format!("{path}[{at}]"), causes);
    }
}

fn item<T: DeserializeOwned>(value: &Value, path: &str, causes: &mut Vec<Cause>) {
    let Err(error) = serde_json::from_value::<T>(value.clone()) else {
        return;
    };
    let message = error.to_string();
    let Value::Object(entries) = value else { return };
    if let Some(name) = quoted(&message, "missing field `") {
        causes.push(Cause::required(format!("{path}.{name}")));
        return;
    }
    if let Some(name) = quoted(&message, "forbidden field `") {
        let detail = "does not belong to this `what`";
        causes.push(Cause::of(
            format!("{path}.{name}"),
            CauseType::FieldValueForbidden,
            detail,
        ));
        return;
    }
    // The field without which the item is right, or only lacks that field, is the one at fault.
    for (key, entry) in entries {
        let mut without = entries.clone();
        without.remove(key);
        let lacks = match serde_json::from_value::<T>(Value::Object(without)) {
            Ok(_) => true,
            Err(error) => quoted(&error.to_string(), "missing field `") == Some(key),
        };
        if lacks {
            causes.push(cause(&format!("{path}.{key}"), entry, &message));
            return;
        }
    }
    causes.push(cause(path, value, &message));
}

/// Serde's message without its Rust names.
fn cause(path: &str, value: &Value, message: &str) -> Cause {
    let detail = match message.split_once(", expected ") {
        Some((found, _)) if found.starts_with("unknown field") => "unknown field".to_owned(),
        Some((found, expected)) if found.starts_with("unknown variant") => {
            format!("must be one of {}", list(expected))
        }
        Some((_, expected)) => match expected {
            "u64" | "u32" | "u8" => "must be a whole number from 0 up".to_owned(),
            expected => format!("must be {}", list(expected)),
        },
        None => message.to_owned(),
    };
    let shown = (!value.is_array() && !value.is_object()).then(|| value.clone());
    Cause {
        value: shown,
        ..Cause::of(path, CauseType::FieldValueInvalid, detail)
    }
}

fn list(expected: &str) -> &str {
    expected.strip_prefix("one of ").unwrap_or(expected)
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message
        .strip_prefix(before)?
        .split_once('`')
        .map(|(name, _)| name)
}
