use serde_json::{Value, json};

use super::{KEY, check};

fn limits(list: Value) -> Value {
    json!({"overhead": list})
}

/// Source: `validateOverhead`, `validateResourceRequirements`; the path has `limits` in it, which the object has not.
#[test]
fn overhead_is_checked_as_limits() {
    let at = "spec.overhead.limits";
    check(&[
        (
            limits(json!({"cpu": "-1", "memory": "1Gi"})),
            &[&format!("invalid {at}[cpu]: must be greater than or equal to 0")],
        ),
        (
            limits(json!({"gold": "1"})),
            &[
                &format!("invalid {at}[gold]: must be a standard resource type or fully qualified"),
                &format!("invalid {at}[gold]: must be a standard resource for containers"),
            ],
        ),
        (
            limits(json!({"pods": "1500m"})),
            &[
                &format!("invalid {at}[pods]: must be a standard resource for containers"),
                &format!("invalid {at}[pods]: must be an integer"),
            ],
        ),
        (
            limits(json!({"example.com/gpu": "500m"})),
            &[&format!("invalid {at}[example.com/gpu]: must be an integer")],
        ),
        (
            limits(json!({"requests.example.com/gpu": "1"})),
            &[&format!(
                "invalid {at}[requests.example.com/gpu]: doesn't follow extended resource name standard"
            )],
        ),
        (
            limits(json!({"a b": "1"})),
            &[
                &format!("invalid {at}[a b]: {KEY}"),
                &format!("invalid {at}[a b]: must be a standard resource for containers"),
            ],
        ),
        (
            limits(json!({"hugepages-2Mi": "3Mi"})),
            &[
                &format!(
                    "invalid {at}[hugepages-2Mi]: 3Mi is not positive integer multiple of hugepages-2Mi"
                ),
                "forbidden spec.overhead: HugePages require cpu or memory",
            ],
        ),
    ]);
}

/// Source: `validatePodResources`, `validatePodResourceName`.
#[test]
fn the_resources_of_the_pod_are_checked() {
    check(&[
        (
            json!({"os": {"name": "windows"}, "resources": {"limits": {"gold": "1"}}}),
            &["forbidden spec.resources: may not be set for a windows pod"],
        ),
        (
            json!({"resources": {"requests": {"ephemeral-storage": "1"}}}),
            &[
                r#"unknown spec.resources.requests[ephemeral-storage]: supported values: "cpu", "hugepages-", "memory""#,
            ],
        ),
        (
            json!({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1500m"}}}),
            &["invalid spec.resources.requests: must be less than or equal to cpu limit of 1500m"],
        ),
        (
            json!({"resources": {"requests": {"memory": "1Gi", "hugepages-2Mi": "2Mi"}, "limits": {"hugepages-2Mi": "4Mi"}}}),
            &["invalid spec.resources.requests: must be equal to hugepages-2Mi limit of 4Mi"],
        ),
        (
            json!({"resources": {"requests": {"memory": "1Gi", "hugepages-2Mi": "2Mi"}}}),
            &["required spec.resources.limits: Limit must be set for non overcommitable resources"],
        ),
        (
            json!({"resourceClaims": [{"name": "a", "resourceClaimName": "a"}], "resources": {"claims": [
                {"name": "a"}, {"name": "a"}, {"name": "b"}]}}),
            &[
                "forbidden spec.resources.claims: claims may not be set for Resources at pod-level",
                "duplicate spec.resources.claims[1]: ",
                "missing spec.resources.claims[2]: must be one of the names in pod.spec.resourceClaims: a",
            ],
        ),
    ]);
}

/// Source: `validatePodResourceConsistency`, `AggregateContainerRequests`.
#[test]
fn the_pod_has_enough_for_its_containers() {
    let container = |name: &str, cpu: &str| json!({"name": name, "image": "a:1", "resources": {"requests": {"cpu": cpu}}});
    let mut sidecar = container("s", "300m");
    sidecar["restartPolicy"] = json!("Always");
    check(&[
        (
            json!({"resources": {"requests": {"cpu": "1"}}, "containers": [container("a", "600m"), container("b", "600m")]}),
            &[
                "invalid spec.resources.requests[cpu]: must be greater than or equal to aggregate container requests of 1200m",
            ],
        ),
        // A sidecar runs beside the init containers after it, not before.
        (
            json!({"resources": {"requests": {"cpu": "1"}}, "containers": [container("a", "100m")],
                "initContainers": [container("i", "900m"), sidecar, container("j", "800m")]}),
            &[
                "invalid spec.resources.requests[cpu]: must be greater than or equal to aggregate container requests of 1100m",
            ],
        ),
        (
            json!({"resources": {"limits": {"cpu": "1"}},
                "containers": [{"name": "a", "image": "a:1", "resources": {"limits": {"cpu": "2"}}}]}),
            &[
                "invalid spec.resources.containers[0][cpu].limits: must be less than or equal to pod limits of 1",
            ],
        ),
    ]);
}

/// Source: `validateFileKeyRefVolumes`.
#[test]
fn a_variable_from_a_file_needs_an_empty_directory() {
    let from = |volume: &str| json!({"name": "X", "valueFrom": {"fileKeyRef": {"volumeName": volume, "path": "p", "key": "K"}}});
    check(&[(
        json!({"volumes": [{"name": "dir"}, {"name": "map", "configMap": {"name": "m"}}],
            "containers": [{"name": "a", "image": "a:1", "env": [from("dir"), from("map"), from("none")]}]}),
        &[
            "invalid spec.containers[0].env[1].valueFrom.fileKeyRef.volumeName: referenced volume must be of type emptyDir",
            "missing spec.containers[0].env[2].valueFrom.fileKeyRef.volumeName: ",
        ],
    )]);
}
