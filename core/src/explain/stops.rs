//! Diagnoses of what stops the controller itself, or a Pod's end: ControllerStopped, NodeLost, PodStuckTerminating.

use serde_json::Value;

use super::diagnosis::{Diagnosis, DiagnosisCode, Severity};
use super::scene::{Judged, Scene};
use super::surroundings::name_of;
use crate::object::text_at;
use crate::observed::OwnerReference;
use crate::plan::{Kind, Wait, WaitCode};

/// How long after its deadline a Pod may still be there before it is stuck: kubelets report every ten seconds.
const PATIENCE: i64 = 60;

pub(super) fn diagnose(scene: &Scene<'_>, found: &mut Vec<Diagnosis>) {
    found.extend(scene.plan.waits.iter().filter_map(|wait| stopped(scene, wait)));
    found.extend(scene.pods.iter().filter_map(|judged| terminating(scene, judged)));
}

fn stopped(scene: &Scene<'_>, wait: &Wait) -> Option<Diagnosis> {
    let set = scene.set();
    let detail = wait.detail.as_deref().unwrap_or("it cannot be read");
    let (message, advice) = match wait.code {
        WaitCode::SelectorInvalid => (
            format!("spec.selector cannot be used: {detail}. The controller does nothing"),
            "the selector cannot be changed: delete the set with --cascade=orphan and apply it with a valid one",
        ),
        WaitCode::RevisionUnreadable => (
            format!("{} {} cannot be read: {detail}. The controller does nothing", wait.kind.name(), wait.name),
            "see who wrote it; without it the controller makes a new one from the template",
        ),
        WaitCode::StrategyDisabled => (
            "updateStrategy Recreate needs the feature gate StatefulSetRecreateStrategy, which is off: the controller does \
             nothing"
                .to_owned(),
            "set updateStrategy.type to RollingUpdate or OnDelete, or switch the gate on",
        ),
        WaitCode::MaxUnavailableInvalid => (
            format!("maxUnavailable cannot be used: {detail}. No Pod is updated"),
            "set updateStrategy.rollingUpdate.maxUnavailable to a number from 1, or a percentage",
        ),
        WaitCode::NameTaken => (
            format!(
                "the name of {} {} belongs to another object, so the set's own cannot be made",
                wait.kind.name(),
                wait.name
            ),
            "delete or rename the other object, or give it the labels that the selector asks for and no controller",
        ),
        WaitCode::RevisionAdoption => (
            format!(
                "ControllerRevision {} has no controller, and a set that is being deleted may adopt none",
                wait.name
            ),
            "delete that revision",
        ),
        _ => return None,
    };
    let severity = match is_going(scene, wait) {
        true => Severity::Warning,
        false => Severity::Error,
    };
    let diagnosis = Diagnosis::new(DiagnosisCode::ControllerStopped, severity, message);
    let diagnosis = diagnosis.about(wait.kind.name(), wait.name.clone());
    let diagnosis = match wait.kind {
        Kind::StatefulSet => diagnosis,
        _ => diagnosis.about("StatefulSet", set.name()),
    };
    Some(diagnosis.advising(advice, Vec::new()))
}

/// Whether a name is taken only for a while: by a Pod that is going, or by one of an earlier set of this name, which garbage
/// collection takes away.
fn is_going(scene: &Scene<'_>, wait: &Wait) -> bool {
    let taken_by = scene
        .observed
        .pod(&wait.name)
        .filter(|_| wait.code == WaitCode::NameTaken);
    let Some(pod) = taken_by.filter(|_| wait.kind == Kind::Pod) else {
        return false;
    };
    let set = scene.set();
    let is_of_earlier = |owner: &OwnerReference| {
        &*owner.kind == "StatefulSet" && &*owner.name == set.name() && owner.uid != set.metadata().uid
    };
    pod.is_terminating() || pod.metadata().controller().is_some_and(is_of_earlier)
}

fn terminating(scene: &Scene<'_>, judged: &Judged<'_>) -> Option<Diagnosis> {
    let pod = judged.pod;
    // Kubernetes writes the deadline into the timestamp: when it was asked for, and the grace period.
    let deadline = pod.metadata().deleted?;
    let name = pod.name();
    let node = text_at(pod.object(), "/spec/nodeName").unwrap_or_default();
    if deadline <= scene.now
        && let Some(nodes) = scene.around.nodes.as_ref().filter(|_| !node.is_empty())
    {
        let known = nodes.iter().find(|known| name_of(known) == node);
        let why = match known {
            None => Some("does not exist any more"),
            Some(known) if !is_ready(known) => Some("is not ready"),
            Some(_) => None,
        };
        if let Some(why) = why {
            return Some(node_lost(scene, judged, (node, why, known.is_some())));
        }
    }
    if deadline.plus_seconds(PATIENCE) > scene.now {
        return None;
    }
    let finalizers = pod
        .object()
        .pointer("/metadata/finalizers")
        .and_then(Value::as_array);
    let finalizers: Vec<&str> = finalizers
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let (held, advice) = match finalizers.as_slice() {
        [] => (
            "its node has not reported its end".to_owned(),
            "look at the kubelet of its node: a volume that cannot be unmounted, or a process that cannot be killed",
        ),
        names => (
            format!("it is held by the finalizers {}", names.join(", ")),
            "find out who is to take these finalizers off, and why it does not",
        ),
    };
    let message = format!("Pod {name} was to be gone by {deadline} and is still there: {held}");
    let diagnosis =
        Diagnosis::new(DiagnosisCode::PodStuckTerminating, Severity::Error, message).about("Pod", name);
    let look = vec![format!(
        "kubectl describe -n {} pod {name}",
        scene.set().namespace()
    )];
    Some(diagnosis.advising(advice, look))
}

fn node_lost(scene: &Scene<'_>, judged: &Judged<'_>, (node, why, exists): (&str, &str, bool)) -> Diagnosis {
    let name = judged.pod.name();
    let message = format!(
        "Pod {name} cannot end: its node {node} {why}. No other Pod gets its identity until this one is proved to have stopped"
    );
    let diagnosis = Diagnosis::new(DiagnosisCode::NodeLost, Severity::Error, message)
        .about("Pod", name)
        .about("Node", node);
    let force = format!(
        "kubectl delete -n {} pod {name} --force --grace-period=0",
        scene.set().namespace()
    );
    let last = "only when the machine is known to be off: force the deletion. If it still runs, two Pods write with one \
                identity";
    match exists {
        true => diagnosis
            .advising(
                "bring the node back",
                vec![format!("kubectl describe node {node}")],
            )
            .advising(
                "when the machine is known to be off: say so, and its Pods and volumes are let go",
                vec![format!(
                    "kubectl taint nodes {node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
                )],
            )
            .advising(last, vec![force]),
        false => diagnosis.advising(last, vec![force]),
    }
}

/// Condition Ready of a Node.
fn is_ready(node: &Value) -> bool {
    let conditions = node.pointer("/status/conditions").and_then(Value::as_array);
    let mut ready = conditions.into_iter().flatten();
    ready.any(|condition| {
        text_at(condition, "/type") == Some("Ready") && text_at(condition, "/status") == Some("True")
    })
}
