//! Conversions from and to the types of the crate `k8s-openapi`, behind the feature `k8s-openapi`.
//!
//! The crate that builds the final program chooses the Kubernetes version of those types, by one of k8s-openapi's own
//! features. Fields that its types do not know are lost on the way; hosts that can get JSON should keep to JSON.

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet, StatefulSetStatus};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Error, ErrorCode, Kind, Observation, Operation, Status};

impl Observation {
    /// An observation of typed objects, as a client's cache holds them.
    ///
    /// # Errors
    /// `invalid`, where an object has no JSON form.
    ///
    /// ```
    /// use k8s_openapi::api::apps::v1::StatefulSet;
    /// use steadfast_core::{Observation, Observed};
    /// let set: StatefulSet = serde_json::from_str(r#"{"metadata": {"name": "web", "uid": "u1"}, "spec": {
    ///     "replicas": 1, "serviceName": "web", "selector": {}, "template": {}}}"#).unwrap();
    /// let observed = Observed::parse(Observation::of_typed(&set, &[], &[], &[])?)?;
    /// assert_eq!(observed.set().name(), "web");
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn of_typed(
        set: &StatefulSet,
        pods: &[Pod],
        claims: &[PersistentVolumeClaim],
        revisions: &[ControllerRevision],
    ) -> Result<Self, Error> {
        Ok(Self {
            stateful_set: object_of(Kind::StatefulSet, set)?,
            pods: Some(objects_of(Kind::Pod, pods)?),
            persistent_volume_claims: Some(objects_of(Kind::PersistentVolumeClaim, claims)?),
            controller_revisions: Some(objects_of(Kind::ControllerRevision, revisions)?),
            ..Self::default()
        })
    }
}

impl Operation {
    /// The object that is created or put, as the type of its kind: `operation.typed::<Pod>()`.
    ///
    /// # Errors
    /// `wrongKind` where the operation carries no object, `invalid` where it does not fit the type.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let object = self.object().ok_or_else(|| {
            Error::new(
                ErrorCode::WrongKind,
                format!("`{}` carries no object", self.name()),
            )
        })?;
        T::deserialize(object).map_err(|error| Error::new(ErrorCode::Invalid, error.to_string()))
    }
}

impl TryFrom<Status> for StatefulSetStatus {
    type Error = Error;

    fn try_from(status: Status) -> Result<Self, Error> {
        let value = serde_json::to_value(status).map_err(|error| unwritable(&error))?;
        serde_json::from_value(value).map_err(|error| Error::new(ErrorCode::Invalid, error.to_string()))
    }
}

/// A typed object as JSON, with the apiVersion and kind that items of typed lists lack.
fn object_of<T: Serialize>(kind: Kind, typed: &T) -> Result<Value, Error> {
    let mut object = serde_json::to_value(typed).map_err(|error| unwritable(&error))?;
    if let Value::Object(object) = &mut object {
        object.insert("apiVersion".to_owned(), json!(kind.api_version()));
        object.insert("kind".to_owned(), json!(kind.name()));
    }
    Ok(object)
}

fn objects_of<T: Serialize>(kind: Kind, typed: &[T]) -> Result<Vec<Value>, Error> {
    typed.iter().map(|typed| object_of(kind, typed)).collect()
}

fn unwritable(error: &serde_json::Error) -> Error {
    Error::new(ErrorCode::Invalid, format!("an object has no JSON form: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Observed, Profile, Timestamp, reconcile};

    #[test]
    fn a_typed_set_gives_a_plan_whose_pod_is_typed_again() {
        let set: StatefulSet = serde_json::from_value(json!({
            "metadata": {"name": "web", "namespace": "shop", "uid": "u1"},
            "spec": {"replicas": 1, "serviceName": "web", "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "nginx", "image": "nginx"}]}}}}))
        .unwrap();
        let observed = Observed::parse(Observation::of_typed(&set, &[], &[], &[]).unwrap()).unwrap();
        let plan = reconcile(&observed, Timestamp::new(0, 0), &Profile::default());
        let pod: Pod = plan.actions[1].operation.typed().unwrap();
        assert_eq!(pod.metadata.name.as_deref(), Some("web-0"));
        assert_eq!(pod.spec.unwrap().containers[0].image.as_deref(), Some("nginx"));
        let status = StatefulSetStatus::try_from(plan.status.unwrap()).unwrap();
        assert_eq!(status.replicas, 0);
        assert!(Operation::DeletePod { uid: None }.typed::<Pod>().is_err());
    }
}
