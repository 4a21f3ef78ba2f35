//! What a command works on: files of YAML or JSON, manifests or dumps or observations, all of them together one input.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;
use steadfast_core::manifest::{self, Document, Object};
use steadfast_core::{Cause, CauseType, Error, ErrorCode, Timestamp};

use crate::failure::Failure;
use crate::live::{Sighting, Unseen};
use crate::output::Output;
use crate::text::{count, list, some};

mod choice;
mod clock;
mod found;
mod observation;
mod origin;
mod source;
mod version;

pub(crate) use choice::Choice;
pub(crate) use clock::newest_time;
pub(crate) use found::{Found, Place};
pub(crate) use observation::ObservationSource;
pub(crate) use origin::{Origin, read_each, set_of};
pub(crate) use source::{STANDARD_INPUT, read as read_bytes};

/// The objects of an input, in the order of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    /// The names of the files.
    pub(crate) files: Vec<Rc<str>>,
    /// The objects.
    pub(crate) objects: Vec<Found>,
    /// When it was observed, where an observation says so.
    pub(crate) now: Option<Timestamp>,
    /// Which lists an observation had; in a dump a kind without objects cannot be told from one that was not asked for.
    lists: Option<Vec<&'static str>>,
    /// The cluster that it was read from, where it was.
    pub(crate) live: Option<Live>,
}

/// What is known of an input that a cluster gave.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    /// The cluster as people call it.
    pub(crate) place: String,
    /// The version of its API server, where it told.
    pub(crate) version: Option<String>,
    /// The kinds that could not be read.
    pub(crate) unseen: Vec<Unseen>,
}

/// The lists of an observation, with the kind of their items.
const LISTS: [(&str, &str); 8] = [
    ("pods", "Pod"),
    ("persistentVolumeClaims", "PersistentVolumeClaim"),
    ("controllerRevisions", "ControllerRevision"),
    ("services", "Service"),
    ("endpointSlices", "EndpointSlice"),
    ("nodes", "Node"),
    ("podDisruptionBudgets", "PodDisruptionBudget"),
    ("workloads", ""),
];

impl Input {
    /// Reads files; `-` is standard input. Objects without a namespace get the given one.
    pub(crate) fn read(
        files: &[String],
        namespace: Option<&str>,
        output: &mut Output,
    ) -> Result<Self, Failure> {
        let mut input = Self::default();
        for file in files {
            let (name, bytes) = source::read(file)?;
            let documents = manifest::read(&bytes).map_err(|error| unreadable(&error).in_file(&name))?;
            for document in &documents {
                for notice in document.notices.iter().take(3) {
                    let position = notice.position;
                    output.warn(&format!(
                        "{name}:{}:{}: {}",
                        position.line, position.column, notice.message
                    ))?;
                }
            }
            if documents.is_empty() {
                let message = "it holds no object: it is empty, or nothing but comments";
                return Err(Failure::new(ErrorCode::Missing, message).in_file(&name));
            }
            input.add(&name, documents)?;
        }
        input.fill_in(namespace);
        Ok(input)
    }

    /// The input that one value is: an observation, an object or a list of objects.
    pub(crate) fn of_value(value: Value, file: &str, namespace: Option<&str>) -> Result<Self, Failure> {
        let mut input = Self::default();
        input.add(&Rc::from(file), vec![Document::of(value)])?;
        input.fill_in(namespace);
        Ok(input)
    }

    /// The input that a cluster gives.
    pub(crate) fn of_sighting(sighting: Sighting) -> Self {
        let place: Rc<str> = Rc::from(sighting.place.as_str());
        let mut input = Self {
            files: vec![Rc::clone(&place)],
            // Other StatefulSets are workloads, whatever else could be read.
            lists: Some(vec!["workloads"]),
            ..Self::default()
        };
        for (resource, objects) in sighting.found {
            if let Some(lists) = input.lists.as_mut().filter(|_| !resource.list.is_empty()) {
                lists.push(resource.list);
            }
            let objects = objects
                .into_iter()
                .flat_map(|object| manifest::objects(vec![Document::of(object)]));
            input
                .objects
                .extend(objects.map(|object| Found::new(&place, object)));
        }
        // A clock that is slow must not make what was seen lie ahead.
        let newest = input
            .objects
            .iter()
            .filter_map(|object| newest_time(&object.value))
            .max();
        input.now = Some(sighting.now).max(newest);
        input.live = Some(Live {
            place: sighting.place,
            version: sighting.version,
            unseen: sighting.unseen,
        });
        input
    }

    /// The same without any objects.
    pub(crate) fn clone_frame(&self) -> Self {
        Self {
            objects: Vec::new(),
            files: self.files.clone(),
            now: self.now,
            lists: self.lists.clone(),
            live: self.live.clone(),
        }
    }

    /// The same with what may concern one of its sets: without the Pods, claims and revisions that are another's by owner and name.
    pub(crate) fn around(&self, set: &Found) -> Self {
        let uid = set.value.pointer("/metadata/uid");
        let (pod, claim) = (format!("{}-", set.name()), format!("-{}-", set.name()));
        let is_anothers = |object: &Found| {
            let owners = object.value.pointer("/metadata/ownerReferences");
            let mut owners = owners.and_then(Value::as_array).into_iter().flatten();
            let is_controller = |owner: &&Value| owner.get("controller") == Some(&Value::Bool(true));
            owners
                .find(is_controller)
                .is_some_and(|owner| owner.get("uid") != uid)
        };
        let concerns = |object: &&Found| match object.kind() {
            "Pod" | "ControllerRevision" => object.name().starts_with(&pod) || !is_anothers(object),
            "PersistentVolumeClaim" => object.name().contains(&claim),
            _ => true,
        };
        Self {
            objects: self.objects.iter().filter(concerns).cloned().collect(),
            ..self.clone_frame()
        }
    }

    /// This input and another as one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.objects.extend(other.objects);
        self.now = self.now.max(other.now);
        self.lists = self.lists.or(other.lists);
        self.live = self.live.or(other.live);
        self
    }

    /// The objects for which something holds, and the others.
    pub(crate) fn split(mut self, holds: impl Fn(&Found) -> bool) -> (Self, Self) {
        let (with, without) = std::mem::take(&mut self.objects)
            .into_iter()
            .partition(|object| holds(object));
        let others = Self {
            files: self.files.clone(),
            objects: without,
            ..Self::default()
        };
        let with = Self {
            objects: with,
            ..self
        };
        (with, others)
    }

    /// Whether it says which objects of an observation's list there are: an observation or a cluster by having the list, a dump by
    /// having an object of it.
    pub(crate) fn knows(&self, list: &str, is_of_list: impl Fn(&Found) -> bool) -> bool {
        let is_unseen = |live: &Live| live.unseen.iter().any(|unseen| unseen.resource.list == list);
        match &self.lists {
            Some(lists) => lists.contains(&list) && !self.live.as_ref().is_some_and(is_unseen),
            None => self.objects.iter().any(is_of_list),
        }
    }

    /// The StatefulSets of apps/v1.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &Found> {
        self.objects.iter().filter(|object| object.is_set())
    }

    /// That there is no StatefulSet, and what there is instead.
    pub(crate) fn no_set(&self) -> Failure {
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for object in &self.objects {
            let version = object
                .value
                .get("apiVersion")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let kind = match object.kind() {
                // Others have a StatefulSet too, such as OpenKruise.
                "StatefulSet" => format!("StatefulSet of `{version}`"),
                kind => kind.to_owned(),
            };
            *kinds.entry(kind).or_default() += 1;
        }
        let found: Vec<String> = kinds.iter().map(|(kind, number)| count(*number, kind)).collect();
        let found = if found.is_empty() {
            "nothing".to_owned()
        } else {
            some(&found, 8)
        };
        let message =
            format!("no StatefulSet (apps/v1) in the input, found {found}: add the file that has it");
        let failure = Failure::new(ErrorCode::WrongKind, message);
        match self.files.as_slice() {
            [file, others @ ..] if others.iter().all(|other| other == file) => failure.in_file(file),
            _ => failure,
        }
    }

    fn add(&mut self, file: &Rc<str>, documents: Vec<Document>) -> Result<(), Failure> {
        self.files.push(Rc::clone(file));
        for object in manifest::objects(documents) {
            if object.value.get("statefulSet").is_some() && object.value.get("kind").is_none() {
                self.add_observation(file, object)?;
            } else {
                check(&object).map_err(|failure| failure.in_file(file))?;
                self.objects.push(Found::new(file, object));
            }
        }
        Ok(())
    }

    /// Takes an observation apart, so that the rest need not know whether it came as one or as a dump.
    fn add_observation(&mut self, file: &Rc<str>, mut object: Object) -> Result<(), Failure> {
        let mut value = std::mem::take(&mut object.value);
        let origin = Rc::new(object);
        let wrong = |field: &str, value: &Value, expected: &str| {
            let error = Error::invalid(vec![Cause::wrong_type(field, value, expected)]);
            Found::place(file, &origin).locate(error)
        };
        let mut lists = Vec::new();
        for (field, kind) in LISTS {
            let items = match value.get_mut(field).map(Value::take) {
                None | Some(Value::Null) => continue,
                Some(Value::Array(items)) => items,
                Some(other) => return Err(wrong(field, &other, "a list")),
            };
            lists.push(field);
            for (at, item) in items.into_iter().enumerate() {
                self.objects.push(Found::of_item(
                    file,
                    &origin,
                    format!("{field}[{at}]"),
                    kind,
                    item,
                ));
            }
        }
        let set = value.get_mut("statefulSet").map(Value::take).unwrap_or_default();
        self.objects.push(Found::of_item(
            file,
            &origin,
            "statefulSet".to_owned(),
            "StatefulSet",
            set,
        ));
        match value.get("now") {
            None | Some(Value::Null) => {}
            Some(now) => {
                let parsed = now.as_str().and_then(Timestamp::parse);
                let invalid = || {
                    let cause = Cause::invalid("now", now, "must be a time such as `2026-11-21T00:00:00Z`");
                    Found::place(file, &origin).locate(Error::invalid(vec![cause]))
                };
                self.now = Some(parsed.ok_or_else(invalid)?);
            }
        }
        self.lists = Some(lists);
        Ok(())
    }

    fn fill_in(&mut self, namespace: Option<&str>) {
        if let Some(namespace) = namespace {
            self.objects
                .iter_mut()
                .for_each(|object| object.default_namespace(namespace));
        }
    }
}

/// Reads the first document of a file that is no object of Kubernetes, such as a scenario; gives the file's name too.
pub(crate) fn read_document(file: &str) -> Result<(Rc<str>, Document), Failure> {
    let (name, bytes) = source::read(file)?;
    let document = manifest::read_one(&bytes).map_err(|error| unreadable(&error).in_file(&name))?;
    let Some(document) = document else {
        let message = "it is empty, or holds nothing but comments";
        return Err(Failure::new(ErrorCode::Missing, message).in_file(&name));
    };
    Ok((name, document))
}

/// A document must be a mapping that says its kind.
fn check(object: &Object) -> Result<(), Failure> {
    let Value::Object(entries) = &object.value else {
        let article = match &object.value {
            Value::Array(_) => "a list",
            Value::String(_) => "a line of text",
            _ => "a single value",
        };
        let message = format!(
            "this is {article}, not an object of Kubernetes (with `apiVersion`, `kind` and `metadata`)"
        );
        return Err(at(
            object,
            Failure::cause(
                ErrorCode::WrongKind,
                "",
                CauseType::FieldValueTypeInvalid,
                &message,
            ),
        ));
    };
    match entries.get("kind") {
        Some(Value::String(kind)) if !kind.is_empty() => Ok(()),
        Some(Value::Null) | None if entries.get("items").is_some_and(Value::is_array) => {
            let message =
                "this list has no `kind`: is the file cut off? what kubectl prints ends in `kind: List`";
            Err(at(
                object,
                Failure::cause(
                    ErrorCode::Unreadable,
                    "kind",
                    CauseType::FieldValueRequired,
                    message,
                ),
            ))
        }
        _ => {
            let keys: Vec<String> = entries.keys().take(3).map(|key| format!("`{key}`")).collect();
            let found = if keys.is_empty() {
                "nothing".to_owned()
            } else {
                list(&keys)
            };
            let message = format!(
                "kind: Required value: this is no object of Kubernetes (with `apiVersion`, `kind` and `metadata`), but has {found}"
            );
            Err(at(
                object,
                Failure::cause(
                    ErrorCode::WrongKind,
                    "kind",
                    CauseType::FieldValueRequired,
                    &message,
                ),
            ))
        }
    }
}

fn at(object: &Object, error: Error) -> Failure {
    let position = object.nearest_position_of("");
    let causes = error.causes.into_iter().map(|cause| Cause {
        line: position.map(|p| p.line),
        column: position.map(|p| p.column),
        ..cause
    });
    Failure::from(Error {
        causes: causes.collect(),
        ..error
    })
}

fn unreadable(error: &manifest::ReadError) -> Failure {
    let code = match error.code {
        manifest::ReadErrorCode::TooLarge => ErrorCode::TooLarge,
        _ => ErrorCode::Unreadable,
    };
    let mut told = Failure::cause(code, "", CauseType::FieldValueInvalid, &error.message);
    for cause in &mut told.causes {
        cause.line = error.position.map(|position| position.line);
        cause.column = error.position.map(|position| position.column);
    }
    Failure::from(told)
}

impl Failure {
    /// An error with one cause, whose message is the whole sentence.
    fn cause(code: ErrorCode, field: &str, kind: CauseType, message: &str) -> Error {
        Error {
            causes: vec![Cause::of(field, kind, message)],
            ..Error::new(code, message)
        }
    }
}
