//! Diagnoses of what the set's names and neighbours do: NameTooLong, GoverningService, OverlappingSelector, NoDisruptionBudget.

use serde_json::Value;

use super::diagnosis::{Diagnosis, DiagnosisCode, Severity};
use super::scene::Scene;
use super::surroundings::{in_namespace, name_of};
use crate::Ordinal;
use crate::json::{Faults, Field};
use crate::object::{at, text_at};
use crate::observed::{Labels, Selector};

/// The longest value of a label, and so of a revision's and a Pod's name.
const LABEL: usize = 63;

/// The longest name of a claim.
const NAME: usize = 253;

/// With a longer name a revision's may be too long: a dash and up to ten letters come after it.
const SAFE: usize = 52;

pub(super) fn diagnose(scene: &Scene<'_>, found: &mut Vec<Diagnosis>) {
    if scene.set().metadata().is_terminating() {
        return;
    }
    found.extend(too_long(scene));
    found.extend(governing_service(scene));
    found.extend(overlapping(scene));
    found.extend(disruption_budget(scene));
}

fn too_long(scene: &Scene<'_>) -> Option<Diagnosis> {
    let set = scene.set();
    let last = set.end().saturating_sub(1).max(set.start());
    let pod = Ordinal::new(last).pod_name(set.name()).to_string();
    let claims = set.claim_templates().iter().map(|template| {
        let name = Ordinal::new(last).claim_name(&template.name, set.name());
        name.to_string()
    });
    let longest = claims.max_by_key(String::len).unwrap_or_default();
    let about = |severity, message: String| {
        let diagnosis = Diagnosis::new(DiagnosisCode::NameTooLong, severity, message);
        let advice = format!(
            "names of at most {SAFE} characters always work: make a set with a shorter name and move over"
        );
        diagnosis
            .about("StatefulSet", set.name())
            .advising(advice, Vec::new())
    };
    let revision = scene.update_revision;
    Some(if revision.len() > LABEL {
        about(
            Severity::Error,
            format!(
                "the revision's name {revision} has {} characters, and as a Pod's label at most {LABEL} are allowed: no Pod can \
                 be made with this template",
                revision.len()
            ),
        )
    } else if pod.len() > LABEL {
        about(
            Severity::Error,
            format!(
                "the Pod name {pod} has {} characters, and at most {LABEL} are allowed: it cannot be made",
                pod.len()
            ),
        )
    } else if longest.len() > NAME {
        about(
            Severity::Error,
            format!(
                "the claim name {longest} has {} characters, and at most {NAME} are allowed",
                longest.len()
            ),
        )
    } else if set.name().len() > SAFE {
        about(
            Severity::Warning,
            format!(
                "the name has {} characters: with some templates the revision's name is longer than {LABEL}, and then no Pod can \
                 be made",
                set.name().len()
            ),
        )
    } else {
        return None;
    })
}

fn governing_service(scene: &Scene<'_>) -> Option<Diagnosis> {
    let set = scene.set();
    let about = |severity, message: String, advice: String| {
        let diagnosis = Diagnosis::new(DiagnosisCode::GoverningService, severity, message);
        let diagnosis = diagnosis.about("StatefulSet", set.name());
        let diagnosis = match set.service_name() {
            "" => diagnosis,
            name => diagnosis.about("Service", name),
        };
        Some(diagnosis.advising(advice, Vec::new()))
    };
    let name = set.service_name();
    if name.is_empty() {
        return about(
            Severity::Info,
            "there is no serviceName: the Pods have no DNS names of their own".to_owned(),
            "serviceName cannot be set later; it needs a new set".to_owned(),
        );
    }
    let services = scene.around.services.as_ref()?;
    let first = Ordinal::new(set.start()).pod_name(set.name()).to_string();
    let dns = format!("{first}.{name}.{}.svc", set.namespace());
    let Some(service) =
        in_namespace(Some(services), set.namespace()).find(|service| name_of(service) == name)
    else {
        return about(
            Severity::Warning,
            format!("Service {name} does not exist: names such as {dns} do not resolve"),
            format!(
                "make a Service {name} with `clusterIP: None` whose selector is a part of the template's labels"
            ),
        );
    };
    if text_at(service, "/spec/clusterIP") != Some("None") {
        return about(
            Severity::Warning,
            format!("Service {name} is not headless: names such as {dns} do not resolve"),
            "`clusterIP: None` cannot be set later: delete the Service and make it anew".to_owned(),
        );
    }
    let labels = template_labels(scene);
    let selector = service.pointer("/spec/selector").and_then(Value::as_object);
    let is_label = |key: &str, value: &Value| labels.and_then(|labels| labels.get(key)) == Some(value);
    let selects =
        selector.is_some_and(|s| !s.is_empty() && s.iter().all(|(key, value)| is_label(key, value)));
    if !selects {
        return about(
            Severity::Warning,
            format!(
                "the selector of Service {name} does not match the template's labels: names such as {dns} do not resolve"
            ),
            "make the Service's selector a part of the template's labels".to_owned(),
        );
    }
    if service.pointer("/spec/publishNotReadyAddresses") == Some(&Value::Bool(true)) {
        return None;
    }
    about(
        Severity::Info,
        format!("names such as {dns} resolve only while the Pod is ready: peers cannot find each other while they start"),
        "set publishNotReadyAddresses of the Service, where members look for each other before they are ready".to_owned(),
    )
}

fn template_labels<'a>(scene: &'a Scene<'_>) -> Option<&'a Value> {
    scene.set().template().get("metadata")?.get("labels")
}

fn overlapping(scene: &Scene<'_>) -> Option<Diagnosis> {
    let set = scene.set();
    let labels = labels_of(scene);
    for workload in in_namespace(scene.around.workloads.as_ref(), set.namespace()) {
        let kind = text_at(workload, "/kind").unwrap_or("object");
        let name = name_of(workload);
        let is_itself = kind == "StatefulSet" && name == set.name();
        if is_itself || !selects(workload, &labels) {
            continue;
        }
        let message = format!(
            "{kind} {name} selects the labels of this set's Pods too: each may adopt Pods of the other that have no controller"
        );
        let diagnosis = Diagnosis::new(DiagnosisCode::OverlappingSelector, Severity::Warning, message)
            .about(kind, name)
            .about("StatefulSet", set.name());
        return Some(diagnosis.advising("give each controller labels of its own", Vec::new()));
    }
    None
}

/// The labels that Pods get.
fn labels_of(scene: &Scene<'_>) -> Labels {
    let faults = Faults::default();
    let template = Field::root(scene.set().template(), &faults);
    Labels::parse(&template.key("metadata").key("labels"))
}

/// Whether the selector of a workload, budget or other object under `spec.selector` matches these labels.
pub(crate) fn selects(object: &Value, labels: &Labels) -> bool {
    let Some(selector) = at(object, "/spec/selector").filter(|selector| !selector.is_null()) else {
        return false;
    };
    // A ReplicationController's selector is a plain mapping of labels.
    if let Value::Object(entries) = selector
        && !entries.contains_key("matchLabels")
        && !entries.contains_key("matchExpressions")
        && !entries.is_empty()
    {
        return entries.iter().all(|(key, value)| {
            value
                .as_str()
                .is_some_and(|value| labels.value(key) == Some(value))
        });
    }
    let faults = Faults::default();
    Selector::parse(&Field::root(selector, &faults)).is_ok_and(|selector| selector.matches(labels))
}

fn disruption_budget(scene: &Scene<'_>) -> Option<Diagnosis> {
    let set = scene.set();
    let budgets = scene.around.pod_disruption_budgets.as_ref()?;
    if set.replicas() < 2 {
        return None;
    }
    let labels = labels_of(scene);
    let budget = in_namespace(Some(budgets), set.namespace()).find(|budget| selects(budget, &labels));
    let about = |message: String| {
        let diagnosis = Diagnosis::new(DiagnosisCode::NoDisruptionBudget, Severity::Info, message);
        Some(diagnosis.about("StatefulSet", set.name()))
    };
    match budget {
        None => about(format!(
            "no PodDisruptionBudget speaks of these Pods: draining nodes may take all {} at once",
            set.replicas()
        )),
        Some(budget) => {
            let allowed = budget
                .pointer("/status/disruptionsAllowed")
                .and_then(Value::as_i64);
            let name = name_of(budget);
            let is_closed = allowed == Some(0) && scene.replicas().all(|judged| judged.is_available);
            match is_closed {
                true => about(format!(
                    "PodDisruptionBudget {name} allows no disruption although all Pods are available: a drain waits for ever"
                ))
                .map(|diagnosis| diagnosis.about("PodDisruptionBudget", name)),
                false => None,
            }
        }
    }
}
