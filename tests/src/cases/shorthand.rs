//! The shorthand of a world: a few words for each object, expanded to what an API server returns.
//!
//! `cases/README.md` has the words. Everything here is written apart from the library under test: revision names
//! come from [`crate::worlds::revision_name`].

use std::collections::BTreeMap;

use serde_json::{Value, json};
use steadfast_core::Profile;

mod claims;
mod fields;
mod pods;
mod revisions;
mod set;
mod words;

use fields::Fields;
pub use revisions::Names;

/// When every case happens, unless it says `now`.
pub const NOW: &str = "2026-11-21T00:00:00Z";

/// What only explanations read, in full; absent is unknown.
const AROUND: [&str; 4] = ["services", "nodes", "podDisruptionBudgets", "workloads"];

/// An expanded world.
pub struct World {
    /// The observation of the wire contract.
    pub observation: Value,
    /// The words for revisions.
    pub names: Names,
}

/// What all parts of a world are made from.
struct Plot {
    now: i64,
    set: Value,
    names: Names,
}

/// Expands a case's input for a version of Kubernetes: until 1.33 the bytes of revisions are others.
///
/// # Errors
/// A sentence that quotes what cannot be read.
pub fn expand(input: &Value, profile: &Profile) -> Result<World, String> {
    let mut fields = Fields::of(input, "the case")?;
    for word in [
        "kubernetes",
        "compare",
        "show",
        "upstream",
        "names",
        "explain",
        "change",
    ] {
        fields.optional(word);
    }
    let now = fields.optional("now").cloned().unwrap_or_else(|| json!(NOW));
    let nothing = json!({});
    let set = set::Shorthand::of(fields.optional("set").unwrap_or(&nothing))?;
    let mut names = Names::of(
        &set.name,
        fields.optional("templates").unwrap_or(&nothing),
        profile,
    )?;
    let revisions = revisions::all(fields.optional("revisions").unwrap_or(&nothing), &mut names)?;
    let mut plot = Plot {
        now: seconds(&now)?,
        set: set.object(&names)?,
        names,
    };
    let mut pods = pods::all(fields.list("pods")?, &plot)?;
    let written_claims = fields
        .optional("claims")
        .map(|_| fields.list("claims"))
        .transpose()?;
    let mut claims = claims::all(written_claims, &pods, &plot)?;
    let status = fields.optional("status").unwrap_or(&nothing);
    plot.set["status"] = set::status(status, &pods, &plot)?;
    let mut revisions = revisions
        .into_iter()
        .map(|r| r.object(&plot))
        .collect::<Result<Vec<_>, _>>()?;
    for object in fields.list("objects")? {
        match object["kind"].as_str() {
            Some("Pod") => pods.push(object.clone()),
            Some("PersistentVolumeClaim") => claims.push(object.clone()),
            Some("ControllerRevision") => revisions.push(object.clone()),
            _ => return Err("objects takes Pods, PersistentVolumeClaims and ControllerRevisions".to_owned()),
        }
    }
    let around = AROUND.map(|list| (list, fields.optional(list).cloned()));
    fields.finish()?;
    plot.names.are_real = input["names"] == "real";
    let mut observation = json!({"now": now, "statefulSet": plot.set, "pods": pods,
        "persistentVolumeClaims": claims, "controllerRevisions": revisions});
    for (list, objects) in around {
        if let Some(objects) = objects {
            observation[list] = objects;
        }
    }
    Ok(World {
        observation,
        names: plot.names,
    })
}

/// Sets in shorthand as manifests, for scenarios.
pub struct Manifests {
    templates: Value,
}

impl Manifests {
    /// `templates` as cases write them.
    pub fn of(templates: Value) -> Self {
        Self { templates }
    }

    /// The manifest of a set: what a person writes, without what an API server adds.
    ///
    /// # Errors
    /// A sentence that quotes what cannot be read.
    pub fn set(&self, written: &Value) -> Result<Value, String> {
        let shorthand = set::Shorthand::of(written)?;
        let mut object = shorthand.object(&self.names(&shorthand.name)?)?;
        for key in ["uid", "generation", "resourceVersion", "creationTimestamp"] {
            object["metadata"]
                .as_object_mut()
                .map(|metadata| metadata.remove(key));
        }
        Ok(object)
    }

    /// The text with words for the revisions of the set `web`.
    pub fn in_words(&self, text: &str) -> String {
        self.names("web")
            .map_or_else(|error| error, |names| names.in_words(text))
    }

    fn names(&self, set: &str) -> Result<Names, String> {
        Names::of(set, &self.templates, &Profile::default())
    }
}

/// The UID that the object of this name has in every case.
fn uid(name: &str) -> String {
    format!("uid-of-{name}")
}

/// A reference that makes the owner the controller.
fn controller(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "name": name, "uid": uid, "controller": true,
        "blockOwnerDeletion": true})
}

fn set_reference(set: &Value) -> Value {
    let text = |pointer: &str| set.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    controller(
        "apps/v1",
        "StatefulSet",
        text("/metadata/name"),
        text("/metadata/uid"),
    )
}

/// A short text that may be a number in YAML.
fn text_of(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("`{other}` is neither text nor a number")),
    }
}

/// Whole seconds since 1970.
fn seconds(now: &Value) -> Result<i64, String> {
    let time = now.as_str().and_then(steadfast_core::Timestamp::parse);
    time.map(|time| time.seconds())
        .ok_or_else(|| format!("`{now}` is no time such as {NOW}"))
}

fn timestamp(seconds: i64) -> String {
    steadfast_core::Timestamp::new(seconds, 0).to_string()
}

type Overlays = BTreeMap<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;

    fn world(yaml: &str) -> Result<World, String> {
        let input = steadfast_core::manifest::read_one(yaml.as_bytes())
            .unwrap()
            .unwrap()
            .value;
        expand(&input, &Profile::default())
    }

    #[test]
    fn misspelt_words_and_fields_are_errors_that_list_what_there_is() {
        for (yaml, part) in [
            ("sets: {}", "the case has no field `sets`"),
            ("set: {replicaz: 1}", "set has no field `replicaz`"),
            ("pods: [web-0 redy]", "`redy` in `web-0 redy` is not known"),
            ("pods: [web-0 ready for ever]", "`ever` is no time"),
            (
                "claims: [data-web-0 owned by me]",
                "`me` in `data-web-0 owned by me` is not known",
            ),
            (
                "revisions: {new: 1 orphaned}",
                "`orphaned` in `1 orphaned` is not known",
            ),
            (
                "revisions: {new: first}",
                "`first` in `first` is not the revision's number",
            ),
        ] {
            let error = world(yaml).err().unwrap_or_default();
            assert!(error.contains(part), "{yaml}: {error}");
        }
    }

    #[test]
    fn words_become_the_fields_of_a_pod() {
        let world = world("revisions: {new: 1}\npods: [web-1 unready terminating orphan]").unwrap();
        let pod = &world.observation["pods"][0];
        assert_eq!(pod["status"]["conditions"][0]["status"], "False");
        assert_eq!(pod["metadata"]["deletionTimestamp"], "2026-11-21T00:00:20Z");
        assert_eq!(pod["metadata"].get("ownerReferences"), None);
        let revision = pod["metadata"]["labels"]["controller-revision-hash"]
            .as_str()
            .unwrap();
        assert_eq!(world.names.in_words(revision), "web-new");
    }

    #[test]
    fn a_status_that_is_not_written_counts_the_pods_that_are() {
        let world =
            world("revisions: {old: 1, new: 2}\npods: [web-0 old, web-1 new unready, web-2 new orphan]")
                .unwrap();
        let status = &world.observation["statefulSet"]["status"];
        assert_eq!(status["replicas"], 2);
        assert_eq!(status["readyReplicas"], 1);
        assert_eq!(status["currentReplicas"], 1);
        assert_eq!(status["updatedReplicas"], 1);
    }
}
