//! The kinds that are read, and for what.

/// What a cluster is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Explain,
    Dns,
    Plan,
    Admit,
}

/// A kind as an API server serves it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The list of an observation that its objects are in; empty: they are in none.
    pub(crate) list: &'static str,
    /// Such as `apps/v1`.
    pub(crate) api_version: &'static str,
    /// The name in URLs and roles.
    pub(crate) plural: &'static str,
    pub(crate) kind: &'static str,
    /// Whether its objects live in a namespace.
    pub(crate) is_namespaced: bool,
}

const fn namespaced(
    list: &'static str,
    api_version: &'static str,
    plural: &'static str,
    kind: &'static str,
) -> Resource {
    Resource {
        list,
        api_version,
        plural,
        kind,
        is_namespaced: true,
    }
}

const fn cluster_wide(
    list: &'static str,
    api_version: &'static str,
    plural: &'static str,
    kind: &'static str,
) -> Resource {
    Resource {
        is_namespaced: false,
        ..namespaced(list, api_version, plural, kind)
    }
}

// Other StatefulSets are neighbours of the one that is meant.
pub(crate) static SETS: Resource = namespaced("workloads", "apps/v1", "statefulsets", "StatefulSet");
pub(crate) static PODS: Resource = namespaced("pods", "v1", "pods", "Pod");
pub(crate) static CLAIMS: Resource = namespaced(
    "persistentVolumeClaims",
    "v1",
    "persistentvolumeclaims",
    "PersistentVolumeClaim",
);
pub(crate) static REVISIONS: Resource = namespaced(
    "controllerRevisions",
    "apps/v1",
    "controllerrevisions",
    "ControllerRevision",
);
static SERVICES: Resource = namespaced("services", "v1", "services", "Service");
static SLICES: Resource = namespaced(
    "endpointSlices",
    "discovery.k8s.io/v1",
    "endpointslices",
    "EndpointSlice",
);
static NODES: Resource = cluster_wide("nodes", "v1", "nodes", "Node");
static BUDGETS: Resource = namespaced(
    "podDisruptionBudgets",
    "policy/v1",
    "poddisruptionbudgets",
    "PodDisruptionBudget",
);
static DEPLOYMENTS: Resource = namespaced("workloads", "apps/v1", "deployments", "Deployment");
static REPLICA_SETS: Resource = namespaced("workloads", "apps/v1", "replicasets", "ReplicaSet");
static DAEMON_SETS: Resource = namespaced("workloads", "apps/v1", "daemonsets", "DaemonSet");
static JOBS: Resource = namespaced("workloads", "batch/v1", "jobs", "Job");
static VOLUMES: Resource = cluster_wide("", "v1", "persistentvolumes", "PersistentVolume");
static CLASSES: Resource = cluster_wide("", "storage.k8s.io/v1", "storageclasses", "StorageClass");

impl Purpose {
    /// The kinds that are read beside the StatefulSets.
    pub(crate) fn around(self) -> Vec<&'static Resource> {
        match self {
            Self::Explain => vec![
                &PODS,
                &CLAIMS,
                &REVISIONS,
                &SERVICES,
                &NODES,
                &BUDGETS,
                &DEPLOYMENTS,
                &REPLICA_SETS,
                &DAEMON_SETS,
                &JOBS,
            ],
            Self::Dns => vec![&PODS, &SERVICES, &SLICES, &NODES],
            // What the simulator plays.
            Self::Plan => vec![
                &PODS, &CLAIMS, &REVISIONS, &SERVICES, &NODES, &BUDGETS, &VOLUMES, &CLASSES,
            ],
            // What policies read; what may not be read warns.
            Self::Admit => vec![
                &PODS,
                &CLAIMS,
                &SERVICES,
                &BUDGETS,
                &DEPLOYMENTS,
                &REPLICA_SETS,
                &DAEMON_SETS,
                &JOBS,
            ],
        }
    }

    /// Whether nothing can be said without this kind.
    pub(crate) fn needs(self, resource: &Resource) -> bool {
        let needed: &[&Resource] = match self {
            Self::Explain => &[&SETS, &PODS],
            Self::Dns => &[&SETS, &PODS, &SERVICES],
            Self::Plan => &[&SETS, &PODS, &CLAIMS, &REVISIONS],
            Self::Admit => &[&SETS],
        };
        needed.contains(&resource)
    }
}

impl Resource {
    /// The path of its list.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.api_version.contains('/') {
            "apis"
        } else {
            "api"
        };
        let namespace = namespace
            .filter(|_| self.is_namespaced)
            .map(|namespace| format!("namespaces/{namespace}/"))
            .unwrap_or_default();
        format!("/{root}/{}/{namespace}{}", self.api_version, self.plural)
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_api() {
        assert_eq!(PODS.path(Some("shop")), "/api/v1/namespaces/shop/pods");
        assert_eq!(SETS.path(None), "/apis/apps/v1/statefulsets");
        assert_eq!(NODES.path(Some("shop")), "/api/v1/nodes");
    }

    #[test]
    fn the_role_of_the_documentation_allows_what_is_read_and_nothing_else() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/live-role.yaml");
        let documents = steadfast_core::manifest::read(&std::fs::read(file).unwrap()).unwrap();
        let kinds: Vec<&str> = documents
            .iter()
            .filter_map(|document| document.value["kind"].as_str())
            .collect();
        assert_eq!(kinds, ["ClusterRole", "ServiceAccount", "ClusterRoleBinding"]);
        let texts = |value: &serde_json::Value| -> Vec<String> {
            let texts = value.as_array().unwrap().iter();
            texts.map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let mut allowed = std::collections::BTreeSet::new();
        for rule in documents[0].value["rules"].as_array().unwrap() {
            assert_eq!(texts(&rule["verbs"]), ["list", "watch"]);
            for group in texts(&rule["apiGroups"]) {
                allowed.extend(
                    texts(&rule["resources"])
                        .into_iter()
                        .map(|plural| (group.clone(), plural)),
                );
            }
        }
        let purposes = [Purpose::Explain, Purpose::Dns, Purpose::Plan, Purpose::Admit];
        let read = purposes.into_iter().flat_map(Purpose::around).chain([&SETS]);
        let read: std::collections::BTreeSet<(String, String)> = read
            .map(|resource| {
                let group = resource
                    .api_version
                    .split_once('/')
                    .map_or("", |(group, _)| group);
                (group.to_owned(), resource.plural.to_owned())
            })
            .collect();
        assert_eq!(allowed, read);
    }

    #[test]
    fn a_secret_is_never_read() {
        for purpose in [Purpose::Explain, Purpose::Dns, Purpose::Plan] {
            assert!(
                purpose
                    .around()
                    .iter()
                    .all(|resource| !["secrets", "configmaps"].contains(&resource.plural))
            );
        }
    }
}
