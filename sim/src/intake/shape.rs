//! The JSON types of what a manifest says: the part of the schema that people write most, as a table. A field that is not
//! in it may hold anything; the whole schema comes with the canonical form.
//!
//! Source: `k8s.io/api/apps/v1/types.go` and `k8s.io/api/core/v1/types.go`.

use serde_json::Value;
use steadfast_core::{Cause, Error};

use crate::store::Resource;

/// What may stand at a place.
enum Shape {
    Text,
    Integer,
    Boolean,
    /// A number, or text: ports and the like.
    IntegerOrText,
    /// A mapping of texts.
    Texts,
    /// A mapping of quantities: text, or a number.
    Quantities,
    List(&'static Shape),
    Fields(&'static [(&'static str, Shape)]),
}

use Shape::{Boolean, Fields, Integer, IntegerOrText, List, Quantities, Text, Texts};

/// Whether every field that the table knows has its type.
///
/// # Errors
/// `invalid` with every field that has not.
pub(super) fn check(resource: Resource, manifest: &Value) -> Result<(), Error> {
    let mut causes = Vec::new();
    walk(&Fields(METADATA), manifest, &mut String::new(), &mut causes);
    let spec = match resource {
        Resource::StatefulSet => STATEFUL_SET,
        Resource::Pod => POD,
        Resource::PersistentVolumeClaim => CLAIM,
        Resource::Service => SERVICE,
        _ => &[],
    };
    walk(&Fields(spec), manifest, &mut String::new(), &mut causes);
    if causes.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(causes))
    }
}

fn walk(shape: &Shape, value: &Value, path: &mut String, causes: &mut Vec<Cause>) {
    let mut expect = |is_right: bool, expected: &str| {
        if !is_right {
            causes.push(Cause::wrong_type(path.clone(), value, expected));
        }
    };
    match (shape, value) {
        (_, Value::Null) => {}
        (Text, _) => expect(value.is_string(), "a string"),
        (Integer, _) => expect(
            value.is_i64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
            "an integer",
        ),
        (Boolean, _) => expect(value.is_boolean(), "a boolean"),
        (IntegerOrText, _) => expect(value.is_i64() || value.is_string(), "an integer or a string"),
        (Texts, Value::Object(entries)) => entries
            .iter()
            .for_each(|(key, v)| at_key(&Text, v, path, key, causes)),
        (Quantities, Value::Object(entries)) => {
            for (key, value) in entries.iter().filter(|(_, value)| !value.is_number()) {
                at_key(&Text, value, path, key, causes);
            }
        }
        (List(inner), Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                step(inner, item, path, &format!("[{at}]"), causes);
            }
        }
        (Fields(fields), Value::Object(object)) => {
            for (key, shape) in fields.iter() {
                let Some(value) = object.get(*key) else { continue };
                let separator = if path.is_empty() { "" } else { "." };
                step(shape, value, path, &format!("{separator}{key}"), causes);
            }
        }
        (List(_), _) => expect(false, "a list"),
        (Texts | Quantities | Fields(_), _) => expect(false, "a mapping"),
    }
}

fn at_key(shape: &Shape, value: &Value, path: &mut String, key: &str, causes: &mut Vec<Cause>) {
    step(shape, value, path, &format!("[{key}]"), causes);
}

fn step(shape: &Shape, value: &Value, path: &mut String, step: &str, causes: &mut Vec<Cause>) {
    let length = path.len();
    path.push_str(step);
    walk(shape, value, path, causes);
    path.truncate(length);
}

const NAMES: &[(&str, Shape)] = &[
    ("name", Text),
    ("namespace", Text),
    ("labels", Texts),
    ("annotations", Texts),
    ("finalizers", List(&Text)),
];
const METADATA: &[(&str, Shape)] = &[("metadata", Fields(NAMES))];
const STATEFUL_SET: &[(&str, Shape)] = &[(
    "spec",
    Fields(&[
        ("serviceName", Text),
        ("podManagementPolicy", Text),
        ("template", Fields(POD)),
        ("volumeClaimTemplates", List(&Fields(CLAIM))),
    ]),
)];
const SERVICE: &[(&str, Shape)] = &[(
    "spec",
    Fields(&[
        ("clusterIP", Text),
        ("selector", Texts),
        ("publishNotReadyAddresses", Boolean),
        ("type", Text),
        (
            "ports",
            List(&Fields(&[
                ("name", Text),
                ("port", Integer),
                ("targetPort", IntegerOrText),
                ("protocol", Text),
            ])),
        ),
    ]),
)];
const CLAIM: &[(&str, Shape)] = &[
    ("metadata", Fields(NAMES)),
    (
        "spec",
        Fields(&[
            ("accessModes", List(&Text)),
            ("storageClassName", Text),
            ("volumeMode", Text),
            ("volumeName", Text),
            ("resources", Fields(RESOURCES)),
        ]),
    ),
];
const POD: &[(&str, Shape)] = &[
    ("metadata", Fields(NAMES)),
    (
        "spec",
        Fields(&[
            ("containers", List(&Fields(CONTAINER))),
            ("initContainers", List(&Fields(CONTAINER))),
            (
                "volumes",
                List(&Fields(&[
                    ("name", Text),
                    ("persistentVolumeClaim", Fields(&[("claimName", Text)])),
                ])),
            ),
            ("terminationGracePeriodSeconds", Integer),
            ("activeDeadlineSeconds", Integer),
            ("restartPolicy", Text),
            ("dnsPolicy", Text),
            ("nodeName", Text),
            ("nodeSelector", Texts),
            ("serviceAccountName", Text),
            ("priorityClassName", Text),
            ("hostNetwork", Boolean),
            ("hostname", Text),
            ("subdomain", Text),
            ("schedulerName", Text),
            ("imagePullSecrets", List(&Fields(&[("name", Text)]))),
            ("affinity", Fields(&[])),
            (
                "securityContext",
                Fields(&[
                    ("runAsUser", Integer),
                    ("runAsGroup", Integer),
                    ("fsGroup", Integer),
                ]),
            ),
            (
                "tolerations",
                List(&Fields(&[
                    ("key", Text),
                    ("operator", Text),
                    ("value", Text),
                    ("effect", Text),
                ])),
            ),
            (
                "topologySpreadConstraints",
                List(&Fields(&[("maxSkew", Integer), ("topologyKey", Text)])),
            ),
        ]),
    ),
];
const CONTAINER: &[(&str, Shape)] = &[
    ("name", Text),
    ("image", Text),
    ("imagePullPolicy", Text),
    ("command", List(&Text)),
    ("args", List(&Text)),
    ("workingDir", Text),
    (
        "env",
        List(&Fields(&[
            ("name", Text),
            ("value", Text),
            ("valueFrom", Fields(&[])),
        ])),
    ),
    ("envFrom", List(&Fields(&[]))),
    (
        "ports",
        List(&Fields(&[
            ("name", Text),
            ("containerPort", Integer),
            ("protocol", Text),
        ])),
    ),
    ("resources", Fields(RESOURCES)),
    (
        "volumeMounts",
        List(&Fields(&[
            ("name", Text),
            ("mountPath", Text),
            ("subPath", Text),
            ("readOnly", Boolean),
        ])),
    ),
    ("readinessProbe", Fields(PROBE)),
    ("livenessProbe", Fields(PROBE)),
    ("startupProbe", Fields(PROBE)),
    (
        "securityContext",
        Fields(&[("runAsUser", Integer), ("privileged", Boolean)]),
    ),
];
const RESOURCES: &[(&str, Shape)] = &[("limits", Quantities), ("requests", Quantities)];
const PROBE: &[(&str, Shape)] = &[
    ("initialDelaySeconds", Integer),
    ("periodSeconds", Integer),
    ("timeoutSeconds", Integer),
    ("successThreshold", Integer),
    ("failureThreshold", Integer),
    (
        "httpGet",
        Fields(&[("path", Text), ("port", IntegerOrText), ("scheme", Text)]),
    ),
    ("tcpSocket", Fields(&[("port", IntegerOrText)])),
    ("exec", Fields(&[("command", List(&Text))])),
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn wrong_types_deep_inside_are_named_by_their_paths() {
        let set = json!({"metadata": {"name": 5}, "spec": {"template": {
            "metadata": {"labels": {"app": 1}},
            "spec": {
                "terminationGracePeriodSeconds": "soon",
                "volumes": {},
                "containers": [{"name": [1], "image": {"a": "b"}, "resources": {"requests": 7},
                    "ports": [{"containerPort": "http"}], "readinessProbe": {"periodSeconds": 1.5}}]}}}});
        let error = check(Resource::StatefulSet, &set).unwrap_err();
        let fields: Vec<&str> = error.causes.iter().map(|cause| cause.field.as_str()).collect();
        let container = "spec.template.spec.containers[0]";
        assert_eq!(
            fields,
            [
                "metadata.name",
                "spec.template.metadata.labels[app]",
                &format!("{container}.name"),
                &format!("{container}.image"),
                &format!("{container}.ports[0].containerPort"),
                &format!("{container}.resources.requests"),
                &format!("{container}.readinessProbe.periodSeconds"),
                "spec.template.spec.volumes",
                "spec.template.spec.terminationGracePeriodSeconds",
            ]
        );
    }

    #[test]
    fn what_people_write_is_let_through() {
        let set = json!({"metadata": {"name": "web", "labels": null}, "spec": {"template": {"spec": {
            "containers": [{"resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
                "readinessProbe": {"httpGet": {"port": "http"}}, "unheardOf": [1, {}]}]}}}});
        assert_eq!(check(Resource::StatefulSet, &set), Ok(()));
    }
}
