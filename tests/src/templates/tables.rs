//! Makes the tables of `core/src/canonical/schema/` from what the harness of each version prints with `--schema`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;
use steadfast_core::Profile;
use steadfast_core::canonical::schema;

/// A field as the tables have it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    kind: String,
    of: String,
    container: String,
    is_pointer: bool,
    is_always: bool,
}

/// The rooms, with the structs that begin one: what they reach and no earlier room does is theirs.
const ROOMS: [(&str, &str, &[&str]); 6] = [
    (
        "metadata",
        "Metadata, selectors and references.",
        &["ObjectMeta", "LabelSelector", "LocalObjectReference"],
    ),
    (
        "claim",
        "Claims and claim templates.",
        &["PersistentVolumeClaim", "PersistentVolumeClaimTemplate"],
    ),
    ("volume", "Volumes and their sources.", &["Volume"]),
    (
        "container",
        "Containers, their environment and probes.",
        &["Container", "EphemeralContainer"],
    ),
    ("pod", "Pod templates.", &["PodTemplateSpec"]),
    ("set", "The set itself.", &["StatefulSet"]),
];

/// What an empty field gets (a pointer: nil). Source: `zz_generated.defaults.go` and `defaults.go` of
/// `pkg/apis/{apps,core}/v1`, alike in all versions.
const DEFAULTS: [(&str, &str, &str); 43] = [
    ("AzureDiskVolumeSource", "cachingMode", "Text(\"ReadWrite\")"),
    ("AzureDiskVolumeSource", "fsType", "Text(\"ext4\")"),
    ("AzureDiskVolumeSource", "kind", "Text(\"Shared\")"),
    ("AzureDiskVolumeSource", "readOnly", "False"),
    ("ConfigMapVolumeSource", "defaultMode", "Int(0o644)"),
    (
        "Container",
        "terminationMessagePath",
        "Text(\"/dev/termination-log\")",
    ),
    ("Container", "terminationMessagePolicy", "Text(\"File\")"),
    ("ContainerPort", "protocol", "Text(\"TCP\")"),
    ("DownwardAPIVolumeSource", "defaultMode", "Int(0o644)"),
    (
        "EphemeralContainer",
        "terminationMessagePath",
        "Text(\"/dev/termination-log\")",
    ),
    ("EphemeralContainer", "terminationMessagePolicy", "Text(\"File\")"),
    ("FileKeySelector", "optional", "False"),
    ("GRPCAction", "service", "Text(\"\")"),
    ("HTTPGetAction", "path", "Text(\"/\")"),
    ("HTTPGetAction", "scheme", "Text(\"HTTP\")"),
    ("HostPathVolumeSource", "type", "Text(\"\")"),
    ("ISCSIVolumeSource", "iscsiInterface", "Text(\"default\")"),
    ("ObjectFieldSelector", "apiVersion", "Text(\"v1\")"),
    ("PersistentVolumeClaimSpec", "volumeMode", "Text(\"Filesystem\")"),
    ("PersistentVolumeClaimStatus", "phase", "Text(\"Pending\")"),
    ("PodSpec", "dnsPolicy", "Text(\"ClusterFirst\")"),
    ("PodSpec", "restartPolicy", "Text(\"Always\")"),
    ("PodSpec", "schedulerName", "Text(\"default-scheduler\")"),
    ("PodSpec", "securityContext", "Struct"),
    ("PodSpec", "terminationGracePeriodSeconds", "Int(30)"),
    ("Probe", "failureThreshold", "Int(3)"),
    ("Probe", "periodSeconds", "Int(10)"),
    ("Probe", "successThreshold", "Int(1)"),
    ("Probe", "timeoutSeconds", "Int(1)"),
    ("ProjectedVolumeSource", "defaultMode", "Int(0o644)"),
    ("RBDVolumeSource", "keyring", "Text(\"/etc/ceph/keyring\")"),
    ("RBDVolumeSource", "pool", "Text(\"rbd\")"),
    ("RBDVolumeSource", "user", "Text(\"admin\")"),
    ("ScaleIOVolumeSource", "fsType", "Text(\"xfs\")"),
    ("ScaleIOVolumeSource", "storageMode", "Text(\"ThinProvisioned\")"),
    ("SecretVolumeSource", "defaultMode", "Int(0o644)"),
    ("ServiceAccountTokenProjection", "expirationSeconds", "Int(3600)"),
    (
        "StatefulSetPersistentVolumeClaimRetentionPolicy",
        "whenDeleted",
        "Text(\"Retain\")",
    ),
    (
        "StatefulSetPersistentVolumeClaimRetentionPolicy",
        "whenScaled",
        "Text(\"Retain\")",
    ),
    (
        "StatefulSetSpec",
        "persistentVolumeClaimRetentionPolicy",
        "Struct",
    ),
    ("StatefulSetSpec", "podManagementPolicy", "Text(\"OrderedReady\")"),
    ("StatefulSetSpec", "replicas", "Int(1)"),
    ("StatefulSetSpec", "revisionHistoryLimit", "Int(10)"),
];

/// The structs with a rule of their own in `core/src/canonical/rules.rs`.
const RULES: [(&str, &str); 7] = [
    ("Container", "Container"),
    ("EphemeralContainer", "Container"),
    ("PodSpec", "PodSpec"),
    ("PodTemplateSpec", "PodTemplate"),
    ("StatefulSetSpec", "StatefulSetSpec"),
    ("StatefulSetUpdateStrategy", "UpdateStrategy"),
    ("Volume", "Volume"),
];

/// By struct and field: what each minor version has.
type Merged = BTreeMap<String, BTreeMap<String, BTreeMap<u8, Row>>>;

/// The text of each room, by name, from the dumps of the minor versions. Format it before comparing.
///
/// # Errors
/// A sentence about a dump that is none.
pub fn rooms(dumps: &BTreeMap<u8, String>) -> Result<BTreeMap<&'static str, String>, String> {
    let mut merged = Merged::new();
    for (minor, dump) in dumps {
        for line in dump.lines() {
            let line: Value = serde_json::from_str(line).map_err(|error| format!("1.{minor}: {error}"))?;
            let fields = merged.entry(text(&line, "struct")).or_default();
            for field in line["fields"].as_array().into_iter().flatten() {
                let rows = fields.entry(text(field, "name")).or_default();
                rows.insert(*minor, row(field));
            }
        }
    }
    check_defaults(&merged)?;
    let mut home: BTreeMap<&str, &'static str> = BTreeMap::new();
    for (room, _, roots) in ROOMS {
        for root in roots {
            settle(root, room, &merged, &mut home);
        }
    }
    if let Some(homeless) = merged.keys().find(|name| !home.contains_key(name.as_str())) {
        return Err(format!("`{homeless}` is reached by no room"));
    }
    let mut texts = BTreeMap::new();
    for (room, title, _) in ROOMS {
        let mut body = String::new();
        for (name, fields) in merged.iter().filter(|(name, _)| home[name.as_str()] == room) {
            write_struct(&mut body, name, fields, dumps);
        }
        write_names(
            &mut body,
            merged.keys().filter(|name| home[name.as_str()] == room),
        );
        texts.insert(room, format!("{}{body}", head(room, title, &body, &home)));
    }
    Ok(texts)
}

/// Where the core's tables and a dump of the profile's version differ, as a sentence.
///
/// # Errors
/// A sentence about a dump that is none.
pub fn difference(dump: &str, profile: &Profile) -> Result<Option<String>, String> {
    let mut ours: BTreeMap<(String, String), Row> = BTreeMap::new();
    for of in schema(profile) {
        for field in of.fields {
            let row = Row {
                kind: field.kind.to_owned(),
                of: field.of.to_owned(),
                container: field.container.to_owned(),
                is_pointer: field.is_pointer,
                is_always: field.is_always,
            };
            ours.insert((of.name.to_owned(), field.name.to_owned()), row);
        }
    }
    for line in dump.lines() {
        let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        for field in line["fields"].as_array().into_iter().flatten() {
            let (place, theirs) = ((text(&line, "struct"), text(field, "name")), row(field));
            let ours = ours.remove(&place);
            if ours.as_ref() != Some(&theirs) {
                return Ok(Some(format!(
                    "{}.{}: {ours:?} here, {theirs:?} upstream",
                    place.0, place.1
                )));
            }
        }
    }
    Ok(ours
        .into_keys()
        .next()
        .map(|(of, name)| format!("{of}.{name} is not upstream's")))
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn row(field: &Value) -> Row {
    let is = |name: &str| field[name] == true;
    let (kind, container) = (text(field, "kind"), text(field, "container"));
    // Go leaves out neither structs nor what writes itself, unless it says omitzero.
    let never_empty = container.is_empty()
        && !is("pointer")
        && matches!(
            kind.as_str(),
            "struct" | "quantity" | "intOrString" | "time" | "raw"
        );
    Row {
        of: text(field, "struct"),
        is_pointer: is("pointer"),
        is_always: !is("omitZero") && (never_empty || !is("omitEmpty")),
        kind,
        container,
    }
}

fn check_defaults(merged: &Merged) -> Result<(), String> {
    let is_known = |of: &str, field: &str| merged.get(of).is_some_and(|fields| fields.contains_key(field));
    let lost = DEFAULTS.iter().find(|(of, field, _)| !is_known(of, field));
    lost.map_or(Ok(()), |(of, field, _)| {
        Err(format!("no version has `{of}.{field}`, which has a default"))
    })
}

fn settle<'a>(
    name: &str,
    room: &'static str,
    merged: &'a Merged,
    home: &mut BTreeMap<&'a str, &'static str>,
) {
    let Some((name, fields)) = merged.get_key_value(name) else {
        return;
    };
    if home.contains_key(name.as_str()) {
        return;
    }
    home.insert(name, room);
    for row in fields.values().flat_map(BTreeMap::values) {
        settle(&row.of, room, merged, home);
    }
}

fn head(room: &str, title: &str, body: &str, home: &BTreeMap<&str, &'static str>) -> String {
    let mut head = format!("//! {title} Made by `bin/canonical tables`; see the parent.\n\n");
    let mut others: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, at) in home.iter().filter(|(_, at)| **at != room) {
        let constant = constant(name);
        if body.contains(&format!("(&{constant})")) {
            others.entry(at).or_default().push(constant);
        }
    }
    for (other, names) in others {
        let _ = writeln!(head, "use super::{other}::{{{}}};", names.join(", "));
    }
    let used = |name: &str| body.contains(&format!("{name}("));
    let mut names = vec!["Struct", "field"];
    names.extend(body.contains("Default::").then_some("Default"));
    let _ = writeln!(head, "use super::{{{}}};", names.join(", "));
    let kinds = [
        "Bool",
        "Int32",
        "Int64",
        "IntOrText",
        "Quantity",
        "Raw",
        "Text",
        "Time",
    ];
    let mut kinds: Vec<&str> = kinds
        .into_iter()
        .filter(|kind| body.contains(&format!("({kind})")))
        .collect();
    kinds.extend(used("(Kind::Struct").then_some("self"));
    let _ = writeln!(head, "use super::Kind::{{{}}};", kinds.join(", "));
    let shapes: Vec<&str> = ["List", "Map", "One"]
        .into_iter()
        .filter(|shape| used(shape))
        .collect();
    let _ = writeln!(head, "use super::Shape::{{{}}};", shapes.join(", "));
    if body.contains("Rule::") {
        head.push_str("use crate::canonical::rules::Rule;\n");
    }
    head
}

fn write_struct(
    out: &mut String,
    name: &str,
    fields: &BTreeMap<String, BTreeMap<u8, Row>>,
    dumps: &BTreeMap<u8, String>,
) {
    let rule = RULES.iter().find(|(of, _)| *of == name);
    let rule = rule.map_or("None".to_owned(), |(_, rule)| format!("Some(Rule::{rule})"));
    let _ = write!(
        out,
        "\npub(in crate::canonical) static {}: Struct = Struct {{ rule: {rule}, fields: &[",
        constant(name)
    );
    for (field, rows) in fields {
        for (row, since, until) in runs(rows) {
            let _ = write!(out, "\n    {},", written(name, field, row, since, until, dumps));
        }
    }
    out.push_str("\n]};\n");
}

fn write_names<'a>(out: &mut String, names: impl Iterator<Item = &'a String>) {
    out.push_str("\npub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[\n");
    for name in names {
        let _ = writeln!(out, "    (&{}, \"{name}\"),", constant(name));
    }
    out.push_str("];\n");
}

fn written(of: &str, field: &str, row: &Row, since: u8, until: u8, dumps: &BTreeMap<u8, String>) -> String {
    let kind = match row.kind.as_str() {
        "string" => "Text".to_owned(),
        "bool" => "Bool".to_owned(),
        "int32" => "Int32".to_owned(),
        "int64" => "Int64".to_owned(),
        "quantity" => "Quantity".to_owned(),
        "intOrString" => "IntOrText".to_owned(),
        "time" => "Time".to_owned(),
        "raw" => "Raw".to_owned(),
        "struct" => format!("Kind::Struct(&{})", constant(&row.of)),
        other => panic!("`{of}.{field}` is a {other}, which the tables have no word for"),
    };
    let shape = match row.container.as_str() {
        "" => "One",
        "list" => "List",
        "map" => "Map",
        other => panic!("`{of}.{field}` is a {other}, which the tables have no word for"),
    };
    let mut text = format!("field(\"{field}\", {shape}({kind}))");
    text.push_str(if row.is_pointer { ".pointer()" } else { "" });
    text.push_str(if row.is_always { ".always()" } else { "" });
    if let Some((_, _, default)) = DEFAULTS.iter().find(|(s, f, _)| (*s, *f) == (of, field)) {
        let _ = write!(text, ".or(&Default::{default})");
    }
    if Some(&since) != dumps.keys().next() {
        let _ = write!(text, ".since({since})");
    }
    if Some(&until) != dumps.keys().last() {
        let _ = write!(text, ".until({until})");
    }
    text
}

/// Consecutive versions that have the same, with the first and the last.
fn runs(rows: &BTreeMap<u8, Row>) -> Vec<(&Row, u8, u8)> {
    let mut runs: Vec<(&Row, u8, u8)> = Vec::new();
    for (minor, row) in rows {
        match runs.last_mut() {
            Some((same, _, until)) if *same == row && *until + 1 == *minor => *until = *minor,
            _ => runs.push((row, *minor, *minor)),
        }
    }
    runs
}

/// `PodSpec` as `POD_SPEC`, `AWSElasticBlockStore` as `AWS_ELASTIC_BLOCK_STORE`.
fn constant(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut constant = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && letters[at - 1].is_lowercase();
        let before_lower = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || (before_lower && letters[at - 1].is_uppercase())) {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
    }
    constant
}
