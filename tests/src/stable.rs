//! A set of any size that is stable, as large as real ones: what the speed of a decision is measured on.

use serde_json::{Value, json};
use steadfast_core::{RevisionData, revision_name};

/// An observation of `replicas` Pods with `claims` claims each: all are ready and there is nothing to do.
pub fn observation(replicas: u32, claims: usize) -> Value {
    let names: Vec<String> = (0..claims).map(|at| format!("data{at}")).collect();
    let template = json!({
        "metadata": {"labels": {"app": "web", "app.kubernetes.io/part-of": "shop"}, "annotations": {"team": "storefront"}},
        "spec": {
            "containers": [{
                "name": "nginx", "image": "nginx:1.28", "imagePullPolicy": "IfNotPresent",
                "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
                "env": (0..12).map(|n| json!({"name": format!("SETTING_{n}"), "value": format!("value-{n}")})).collect::<Vec<_>>(),
                "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
                "readinessProbe": {"failureThreshold": 3, "httpGet": {"path": "/", "port": "http", "scheme": "HTTP"},
                    "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "volumeMounts": names.iter().map(|name| json!({"mountPath": format!("/{name}"), "name": name})).collect::<Vec<_>>()}],
            "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
            "securityContext": {}, "terminationGracePeriodSeconds": 30}});
    let data = RevisionData::of_template(&template, false);
    let revision = revision_name("web", &data.hash(0));
    let owner = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": SET_UID,
        "controller": true, "blockOwnerDeletion": true});
    json!({
        "now": "2026-11-21T00:00:00Z",
        "statefulSet": {
            "apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "web", "namespace": "default", "uid": SET_UID, "generation": 1,
                "resourceVersion": "1000", "creationTimestamp": "2026-11-20T00:00:00Z"},
            "spec": {"replicas": replicas, "serviceName": "web", "podManagementPolicy": "OrderedReady",
                "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app": "web"}}, "template": template,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}},
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
                "volumeClaimTemplates": names.iter().map(|name| claim_template(name)).collect::<Vec<_>>()},
            "status": {"observedGeneration": 1, "replicas": replicas, "readyReplicas": replicas,
                "availableReplicas": replicas, "currentReplicas": replicas, "updatedReplicas": replicas,
                "currentRevision": revision, "updateRevision": revision, "collisionCount": 0}},
        "pods": (0..replicas).map(|ordinal| pod(ordinal, &template, &names, &revision, &owner)).collect::<Vec<_>>(),
        "persistentVolumeClaims": (0..replicas)
            .flat_map(|ordinal| names.iter().map(move |name| claim(name, ordinal)))
            .collect::<Vec<_>>(),
        "controllerRevisions": [{
            "apiVersion": "apps/v1", "kind": "ControllerRevision",
            "metadata": {"name": revision, "namespace": "default", "uid": "revision-uid", "resourceVersion": "999",
                "creationTimestamp": "2026-11-20T00:00:00Z", "ownerReferences": [owner],
                "labels": {"app": "web", "app.kubernetes.io/part-of": "shop",
                    "controller.kubernetes.io/hash": data.hash(0)}},
            "data": serde_json::from_slice::<Value>(data.bytes()).expect("revision data is JSON"), "revision": 1}]})
}

const SET_UID: &str = "0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0";

fn claim_template(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Filesystem"}, "status": {"phase": "Pending"}})
}

fn claim(template: &str, ordinal: u32) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
        "metadata": {"name": format!("{template}-web-{ordinal}"), "namespace": "default",
            "uid": format!("claim-{template}-{ordinal}"), "resourceVersion": "998", "labels": {"app": "web"},
            "creationTimestamp": "2026-11-20T00:00:00Z", "finalizers": ["kubernetes.io/pvc-protection"]},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "standard", "volumeMode": "Filesystem", "volumeName": format!("pv-{ordinal}")},
        "status": {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}}})
}

fn pod(ordinal: u32, template: &Value, claims: &[String], revision: &str, owner: &Value) -> Value {
    let name = format!("web-{ordinal}");
    let mut spec = template["spec"].clone();
    let condition = |kind: &str| json!({"type": kind, "status": "True", "lastProbeTime": null, "lastTransitionTime": "2026-11-20T00:01:00Z"});
    let conditions = [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    .map(condition);
    let volume = |claim: &String| json!({"name": claim, "persistentVolumeClaim": {"claimName": format!("{claim}-{name}")}});
    spec["hostname"] = json!(name);
    spec["subdomain"] = json!("web");
    spec["nodeName"] = json!(format!("node-{}", ordinal % 50));
    spec["enableServiceLinks"] = json!(true);
    spec["volumes"] = claims.iter().map(volume).collect();
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "generateName": "web-", "namespace": "default", "uid": format!("pod-uid-{ordinal}"),
            "resourceVersion": format!("{}", 2000 + ordinal), "creationTimestamp": "2026-11-20T00:00:30Z",
            "annotations": {"team": "storefront"}, "ownerReferences": [owner],
            "labels": {"app": "web", "app.kubernetes.io/part-of": "shop", "apps.kubernetes.io/pod-index": format!("{ordinal}"),
                "controller-revision-hash": revision, "statefulset.kubernetes.io/pod-name": name}},
        "spec": spec,
        "status": {"phase": "Running", "hostIP": "10.0.0.1", "podIP": format!("10.1.{}.{}", ordinal / 250, ordinal % 250),
            "startTime": "2026-11-20T00:00:31Z", "qosClass": "Burstable",
            "conditions": conditions,
            "containerStatuses": [{"name": "nginx", "image": "nginx:1.28", "imageID": "nginx@sha256:0", "ready": true,
                "started": true, "restartCount": 0, "containerID": format!("containerd://{ordinal}"), "lastState": {},
                "state": {"running": {"startedAt": "2026-11-20T00:00:40Z"}}}]}})
}
