//! The value that an error shows, which is not always the one at its path: what a real API server's dry run has shown.

use serde_json::{Value, json};

use super::refusals::set;
use crate::Profile;
use crate::validation::create;

/// The errors of a Pod's spec, as an API server writes them; paths begin at the spec.
fn sentences(spec: &Value) -> Vec<String> {
    let verdict = create(&set(spec), &Profile::default()).unwrap();
    let errors = verdict.errors.iter().map(ToString::to_string);
    errors
        .map(|error| error.trim_start_matches("spec.template.spec.").to_owned())
        .collect()
}

#[test]
fn errors_show_what_upstream_shows() {
    let container = |fields: Value| {
        let mut container = json!({"name": "a", "image": "a:1"});
        container
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        json!({"containers": [container]})
    };
    let projected = |sources: Value| json!({"volumes": [{"name": "v", "projected": {"sources": sources}}]});
    let rows: Vec<(Value, &str)> = vec![
        (
            json!({"schedulingGates": [{"name": "a.b/c"}, {"name": "a.b/c"}]}),
            r#"schedulingGates[1]: Duplicate value: "a.b/c""#,
        ),
        (
            json!({"os": {"name": "darwin"}}),
            r#"os: Unsupported value: "darwin": supported values: "linux", "windows""#,
        ),
        (
            json!({"tolerations": [{"key": "a", "operator": "Exists", "value": "x"}]}),
            r#"tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is 'Exists'"#,
        ),
        (
            json!({"tolerations": [{"effect": "NoExecute"}]}),
            "tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \
             \"match all values and all keys\"",
        ),
        (
            json!({"resources": {"limits": {"ephemeral-storage": "1Gi"}}}),
            r#"resources.limits[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory""#,
        ),
        (
            container(json!({"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}})),
            r#"containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1"#,
        ),
        (
            container(json!({"resources": {"claims": [{"name": "gpu"}]}})),
            "containers[0].resources.claims[0]: Not found: \"gpu\": must be one of the names in pod.spec.resourceClaims which \
             is empty",
        ),
        (
            container(
                json!({"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"},
                {"resourceName": "cpu", "restartPolicy": "NotRequired"}]}),
            ),
            r#"containers[0].resizePolicy[1]: Duplicate value: "cpu""#,
        ),
        (
            container(json!({"envFrom": [{}]})),
            "containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`",
        ),
        (
            container(json!({"lifecycle": {"preStop": {"sleep": {"seconds": 50}}}})),
            "containers[0].lifecycle.preStop.sleep: Invalid value: 50: must be non-negative and less than \
             terminationGracePeriodSeconds (30)",
        ),
        (
            container(
                json!({"ports": [{"containerPort": 80, "hostPort": 80}, {"containerPort": 81, "hostPort": 80}]}),
            ),
            r#"containers[0].ports[1].hostPort: Duplicate value: "TCP//80""#,
        ),
        (
            projected(
                json!([{"secret": {"name": "s", "items": [{"key": "a", "path": "p"}]}},
                {"configMap": {"name": "c", "items": [{"key": "a", "path": "p"}]}}]),
            ),
            r#"volumes[0].projected: Invalid value: "c": conflicting duplicate paths"#,
        ),
        (
            projected(
                json!([{"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"},
                "resourceFieldRef": {"resource": "limits.cpu", "containerName": "a"}}]}}]),
            ),
            "volumes[0].projected.sources[0].downwardAPI: Invalid value: \"resource\": fieldRef and resourceFieldRef can not be \
             specified simultaneously",
        ),
        (
            json!({"topologySpreadConstraints": [
                {"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"},
                {"maxSkew": 2, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"}]}),
            "topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{z, DoNotSchedule}\"",
        ),
        // Three types of errors show no value.
        (
            json!({"os": {"name": "windows"}, "hostPID": true}),
            "hostPID: Forbidden: cannot be set for a windows pod",
        ),
        (
            container(json!({"name": ""})),
            "containers[0].name: Required value",
        ),
    ];
    for (spec, expected) in rows {
        assert_eq!(sentences(&spec), [expected], "{spec}");
    }
}
