//! Smaller sets: a counterexample loses all that it does not need.

use serde_json::Value;

/// The smallest set found for which `differs` still holds.
pub fn smallest(set: &Value, mut differs: impl FnMut(&Value) -> bool) -> Value {
    let mut best = set.clone();
    loop {
        let next = places(&best).into_iter().rev().find_map(|place| {
            let smaller = without(&best, &place)?;
            differs(&smaller).then_some(smaller)
        });
        match next {
            Some(next) => best = next,
            None => return best,
        }
    }
}

/// Pointers to all that can be left out; the biggest last.
fn places(value: &Value) -> Vec<String> {
    let mut places = Vec::new();
    collect(value, "", &mut places);
    places.retain(|place| {
        !matches!(
            place.as_str(),
            "/metadata/name" | "/metadata/namespace" | "/metadata"
        )
    });
    places
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut visit = |step: &str, value: &Value| {
        let place = format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"));
        collect(value, &place, places);
        places.push(place);
    };
    match value {
        Value::Object(entries) => entries.iter().for_each(|(name, value)| visit(name, value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| visit(&at.to_string(), value)),
        _ => {}
    }
}

fn without(value: &Value, place: &str) -> Option<Value> {
    let mut smaller = value.clone();
    let (parent, step) = place.rsplit_once('/')?;
    let step = step.replace("~1", "/").replace("~0", "~");
    match smaller.pointer_mut(parent)? {
        Value::Object(entries) => drop(entries.remove(&step)?),
        Value::Array(items) => drop(items.remove(step.parse().ok()?)),
        _ => return None,
    }
    Some(smaller)
}
