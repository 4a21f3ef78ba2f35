//! What the stored template violates already, and what therefore may stay.
//!
//! Source: `pkg/api/pod/util.go`, `GetValidationOptionsFromPodSpecAndMeta`.

use serde_json::Value;

use super::Options;

/// The lists of a Pod's spec that hold containers.
pub(in crate::validation) const CONTAINERS: [&str; 3] =
    ["initContainers", "containers", "ephemeralContainers"];

/// Whether an item in one of the lists of the stored template's spec is so; there is none on create.
pub(in crate::validation) fn has_old(
    options: &Options<'_>,
    lists: &[&str],
    is_so: fn(&Value) -> bool,
) -> bool {
    let spec = options.old.and_then(|old| old.value().get("spec"));
    spec.is_some_and(|spec| lists.iter().flat_map(|list| items(spec, list)).any(is_so))
}

/// The items of the list `name`; none where it is absent.
pub(in crate::validation) fn items<'v>(value: &'v Value, name: &str) -> std::slice::Iter<'v, Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice)
        .iter()
}
