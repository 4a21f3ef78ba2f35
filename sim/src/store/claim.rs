//! What of a claim may be changed.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePersistentVolumeClaimUpdate`. Whether its storage class allows a
//! claim to grow is the affair of [`crate::volumes::resize`].

use serde_json::{Map, Value};

use super::Object;

use crate::view;
use crate::volumes::size::bytes;

/// What of a change of a claim's spec is refused: the volume is named once, a class once, and only a bound claim is resized.
pub(super) fn check_update(stored: &Object, claim: &Object) -> Vec<String> {
    let (mut old, mut new) = (view::spec(stored), view::spec(claim));
    let modes = (old.get("volumeMode").cloned(), new.get("volumeMode").cloned());
    for set_once in ["volumeName", "storageClassName"] {
        if old
            .get(set_once)
            .is_none_or(|value| value.is_null() || value == "")
        {
            forget(&mut old, set_once);
            forget(&mut new, set_once);
        }
    }
    if view::text(stored, &["status", "phase"]) == Some("Bound") {
        for spec in [&mut old, &mut new] {
            forget(spec, "volumeAttributesClassName");
            if let Some(Value::Object(requests)) =
                spec.get_mut("resources").and_then(|r| r.get_mut("requests"))
            {
                forget(requests, "storage");
            }
        }
    }
    let mut causes = Vec::new();
    if old != new {
        causes.push(
            "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for \
             bound claims"
                .to_owned(),
        );
    }
    let size = |object, path: &[&str]| view::text(object, path).and_then(bytes);
    let requested = ["spec", "resources", "requests", "storage"];
    let (was, is) = (size(stored, &requested), size(claim, &requested));
    if is < was && is <= size(stored, &["status", "capacity", "storage"]) {
        let detail = "field can not be less than status.capacity";
        causes.push(format!("spec.resources.requests.storage: Forbidden: {detail}"));
    }
    if modes.0 != modes.1 {
        let mode = modes.1.unwrap_or_default();
        causes.push(format!(
            "volumeMode: Invalid value: {}: field is immutable",
            view::json(&mode)
        ));
    }
    causes
}

fn forget(map: &mut Map<String, Value>, field: &str) {
    map.remove(field);
}
