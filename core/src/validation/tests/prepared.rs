use serde_json::{Value, json};

use super::{NEWEST, created, updated};

#[test]
fn a_created_set_has_no_status_and_nothing_that_a_server_fills_in() {
    let changes = [
        ("metadata.uid", json!("u")),
        ("metadata.generation", json!(7)),
        ("metadata.creationTimestamp", json!("2026-11-21T00:00:00Z")),
        ("metadata.deletionTimestamp", json!("2026-11-21T00:00:00Z")),
        ("status", json!({"replicas": 3})),
    ];
    let object = created(NEWEST, &changes).object;
    let metadata = json!({"name": "web", "namespace": "default", "generation": 1});
    assert_eq!(object["metadata"], metadata);
    assert_eq!(object["status"], json!({"replicas": 0, "availableReplicas": 0}));
}

#[test]
fn an_updated_set_keeps_the_stored_status_and_metadata() {
    let old = [
        ("metadata.uid", json!("u")),
        ("metadata.generation", json!(7)),
        ("metadata.resourceVersion", json!("9")),
        ("status", json!({"replicas": 3})),
    ];
    let new = [
        ("metadata.generation", json!(1)),
        ("status", json!({"replicas": 5})),
    ];
    let object = updated(NEWEST, &old, &new).object;
    let metadata =
        json!({"name": "web", "namespace": "default", "generation": 7, "uid": "u", "resourceVersion": "9"});
    assert_eq!(object["metadata"], metadata);
    assert_eq!(object["status"]["replicas"], 3);
}

/// Fields of a Pod's spec, and the first version that keeps them. Source: `pkg/features/kube_features.go`.
#[test]
fn fields_whose_gate_is_off_are_dropped_unless_they_are_stored() {
    let container = "spec.template.spec.containers.0.";
    let spec = "spec.template.spec.";
    let cases: [(&str, &str, Value, u8, u8); 12] = [
        (
            spec,
            "resources",
            json!({"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}),
            33,
            34,
        ),
        (
            spec,
            "resourceClaims",
            json!([{"name": "a", "resourceClaimName": "b"}]),
            33,
            34,
        ),
        (spec, "hostnameOverride", json!("h"), 34, 35),
        (
            container,
            "env",
            json!([{"name": "A", "valueFrom": {"fileKeyRef":
            {"volumeName": "v", "path": "p", "key": "k", "optional": false}}}]),
            34,
            35,
        ),
        (container, "restartPolicy", json!("Always"), 34, 35),
        (
            spec,
            "workloadRef",
            json!({"name": "w", "podGroup": "g"}),
            35,
            u8::MAX,
        ),
        (spec, "schedulingGroup", json!({"podGroupName": "g"}), 36, u8::MAX),
        (
            spec,
            "evictionResponders",
            json!([{"name": "a.b/c", "priority": 1}]),
            37,
            u8::MAX,
        ),
        (
            container,
            "volumeMounts",
            json!([{"name": "data", "mountPath": "/d", "bindMountOptions": ["noexec"]}]),
            37,
            u8::MAX,
        ),
        (
            container,
            "lifecycle",
            json!({"stopSignal": "SIGTERM"}),
            33,
            u8::MAX,
        ),
        (
            container,
            "lifecycle",
            json!({"preStop": {"httpGet":
            {"port": 80, "scheme": "HTTP", "path": "/", "protocol": "H2C"}}}),
            37,
            u8::MAX,
        ),
        (
            spec,
            "volumes",
            json!([{"name": "v", "projected": {"defaultMode": 420, "sources":
            [{"clusterTrustBundle": {"name": "n", "path": "p"}}]}}]),
            33,
            37,
        ),
    ];
    for (place, name, value, known, kept) in cases {
        let path = format!("{place}{name}");
        let at = |object: &Value| {
            let path = path.split('.').map(|step| match step.parse::<usize>() {
                Ok(_) => "/0".to_owned(),
                Err(_) => format!("/{step}"),
            });
            object.pointer(&path.collect::<String>()).cloned()
        };
        let change = [(path.as_str(), value.clone())];
        for minor in known..=37 {
            // In the place of another field, one is not there any longer.
            if name == "workloadRef" && minor > 35 {
                continue;
            }
            let version = format!("1.{minor}");
            let found = at(&created(&version, &change).object);
            let is_kept = found.as_ref() == Some(&value);
            assert_eq!(is_kept, minor >= kept, "{version} {path}: {found:?}");
            let stored = at(&updated(&version, &change, &change).object);
            assert_eq!(stored.as_ref(), Some(&value), "{version} {path} is stored");
        }
    }
}

/// Source: `dropDisabledAtomicWriteVolumeUserFields`, a switch.
#[test]
fn of_a_volume_of_two_kinds_only_the_first_loses_its_user() {
    let volume = json!([{"name": "v", "configMap": {"name": "c", "defaultUser": 1}, "projected": {"sources": [
        {"configMap": {"name": "c", "items": [{"key": "k", "path": "p", "user": 2}]}}], "defaultUser": 3}}]);
    let verdict = created(NEWEST, &[("spec.template.spec.volumes", volume)]);
    let volume = &verdict.object["spec"]["template"]["spec"]["volumes"][0];
    assert_eq!(volume["configMap"].get("defaultUser"), None);
    assert_eq!(volume["projected"]["defaultUser"], 3);
    assert_eq!(
        volume["projected"]["sources"][0]["configMap"]["items"][0]["user"],
        2
    );
    let source = json!({"secret": {"name": "s", "items": [{"key": "k", "path": "p", "user": 1}]},
        "serviceAccountToken": {"path": "t", "user": 2}});
    let volume = json!([{"name": "v", "projected": {"sources": [source]}}]);
    let verdict = created(NEWEST, &[("spec.template.spec.volumes", volume)]);
    let source = &verdict.object["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"][0];
    assert_eq!(source["secret"]["items"][0].get("user"), None);
    assert_eq!(source["serviceAccountToken"]["user"], 2);
}

#[test]
fn image_volumes_go_with_their_mounts_until_1_34() {
    let changes = [
        (
            "spec.template.spec.volumes",
            json!([{"name": "v", "image": {"reference": "r"}}, {"name": "e", "emptyDir": {}}]),
        ),
        (
            "spec.template.spec.containers.0.volumeMounts",
            json!([{"name": "v", "mountPath": "/v"}, {"name": "e", "mountPath": "/e"}]),
        ),
    ];
    for (version, names) in [("1.34", vec!["e"]), ("1.35", vec!["v", "e"])] {
        let object = created(version, &changes).object;
        let spec = &object["spec"]["template"]["spec"];
        for list in [&spec["volumes"], &spec["containers"][0]["volumeMounts"]] {
            let found: Vec<&str> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v["name"].as_str().unwrap())
                .collect();
            assert_eq!(found, names, "{version}");
        }
    }
}

#[test]
fn a_restart_rule_needs_its_gate_but_a_sidecar_does_not() {
    let containers = json!([
        {"name": "a", "image": "i", "restartPolicy": "Always"},
        {"name": "b", "image": "i", "restartPolicy": "Never"}]);
    let changes = [("spec.template.spec.initContainers", containers)];
    let object = created("1.34", &changes).object;
    let found = &object["spec"]["template"]["spec"]["initContainers"];
    assert_eq!(found[0]["restartPolicy"], "Always");
    assert_eq!(found[1]["restartPolicy"], json!(null));
}

#[test]
fn annotations_of_ancient_kubelets_are_dropped() {
    let annotations = json!({"pod.beta.kubernetes.io/init-containers": "x", "a": "b"});
    let changes = [("spec.template.metadata.annotations", annotations)];
    for version in super::VERSIONS {
        let object = created(version, &changes).object;
        assert_eq!(
            object["spec"]["template"]["metadata"]["annotations"],
            json!({"a": "b"}),
            "{version}"
        );
    }
}
