//! What a forecast takes for granted, in sentences that a person can check.

use serde_json::Value;
use steadfast_core::Profile;
use steadfast_core::sorted::SortedSet;

use super::nodes::Assumed as Nodes;
use crate::settings::{Behaviour, BindingMode, NodesSetting, Settings, StorageClassSetting, What};
use crate::view;

/// The sentences about the settings and about what the set asks for and the input leaves open.
pub(super) fn of(settings: &Settings, nodes: &Nodes, set: Option<&Value>, objects: &[&Value]) -> Vec<String> {
    let mut sentences = vec![of_nodes(settings, nodes, objects), timings(settings)];
    sentences.extend(settings.behaviours.iter().map(of_behaviour));
    let Some(set) = set else { return sentences };
    sentences.extend(classes(settings, set, objects));
    sentences.extend(service(set, objects));
    sentences.extend(references(settings, set, objects));
    if settings.behaviours.is_empty() {
        sentences.push("every image can be pulled, and containers run until they are stopped".to_owned());
    }
    sentences.extend(readiness(settings, set));
    sentences
}

/// What is assumed of fields that this Kubernetes does not know: a newer API server has stored them, or this one drops them.
pub(super) fn of_unknown(unknown: &[String], is_stored: bool, profile: &Profile) -> Option<String> {
    let first = unknown.first()?;
    let others = match unknown.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let verb = if is_stored { "keeps" } else { "drops" };
    Some(format!(
        "the API server {verb} `{first}`{others}, which Kubernetes {profile} does not know"
    ))
}

fn of_nodes(settings: &Settings, assumed: &Nodes, objects: &[&Value]) -> String {
    if !assumed.objects.is_empty() && settings.nodes.count() == 0 {
        let mut sentence = format!("{} nodes", assumed.objects.len());
        if assumed.zones > 0 {
            sentence.push_str(&format!(" in {} zones", assumed.zones));
        }
        if !assumed.labels.is_empty() {
            let labels: Vec<String> = assumed
                .labels
                .iter()
                .map(|(name, value)| format!("`{name}={value}`"))
                .collect();
            sentence.push_str(&format!(" with {}", labels.join(", ")));
        }
        return sentence;
    }
    let given = objects.iter().filter(|object| is_kind(object, "Node")).count();
    match &settings.nodes {
        _ if given > 0 => format!("the {given} nodes of the input"),
        NodesSetting::Count(1) => "1 node".to_owned(),
        NodesSetting::Count(count) => format!("{count} nodes"),
        NodesSetting::List(nodes) => {
            let names: Vec<String> = nodes
                .iter()
                .take(10)
                .map(|node| format!("`{}`", node.name))
                .collect();
            let more = if nodes.len() > 10 { ", …" } else { "" };
            format!("{} nodes: {}{more}", nodes.len(), names.join(", "))
        }
    }
}

fn of_behaviour(behaviour: &Behaviour) -> String {
    let Behaviour {
        pods,
        revision,
        image,
        what,
    } = behaviour;
    if let (What::ImageNeverPulls, Some(image)) = (what, image) {
        return format!("image `{image}` cannot be pulled");
    }
    let mut which = if *pods == "*" {
        "every Pod".to_owned()
    } else {
        format!("`{pods}`")
    };
    if let Some(revision) = revision {
        which.push_str(&format!(" of revision `{revision}`"));
    }
    if let Some(image) = image {
        which.push_str(&format!(" with image `{image}`"));
    }
    let what = match what {
        What::NotReady => "never becomes ready".to_owned(),
        What::Crash => "crashes".to_owned(),
        What::ImageNeverPulls => "cannot pull its images".to_owned(),
        What::SlowTermination { span } => format!("takes {span} to stop"),
        What::InitFails {
            container: Some(container),
        } => format!("fails in init container `{container}`"),
        What::InitFails { container: None } => "fails in its first init container".to_owned(),
        What::NeverTerminates => "never stops".to_owned(),
        What::Exits { phase } => format!("ends as {phase:?}"),
        _ => "is well".to_owned(),
    };
    format!("{which} {what}")
}

fn timings(settings: &Settings) -> String {
    format!(
        "scheduling takes {}, pulling an image {}, starting {}, stopping {}",
        settings.scheduling, settings.pull, settings.start, settings.termination
    )
}

fn classes(settings: &Settings, set: &Value, objects: &[&Value]) -> Vec<String> {
    let templates = view::items(set, &["spec", "volumeClaimTemplates"]);
    let mut names: SortedSet<Option<&str>> = SortedSet::new();
    for template in templates {
        names.insert(view::text(template, &["spec", "storageClassName"]).or(settings.default_class()));
    }
    let is_given = |name: &str| {
        objects
            .iter()
            .any(|o| is_kind(o, "StorageClass") && view::text(o, &["metadata", "name"]) == Some(name))
    };
    let sentence = |name: Option<&str>| {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Some("claims without a storage class find a volume only if there is one".to_owned());
        };
        (!is_given(name)).then(|| of_class(&settings.storage_class(name)))
    };
    names.into_iter().filter_map(sentence).collect()
}

fn of_class(class: &StorageClassSetting) -> String {
    let name = &class.name;
    let after = if class.delay.millis().0 == 0 {
        "at once".to_owned()
    } else {
        format!("after {}", class.delay)
    };
    match (class.exists, class.provisions, class.mode) {
        (false, ..) => format!("storage class `{name}` does not exist"),
        (_, false, _) => format!("storage class `{name}` makes no volumes"),
        (.., BindingMode::Immediate) => format!("storage class `{name}` binds {after}"),
        (.., BindingMode::WaitForFirstConsumer) => {
            format!("storage class `{name}` binds {after} once the Pod is scheduled")
        }
    }
}

fn service(set: &Value, objects: &[&Value]) -> Option<String> {
    let name = view::text(set, &["spec", "serviceName"]).filter(|name| !name.is_empty())?;
    let namespace = |object: &Value| match view::text_or_empty(object, &["metadata", "namespace"]) {
        "" => "default".to_owned(),
        given => given.to_owned(),
    };
    let is_there = objects.iter().any(|object| {
        is_kind(object, "Service")
            && view::text(object, &["metadata", "name"]) == Some(name)
            && namespace(object) == namespace(set)
    });
    (!is_there).then(|| format!("headless Service `{name}` exists"))
}

/// The Secrets and ConfigMaps that the template needs and the input does not hold.
fn references(settings: &Settings, set: &Value, objects: &[&Value]) -> Vec<String> {
    let mut needed: SortedSet<(&str, &str)> = SortedSet::new();
    if let Some(spec) = view::at(set, &["spec", "template", "spec"]) {
        for volume in view::items(spec, &["volumes"]) {
            needed.extend(view::text(volume, &["secret", "secretName"]).map(|name| ("Secret", name)));
            needed.extend(view::text(volume, &["configMap", "name"]).map(|name| ("ConfigMap", name)));
            for source in view::items(volume, &["projected", "sources"]) {
                needed.extend(view::text(source, &["secret", "name"]).map(|name| ("Secret", name)));
                needed.extend(view::text(source, &["configMap", "name"]).map(|name| ("ConfigMap", name)));
            }
        }
        for container in ["initContainers", "containers"]
            .into_iter()
            .flat_map(|list| view::items(spec, &[list]))
        {
            for from in view::items(container, &["envFrom"]) {
                needed.extend(view::text(from, &["secretRef", "name"]).map(|name| ("Secret", name)));
                needed.extend(view::text(from, &["configMapRef", "name"]).map(|name| ("ConfigMap", name)));
            }
            for variable in view::items(container, &["env"]) {
                let of = |key| view::text(variable, &["valueFrom", key, "name"]);
                needed.extend(of("secretKeyRef").map(|name| ("Secret", name)));
                needed.extend(of("configMapKeyRef").map(|name| ("ConfigMap", name)));
            }
        }
    }
    let is_open = |(kind, name): &(&str, &str)| {
        let is_given = objects
            .iter()
            .any(|o| is_kind(o, kind) && view::text(o, &["metadata", "name"]) == Some(name));
        let is_absent = settings.absent.iter().any(|absent| absent.name == *name);
        !is_given && !is_absent
    };
    needed
        .into_iter()
        .filter(is_open)
        .map(|(kind, name)| format!("{kind} `{name}` exists"))
        .collect()
}

fn readiness(settings: &Settings, set: &Value) -> Option<String> {
    if let Some(readiness) = settings.readiness {
        return Some(format!("containers are ready {readiness} after they started"));
    }
    let containers = view::items(set, &["spec", "template", "spec", "containers"]);
    let has_probe = containers
        .iter()
        .any(|container| container.get("readinessProbe").is_some());
    has_probe.then(|| "every readiness probe succeeds the first time".to_owned())
}

fn is_kind(object: &Value, kind: &str) -> bool {
    view::text(object, &["kind"]) == Some(kind)
}
