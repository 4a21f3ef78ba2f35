//! The kinds that policies read, and what of each.

use serde_json::Value;

use super::Keep;

/// A kind of objects.
#[derive(Debug)]
pub struct Kind {
    /// `apiVersion`, such as `apps/v1`.
    pub api_version: &'static str,
    /// As in paths, such as `statefulsets`.
    pub plural: &'static str,
    /// `kind`.
    pub kind: &'static str,
    /// What is kept of each.
    pub keep: Keep<'static>,
    /// What is kept beside it, where the whole of an object is seldom read: what other controllers' labels are.
    pub brief: Option<Keep<'static>>,
    /// Those that a controller owns are left out: it speaks for them.
    skips_owned: bool,
}

impl Kind {
    /// The path of the list in all namespaces.
    pub fn path(&self) -> String {
        let root = if self.api_version.contains('/') {
            "apis"
        } else {
            "api"
        };
        format!("/{root}/{}/{}", self.api_version, self.plural)
    }

    /// The API group; empty for the core group.
    pub fn group(&self) -> &'static str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    pub(super) fn is_kept(&self, object: &Value) -> bool {
        let owners = object
            .pointer("/metadata/ownerReferences")
            .and_then(Value::as_array);
        let is_controller = |owner: &Value| owner.get("controller") == Some(&Value::Bool(true));
        !self.skips_owned || !owners.into_iter().flatten().any(is_controller)
    }

    pub(super) fn decode(&self, text: &[u8]) -> Option<Value> {
        let mut object: Value = serde_json::from_slice(text).ok()?;
        let fields = object.as_object_mut()?;
        fields.insert("kind".to_owned(), self.kind.into());
        fields.insert("apiVersion".to_owned(), self.api_version.into());
        Some(object)
    }
}

/// All of them.
pub const KINDS: [&Kind; 9] = [
    &SETS,
    &PODS,
    &CLAIMS,
    &SERVICES,
    &BUDGETS,
    &DEPLOYMENTS,
    &REPLICA_SETS,
    &DAEMON_SETS,
    &JOBS,
];

/// Other controllers of Pods.
pub(super) const WORKLOADS: [&Kind; 5] = [&SETS, &DEPLOYMENTS, &REPLICA_SETS, &DAEMON_SETS, &JOBS];

const NAME: (&str, Keep<'_>) = ("name", Keep::All);
const NAMESPACE: (&str, Keep<'_>) = ("namespace", Keep::All);
const DELETED: (&str, Keep<'_>) = ("deletionTimestamp", Keep::All);

/// A set for `/scale` and deletions: all but what no decision reads.
pub(super) static SETS: Kind = Kind {
    api_version: "apps/v1",
    plural: "statefulsets",
    kind: "StatefulSet",
    keep: Keep::But(&[
        ("status", Keep::Nothing),
        (
            "metadata",
            Keep::But(&[
                ("managedFields", Keep::Nothing),
                (
                    "annotations",
                    Keep::But(&[("kubectl.kubernetes.io/last-applied-configuration", Keep::Nothing)]),
                ),
            ]),
        ),
    ]),
    brief: Some(WORKLOAD),
    // An operator's sets are sets.
    skips_owned: false,
};

/// Whether a Pod exists, goes, or is broken (`Trouble`).
pub(super) static PODS: Kind = Kind {
    keep: Keep::Only(&[
        ("metadata", Keep::Only(&[NAME, NAMESPACE, DELETED])),
        (
            "status",
            Keep::Only(&[
                ("phase", Keep::All),
                ("reason", Keep::All),
                ("conditions", Keep::Each(&CONDITION)),
                ("initContainerStatuses", Keep::Each(&CONTAINER)),
                ("containerStatuses", Keep::Each(&CONTAINER)),
            ]),
        ),
    ]),
    ..simple("v1", "pods", "Pod")
};

const CONDITION: Keep<'_> = Keep::Only(&[("type", Keep::All), ("status", Keep::All), ("reason", Keep::All)]);

const CONTAINER: Keep<'_> = Keep::Only(&[
    NAME,
    (
        "state",
        Keep::Only(&[("waiting", Keep::Only(&[("reason", Keep::All)]))]),
    ),
]);

/// Whose a claim is, and what it has that its template may not ask for.
pub(super) static CLAIMS: Kind = Kind {
    keep: Keep::Only(&[
        (
            "metadata",
            Keep::Only(&[
                NAME,
                NAMESPACE,
                DELETED,
                (
                    "ownerReferences",
                    Keep::Each(&Keep::Only(&[
                        ("uid", Keep::All),
                        ("kind", Keep::All),
                        ("name", Keep::All),
                    ])),
                ),
            ]),
        ),
        (
            "spec",
            Keep::Only(&[
                (
                    "resources",
                    Keep::Only(&[("requests", Keep::Only(&[("storage", Keep::All)]))]),
                ),
                ("storageClassName", Keep::All),
                ("volumeMode", Keep::All),
            ]),
        ),
    ]),
    ..simple("v1", "persistentvolumeclaims", "PersistentVolumeClaim")
};

pub(super) static SERVICES: Kind = Kind {
    keep: Keep::Only(&[
        ("metadata", Keep::Only(&[NAME, NAMESPACE])),
        (
            "spec",
            Keep::Only(&[("clusterIP", Keep::All), ("selector", Keep::All)]),
        ),
    ]),
    ..simple("v1", "services", "Service")
};

pub(super) static BUDGETS: Kind = Kind {
    keep: Keep::Only(&[
        ("metadata", Keep::Only(&[NAME, NAMESPACE])),
        (
            "spec",
            Keep::Only(&[
                ("selector", Keep::All),
                ("minAvailable", Keep::All),
                ("maxUnavailable", Keep::All),
            ]),
        ),
    ]),
    ..simple("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget")
};

static DEPLOYMENTS: Kind = workload("apps/v1", "deployments", "Deployment");
static REPLICA_SETS: Kind = workload("apps/v1", "replicasets", "ReplicaSet");
static DAEMON_SETS: Kind = workload("apps/v1", "daemonsets", "DaemonSet");
static JOBS: Kind = workload("batch/v1", "jobs", "Job");

/// Which Pods a controller selects, and which labels its own have.
const WORKLOAD: Keep<'_> = Keep::Only(&[
    (
        "metadata",
        Keep::Only(&[NAME, NAMESPACE, ("ownerReferences", OWNERS)]),
    ),
    (
        "spec",
        Keep::Only(&[
            ("selector", Keep::All),
            (
                "template",
                Keep::Only(&[("metadata", Keep::Only(&[("labels", Keep::All)]))]),
            ),
        ]),
    ),
]);

const OWNERS: Keep<'_> = Keep::Each(&Keep::Only(&[("controller", Keep::All)]));

const fn workload(api_version: &'static str, plural: &'static str, kind: &'static str) -> Kind {
    Kind {
        keep: WORKLOAD,
        skips_owned: true,
        ..simple(api_version, plural, kind)
    }
}

const fn simple(api_version: &'static str, plural: &'static str, kind: &'static str) -> Kind {
    Kind {
        api_version,
        plural,
        kind,
        keep: Keep::All,
        brief: None,
        skips_owned: false,
    }
}
