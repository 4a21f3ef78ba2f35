//! What stands around the set of a request, out of the cache.

use serde_json::Value;
use steadfast_core::admission::{Context, Mode, Operation, Policy, Request, Settings, SubResource};

use super::Cache;
use super::kinds::{BUDGETS, CLAIMS, PODS, SERVICES, SETS, WORKLOADS};

/// The objects that the policies which are switched on read for this request. Of Pods and claims these are the ones whose names begin
/// as those of the set do, since its ordinals' names are all that policies look for; of Services the one that it names, unless one
/// is looked for; of the rest, those of its namespace.
pub fn surroundings(request: &Request, settings: &Settings, cache: &Cache) -> Context {
    let mut context = Context::default();
    let is_on = |policies: &[Policy]| policies.iter().any(|policy| settings.mode(*policy) != Mode::Off);
    let (namespace, is_new) = (request.namespace.as_str(), request.operation == Operation::Create);
    let is_set = request.sub_resource == SubResource::None;
    if request.sub_resource == SubResource::Scale || request.operation == Operation::Delete {
        context.stored_set = cache.one(&SETS, namespace, &request.name);
    }
    let sets = [
        Some(&request.object),
        Some(&request.old_object),
        context.stored_set.as_ref(),
    ];
    let starts = Starts::of(request, sets.into_iter().flatten());
    if !is_new && is_on(&[Policy::P1, Policy::P2, Policy::P3, Policy::P10]) {
        context.pods = cache.beginning(&PODS, namespace, &starts.pods);
    }
    if is_on(&[Policy::P1, Policy::P2, Policy::P7]) {
        context.claims = cache.beginning(&CLAIMS, namespace, &starts.claims);
    }
    // How many replicas a budget lets go is a question of `/scale`, too.
    if request.operation != Operation::Delete && is_on(&[Policy::P10]) {
        context.disruption_budgets = cache.within(&BUDGETS, namespace);
    }
    if is_set && request.operation != Operation::Delete {
        if settings.fills_service_name {
            context.services = cache.within(&SERVICES, namespace);
        } else if is_on(&[Policy::P9]) {
            context.services = cache.named(&SERVICES, namespace, &service_names(request));
        }
        if is_on(&[Policy::P8]) {
            let lists = WORKLOADS.map(|kind| cache.within(kind, namespace));
            // One list that is not there leaves the question open.
            let all: Option<Vec<Vec<Value>>> = lists.into_iter().collect();
            context.workloads = all.map(|lists| lists.into_iter().flatten().collect());
        }
    }
    context
}

/// The Services that the set names, before the change and after it.
fn service_names(request: &Request) -> Vec<&str> {
    let sets = [&request.object, &request.old_object];
    let names = sets.map(|set| set.get("spec")?.get("serviceName")?.as_str());
    let mut names: Vec<&str> = names.into_iter().flatten().collect();
    names.dedup();
    names
}

/// How the names of a set's Pods and claims begin.
struct Starts {
    pods: Vec<String>,
    claims: Vec<String>,
}

impl Starts {
    fn of<'a>(request: &Request, sets: impl Iterator<Item = &'a Value>) -> Self {
        let (mut pods, mut claims) = (Vec::new(), Vec::new());
        for set in sets {
            let text = |value: &'a Value, field: &str| -> Option<&'a str> {
                let text = value.get("metadata")?.get(field)?.as_str();
                text.filter(|text| !text.is_empty())
            };
            let name = text(set, "name").unwrap_or(&request.name);
            if name.is_empty() {
                // A name that is yet to be made is nobody's.
                continue;
            }
            pods.push(format!("{name}-"));
            let templates = set.pointer("/spec/volumeClaimTemplates");
            for template in templates.and_then(Value::as_array).into_iter().flatten() {
                let template = text(template, "name").unwrap_or_default();
                claims.push(format!("{template}-{name}-"));
            }
        }
        Self {
            pods: distinct(pods),
            claims: distinct(claims),
        }
    }
}

/// Without those that another one covers: an object is found once.
fn distinct(mut starts: Vec<String>) -> Vec<String> {
    starts.sort();
    let mut kept: Vec<String> = Vec::new();
    for start in starts {
        if !kept.last().is_some_and(|last| start.starts_with(last.as_str())) {
            kept.push(start);
        }
    }
    kept
}
