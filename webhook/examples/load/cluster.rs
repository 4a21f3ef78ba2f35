//! An API server of a few lines with a cluster of a size, and the reviews that are asked.

use std::convert::Infallible;
use std::net::SocketAddr;

use futures::StreamExt;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub const SETS: usize = 1_000;
const OF_NAMESPACE: usize = 10;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Serves lists in pages, and watches in which nothing happens.
pub async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service =
                service_fn(|request| async move { Ok::<_, Infallible>(Response::new(answer(&request))) });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

fn answer(request: &Request<Incoming>) -> Body {
    let query = request.uri().query().unwrap_or_default();
    let asked = |name: &str| -> Option<usize> {
        let mut parts = query.split('&');
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
    };
    if query.contains("watch=") {
        let nothing = futures::stream::pending::<Result<Frame<Bytes>, Infallible>>();
        return BodyExt::boxed_unsync(StreamBody::new(nothing.boxed()));
    }
    let plural = request.uri().path().rsplit('/').next().unwrap_or_default();
    if plural == "version" {
        let version = json!({"major": "1", "minor": "37", "gitVersion": "v1.37.1", "gitCommit": "", "gitTreeState": "",
            "buildDate": "", "goVersion": "", "compiler": "", "platform": ""});
        return Full::from(version.to_string()).boxed_unsync();
    }
    let count = match plural {
        "statefulsets" | "services" | "poddisruptionbudgets" => SETS,
        "pods" | "persistentvolumeclaims" => SETS * 3,
        "deployments" => 200,
        "replicasets" => 600,
        _ => 0,
    };
    let (from, limit) = (
        asked("continue").unwrap_or_default(),
        asked("limit").unwrap_or(count),
    );
    let to = (from + limit).min(count);
    let items: Vec<Value> = (from..to).map(|at| object(plural, at)).collect();
    let next = if to < count { to.to_string() } else { String::new() };
    let list =
        json!({"kind": "List", "metadata": {"resourceVersion": "1", "continue": next}, "items": items});
    Full::from(list.to_string()).boxed_unsync()
}

fn namespace(set: usize) -> String {
    format!("team-{:03}", set / OF_NAMESPACE)
}

fn name(set: usize) -> String {
    format!("database-{set:04}")
}

fn metadata(name: &str, set: usize) -> Value {
    let fields: serde_json::Map<String, Value> = (0..20)
        .map(|n| (format!("f:field{n}"), json!({"f:deeper": {".": {}}})))
        .collect();
    json!({"name": name, "namespace": namespace(set), "uid": format!("00000000-0000-4000-8000-{set:012}"),
        "resourceVersion": "1", "creationTimestamp": "2026-01-01T00:00:00Z", "generation": 3,
        "labels": {"app": self::name(set), "app.kubernetes.io/part-of": "shop"},
        "managedFields": [{"manager": "kube-controller-manager", "operation": "Update", "fieldsV1": fields}]})
}

/// The template's container, with as many variables as make it as large as wanted.
fn container(variables: usize) -> Value {
    let env: Vec<Value> = (0..variables)
        .map(|n| json!({"name": format!("VARIABLE_{n}"), "value": format!("postgres://user@host-{n}.example/db")}))
        .collect();
    json!({"name": "db", "image": "registry.example/postgres:17.1", "env": env, "ports": [{"name": "db", "containerPort": 5432}],
        "resources": {"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"memory": "4Gi"}},
        "readinessProbe": {"exec": {"command": ["pg_isready"]}, "periodSeconds": 5},
        "volumeMounts": [{"name": "data", "mountPath": "/var/lib/postgresql"}]})
}

fn set(at: usize, replicas: usize, variables: usize, image: &str) -> Value {
    let mut container = container(variables);
    container["image"] = json!(image);
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(&name(at), at), "spec": {
            "replicas": replicas, "serviceName": name(at), "selector": {"matchLabels": {"app": name(at)}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Retain"},
            "template": {"metadata": {"labels": {"app": name(at)}}, "spec": {"containers": [container]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "10Gi"}}}}]},
        "status": {"replicas": replicas, "readyReplicas": replicas, "currentRevision": "r", "updateRevision": "r"}})
}

fn object(plural: &str, at: usize) -> Value {
    let (of, ordinal) = (at / 3, at % 3);
    let labels = |set: usize| json!({"matchLabels": {"app": name(set)}});
    match plural {
        "statefulsets" => set(at, 3, 20, "registry.example/postgres:17.1"),
        "pods" => {
            let conditions = [
                "Initialized",
                "Ready",
                "ContainersReady",
                "PodScheduled",
                "PodReadyToStartContainers",
            ];
            let conditions = conditions.map(
                |kind| json!({"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}),
            );
            json!({"metadata": metadata(&format!("{}-{ordinal}", name(of)), of), "spec": {"containers": [container(20)],
                    "nodeName": "node-1", "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
                "status": {"phase": "Running", "podIP": "10.1.2.3", "conditions": conditions, "containerStatuses": [{"name": "db",
                    "ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}})
        }
        "persistentvolumeclaims" => {
            let mut claim = json!({"metadata": metadata(&format!("data-{}-{ordinal}", name(of)), of), "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}, "storageClassName": "fast",
                "volumeMode": "Filesystem", "volumeName": format!("pvc-{at}")}, "status": {"phase": "Bound"}});
            claim["metadata"]["ownerReferences"] = json!([{"apiVersion": "v1", "kind": "Pod",
                "name": format!("{}-{ordinal}", name(of)), "uid": "00000000-0000-4000-8000-000000000001"}]);
            claim
        }
        "services" => {
            json!({"metadata": metadata(&name(at), at), "spec": {"clusterIP": "None", "ports": [{"port": 5432}],
            "selector": {"app": name(at)}}})
        }
        "poddisruptionbudgets" => json!({"metadata": metadata(&name(at), at), "spec": {"maxUnavailable": 1,
            "selector": labels(at)}, "status": {"disruptionsAllowed": 1}}),
        "deployments" => json!({"metadata": metadata(&format!("web-{at}"), at * 5), "spec": {
            "selector": {"matchLabels": {"app": format!("web-{at}")}}, "template": {"metadata": {"labels": {"app": format!("web-{at}")}},
                "spec": {"containers": [container(10)]}}}}),
        _ => {
            let mut owned = object("deployments", at / 3);
            owned["metadata"]["name"] = json!(format!("web-{at}-5d4f8c7b9"));
            owned["metadata"]["ownerReferences"] =
                json!([{"kind": "Deployment", "name": "web", "controller": true}]);
            owned
        }
    }
}

/// What is asked: a set of 10 kB that is made, one that changes, and a scale.
pub fn reviews() -> Vec<(&'static str, String)> {
    let variables = (1..500)
        .find(|n| set(7, 3, *n, "i").to_string().len() >= 10_000)
        .unwrap();
    let ask = |operation: &str, sub: &str, object: Value, old: Value| {
        let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
            "uid": "8f5e2d5c-7a5f-4f37-9d30-5e3f53c8f8f1", "operation": operation, "subResource": sub, "namespace": namespace(7),
            "name": name(7), "kind": {"group": "apps", "version": "v1", "kind": "StatefulSet"},
            "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
            "userInfo": {"username": "jane", "groups": ["system:authenticated"]}, "object": object, "oldObject": old,
            "dryRun": false, "options": {"kind": "UpdateOptions", "apiVersion": "meta.k8s.io/v1"}}});
        review.to_string()
    };
    let set = |replicas: usize, image: &str| set(7, replicas, variables, image);
    let scale = |replicas: usize| json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": replicas}});
    vec![
        ("create", ask("CREATE", "", set(3, "i:1"), Value::Null)),
        (
            "update of the template",
            ask("UPDATE", "", set(3, "i:2"), set(3, "i:1")),
        ),
        (
            "scaling in, denied",
            ask("UPDATE", "", set(1, "i:1"), set(3, "i:1")),
        ),
        ("/scale, denied", ask("UPDATE", "scale", scale(1), scale(3))),
    ]
}
