//! What is done with random input. `tests/tests/fuzz.rs` does the same with the corpus, without a fuzzer.

use serde_json::{Map, Value, json};
use steadfast_core::admission::{Context, Request, Settings, review};
use steadfast_core::canonical::{
    SchemaField, SchemaStruct, UnknownFields, canonical, canonical_with, schema,
};
use steadfast_core::diff::diff;
use steadfast_core::lint::lint;
use steadfast_core::{Profile, manifest, validation};

/// What is done with one input.
#[allow(dead_code)] // Only where all of them are run.
pub type Target = fn(&[u8]);

/// The targets by their names.
#[allow(dead_code)] // Each program of the fuzzer has one of them.
pub const TARGETS: [(&str, Target); 6] = [
    ("reader", reader),
    ("canonical", canonical_form),
    ("validation", judged),
    ("diff", compared),
    ("lint", linted),
    ("review", reviewed),
];

/// Any bytes are read or refused, and what is read can be written and read again.
pub fn reader(bytes: &[u8]) {
    let _ = manifest::read_one(bytes);
    let Ok(documents) = manifest::read(bytes) else {
        return;
    };
    for document in &documents {
        let found = document.position_of("spec.template.spec.containers[0].image");
        assert!(found.is_none() || document.nearest_position_of("spec").is_some());
    }
    for object in manifest::objects(documents) {
        let _ = object.nearest_position_of("metadata.labels[a/b]");
        let yaml = manifest::to_yaml(&object.value);
        let again = manifest::read_one(yaml.as_bytes()).unwrap_or_else(|error| panic!("{error} in {yaml:?}"));
        let again = again.map_or(Value::Null, |document| document.value);
        assert!(
            is_same(&again, &object.value),
            "{again} of {} in {yaml:?}",
            object.value
        );
    }
}

/// Whatever has a canonical form has it for good.
pub fn canonical_form(bytes: &[u8]) {
    let mut input = Input { bytes };
    let profile = input.profile();
    let Some(set) = input.object(&profile) else {
        return;
    };
    let _ = canonical_with(&set, &profile, UnknownFields::Keep);
    if let Ok(once) = canonical(&set, &profile) {
        assert_eq!(canonical(&once, &profile).as_ref(), Ok(&once));
    }
}

/// Two objects are judged: each alone, and the second as what becomes of the first.
pub fn judged(bytes: &[u8]) {
    let mut input = Input { bytes };
    let profile = input.profile();
    let Some(old) = input.object(&profile) else {
        return;
    };
    let new = input.object(&profile).unwrap_or_else(|| json!({}));
    let _ = validation::create(&new, &profile);
    let old = match validation::create(&old, &profile) {
        Ok(verdict) => verdict.object,
        Err(_) => old,
    };
    let _ = validation::update(&new, &old, &profile);
    let _ = validation::update_status(&new, &old, &profile);
}

/// Two objects are compared: the first with the second, and what a server makes of the first with itself, where nothing may
/// differ. (It drops owners that are named twice, so that what was never stored may well differ from itself.)
pub fn compared(bytes: &[u8]) {
    let mut input = Input { bytes };
    let profile = input.profile();
    let Some(old) = input.object(&profile) else {
        return;
    };
    let new = input.object(&profile).unwrap_or_else(|| json!({}));
    let _ = diff(&old, &new, &profile);
    let stored = validation::update(&old, &old, &profile).map_or(old, |verdict| verdict.object);
    if let Ok(none) = diff(&stored, &stored, &profile) {
        assert!(none.changes.is_empty(), "{:?}", none.changes);
    }
}

/// A text is linted, alone and against what is stored.
pub fn linted(bytes: &[u8]) {
    let mut input = Input { bytes };
    let profile = input.profile();
    let stored = match input.choice() % 2 {
        0 => Vec::new(),
        _ => Vec::from_iter(input.object(&profile)),
    };
    let _ = lint(&[input.bytes], &stored, &profile);
}

/// An AdmissionReview is judged: the bytes as they come, and one made of two objects beside a cluster of objects. Whatever is said is an answer
/// of its UID, and the same the second time.
pub fn reviewed(bytes: &[u8]) {
    let (mut context, settings) = (Context::default(), Settings::default());
    if let Some(request) = serde_json::from_slice(bytes)
        .ok()
        .and_then(|asked| Request::parse(&asked).ok())
    {
        let _ = review(&request, &context, &settings, &Profile::default());
    }
    let mut input = Input { bytes };
    let profile = input.profile();
    let settings =
        Settings::parse(&json!({"fillServiceName": true, "policies": {"P9": "deny", "P10": "deny"}}))
            .expect("these are settings");
    let operation = ["CREATE", "UPDATE", "DELETE", "CONNECT"][input.choice() % 4];
    let sub_resource = ["", "scale", "status"][input.choice() % 3];
    let sets: Vec<Value> = (0..3).map_while(|_| input.object(&profile)).collect();
    let set = |at: usize| sets.get(at).cloned().unwrap_or_default();
    let around = input.choice();
    let list = |bit: usize| (around >> bit & 1 == 1).then(|| sets.clone());
    context.stored_set = sets.get(2).cloned();
    (context.pods, context.claims, context.services) = (list(0), list(1), list(2));
    (context.disruption_budgets, context.workloads) = (list(3), list(4));
    let asked = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "r", "operation": operation, "subResource": sub_resource, "namespace": "", "name": "web",
        "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"}, "object": set(0), "oldObject": set(1)}});
    let Ok(request) = Request::parse(&asked) else {
        return;
    };
    let verdict = review(&request, &context, &settings, &profile);
    assert_eq!(verdict.allowed, verdict.code.is_none());
    assert_eq!(verdict.allowed, verdict.message.is_empty());
    assert!(
        verdict
            .warnings
            .iter()
            .all(|warning| warning.chars().count() <= 120)
    );
    assert_eq!(verdict.response("r", |_| String::new())["response"]["uid"], "r");
    assert_eq!(verdict, review(&request, &context, &settings, &profile));
}

/// Equal, but that JSON made of YAML knows no difference between `1.0` and `1`.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            one.as_f64() == other.as_f64()
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| one.0 == other.0 && is_same(one.1, other.1))
        }
        _ => one == other,
    }
}

/// Random bytes, from which choices are taken.
struct Input<'b> {
    bytes: &'b [u8],
}

impl Input<'_> {
    fn choice(&mut self) -> usize {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    fn profile(&mut self) -> Profile {
        let version = Profile::VERSIONS[self.choice() % Profile::VERSIONS.len()];
        version.parse().expect("each of the versions is known")
    }

    /// A text up to a byte 0, or a set made by the schema; `None` where the text is none.
    fn object(&mut self, profile: &Profile) -> Option<Value> {
        if self.bytes.first()? % 2 == 1 {
            self.choice();
            let structs = schema(profile);
            return Some(self.of_struct("StatefulSet", &structs, 0));
        }
        self.choice();
        let end = self
            .bytes
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(self.bytes.len());
        let (text, rest) = self.bytes.split_at(end);
        self.bytes = rest.get(1..).unwrap_or_default();
        let read = manifest::read_one(text).ok()?;
        read.map(|document| document.value)
    }

    fn of_struct(&mut self, name: &str, structs: &[SchemaStruct], depth: usize) -> Value {
        let Some(found) = structs.iter().find(|one| one.name == name) else {
            return Value::Null;
        };
        let mut object = Map::new();
        for _ in 0..self.choice() % 12 {
            if found.fields.is_empty() || self.bytes.is_empty() || depth > 16 {
                break;
            }
            let field = &found.fields[self.choice() % found.fields.len()];
            object.insert(field.name.to_owned(), self.of_field(field, structs, depth));
        }
        Value::Object(object)
    }

    fn of_field(&mut self, field: &SchemaField, structs: &[SchemaStruct], depth: usize) -> Value {
        let form = self.choice() % 32;
        match (form, field.container) {
            (0, _) => Value::Null,
            (1, _) => self.odd(),
            (2, "") => json!([self.one(field, structs, depth)]),
            (_, "list") => {
                let items = 0..self.choice() % 4;
                items.map(|_| self.one(field, structs, depth)).collect()
            }
            (_, "map") => {
                let entries = 0..self.choice() % 4;
                let entries: Map<String, Value> = entries
                    .map(|_| (self.text(), self.one(field, structs, depth)))
                    .collect();
                Value::Object(entries)
            }
            _ => self.one(field, structs, depth),
        }
    }

    fn one(&mut self, field: &SchemaField, structs: &[SchemaStruct], depth: usize) -> Value {
        match field.kind {
            "struct" => self.of_struct(field.of, structs, depth + 1),
            "bool" => Value::from(self.choice().is_multiple_of(2)),
            "int32" | "int64" => self.number(),
            "intOrString" if self.choice().is_multiple_of(2) => self.number(),
            "raw" => self.odd(),
            _ => Value::from(self.text()),
        }
    }

    fn number(&mut self) -> Value {
        const NUMBERS: [i64; 16] = [
            0,
            1,
            -1,
            2,
            3,
            10,
            80,
            100,
            101,
            8080,
            65_535,
            65_536,
            2_147_483_647,
            -2_147_483_648,
            i64::MAX,
            i64::MIN,
        ];
        Value::from(NUMBERS[self.choice() % NUMBERS.len()])
    }

    fn odd(&mut self) -> Value {
        match self.choice() % 8 {
            0 => json!({}),
            1 => json!([]),
            2 => json!(""),
            3 => json!(1.5),
            4 => json!(true),
            5 => json!([{"name": null}]),
            6 => json!({"": {"a": [[]]}}),
            _ => self.number(),
        }
    }

    /// A text that some rule knows, or any.
    fn text(&mut self) -> String {
        const TEXTS: [&str; 64] = [
            "",
            "a",
            "web",
            "app",
            "a/b",
            "A",
            "-a",
            "a.b",
            "default",
            "Always",
            "Never",
            "OnFailure",
            "IfNotPresent",
            "TCP",
            "UDP",
            "http",
            "80",
            "100m",
            "1Gi",
            "1024Mi",
            "0.5",
            "1e3",
            "-1",
            "10%",
            "101%",
            "x%",
            "RollingUpdate",
            "OnDelete",
            "Recreate",
            "OrderedReady",
            "Parallel",
            "Retain",
            "Delete",
            "ReadWriteOnce",
            "Filesystem",
            "Block",
            "In",
            "NotIn",
            "Exists",
            "DoesNotExist",
            "Equal",
            "NoSchedule",
            "NoExecute",
            "ScheduleAnyway",
            "DoNotSchedule",
            "kubernetes.io/hostname",
            "metadata.name",
            "spec.nodeName",
            "limits.cpu",
            "/",
            "/data",
            "../x",
            "a:b",
            "10.0.0.1",
            "::1",
            "10.0.0.0/8",
            "2001-01-01T00:00:00Z",
            "linux",
            "windows",
            "ClusterFirst",
            "None",
            "RuntimeDefault",
            "Localhost",
            "é",
        ];
        let choice = self.choice();
        match choice {
            0..192 => TEXTS[choice % TEXTS.len()].to_owned(),
            192..208 => "a".repeat(self.choice()),
            _ => {
                let length = (choice % 24).min(self.bytes.len());
                let (bytes, rest) = self.bytes.split_at(length);
                self.bytes = rest;
                String::from_utf8_lossy(bytes).into_owned()
            }
        }
    }
}
