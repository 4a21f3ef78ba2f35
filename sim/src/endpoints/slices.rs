//! The EndpointSlices of one Service: which Pod is in which, and what each says.

use serde_json::{Map, Value, json};
use steadfast_core::observed::Document;
use steadfast_core::sorted::{SortedMap, SortedSet};

use crate::scheduler::selector::Selector;
use crate::store::{Key, Resource, Store};
use crate::view;

/// How many endpoints one slice may hold (`--max-endpoints-per-slice`).
const MOST: usize = 100;

/// One Service with a selector.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    pub(super) selector: Selector,
    /// The slice of each Pod.
    members: SortedMap<Key, u64>,
    slices: SortedMap<u64, Slice>,
    /// Slices of each set of ports that have room.
    open: SortedMap<String, SortedSet<u64>>,
    pub(super) dirty: SortedSet<u64>,
    made: u64,
    pub(super) is_due: bool,
}

#[derive(Clone, Debug)]
struct Slice {
    name: String,
    ports: String,
    members: Vec<Member>,
    /// Whether the object has been written.
    is_there: bool,
}

#[derive(Clone, Debug)]
struct Member {
    pod: Key,
    /// Where its endpoint stands in the slice that was written last, if nothing has changed since.
    written: Option<usize>,
}

/// What is to be done about a slice.
pub(super) enum Change {
    Put(Value, bool),
    Delete(Key),
}

impl Service {
    pub(super) fn of(object: &dyn Document) -> Self {
        Self {
            selector: Selector::of_map(object, &["spec", "selector"]),
            ..Self::default()
        }
    }

    /// A Pod's endpoint is new or may have changed.
    pub(super) fn put(&mut self, key: &Key, service: &dyn Document, pod: &Key, object: &dyn Document) {
        let ports = steadfast_core::json_text::of(&ports(service, object)).unwrap_or_default();
        if let Some(id) = self.members.get(pod).copied() {
            if let Some(slice) = self.slices.get_mut(&id).filter(|slice| slice.ports == ports) {
                let member = slice.members.iter_mut().find(|member| member.pod == *pod);
                member.into_iter().for_each(|member| member.written = None);
                self.dirty.insert(id);
                return;
            }
            self.remove(pod);
        }
        let open = self.open.get(&ports).and_then(SortedSet::first).copied();
        let id = open.unwrap_or_else(|| {
            self.made += 1;
            self.open.change(ports.clone(), |open| open.insert(self.made));
            self.made
        });
        if !self.slices.contains_key(&id) {
            let slice = Slice {
                name: format!("{}-{}", key.name, suffix(key, id)),
                ports: ports.clone(),
                members: Vec::new(),
                is_there: false,
            };
            self.slices.insert(id, slice);
        }
        if let Some(slice) = self.slices.get_mut(&id) {
            slice.members.push(Member {
                pod: pod.clone(),
                written: None,
            });
            if slice.members.len() >= MOST {
                self.open.change(ports, |open| open.remove(&id));
            }
        }
        self.members.insert(pod.clone(), id);
        self.dirty.insert(id);
    }

    /// A Pod has no endpoint any more. True where it had one.
    pub(super) fn remove(&mut self, pod: &Key) -> bool {
        let Some(id) = self.members.remove(pod) else {
            return false;
        };
        if let Some(slice) = self.slices.get_mut(&id) {
            slice.members.retain(|member| member.pod != *pod);
            self.open.change(slice.ports.clone(), |open| open.insert(id));
        }
        self.dirty.insert(id);
        true
    }

    /// Whether a slice of this name is one of ours.
    pub(super) fn owns(&self, name: &str) -> bool {
        self.slices.values().any(|slice| slice.name == name)
    }

    /// The slices that exist.
    pub(super) fn keys<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = Key> + 'a {
        let there = self.slices.values().filter(|slice| slice.is_there);
        there.map(|slice| Key::new(Resource::EndpointSlice, &key.namespace, &slice.name))
    }

    /// What has to be written, for the slices that changed; afterwards nothing is dirty.
    pub(super) fn changes(&mut self, key: &Key, service: &dyn Document, store: &Store) -> Vec<Change> {
        let mut changes = Vec::new();
        for id in std::mem::take(&mut self.dirty) {
            let Some(slice) = self.slices.get_mut(&id) else {
                continue;
            };
            let slice_key = Key::new(Resource::EndpointSlice, &key.namespace, &slice.name);
            if slice.members.is_empty() {
                if slice.is_there {
                    changes.push(Change::Delete(slice_key));
                }
                if let Some(open) = self.open.get_mut(&slice.ports) {
                    open.remove(&id);
                }
                self.slices.remove(&id);
                continue;
            }
            // Endpoints that have not changed are taken over: a change of one Pod does not cost a hundred.
            let stored = store.get(&slice_key);
            let before = stored
                .map(|stored| view::items(stored, &["endpoints"]))
                .unwrap_or_default();
            let mut endpoints = Vec::with_capacity(slice.members.len());
            let mut is_same = stored.is_some() && before.len() == slice.members.len();
            for member in &mut slice.members {
                let known = member.written.and_then(|at| before.get(at)).cloned();
                is_same &= known.is_some();
                let new = || Some(endpoint(service, store.get(&member.pod)?, &member.pod, store));
                if let Some(endpoint) = known.or_else(new) {
                    member.written = Some(endpoints.len());
                    endpoints.push(endpoint);
                }
            }
            if is_same {
                continue;
            }
            let object = object(key, service, slice, endpoints);
            changes.push(Change::Put(object, slice.is_there));
            slice.is_there = true;
        }
        changes
    }
}

/// Whether a Pod belongs into slices at all (`ShouldPodBeInEndpoints`): it has an address and has not finished.
pub(super) fn is_endpoint(pod: &dyn Document) -> bool {
    !view::is_finished(pod) && view::text(pod, &["status", "podIP"]).is_some_and(|ip| !ip.is_empty())
}

/// One endpoint (`podToEndpoint`).
fn endpoint(service: &dyn Document, pod: &dyn Document, key: &Key, store: &Store) -> Value {
    let is_terminating = view::is_terminating(pod);
    let is_serving = view::condition(pod, "Ready") == Some("True");
    let is_ready =
        view::is_true(service, &["spec", "publishNotReadyAddresses"]) || (is_serving && !is_terminating);
    let mut entries = Map::new();
    let mut put = |name: &str, value: Value| entries.insert(name.to_owned(), value);
    put(
        "addresses",
        json!([view::text_or_empty(pod, &["status", "podIP"])]),
    );
    put(
        "conditions",
        json!({"ready": is_ready, "serving": is_serving, "terminating": is_terminating}),
    );
    let target =
        json!({"kind": "Pod", "namespace": &*key.namespace, "name": &*key.name, "uid": view::uid(pod)});
    put("targetRef", target);
    let hostname = view::text_or_empty(pod, &["spec", "hostname"]);
    if !hostname.is_empty()
        && view::text(pod, &["spec", "subdomain"]) == view::text(service, &["metadata", "name"])
    {
        put("hostname", json!(hostname));
    }
    if let Some(node) = view::text(pod, &["spec", "nodeName"]).filter(|node| !node.is_empty()) {
        put("nodeName", json!(node));
        let object = store.get(&Key::new(Resource::Node, "", node));
        let label = "topology.kubernetes.io/zone";
        if let Some(zone) = object.and_then(|node| view::text(node, &["metadata", "labels", label])) {
            put("zone", json!(zone));
        }
    }
    Value::Object(entries)
}

/// The ports of a Service as this Pod serves them; one that the Pod does not name is left out.
fn ports(service: &dyn Document, pod: &dyn Document) -> Vec<Value> {
    let resolve = |port: &Value| {
        let protocol = view::text(port, &["protocol"]).unwrap_or("TCP");
        let number = match port.get("targetPort") {
            Some(Value::String(name)) => {
                let containers = view::items(pod, &["spec", "containers"]).iter();
                let mut ports = containers.flat_map(|container| view::items(container, &["ports"]));
                let named = ports.find(|port| {
                    view::text(port, &["name"]) == Some(name)
                        && view::text(port, &["protocol"]).unwrap_or("TCP") == protocol
                })?;
                view::number(named, &["containerPort"])?
            }
            Some(target) if target.as_i64().is_some_and(|number| number != 0) => target.as_i64()?,
            _ => view::number(port, &["port"])?,
        };
        let name = view::text_or_empty(port, &["name"]);
        Some(json!({"name": name, "port": number, "protocol": protocol}))
    };
    view::items(service, &["spec", "ports"])
        .iter()
        .filter_map(resolve)
        .collect()
}

fn object(key: &Key, service: &dyn Document, slice: &Slice, endpoints: Vec<Value>) -> Value {
    let mut labels = view::at(service, &["metadata", "labels"])
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut label = |name: &str, value: &str| labels.insert(name.to_owned(), json!(value));
    label("kubernetes.io/service-name", &key.name);
    label("endpointslice.kubernetes.io/managed-by", super::CONTROLLER);
    if view::text(service, &["spec", "clusterIP"]) == Some("None") {
        label("service.kubernetes.io/headless", "");
    }
    let mut metadata = json!({
        "name": slice.name,
        "namespace": &*key.namespace,
        "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": &*key.name, "uid": view::uid(service),
            "controller": true, "blockOwnerDeletion": true}],
    });
    // `json!` would serialize what it is given once more, endpoint by endpoint.
    put(&mut metadata, "labels", Value::Object(labels));
    let mut object =
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4"});
    put(&mut object, "metadata", metadata);
    put(
        &mut object,
        "ports",
        serde_json::from_str(&slice.ports).unwrap_or_default(),
    );
    put(&mut object, "endpoints", Value::Array(endpoints));
    object
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(entries) = object.as_object_mut() {
        entries.insert(key.to_owned(), value);
    }
}

/// Five letters as the API server appends them to a generated name, here from a hash (FNV-1a) and not from chance.
fn suffix(key: &Key, id: u64) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    let text = format!("{}/{}/{id}", key.namespace, key.name);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let letter = |n: u32| {
        LETTERS
            .get((hash / 27u64.pow(n) % 27) as usize)
            .map_or('x', |byte| char::from(*byte))
    };
    (0..5).map(letter).collect()
}
