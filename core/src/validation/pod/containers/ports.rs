//! The ports of containers.
//!
//! Source: `validateContainerPorts`, `AccumulateUniqueHostPorts`.

use serde_json::Value;

use super::super::rule::choice;
use crate::validation::names::{is_port_name, is_port_number};
use crate::validation::report::{At, Report};

/// The ports of one container.
pub(super) fn of(container: &At<'_>, report: &mut Report) {
    let mut names = Vec::new();
    for port in container.field("ports").items() {
        let name = port.field("name");
        if !name.text().is_empty() {
            let errors = is_port_name(name.text());
            if !errors.is_empty() {
                report.invalid_for(&name, errors);
            } else if names.contains(&name.text().to_owned()) {
                report.duplicate(&name);
            } else {
                names.push(name.text().to_owned());
            }
        }
        let (own, host) = (port.field("containerPort"), port.field("hostPort"));
        if own.number() == 0 {
            report.required(&own, "");
        } else {
            report.invalid_for(&own, is_port_number(own.number()));
        }
        if host.number() != 0 {
            report.invalid_for(&host, is_port_number(host.number()));
        }
        choice(&port.field("protocol"), &["SCTP", "TCP", "UDP"], report);
    }
}

/// The ports of the node that are taken.
#[derive(Default)]
pub(super) struct HostPorts(Vec<Value>);

impl HostPorts {
    pub fn take(&mut self, container: &At<'_>, report: &mut Report) {
        for port in container.field("ports").items() {
            let host = port.field("hostPort");
            let (protocol, ip) = (port.field("protocol"), port.field("hostIP"));
            let taken = Value::from(format!("{}/{}/{}", protocol.text(), ip.text(), host.number()));
            if host.number() == 0 {
                continue;
            }
            if self.0.contains(&taken) {
                report.duplicate(&host.with(&taken));
            } else {
                self.0.push(taken);
            }
        }
    }
}
