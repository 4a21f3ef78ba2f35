//! Claims in words.

use serde_json::{Value, json};

use super::fields::overlay;
use super::words::Words;
use super::{Plot, controller, uid};

/// The claims of a case. Where it says nothing, every Pod has those of the set's templates.
pub fn all(written: Option<&[Value]>, pods: &[Value], plot: &Plot) -> Result<Vec<Value>, String> {
    match written {
        Some(written) => written.iter().map(|value| one(value, plot)).collect(),
        None => {
            let set = plot.set["metadata"]["name"].as_str().unwrap_or_default();
            let ordinals = pods.iter().filter_map(|pod| {
                let (parent, ordinal) = pod["metadata"]["name"].as_str()?.rsplit_once('-')?;
                (parent == set).then_some(ordinal)
            });
            let of_pod =
                |ordinal| templates(plot).map(move |name| object(&format!("{name}-{set}-{ordinal}"), plot));
            Ok(ordinals.flat_map(of_pod).collect())
        }
    }
}

fn one(value: &Value, plot: &Plot) -> Result<Value, String> {
    let (mut words, with) = Words::of(value)?;
    let name = words.required("a name")?;
    let mut claim = object(name, plot);
    while let Some(word) = words.next() {
        match word {
            "terminating" => {
                claim["metadata"]["deletionTimestamp"] = json!("2026-11-20T23:59:00Z");
                claim["metadata"]["deletionGracePeriodSeconds"] = json!(0);
            }
            "pending" => claim["status"] = json!({"phase": "Pending"}),
            "ownerless" => drop(
                claim["metadata"]
                    .as_object_mut()
                    .map(|metadata| metadata.remove("ownerReferences")),
            ),
            "owned" | "and" => {
                if word == "owned" {
                    words.take("by");
                    claim["metadata"]["ownerReferences"] = json!([]);
                }
                let owner = owner(name, &mut words, plot)?;
                claim["metadata"]["ownerReferences"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|list| list.push(owner.clone()));
            }
            other => {
                let known =
                    "terminating, pending, ownerless, owned by [earlier] set|pod|other [plainly] [and …]";
                return Err(words.unknown(other, known));
            }
        }
    }
    if let Some(with) = with {
        overlay(&mut claim, with);
    }
    Ok(claim)
}

/// `[earlier] set|pod|other [plainly]`: an earlier one has the same name and another UID, one that owns plainly does not
/// control.
fn owner(claim: &str, words: &mut Words<'_>, plot: &Plot) -> Result<Value, String> {
    let is_earlier = words.take("earlier");
    let set = plot.set["metadata"]["name"].as_str().unwrap_or_default();
    let pod = templates(plot)
        .find_map(|name| claim.strip_prefix(&format!("{name}-")))
        .unwrap_or_default();
    let id = |name: &str| {
        if is_earlier {
            format!("uid-of-an-earlier-{name}")
        } else {
            uid(name)
        }
    };
    let mut owner = match words.required("set, pod or other")? {
        "set" => controller("apps/v1", "StatefulSet", set, &id(set)),
        "pod" => controller("v1", "Pod", pod, &id(pod)),
        "other" => controller("example.com/v1", "Backup", "other", "uid-of-other"),
        word => return Err(words.unknown(word, "set, pod, other")),
    };
    if words.take("plainly") {
        owner["controller"] = json!(false);
    }
    Ok(owner)
}

fn templates(plot: &Plot) -> impl Iterator<Item = &str> {
    let templates = plot.set["spec"]["volumeClaimTemplates"].as_array();
    templates
        .into_iter()
        .flatten()
        .filter_map(|template| template["metadata"]["name"].as_str())
}

/// A bound claim, owned as the policy asks for while its Pod is in range.
fn object(name: &str, plot: &Plot) -> Value {
    let mut metadata = json!({"name": name, "namespace": "default", "uid": uid(name), "resourceVersion": "3000",
        "creationTimestamp": "2026-11-20T00:00:00Z", "finalizers": ["kubernetes.io/pvc-protection"],
        "labels": {"app": "web"}});
    if plot.set["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete" {
        metadata["ownerReferences"] = json!([super::set_reference(&plot.set)]);
    }
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata,
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Filesystem", "volumeName": format!("volume-of-{name}")},
        "status": {"phase": "Bound"}})
}
