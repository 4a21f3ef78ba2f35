//! Smaller worlds: what is tried to make a counterexample readable.

use super::go_form::revision_name;
use super::object::remove;
use serde_json::{Value, json};

/// The parts of an observation that hold objects.
const PARTS: [&str; 4] = [
    "pods",
    "persistentVolumeClaims",
    "controllerRevisions",
    "statefulSet",
];

/// Fields that an API server always returns, or without which an object is another one.
#[rustfmt::skip]
const KEPT: [&str; 75] = [
    "$patch", "accessModes", "apiVersion", "availableReplicas", "claimName", "configMap", "containerPort",
    "containers", "creationTimestamp", "data", "defaultMode", "deletionGracePeriodSeconds", "dnsPolicy",
    "emptyDir", "enableServiceLinks", "ephemeral", "expirationSeconds", "failureThreshold", "fieldPath",
    "fieldRef", "httpGet", "image", "imagePullPolicy", "key", "kind", "lastProbeTime", "lastTransitionTime",
    "matchLabels", "maxUnavailable", "metadata", "mountPath", "name", "namespace", "operator", "partition",
    "path", "periodSeconds", "persistentVolumeClaim", "persistentVolumeClaimRetentionPolicy", "phase",
    "podIP", "podIPs", "podManagementPolicy", "port", "projected", "protocol", "replicas", "requests",
    "resources", "restartPolicy", "revision", "revisionHistoryLimit", "schedulerName", "scheme",
    "securityContext", "selector", "serviceAccount", "serviceAccountName", "serviceName", "sources", "spec",
    "status", "successThreshold", "template", "terminationGracePeriodSeconds", "terminationMessagePath",
    "terminationMessagePolicy", "timeoutSeconds", "type", "uid", "updateStrategy", "volumeClaimTemplate",
    "volumeMode",
    "whenDeleted", "whenScaled",
];

/// Plain values of fields that have one: where, which, what.
fn plain_values() -> [(&'static str, &'static str, Value); 9] {
    let spec = "/statefulSet/spec";
    let rolling = "/statefulSet/spec/updateStrategy/rollingUpdate";
    let pod = "/statefulSet/spec/template/spec";
    let strategy = json!({"rollingUpdate": {"maxUnavailable": 1, "partition": 0}, "type": "RollingUpdate"});
    let retention = json!({"whenDeleted": "Retain", "whenScaled": "Retain"});
    [
        (spec, "updateStrategy", strategy),
        (rolling, "partition", json!(0)),
        (rolling, "maxUnavailable", json!(1)),
        (spec, "podManagementPolicy", json!("OrderedReady")),
        (spec, "revisionHistoryLimit", json!(10)),
        (spec, "persistentVolumeClaimRetentionPolicy", retention),
        (spec, "selector", json!({"matchLabels": {"app": "web"}})),
        (pod, "terminationGracePeriodSeconds", json!(30)),
        (pod, "securityContext", json!({})),
    ]
}

/// Objects in the lists up to which single fields are tried.
const FEW: usize = 24;

/// Smaller worlds than this one, the smallest first; always the same for the same world. Each is a world that an API
/// server could return if this one was: a change to the template is made in every revision too, and the revisions are
/// renamed with it.
pub fn shrink(observation: &Value) -> Vec<Value> {
    edits(observation)
        .iter()
        .filter_map(|edit| applied(observation, edit))
        .collect()
}

/// The smallest world found by taking away one thing after another for as long as `still_fails` holds. It is asked
/// at most 20,000 times; the world itself is taken to fail.
pub fn minimise(observation: &Value, mut still_fails: impl FnMut(&Value) -> bool) -> Value {
    let mut smallest = observation.clone();
    let mut asked = 0;
    loop {
        let before = smallest.clone();
        let mut todo = edits(&smallest);
        let mut next = 0;
        while let Some(edit) = todo.get(next) {
            match applied(&smallest, edit) {
                Some(_) if asked >= 20_000 => return smallest,
                Some(candidate) => {
                    asked += 1;
                    if still_fails(&candidate) {
                        smallest = candidate;
                        todo = edits(&smallest);
                    } else {
                        next += 1;
                    }
                }
                None => next += 1,
            }
        }
        if smallest == before {
            return smallest;
        }
    }
}

enum Edit {
    /// Takes `count` objects out of a list, from this one on.
    Drop {
        list: &'static str,
        first: usize,
        count: usize,
    },
    /// Takes the field or element of this name away from what the pointer points at.
    Remove { parent: String, key: String },
    /// Gives a field another value.
    Set {
        parent: String,
        key: String,
        value: Value,
    },
}

fn edits(observation: &Value) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut objects = 0;
    for list in PARTS {
        let length = observation[list].as_array().map_or(0, Vec::len);
        objects += length;
        let mut count = length;
        while count > 0 {
            edits.extend(
                (0..length)
                    .step_by(count)
                    .map(|first| Edit::Drop { list, first, count }),
            );
            count /= 2;
        }
    }
    let replicas = observation["statefulSet"]["spec"]["replicas"]
        .as_i64()
        .unwrap_or(0);
    for fewer in [0, replicas / 2, replicas - 1] {
        if (0..replicas).contains(&fewer) {
            edits.push(set("/statefulSet/spec", "replicas", json!(fewer)));
        }
    }
    if let Some((whole, _)) = observation["now"].as_str().and_then(|now| now.split_once('.')) {
        edits.push(set("", "now", json!(format!("{whole}Z"))));
    }
    edits.extend(plain_values().map(|(parent, key, value)| set(parent, key, value)));
    if objects <= FEW {
        for list in PARTS {
            removals(&observation[list], &format!("/{list}"), &mut edits);
        }
    }
    edits
}

fn set(parent: &str, key: &str, value: Value) -> Edit {
    Edit::Set {
        parent: parent.to_string(),
        key: key.to_string(),
        value,
    }
}

/// Every field and element below a value that may go, outer ones first. The objects of the lists themselves are
/// dropped elsewhere; revision data follows the template.
fn removals(value: &Value, at: &str, edits: &mut Vec<Edit>) {
    let removal = |key: String| Edit::Remove {
        parent: at.to_string(),
        key,
    };
    let mut inner = Vec::new();
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                if !KEPT.contains(&key.as_str()) && fields.len() > 1 {
                    edits.push(removal(key.clone()));
                }
                if !["data", "limits", "requests"].contains(&key.as_str()) {
                    inner.push((format!("{at}/{escaped}"), field));
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if items.len() > 1 && at.matches('/').count() > 1 {
                    edits.push(removal(index.to_string()));
                }
                inner.push((format!("{at}/{index}"), item));
            }
        }
        _ => {}
    }
    for (at, field) in inner {
        removals(field, &at, edits);
    }
}

/// The world after an edit; nothing if it is the same world, or two objects would have one name.
fn applied(observation: &Value, edit: &Edit) -> Option<Value> {
    let mut world = observation.clone();
    match edit {
        Edit::Drop { list, first, count } => {
            let items = world.get_mut(*list)?.as_array_mut()?;
            items.drain(*first..items.len().min(first + count));
        }
        Edit::Remove { parent, key } => edit_all(&mut world, parent, &|inside| match inside {
            Value::Array(items) => {
                if let Some(index) = key.parse().ok().filter(|index: &usize| *index < items.len()) {
                    items.remove(index);
                }
            }
            other => remove(other, key),
        }),
        Edit::Set { parent, key, value } => edit_all(&mut world, parent, &|inside| {
            if let Some(field) = inside.get_mut(key) {
                *field = value.clone();
            }
        }),
    }
    (world != *observation && names_differ(&world)).then_some(world)
}

/// Edits what the pointer points at; inside the template, in every revision's template too.
fn edit_all(world: &mut Value, pointer: &str, edit: &dyn Fn(&mut Value)) {
    if let Some(inside) = world.pointer_mut(pointer) {
        edit(inside);
    }
    let Some(below) = pointer.strip_prefix("/statefulSet/spec/template") else {
        return;
    };
    let set = world["statefulSet"]["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_string();
    let counted = world["statefulSet"]["status"]["collisionCount"].as_i64();
    let mut renamed = Vec::new();
    for revision in world["controllerRevisions"].as_array_mut().into_iter().flatten() {
        let before = revision["data"].clone();
        if let Some(inside) = revision.pointer_mut(&format!("/data/spec/template{below}")) {
            edit(inside);
        }
        for collisions in (0..=3).chain(counted) {
            let (old, new) = (
                revision_name(&set, &before, collisions),
                revision_name(&set, &revision["data"], collisions),
            );
            renamed.extend([(old.0, new.0), (old.1, new.1)]);
        }
    }
    for part in PARTS {
        rename(&mut world[part], &renamed);
    }
}

fn rename(value: &mut Value, renamed: &[(String, String)]) {
    match value {
        Value::String(text) => {
            if let Some((_, new)) = renamed.iter().find(|(old, _)| old == text) {
                text.clone_from(new);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        Value::Object(fields) => {
            fields
                .iter_mut()
                .filter(|(key, _)| *key != "data")
                .for_each(|(_, field)| rename(field, renamed));
        }
        _ => {}
    }
}

fn names_differ(world: &Value) -> bool {
    let revisions = world["controllerRevisions"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut names: Vec<_> = revisions
        .iter()
        .map(|one| {
            (
                one["metadata"]["namespace"].as_str(),
                one["metadata"]["name"].as_str(),
            )
        })
        .collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::super::{revision_name, world};
    use super::{minimise, shrink};
    use serde_json::{Value, json};

    fn failed_pods(world: &Value) -> usize {
        world["pods"].as_array().map_or(0, |pods| {
            pods.iter()
                .filter(|pod| pod["status"]["phase"] == "Failed")
                .count()
        })
    }

    fn revision_names_hold(world: &Value) -> bool {
        let set = world["statefulSet"]["metadata"]["name"]
            .as_str()
            .unwrap_or_default();
        let revisions = world["controllerRevisions"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        revisions.iter().all(|one| {
            (0..=3).any(|c| one["metadata"]["name"] == json!(revision_name(set, &one["data"], c).0))
        })
    }

    #[test]
    fn only_what_fails_is_left() {
        let found = (0..500).map(|seed| world(seed).observation).find(|world| {
            failed_pods(world) > 0 && world["pods"].as_array().is_some_and(|pods| pods.len() > 2)
        });
        let smallest = minimise(&found.unwrap_or_default(), |world| failed_pods(world) > 0);
        assert_eq!(failed_pods(&smallest), 1);
        assert_eq!(smallest["pods"].as_array().map(Vec::len), Some(1));
        assert_eq!(smallest["controllerRevisions"], json!([]));
        assert_eq!(smallest["persistentVolumeClaims"], json!([]));
        assert_eq!(smallest["statefulSet"]["spec"]["replicas"], json!(0));
        assert_eq!(
            smallest["statefulSet"]["spec"]["template"]["spec"].get("volumes"),
            None
        );
        assert_eq!(smallest["pods"][0]["metadata"].get("labels"), None);
    }

    #[test]
    fn no_proposal_is_the_world_itself_and_none_breaks_the_names_of_revisions() {
        let worlds = (0..150)
            .map(world)
            .filter(|world| world.notes.len() == 1)
            .map(|world| world.observation);
        let mut simpler = 0;
        for world in worlds.filter(revision_names_hold) {
            for smaller in shrink(&world) {
                assert_ne!(smaller, world);
                assert!(revision_names_hold(&smaller), "{smaller}");
                simpler += usize::from(
                    smaller["statefulSet"]["spec"]["template"] != world["statefulSet"]["spec"]["template"],
                );
            }
        }
        assert!(simpler > 50, "only {simpler} simpler templates");
    }
}
