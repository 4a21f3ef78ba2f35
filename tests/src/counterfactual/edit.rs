//! The edits of an observation that grants are made of.

use serde_json::{Value, json};
use steadfast_core::Timestamp;

/// Long before anything: every minReadySeconds has passed since then.
const LONG_AGO: &str = "1900-01-01T00:00:00Z";

/// The set's namespace.
pub fn namespace(observation: &Value) -> String {
    namespace_of(&observation["statefulSet"]).to_owned()
}

fn namespace_of(object: &Value) -> &str {
    match object["metadata"]["namespace"].as_str() {
        None | Some("") => "default",
        Some(namespace) => namespace,
    }
}

/// The object of this name among `list`, in the set's namespace.
pub fn find<'a>(observation: &'a mut Value, list: &str, name: &str) -> Option<&'a mut Value> {
    let namespace = namespace(observation);
    observation
        .get_mut(list)?
        .as_array_mut()?
        .iter_mut()
        .find(|object| object["metadata"]["name"] == name && namespace_of(object) == namespace)
}

/// Whether the set controls the Pod of this name.
pub fn is_controlled(observation: &Value, name: &str) -> bool {
    let uid = &observation["statefulSet"]["metadata"]["uid"];
    pods(observation, name)
        .flat_map(|pod| {
            pod["metadata"]["ownerReferences"]
                .as_array()
                .into_iter()
                .flatten()
        })
        .any(|owner| owner["controller"] == true && owner["uid"] == *uid)
}

/// Whether there is a Pod of this name.
pub fn is_there(observation: &Value, name: &str) -> bool {
    pods(observation, name).next().is_some()
}

fn pods<'a>(observation: &'a Value, name: &'a str) -> impl Iterator<Item = &'a Value> {
    let namespace = namespace(observation);
    let pods = observation["pods"].as_array().into_iter().flatten();
    pods.filter(move |pod| pod["metadata"]["name"] == name && namespace_of(pod) == namespace)
}

/// Whether the Pod of this name has a phase.
pub fn has_phase(observation: &Value, name: &str) -> bool {
    pods(observation, name).any(|pod| {
        pod["status"]["phase"]
            .as_str()
            .is_some_and(|phase| !phase.is_empty())
    })
}

/// Takes the object of this name out of `list`.
pub fn remove(observation: &mut Value, list: &str, name: &str) {
    let namespace = namespace(observation);
    if let Some(objects) = observation.get_mut(list).and_then(Value::as_array_mut) {
        objects.retain(|object| object["metadata"]["name"] != name || namespace_of(object) != namespace);
    }
}

/// Puts an object into `list`, in the place of one of its name.
pub fn put(observation: &mut Value, list: &str, object: Value) {
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    remove(observation, list, &name);
    if !observation[list].is_array() {
        observation[list] = json!([]);
    }
    observation[list].as_array_mut().expect("a list").push(object);
}

/// Takes a field away.
pub fn strip(object: &mut Value, key: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(key);
    }
}

/// Makes a Pod Running and Ready since long ago.
pub fn make_available(pod: &mut Value) {
    if !pod["status"].is_object() {
        pod["status"] = json!({});
    }
    let status = &mut pod["status"];
    status["phase"] = json!("Running");
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let conditions = status["conditions"].as_array_mut().expect("a list");
    let ready =
        json!({"lastProbeTime": null, "lastTransitionTime": LONG_AGO, "status": "True", "type": "Ready"});
    match conditions
        .iter_mut()
        .find(|condition| condition["type"] == "Ready")
    {
        Some(condition) => *condition = ready,
        None => conditions.push(ready),
    }
}

/// Since when a ready Pod is ready is long ago.
pub fn make_ready_long_ago(pod: &mut Value) {
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Ready" {
            condition["lastTransitionTime"] = json!(LONG_AGO);
        }
    }
}

/// An object is not being deleted.
pub fn undelete(object: &mut Value) {
    for key in ["deletionTimestamp", "deletionGracePeriodSeconds"] {
        strip(&mut object["metadata"], key);
    }
}

/// An annotation that nobody looks at.
pub const IRRELEVANT: &str = "example.com/irrelevant";

/// Writes it.
pub fn annotate(object: &mut Value) {
    if !object["metadata"]["annotations"].is_object() {
        object["metadata"]["annotations"] = json!({});
    }
    object["metadata"]["annotations"][IRRELEVANT] = json!("yes");
}

/// One nanosecond before `moment`, which has no fraction.
pub fn just_before(moment: Timestamp) -> Timestamp {
    Timestamp::new(moment.seconds() - 1, 999_999_999)
}
