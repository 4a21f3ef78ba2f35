//! Whether two decisions are the same. Only what is random upstream is sorted, and only what is deliberately ours is
//! left out; `docs/conformance.md` lists both.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use steadfast_core::Plan;

/// The first difference between what upstream did and what the plan says, or nothing.
pub fn difference(upstream: &Value, plan: &Plan) -> Option<String> {
    if let Some(crash) = upstream.get("crash") {
        return Some(format!("upstream crashed: {crash}"));
    }
    let ours = serde_json::to_value(plan).expect("a plan is JSON");
    actions(upstream, &ours)
        .or_else(|| error(upstream, plan))
        .or_else(|| status(upstream, &ours))
        .or_else(|| requeue(upstream, &ours))
}

fn actions(upstream: &Value, ours: &Value) -> Option<String> {
    let mut theirs: Vec<Value> = Vec::new();
    for action in upstream["actions"].as_array().into_iter().flatten() {
        let action = normal(action);
        // A call that was refused is a wait here; a repeated one is not repeated here.
        let is_claim_or_pod = action["type"].as_str().is_some_and(|t| !t.ends_with("Revision"));
        if action.get("refused").is_some() || (is_claim_or_pod && theirs.contains(&action)) {
            continue;
        }
        theirs.push(action);
    }
    let ours: Vec<(u64, Option<&str>, Value)> = ours["actions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|action| {
            (
                action["batch"].as_u64().unwrap_or_default(),
                action["pod"].as_str(),
                normal(action),
            )
        })
        .collect();
    let mut rest = theirs.as_slice();
    for batch in ours.chunk_by(|one, next| one.0 == next.0) {
        let (now, later) = rest.split_at(batch.len().min(rest.len()));
        rest = later;
        if let Some(difference) = batch_difference(now, batch) {
            return Some(format!("batch {}: {difference}", batch[0].0));
        }
    }
    rest.first()
        .map(|action| format!("upstream goes on with {}", short(action)))
}

/// Inside a batch the Pods' goroutines run at once, so only the order of each Pod's own actions counts.
fn batch_difference(theirs: &[Value], ours: &[(u64, Option<&str>, Value)]) -> Option<String> {
    let name = |action: &Value| (action["type"].to_string(), action["name"].to_string());
    let mut pods: BTreeMap<Option<&str>, Vec<&Value>> = BTreeMap::new();
    let (mut pod_of, mut exactly) = (BTreeMap::new(), BTreeMap::new());
    for (_, pod, action) in ours {
        pods.entry(*pod).or_default().push(action);
        pod_of.insert(name(action), *pod);
        // Two Pods of one ordinal may write the same claim, each in its own way.
        exactly.insert(action.to_string(), *pod);
    }
    let mut by_pod: BTreeMap<Option<&str>, Vec<&Value>> = BTreeMap::new();
    for action in theirs {
        match exactly
            .get(&action.to_string())
            .or_else(|| pod_of.get(&name(action)))
        {
            Some(pod) => by_pod.entry(*pod).or_default().push(action),
            None => return Some(format!("upstream does {}, the plan does not", short(action))),
        }
    }
    for (pod, mut ours) in pods {
        let mut theirs = by_pod.remove(&pod).unwrap_or_default();
        sort_claims(&mut ours);
        sort_claims(&mut theirs);
        for at in 0..ours.len().max(theirs.len()) {
            match (theirs.get(at), ours.get(at)) {
                (Some(theirs), Some(ours)) if theirs == ours => {}
                (Some(theirs), Some(ours)) => return Some(unlike(theirs, ours)),
                (None, Some(ours)) => {
                    return Some(format!("the plan does {}, upstream does not", short(ours)));
                }
                (Some(theirs), None) => {
                    return Some(format!("upstream does {}, the plan does not", short(theirs)));
                }
                (None, None) => {}
            }
        }
    }
    None
}

/// Upstream creates the claims of a Pod in the random order of a Go map.
fn sort_claims(actions: &mut [&Value]) {
    for run in actions.chunk_by_mut(|one, next| one["type"] == next["type"]) {
        if run[0]["type"] == "CreatePersistentVolumeClaim" {
            run.sort_by_key(|action| action["name"].to_string());
        }
    }
}

/// An action without what only one side has, and with what is random upstream sorted.
fn normal(action: &Value) -> Value {
    let mut normal = Map::new();
    let kind = action["type"].as_str().unwrap_or_default();
    for key in ["type", "name", "uid", "object", "patch", "refused"] {
        // A precondition on a revision is ours alone.
        if let Some(value) = action.get(key).filter(|_| key != "uid" || kind == "DeletePod") {
            normal.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(object) = normal.get_mut("object") {
        if kind == "CreateControllerRevision" {
            // Upstream gives the namespace in the URL only.
            object["metadata"]
                .as_object_mut()
                .map(|metadata| metadata.remove("namespace"));
        }
        if let Some(volumes) = object.pointer_mut("/spec/volumes").and_then(Value::as_array_mut) {
            volumes.sort_by_key(|volume| volume["name"].to_string());
        }
    }
    Value::Object(normal)
}

fn error(upstream: &Value, plan: &Plan) -> Option<String> {
    match (upstream.get("error"), plan.is_retry()) {
        (Some(_), true) | (None, false) => None,
        (Some(error), false) => Some(format!("upstream fails: {error}; the plan asks for no retry")),
        (None, true) => Some(format!(
            "the plan asks for a retry, upstream does not fail: {:?}",
            plan.waits
        )),
    }
}

fn status(upstream: &Value, ours: &Value) -> Option<String> {
    let (theirs_written, ours_written) = (&upstream["statusWritten"], &ours["statusChanged"]);
    if theirs_written != ours_written {
        return Some(format!(
            "status written: upstream {theirs_written}, the plan {ours_written}\n  upstream: {}\n  the plan: {}",
            upstream["status"], ours["status"]
        ));
    }
    let (Some(theirs), Some(ours)) = (upstream.get("status"), ours.get("status")) else {
        return None;
    };
    let (mut theirs, ours) = (theirs.clone(), ours.clone());
    // The time of a changed condition is the real clock upstream.
    for (at, condition) in theirs["conditions"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if condition["type"] == "Progressing" {
            condition["lastTransitionTime"] = ours["conditions"][at]["lastTransitionTime"].clone();
        }
    }
    // Counters that are 0 may be left out or written.
    let filled = |status: &Value| {
        let mut filled = json!({"readyReplicas": 0, "currentReplicas": 0, "updatedReplicas": 0,
            "availableReplicas": 0, "observedGeneration": 0, "currentRevision": "", "updateRevision": ""});
        let entries = status.as_object().cloned().unwrap_or_default();
        filled
            .as_object_mut()
            .expect("a mapping")
            .extend(entries.into_iter().filter(|(_, v)| !v.is_null()));
        filled
    };
    let (theirs, ours) = (filled(&theirs), filled(&ours));
    (theirs != ours).then(|| format!("status{}", paths(&theirs, &ours)))
}

fn requeue(upstream: &Value, ours: &Value) -> Option<String> {
    let after = |side: &Value| side.get("requeueAfterSeconds").and_then(Value::as_f64);
    let is_same = match (after(upstream), after(ours)) {
        (Some(theirs), Some(ours)) => (theirs - ours).abs() < 1e-6,
        (None, None) => true,
        _ => false,
    };
    (!is_same).then(|| {
        format!(
            "requeue: upstream {:?}, the plan {:?}",
            after(upstream),
            after(ours)
        )
    })
}

/// Two actions in one place that are not the same.
fn unlike(theirs: &Value, ours: &Value) -> String {
    if short(theirs) != short(ours) {
        return format!("upstream does {}, the plan {}", short(theirs), short(ours));
    }
    format!("{}{}", short(ours), paths(theirs, ours))
}

/// How many differing fields are named.
const FIELDS: usize = 8;

/// The fields in which two values differ, each in a line.
fn paths(theirs: &Value, ours: &Value) -> String {
    let mut fields = Vec::new();
    collect(theirs, ours, "", &mut fields);
    let more = if fields.len() > FIELDS { "\n  ..." } else { "" };
    fields.truncate(FIELDS);
    fields.concat() + more
}

fn collect(theirs: &Value, ours: &Value, at: &str, fields: &mut Vec<String>) {
    match (theirs, ours) {
        (theirs, ours) if theirs == ours => {}
        (Value::Object(one), Value::Object(other)) => {
            for key in one
                .keys()
                .chain(other.keys().filter(|key| !one.contains_key(*key)))
            {
                let at = format!("{at}/{key}");
                match (one.get(key), other.get(key)) {
                    (Some(theirs), Some(ours)) => collect(theirs, ours, &at, fields),
                    (Some(theirs), None) => fields.push(field(&at, &theirs.to_string(), "nothing")),
                    (_, ours) => fields.push(field(
                        &at,
                        "nothing",
                        &ours.map(Value::to_string).unwrap_or_default(),
                    )),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (theirs, ours)) in one.iter().zip(other).enumerate() {
                collect(theirs, ours, &format!("{at}/{index}"), fields);
            }
        }
        (theirs, ours) => fields.push(field(at, &theirs.to_string(), &ours.to_string())),
    }
}

fn field(at: &str, theirs: &str, ours: &str) -> String {
    format!("\n  {at}: upstream {theirs:.400}, the plan {ours:.400}")
}

fn short(action: &Value) -> String {
    format!(
        "{} {}",
        action["type"].as_str().unwrap_or("?"),
        action["name"].as_str().unwrap_or("?")
    )
}
