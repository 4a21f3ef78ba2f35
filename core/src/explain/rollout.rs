//! Diagnoses of updates and scaling that do not get on: RollbackTrap, ParallelBudgetStuck, ScaleDownBlocked, PodNotReady, and what
//! surprises about partitions and budgets.
//!
//! Source of the rules: `stateful_set_control.go`, `updateStatefulSet`: the passes return at the first Pod that is not as it
//! should be, before the update deletes anything.

use super::diagnosis::{Diagnosis, DiagnosisCode, Severity};
use super::scene::{Judged, Scene};
use crate::Gate;
use crate::observed::{IntOrPercent, Phase};
use crate::plan::Operation;

/// From when on a Pod that is not ready and says nothing of why counts as stuck: ten minutes, as progressDeadlineSeconds of
/// Deployments.
const LONG: i64 = 600;

pub(super) fn diagnose(scene: &Scene<'_>, found: &mut Vec<Diagnosis>) {
    if scene.set().metadata().is_terminating() {
        return;
    }
    let trapped = rollback_trap(scene);
    let trapped_pod = trapped.as_ref().and_then(first_object);
    found.extend(trapped);
    let budget = parallel_budget(scene);
    let in_budget: Vec<String> = budget
        .iter()
        .flat_map(|found| found.objects.iter().map(|o| o.name.clone()))
        .collect();
    found.extend(budget);
    found.extend(scale_down(scene));
    for judged in scene.replicas() {
        let name = judged.pod.name();
        if trapped_pod.as_deref() != Some(name) && !in_budget.iter().any(|known| known == name) {
            found.extend(not_ready(scene, judged));
        }
    }
    found.extend(partition_offset(scene));
    found.extend(budget_serial(scene));
}

fn first_object(diagnosis: &Diagnosis) -> Option<String> {
    diagnosis.objects.first().map(|object| object.name.clone())
}

/// The lowest Pod that is not ready stops OrderedReady before the update, also where the update would mend it.
fn rollback_trap(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_ordered() || !scene.is_rolling() {
        return None;
    }
    let stop = scene.first_stop()?;
    let broken = scene.pod(stop)?;
    let pod = broken.pod;
    let is_over = matches!(pod.phase(), Phase::Failed | Phase::Succeeded);
    if broken.is_ready || pod.is_terminating() || is_over || stop < scene.first_updated() {
        return None;
    }
    let trouble = broken.trouble.as_ref()?;
    let name = pod.name();
    if broken.is_updated {
        // Where all Pods have one revision there is no update that could be trapped: the Pod is just broken.
        let is_update = scene.replicas().any(|judged| !judged.is_updated);
        if trouble.may_recover || !is_update {
            return None;
        }
        let message = format!(
            "Pod {name} of the update revision cannot become ready: {}. The update stops here, and a mended template alone \
             does not replace it: the controller waits for the Pod before it looks at the template",
            trouble.sentence()
        );
        let diagnosis =
            Diagnosis::new(DiagnosisCode::RollbackTrap, Severity::Error, message).about("Pod", name);
        let advice = format!("mend the template, apply it, and then delete Pod {name}; its claims stay");
        let commands = vec![
            "kubectl apply -f FILE".to_owned(),
            format!("kubectl delete -n {} pod {name}", scene.set().namespace()),
        ];
        return Some(diagnosis.advising(advice, commands));
    }
    let severity = if trouble.may_recover {
        Severity::Info
    } else {
        Severity::Error
    };
    let message = format!(
        "Pod {name} is not ready: {}. It has revision {} and the update leads to {}, but the controller waits for it to be \
         ready before it replaces anything, so the mended template does not reach it",
        trouble.sentence(),
        shown(pod.revision()),
        shown(scene.update_revision),
    );
    let diagnosis = Diagnosis::new(DiagnosisCode::RollbackTrap, severity, message).about("Pod", name);
    Some(diagnosis.deleting(scene, [name]))
}

/// Under Parallel, broken Pods of the old revision count against maxUnavailable (until k/k#137666), so nothing is replaced.
fn parallel_budget(scene: &Scene<'_>) -> Option<Diagnosis> {
    let is_concerned = !scene.is_ordered()
        && scene.is_rolling()
        && scene.profile.is_enabled(Gate::MaxUnavailableStatefulSet)
        && !scene.profile.replaces_unavailable_first();
    if !is_concerned {
        return None;
    }
    let budget = budget(scene)?;
    let unavailable = scene.replicas().filter(|judged| judged.is_unavailable).count();
    if i64::try_from(unavailable).unwrap_or(i64::MAX) < budget {
        return None;
    }
    let old: Vec<&Judged<'_>> = scene
        .replicas()
        .filter(|judged| judged.is_unavailable && !judged.pod.is_terminating() && !judged.is_updated)
        .filter(|judged| judged.ordinal >= scene.first_updated())
        .collect();
    let first = old.first()?;
    let hopeless = old.iter().any(|judged| {
        judged
            .trouble
            .as_ref()
            .is_some_and(|trouble| !trouble.may_recover)
    });
    let severity = if hopeless { Severity::Error } else { Severity::Info };
    let why = first
        .trouble
        .as_ref()
        .map_or("not available".to_owned(), super::Trouble::sentence);
    let message = format!(
        "{unavailable} of {} Pods are unavailable and maxUnavailable is {budget}, so the update deletes none; among them are Pods \
         of an old revision that the update would replace ({}: {why})",
        scene.set().replicas(),
        first.pod.name(),
    );
    let mut diagnosis = Diagnosis::new(DiagnosisCode::ParallelBudgetStuck, severity, message);
    for judged in &old {
        diagnosis = diagnosis.about("Pod", judged.pod.name());
    }
    let diagnosis = diagnosis.deleting(scene, old.iter().map(|judged| judged.pod.name()));
    Some(diagnosis.advising(
        "use a Kubernetes that replaces unavailable Pods of old revisions first (1.37, k/k#137666)",
        Vec::new(),
    ))
}

/// How many Pods may be unavailable, where the field can be read.
fn budget(scene: &Scene<'_>) -> Option<i64> {
    let set = scene.set();
    let rolling = set.strategy().rolling.as_ref();
    let given = rolling.and_then(|rolling| rolling.max_unavailable.as_ref());
    let total = given
        .unwrap_or(&IntOrPercent::Int(1))
        .of_total(set.replicas())
        .ok()?;
    Some(total.max(1))
}

/// OrderedReady removes a Pod only while all others are well.
fn scale_down(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_ordered() {
        return None;
    }
    let highest = scene.condemned().last()?;
    let stop = scene.first_stop().filter(|stop| *stop < scene.set().end());
    let name = highest.pod.name();
    let first_unavailable = scene.pods.iter().find(|judged| judged.is_unavailable);
    let (blocker, why) = if let Some(stop) = stop {
        let blocker = crate::Ordinal::new(stop).pod_name(scene.set().name()).to_string();
        let why = match scene.pod(stop) {
            None => "is missing".to_owned(),
            Some(judged) => state_of(judged),
        };
        (blocker, why)
    } else if highest.pod.is_terminating() {
        return None;
    } else {
        let blocker =
            first_unavailable.filter(|other| other.ordinal != highest.ordinal && highest.is_unavailable)?;
        (blocker.pod.name().to_owned(), state_of(blocker))
    };
    let broken = scene.condemned().filter(|judged| {
        let is_over = matches!(judged.pod.phase(), Phase::Failed | Phase::Succeeded);
        is_over
            || judged
                .trouble
                .as_ref()
                .is_some_and(|trouble| !trouble.may_recover)
    });
    let is_for_ever = stop.is_none() && broken.count() >= 2;
    let severity = if is_for_ever {
        Severity::Error
    } else {
        Severity::Warning
    };
    let message = format!("Pod {name} is not removed: the controller waits for Pod {blocker}, which {why}");
    let diagnosis = Diagnosis::new(DiagnosisCode::ScaleDownBlocked, severity, message)
        .about("Pod", name)
        .about("Pod", blocker);
    Some(match is_for_ever {
        true => diagnosis.deleting(scene, [name]),
        false => diagnosis,
    })
}

fn state_of(judged: &Judged<'_>) -> String {
    match &judged.trouble {
        _ if judged.pod.is_terminating() => "is terminating".to_owned(),
        Some(trouble) => format!("is not ready: {}", trouble.sentence()),
        None => "is not available yet (minReadySeconds)".to_owned(),
    }
}

/// A Pod that the controller will not replace, whatever becomes of it.
fn not_ready(scene: &Scene<'_>, judged: &Judged<'_>) -> Option<Diagnosis> {
    let trouble = judged.trouble.as_ref()?;
    let pod = judged.pod;
    if pod.is_terminating() || matches!(pod.phase(), Phase::Failed | Phase::Succeeded) {
        return None;
    }
    let is_deleted =
        scene.plan.actions.iter().any(|action| {
            matches!(action.operation, Operation::DeletePod { .. }) && action.name == pod.name()
        });
    let is_in_turn = scene.is_rolling() && !judged.is_updated && judged.ordinal >= scene.first_updated();
    if is_deleted || is_in_turn {
        // The update replaces it, or is stopped by something that has its own diagnosis.
        return None;
    }
    let long_since = judged
        .since()
        .filter(|since| since.plus_seconds(LONG) <= scene.now);
    let severity = match (trouble.may_recover, long_since) {
        (false, _) => Severity::Error,
        (true, Some(_)) => Severity::Warning,
        (true, None) => return None,
    };
    let since = long_since.map_or(String::new(), |since| format!(" since {since}"));
    let name = pod.name();
    let message = format!(
        "Pod {name} is not ready{since}: {}. The controller leaves it as it is",
        trouble.sentence()
    );
    let namespace = scene.set().namespace();
    let look = vec![
        format!("kubectl describe -n {namespace} pod {name}"),
        format!("kubectl logs -n {namespace} {name} --previous"),
    ];
    let diagnosis = Diagnosis::new(DiagnosisCode::PodNotReady, severity, message).about("Pod", name);
    let diagnosis = match judged.is_updated || scene.is_rolling() {
        true => diagnosis,
        // OnDelete: the update waits for somebody to do just this.
        false => diagnosis.deleting(scene, [name]),
    };
    let advice = match scene.is_ordered() && scene.is_rolling() {
        true => {
            "see why, and mend what the Pod needs; where it is the template, apply it mended and then delete the Pod, which \
                 OrderedReady does not replace by itself"
        }
        false => "see why, and mend what the Pod needs, or the template",
    };
    Some(diagnosis.advising(advice, look))
}

/// The partition is an offset from the first ordinal, and may lie past the last (k/k#128529).
fn partition_offset(scene: &Scene<'_>) -> Option<Diagnosis> {
    let (set, partition) = (scene.set(), scene.partition());
    let (start, end) = (set.start(), set.end());
    if !scene.is_rolling() || partition == 0 || (start == 0 && partition < set.replicas()) {
        return None;
    }
    let first = scene.first_updated();
    let message = match first >= end {
        true => format!(
            "the partition is {partition} and there are {} replicas: no Pod is updated",
            set.replicas()
        ),
        false if first + 1 == end => format!(
            "the partition {partition} is counted from the first ordinal, which is {start}: only ordinal {first} is updated"
        ),
        false => format!(
            "the partition {partition} is counted from the first ordinal, which is {start}: ordinals {first} to {} are updated",
            end.saturating_sub(1)
        ),
    };
    Some(
        Diagnosis::new(DiagnosisCode::PartitionOffset, Severity::Info, message)
            .about("StatefulSet", set.name()),
    )
}

/// OrderedReady takes several Pods down at once and brings them back one at a time.
fn budget_serial(scene: &Scene<'_>) -> Option<Diagnosis> {
    let is_concerned =
        scene.is_ordered() && scene.is_rolling() && scene.profile.is_enabled(Gate::MaxUnavailableStatefulSet);
    let budget = budget(scene).filter(|budget| is_concerned && *budget > 1)?;
    let message = format!(
        "an update takes {budget} Pods down together (maxUnavailable), and OrderedReady brings them back one at a time"
    );
    let diagnosis = Diagnosis::new(DiagnosisCode::BudgetSerial, Severity::Warning, message);
    let diagnosis = diagnosis.about("StatefulSet", scene.set().name());
    Some(diagnosis.advising(
        "set podManagementPolicy Parallel in a new set, or maxUnavailable 1",
        Vec::new(),
    ))
}

fn shown(revision: &str) -> &str {
    if revision.is_empty() { "(none)" } else { revision }
}
