//! The same input under several versions of Kubernetes: where decisions part, and which behaviour makes them part.
//!
//! A cause is found by trial, not by a table: the older version is asked again with some behaviours of the newer one, and
//! those without which it would not answer as the newer one does are the causes.
//!
//! ```
//! use serde_json::json;
//! use steadfast_core::{Behaviour, Observed, Profile, Timestamp, compare};
//!
//! let labels = json!({"app": "web"});
//! let pod = |name: &str, revision: &str, ready: &str| json!({"kind": "Pod", "metadata": {"name": name, "uid": name,
//!     "labels": {"app": "web", "statefulset.kubernetes.io/pod-name": name, "controller-revision-hash": revision},
//!     "ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "u", "controller": true}]},
//!     "spec": {"containers": []},
//!     "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]}});
//! let mut observed = Observed::of_set(json!({"metadata": {"name": "web", "uid": "u"}, "spec": {
//!     "replicas": 2, "selector": {"matchLabels": labels}, "podManagementPolicy": "Parallel",
//!     "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}},
//!     "template": {"metadata": {"labels": labels}, "spec": {"containers": []}}}}))?;
//! observed.put(pod("web-0", "web-old", "False"))?;
//! observed.put(pod("web-1", "web-old", "True"))?;
//! let versions: Vec<Profile> = ["1.35.0", "1.37"].iter().map(|version| version.parse().unwrap()).collect();
//! let now = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
//! let found = compare::decisions(&observed, now, &versions);
//! assert_eq!(found.partings[0].because[0].behaviour, Behaviour::UnavailableReplacedFirst);
//! # Ok::<(), steadfast_core::Error>(())
//! ```

use serde::Serialize;

use crate::explain;
use crate::plan::{Action, Wait};
use crate::{Behaviour, Observed, Plan, Profile, Timestamp, decimal, reconcile};

/// One decision under several versions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Decisions {
    /// Each version with the number of its group: versions of one group decide alike. Groups are counted from 0.
    pub versions: Vec<Grouped>,
    /// Where a version parts from the one before it in the list.
    pub partings: Vec<DecisionParting>,
}

/// A version and its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Grouped {
    /// The version.
    pub kubernetes: String,
    /// The group.
    pub group: usize,
}

/// Where two plans part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DecisionParting {
    /// The earlier in the list of the two versions.
    pub one: String,
    /// The later.
    pub other: String,
    /// The first part of the plan that differs.
    pub part: PlanPart,
    /// What the one has there, as a clause; absent where it has nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_one: Option<String>,
    /// What the other has there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_other: Option<String>,
    /// Why.
    pub because: Vec<Why>,
}

/// A part of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum PlanPart {
    /// What is done.
    Actions,
    /// What is waited for.
    Waits,
    /// The status that is written.
    Status,
    /// When it is looked at again.
    RequeueAfter,
}

/// A behaviour that makes two versions part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "WhyParting", optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Why {
    /// Which.
    pub behaviour: Behaviour,
    /// The version that has it; absent where it is no matter of yes or no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in: Option<String>,
    /// The feature gate that switches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<crate::Gate>"))]
    pub gate: Option<&'static str>,
    /// The sentence.
    pub sentence: String,
    /// Where it was proposed, reported or changed.
    pub reports: Vec<String>,
}

impl Why {
    /// The behaviour as a reason between two versions that differ in it.
    pub fn of(behaviour: Behaviour, one: &Profile, other: &Profile) -> Self {
        let gate = behaviour.gate().map(crate::Gate::name);
        let (only_in, without) = match behaviour {
            Behaviour::ApiServer => (None, None),
            _ if one.has(behaviour) => (Some(one.to_string()), Some(other.to_string())),
            _ => (Some(other.to_string()), Some(one.to_string())),
        };
        let sentence = match (&only_in, without, gate) {
            (Some(with), Some(without), Some(gate)) => format!(
                "{} in {with} and not in {without}: the feature gate {gate} is on in the one and off in the other",
                behaviour.sentence()
            ),
            (Some(with), Some(without), None) => {
                format!("{} in {with} and not in {without}", behaviour.sentence())
            }
            _ => format!("{} in {other} than in {one}", behaviour.sentence()),
        };
        Self {
            behaviour,
            only_in,
            gate,
            sentence,
            reports: behaviour
                .reports()
                .iter()
                .map(|report| (*report).to_owned())
                .collect(),
        }
    }
}

/// The plans for what is observed, compared.
pub fn decisions(observed: &Observed, now: Timestamp, profiles: &[Profile]) -> Decisions {
    let plans: Vec<(&Profile, Plan)> = profiles
        .iter()
        .map(|profile| (profile, reconcile(observed, now, profile)))
        .collect();
    let groups = groups(&plans, |(_, one), (_, other)| one == other);
    let versions = plans.iter().zip(groups).map(|((profile, _), group)| Grouped {
        kubernetes: profile.to_string(),
        group,
    });
    let versions = versions.collect();
    let pairs = plans.iter().zip(plans.iter().skip(1));
    let partings = pairs.filter_map(|((one, of_one), (other, of_other))| {
        let (part, in_one, in_other) = parting(of_one, of_other)?;
        let is_same = |mixed: &Profile| {
            let plan = reconcile(observed, now, mixed);
            parting(&plan, of_other).is_none_or(|(later, ..)| later > part)
        };
        Some(DecisionParting {
            one: one.to_string(),
            other: other.to_string(),
            part,
            in_one,
            in_other,
            because: causes(one, other, is_same),
        })
    });
    Decisions {
        partings: partings.collect(),
        versions,
    }
}

/// The behaviours of `other` without which `one` would not answer as `other` does, as far as `is_same` says of a mixture of
/// both whether it does: one that is enough by itself, else as few as are needed together. `is_same` is asked at most twice for
/// each behaviour in which they differ, and must say yes of `other` itself.
pub fn causes(one: &Profile, other: &Profile, mut is_same: impl FnMut(&Profile) -> bool) -> Vec<Why> {
    let why = |behaviour: Behaviour| Why::of(behaviour, one, other);
    let differences = one.differences(other);
    let mut is_enough = |behaviour: &&Behaviour| is_same(&one.borrowing(&[**behaviour], other));
    if let Some(alone) = differences.iter().find(&mut is_enough) {
        return vec![why(*alone)];
    }
    let mut needed = differences.clone();
    for behaviour in differences.into_iter().rev() {
        let without: Vec<Behaviour> = needed
            .iter()
            .copied()
            .filter(|known| *known != behaviour)
            .collect();
        if is_same(&one.borrowing(&without, other)) {
            needed = without;
        }
    }
    needed.into_iter().map(why).collect()
}

/// The number of the group of each: those that are alike have the same.
pub fn groups<T>(all: &[T], is_alike: impl Fn(&T, &T) -> bool) -> Vec<usize> {
    let mut firsts: Vec<&T> = Vec::new();
    let mut of_each = Vec::new();
    for one in all {
        let known = firsts.iter().position(|first| is_alike(first, one));
        of_each.push(known.unwrap_or(firsts.len()));
        if known.is_none() {
            firsts.push(one);
        }
    }
    of_each
}

/// The first part in which two plans differ, and what each has there.
fn parting(one: &Plan, other: &Plan) -> Option<(PlanPart, Option<String>, Option<String>)> {
    if let Some((a, b)) = first_difference(&one.actions, &other.actions) {
        return Some((PlanPart::Actions, a.map(told), b.map(told)));
    }
    if let Some((a, b)) = first_difference(&one.waits, &other.waits) {
        let told = |wait: &Wait| format!("waits {}", explain::wait(wait));
        return Some((PlanPart::Waits, a.map(told), b.map(told)));
    }
    if (&one.status, one.status_changed) != (&other.status, other.status_changed) {
        let told = |plan: &Plan| {
            let status = plan.status.as_ref().filter(|_| plan.status_changed)?;
            crate::json_text::of(status).ok()
        };
        return Some((PlanPart::Status, told(one), told(other)));
    }
    if one.requeue_after != other.requeue_after {
        let told = |plan: &Plan| {
            plan.requeue_after
                .map(|span| format!("in {} s", decimal(span.as_secs_f64())))
        };
        return Some((PlanPart::RequeueAfter, told(one), told(other)));
    }
    None
}

fn first_difference<'a, T: PartialEq>(
    one: &'a [T],
    other: &'a [T],
) -> Option<(Option<&'a T>, Option<&'a T>)> {
    let longest = one.len().max(other.len());
    let pairs = (0..longest).map(|at| (one.get(at), other.get(at)));
    pairs.into_iter().find(|(a, b)| a != b)
}

fn told(action: &Action) -> String {
    format!(
        "{} {} ({})",
        action.operation.name(),
        action.name,
        explain::reason(action)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(versions: [&str; 2]) -> [Profile; 2] {
        versions.map(|version| version.parse().unwrap())
    }

    #[test]
    fn a_behaviour_that_is_enough_alone_is_the_cause() {
        let [one, other] = profiles(["1.33", "1.37"]);
        let found = causes(&one, &other, |mixed| mixed.has(Behaviour::ConditionsKept));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].behaviour, Behaviour::ConditionsKept);
        assert_eq!(found[0].only_in.as_deref(), Some("1.37"));
    }

    #[test]
    fn behaviours_that_are_needed_together_are_all_told_and_no_more() {
        let [one, other] = profiles(["1.33", "1.37"]);
        let both = [Behaviour::MaxUnavailable, Behaviour::UnavailableReplacedFirst];
        let found = causes(&one, &other, |mixed| both.iter().all(|one| mixed.has(*one)));
        assert_eq!(found.iter().map(|why| why.behaviour).collect::<Vec<_>>(), both);
        assert_eq!(found[0].gate, Some("MaxUnavailableStatefulSet"));
        assert_eq!(found[1].gate, None);
    }

    #[test]
    fn every_behaviour_is_a_difference_of_some_versions_and_all_of_them_make_the_other() {
        let rows = Profile::ROWS.map(|row| row.parse::<Profile>().unwrap());
        let mut seen = Vec::new();
        for one in &rows {
            for other in &rows {
                seen.extend(one.differences(other));
                let mixed = one.borrowing(&Behaviour::ALL, other);
                assert_eq!(mixed.differences(other), [], "{one} as {other}");
            }
        }
        // Recreate is off in every version; a gate switches it on.
        let [off, on] = profiles(["1.37", "1.37"]);
        let on = on.with_gate("StatefulSetRecreateStrategy", true).unwrap();
        seen.extend(off.differences(&on));
        for behaviour in Behaviour::ALL {
            assert!(seen.contains(&behaviour), "{behaviour:?} differs nowhere");
            assert!(!behaviour.sentence().is_empty());
        }
    }
}
