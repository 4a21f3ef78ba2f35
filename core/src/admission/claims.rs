//! P1, P2, P3, P4, P7: what becomes of Pods and claims.

use std::cmp::Ordering;

use serde_json::Value;

use super::change::{Change, ordinal_of};
use super::context::within;
use super::{Context, PROTECT, Policy, Violation, named, text};
use crate::diff::order;
use crate::object::at;
use crate::observed::{RetentionPolicy, StatefulSet};

pub(super) fn judge(change: &Change, context: &Context, found: &mut Vec<Violation>) {
    match (&change.old, &change.new) {
        (Some(old), None) => found.extend(deletion(change, old, context)),
        (Some(old), Some(new)) => {
            found.extend(scaling_in(change, new, context));
            found.extend(retention(old, new, context));
            found.extend(moving(change, old, new));
            found.extend(adopting(change, new, context));
        }
        (None, Some(new)) => found.extend(adopting(change, new, context)),
        (None, None) => {}
    }
}

/// P1. Only claims of Pods that exist are marked, and go with them (`stateful_pod_control.go`, `UpdatePodClaimForRetentionPolicy`).
fn scaling_in(change: &Change, new: &StatefulSet, context: &Context) -> Option<Violation> {
    if !change.is_leaving()
        || new.retention().when_scaled == RetentionPolicy::Retain
        || new.claim_templates().is_empty()
    {
        return None;
    }
    let claims = claims_of(new, context, |ordinal| change.leaves(ordinal));
    let pods = change.leaving_pods(100);
    let remedy = "keep them by setting persistentVolumeClaimRetentionPolicy.whenScaled to Retain first";
    let (message, is_certain) = match (&context.claims, &context.pods) {
        (Some(_), Some(_)) if claims.is_empty() => return None,
        (Some(_), pods) => {
            let message = format!("whenScaled is Delete: scaling in deletes {}", named(&claims));
            (message, pods.is_some())
        }
        (None, _) => {
            let message = format!(
                "whenScaled is Delete: scaling in deletes the claims of {}",
                named(&pods)
            );
            (message, false)
        }
    };
    let violation = Violation::new(Policy::P1, message, remedy).of_claims(claims);
    Some(violation.certain(is_certain))
}

/// P2. The claims that go are those that the set owns: the controller makes it their owner while their Pods exist.
fn deletion(change: &Change, old: &StatefulSet, context: &Context) -> Vec<Violation> {
    let mut found = Vec::new();
    let is_kept = change.orphans || old.retention().when_deleted == RetentionPolicy::Retain;
    if !is_kept && !old.claim_templates().is_empty() {
        let claims = claims_of(old, context, |_| true);
        let message = match &context.claims {
            Some(_) => format!("whenDeleted is Delete: the deletion deletes {}", named(&claims)),
            None => "whenDeleted is Delete: the deletion deletes the claims of all Pods".to_owned(),
        };
        if context.claims.is_none() || !claims.is_empty() {
            let remedy = "keep them by setting persistentVolumeClaimRetentionPolicy.whenDeleted to Retain first, or by --cascade=orphan";
            let is_certain = context.claims.is_some() && context.pods.is_some();
            found.push(
                Violation::new(Policy::P2, message, remedy)
                    .of_claims(claims)
                    .certain(is_certain),
            );
        }
    }
    let annotations = old
        .object()
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations"));
    let is_protected = annotations
        .and_then(|all| all.get(PROTECT))
        .and_then(Value::as_str)
        == Some("true");
    if is_protected && old.replicas() > 0 {
        let message = format!(
            "the set is protected ({PROTECT}) and has {} replicas",
            old.replicas()
        );
        let remedy = "scale it to 0, or take the annotation off, first";
        found.push(Violation::new(Policy::P2, message, remedy));
    }
    found
}

/// P3.
fn retention(old: &StatefulSet, new: &StatefulSet, context: &Context) -> Option<Violation> {
    let (before, after) = (old.retention(), new.retention());
    let flips = |before, after| before == RetentionPolicy::Retain && after == RetentionPolicy::Delete;
    let fields: Vec<&str> = [
        ("whenScaled", flips(before.when_scaled, after.when_scaled)),
        ("whenDeleted", flips(before.when_deleted, after.when_deleted)),
    ]
    .into_iter()
    .filter_map(|(field, flips)| flips.then_some(field))
    .collect();
    let has_pods = within(&context.pods, old.namespace())
        .any(|pod| ordinal_of(text(pod, "/metadata/name"), old.name()).is_some());
    if fields.is_empty() || new.claim_templates().is_empty() || (old.replicas() == 0 && !has_pods) {
        return None;
    }
    let message = format!(
        "{} changes from Retain to Delete: from now on claims go with their data",
        fields.join(" and ")
    );
    let remedy = "say so on purpose";
    let claims = claims_of(new, context, |_| true);
    Some(Violation::new(Policy::P3, message, remedy).of_claims(claims))
}

/// P4.
fn moving(change: &Change, old: &StatefulSet, new: &StatefulSet) -> Option<Violation> {
    if old.start() == new.start() || (old.replicas() == 0 && new.replicas() == 0) {
        return None;
    }
    let span = |set: &StatefulSet| match set.replicas() {
        0 => "none".to_owned(),
        1 => format!("{}", set.start()),
        _ => format!("{} to {}", set.start(), set.end() - 1),
    };
    let mut message = format!("the ordinals move from {} to {}", span(old), span(new));
    let gone = change.leaving_pods(100);
    if !gone.is_empty() {
        message = format!("{message}: Pods {} go", named(&gone));
        let claims = match (new.claim_templates().is_empty(), new.retention().when_scaled) {
            (true, _) => "",
            (_, RetentionPolicy::Delete) => " with their claims",
            (_, RetentionPolicy::Retain) => ", and their claims stay behind",
        };
        message.push_str(claims);
    }
    let remedy = "move ordinals only to hand Pods over to another set (KEP-3335)";
    Some(Violation::new(Policy::P4, message, remedy))
}

/// P7: claims that are there already, for ordinals that come.
fn adopting(change: &Change, new: &StatefulSet, context: &Context) -> Option<Violation> {
    let mut faults = Vec::new();
    let mut claims = Vec::new();
    for (claim, template, ordinal) in of_set(new, context).filter(|(.., ordinal)| change.comes(*ordinal)) {
        let is_own = change
            .old
            .as_ref()
            .is_some_and(|old| is_owned(claim, old, ordinal));
        let differences = match is_own {
            true => Vec::new(),
            false => differing(claim, template),
        };
        if !differences.is_empty() {
            let name = text(claim, "/metadata/name");
            faults.push(format!("{name} ({})", differences.join(", ")));
            claims.push(name.to_owned());
        }
    }
    if faults.is_empty() {
        return None;
    }
    faults.sort();
    claims.sort();
    let message = format!("it would take over claims as they are: {}", named(&faults));
    let remedy = "delete or rename them, or change the claim template";
    Some(Violation::new(Policy::P7, message, remedy).of_claims(claims))
}

/// What a claim has that its template does not ask for.
fn differing(claim: &Value, template: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if at(claim, "/metadata/deletionTimestamp").is_some_and(|time| !time.is_null()) {
        found.push("being deleted".to_owned());
    }
    let (has, wants) = (
        text(claim, "/spec/resources/requests/storage"),
        text(template, "/spec/resources/requests/storage"),
    );
    let is_same = order(has, wants).map_or(has == wants, Ordering::is_eq);
    if !is_same && !has.is_empty() && !wants.is_empty() {
        found.push(format!("{has}, not {wants}"));
    }
    let (has, wants) = (
        text(claim, "/spec/storageClassName"),
        text(template, "/spec/storageClassName"),
    );
    if !wants.is_empty() && has != wants {
        found.push(format!("class {has}, not {wants}"));
    }
    let mode = |object| match text(object, "/spec/volumeMode") {
        "" => "Filesystem",
        mode => mode,
    };
    if mode(claim) != mode(template) {
        found.push(format!("mode {}, not {}", mode(claim), mode(template)));
    }
    found
}

/// The claims of the set's ordinals for which something holds, by name: those whose Pod exists, where Pods are known, and those
/// that the set or the Pod owns already.
fn claims_of(set: &StatefulSet, context: &Context, holds: impl Fn(u64) -> bool) -> Vec<String> {
    let pods: Option<Vec<&str>> = context.pods.as_ref().map(|_| {
        let pods = within(&context.pods, set.namespace());
        pods.map(|pod| text(pod, "/metadata/name")).collect()
    });
    let mut claims = Vec::new();
    for (claim, _, ordinal) in of_set(set, context).filter(|(.., ordinal)| holds(*ordinal)) {
        let pod = format!("{}-{ordinal}", set.name());
        let has_pod = pods.as_ref().is_none_or(|pods| pods.contains(&pod.as_str()));
        if has_pod || is_owned(claim, set, ordinal) {
            claims.push((ordinal, text(claim, "/metadata/name").to_owned()));
        }
    }
    claims.sort();
    claims.dedup();
    claims.into_iter().map(|(_, name)| name).collect()
}

/// The claims that are called as the set's are, each with its template and its ordinal.
fn of_set<'a>(
    set: &'a StatefulSet,
    context: &'a Context,
) -> impl Iterator<Item = (&'a Value, &'a Value, u64)> {
    let claims = within(&context.claims, set.namespace());
    claims.flat_map(move |claim| {
        let name = text(claim, "/metadata/name");
        set.claim_templates().iter().filter_map(move |template| {
            let ordinal = ordinal_of(name, &format!("{}-{}", template.name, set.name()))?;
            Some((claim, set.claim_template(template), ordinal))
        })
    })
}

/// Whether the set is an owner of a claim, or the Pod of that ordinal is.
fn is_owned(claim: &Value, set: &StatefulSet, ordinal: u64) -> bool {
    let owners = at(claim, "/metadata/ownerReferences").and_then(Value::as_array);
    let pod = format!("{}-{ordinal}", set.name());
    owners.into_iter().flatten().any(|owner| {
        text(owner, "/uid") == &*set.metadata().uid
            || (text(owner, "/kind") == "Pod" && text(owner, "/name") == pod)
    })
}
