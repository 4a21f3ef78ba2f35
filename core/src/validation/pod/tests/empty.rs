//! Lists and maps that are there and empty, where upstream asks whether they are nil.

use serde_json::{Value, json};

use super::refusals::{errors, set};
use crate::Profile;
use crate::validation::create;

const FORBIDDEN: &str = "Forbidden ephemeral containers not allowed in pod template";

/// Source: `validateFieldAllowList`.
#[test]
fn an_empty_list_counts_as_set_in_an_ephemeral_container() {
    for (field, value) in [
        ("ports", json!([])),
        ("resizePolicy", json!([])),
        ("resources", json!({"limits": {}})),
        ("resources", json!({"requests": {}})),
        ("resources", json!({"claims": []})),
    ] {
        let ephemeral = json!([{"name": "e", "image": "i", field: value}]);
        let found = errors(&set(&json!({"ephemeralContainers": ephemeral})), None, "1.37");
        let expected = [
            format!("ephemeralContainers[0].{field} Forbidden cannot be set for an Ephemeral Container"),
            format!("ephemeralContainers {FORBIDDEN}"),
        ];
        assert_eq!(found, expected, "{value}");
    }
    let fields = json!({"env": [], "resources": {}, "ports": null});
    let mut ephemeral = json!([{"name": "e", "image": "i"}]);
    ephemeral[0]
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let found = errors(&set(&json!({"ephemeralContainers": ephemeral})), None, "1.37");
    assert_eq!(found, [format!("ephemeralContainers {FORBIDDEN}")]);
}

/// Source: `ValidateTemplateObjectMeta`, `validateWindows`, `validatePodResources`.
#[test]
fn an_empty_list_counts_as_set_where_metadata_windows_and_pods_have_none() {
    let claim = |metadata: Value| {
        json!({"volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"metadata": metadata, "spec":
            {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}]})
    };
    let at = "volumes[0].ephemeral.volumeClaimTemplate.metadata";
    for name in ["finalizers", "ownerReferences", "managedFields"] {
        // Upstream puts the volume of the claim template first; this set has none.
        let found = errors(&set(&claim(json!({name: []}))), None, "1.37");
        assert_eq!(found, [format!("{at}.{name} Forbidden cannot be set")]);
    }
    assert_eq!(errors(&set(&claim(json!({"labels": {}}))), None, "1.37"), [""; 0]);
    let windows =
        json!({"os": {"name": "windows"}, "securityContext": {"supplementalGroups": [], "sysctls": []}});
    assert_eq!(
        errors(&set(&windows), None, "1.37"),
        ["securityContext.supplementalGroups Forbidden cannot be set for a windows pod"]
    );
    assert_eq!(
        errors(&set(&json!({"resources": {"claims": []}})), None, "1.37"),
        ["resources.claims Forbidden claims may not be set for Resources at pod-level"]
    );
}

#[test]
fn what_is_stored_has_no_empty_lists() {
    let spec =
        json!({"containers": [{"name": "a", "image": "a:1", "ports": [], "resources": {"limits": {}}}]});
    let profile = Profile::default();
    let verdict = create(&set(&spec), &profile).unwrap();
    assert_eq!(verdict.errors, []);
    let container = &verdict.object["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        (container.get("ports"), &container["resources"]),
        (None, &json!({}))
    );
}
