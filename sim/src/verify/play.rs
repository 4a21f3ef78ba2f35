//! One remedy is carried out, as a person with kubectl does it.

use serde_json::{Map, Value, json};
use steadfast_core::Ordinal;
use steadfast_core::remedy::Remedy;

use crate::clock::Millis;
use crate::cluster::Cluster;
use crate::forecast::{Begun, Progress};
use crate::settings::Span;
use crate::store::{ApiError, DeleteOptions, Key, Propagation, Resource, Write};
use crate::view;
use crate::volumes::class::Class;
use crate::volumes::drop_version;
use crate::volumes::resize;

/// From one command to the next.
pub(super) const PAUSE: Span = Span(Millis(5_000));

/// How long a person waits for a Pod (`--timeout=10m`).
const PATIENCE: u64 = 600_000;

/// Where a restart is written into the template (`kubectl rollout restart`).
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Carries out a remedy, and lets a moment pass.
///
/// # Errors
/// The sentence why it could not be carried out.
pub(super) fn play(
    remedy: &Remedy,
    begun: &mut Begun<'_>,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<(), String> {
    let set = begun.set.clone();
    match remedy {
        Remedy::AllowVolumeExpansion { storage_class, claim } => {
            allow_expansion(begun, storage_class.as_deref(), claim)?;
        }
        Remedy::ResizeClaims {
            template,
            storage,
            start,
            replicas,
        } => {
            for ordinal in *start..start.saturating_add(*replicas) {
                let name = Ordinal::new(ordinal).claim_name(template, &set.name);
                let key = Key::new(Resource::PersistentVolumeClaim, &set.namespace, name.as_str());
                resize_claim(&mut begun.cluster, key, storage).map_err(|error| error.message)?;
            }
        }
        Remedy::OrphanPods {} => {
            let options = DeleteOptions {
                propagation: Some(Propagation::Orphan),
                ..DeleteOptions::default()
            };
            begun
                .cluster
                .delete(&set, options)
                .map_err(|error| error.message)?;
        }
        Remedy::Apply {} => {
            begun.apply().map_err(|error| error.message)?;
            begun.let_fail();
        }
        Remedy::RestartPods {} => restart(&mut begun.cluster, &set).map_err(|error| error.message)?,
        Remedy::RecreatePods { start, replicas } => {
            for ordinal in *start..start.saturating_add(*replicas) {
                let name = Ordinal::new(ordinal).pod_name(&set.name);
                recreate(
                    begun,
                    &Key::new(Resource::Pod, &set.namespace, name.as_str()),
                    watch,
                )?;
            }
        }
        Remedy::DeletePod { pod } => {
            let key = Key::new(Resource::Pod, &set.namespace, pod);
            begun
                .cluster
                .delete(&key, DeleteOptions::default())
                .map_err(|error| error.message)?;
        }
        other => return Err(format!("this cannot be simulated: {}", other.sentence())),
    }
    let now = begun.cluster.now();
    begun.cluster.renew();
    begun.cluster.run_until(now.plus(PAUSE.millis()));
    Ok(())
}

fn allow_expansion(begun: &mut Begun<'_>, class: Option<&str>, claim: &str) -> Result<(), String> {
    let key = Key::new(Resource::PersistentVolumeClaim, &begun.set.namespace, claim);
    let (store, settings) = (begun.cluster.store(), begun.cluster.settings());
    let claim = store.get(&key).ok_or_else(|| ApiError::not_found(&key).message)?;
    let name = match class {
        Some(class) => class.to_owned(),
        None => Class::of(claim, settings, store).map_or_else(String::new, |class| class.name),
    };
    let key = Key::new(Resource::StorageClass, "", &name);
    let Some(object) = store.get(&key) else {
        if name.is_empty() || !settings.storage_class(&name).exists {
            return Err(ApiError::not_found(&key).message);
        }
        begun
            .assumed
            .push(format!("storage class `{name}` and its driver let volumes grow"));
        return Ok(());
    };
    let mut object = object.whole().clone();
    if let Value::Object(fields) = &mut object {
        fields.insert("allowVolumeExpansion".to_owned(), json!(true));
    }
    drop_version(&mut object);
    begun
        .cluster
        .write(Write::Update(object))
        .map_err(|error| error.message)
}

fn resize_claim(cluster: &mut Cluster, key: Key, storage: &str) -> Result<(), ApiError> {
    let (store, settings) = (cluster.store(), cluster.settings());
    let claim = store.get(&key).ok_or_else(|| ApiError::not_found(&key))?;
    resize::admit(store, settings, &key, claim, storage)?;
    cluster.write(Write::SetSpecField {
        key,
        field: "resources.requests.storage",
        value: json!(storage),
    })
}

fn restart(cluster: &mut Cluster, set: &Key) -> Result<(), ApiError> {
    let object = cluster.store().get(set).ok_or_else(|| ApiError::not_found(set))?;
    let mut object = object.whole().clone();
    let now = cluster.wall().whole_seconds().to_string();
    let way = ["spec", "template", "metadata", "annotations"];
    let annotations = way.iter().try_fold(&mut object, |holder, step| {
        let holder = holder.as_object_mut()?;
        Some(holder.entry(*step).or_insert_with(|| Value::Object(Map::new())))
    });
    if let Some(Value::Object(annotations)) = annotations {
        annotations.insert(RESTARTED_AT.to_owned(), json!(now));
    }
    drop_version(&mut object);
    cluster.write(Write::Update(object))
}

/// Deletes a Pod and waits until the one that takes its place is ready.
fn recreate(begun: &mut Begun<'_>, pod: &Key, watch: &mut dyn FnMut(Progress) -> bool) -> Result<(), String> {
    let old = begun.cluster.store().get(pod).map(|pod| pod.uid().to_owned());
    begun
        .cluster
        .delete(pod, DeleteOptions::default())
        .map_err(|error| error.message)?;
    begun.cluster.renew();
    let is_back = |cluster: &Cluster| {
        let found = cluster.store().get(pod);
        found.is_some_and(|found| {
            Some(found.uid()) != old.as_deref() && view::condition(found, "Ready") == Some("True")
        })
    };
    let limit = Millis(begun.cluster.now().0.saturating_add(PATIENCE));
    begun.run(limit, watch, &mut |cluster| !is_back(cluster));
    if is_back(&begun.cluster) {
        return Ok(());
    }
    Err(format!(
        "timed out waiting for the condition on pods/{}",
        pod.name
    ))
}
