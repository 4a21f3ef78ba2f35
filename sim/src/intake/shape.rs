//! The JSON types of what a manifest says of an object that the core has no schema of, such as a Service: the part that
//! people write most, as a table. A field that is not in it may hold anything.
//!
//! Source: `k8s.io/api/core/v1/types.go`.

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
    List(&'static Shape),
    Fields(&'static [(&'static str, Shape)]),
}

use Shape::{Boolean, Fields, Integer, IntegerOrText, List, Text, Texts};

/// Whether every field that the table knows has its type.
///
/// # Errors
/// `invalid` with every field that has not.
pub(super) fn check(resource: Resource, manifest: &Value) -> Result<(), Error> {
    let mut causes = Vec::new();
    walk(&Fields(METADATA), manifest, &mut String::new(), &mut causes);
    let spec = match resource {
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
        (Texts | Fields(_), _) => expect(false, "a mapping"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn wrong_types_deep_inside_are_named_by_their_paths() {
        let service = json!({"metadata": {"name": 5, "labels": {"app": 1}}, "spec": {
            "ports": [{"port": "http", "targetPort": true}], "publishNotReadyAddresses": "yes"}});
        let error = check(Resource::Service, &service).unwrap_err();
        let fields: Vec<&str> = error.causes.iter().map(|cause| cause.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "metadata.name",
                "metadata.labels[app]",
                "spec.publishNotReadyAddresses",
                "spec.ports[0].port",
                "spec.ports[0].targetPort",
            ]
        );
    }

    #[test]
    fn what_people_write_is_let_through() {
        let service = json!({"metadata": {"name": "web", "labels": null}, "spec": {
            "clusterIP": "None", "selector": {"app": "web"}, "unheardOf": [1, {}],
            "ports": [{"port": 80, "targetPort": "http"}, {"port": 81.0}]}});
        assert_eq!(check(Resource::Service, &service), Ok(()));
    }
}
