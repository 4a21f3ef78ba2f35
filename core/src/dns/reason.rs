//! Why a name of the cluster has no record.

use super::Zone;
use super::find::{Question, Request};
use super::names::names;
use super::service::ServiceKind;

/// Why a whole name does not exist, as a sentence without a full stop; nothing where it exists or is not the cluster's.
///
/// ```
/// use serde_json::json;
/// use steadfast_core::Observation;
/// use steadfast_core::dns::{Settings, why_not, zone};
/// let observation = Observation::of_value(json!({"services": [
///     {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"clusterIP": "None", "selector": {"app": "web"}}}], "pods": []}))?;
/// let zone = zone(&observation, &Settings::default())?;
/// let why = |name| why_not(&zone, name).unwrap();
/// assert_eq!(why("web.shop.svc.cluster.local"), "Service web is headless, and no endpoint of it is ready");
/// assert_eq!(why("db.shop.svc.cluster.local"), "Service db does not exist in namespace shop");
/// assert_eq!(why("web.other.svc.cluster.local"), "the input holds nothing of namespace other");
/// # Ok::<(), steadfast_core::Error>(())
/// ```
pub fn why_not(zone: &Zone, name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let states = names(zone);
    let is_it = |own: &str| own.eq_ignore_ascii_case(name);
    if let Some(state) = states
        .iter()
        .find(|state| state.name.as_deref().is_some_and(is_it))
    {
        return state.message.clone();
    }
    let question = Question::of(name, zone).filter(|question| !question.falls_through())?;
    let request = question.parse().ok()?;
    if request.root.is_empty() {
        return None;
    }
    let namespace = request.namespace;
    if !zone.facts.namespaces.contains(namespace) {
        return Some(format!("the input holds nothing of namespace {namespace}"));
    }
    match request.root {
        "svc" if !request.service.is_empty() => of_service(zone, &request),
        _ => None,
    }
}

fn of_service(zone: &Zone, request: &Request<'_>) -> Option<String> {
    let name = request.service;
    let Some(service) = zone.facts.service(request.namespace, name) else {
        return Some(match zone.facts.services {
            None => format!("the input has no Services: whether there is a Service {name} is not known"),
            Some(_) => format!("Service {name} does not exist in namespace {}", request.namespace),
        });
    };
    let has_part = [request.endpoint, request.port, request.protocol]
        .iter()
        .any(|part| !part.is_empty());
    if service.kind == ServiceKind::ExternalName {
        let sentence = format!("Service {name} is another name for {}", service.external_name);
        return has_part.then(|| format!("{sentence}: there is nothing below it"));
    }
    let key = service.key();
    if !request.endpoint.is_empty() {
        let is_there = zone.facts.named(request.endpoint, &key).next().is_some();
        return (!is_there).then(|| {
            format!(
                "no endpoint of Service {name} that is ready is called {}",
                request.endpoint
            )
        });
    }
    let mut ready = zone.facts.slices_of(&key).flat_map(|slice| &slice.addresses);
    if service.kind == ServiceKind::Headless && ready.next().is_none() {
        return Some(format!(
            "Service {name} is headless, and no endpoint of it is ready"
        ));
    }
    let is_served = match service.kind {
        ServiceKind::Headless => {
            let mut ports = zone.facts.slices_of(&key).flat_map(|slice| &slice.ports);
            ports.any(|port| request.takes(&port.name, &port.protocol))
        }
        _ => service
            .ports
            .iter()
            .any(|port| request.takes(&port.name, &port.protocol)),
    };
    (!is_served).then(|| {
        format!(
            "Service {name} has no port {} over {}",
            request.port, request.protocol
        )
    })
}
