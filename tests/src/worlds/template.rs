//! Pod templates and claim templates in typed normal form: defaulted, sorted, nothing empty that Go would omit.

use super::draw::Draw;
use super::object::{object, text};
use serde_json::{Map, Value, json};

/// Texts that Go's json.Marshal writes in an unusual way, or that a careless escape loses.
pub const UNUSUAL: [&str; 12] = [
    "a<b>&c",
    "line\u{2028}paragraph\u{2029}",
    "😀 beyond the basic plane",
    "\"quoted\" and \\ backslash",
    "tab\tnewline\nreturn\r",
    "\u{1}\u{8}\u{c}\u{1f}\u{7f}",
    "é ü ß 漢字",
    "{\"json\": [1, 2.50, null]}",
    "$(POD_NAME)/$$(ESCAPED)",
    " leading and trailing ",
    "1e3",
    "\u{fffd}\u{feff}",
];

/// Integers at the edge of what float64 holds. The largest int64 of all is no int64 after a journey through
/// float64, so a revision with it cannot be read: that is a corruption of its own.
const BIG: [i64; 4] = [
    9_007_199_254_740_991,
    9_007_199_254_740_993,
    4_611_686_018_427_387_904,
    1 << 53,
];

/// A Pod template for these labels; `claims` are the names of the claim templates.
pub fn pod_template(draw: &mut Draw, labels: Map<String, Value>, claims: &[String]) -> Value {
    let mut container = json!({
        "image": "app:1", "imagePullPolicy": "IfNotPresent", "name": "main", "resources": {},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    });
    let mut spec = json!({
        "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
        "securityContext": {}, "terminationGracePeriodSeconds": 30,
    });
    let mut metadata = object([("labels", Value::Object(labels))]);
    if let Some(first) = claims.first()
        && draw.percent(60)
    {
        container["volumeMounts"] = json!([{"mountPath": "/data", "name": first}]);
    }
    let mut volumes = Vec::new();
    for _ in 0..*draw.weighted(&[(35, 0), (35, 1), (20, 2), (10, 4)]) {
        ornament(
            draw,
            &mut metadata,
            &mut spec,
            &mut container,
            &mut volumes,
            claims,
        );
    }
    let mut containers = vec![container];
    if draw.one_in(12) {
        let mut sidecar = containers[0].clone();
        sidecar["name"] = json!("sidecar");
        containers.push(sidecar);
    }
    if draw.one_in(25) {
        let mut early = containers[0].clone();
        early["name"] = json!("early");
        if let Some(fields) = early.as_object_mut() {
            fields.remove("readinessProbe");
        }
        spec["initContainers"] = json!([early]);
    }
    spec["containers"] = Value::Array(containers);
    if !volumes.is_empty() {
        spec["volumes"] = Value::Array(volumes);
    }
    object([("metadata", metadata), ("spec", spec)])
}

fn ornament(
    draw: &mut Draw,
    metadata: &mut Value,
    spec: &mut Value,
    container: &mut Value,
    volumes: &mut Vec<Value>,
    claims: &[String],
) {
    match draw.below(20) {
        0 | 1 => metadata["annotations"] = json!({"example.com/note": *draw.pick(&UNUSUAL)}),
        2 | 3 => {
            container["env"] = json!([
                {"name": "TEXT", "value": *draw.pick(&UNUSUAL)},
                {"name": "EMPTY"},
                {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
            ]);
        }
        4 => spec["terminationGracePeriodSeconds"] = json!(*draw.pick(&[0, 1, BIG[0], BIG[1], BIG[2]])),
        5 => spec["securityContext"] = json!({"fsGroup": 2000, "runAsUser": *draw.pick(&BIG)}),
        6 => container["securityContext"] = json!({}),
        7 => {
            container["ports"] = json!([{"containerPort": 80, "name": "http", "protocol": "TCP"}]);
            container["readinessProbe"] = json!({"failureThreshold": 3, "httpGet": {"path": "/", "port": "http",
                "scheme": "HTTP"}, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1});
        }
        8 | 9 => {
            container["resources"] = match draw.below(3) {
                0 => json!({"requests": {"cpu": "100m", "memory": "64Mi"}}),
                1 => {
                    json!({"limits": {"cpu": "1500m", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}})
                }
                _ => json!({"limits": {"memory": "128974848"}}),
            };
        }
        10 | 11 => volumes.push(json!({"emptyDir": {}, "name": format!("scratch-{}", volumes.len())})),
        12 => volumes.push(json!({"configMap": {"defaultMode": 420, "name": "settings"},
            "name": format!("settings-{}", volumes.len())})),
        13 => volumes.push(
            json!({"ephemeral": {"volumeClaimTemplate": {"metadata": {}, "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "volumeMode": "Filesystem"}}}, "name": format!("cache-{}", volumes.len())}),
        ),
        14 => {
            if let Some(index) = draw.index(claims.len())
                && !volumes
                    .iter()
                    .any(|volume| volume["name"] == json!(claims[index]))
            {
                volumes.push(json!({"emptyDir": {"medium": "Memory"}, "name": claims[index]}));
            }
        }
        15 => spec["affinity"] = json!({}),
        16 => spec["nodeSelector"] = json!({"kubernetes.io/os": "linux"}),
        17 => {
            let labels = ["apps.kubernetes.io/pod-index", "controller-revision-hash", "tier"];
            metadata["labels"][*draw.pick(&labels)] = json!("7");
        }
        18 => metadata["finalizers"] = json!(["example.com/hold"]),
        _ => {
            spec["serviceAccountName"] = json!("robot");
            spec["serviceAccount"] = json!("robot");
        }
    }
}

/// The next edition of a template: always different from every edition before it.
pub fn changed(draw: &mut Draw, template: &Value, edition: usize) -> Value {
    let mut next = template.clone();
    next["spec"]["containers"][0]["image"] = json!(format!("app:{edition}"));
    if draw.one_in(6) {
        next["metadata"]["annotations"]["example.com/edition"] = json!(format!("<{edition}>"));
    }
    if draw.one_in(12) {
        next["metadata"]["labels"]["edition"] = json!(edition.to_string());
    }
    next
}

/// A claim template as it stands in `spec.volumeClaimTemplates`.
pub fn claim_template(draw: &mut Draw, name: &str) -> Value {
    let mut metadata = json!({"name": name});
    if draw.one_in(5) {
        metadata["labels"] = json!({"disk": "fast", "app": "overwritten"});
    }
    if draw.one_in(10) {
        metadata["annotations"] = json!({"example.com/note": *draw.pick(&UNUSUAL)});
    }
    let mut spec = json!({
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": *draw.pick(&["1Gi", "500Mi", "10G", "1500m"])}},
        "volumeMode": if draw.one_in(15) { "Block" } else { "Filesystem" },
    });
    if draw.one_in(3) {
        spec["storageClassName"] = json!(*draw.pick(&["standard", "", "fast"]));
    }
    object([
        ("apiVersion", text("v1")),
        ("kind", text("PersistentVolumeClaim")),
        ("metadata", metadata),
        ("spec", spec),
        ("status", json!({"phase": "Pending"})),
    ])
}
