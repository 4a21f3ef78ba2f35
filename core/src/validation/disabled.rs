//! Fields of a Pod template that an API server drops without a word, because their feature is off.
//!
//! Source: `pkg/api/pod/util.go`, `DropDisabledTemplateFields`.

use serde_json::{Map, Value};

use super::gates::{self, PodGate};

/// Drops from `template` what is off in 1.`minor` and what `old`, the stored template, does not use.
pub(super) fn drop_from(template: &mut Value, old: Option<&Value>, minor: u8) {
    if minor >= 37
        && let Some(Value::Object(annotations)) = template.pointer_mut("/metadata/annotations")
    {
        // Before, conversion dropped them.
        for name in [
            "pod.alpha.kubernetes.io/init-containers",
            "pod.alpha.kubernetes.io/init-container-statuses",
            "pod.beta.kubernetes.io/init-containers",
            "pod.beta.kubernetes.io/init-container-statuses",
        ] {
            annotations.remove(name);
        }
    }
    let old = old.and_then(|old| old.get("spec"));
    let Some(spec) = template.get_mut("spec") else {
        return;
    };
    let uses = |paths: &[&str]| old.is_some_and(|old| paths.iter().any(|path| holds(old, path)));
    for rule in &DROPPED {
        if !gates::is_on(rule.gate, minor) && !uses(rule.kept_by) {
            for path in rule.paths {
                remove(spec, path);
            }
        }
    }
    let is_off = |gate, path| !gates::is_on(gate, minor) && !uses(&[path]);
    if is_off(PodGate::ContainerStopSignals, "*.lifecycle.stopSignal") {
        each_container(spec, |_, container| {
            if let Some(Value::Object(lifecycle)) = container.get_mut("lifecycle")
                && lifecycle.remove("stopSignal").is_some()
                && lifecycle.is_empty()
            {
                remove(container, "lifecycle");
            }
        });
    }
    if is_off(PodGate::ImageVolume, "volumes.image") {
        drop_image_volumes(spec);
    }
    // The gate is younger than 1.33, where only the field of an init container is known.
    if minor == 34 && !old.is_some_and(has_restart_rules) {
        drop_restart_rules(spec);
    }
}

/// Whether there is something at the path, whose lists are gone through.
pub(super) fn holds(value: &Value, path: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| holds(item, path)),
        Value::Object(fields) => {
            let (names, rest) = path.split_once('.').unwrap_or((path, ""));
            if names == "?" {
                return !fields.is_empty();
            }
            names_of(names, fields).any(|name| {
                fields.get(name).is_some_and(|found| match found {
                    Value::Null => false,
                    Value::Array(items) if items.is_empty() => false,
                    _ => rest.is_empty() || holds(found, rest),
                })
            })
        }
        _ => false,
    }
}

/// Takes away what is at the path.
pub(super) fn remove(value: &mut Value, path: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, path)),
        Value::Object(fields) => {
            let (names, rest) = path.split_once('.').unwrap_or((path, ""));
            let names: Vec<&str> = names_of(names, fields).collect();
            for name in names {
                if rest.is_empty() {
                    fields.remove(name);
                } else if let Some(found) = fields.get_mut(name) {
                    remove(found, rest);
                }
            }
        }
        _ => {}
    }
}

/// One step of a path: `a|b` is both, `a>b` the first of them that the object has, `*` the lists of containers. In the
/// path of what is looked for, `?` is any entry.
fn names_of<'a>(step: &'a str, fields: &Map<String, Value>) -> impl Iterator<Item = &'a str> {
    let step = if step == "*" { CONTAINERS } else { step };
    let is_first = step.contains('>');
    let has = |name: &&str| !is_first || fields.get(*name).is_some_and(|found| !found.is_null());
    let count = if is_first { 1 } else { usize::MAX };
    let names: Vec<&str> = step.split(['|', '>']).filter(has).take(count).collect();
    names.into_iter()
}

/// Fields that are dropped from a template where a gate is off, unless the stored template has one of them. Paths are
/// those of the Pod's spec; lists are gone through, `*` stands for the three lists of containers.
struct Dropped {
    gate: PodGate,
    paths: &'static [&'static str],
    /// What the stored template must have, where that differs.
    kept_by: &'static [&'static str],
}

const fn dropped(gate: PodGate, paths: &'static [&'static str]) -> Dropped {
    Dropped {
        gate,
        paths,
        kept_by: paths,
    }
}

static DROPPED: [Dropped; 13] = [
    Dropped {
        gate: PodGate::PodLevelResources,
        paths: &["resources"],
        kept_by: &["resources.requests|limits.?"],
    },
    Dropped {
        gate: PodGate::DynamicResourceAllocation,
        paths: &["resourceClaims", "*.resources.claims"],
        kept_by: &["resourceClaims"],
    },
    dropped(
        PodGate::ClusterTrustBundleProjection,
        &["volumes.projected.sources.clusterTrustBundle"],
    ),
    dropped(
        PodGate::PodCertificateRequest,
        &["volumes.projected.sources.podCertificate"],
    ),
    dropped(
        PodGate::AtomicWriteVolumeUserFields,
        // Upstream looks at one kind of a volume and of a source only, in this order.
        &[
            "volumes.secret>configMap>downwardAPI>projected.defaultUser",
            "volumes.secret>configMap>downwardAPI>projected.items.user",
            "volumes.secret>configMap>downwardAPI>projected.sources.\
             secret>downwardAPI>configMap>serviceAccountToken>clusterTrustBundle>podCertificate.items.user",
            "volumes.secret>configMap>downwardAPI>projected.sources.\
             secret>downwardAPI>configMap>serviceAccountToken>clusterTrustBundle>podCertificate.user",
        ],
    ),
    // It was called so in 1.35.
    dropped(PodGate::GenericWorkload, &["schedulingGroup|workloadRef"]),
    dropped(
        PodGate::GRPCContainerProbeTLS,
        &["*.livenessProbe|readinessProbe|startupProbe.grpc.mode"],
    ),
    dropped(PodGate::EvictionRequestAPI, &["evictionResponders"]),
    dropped(PodGate::EmptyDirVolumeMode, &["volumes.emptyDir.mode"]),
    dropped(
        PodGate::VolumeBindMountOptions,
        &["*.volumeMounts.bindMountOptions"],
    ),
    dropped(PodGate::HostnameOverride, &["hostnameOverride"]),
    dropped(PodGate::EnvFiles, &["*.env.valueFrom.fileKeyRef"]),
    dropped(
        PodGate::H2CContainerProbe,
        &[
            "*.livenessProbe|readinessProbe|startupProbe.httpGet.protocol",
            "*.lifecycle.postStart|preStop.httpGet.protocol",
        ],
    ),
];

const CONTAINERS: &str = "containers|initContainers|ephemeralContainers";

fn each_container(spec: &mut Value, mut visit: impl FnMut(&str, &mut Value)) {
    for list in CONTAINERS.split('|') {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            visit(list, container);
        }
    }
}

/// The volumes go, and with them what would mount them. Source: `dropImageVolumes`.
fn drop_image_volumes(spec: &mut Value) {
    let mut names: Vec<Value> = Vec::new();
    if let Some(Value::Array(volumes)) = spec.get_mut("volumes") {
        volumes.retain(|volume| {
            let is_image = holds(volume, "image");
            if is_image {
                names.extend(volume.get("name").cloned());
            }
            !is_image
        });
    }
    each_container(spec, |_, container| {
        if let Some(Value::Array(mounts)) = container.get_mut("volumeMounts") {
            mounts.retain(|mount| !mount.get("name").is_some_and(|name| names.contains(name)));
        }
    });
}

/// Source: `containerRestartRulesInUse`.
fn has_restart_rules(spec: &Value) -> bool {
    let inits = spec.get("initContainers").and_then(Value::as_array);
    let mut inits = inits.into_iter().flatten();
    holds(spec, "containers.restartPolicy")
        || inits.any(|container| is_once(container) || holds(container, "restartPolicyRules"))
}

/// Source: `dropContainerRestartRules`.
fn drop_restart_rules(spec: &mut Value) {
    each_container(spec, |list, container| {
        remove(container, "restartPolicyRules");
        if list != "initContainers" || is_once(container) {
            remove(container, "restartPolicy");
        }
    });
}

/// It has a restart policy of its own other than a sidecar's.
fn is_once(container: &Value) -> bool {
    let policy = container.get("restartPolicy");
    policy.is_some_and(|policy| policy != "Always")
}
