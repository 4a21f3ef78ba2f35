//! Values of a type, and values that are nearly so.

use serde_json::{Map, Value, json};

use super::fits::Names;
use super::syntax::{Key, Member, Type};

/// A field that no reader knows.
pub const STRAY: &str = "noSuchField";

/// Values of the type: each optional field there and not there, each alternative of each union.
pub fn samples(names: &Names, of: &Type) -> Vec<Value> {
    match of {
        Type::Text(text) => vec![json!(text)],
        Type::Number(number) => vec![json!(number)],
        Type::Indexed(..) => samples(names, &names.indexed(of)),
        Type::Union(all) => all.iter().flat_map(|one| samples(names, &one.of)).collect(),
        Type::Object(_) | Type::Intersection(_) => {
            let forms = names.objects(of).into_iter();
            forms.flat_map(|members| objects(names, &members)).collect()
        }
        Type::Name(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("string", _) => vec![json!("web")],
            ("number", _) => vec![json!(1)],
            ("boolean", _) => vec![json!(true), json!(false)],
            ("true", _) => vec![json!(true)],
            ("Span", _) => vec![json!("1m30s"), json!("0"), json!(0)],
            ("KubernetesObject", _) => vec![json!({"apiVersion": "v1", "kind": "ConfigMap"})],
            ("Array" | "ReadonlyArray", [of]) => {
                let items = samples(names, of).into_iter().map(|item| json!([item]));
                std::iter::once(json!([])).chain(items).collect()
            }
            _ => samples(names, names.get(name)),
        },
    }
}

/// An object without any field that may be left out, and one for every sample of every field.
fn objects(names: &Names, members: &[Member]) -> Vec<Value> {
    let least = least(names, members);
    let mut objects = vec![Value::Object(least.clone())];
    for member in members {
        for (name, value) in fields(names, member) {
            let mut object = least.clone();
            object.insert(name, value);
            objects.push(Value::Object(object));
        }
    }
    objects
}

/// The object with the fields that must be there.
pub fn least(names: &Names, members: &[Member]) -> Map<String, Value> {
    let must = members.iter().filter(|member| !member.is_optional);
    must.filter_map(|member| fields(names, member).into_iter().next())
        .collect()
}

fn fields(names: &Names, member: &Member) -> Vec<(String, Value)> {
    match &member.key {
        Key::Field(name) => {
            let values = match name.as_str() {
                // Texts of which only Rust knows the form.
                "kubernetes" => vec![json!("1.37")],
                "now" => vec![json!("2026-11-21T00:00:00Z")],
                _ => samples(names, &member.of),
            };
            values.into_iter().map(|value| (name.clone(), value)).collect()
        }
        // One of them stands for all: which feature gates may be flipped is the version's affair.
        Key::Each(_, of) => {
            let key = samples(names, of)
                .into_iter()
                .next()
                .and_then(|key| Some(key.as_str()?.to_owned()));
            key.into_iter().map(|key| (key, json!(true))).collect()
        }
        Key::Index(..) => Vec::new(),
    }
}

/// What is not of the type although it nearly is, with what is wrong with it: a field that must be there is not, or one is
/// there that does not exist.
pub fn near_misses(names: &Names, of: &Type) -> Vec<(String, Value)> {
    let mut misses = Vec::new();
    for members in names.objects(of) {
        let least = least(names, &members);
        for name in least.keys() {
            let mut object = least.clone();
            object.remove(name);
            misses.push((format!("without {name}"), Value::Object(object)));
        }
        let mut object = least;
        object.insert(STRAY.to_owned(), json!(1));
        misses.push(("with a field too many".to_owned(), Value::Object(object)));
    }
    misses
}

/// Values of every kind, for fields that may take few of them.
pub fn probes() -> [Value; 8] {
    [
        json!("web"),
        json!("1s"),
        json!(1),
        json!(0),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
    ]
}
