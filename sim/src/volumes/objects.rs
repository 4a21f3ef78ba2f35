//! The objects that are written: volumes that are made, claims that are bound.

use serde_json::{Map, Value, json};
use steadfast_core::observed::Document;

use super::class::{Class, SELECTED_NODE};
use crate::component::{Step, World};
use crate::store::{Key, Resource, Write};
use crate::view;

/// The claims of a new Pod's ephemeral volumes (`pkg/controller/volume/ephemeral/controller.go`, `handleVolume`).
pub(super) fn create_ephemeral(key: &Key, pod: &dyn Document, world: &World<'_>, step: &mut Step) {
    for volume in view::items(pod, &["spec", "volumes"]) {
        let Some(template) = view::at(volume, &["ephemeral", "volumeClaimTemplate"]) else {
            continue;
        };
        let name = format!("{}-{}", key.name, view::text_or_empty(volume, &["name"]));
        if world
            .store
            .get(&Key::new(Resource::PersistentVolumeClaim, &key.namespace, &name))
            .is_some()
        {
            continue;
        }
        let mut metadata = template
            .get("metadata")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        metadata.insert("name".to_owned(), json!(name));
        metadata.insert("namespace".to_owned(), json!(&*key.namespace));
        let owner = json!([{"apiVersion": "v1", "kind": "Pod", "name": &*key.name, "uid": view::uid(pod),
            "controller": true, "blockOwnerDeletion": true}]);
        metadata.insert("ownerReferences".to_owned(), owner);
        step.writes.push(Write::Create(
            json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": metadata, "spec": template.get("spec")}),
        ));
    }
}

/// The volume that is made for a claim, already kept for it. Under WaitForFirstConsumer it belongs to the zone of
/// the node that the scheduler chose, where the node has one.
pub(super) fn new_volume(key: &Key, claim: &dyn Document, class: &Class, world: &World<'_>) -> Value {
    let get = |path: &[&str]| view::at(claim, path).cloned().unwrap_or_default();
    let storage = view::text(claim, &["spec", "resources", "requests", "storage"]).unwrap_or("1Gi");
    let object = world
        .store
        .get(&Key::new(Resource::StorageClass, "", &class.name));
    let policy = object
        .and_then(|object| view::text(object, &["reclaimPolicy"]))
        .unwrap_or("Delete");
    let name = format!("pvc-{}", view::uid(claim));
    let mut spec = json!({
        "capacity": {"storage": storage},
        "accessModes": get(&["spec", "accessModes"]),
        "volumeMode": view::text(claim, &["spec", "volumeMode"]).unwrap_or("Filesystem"),
        "persistentVolumeReclaimPolicy": policy,
        "storageClassName": class.name,
        "claimRef": reference(key, claim),
        "csi": {"driver": class.provisioner, "volumeHandle": name},
    });
    let zone_label = "topology.kubernetes.io/zone";
    let node = view::text(claim, &["metadata", "annotations", SELECTED_NODE]).filter(|_| class.waits());
    let node = node.and_then(|node| world.store.get(&Key::new(Resource::Node, "", node)));
    let zone = node.and_then(|node| view::text(node, &["metadata", "labels", zone_label]));
    if let (Some(zone), Some(spec)) = (zone, spec.as_object_mut()) {
        let term = json!({"matchExpressions": [{"key": zone_label, "operator": "In", "values": [zone]}]});
        spec.insert(
            "nodeAffinity".to_owned(),
            json!({"required": {"nodeSelectorTerms": [term]}}),
        );
    }
    let mut volume = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": class.provisioner}},
    });
    if let Some(volume) = volume.as_object_mut() {
        volume.insert("spec".to_owned(), spec);
    }
    volume
}

pub(super) fn push_bound_claim(
    key: &Key,
    claim: &dyn Document,
    class: Option<&Class>,
    volume: &str,
    spec: &Value,
    step: &mut Step,
) {
    let mut bound = claim.whole().clone();
    if let Some(own) = bound.get_mut("spec").and_then(Value::as_object_mut) {
        own.insert("volumeName".to_owned(), json!(volume));
        if let Some(class) = class {
            own.insert("storageClassName".to_owned(), json!(class.name));
        }
    }
    let annotations = [
        ("pv.kubernetes.io/bind-completed", "yes"),
        ("pv.kubernetes.io/bound-by-controller", "yes"),
    ];
    annotate(&mut bound, &annotations);
    drop_version(&mut bound);
    step.writes.push(Write::Update(bound));
    let get = |name| spec.get(name).cloned().unwrap_or_default();
    let status = json!({"phase": "Bound", "accessModes": get("accessModes"), "capacity": get("capacity")});
    step.writes.push(Write::SetStatus {
        key: key.clone(),
        status,
    });
}

pub(super) fn reference(key: &Key, claim: &dyn Document) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": &*key.namespace, "name": &*key.name,
        "uid": view::uid(claim)})
}

pub(super) fn without_selected_node(claim: &dyn Document) -> Value {
    let mut claim = claim.whole().clone();
    let annotations = claim
        .get_mut("metadata")
        .and_then(|metadata| metadata.get_mut("annotations"));
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.remove(SELECTED_NODE);
    }
    drop_version(&mut claim);
    claim
}

/// Adds annotations to an object.
pub(crate) fn annotate(object: &mut Value, entries: &[(&str, &str)]) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata
        .entry("annotations")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(annotations) = annotations.as_object_mut() {
        for (key, value) in entries {
            annotations.insert((*key).to_owned(), json!(value));
        }
    }
}

/// Makes an update unconditional: components decide from the newest state.
pub(crate) fn drop_version(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
    }
}
