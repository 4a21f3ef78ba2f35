use super::*;

fn manifest() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "web", "creationTimestamp": null},
        "spec": {
            "serviceName": "web",
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [{
                        "name": "nginx", "image": "nginx",
                        "ports": [{"containerPort": 80}],
                        "readinessProbe": {"httpGet": {"port": 80}},
                        "resources": {"requests": {"cpu": 1}}}],
                    "volumes": [{"name": "tmp"}, {"name": "conf", "configMap": {"name": "conf"}}]}},
            "volumeClaimTemplates": [{
                "metadata": {"name": "www"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}})
}

#[test]
fn a_raw_manifest_gets_the_defaults_that_an_api_server_gives() {
    let stored = receive(&manifest(), None, &Profile::default()).unwrap();
    let expected = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": 1, "serviceName": "web", "podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "securityContext": {},
                    "terminationGracePeriodSeconds": 30, "schedulerName": "default-scheduler",
                    "containers": [{
                        "name": "nginx", "image": "nginx", "imagePullPolicy": "Always",
                        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                        "ports": [{"containerPort": 80, "protocol": "TCP"}],
                        "readinessProbe": {
                            "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
                            "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                        "resources": {"requests": {"cpu": "1"}}}],
                    "volumes": [
                        {"name": "tmp", "emptyDir": {}},
                        {"name": "conf", "configMap": {"name": "conf", "defaultMode": 420}}]}},
            "volumeClaimTemplates": [{
                "apiVersion": "v1", "kind": "PersistentVolumeClaim",
                "metadata": {"name": "www"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
                    "resources": {"requests": {"storage": "1Gi"}}},
                "status": {"phase": "Pending"}}]}});
    assert_eq!(stored, expected);
}

#[test]
fn max_unavailable_is_dropped_where_its_gate_is_off() {
    let mut set = manifest();
    set["spec"]["updateStrategy"] = json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}});
    let rolling = |version: &str| {
        let stored = receive(&set, None, &version.parse().unwrap()).unwrap();
        stored["spec"]["updateStrategy"]["rollingUpdate"].clone()
    };
    assert_eq!(rolling("1.34"), json!({"partition": 0}));
    assert_eq!(rolling("1.37"), json!({"partition": 0, "maxUnavailable": 2}));
}

#[test]
fn an_explicit_type_leaves_rolling_update_absent() {
    let mut set = manifest();
    set["spec"]["updateStrategy"] = json!({"type": "RollingUpdate"});
    let stored = receive(&set, None, &Profile::default()).unwrap();
    assert_eq!(stored["spec"]["updateStrategy"], json!({"type": "RollingUpdate"}));
}

#[test]
fn replicas_that_an_autoscaler_set_stay_where_the_manifest_leaves_them_out() {
    let mut live = receive(&manifest(), None, &Profile::default()).unwrap();
    live["spec"]["replicas"] = json!(7);
    live["metadata"]["labels"] = json!({"team": "a"});
    let stored = receive(&manifest(), Some(&live), &Profile::default()).unwrap();
    assert_eq!(
        (&stored["spec"]["replicas"], &stored["metadata"]["labels"]["team"]),
        (&json!(7), &json!("a"))
    );
    let applied = json!({"spec": {"replicas": 7}}).to_string();
    live["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": applied});
    let stored = receive(&manifest(), Some(&live), &Profile::default()).unwrap();
    assert_eq!(stored["spec"]["replicas"], json!(1));
}

#[test]
fn what_an_api_server_refuses_is_an_error_that_names_the_field() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut set = manifest();
        change(&mut set);
        receive(&set, None, &Profile::default()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&|set| set["kind"] = json!("Deployment")),
        "objects of kind `Deployment` are not simulated"
    );
    assert_eq!(
        refused(&|set| set["metadata"] = json!({})),
        "StatefulSet: metadata.name: Required value"
    );
    let labels = refused(&|set| set["spec"]["template"]["metadata"]["labels"] = json!({"app": "other"}));
    assert!(
        labels.ends_with("`selector` does not match template `labels`"),
        "{labels}"
    );
    let wrong = refused(&|set| set["spec"]["replicas"] = json!("three"));
    assert!(wrong.contains("spec.replicas"), "{wrong}");
    let wrong = refused(&|set| set["spec"] = json!("nothing"));
    assert!(wrong.contains("spec"), "{wrong}");
}
