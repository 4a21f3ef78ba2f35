//! What a mutating delivery fills in.

use serde_json::{Value, json};

use super::Context;
use super::change::Change;
use super::context::within;
use super::neighbours::{is_selected_by, labels_of};
use super::text;

/// The patch that fills in a missing serviceName, where exactly one headless Service selects the Pods.
pub(super) fn service_name(change: &Change, context: &Context) -> Option<Value> {
    let new = change.new.as_ref()?;
    if !new.service_name().is_empty() {
        return None;
    }
    let labels = labels_of(new.template());
    let services = within(&context.services, new.namespace());
    let mut fitting = services
        .filter(|service| text(service, "/spec/clusterIP") == "None" && is_selected_by(service, &labels))
        .map(|service| text(service, "/metadata/name"));
    let (Some(name), None) = (fitting.next(), fitting.next()) else {
        return None;
    };
    Some(json!([{"op": "add", "path": "/spec/serviceName", "value": name}]))
}
