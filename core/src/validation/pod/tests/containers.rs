use serde_json::{Value, json};

use super::refusals::{assert_rows, errors, set};

/// A Pod whose only container is `a` with these fields.
fn with(fields: &Value) -> Value {
    set(&json!({"containers": [container("a", fields)], "volumes": [
        {"name": "tmp", "emptyDir": {}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "c"}}]}))
}

fn container(name: &str, fields: &Value) -> Value {
    let mut container = json!({"name": name, "image": "a:1"});
    for (name, field) in fields.as_object().unwrap() {
        container[name] = field.clone();
    }
    container
}

#[track_caller]
fn assert_containers(version: &str, rows: &[(Value, &[&'static str])]) {
    assert_rows(rows.iter().map(|(fields, expected)| {
        let found = errors(&with(fields), None, version);
        let found = found
            .iter()
            .map(|line| line.trim_start_matches("containers[0].").to_owned());
        (found.collect(), expected.to_vec(), fields.clone())
    }));
}

#[test]
fn names_images_and_policies() {
    assert_containers(
        "1.37",
        &[
            (json!({"name": ""}), &["name Required"]),
            (json!({"image": ""}), &["image Required"]),
            (
                json!({"terminationMessagePolicy": "Log"}),
                &[
                    "terminationMessagePolicy NotSupported supported values: \"File\", \"FallbackToLogsOnError\"",
                ],
            ),
            (
                json!({"imagePullPolicy": "always"}),
                &["imagePullPolicy NotSupported supported values: \"Always\", \"IfNotPresent\", \"Never\""],
            ),
        ],
    );
    let twice = json!({"containers": [container("a", &json!({})), container("a", &json!({}))],
        "initContainers": [container("a", &json!({}))]});
    assert_eq!(
        errors(&set(&twice), None, "1.37"),
        ["containers[1].name Duplicate", "initContainers[0].name Duplicate"]
    );
    assert_eq!(
        errors(&set(&json!({"containers": []})), None, "1.37"),
        ["containers Required"]
    );
}

#[test]
fn ports() {
    assert_containers(
        "1.37",
        &[
            (
                json!({"ports": [{"name": "http", "containerPort": 0}, {"name": "http", "containerPort": 65536}]}),
                &[
                    "ports[0].containerPort Required",
                    "ports[1].name Duplicate",
                    "ports[1].containerPort Invalid must be between 1 and 65535, inclusive",
                ],
            ),
            (
                json!({"ports": [{"name": "-8", "containerPort": 1, "protocol": "QUIC", "hostPort": -1}]}),
                &[
                    "ports[0].name Invalid must contain at least one letter (a-z)",
                    "ports[0].name Invalid must not begin or end with a hyphen",
                    "ports[0].hostPort Invalid must be between 1 and 65535, inclusive",
                    "ports[0].protocol NotSupported supported values: \"SCTP\", \"TCP\", \"UDP\"",
                ],
            ),
            (
                json!({"ports": [{"containerPort": 1, "hostPort": 1}, {"containerPort": 2, "hostPort": 1}]}),
                &["ports[1].hostPort Duplicate"],
            ),
        ],
    );
    // Init containers run one by one, and upstream takes each for the first.
    let ports = json!({"ports": [{"containerPort": 1, "hostPort": 1}, {"containerPort": 2, "hostPort": 1}]});
    let init = json!({"initContainers": [container("b", &json!({})), container("c", &ports)]});
    assert_eq!(
        errors(&set(&init), None, "1.37"),
        ["initContainers[0].ports[1].hostPort Duplicate"]
    );
}

#[test]
fn environment() {
    let variable = |from: Value| json!({"env": [{"name": "A", "valueFrom": from}]});
    assert_containers(
        "1.37",
        &[
            (
                json!({"env": [{"name": ""}, {"name": "A=B"}]}),
                &[
                    "env[0].name Required",
                    "env[1].name Invalid a valid environment variable name must consist only of printable ASCII \
                     characters other than '='",
                ],
            ),
            (
                variable(json!({})),
                &[
                    "env[0].valueFrom Invalid must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, \
                   `secretKeyRef` or `fileKeyRef`",
                ],
            ),
            (
                json!({"env": [{"name": "A", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}),
                &["env[0].valueFrom Invalid may not be specified when `value` is not empty"],
            ),
            (variable(json!({"fieldRef": {"fieldPath": "spec.host"}})), &[]),
            (
                variable(json!({"fieldRef": {"fieldPath": "spec.image"}})),
                &[
                    "env[0].valueFrom.fieldRef.fieldPath Invalid error converting fieldPath: field label not supported: \
                   spec.image",
                ],
            ),
            (
                variable(json!({"fieldRef": {"apiVersion": "v2", "fieldPath": "metadata.name"}})),
                &[
                    "env[0].valueFrom.fieldRef.fieldPath Invalid error converting fieldPath: unsupported pod version: v2",
                ],
            ),
            (
                variable(json!({"resourceFieldRef": {"resource": "limits.gpu"}})),
                &[
                    "env[0].valueFrom.resourceFieldRef.resource NotSupported supported values: \"limits.cpu\", \
                   \"limits.ephemeral-storage\", \"limits.memory\", \"requests.cpu\", \"requests.ephemeral-storage\", \
                   \"requests.memory\"",
                ],
            ),
            (
                variable(
                    json!({"configMapKeyRef": {"name": "c", "key": ".."}, "secretKeyRef": {"name": "s"}}),
                ),
                &[
                    "env[0].valueFrom.configMapKeyRef.key Invalid must not be '..'",
                    "env[0].valueFrom.secretKeyRef.key Required",
                    "env[0].valueFrom Invalid may not have more than one field specified at a time",
                ],
            ),
            (
                json!({"envFrom": [{"secretRef": {"name": "ends-in-a-dash-"}}, {}]}),
                &["envFrom Invalid must specify one of: `configMapRef` or `secretRef`"],
            ),
        ],
    );
    let old = "env[0].valueFrom Invalid must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
    assert_containers("1.34", &[(variable(json!({})), &[old])]);
}

#[test]
fn mounts_and_devices() {
    assert_containers(
        "1.37",
        &[
            (
                json!({"volumeMounts": [{"name": "tmp", "mountPath": "/a"}, {"name": "none", "mountPath": "/a"}, {"name": "tmp"}]}),
                &[
                    "volumeMounts[1].name NotFound",
                    "volumeMounts[1].mountPath Invalid must be unique",
                    "volumeMounts[2].mountPath Required",
                ],
            ),
            // The paths have no index.
            (
                json!({"volumeMounts": [{"name": "tmp", "mountPath": "/a", "subPath": "/x", "subPathExpr": "..",
                    "mountPropagation": "Bidirectional", "recursiveReadOnly": "Enabled"}]}),
                &[
                    "volumeMounts.subPath Invalid must be a relative path",
                    "volumeMounts[0].subPathExpr Invalid subPathExpr and subPath are mutually exclusive",
                    "volumeMounts.subPathExpr Invalid must not contain '..'",
                    "volumeMounts.mountPropagation Forbidden Bidirectional mount propagation is available only to \
                     privileged containers",
                    "volumeMounts.recursiveReadOnly Forbidden may only be specified when readOnly is true",
                    "volumeMounts.recursiveReadOnly Forbidden may only be specified when mountPropagation is None or not \
                     specified",
                ],
            ),
            (
                json!({"volumeDevices": [{"name": "tmp", "devicePath": "/d/../e"}, {"name": "data", "devicePath": "/a"}],
                    "volumeMounts": [{"name": "data", "mountPath": "/a"}]}),
                &[
                    "volumeMounts[0].name Invalid must not already exist in volumeDevices",
                    "volumeMounts[0].mountPath Invalid must not already exist as a path in volumeDevices",
                    "volumeDevices[0].name Invalid can only use volume source type of PersistentVolumeClaim or Ephemeral \
                     for block mode",
                    "volumeDevices[0].devicePath Invalid can not contain backsteps ('..')",
                    "volumeDevices[1].name Invalid must not already exist in volumeMounts",
                    "volumeDevices[1].devicePath Invalid must not already exist as a path in volumeMounts",
                ],
            ),
        ],
    );
}

#[test]
fn probes_and_hooks() {
    assert_containers(
        "1.37",
        &[
            (
                json!({"livenessProbe": {}}),
                &["livenessProbe Required must specify a handler type"],
            ),
            (
                json!({"livenessProbe": {"successThreshold": 2, "initialDelaySeconds": -1, "terminationGracePeriodSeconds": 0,
                    "exec": {}, "tcpSocket": {"port": 1}}}),
                &[
                    "livenessProbe.exec.command Required",
                    "livenessProbe.tcpSocket Forbidden may not specify more than 1 handler type",
                    "livenessProbe.initialDelaySeconds Invalid must be greater than or equal to 0",
                    "livenessProbe.terminationGracePeriodSeconds Invalid must be greater than 0",
                    "livenessProbe.successThreshold Invalid must be 1",
                ],
            ),
            (
                json!({"readinessProbe": {"successThreshold": 2, "terminationGracePeriodSeconds": 1, "grpc": {"port": 0}}}),
                &[
                    "readinessProbe.grpc.port Invalid must be between 1 and 65535, inclusive",
                    "readinessProbe.terminationGracePeriodSeconds Invalid must not be set for readinessProbes",
                ],
            ),
            (
                json!({"startupProbe": {"httpGet": {"port": "80", "scheme": "FTP", "httpHeaders": [{"name": "a b"}]}}}),
                &[
                    "startupProbe.httpGet.port Invalid must contain at least one letter (a-z)",
                    "startupProbe.httpGet.scheme NotSupported supported values: \"HTTP\", \"HTTPS\"",
                    "startupProbe.httpGet.httpHeaders Invalid a valid HTTP header must consist of alphanumeric \
                     characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
                ],
            ),
            (
                json!({"lifecycle": {"postStart": {}, "preStop": {"sleep": {"seconds": 31}}}}),
                &[
                    "lifecycle.postStart Required must specify a handler type",
                    "lifecycle.preStop.sleep Invalid must be non-negative and less than terminationGracePeriodSeconds (30)",
                ],
            ),
        ],
    );
    let hook = json!({"exec": {"command": ["a"]}});
    let init = |policy: &Value| {
        let fields = json!({"restartPolicy": policy, "lifecycle": {"preStop": hook}, "startupProbe": hook});
        set(&json!({"initContainers": [container("i", &fields)]}))
    };
    assert_eq!(
        errors(&init(&json!("Always")), None, "1.37"),
        Vec::<String>::new()
    );
    assert_eq!(
        errors(&init(&Value::Null), None, "1.37"),
        [
            "initContainers[0].lifecycle Forbidden may not be set for init containers without restartPolicy=Always",
            "initContainers[0].startupProbe Forbidden may not be set for init containers without restartPolicy=Always",
        ]
    );
}

#[test]
fn restart_policies_came_in_steps() {
    let rules =
        json!({"restartPolicyRules": [{"action": "RestartAllContainers", "exitCodes": {"operator": "Is"}}]});
    let operator =
        "restartPolicyRules[0].exitCodes.operator NotSupported supported values: \"In\", \"NotIn\"";
    let needed = "restartPolicy Required must specify restartPolicy when restart rules are used";
    let action = "restartPolicyRules[0].action NotSupported supported values: \"Restart\"";
    // 1.34 drops the fields.
    assert_containers(
        "1.34",
        &[(rules.clone(), &[]), (json!({"restartPolicy": "X"}), &[])],
    );
    assert_containers("1.35", &[(rules.clone(), &[needed, action, operator])]);
    assert_containers("1.36", &[(rules, &[needed, operator])]);
    let many = json!({"restartPolicy": "Never", "restartPolicyRules":
        vec![json!({"action": "Restart", "exitCodes": {"operator": "In"}}); 21]});
    assert_containers(
        "1.35",
        &[(
            many.clone(),
            &["restartPolicyRules TooLong may not be more than 20 bytes"],
        )],
    );
    assert_containers(
        "1.36",
        &[(many, &["restartPolicyRules TooMany must have at most 20 items"])],
    );
}

#[test]
fn resizing() {
    let policies = json!({"resizePolicy": [
        {"resourceName": "cpu", "restartPolicy": "RestartContainer"}, {"resourceName": "cpu", "restartPolicy": "Now"}]});
    assert_containers(
        "1.37",
        &[(
            policies.clone(),
            &[
                "resizePolicy[1] Duplicate",
                "resizePolicy NotSupported supported values: \"NotRequired\", \"RestartContainer\"",
            ],
        )],
    );
    let policy = json!({"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]});
    let init = set(&json!({"initContainers": [container("i", &policy)]}));
    assert_eq!(errors(&init, None, "1.35"), Vec::<String>::new());
    assert_eq!(
        errors(&init, None, "1.36"),
        [
            "initContainers[0].resizePolicy[0].restartPolicy Invalid must not be set to 'RestartContainer' for non-sidecar \
          initContainers"
        ]
    );
    assert_eq!(errors(&init, Some(&init), "1.36"), Vec::<String>::new());
}

#[test]
fn security_contexts() {
    let context = |context: Value| json!({"securityContext": context});
    assert_containers(
        "1.37",
        &[
            (context(json!({"privileged": true})), &[]),
            (
                context(json!({"runAsUser": -1, "runAsGroup": 2_147_483_648_u64, "procMount": "Unmasked"})),
                &[
                    "securityContext.runAsUser Invalid must be between 0 and 2147483647, inclusive",
                    "securityContext.runAsGroup Invalid must be between 0 and 2147483647, inclusive",
                    "securityContext.procMount Invalid `hostUsers` must be false to use `Unmasked`",
                ],
            ),
            (
                context(
                    json!({"allowPrivilegeEscalation": false, "privileged": true, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}),
                ),
                &[
                    "securityContext Invalid cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
                    "securityContext Invalid cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
                ],
            ),
        ],
    );
    let stored = with(&context(json!({"capabilities": {"add": ["CAP_SYS_ADMIN"]}})));
    let new = with(&context(
        json!({"allowPrivilegeEscalation": false, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}),
    ));
    assert_eq!(errors(&new, Some(&stored), "1.36").len(), 1);
    assert_eq!(errors(&new, Some(&stored), "1.37"), Vec::<String>::new());
}

#[test]
fn ephemeral_containers_are_checked_although_they_are_forbidden() {
    let fields = json!({"image": " a", "targetContainerName": "b", "ports": [{"containerPort": 1}],
        "resources": {"limits": {"cpu": "1"}}, "volumeMounts": [{"name": "tmp", "mountPath": "/t", "subPath": "s"}]});
    let mut pod = with(&json!({}));
    pod["spec"]["template"]["spec"]["ephemeralContainers"] = json!([container("a", &fields)]);
    assert_eq!(
        errors(&pod, None, "1.37"),
        [
            "ephemeralContainers[0].image Invalid must not have leading or trailing whitespace",
            "ephemeralContainers[0].name Duplicate",
            "ephemeralContainers[0].targetContainerName NotFound",
            "ephemeralContainers[0].ports Forbidden cannot be set for an Ephemeral Container",
            "ephemeralContainers[0].resources Forbidden cannot be set for an Ephemeral Container",
            "ephemeralContainers[0].volumeMounts[0].subPath Forbidden cannot be set for an Ephemeral Container",
            "ephemeralContainers Forbidden ephemeral containers not allowed in pod template",
        ]
    );
}
