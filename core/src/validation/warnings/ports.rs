//! Ports of a Pod's containers that say the same, or get into each other's way.

use super::{Warnings, pod};
use crate::quoted;
use crate::validation::report::At;

/// Checks the ports of all containers.
pub(super) fn of_pod(spec: &At<'_>, warnings: &mut Warnings) {
    let mut known: Vec<Port> = Vec::new();
    pod::each_container(spec, &mut |container| {
        for at in container.field("ports").items() {
            let port = Port::of(&at);
            if !port.host_ip.is_empty() && port.host == 0 {
                let fields = format!(
                    "hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{}}}",
                    port.name, port.container, port.protocol, port.host_ip
                );
                warnings.at(&at, &fields);
            }
            for other in &known {
                if let Some(sentence) = port.against(other) {
                    warnings.at(&at, &[sentence, " port definition with ", &other.path].concat());
                }
            }
            known.push(port);
        }
    });
    for (index, port) in known.iter().enumerate().filter(|(_, port)| !port.name.is_empty()) {
        let first = known.iter().take(index).find(|other| other.name == port.name);
        if let Some(Port { path: first, .. }) = first {
            let (path, name) = (&port.path, quoted(&port.name));
            warnings.say(format!(
                "{path}: duplicate port name {name} with {first}, services and probes that select ports by name will \
                 use {first}"
            ));
        }
    }
}

struct Port {
    path: String,
    name: String,
    protocol: String,
    host_ip: String,
    container: i64,
    host: i64,
}

impl Port {
    fn of(at: &At<'_>) -> Self {
        let text = |name| {
            at.value()
                .get(name)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
        };
        let number = |name| {
            at.value()
                .get(name)
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default()
        };
        Self {
            path: at.path(),
            name: text("name").to_owned(),
            protocol: text("protocol").to_owned(),
            host_ip: text("hostIP").to_owned(),
            container: number("containerPort"),
            host: number("hostPort"),
        }
    }

    fn against(&self, other: &Self) -> Option<&'static str> {
        let is_one = self.host_ip.is_empty() != other.host_ip.is_empty();
        if (self.container, &self.protocol) != (other.container, &other.protocol) {
            None
        } else if self.host_ip == other.host_ip && self.host == other.host {
            Some("duplicate")
        } else if self.host == 0 || other.host == 0 {
            Some("overlapping")
        } else {
            (self.host == other.host && is_one).then_some("dangerously ambiguous")
        }
    }
}
