//! What a Pod is given that a pod template is not.
//!
//! Source: `pkg/apis/core/v1/defaults.go`, `SetDefaults_Pod`.

use serde_json::{Map, Value, json};

use super::{default, edit};

/// The defaults that only a Pod gets.
pub(super) fn default_pod(spec: &mut Map<String, Value>) {
    default(spec, "enableServiceLinks", json!(true));
    let is_host_network = spec.get("hostNetwork") == Some(&json!(true));
    for list in ["initContainers", "containers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten().filter_map(Value::as_object_mut) {
            edit(container, "resources", request_limits);
            if is_host_network {
                open_ports(container);
            }
        }
    }
}

/// A limit without a request is requested.
fn request_limits(resources: &mut Map<String, Value>) {
    let limits = resources.get("limits").and_then(Value::as_object).cloned();
    for (name, quantity) in limits.into_iter().flatten() {
        edit(resources, "requests", |requests| {
            default(requests, &name, quantity)
        });
    }
}

/// On the host's network a container's port is the host's.
fn open_ports(container: &mut Map<String, Value>) {
    let ports = container.get_mut("ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(number) = port.get("containerPort").cloned() {
            default(port, "hostPort", number);
        }
    }
}
