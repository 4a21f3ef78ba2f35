//! What a Pod needs before its containers can be made: claims, Secrets and ConfigMaps.

use steadfast_core::observed::Document;

use crate::component::World;
use crate::settings::AbsentKind;
use crate::store::{Key, Resource};
use crate::view;

/// Something that a Pod lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    /// What would mend it.
    pub(super) key: Key,
    /// In the kubelet's words.
    pub(super) message: String,
}

/// What the Pod's volumes lack. Secrets and ConfigMaps are there unless the settings say otherwise and no object
/// is.
pub(super) fn of_volumes(pod_key: &Key, pod: &dyn Document, world: &World<'_>) -> Option<Lack> {
    for name in view::claim_names(pod) {
        let key = pod_key.beside(Resource::PersistentVolumeClaim, &name);
        let is_bound = world.store.get(&key).is_some_and(|claim| {
            view::text(claim, &["status", "phase"]) == Some("Bound") && !claim.is_terminating()
        });
        if !is_bound {
            let volumes = view::items(pod, &["spec", "volumes"]).iter();
            let volume = volumes
                .map(|volume| view::text_or_empty(volume, &["name"]))
                .find(|volume| {
                    let named = view::named(view::items(pod, &["spec", "volumes"]), volume);
                    let claim = named.and_then(|v| view::text(v, &["persistentVolumeClaim", "claimName"]));
                    claim == Some(&name) || format!("{}-{volume}", pod_key.name) == name
                });
            let message = format!(
                "Unable to attach or mount volumes: unmounted volumes=[{0}], unattached volumes=[], failed to process \
                 volumes=[{0}]: context deadline exceeded",
                volume.unwrap_or_default()
            );
            return Some(Lack { key, message });
        }
    }
    if world.settings.absent.is_empty() {
        return None;
    }
    view::items(pod, &["spec", "volumes"]).iter().find_map(|volume| {
        let projected = view::items(volume, &["projected", "sources"]).iter();
        let sources = std::iter::once(volume).chain(projected);
        let lack = sources.into_iter().find_map(|source| {
            let secret = source.get("secret").map(|secret| (AbsentKind::Secret, secret));
            let (kind, reference) =
                secret.or_else(|| Some((AbsentKind::ConfigMap, source.get("configMap")?)))?;
            let name = view::text(reference, &["secretName"]).or_else(|| view::text(reference, &["name"]))?;
            missing(pod_key, kind, name, reference, world)
        })?;
        let volume = view::text_or_empty(volume, &["name"]);
        let message = format!(
            "MountVolume.SetUp failed for volume \"{volume}\" : {}",
            lack.message
        );
        Some(Lack { message, ..lack })
    })
}

/// What the environment of the container `name` lacks.
pub(super) fn of_container(pod_key: &Key, pod: &dyn Document, name: &str, world: &World<'_>) -> Option<Lack> {
    if world.settings.absent.is_empty() {
        return None;
    }
    let fields = ["initContainers", "containers"];
    let container = fields
        .iter()
        .find_map(|field| view::named(view::items(pod, &["spec", field]), name))?;
    let values = view::items(container, &["env"])
        .iter()
        .filter_map(|env| env.get("valueFrom"));
    let sources = view::items(container, &["envFrom"]).iter().chain(values);
    sources.into_iter().find_map(|source| {
        let secret = source.get("secretKeyRef").or_else(|| source.get("secretRef"));
        let config = || {
            source
                .get("configMapKeyRef")
                .or_else(|| source.get("configMapRef"))
        };
        let found = secret.map(|reference| (AbsentKind::Secret, reference));
        let (kind, reference) = found.or_else(|| Some((AbsentKind::ConfigMap, config()?)))?;
        missing(pod_key, kind, view::text(reference, &["name"])?, reference, world)
    })
}

fn missing(
    pod_key: &Key,
    kind: AbsentKind,
    name: &str,
    reference: &dyn Document,
    world: &World<'_>,
) -> Option<Lack> {
    let (resource, word) = match kind {
        AbsentKind::Secret => (Resource::Secret, "secret"),
        AbsentKind::ConfigMap => (Resource::ConfigMap, "configmap"),
    };
    let key = pod_key.beside(resource, name);
    let is_needed = !view::is_true(reference, &["optional"]);
    let is_missing = world.settings.is_absent(kind, name) && world.store.get(&key).is_none();
    (is_needed && is_missing).then(|| Lack {
        key,
        message: format!("{word} \"{name}\" not found"),
    })
}
