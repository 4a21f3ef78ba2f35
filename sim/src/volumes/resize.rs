//! Claims that ask for more than they have.
//!
//! Source: `plugin/pkg/admission/storage/persistentvolume/resize/admission.go` (who may ask), and what the driver's
//! resizer and the kubelet do together.

use serde_json::{Value, json};

use super::class::Class;
use super::drop_version;
use super::size::bytes;
use crate::component::{Step, World};
use crate::settings::Settings;
use crate::store::{ApiError, Key, Object, Resource, Store, Write};
use crate::view;

/// Whether an API server lets somebody ask for `storage` in a claim: only bound claims grow, and only those of a class that
/// allows it. A class that is no object of the cluster is assumed to.
///
/// # Errors
/// The API server's answer.
pub(crate) fn admit(
    store: &Store,
    settings: &Settings,
    key: &Key,
    claim: &Object,
    storage: &str,
) -> Result<(), ApiError> {
    if bytes(storage) <= requested(claim) {
        return Ok(());
    }
    if view::text(claim, &["status", "phase"]) != Some("Bound") {
        return Err(ApiError::forbidden(
            key,
            "Only bound persistent volume claims can be expanded",
        ));
    }
    let class = Class::of(claim, settings, store);
    let allows = class.is_some_and(|class| {
        let object = store.get(&Key::new(Resource::StorageClass, "", &class.name));
        class.exists && object.is_none_or(|object| view::is_true(object, &["allowVolumeExpansion"]))
    });
    if allows {
        return Ok(());
    }
    Err(ApiError::forbidden(
        key,
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    ))
}

/// A bound claim asks for more than before: its volume grows, and then the claim has it.
pub(super) fn grow(key: &Key, before: &Object, claim: &Object, world: &World<'_>, step: &mut Step) {
    let is_same = before.uid() == claim.uid();
    let wanted = requested(claim);
    if !is_same || wanted <= requested(before) || wanted <= capacity(claim) {
        return;
    }
    let (Some(storage), Some(name)) = (
        view::text(claim, &["spec", "resources", "requests", "storage"]),
        view::text(claim, &["spec", "volumeName"]),
    ) else {
        return;
    };
    let volume_key = Key::new(Resource::PersistentVolume, "", name);
    if let Some(volume) = world.store.get(&volume_key) {
        let mut volume = volume.whole().clone();
        put_storage(volume.get_mut("spec"), storage);
        drop_version(&mut volume);
        step.writes.push(Write::Update(volume));
    }
    let mut status = claim.field("status").cloned().unwrap_or_else(|| json!({}));
    put_storage(Some(&mut status), storage);
    step.writes.push(Write::SetStatus {
        key: key.clone(),
        status,
    });
}

/// What a claim has, as it is written.
pub(crate) fn capacity_of(claim: &Object) -> &str {
    view::text_or_empty(claim, &["status", "capacity", "storage"])
}

fn capacity(claim: &Object) -> Option<u64> {
    bytes(capacity_of(claim))
}

fn requested(claim: &Object) -> Option<u64> {
    bytes(view::text_or_empty(
        claim,
        &["spec", "resources", "requests", "storage"],
    ))
}

/// Sets `capacity.storage`.
fn put_storage(holder: Option<&mut Value>, storage: &str) {
    let Some(Value::Object(holder)) = holder else {
        return;
    };
    let capacity = holder.entry("capacity").or_insert_with(|| json!({}));
    if let Value::Object(capacity) = capacity {
        capacity.insert("storage".to_owned(), storage.into());
    }
}
