//! An observation out of the objects of a dump.

use serde_json::Value;

use super::Observation;
use crate::object::{namespace_of, text_at};
use crate::{Cause, CauseType, Error, ErrorCode};

impl Observation {
    /// The observation of one set out of objects of any kinds, such as the items of
    /// `kubectl get statefulsets,pods,persistentvolumeclaims,controllerrevisions,services,nodes -o yaml`. `set` is the set's
    /// `[NAMESPACE/]NAME`; without it there must be one StatefulSet only.
    ///
    /// Pods, claims and revisions that are not there count as gone. Of every other kind that no object is of, nothing is known:
    /// a dump without Nodes is as a rule one that was not asked for them, and not of a cluster that has none. Kinds that have
    /// no list of their own, other StatefulSets among them, are workloads.
    ///
    /// # Errors
    /// `wrongKind` where there is no StatefulSet of apps/v1, `missing` where none has this name, `ambiguous` with the names of
    /// those among which the choice is.
    ///
    /// ```
    /// use serde_json::json;
    /// use steadfast_core::{ErrorCode, Observation};
    /// let set = |name: &str| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name}});
    /// let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0"}});
    /// let observation = Observation::of_objects(vec![set("web"), pod, set("db")], Some("web"))?;
    /// assert_eq!(observation.pods.unwrap().len(), 1);
    /// assert_eq!(observation.workloads.unwrap(), [set("db")]);
    /// assert_eq!(observation.nodes, None);
    /// let error = Observation::of_objects(vec![set("web"), set("db")], None).unwrap_err();
    /// assert_eq!(error.code, ErrorCode::Ambiguous);
    /// # Ok::<(), steadfast_core::Error>(())
    /// ```
    pub fn of_objects(objects: Vec<Value>, set: Option<&str>) -> Result<Self, Error> {
        let meant = the_set(&objects, set)?;
        let mut observation = Self {
            pods: Some(Vec::new()),
            persistent_volume_claims: Some(Vec::new()),
            controller_revisions: Some(Vec::new()),
            ..Self::default()
        };
        for (at, object) in objects.into_iter().enumerate() {
            if at == meant {
                observation.stateful_set = object;
                continue;
            }
            let list = match text_at(&object, "/kind").unwrap_or_default() {
                "Pod" => &mut observation.pods,
                "PersistentVolumeClaim" => &mut observation.persistent_volume_claims,
                "ControllerRevision" => &mut observation.controller_revisions,
                "Service" => &mut observation.services,
                "EndpointSlice" => &mut observation.endpoint_slices,
                "Node" => &mut observation.nodes,
                "PodDisruptionBudget" => &mut observation.pod_disruption_budgets,
                _ => &mut observation.workloads,
            };
            list.get_or_insert_default().push(object);
        }
        Ok(observation)
    }

    /// All objects of the observation, each with its kind, which items of its lists may leave out: what a simulator begins with.
    pub fn objects(&self) -> Vec<Value> {
        let lists = [
            ("Pod", &self.pods),
            ("PersistentVolumeClaim", &self.persistent_volume_claims),
            ("ControllerRevision", &self.controller_revisions),
            ("Service", &self.services),
            ("EndpointSlice", &self.endpoint_slices),
            ("Node", &self.nodes),
            ("PodDisruptionBudget", &self.pod_disruption_budgets),
            ("", &self.workloads),
        ];
        let items = lists
            .into_iter()
            .flat_map(|(kind, list)| list.iter().flatten().map(move |object| (kind, object)));
        std::iter::once(("StatefulSet", &self.stateful_set))
            .chain(items)
            .map(|(kind, object)| {
                let mut object = object.clone();
                if let Value::Object(fields) = &mut object
                    && !kind.is_empty()
                    && fields.get("kind").is_none_or(Value::is_null)
                {
                    fields.insert("kind".to_owned(), kind.into());
                }
                object
            })
            .collect()
    }

    /// The same observation where only names are asked for ([`dns`](crate::dns)), for which a manifest will do: no Pods at all
    /// are Pods that nobody asked for, unless the set was stored and its status counts none.
    #[must_use]
    pub fn for_names(mut self) -> Self {
        let status = self
            .stateful_set
            .pointer("/status/replicas")
            .and_then(Value::as_i64);
        let is_stored = text_at(&self.stateful_set, "/metadata/uid").is_some_and(|uid| !uid.is_empty());
        let is_without = is_stored && status.unwrap_or(0) == 0;
        if !is_without && self.pods.as_ref().is_some_and(Vec::is_empty) {
            self.pods = None;
        }
        self
    }
}

/// Where the set stands that is meant.
fn the_set(objects: &[Value], asked: Option<&str>) -> Result<usize, Error> {
    let sets = || objects.iter().enumerate().filter(|(_, object)| is_set(object));
    let (namespace, name) = match asked.map(|asked| asked.split_once('/').ok_or(asked)) {
        None => (None, None),
        Some(Ok((namespace, name))) => (Some(namespace), Some(name)),
        Some(Err(name)) => (None, Some(name)),
    };
    let is_meant = |object: &Value| {
        name.is_none_or(|name| text_at(object, "/metadata/name") == Some(name))
            && namespace.is_none_or(|namespace| namespace == namespace_of(object))
    };
    let meant: Vec<(usize, &Value)> = sets().filter(|(_, set)| is_meant(set)).collect();
    if let [(at, _)] = meant.as_slice() {
        return Ok(*at);
    }
    let mut names: Vec<String> = match meant.is_empty() {
        true => sets().map(|(_, set)| name_of(set)).collect(),
        false => meant.iter().map(|(_, set)| name_of(set)).collect(),
    };
    names.sort();
    names.dedup();
    let there = names.join(", ");
    Err(match (asked, meant.len(), names.len()) {
        (_, 0, 0) => Error::new(ErrorCode::WrongKind, "no StatefulSet (apps/v1) among the objects"),
        (Some(asked), 0, _) => {
            let message = format!("no StatefulSet `{asked}` among the objects: there is {there}");
            Error::new(ErrorCode::Missing, message)
        }
        (_, _, 1) => Error::new(
            ErrorCode::Ambiguous,
            format!("StatefulSet {there} is among the objects twice"),
        ),
        (_, several, _) => {
            let causes = names.iter().map(|name| Cause {
                value: Some(name.as_str().into()),
                ..Cause::of("set", CauseType::FieldValueNotSupported, "one of the candidates")
            });
            Error {
                causes: causes.collect(),
                ..Error::new(
                    ErrorCode::Ambiguous,
                    format!("{several} StatefulSets among the objects: choose one: {there}"),
                )
            }
        }
    })
}

/// Of Kubernetes' own group; others have a StatefulSet too, such as OpenKruise.
fn is_set(object: &Value) -> bool {
    text_at(object, "/kind") == Some("StatefulSet") && text_at(object, "/apiVersion") == Some("apps/v1")
}

fn name_of(object: &Value) -> String {
    let name = text_at(object, "/metadata/name").unwrap_or_default();
    format!("{}/{name}", namespace_of(object))
}
