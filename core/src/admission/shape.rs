//! P5 and P6: names, and claim templates.

use serde_json::Value;

use super::change::Change;
use super::{Policy, Violation, text};
use crate::observed::StatefulSet;
use crate::{Ordinal, Profile};

/// The longest value of a label, and so of a revision's and a Pod's name.
const LABEL: usize = 63;

/// With a longer name a revision's may be too long: a dash and up to ten letters come after it.
const SAFE: usize = 52;

/// The longest name of a claim.
const NAME: usize = 253;

pub(super) fn judge(change: &Change, profile: &Profile, found: &mut Vec<Violation>) {
    let Some(new) = &change.new else { return };
    let old = change.old.as_ref();
    let had = |text: &str, of: &dyn Fn(&StatefulSet) -> Vec<String>| {
        old.is_some_and(|old| of(old).iter().any(|fault| fault == text))
    };
    let remedy = format!("names of at most {SAFE} characters always work");
    let longest = |set: &StatefulSet| too_long(set, profile);
    for fault in too_long(new, profile) {
        // Another revision's name that is too long was too long before: what has stopped already is not stopped again.
        let is_old = old.is_some_and(|old| !longest(old).is_empty());
        if !is_old {
            found.push(Violation::new(Policy::P5, fault, remedy.clone()));
        }
    }
    if old.is_none() && new.name().len() > SAFE && too_long(new, profile).is_empty() {
        let message = format!(
            "the name has {} characters: with some templates no Pod can be made",
            new.name().len()
        );
        found.push(Violation::new(Policy::P5, message, remedy).certain(false));
    }
    for fault in templates(new) {
        if !had(&fault, &templates) {
            let remedy = "give every claim template a name of its own, and mount it";
            found.push(Violation::new(Policy::P6, fault, remedy));
        }
    }
}

/// Names that are longer than they may be (k/k#64023).
fn too_long(set: &StatefulSet, profile: &Profile) -> Vec<String> {
    let mut faults = Vec::new();
    // Up to there no revision's name is too long, and its letters need not be known.
    let revision = match set.name().len() > SAFE {
        true => set.revision_name(profile),
        false => String::new(),
    };
    if revision.len() > LABEL {
        faults.push(format!(
            "the revision's name {revision} has {} characters, and a label at most {LABEL}: no Pod can be made",
            revision.len()
        ));
    }
    if set.replicas() == 0 {
        return faults;
    }
    let last = Ordinal::new(set.end() - 1);
    let pod = last.pod_name(set.name()).to_string();
    if pod.len() > LABEL {
        faults.push(format!(
            "the Pod name {pod} has {} characters, and at most {LABEL} are allowed: it cannot be made",
            pod.len()
        ));
    }
    let claims = set.claim_templates().iter();
    let claims = claims.map(|template| last.claim_name(&template.name, set.name()).to_string());
    if let Some(claim) = claims.max_by_key(String::len).filter(|claim| claim.len() > NAME) {
        faults.push(format!(
            "the claim name {claim} has {} characters, and at most {NAME} are allowed",
            claim.len()
        ));
    }
    faults
}

/// What is wrong with claim templates that an API server takes.
fn templates(set: &StatefulSet) -> Vec<String> {
    let spec = set.template().get("spec");
    let list = |field: &str| spec.and_then(|spec| spec.get(field)?.as_array());
    let volumes: Vec<&str> = list("volumes")
        .into_iter()
        .flatten()
        .map(|volume| text(volume, "/name"))
        .collect();
    let containers = ["initContainers", "containers", "ephemeralContainers"];
    let containers = containers.into_iter().filter_map(list).flatten();
    let mounts = containers.flat_map(|container| {
        let lists = ["volumeMounts", "volumeDevices"];
        lists.map(|field| container.get(field).and_then(Value::as_array))
    });
    let mounted: Vec<&str> = mounts
        .flatten()
        .flatten()
        .map(|mount| text(mount, "/name"))
        .collect();
    let mut faults = Vec::new();
    for (at, template) in set.claim_templates().iter().enumerate() {
        let name = &*template.name;
        let others = set.claim_templates().iter().take(at);
        if others.into_iter().any(|other| &*other.name == name) {
            faults.push(format!(
                "two claim templates are called {name}: they share one claim for each Pod"
            ));
            continue;
        }
        if volumes.contains(&name) {
            faults.push(format!(
                "the claim template {name} takes the place of the Pod template's volume of that name"
            ));
        }
        if !mounted.contains(&name) {
            faults.push(format!("no container mounts the claim template {name}"));
        }
    }
    faults
}
