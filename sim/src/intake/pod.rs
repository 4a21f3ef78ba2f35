//! The defaults of Pod templates and claims.
//!
//! Source: `pkg/apis/core/v1/defaults.go` and the list of calls in `pkg/apis/apps/v1/zz_generated.defaults.go`. Volume
//! plugins that are removed or deprecated (RBD, AzureDisk, ScaleIO) are left as they are.

use serde_json::{Map, Value, json};

use super::{default, edit, keep};

/// The value without null fields: Go reads null as absent.
pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| (k.clone(), without_nulls(v)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

/// The defaults of a Pod's spec that a template has too (`SetDefaults_PodSpec` and what it holds).
pub(super) fn default_spec(spec: &mut Map<String, Value>) {
    let account = ["serviceAccountName", "serviceAccount"]
        .into_iter()
        .find_map(|key| spec.get(key).cloned());
    if let Some(account) = account.filter(|account| *account != json!("")) {
        spec.insert("serviceAccountName".into(), account.clone());
        spec.insert("serviceAccount".into(), account);
    }
    default(spec, "dnsPolicy", json!("ClusterFirst"));
    default(spec, "restartPolicy", json!("Always"));
    default(spec, "securityContext", json!({}));
    default(spec, "terminationGracePeriodSeconds", json!(30));
    default(spec, "schedulerName", json!("default-scheduler"));
    let is_host_network = spec.get("hostNetwork") == Some(&json!(true));
    for list in ["initContainers", "containers"] {
        each(spec.get_mut(list), |container| {
            default_container(container, is_host_network)
        });
    }
    each(spec.get_mut("volumes"), default_volume);
}

/// The defaults that only a Pod gets and a template does not (`SetDefaults_Pod`).
pub(super) fn default_pod(spec: &mut Map<String, Value>) {
    default(spec, "enableServiceLinks", json!(true));
    for list in ["initContainers", "containers"] {
        each(spec.get_mut(list), |container| {
            edit(container, "resources", |resources| {
                let limits = resources.get("limits").and_then(Value::as_object).cloned();
                for (name, quantity) in limits.into_iter().flatten() {
                    edit(resources, "requests", |requests| {
                        default(requests, &name, quantity)
                    });
                }
            });
        });
    }
}

/// `SetDefaults_PersistentVolumeClaimSpec`.
pub(super) fn default_claim_spec(spec: &mut Map<String, Value>) {
    default(spec, "volumeMode", json!("Filesystem"));
    edit(spec, "resources", default_resources);
}

fn each(list: Option<&mut Value>, mut change: impl FnMut(&mut Map<String, Value>)) {
    for item in list.and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(item) = item {
            change(item);
        }
    }
}

/// Changes the mapping under `key` only where there is one.
fn edit_present(map: &mut Map<String, Value>, key: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    if map.get(key).is_some_and(Value::is_object) {
        edit(map, key, change);
    }
}

fn default_container(container: &mut Map<String, Value>, is_host_network: bool) {
    let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
    let policy = if tag_of(image) == "latest" {
        "Always"
    } else {
        "IfNotPresent"
    };
    default(container, "imagePullPolicy", json!(policy));
    default(container, "terminationMessagePath", json!("/dev/termination-log"));
    default(container, "terminationMessagePolicy", json!("File"));
    edit(container, "resources", default_resources);
    each(container.get_mut("ports"), |port| {
        default(port, "protocol", json!("TCP"));
        if is_host_network && let Some(number) = port.get("containerPort").cloned() {
            default(port, "hostPort", number);
        }
    });
    each(container.get_mut("env"), |variable| {
        edit_present(variable, "valueFrom", |from| {
            edit_present(from, "fieldRef", default_field)
        });
    });
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        edit_present(container, probe, |probe| {
            for (field, number) in [
                ("timeoutSeconds", 1),
                ("periodSeconds", 10),
                ("successThreshold", 1),
                ("failureThreshold", 3),
            ] {
                if probe.get(field).is_none_or(|found| *found == json!(0)) {
                    probe.insert(field.into(), json!(number));
                }
            }
            edit_present(probe, "httpGet", default_http);
            edit_present(probe, "grpc", |grpc| keep(grpc, "service", json!("")));
        });
    }
    edit_present(container, "lifecycle", |lifecycle| {
        for hook in ["postStart", "preStop"] {
            edit_present(lifecycle, hook, |hook| {
                edit_present(hook, "httpGet", default_http)
            });
        }
    });
}

fn default_http(action: &mut Map<String, Value>) {
    default(action, "path", json!("/"));
    default(action, "scheme", json!("HTTP"));
}

fn default_field(field: &mut Map<String, Value>) {
    default(field, "apiVersion", json!("v1"));
}

/// Quantities may be written as numbers and are stored as text.
fn default_resources(resources: &mut Map<String, Value>) {
    for side in ["requests", "limits"] {
        edit_present(resources, side, |quantities| {
            for quantity in quantities.values_mut().filter(|quantity| quantity.is_number()) {
                *quantity = json!(quantity.to_string());
            }
        });
    }
}

/// The tag of an image's name: what follows the last colon after the last slash; `latest` where there is neither tag nor
/// digest. Source: `pkg/util/parsers/parsers.go`, `ParseImageName`.
fn tag_of(image: &str) -> &str {
    let (name, digest) = image
        .split_once('@')
        .map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    match (last.split_once(':'), digest) {
        (Some((_, tag)), _) => tag,
        (None, Some(_)) => "",
        (None, None) => "latest",
    }
}

fn default_volume(volume: &mut Map<String, Value>) {
    if volume.len() < 2 {
        volume.insert("emptyDir".into(), json!({}));
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        edit_present(volume, source, |source| keep(source, "defaultMode", json!(420)));
    }
    edit_present(volume, "hostPath", |path| keep(path, "type", json!("")));
    edit_present(volume, "iscsi", |iscsi| {
        default(iscsi, "iscsiInterface", json!("default"))
    });
    edit_present(volume, "downwardAPI", default_items);
    edit_present(volume, "projected", |projected| {
        each(projected.get_mut("sources"), |source| {
            edit_present(source, "downwardAPI", default_items);
            edit_present(source, "serviceAccountToken", |token| {
                keep(token, "expirationSeconds", json!(3600));
            });
        });
    });
    edit_present(volume, "ephemeral", |ephemeral| {
        edit_present(ephemeral, "volumeClaimTemplate", |template| {
            edit(template, "spec", default_claim_spec)
        });
    });
}

fn default_items(downward: &mut Map<String, Value>) {
    each(downward.get_mut("items"), |item| {
        edit_present(item, "fieldRef", default_field)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pull_policy_follows_the_tag() {
        for (image, tag) in [
            ("nginx", "latest"),
            ("nginx:latest", "latest"),
            ("nginx:1.28", "1.28"),
            ("registry:5000/nginx", "latest"),
            ("registry:5000/nginx:2", "2"),
            ("nginx@sha256:abc", ""),
            ("nginx:1@sha256:abc", "1"),
        ] {
            assert_eq!(tag_of(image), tag, "{image}");
        }
    }
}
