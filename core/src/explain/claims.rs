//! Diagnoses of claims: ClaimBlocksPod, AdoptionWedge, ClaimDataLoss.
//!
//! Source of the rules: `stateful_pod_control.go` (`createPersistentVolumeClaims`, `UpdatePodClaimForRetentionPolicy`),
//! `stateful_set_utils.go` (`storageMatches`).

use serde_json::Value;

use super::diagnosis::{Diagnosis, DiagnosisCode, Severity};
use super::scene::{Judged, Scene};
use crate::Ordinal;
use crate::observed::{Claim, Phase, RetentionPolicy};
use crate::plan::{Kind, WaitCode};

/// How long a claim that nothing holds may take to go, in seconds.
const PATIENCE: i64 = 60;

/// How many claims are named in a message.
const NAMED: usize = 5;

pub(super) fn diagnose(scene: &Scene<'_>, found: &mut Vec<Diagnosis>) {
    found.extend(data_loss(scene));
    if scene.set().metadata().is_terminating() {
        return;
    }
    blocking(scene, found);
    found.extend(adoption_wedge(scene));
}

fn blocking(scene: &Scene<'_>, found: &mut Vec<Diagnosis>) {
    for wait in &scene.plan.waits {
        if wait.kind != Kind::PersistentVolumeClaim {
            continue;
        }
        let pod = wait.pod.as_deref().unwrap_or_default();
        let claim = scene.observed.claim(&wait.name);
        let state = match scene.observed.pod(pod) {
            Some(_) => "may not start",
            None => "cannot be made",
        };
        let (message, advice) = match wait.code {
            WaitCode::ClaimTermination => {
                let finalizers = claim.map(|claim| finalizers(claim.object())).unwrap_or_default();
                let held = match finalizers.is_empty() {
                    true => String::new(),
                    false => format!(" (held by {})", finalizers.join(", ")),
                };
                (
                    format!(
                        "Pod {pod} {state}: its claim {} is being deleted{held}, and its data goes with it. The \
                         controller tries again until the claim is gone, and then makes a new, empty one",
                        wait.name
                    ),
                    "see which Pod still uses the claim; to keep the data, bind its volume to a new claim before this one is gone",
                )
            }
            WaitCode::ClaimStale => (
                format!(
                    "Pod {pod} cannot be made: its claim {} belongs to an earlier Pod of this name, with which it is to go. \
                     Garbage collection must remove it first",
                    wait.name
                ),
                "see that the garbage collector of kube-controller-manager runs; to keep the data, take the owner reference off",
            ),
            _ => continue,
        };
        let severity = match claim.is_some_and(|claim| is_going(scene, claim, pod)) {
            true => Severity::Warning,
            false => Severity::Error,
        };
        let diagnosis = Diagnosis::new(DiagnosisCode::ClaimBlocksPod, severity, message)
            .about("PersistentVolumeClaim", wait.name.clone())
            .about("Pod", pod);
        let namespace = scene.set().namespace();
        let look = vec![format!("kubectl describe -n {namespace} pvc {}", wait.name)];
        found.push(diagnosis.advising(advice, look));
    }
    found.extend(missing_behind_a_stop(scene));
}

/// Whether a claim that is in the way goes by itself: nothing but the protection of claims in use holds it, no Pod that stays
/// uses it,
/// and it has not been going for long. A stale one is not even asked to go yet.
fn is_going(scene: &Scene<'_>, claim: &Claim, waiting: &str) -> bool {
    let asked = claim.metadata().deleted.or(claim.metadata().created);
    let is_late = asked.is_none_or(|asked| asked.plus_seconds(PATIENCE) <= scene.now);
    let name = &*claim.metadata().name;
    let uses = |volume: &Value| {
        volume
            .pointer("/persistentVolumeClaim/claimName")
            .and_then(Value::as_str)
            == Some(name)
    };
    // The Pod that waits may be there, and start with the claim as it is.
    let pods = scene.observed.pods();
    let mut stays = pods.filter(|pod| !pod.is_terminating() && pod.name() != waiting);
    let is_used = stays.any(|pod| {
        let volumes = pod.object().pointer("/spec/volumes").and_then(Value::as_array);
        volumes.into_iter().flatten().any(uses)
    });
    let is_held = finalizers(claim.object())
        .iter()
        .any(|held| *held != "kubernetes.io/pvc-protection");
    !is_late && !is_used && !is_held
}

/// A Pod that is Pending without its claim, while OrderedReady stops at a lower ordinal and so makes no claims here.
fn missing_behind_a_stop(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_ordered() {
        return None;
    }
    let stop = scene.first_stop()?;
    let set = scene.set();
    for judged in scene.replicas().filter(|judged| judged.ordinal > stop) {
        if judged.pod.phase() != Phase::Pending || judged.pod.is_terminating() {
            continue;
        }
        let templates = set.claim_templates().iter();
        let mut names = templates.map(|template| claim_name(&template.name, set.name(), judged.ordinal));
        let Some(missing) = names.find(|name| scene.observed.claim(name).is_none()) else {
            continue;
        };
        let blocker = Ordinal::new(stop).pod_name(set.name()).to_string();
        let name = judged.pod.name();
        let message = format!(
            "Pod {name} cannot start: its claim {missing} does not exist, and the controller makes it only once Pod {blocker} \
             is available"
        );
        let diagnosis = Diagnosis::new(DiagnosisCode::ClaimBlocksPod, Severity::Error, message)
            .about("PersistentVolumeClaim", missing)
            .about("Pod", name)
            .about("Pod", blocker);
        return Some(diagnosis.advising(
            "mend the lower ordinal first; the claim is then made anew",
            Vec::new(),
        ));
    }
    None
}

/// Pods whose volumes are not those of the claim templates: they cannot be changed, and every update of them fails.
fn adoption_wedge(scene: &Scene<'_>) -> Option<Diagnosis> {
    let wedged: Vec<&Judged<'_>> = scene
        .replicas()
        .filter(|judged| !judged.pod.standing.has_volumes && !judged.pod.is_terminating())
        .filter(|judged| !matches!(judged.pod.phase(), Phase::Failed | Phase::Succeeded))
        .collect();
    let first = wedged.first()?;
    let subject = match wedged.len() {
        1 => format!("Pod {} lacks", first.pod.name()),
        count => format!("Pod {} and {} more lack", first.pod.name(), count - 1),
    };
    let message = format!(
        "{subject} a volume of a claim template, or has another claim in its place. The controller tries to correct that for \
         ever (FailedUpdate): a Pod's volumes cannot be changed"
    );
    let mut diagnosis = Diagnosis::new(DiagnosisCode::AdoptionWedge, Severity::Error, message);
    for judged in &wedged {
        diagnosis = diagnosis.about("Pod", judged.pod.name());
    }
    Some(diagnosis.deleting(scene, wedged.iter().map(|judged| judged.pod.name())))
}

/// Claims that go with their data: those of ordinals that leave, or of a set that is being deleted.
fn data_loss(scene: &Scene<'_>) -> Option<Diagnosis> {
    let set = scene.set();
    let retention = set.retention();
    let (pods, why): (Vec<&Judged<'_>>, &str) = if set.metadata().is_terminating() {
        let all = scene.pods.iter().collect();
        match retention.when_deleted {
            RetentionPolicy::Delete => (all, "the set is being deleted and whenDeleted is Delete"),
            RetentionPolicy::Retain => return None,
        }
    } else {
        match retention.when_scaled {
            RetentionPolicy::Delete => (
                scene.condemned().collect(),
                "their ordinals leave the set and whenScaled is Delete",
            ),
            RetentionPolicy::Retain => return None,
        }
    };
    let mut claims = Vec::new();
    for judged in pods {
        for template in set.claim_templates() {
            let name = claim_name(&template.name, set.name(), judged.ordinal);
            claims.extend(scene.observed.claim(&name).map(|_| name));
        }
    }
    let shown = claims
        .get(..NAMED.min(claims.len()))
        .unwrap_or_default()
        .join(", ");
    let more = match claims.len().checked_sub(NAMED) {
        None | Some(0) => String::new(),
        Some(more) => format!(" and {more} more"),
    };
    claims.first()?;
    let message = format!("claims go with their data: {shown}{more}; {why}");
    let mut diagnosis = Diagnosis::new(DiagnosisCode::ClaimDataLoss, Severity::Warning, message);
    for claim in claims {
        diagnosis = diagnosis.about("PersistentVolumeClaim", claim);
    }
    let keep = r#"{"spec": {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain", "whenDeleted": "Retain"}}}"#;
    let commands = vec![format!(
        "kubectl patch -n {} statefulset {} -p '{keep}'",
        set.namespace(),
        set.name()
    )];
    Some(diagnosis.advising(
        "to keep them, retain claims; those that are marked already stay marked",
        commands,
    ))
}

fn claim_name(template: &str, set: &str, ordinal: u64) -> String {
    Ordinal::new(ordinal).claim_name(template, set).to_string()
}

fn finalizers(claim: &Value) -> Vec<&str> {
    let list = claim.pointer("/metadata/finalizers").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}
