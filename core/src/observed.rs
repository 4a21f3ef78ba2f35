//! What goes in: one StatefulSet and what surrounds it, parsed once. A host that holds an [`Observed`] and changes one
//! object parses that object only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::split_canonical;
use crate::sorted::SortedMap;
use crate::storage::Templates;
use crate::{Cause, CauseType, Error, ErrorCode, Kind, Timestamp};
use standing::Standing;

mod claim;
mod gathered;
mod metadata;
mod object;
mod pod;
mod selector;
mod set;
mod standing;

pub use claim::{Claim, Revision};
pub(crate) use metadata::{Ends, namespace_of};
pub use metadata::{Labels, Metadata, OwnerReference};
pub use object::{Document, Object};
pub(crate) use pod::Facts;
pub use pod::{Phase, Pod};
pub use selector::Selector;
pub use set::{
    ClaimTemplate, IntOrPercent, PodManagementPolicy, Retention, RetentionPolicy, RollingUpdate, StatefulSet,
    StrategyType, UpdateStrategy,
};

/// An observation as it is written (`wire.md`, "Observation"). A list that is absent is unknown; an empty one is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Observation {
    /// When it was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<String>"))]
    pub now: Option<Timestamp>,
    /// The StatefulSet, as an API server returns it.
    #[cfg_attr(feature = "ts", ts(type = "KubernetesObject"))]
    pub stateful_set: Value,
    /// Pods of the namespace; required to reconcile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub pods: Option<Vec<Value>>,
    /// Claims of the namespace; required to reconcile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub persistent_volume_claims: Option<Vec<Value>>,
    /// All revisions of the namespace; required to reconcile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub controller_revisions: Option<Vec<Value>>,
    /// Services of the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub services: Option<Vec<Value>>,
    /// EndpointSlices of the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub endpoint_slices: Option<Vec<Value>>,
    /// Nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub nodes: Option<Vec<Value>>,
    /// PodDisruptionBudgets of the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub pod_disruption_budgets: Option<Vec<Value>>,
    /// Other controllers of the namespace, such as Deployments.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "ReadonlyArray<KubernetesObject>"))]
    pub workloads: Option<Vec<Value>>,
}

impl Observation {
    /// Reads an observation from its JSON form; fields that it does not know are left out. Objects are not looked into:
    /// that is [`Observed::parse`].
    ///
    /// # Errors
    /// `invalid` with the fields that are no lists, or no time.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::Observation;
    /// let error = Observation::of_value(json!({"now": "noon", "pods": {}})).unwrap_err();
    /// let fields: Vec<&str> = error.causes.iter().map(|c| c.field.as_str()).collect();
    /// assert_eq!(fields, ["now", "pods"]);
    /// ```
    pub fn of_value(mut value: Value) -> Result<Self, Error> {
        if !value.is_object() {
            let cause = Cause::wrong_type("observation", &value, "a mapping");
            return Err(Error::invalid(vec![cause]));
        }
        let mut causes = Vec::new();
        let mut take = |field: &str| value.get_mut(field).map(Value::take).filter(|v| !v.is_null());
        let now = take("now").and_then(|now| {
            let parsed = now.as_str().and_then(Timestamp::parse);
            if parsed.is_none() {
                let detail = "must be a time such as `2026-11-21T00:00:00Z`";
                causes.push(Cause::invalid("now", &now, detail));
            }
            parsed
        });
        let stateful_set = take("statefulSet").unwrap_or_default();
        let mut list = |field: &str| match take(field)? {
            Value::Array(items) => Some(items),
            other => {
                causes.push(Cause::wrong_type(field, &other, "a list"));
                None
            }
        };
        let observation = Self {
            now,
            stateful_set,
            pods: list("pods"),
            persistent_volume_claims: list("persistentVolumeClaims"),
            controller_revisions: list("controllerRevisions"),
            services: list("services"),
            endpoint_slices: list("endpointSlices"),
            nodes: list("nodes"),
            pod_disruption_budgets: list("podDisruptionBudgets"),
            workloads: list("workloads"),
        };
        match causes.is_empty() {
            true => Ok(observation),
            false => Err(Error::invalid(causes)),
        }
    }
}

/// The parsed observation that [`reconcile`](crate::reconcile) decides on.
#[derive(Clone, Debug)]
pub struct Observed {
    set: StatefulSet,
    pods: SortedMap<PodKey, Pod>,
    claims: SortedMap<Box<str>, SortedMap<u64, Claim>>,
    /// How many claims have owners.
    owned_claims: usize,
    revisions: SortedMap<Box<str>, Revision>,
    edition: u64,
}

/// Pods stand in the order of their sets, ordinals and names; those without an ordinal come first.
type PodKey = (Box<str>, Option<u32>, Box<str>);

impl Observed {
    /// Parses an observation. Objects of other namespaces are left out; objects of other sets may be among the rest.
    ///
    /// # Errors
    /// `invalid` with every field at fault, such as `pods[3].status.phase`; a required list that is absent is one.
    ///
    /// ```
    /// use steadfast_core::{Observation, Observed};
    /// let observation: Observation = serde_json::from_str(r#"{"statefulSet": {"metadata": {"name": "web"}}}"#).unwrap();
    /// let error = Observed::parse(observation).unwrap_err();
    /// let fields: Vec<&str> = error.causes.iter().map(|c| c.field.as_str()).collect();
    /// assert_eq!(fields, ["pods", "persistentVolumeClaims", "controllerRevisions", "statefulSet.metadata.uid",
    ///     "statefulSet.spec.replicas", "statefulSet.spec.selector", "statefulSet.spec.template"]);
    /// ```
    pub fn parse(observation: Observation) -> Result<Self, Error> {
        let lists = [
            ("pods", Kind::Pod, observation.pods),
            (
                "persistentVolumeClaims",
                Kind::PersistentVolumeClaim,
                observation.persistent_volume_claims,
            ),
            (
                "controllerRevisions",
                Kind::ControllerRevision,
                observation.controller_revisions,
            ),
        ];
        let mut causes: Vec<Cause> = lists
            .iter()
            .filter(|(_, _, list)| list.is_none())
            .map(|(name, ..)| Cause::required(*name))
            .collect();
        let mut observed = match Self::of_set(observation.stateful_set) {
            Ok(observed) => observed,
            Err(mut error) => {
                error
                    .causes
                    .iter_mut()
                    .for_each(|cause| cause.field = format!("statefulSet.{}", cause.field));
                causes.append(&mut error.causes);
                return Err(Error { causes, ..error });
            }
        };
        for (list, kind, objects) in lists {
            for (at, object) in objects.into_iter().flatten().enumerate() {
                let put = check_kind(kind, &object).and_then(|()| observed.put_kind(kind, object.into()));
                if let Err(error) = put {
                    causes.extend(error.causes.into_iter().map(|cause| {
                        let separator = if cause.field.is_empty() { "" } else { "." };
                        Cause {
                            field: format!("{list}[{at}]{separator}{}", cause.field),
                            ..cause
                        }
                    }));
                }
            }
        }
        if causes.is_empty() {
            Ok(observed)
        } else {
            Err(Error::invalid(causes))
        }
    }

    /// An observation of the set alone: nothing else exists.
    ///
    /// # Errors
    /// `wrongKind` or `invalid`, with paths from the object's root.
    pub fn of_set(set: impl Into<Object>) -> Result<Self, Error> {
        let set = set.into();
        check_kind(Kind::StatefulSet, set.whole())?;
        let set = parse_set(set, None)?;
        Ok(Self {
            set,
            pods: SortedMap::new(),
            claims: SortedMap::new(),
            owned_claims: 0,
            revisions: SortedMap::new(),
            edition: 0,
        })
    }

    /// Puts one object in, in place of the one of its kind and name. The kind is read from the object. Kinds that no
    /// decision reads, objects of other namespaces and other StatefulSets are left out.
    ///
    /// # Errors
    /// `invalid`, with paths from the object's root; what was there before stays.
    pub fn put(&mut self, object: impl Into<Object>) -> Result<(), Error> {
        let object = object.into();
        match object.field("kind").and_then(Value::as_str) {
            Some("StatefulSet") => self.put_set(object),
            Some("Pod") => self.put_kind(Kind::Pod, object),
            Some("PersistentVolumeClaim") => self.put_kind(Kind::PersistentVolumeClaim, object),
            Some("ControllerRevision") => self.put_kind(Kind::ControllerRevision, object),
            Some(_) => Ok(()),
            None => Err(Error::invalid(vec![Cause::required("kind")])),
        }
    }

    /// Takes one object out; true where it was there. The set itself stays.
    pub fn remove(&mut self, kind: Kind, name: &str) -> bool {
        let was_there = self.take(kind, name);
        self.edition += u64::from(was_there);
        was_there
    }

    fn take(&mut self, kind: Kind, name: &str) -> bool {
        match kind {
            Kind::StatefulSet => false,
            Kind::Pod => self.pods.remove(&pod_key(name)).is_some(),
            Kind::ControllerRevision => self.revisions.remove(name).is_some(),
            Kind::PersistentVolumeClaim => {
                let Some((prefix, ordinal)) = split_canonical(name) else {
                    return false;
                };
                let Some(claims) = self.claims.get_mut(prefix) else {
                    return false;
                };
                let claim = claims.remove(&ordinal);
                if claims.is_empty() {
                    self.claims.remove(prefix);
                }
                self.owned_claims -= usize::from(claim.as_ref().is_some_and(Claim::is_owned));
                claim.is_some()
            }
        }
    }

    /// Another number after every change of what decisions read: as long as it stays, the next decision differs from the last
    /// by the time alone. A host need not ask again where nothing was left to be done and no time was waited for.
    pub const fn edition(&self) -> u64 {
        self.edition
    }

    /// The set.
    pub fn set(&self) -> &StatefulSet {
        &self.set
    }

    /// All Pods of the namespace: in the order of the set they are named after, of ordinals, of names.
    pub fn pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.values()
    }

    /// How many Pods there are in the namespace.
    pub(crate) fn pod_count(&self) -> usize {
        self.pods.len()
    }

    /// The Pod of this name.
    pub fn pod(&self, name: &str) -> Option<&Pod> {
        self.pods.get(&pod_key(name))
    }

    /// The claim of this name; claims that no StatefulSet could have named are not kept.
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        let (prefix, ordinal) = split_canonical(name)?;
        self.claims.get(prefix)?.get(&ordinal)
    }

    /// All claims of the namespace that a StatefulSet could have named, in the order of what stands before their ordinals.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.claims.values().flat_map(SortedMap::values)
    }

    /// The claims named `<prefix>-<ordinal>`, by ordinal.
    pub(crate) fn claims_of(&self, prefix: &str) -> Option<&SortedMap<u64, Claim>> {
        self.claims.get(prefix)
    }

    /// Whether any claim has owners.
    pub(crate) const fn has_owned_claims(&self) -> bool {
        self.owned_claims > 0
    }

    /// All revisions of the namespace, by name.
    pub fn revisions(&self) -> impl Iterator<Item = &Revision> {
        self.revisions.values()
    }

    /// The revision of this name.
    pub fn revision(&self, name: &str) -> Option<&Revision> {
        self.revisions.get(name)
    }

    fn put_set(&mut self, object: Object) -> Result<(), Error> {
        if ["metadata", "spec"]
            .iter()
            .all(|part| object.shares(part, &self.set.object))
        {
            self.edition += 1;
            return self.set.renew(&object).map_err(|causes| {
                Error::invalid(causes).of_object(Kind::StatefulSet.name(), name_of(&object))
            });
        }
        let set = parse_set(object, Some(&self.set))?;
        if set.name() == self.set.name() && set.namespace() == self.set.namespace() {
            if !Standing::is_as_before(&self.set, &set) {
                let templates = Templates::of(&set);
                for pod in self.pods.values_mut() {
                    pod.stand(Standing::of(pod, &set, &templates));
                }
            }
            self.set = set;
            self.edition += 1;
        }
        Ok(())
    }

    fn put_kind(&mut self, kind: Kind, object: Object) -> Result<(), Error> {
        if namespace_of(&object) != self.set.namespace() {
            return Ok(());
        }
        let invalid = |causes| Error::invalid(causes).of_object(kind.name(), name_of(&object));
        match kind {
            Kind::StatefulSet => {}
            Kind::Pod => {
                let key = pod_key(name_of(&object));
                if let Some(known) = self.pods.get_mut(&key)
                    && object.shares("metadata", &known.object)
                {
                    let has_other_spec = !object.shares("spec", &known.object);
                    let is_news = known.renew(object.clone(), has_other_spec).map_err(invalid)?;
                    if has_other_spec {
                        known.stand(Standing::of(known, &self.set, &Templates::of(&self.set)));
                    }
                    self.edition += u64::from(is_news);
                    return Ok(());
                }
                let mut pod = Pod::parse(object.clone()).map_err(invalid)?;
                pod.stand(Standing::of(&pod, &self.set, &Templates::of(&self.set)));
                self.pods.insert(key, pod);
            }
            Kind::PersistentVolumeClaim => {
                let claim = Claim::parse(object.clone()).map_err(invalid)?;
                if let Some((prefix, ordinal)) = split_canonical(&claim.metadata.name) {
                    self.owned_claims += usize::from(claim.is_owned());
                    let before = match self.claims.get_mut(prefix) {
                        Some(claims) => claims.insert(ordinal, claim),
                        None => {
                            self.claims
                                .insert(prefix.into(), [(ordinal, claim)].into_iter().collect());
                            None
                        }
                    };
                    self.owned_claims -= usize::from(before.as_ref().is_some_and(Claim::is_owned));
                }
            }
            Kind::ControllerRevision => {
                let revision = Revision::parse(object.clone()).map_err(invalid)?;
                self.revisions.insert(revision.metadata.name.clone(), revision);
            }
        }
        self.edition += 1;
        Ok(())
    }
}

fn parse_set(object: Object, before: Option<&StatefulSet>) -> Result<StatefulSet, Error> {
    StatefulSet::parse(object.clone(), before)
        .map_err(|causes| Error::invalid(causes).of_object("StatefulSet", name_of(&object)))
}

/// Items of a list carry no kind; one that does must have the right one.
fn check_kind(kind: Kind, object: &Value) -> Result<(), Error> {
    if !object.is_object() {
        return Err(Error::invalid(vec![Cause::wrong_type("", object, "a mapping")]));
    }
    match object.get("kind") {
        None | Some(Value::Null) => Ok(()),
        Some(found) if found == kind.name() => Ok(()),
        Some(found) => {
            let message = format!(
                "expected a {}, found kind `{}`",
                kind.name(),
                found.as_str().unwrap_or("?")
            );
            let cause = Cause::of("kind", CauseType::FieldValueInvalid, message.clone());
            Err(Error {
                causes: vec![cause],
                ..Error::new(ErrorCode::WrongKind, message)
            })
        }
    }
}

fn name_of(object: &Object) -> &str {
    object
        .field("metadata")
        .and_then(|m| m.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn pod_key(name: &str) -> PodKey {
    match crate::identity::membership(name) {
        Some(member) => {
            let ordinal = member
                .ordinal
                .and_then(|ordinal| u32::try_from(ordinal.number()).ok());
            (member.parent.into(), ordinal, name.into())
        }
        None => ("".into(), None, name.into()),
    }
}
