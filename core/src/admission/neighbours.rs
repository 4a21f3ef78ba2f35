//! P8 and P9: other controllers, and the Service.

use serde_json::Value;

use super::change::Change;
use super::context::within;
use super::{Context, Policy, Violation, text};
use crate::explain::selects;
use crate::json::{Faults, Field};
use crate::object::at;
use crate::observed::{Labels, Selector, StatefulSet};

pub(super) fn judge(change: &Change, context: &Context, found: &mut Vec<Violation>) {
    let Some(new) = &change.new else { return };
    let old = change.old.as_ref();
    if let Some(fault) = overlap(new, context)
        && old.is_none_or(|old| overlap(old, context).as_ref() != Some(&fault))
    {
        found.push(Violation::new(
            Policy::P8,
            fault,
            "give each controller labels of its own",
        ));
    }
    if let Some((fault, remedy)) = service(new, context)
        && old.is_none_or(|old| service(old, context).is_none())
    {
        found.push(Violation::new(Policy::P9, fault, remedy));
    }
}

/// Another controller that selects this set's Pods, or whose Pods this set selects.
fn overlap(set: &StatefulSet, context: &Context) -> Option<String> {
    let labels = labels_of(set.template());
    let own = set.selector().ok();
    let others = within(&context.workloads, set.namespace());
    let named = |other: &'_ Value| [text(other, "/kind"), text(other, "/metadata/name")].map(str::to_owned);
    let overlapping = others.filter(|other| {
        let (kind, name) = (text(other, "/kind"), text(other, "/metadata/name"));
        let is_itself = kind == "StatefulSet" && name == set.name();
        let takes = |own: &Selector| {
            let theirs = at(other, "/spec/template").map(labels_of).unwrap_or_default();
            theirs != Labels::default() && own.matches(&theirs)
        };
        !is_itself && !is_part_of_another(other) && (selects(other, &labels) || own.is_some_and(takes))
    });
    // The first by kind and name: the order of a list never matters.
    let [kind, name] = overlapping.map(named).min()?;
    let kind = match kind.as_str() {
        "" => "another controller",
        kind => kind,
    };
    Some(format!(
        "{kind} {name} selects the same Pods: each may adopt those of the other"
    ))
}

/// A Deployment's ReplicaSet: the Deployment speaks for it.
fn is_part_of_another(workload: &Value) -> bool {
    let owners = at(workload, "/metadata/ownerReferences").and_then(Value::as_array);
    owners
        .into_iter()
        .flatten()
        .any(|owner| owner.get("controller") == Some(&Value::Bool(true)))
}

pub(super) fn labels_of(template: &Value) -> Labels {
    let faults = Faults::default();
    Labels::parse(&Field::root(template, &faults).key("metadata").key("labels"))
}

/// What is wrong with the Service that gives the Pods their names, and the remedy.
fn service(set: &StatefulSet, context: &Context) -> Option<(String, String)> {
    let name = set.service_name();
    if name.is_empty() {
        let message = "there is no serviceName: the Pods have no DNS names of their own";
        let remedy = "make a headless Service and name it; serviceName cannot be set later";
        return Some((message.to_owned(), remedy.to_owned()));
    }
    context.services.as_ref()?;
    let mut services = within(&context.services, set.namespace());
    let Some(service) = services.find(|service| text(service, "/metadata/name") == name) else {
        return Some((
            format!("Service {name} does not exist: the Pods' names do not resolve until it does"),
            format!("make a Service {name} with `clusterIP: None` first"),
        ));
    };
    if text(service, "/spec/clusterIP") != "None" {
        return Some((
            format!("Service {name} is not headless: the Pods' names need not resolve"),
            "delete the Service and make it anew with `clusterIP: None`".to_owned(),
        ));
    }
    (!is_selected_by(service, &labels_of(set.template()))).then(|| {
        (
            format!("the selector of Service {name} does not match the Pod template's labels"),
            "make the Service's selector a part of the template's labels".to_owned(),
        )
    })
}

/// Whether a Service selects Pods with these labels; one without a selector selects none.
pub(super) fn is_selected_by(service: &Value, labels: &Labels) -> bool {
    let selector = at(service, "/spec/selector").and_then(Value::as_object);
    selector.is_some_and(|selector| {
        let mut wanted = selector.iter();
        !selector.is_empty()
            && wanted.all(|(key, value)| {
                value
                    .as_str()
                    .is_some_and(|value| labels.value(key) == Some(value))
            })
    })
}
