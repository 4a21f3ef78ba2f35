//! P10: rollouts that stop, do nothing, or take too much at once.

use serde_json::Value;

use super::change::{Change, ordinal_of};
use super::context::within;
use super::neighbours::labels_of;
use super::{Context, Policy, Quorum, Settings, Violation, text};
use crate::explain::{Trouble, selects};
use crate::object::at;
use crate::observed::{Object, Pod, PodManagementPolicy, StatefulSet, StrategyType};
use crate::{Gate, Profile};

pub(super) fn judge(
    change: &Change,
    context: &Context,
    settings: &Settings,
    profile: &Profile,
    found: &mut Vec<Violation>,
) {
    let Some(new) = &change.new else { return };
    let old = change.old.as_ref();
    // Asked last: a revision's name takes longer than all the rest.
    let is_new_template = || old.is_none_or(|old| old.revision_name(profile) != new.revision_name(profile));
    let mut object = |message: String, remedy: &str| {
        found.push(Violation::new(Policy::P10, message, remedy));
    };
    if let Some(old) = old {
        if let Some((pod, trouble)) = broken(new, context).filter(|_| is_new_template()) {
            object(
                format!(
                    "a new template does not reach Pod {pod}, which is broken ({trouble}) and stops the rollout"
                ),
                "mend or delete the Pod too (k/k#67250)",
            );
        }
        if let Some(message) = below_quorum(old, new, settings.quorum) {
            object(
                message,
                "scale in by fewer Pods at a time, and let the members leave first",
            );
        }
    }
    if let Some(message) = past_the_end(old, new, &is_new_template) {
        object(message, "the partition counts from ordinals.start (k/k#128529)");
    }
    if drops_max_unavailable(change, new, profile) {
        object(
            "maxUnavailable is dropped: its feature gate is off in this Kubernetes".to_owned(),
            "switch MaxUnavailableStatefulSet on, or leave the field out",
        );
    }
    if let Some(message) = budget(old, new, context) {
        object(message, "let the budget allow one disruption at least");
    }
}

/// The lowest Pod that will not become ready by itself, where OrderedReady waits for it before it updates anything.
fn broken(new: &StatefulSet, context: &Context) -> Option<(String, String)> {
    let is_stopped = new.policy() == PodManagementPolicy::OrderedReady
        && new.strategy().kind == StrategyType::RollingUpdate;
    if !is_stopped {
        return None;
    }
    let pods = within(&context.pods, new.namespace()).filter_map(|pod| {
        let ordinal = ordinal_of(text(pod, "/metadata/name"), new.name())?;
        (new.start()..new.end())
            .contains(&ordinal)
            .then_some((ordinal, pod))
    });
    let broken = pods.filter_map(|(ordinal, pod)| {
        let pod = Pod::parse(Object::from(pod.clone())).ok()?;
        let trouble = Trouble::of(&pod).filter(|trouble| !trouble.may_recover && !pod.is_terminating())?;
        Some((ordinal, pod.name().to_owned(), trouble.reason))
    });
    let first = broken.min_by_key(|(ordinal, ..)| *ordinal)?;
    Some((first.1, first.2))
}

fn below_quorum(old: &StatefulSet, new: &StatefulSet, quorum: Quorum) -> Option<String> {
    let (before, after) = (old.replicas(), new.replicas());
    let (least, what) = match quorum {
        Quorum::Off => return None,
        Quorum::Majority => (before / 2 + 1, format!("a majority of {before}")),
        Quorum::Replicas(least) => (least, "the quorum".to_owned()),
    };
    // Down to nothing is switching it off, and two have no majority to lose.
    (after > 0 && after < before && after < least && before > 2)
        .then(|| format!("scaling in from {before} to {after} leaves fewer than {least}, {what}"))
}

fn past_the_end(
    old: Option<&StatefulSet>,
    new: &StatefulSet,
    is_new_template: &dyn Fn() -> bool,
) -> Option<String> {
    let partition = |set: &StatefulSet| {
        set.strategy()
            .rolling
            .as_ref()
            .map_or(0, |rolling| rolling.partition)
    };
    let holds_all =
        |set: &StatefulSet| partition(set) >= set.replicas() && partition(set) > 0 && set.replicas() > 0;
    let was = old.is_some_and(holds_all);
    let kind = new.strategy().kind;
    let is_rolling = kind == StrategyType::RollingUpdate;
    (is_rolling && holds_all(new) && old.is_some() && (!was || is_new_template())).then(|| {
        format!(
            "partition {} holds all {} replicas: no Pod gets a new template",
            partition(new),
            new.replicas()
        )
    })
}

/// Whether the request asks for maxUnavailable where it is switched off: a validating delivery sees only what was left of it, so
/// what `kubectl apply` notes counts too.
fn drops_max_unavailable(change: &Change, new: &StatefulSet, profile: &Profile) -> bool {
    if profile.is_enabled(Gate::MaxUnavailableStatefulSet) {
        return false;
    }
    let asks = |set: &StatefulSet| asks_max_unavailable(set.object());
    !change.old.as_ref().is_some_and(asks) && (change.asks_max_unavailable || asks(new))
}

pub(super) fn asks_max_unavailable(set: &Value) -> bool {
    const FIELD: &str = "/spec/updateStrategy/rollingUpdate/maxUnavailable";
    let applied = set.get("metadata").and_then(|metadata| {
        metadata
            .get("annotations")?
            .get("kubectl.kubernetes.io/last-applied-configuration")
    });
    let applied = applied
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    at(set, FIELD).is_some_and(|value| !value.is_null())
        || applied.is_some_and(|applied| at(&applied, FIELD).is_some())
}

/// A disruption budget that lets no Pod go, however many are available.
fn budget(old: Option<&StatefulSet>, new: &StatefulSet, context: &Context) -> Option<String> {
    let closed = |set: &StatefulSet| {
        let labels = labels_of(set.template());
        let budgets = within(&context.disruption_budgets, set.namespace());
        let selecting = budgets.filter(|budget| selects(budget, &labels));
        let closed = selecting.filter(|budget| set.replicas() > 0 && is_closed(budget, set.replicas()));
        // The first by name: the order of a list never matters.
        closed
            .map(|budget| text(budget, "/metadata/name").to_owned())
            .min()
    };
    let name = closed(new).filter(|_| old.is_none_or(|old| closed(old).is_none()))?;
    Some(format!(
        "PodDisruptionBudget {name} allows no disruption of {} replicas: a drain waits for ever",
        new.replicas()
    ))
}

fn is_closed(budget: &Value, replicas: u64) -> bool {
    let spec = |field: &str| {
        budget
            .get("spec")
            .and_then(|spec| spec.get(field))
            .filter(|value| !value.is_null())
    };
    let number = |value: &Value| match value {
        Value::String(text) => {
            let percent: u64 = text.strip_suffix('%')?.parse().ok()?;
            Some((replicas * percent.min(1_000)).div_ceil(100))
        }
        other => other.as_u64(),
    };
    let none = spec("maxUnavailable").and_then(number) == Some(0);
    let all = spec("minAvailable")
        .and_then(number)
        .is_some_and(|least| least >= replicas);
    none || all
}
