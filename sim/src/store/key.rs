//! What an object is called.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;
use steadfast_core::Error;
use steadfast_core::observed::Document;

use crate::fields::{Read, deserialized, word};
use crate::view;

/// The kinds of object that the simulated cluster holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[allow(missing_docs)] // Kubernetes' own kinds.
pub enum Resource {
    StatefulSet,
    Pod,
    PersistentVolumeClaim,
    ControllerRevision,
    PersistentVolume,
    Node,
    StorageClass,
    Service,
    EndpointSlice,
    PodDisruptionBudget,
    ConfigMap,
    Secret,
}

/// The name of one object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Its kind.
    pub resource: Resource,
    /// Its namespace; empty for what belongs to the whole cluster.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

impl Resource {
    /// Every kind, in order.
    pub const ALL: [Self; 12] = [
        Self::StatefulSet,
        Self::Pod,
        Self::PersistentVolumeClaim,
        Self::ControllerRevision,
        Self::PersistentVolume,
        Self::Node,
        Self::StorageClass,
        Self::Service,
        Self::EndpointSlice,
        Self::PodDisruptionBudget,
        Self::ConfigMap,
        Self::Secret,
    ];

    /// The kind that manifests write so; `None` where it is not simulated.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.kind() == kind)
    }

    /// The kind that an owner reference or a manifest means, told by its API group too: another project's StatefulSet is
    /// none of ours.
    pub fn of_reference(api_version: &str, kind: &str) -> Option<Self> {
        Self::of_kind(kind).filter(|found| group_of(found.api_version()) == group_of(api_version))
    }

    /// The kind as manifests write it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::StatefulSet => "StatefulSet",
            Self::Pod => "Pod",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
            Self::ControllerRevision => "ControllerRevision",
            Self::PersistentVolume => "PersistentVolume",
            Self::Node => "Node",
            Self::StorageClass => "StorageClass",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::PodDisruptionBudget => "PodDisruptionBudget",
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }

    /// The apiVersion as manifests write it.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::StatefulSet | Self::ControllerRevision => "apps/v1",
            Self::StorageClass => "storage.k8s.io/v1",
            Self::EndpointSlice => "discovery.k8s.io/v1",
            Self::PodDisruptionBudget => "policy/v1",
            _ => "v1",
        }
    }

    /// The resource as URLs and error messages name it: `pods`, `statefulsets.apps`.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::StatefulSet => "statefulsets.apps",
            Self::Pod => "pods",
            Self::PersistentVolumeClaim => "persistentvolumeclaims",
            Self::ControllerRevision => "controllerrevisions.apps",
            Self::PersistentVolume => "persistentvolumes",
            Self::Node => "nodes",
            Self::StorageClass => "storageclasses.storage.k8s.io",
            Self::Service => "services",
            Self::EndpointSlice => "endpointslices.discovery.k8s.io",
            Self::PodDisruptionBudget => "poddisruptionbudgets.policy",
            Self::ConfigMap => "configmaps",
            Self::Secret => "secrets",
        }
    }

    /// The kind with its group, as validation errors name it: `Pod`, `StatefulSet.apps`.
    pub(crate) fn group_kind(self) -> String {
        match self.plural().split_once('.') {
            Some((_, group)) => format!("{}.{group}", self.kind()),
            None => self.kind().to_owned(),
        }
    }

    /// Whether its objects belong to a namespace.
    pub const fn is_namespaced(self) -> bool {
        !matches!(self, Self::PersistentVolume | Self::Node | Self::StorageClass)
    }

    /// Whether the API server counts the changes of its spec in `metadata.generation`.
    pub(super) const fn has_generation(self) -> bool {
        matches!(
            self,
            Self::StatefulSet | Self::Pod | Self::PodDisruptionBudget | Self::EndpointSlice
        )
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most keys share the text of their namespace, and the one that is found that of its name.
        let texts = |one: &Arc<str>, other: &Arc<str>| match Arc::ptr_eq(one, other) {
            true => Ordering::Equal,
            false => one.cmp(other),
        };
        self.resource
            .cmp(&other.resource)
            .then_with(|| texts(&self.namespace, &other.namespace))
            .then_with(|| texts(&self.name, &other.name))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Key {
    /// The key of another object in the same namespace, the text of which both share.
    pub(crate) fn beside(&self, resource: Resource, name: &str) -> Self {
        if !resource.is_namespaced() || self.namespace.is_empty() {
            return Self::new(resource, &self.namespace, name);
        }
        Self {
            resource,
            namespace: Arc::clone(&self.namespace),
            name: name.into(),
        }
    }

    /// The key of an object; for kinds of the whole cluster the namespace is dropped.
    pub fn new(resource: Resource, namespace: &str, name: &str) -> Self {
        let namespace = if resource.is_namespaced() { namespace } else { "" };
        Self {
            resource,
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The key of an object; no namespace means `default`. `None` where its kind is not simulated, or it has no name.
    pub fn of(object: &dyn Document) -> Option<Self> {
        let resource = resource_of(object)?;
        let name = view::text(object, &["metadata", "name"]).filter(|name| !name.is_empty())?;
        Some(Self::new(resource, namespace_of(object), name))
    }
}

fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// The object's kind; an apiVersion that is given must be of the same group.
pub(super) fn resource_of(object: &dyn Document) -> Option<Resource> {
    let kind = view::text(object, &["kind"])?;
    match view::text(object, &["apiVersion"]) {
        Some(version) => Resource::of_reference(version, kind),
        None => Resource::of_kind(kind),
    }
}

/// The object's namespace, or `default`.
pub(super) fn namespace_of(object: &dyn Document) -> &str {
    view::text(object, &["metadata", "namespace"])
        .filter(|namespace| !namespace.is_empty())
        .unwrap_or("default")
}

impl std::fmt::Display for Key {
    /// `Pod default/web-0`, `Node node-1`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ", self.resource.kind())?;
        if !self.namespace.is_empty() {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.name)
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.kind())
    }
}

impl Read for Resource {
    fn read(value: &Value, path: &str) -> Result<Self, Error> {
        word(
            value,
            path,
            &Self::ALL.map(|resource| (resource.kind(), resource)),
        )
    }
}

deserialized! { Resource: "kind" }

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_read_from_an_object_and_no_namespace_means_default() {
        let pod = json!({"kind": "Pod", "metadata": {"name": "web-0"}});
        assert_eq!(Key::of(&pod), Some(Key::new(Resource::Pod, "default", "web-0")));
        let node = json!({"kind": "Node", "metadata": {"name": "n", "namespace": "stray"}});
        assert_eq!(
            Key::of(&node).map(|key| key.to_string()),
            Some("Node n".to_owned())
        );
        for other in [
            json!({"kind": "Pod", "metadata": {}}),
            json!({"kind": "Deployment", "metadata": {"name": "web"}}),
            json!({"apiVersion": "apps.kruise.io/v1beta1", "kind": "StatefulSet", "metadata": {"name": "web"}}),
            json!([]),
        ] {
            assert_eq!(Key::of(&other), None, "{other}");
        }
    }

    #[test]
    fn kinds_are_told_in_errors_and_urls_with_their_group() {
        assert_eq!(Resource::StatefulSet.group_kind(), "StatefulSet.apps");
        assert_eq!(Resource::Pod.group_kind(), "Pod");
        for resource in Resource::ALL {
            assert_eq!(
                Resource::of_reference(resource.api_version(), resource.kind()),
                Some(resource)
            );
        }
    }
}
