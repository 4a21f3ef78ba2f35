//! An object of the input that knows where it stands.

use std::rc::Rc;

use serde_json::Value;
use steadfast_core::manifest::{Object, Position};
use steadfast_core::{Cause, Error};

use crate::failure::Failure;

/// An object and its place in a file.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The object.
    pub(crate) value: Value,
    place: Place,
}

/// Where an object stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: Rc<str>,
    /// What knows the positions; its value has been taken.
    origin: Rc<Object>,
    /// The object's path in what `origin` was: empty, or such as `pods[3]`.
    path: String,
    /// What the object is called, once it is taken away: ``Pod `web-0` ``.
    subject: String,
}

/// The kinds that live in a namespace, of those that are read here.
const NAMESPACED: [&str; 9] = [
    "StatefulSet",
    "Pod",
    "PersistentVolumeClaim",
    "ControllerRevision",
    "Service",
    "EndpointSlice",
    "PodDisruptionBudget",
    "ConfigMap",
    "Secret",
];

impl Found {
    /// A whole object of a file.
    pub(super) fn new(file: &Rc<str>, mut object: Object) -> Self {
        let value = std::mem::take(&mut object.value);
        Self {
            value,
            place: Place {
                file: Rc::clone(file),
                origin: Rc::new(object),
                path: String::new(),
                subject: String::new(),
            },
        }
    }

    /// An item of an observation, which need not say its kind.
    pub(super) fn of_item(
        file: &Rc<str>,
        origin: &Rc<Object>,
        path: String,
        kind: &str,
        mut value: Value,
    ) -> Self {
        if let Value::Object(entries) = &mut value
            && !kind.is_empty()
            && entries.get("kind").is_none_or(Value::is_null)
        {
            entries.insert("kind".to_owned(), kind.into());
        }
        Self {
            value,
            place: Place {
                file: Rc::clone(file),
                origin: Rc::clone(origin),
                path,
                subject: String::new(),
            },
        }
    }

    /// The place of an origin itself.
    pub(super) fn place(file: &Rc<str>, origin: &Rc<Object>) -> Place {
        Place {
            file: Rc::clone(file),
            origin: Rc::clone(origin),
            path: String::new(),
            subject: String::new(),
        }
    }

    /// The object and its place apart.
    pub(crate) fn into_parts(mut self) -> (Value, Place) {
        self.place.subject = match self.name() {
            "" => self.kind().to_owned(),
            name => format!("{} `{name}`", self.kind()),
        };
        (self.value, self.place)
    }

    pub(crate) fn kind(&self) -> &str {
        self.value.get("kind").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.metadata("name")
    }

    /// The namespace; `default` where none is named.
    pub(crate) fn namespace(&self) -> &str {
        match self.metadata("namespace") {
            "" => "default",
            namespace => namespace,
        }
    }

    /// `NAMESPACE/NAME`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.namespace(), self.name())
    }

    /// Whether it is a StatefulSet of apps/v1.
    pub(crate) fn is_set(&self) -> bool {
        let version = self.value.get("apiVersion").and_then(Value::as_str);
        self.kind() == "StatefulSet" && version.is_none_or(|version| version == "apps/v1")
    }

    /// Whether an API server has stored it: a manifest has no UID.
    pub(crate) fn is_stored(&self) -> bool {
        !self.metadata("uid").is_empty()
    }

    pub(crate) fn file(&self) -> &str {
        &self.place.file
    }

    /// `FILE:LINE`, or the file where the text is not known.
    pub(crate) fn start(&self) -> String {
        self.line_of("")
    }

    /// `FILE:LINE` of a field of this object, or of what is nearest to it.
    pub(crate) fn line_of(&self, field: &str) -> String {
        match self
            .place
            .origin
            .nearest_position_of(&joined(&self.place.path, field))
        {
            Some(position) => format!("{}:{}", self.place.file, position.line),
            None => self.place.file.to_string(),
        }
    }

    /// Where a field of the object stands in the text, if it does.
    pub(crate) fn position_of(&self, field: &str) -> Option<Position> {
        self.place.origin.position_of(&joined(&self.place.path, field))
    }

    /// Where a field stands, or what is around it.
    pub(crate) fn nearest_position_of(&self, field: &str) -> Option<Position> {
        self.place
            .origin
            .nearest_position_of(&joined(&self.place.path, field))
    }

    /// The error, which speaks of this object's fields, with where they stand.
    pub(crate) fn locate(&self, error: Error) -> Failure {
        self.place.locate(error)
    }

    pub(super) fn default_namespace(&mut self, namespace: &str) {
        if !NAMESPACED.contains(&self.kind()) {
            return;
        }
        if let Some(Value::Object(metadata)) = self.value.get_mut("metadata")
            && metadata
                .get("namespace")
                .is_none_or(|given| given.is_null() || given == "")
        {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
    }

    fn metadata(&self, field: &str) -> &str {
        let metadata = self.value.get("metadata");
        metadata
            .and_then(|metadata| metadata.get(field))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

impl Place {
    /// Gives every cause of an error about this object its line, and its path in the file.
    pub(crate) fn locate(&self, error: Error) -> Failure {
        let causes = error.causes.into_iter().map(|cause| self.locate_cause(cause));
        Failure::from(Error {
            causes: causes.collect(),
            ..error
        })
        .in_file(&self.file)
    }

    /// The cause, whose field is the object's, in words: ``Pod `web-0`: status.phase: Invalid value …``.
    pub(crate) fn tell(&self, cause: &Cause) -> String {
        let separator = if self.subject.is_empty() { "" } else { ": " };
        format!("{}{separator}{cause}", self.subject)
    }

    /// The cause with its line, and with its path in the file.
    pub(crate) fn locate_cause(&self, cause: Cause) -> Cause {
        let inside = joined(&self.path, &cause.field);
        let position = self.origin.nearest_position_of(&inside);
        Cause {
            field: joined(&self.origin.path, &inside),
            line: cause.line.or(position.map(|position| position.line)),
            column: cause.column.or(position.map(|position| position.column)),
            ..cause
        }
    }
}

fn joined(path: &str, field: &str) -> String {
    let dot = !path.is_empty() && !field.is_empty() && !field.starts_with('[');
    format!("{path}{}{field}", if dot { "." } else { "" })
}
