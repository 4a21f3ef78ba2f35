//! What an API server asks.

use serde_json::{Value, json};

use super::text;
use crate::object::at;
use crate::{Cause, CauseType, Error, ErrorCode};

/// A request for admission: what `request` of an AdmissionReview of `admission.k8s.io/v1` says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// `uid`: to be given back with the verdict.
    pub uid: String,
    /// `operation`.
    pub operation: Operation,
    /// `resource.group`, such as `apps`.
    pub group: String,
    /// `resource.resource`, such as `statefulsets`.
    pub resource: String,
    /// `subResource`.
    pub sub_resource: SubResource,
    /// `namespace`.
    pub namespace: String,
    /// `name`; empty where the server has yet to make one.
    pub name: String,
    /// `object`: what is to be stored; for `/scale` a Scale.
    pub object: Value,
    /// `oldObject`: what is stored; for `/scale` a Scale.
    pub old_object: Value,
    /// `options`, such as DeleteOptions.
    pub options: Value,
    /// `userInfo.username`.
    pub user: String,
    /// `dryRun`: nothing is stored whatever the verdict. A review has no side effects, so it makes no difference.
    pub dry_run: bool,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// `CREATE`.
    Create,
    /// `UPDATE`: a replacement, or a patch of any kind.
    Update,
    /// `DELETE`.
    Delete,
    /// `CONNECT`, or what is not known yet.
    Other,
}

/// What of the object is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubResource {
    /// The object itself.
    None,
    /// `scale`: the number of replicas, as `kubectl scale` and autoscalers change it.
    Scale,
    /// `status`, or another one.
    Other,
}

/// Who deletes what belongs to a namespace that goes, or whose owner is gone: to hold that up helps nobody.
const CLEANERS: [&str; 2] = [
    "system:serviceaccount:kube-system:namespace-controller",
    "system:serviceaccount:kube-system:generic-garbage-collector",
];

impl Request {
    /// Reads an AdmissionReview, or the `request` in one alone.
    ///
    /// # Errors
    /// `wrongKind` for a review of another version, `invalid` with the fields that are absent or of a wrong type.
    pub fn parse(review: &Value) -> Result<Self, Error> {
        Self::take(&mut review.clone())
    }

    /// [`Self::parse`] for who needs the review no more: its objects are taken out of it where it can be read, and not copied.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn take(review: &mut Value) -> Result<Self, Error> {
        let is_whole = review.get("request").is_some();
        let (request, prefix) = match review.get("request") {
            Some(request) => (request, "request."),
            None if review.get("kind").and_then(Value::as_str) == Some("AdmissionReview") => {
                return Err(Error::invalid(vec![Cause::required("request")]));
            }
            None => (&*review, ""),
        };
        let version = text(review, "/apiVersion");
        if !prefix.is_empty() && version != "admission.k8s.io/v1" {
            let message =
                format!("AdmissionReview of `{version}`: this answers those of admission.k8s.io/v1 only");
            let cause = Cause::not_supported("apiVersion", &Value::from(version), &["admission.k8s.io/v1"]);
            return Err(Error {
                causes: vec![cause],
                ..Error::new(ErrorCode::WrongKind, message)
            });
        }
        if !request.is_object() {
            let cause = Cause::wrong_type("request", request, "a mapping");
            return Err(Error::invalid(vec![cause]));
        }
        let mut causes = Vec::new();
        let mut read = |path: &str, is_required: bool| match at(request, path) {
            Some(Value::String(text)) if !text.is_empty() || !is_required => text.clone(),
            None | Some(Value::Null | Value::String(_)) => {
                if is_required {
                    causes.push(Cause::required(format!("{prefix}{}", field(path))));
                }
                String::new()
            }
            Some(other) => {
                let field = format!("{prefix}{}", field(path));
                causes.push(Cause::wrong_type(field, other, "a string"));
                String::new()
            }
        };
        let (uid, operation) = (read("/uid", true), read("/operation", true));
        let (group, resource) = (read("/resource/group", false), read("/resource/resource", true));
        let sub_resource = read("/subResource", false);
        let (namespace, name) = (read("/namespace", false), read("/name", false));
        let user = read("/userInfo/username", false);
        let dry_run = request.get("dryRun").and_then(Value::as_bool).unwrap_or(false);
        if !causes.is_empty() {
            return Err(Error::invalid(causes));
        }
        let mut request = if is_whole {
            review.get_mut("request")
        } else {
            Some(review)
        };
        let mut object = |field: &str| {
            let field = request.as_mut().and_then(|request| request.get_mut(field));
            field.map(Value::take).unwrap_or_default()
        };
        let parsed = Self {
            uid,
            operation: match operation.as_str() {
                "CREATE" => Operation::Create,
                "UPDATE" => Operation::Update,
                "DELETE" => Operation::Delete,
                _ => Operation::Other,
            },
            group,
            resource,
            sub_resource: match sub_resource.as_str() {
                "" => SubResource::None,
                "scale" => SubResource::Scale,
                _ => SubResource::Other,
            },
            namespace,
            name,
            object: object("object"),
            old_object: object("oldObject"),
            options: object("options"),
            user,
            dry_run,
        };
        parsed.complete(prefix)
    }

    /// A change that no API server has been asked for yet: from `old` to `new`, of which one may be absent.
    pub fn of_change(old: Option<Value>, new: Option<Value>) -> Self {
        let operation = match (&old, &new) {
            (None, _) => Operation::Create,
            (_, None) => Operation::Delete,
            _ => Operation::Update,
        };
        let any = new.as_ref().or(old.as_ref()).unwrap_or(&Value::Null);
        let namespace = crate::object::namespace_of(any).to_owned();
        Self {
            uid: String::new(),
            operation,
            group: "apps".to_owned(),
            resource: "statefulsets".to_owned(),
            sub_resource: SubResource::None,
            namespace,
            name: text(any, "/metadata/name").to_owned(),
            object: new.unwrap_or_default(),
            old_object: old.unwrap_or_default(),
            options: Value::Null,
            user: String::new(),
            dry_run: true,
        }
    }

    /// The same for a change of a set's number of replicas by its `scale`. The set itself belongs into the context, as
    /// [`Context::stored_set`](super::Context::stored_set).
    pub fn of_scale(set: &Value, replicas: u64) -> Self {
        let scale = |replicas: u64| json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": replicas}});
        let before = at(set, "/spec/replicas").and_then(Value::as_u64);
        Self {
            sub_resource: SubResource::Scale,
            object: scale(replicas),
            old_object: scale(before.unwrap_or(1)),
            operation: Operation::Update,
            ..Self::of_change(Some(set.clone()), None)
        }
    }

    /// The same for a deletion with a propagation policy: `Background`, `Foreground` or `Orphan`.
    pub fn of_deletion(set: Value, propagation: &str) -> Self {
        Self {
            options: json!({"apiVersion": "meta.k8s.io/v1", "kind": "DeleteOptions", "propagationPolicy": propagation}),
            ..Self::of_change(Some(set), None)
        }
    }

    /// What must be there for what is done.
    fn complete(self, prefix: &str) -> Result<Self, Error> {
        let must = |field: &str, value: &Value| match value {
            Value::Object(_) => None,
            Value::Null => Some(Cause::of(
                format!("{prefix}{field}"),
                CauseType::FieldValueRequired,
                "",
            )),
            other => Some(Cause::wrong_type(format!("{prefix}{field}"), other, "a mapping")),
        };
        let cause = match self.operation {
            _ if !self.is_of_set() => None,
            Operation::Create => must("object", &self.object),
            Operation::Update => must("object", &self.object).or_else(|| must("oldObject", &self.old_object)),
            // An old API server leaves `oldObject` out (up to 1.14).
            Operation::Delete | Operation::Other => None,
        };
        match cause {
            None => Ok(self),
            Some(cause) => Err(Error::invalid(vec![cause])),
        }
    }

    /// Whether a StatefulSet, or its scale, is created, changed or deleted. The version is no part of it: a server converts.
    pub(super) fn is_of_set(&self) -> bool {
        self.group == "apps"
            && self.resource == "statefulsets"
            && self.sub_resource != SubResource::Other
            && self.operation != Operation::Other
    }

    pub(super) fn is_cleaning_up(&self) -> bool {
        self.operation == Operation::Delete && CLEANERS.contains(&self.user.as_str())
    }

    /// `options.propagationPolicy`, or what `orphanDependents` stood for before it.
    pub(super) fn orphans(&self) -> bool {
        text(&self.options, "/propagationPolicy") == "Orphan"
            || at(&self.options, "/orphanDependents") == Some(&Value::Bool(true))
    }
}

fn field(path: &str) -> String {
    path.trim_start_matches('/').replace('/', ".")
}
