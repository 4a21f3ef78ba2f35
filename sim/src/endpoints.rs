//! EndpointSlices: which Pods a Service leads to, and what DNS says of them.
//!
//! Source of the rules: `k8s.io/endpointslice` (`reconciler.go`, `utils.go`). Not modelled: dual stack, topology
//! hints, the empty slice of a Service without Pods.

mod slices;

use steadfast_core::observed::Document;
use steadfast_core::sorted::SortedMap;

use crate::clock::{Millis, Timer};
use crate::component::{Component, Step, World};
use crate::scheduler::selector::labels_of;
use crate::store::{Change, DeleteOptions, Key, Part, Resource, Write};
use crate::view;
use slices::{Service, is_endpoint};

/// Who writes the slices, as their label `endpointslice.kubernetes.io/managed-by` says.
const CONTROLLER: &str = "endpointslice-controller.k8s.io";
/// Changes of this span of virtual time are written together.
const BATCH: Millis = Millis(100);

/// The EndpointSlice controller.
///
/// A Pod has an endpoint while its labels match the Service's selector, it has an address and it has not finished.
/// It is serving while it is Ready, and ready while it is serving and not terminating, or always with
/// `publishNotReadyAddresses`. A slice holds up to 100 endpoints; a change rewrites one slice, 100 ms later.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    services: SortedMap<Key, Service>,
}

impl Component for Endpoints {
    fn name(&self) -> &'static str {
        "endpoints"
    }

    fn changed(&mut self, change: &Change, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        match change.key.resource {
            Resource::Pod => self.pod_changed(change, world, &mut step),
            Resource::Service => self.service_changed(change, world, &mut step),
            Resource::EndpointSlice => self.slice_changed(change, &mut step),
            _ => {}
        }
        step
    }

    fn due(&mut self, timer: &Timer, world: &mut World<'_>) -> Step {
        let mut step = Step::default();
        let Some(service) = self.services.get_mut(&timer.key) else {
            return step;
        };
        service.is_due = false;
        let Some(object) = world.store.get(&timer.key) else {
            return step;
        };
        for change in service.changes(&timer.key, object, world.store) {
            step.writes.push(match change {
                slices::Change::Put(slice, true) => Write::Update(slice),
                slices::Change::Put(slice, false) => Write::Create(slice),
                slices::Change::Delete(key) => Write::Delete {
                    key,
                    options: DeleteOptions::default(),
                },
            });
        }
        step
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Endpoints {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn pod_changed(&mut self, change: &Change, world: &World<'_>, step: &mut Step) {
        if self.services.is_empty() {
            return;
        }
        if let (Some(before), Some(after)) = (&change.before, &change.after)
            && is_same_endpoint(before, after)
        {
            return;
        }
        let first = Key::new(Resource::Service, &change.key.namespace, "");
        let services = self.services.iter_mut_from(&first);
        let services = services.take_while(|(key, _)| key.namespace == change.key.namespace);
        let endpoint = change.after.as_ref().filter(|pod| is_endpoint(pod));
        let labels = endpoint.map(|pod| labels_of(pod));
        for (key, service) in services {
            match (endpoint, &labels) {
                (Some(pod), Some(labels)) if service.selector.matches(labels) => {
                    let Some(object) = world.store.get(key) else {
                        continue;
                    };
                    service.put(key, object, &change.key, pod);
                }
                _ => {
                    if !service.remove(&change.key) {
                        continue;
                    }
                }
            }
            schedule(key, service, step);
        }
    }

    fn service_changed(&mut self, change: &Change, world: &World<'_>, step: &mut Step) {
        let key = &change.key;
        if let (Some(before), Some(after)) = (&change.before, &change.after)
            && after.has_same(Part::Spec, before)
        {
            return;
        }
        if let Some(service) = self.services.remove(key) {
            let delete = |key| Write::Delete {
                key,
                options: DeleteOptions::default(),
            };
            step.writes.extend(service.keys(key).map(delete));
        }
        let Some(object) = change.after.as_ref().filter(|object| has_selector(object)) else {
            return;
        };
        let mut service = Service::of(object);
        for (pod, pod_object) in world.store.list(Resource::Pod, Some(&key.namespace)) {
            if is_endpoint(pod_object) && service.selector.matches(&labels_of(pod_object)) {
                service.put(key, object, pod, pod_object);
            }
        }
        if !service.dirty.is_empty() {
            schedule(key, &mut service, step);
        }
        self.services.insert(key.clone(), service);
    }

    /// Slices that an observation brought along are replaced by our own.
    fn slice_changed(&self, change: &Change, step: &mut Step) {
        let (None, Some(slice)) = (&change.before, &change.after) else {
            return;
        };
        let label = |name: &str| view::text(slice, &["metadata", "labels", name]);
        let Some(service) = label("kubernetes.io/service-name") else {
            return;
        };
        let service = self
            .services
            .get(&Key::new(Resource::Service, &change.key.namespace, service));
        let is_ours = service.is_some_and(|service| service.owns(&change.key.name));
        if label("endpointslice.kubernetes.io/managed-by") == Some(CONTROLLER) && !is_ours {
            step.writes.push(Write::Delete {
                key: change.key.clone(),
                options: DeleteOptions::default(),
            });
        }
    }
}

/// Whether nothing has changed that an endpoint shows or depends on. A Pod's ports and host name never change.
fn is_same_endpoint(before: &dyn Document, after: &dyn Document) -> bool {
    let facts = |pod| {
        let node = view::text(pod, &["spec", "nodeName"]);
        let ready = view::condition(pod, "Ready") == Some("True");
        (
            view::uid(pod),
            node,
            view::text(pod, &["status", "podIP"]),
            ready,
            view::is_terminating(pod),
            is_endpoint(pod),
        )
    };
    facts(before) == facts(after)
        && view::at(before, &["metadata", "labels"]) == view::at(after, &["metadata", "labels"])
}

fn has_selector(service: &dyn Document) -> bool {
    view::strings(service, &["spec", "selector"]).next().is_some()
}

fn schedule(key: &Key, service: &mut Service, step: &mut Step) {
    if !service.is_due {
        service.is_due = true;
        let timer = Timer {
            owner: "endpoints",
            what: "write",
            key: key.clone(),
            token: 0,
        };
        step.timers.push((BATCH, timer));
    }
}

#[cfg(test)]
mod tests;
