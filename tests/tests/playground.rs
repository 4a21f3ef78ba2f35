//! What the playground knows of fields and feature gates is what the core knows: `js-demo/src/editor/schema.json` is made from the
//! core's tables, and from what its validation answers to a value that no field takes; `js-demo/src/model/gates.json` from its
//! profiles.

// Test code may index and panic: a failure here is a failed test, and says where.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};
use steadfast_core::canonical::{SchemaField, SchemaStruct, schema};
use steadfast_core::{CauseType, Gate, Profile, validation};

/// No field takes it, and no field's name is nearly written so.
const NOTHING: &str = "%";

/// With `STEADFAST_REWRITE=1` the file is written anew, to be reviewed as a change.
#[test]
fn the_editors_schema_is_what_the_core_knows() {
    kept("editor/schema.json", &text());
}

/// As above.
#[test]
fn the_gates_that_can_be_switched_are_those_of_the_profiles() {
    let gates: Vec<String> = Profile::VERSIONS
        .iter()
        .map(|version| {
            let profile: Profile = version.parse().unwrap();
            format!("{}:{}", json!(version), json!(gates(&profile)))
        })
        .collect();
    kept("model/gates.json", &format!("{{\n{}\n}}\n", gates.join(",\n")));
}

/// The gates of a version that may be on or off, each with what it is unless somebody says otherwise.
fn gates(profile: &Profile) -> BTreeMap<String, bool> {
    let refused = profile.clone().with_gate("?", true).unwrap_err().to_string();
    let names = refused.rsplit("there are ").next().unwrap().split(", ");
    let switched = |name: &str, on| profile.clone().with_gate(name, on).is_ok();
    let open = names.filter(|name| switched(name, true) && switched(name, false));
    open.map(|name| {
        let gate: Gate = serde_json::from_value(json!(name)).unwrap();
        (name.to_owned(), profile.is_enabled(gate))
    })
    .collect()
}

fn kept(file: &str, should: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../js-demo/src")
        .join(file);
    let is = std::fs::read_to_string(&path).unwrap_or_default();
    if is == should {
        return;
    }
    if std::env::var_os("STEADFAST_REWRITE").is_some_and(|value| value == "1") {
        std::fs::write(&path, should).unwrap();
        return;
    }
    let differs = is.lines().zip(should.lines()).find(|(is, should)| is != should);
    panic!("js-demo/src/{file}: the core says {differs:?}\nSTEADFAST_REWRITE=1 writes it anew");
}

#[test]
fn values_that_the_core_names_are_in_the_schema() {
    let text = text();
    for known in [
        r#""podManagementPolicy":"string=OrderedReady OrderedReady|Parallel""#,
        r#""whenScaled":"string=Retain Retain|Delete""#,
        r#""imagePullPolicy":"string Always|IfNotPresent|Never""#,
        r#""containers":"[Container]""#,
        r#""nodeSelector":"{string}""#,
        r#""type":"string RollingUpdate|OnDelete|Recreate""#,
        r#""accessModes":"[string] ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod""#,
    ] {
        assert!(text.contains(known), "{known}");
    }
}

/// One line for each struct: its fields with what they take, `TYPE=DEFAULT A|B @SINCE -UNTIL`; `[T]` is a list, `{T}` a map.
fn text() -> String {
    // What a gate allows is a value, too; the words beside it speak of the gate.
    let newest = Profile::default()
        .with_gate("StatefulSetRecreateStrategy", true)
        .unwrap();
    let mut fields: BTreeMap<&str, BTreeMap<&str, Known>> = BTreeMap::new();
    for version in Profile::VERSIONS {
        for SchemaStruct { name, fields: of } in schema(&version.parse::<Profile>().unwrap()) {
            for field in of {
                let known = fields.entry(name).or_default().entry(field.name);
                let known = known.or_insert_with(|| Known {
                    since: version,
                    until: version,
                    field: field.clone(),
                });
                known.until = version;
                known.field = field;
            }
        }
    }
    let mut reached = BTreeMap::new();
    walk("StatefulSet", "", &fields, &mut reached);
    let [oldest, ..] = Profile::VERSIONS;
    let latest = Profile::VERSIONS[Profile::VERSIONS.len() - 1];
    let lines: Vec<String> = reached
        .iter()
        .map(|(name, path)| {
            let of: Vec<String> = fields[name]
                .values()
                .filter(|known| is_written(name, known.field.name))
                .map(|known| {
                    let field = &known.field;
                    let mut says = match (field.container, taken(field)) {
                        ("list", taken) => format!("[{taken}]"),
                        ("map", taken) => format!("{{{taken}}}"),
                        (_, taken) => taken.to_owned(),
                    };
                    if !field.default.is_empty() {
                        let _ = write!(says, "={}", field.default);
                    }
                    let values = values(path, field, &newest);
                    if !values.is_empty() {
                        let _ = write!(says, " {}", values.join("|"));
                    }
                    if known.since != oldest {
                        let _ = write!(says, " @{}", known.since);
                    }
                    if known.until != latest {
                        let _ = write!(says, " -{}", known.until);
                    }
                    format!("{}:{}", json!(field.name), json!(says))
                })
                .collect();
            format!("{}:{{{}}}", json!(name), of.join(","))
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

struct Known {
    since: &'static str,
    until: &'static str,
    field: SchemaField,
}

/// People write no status, and nothing of what only an API server fills in.
fn is_written(of: &str, field: &str) -> bool {
    let is_servers = [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    ];
    field != "status" && !(of == "ObjectMeta" && is_servers.contains(&field))
}

fn taken(field: &SchemaField) -> &'static str {
    match field.kind {
        "struct" => field.of,
        "int32" | "int64" => "int",
        kind => kind,
    }
}

/// Every struct that people write, with the path of one place where it stands.
fn walk<'f>(
    of: &'f str,
    path: &str,
    fields: &BTreeMap<&'f str, BTreeMap<&'f str, Known>>,
    reached: &mut BTreeMap<&'f str, String>,
) {
    if reached.contains_key(of) {
        return;
    }
    reached.insert(of, path.to_owned());
    for known in fields[of]
        .values()
        .filter(|known| is_written(of, known.field.name))
    {
        if known.field.kind == "struct" {
            let item = match known.field.container {
                "list" => "[0]",
                "map" => ".key",
                _ => "",
            };
            let dot = if path.is_empty() { "" } else { "." };
            walk(
                known.field.of,
                &format!("{path}{dot}{}{item}", known.field.name),
                fields,
                reached,
            );
        }
    }
}

/// The values that validation names when it is given none of them.
fn values(path: &str, field: &SchemaField, profile: &Profile) -> Vec<String> {
    if field.kind != "string" || field.container == "map" {
        return Vec::new();
    }
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": {
            "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web"}]}}},
    });
    let item = if field.container == "list" { "[0]" } else { "" };
    let dot = if path.is_empty() { "" } else { "." };
    let place = format!("{path}{dot}{}{item}", field.name);
    put(&mut set, &place);
    let Ok(verdict) = validation::create(&set, profile) else {
        return Vec::new();
    };
    let about = verdict
        .errors
        .iter()
        .filter(|cause| cause.value == Some(NOTHING.into()) && place.starts_with(&cause.field));
    let mut found = about.filter_map(|cause| {
        let (list, quote) = match cause.kind {
            CauseType::FieldValueNotSupported => (cause.detail.strip_prefix("supported values: ")?, '"'),
            CauseType::FieldValueInvalid => (
                cause
                    .detail
                    .strip_prefix("must be ")
                    .filter(|rest| rest.starts_with('\''))?,
                '\'',
            ),
            _ => return None,
        };
        let quoted = list
            .split(quote)
            .skip(1)
            .step_by(2)
            .filter(|value| !value.is_empty() && !value.contains('{'));
        Some(quoted.map(str::to_owned).collect())
    });
    found.next().unwrap_or_default()
}

/// Puts a value that nothing takes at a path such as `spec.template.spec.containers[0].imagePullPolicy`.
fn put(object: &mut Value, path: &str) {
    let mut at = object;
    for step in path.split('.') {
        let (name, is_item) = step
            .strip_suffix("[0]")
            .map_or((step, false), |name| (name, true));
        at = &mut at[name];
        if is_item {
            if at.as_array().is_none_or(Vec::is_empty) {
                *at = json!([null]);
            }
            at = &mut at[0];
        }
    }
    *at = NOTHING.into();
}
