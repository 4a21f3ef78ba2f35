//! How the simulated cluster behaves: its nodes, its storage, how long things take, and what goes wrong with which
//! Pod.
//!
//! Whatever a scenario leaves out is assumed so that a rollout can succeed.

mod behaviour;
mod read;
mod span;

use serde::Serialize;
use serde_json::{Value, json};
use steadfast_core::Error;

use crate::clock::{Millis, Timer};
use crate::fields::Read;
use crate::store::{Key, Resource};

pub use behaviour::{Behaviour, Phase, What};
pub(crate) use behaviour::{Fate, Runs, Subject, Termination, is_like};
pub use span::Span;

/// The settings of one cluster. In YAML the names are camelCase, and spans of time are written `500ms`, `2s`,
/// `1m30s`.
///
/// ```
/// use steadfast_sim::settings::Settings;
/// let settings = Settings::parse(&serde_json::json!({"nodes": 5, "pull": "1m30s"})).unwrap();
/// assert_eq!(settings.nodes.count(), 5);
/// assert_eq!(settings.pull.millis().0, 90_000);
/// let error = Settings::parse(&serde_json::json!({"pull": "soon"})).unwrap_err();
/// assert!(error.to_string().starts_with("settings.pull: "), "{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Where the random generator starts, and what the UIDs of new objects are made from. Default 0.
    pub seed: u64,
    /// The nodes: how many, or a list of them. Default 3.
    pub nodes: NodesSetting,
    /// What is known of storage classes. Default: one, `standard`, the default class, that binds at once. A class
    /// that a claim names and that is not listed is assumed to exist and to bind at once.
    pub storage_classes: Vec<StorageClassSetting>,
    /// Secrets and ConfigMaps that do not exist. All others that a Pod refers to are assumed to. Default: none.
    pub absent: Vec<Absent>,
    /// From the moment a Pod could be scheduled until it is bound to a node. Default `100ms`.
    pub scheduling: Span,
    /// How long a node takes to pull an image that it does not have yet. Default `2s`.
    pub pull: Span,
    /// How long an init container runs, and how long the containers of a Pod take to start once all images are
    /// there. Default `1s`.
    pub start: Span,
    /// From the start of the containers until the Pod is ready. Default: absent, which means that the probes
    /// decide: the first tick of `periodSeconds` that is not before `initialDelaySeconds`, and at once where there
    /// is no probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Span>,
    /// How long containers take to stop after they were asked to; never longer than the grace period. Default `1s`.
    pub termination: Span,
    /// How long the kubelet waits before it starts a container again that crashed twice or more. Default `10s`,
    /// doubling to `5m`.
    pub crash_back_off: BackOff,
    /// How long the kubelet waits before it pulls an image again that could not be pulled. Default `10s`, doubling
    /// to `5m`.
    pub pull_back_off: BackOff,
    /// By how much, in percent, `scheduling`, `pull`, `start`, `readiness` and `termination` vary to both sides.
    /// Default 0: not at all.
    pub jitter: u8,
    /// How long after a change the simulated controller hears of it. Default `0s`.
    pub watch: Span,
    /// How long one API call of the simulated controller takes. `0s`: all calls of a plan are made at one instant, and
    /// take a millisecond together. Default `5ms`.
    pub call: Span,
    /// How long after a node was found dead its Pods are deleted (`tolerationSeconds` of the tolerations that the
    /// API server gives every Pod). Default `5m`.
    pub eviction_after: Span,
    /// How long after a node's last sign of life it is found dead. Default `40s`.
    pub node_monitor: Span,
    /// What goes wrong with which Pod. The last entry that matches a Pod wins; a scenario may change the list at
    /// any time (see [`reread`]). Default: nothing goes wrong.
    pub behaviours: Vec<Behaviour>,
}

/// How many nodes a cluster can have: each is an object that is kept.
pub const MOST_NODES: u32 = 100_000;

/// How many nodes there are, or which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum NodesSetting {
    /// So many nodes, called `node-1`, `node-2` …, each for 110 Pods.
    Count(u32),
    /// These nodes.
    List(Vec<NodeSetting>),
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct NodeSetting {
    /// Its name, which is also its label `kubernetes.io/hostname`.
    pub name: String,
    /// Its label `topology.kubernetes.io/zone`. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How many Pods it takes. Default 110.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub pods: u32,
}

/// One storage class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct StorageClassSetting {
    /// Its name, as in a claim's `spec.storageClassName`.
    pub name: String,
    /// When a volume is bound: at once, or when a Pod that uses the claim is scheduled. Default `Immediate`.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub mode: BindingMode,
    /// How long it takes to make a volume. Default `0s`.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub delay: Span,
    /// Whether volumes are made at all; where not, only volumes that exist beforehand are bound. Default true.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub provisions: bool,
    /// Whether the class exists at all. Default true.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub exists: bool,
    /// Whether claims that name no class get this one. Default false.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<_>"))]
    pub default: bool,
}

/// `volumeBindingMode` of a storage class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum BindingMode {
    /// The volume is bound as soon as there is a claim.
    #[default]
    Immediate,
    /// The volume is bound when the first Pod that uses the claim has been given a node.
    WaitForFirstConsumer,
}

/// A Secret or ConfigMap that is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Absent {
    /// `Secret` or `ConfigMap`.
    pub kind: AbsentKind,
    /// Its name, in any namespace.
    pub name: String,
}

/// The kinds of [`Absent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AbsentKind {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
}

/// A wait that doubles each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BackOff {
    /// The first wait. Default `10s`.
    pub first: Span,
    /// The longest. Default `5m`.
    pub limit: Span,
}

/// The timer after which the component `owner` (`kubelet` or `volumes`) looks at the settings again. Whoever
/// changes the settings of a running cluster schedules one for each, at once.
pub fn reread(owner: &'static str) -> Timer {
    Timer {
        owner,
        what: REREAD,
        key: Key::new(Resource::Node, "", ""),
        token: 0,
    }
}

/// What [`reread`]'s timers are for.
pub(crate) const REREAD: &str = "settings";

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            nodes: NodesSetting::Count(3),
            storage_classes: vec![StorageClassSetting {
                default: true,
                ..StorageClassSetting::new("standard")
            }],
            absent: Vec::new(),
            scheduling: Span::of_millis(100),
            pull: Span::of_seconds(2),
            start: Span::of_seconds(1),
            readiness: None,
            termination: Span::of_seconds(1),
            crash_back_off: BackOff::default(),
            pull_back_off: BackOff::default(),
            jitter: 0,
            watch: Span::default(),
            call: Span::of_millis(5),
            eviction_after: Span::of_seconds(300),
            node_monitor: Span::of_seconds(40),
            behaviours: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads settings from their JSON form.
    ///
    /// # Errors
    /// A field that is unknown, has the wrong type or cannot be; the path starts with `settings`.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        Read::read(value, "settings")
    }

    /// The class of this name: as listed, or, where it is not, as assumed.
    pub fn storage_class(&self, name: &str) -> StorageClassSetting {
        let listed = self.storage_classes.iter().find(|class| class.name == name);
        listed.cloned().unwrap_or_else(|| StorageClassSetting::new(name))
    }

    /// The name of the class for claims that name none.
    pub fn default_class(&self) -> Option<&str> {
        self.storage_classes
            .iter()
            .find(|class| class.default && class.exists)
            .map(|class| class.name.as_str())
    }

    /// Whether the Secret or ConfigMap `name` is said not to exist.
    pub fn is_absent(&self, kind: AbsentKind, name: &str) -> bool {
        self.absent
            .iter()
            .any(|absent| absent.kind == kind && absent.name == name)
    }

    /// `span` made shorter or longer by up to [`jitter`](Self::jitter) percent; without jitter chance is not asked.
    pub(crate) fn varied(&self, span: Span, random: &mut crate::random::Random) -> Millis {
        let percent = u64::from(self.jitter.min(100));
        if percent == 0 || span.millis().0 == 0 {
            return span.millis();
        }
        let factor = 100 - percent + random.below(2 * percent + 1);
        Millis(span.millis().0.saturating_mul(factor) / 100)
    }
}

impl NodesSetting {
    /// How many nodes there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Count(count) => *count as usize,
            Self::List(nodes) => nodes.len(),
        }
    }

    /// The nodes as API objects, ready to be put into the store: labels, addresses, capacity and the condition
    /// Ready.
    pub fn objects(&self) -> Vec<Value> {
        match self {
            Self::Count(count) => (1..=*count)
                .map(|n| {
                    NodeSetting {
                        name: format!("node-{n}"),
                        zone: None,
                        pods: default_pods(),
                    }
                    .object(n)
                })
                .collect(),
            Self::List(nodes) => nodes.iter().zip(1u32..).map(|(node, n)| node.object(n)).collect(),
        }
    }
}

impl NodeSetting {
    fn object(&self, number: u32) -> Value {
        let mut labels = json!({"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux"});
        if let (Some(zone), Some(labels)) = (&self.zone, labels.as_object_mut()) {
            labels.insert("topology.kubernetes.io/zone".to_owned(), json!(zone));
        }
        let pods = json!({"pods": self.pods.to_string()});
        json!({
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": labels},
            "spec": {},
            "status": {
                "capacity": pods,
                "allocatable": pods,
                "addresses": [
                    {"type": "InternalIP", "address": format!("192.168.{}.{}", number / 250 % 256, number % 250 + 1)},
                    {"type": "Hostname", "address": self.name},
                ],
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            },
        })
    }
}

impl StorageClassSetting {
    /// A class that exists, makes volumes and binds them at once.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            mode: BindingMode::Immediate,
            delay: Span::default(),
            provisions: true,
            exists: true,
            default: false,
        }
    }
}

impl BackOff {
    /// The wait before try `n`, counted from 1.
    pub fn wait(&self, n: u32) -> Millis {
        let doubled = self
            .first
            .millis()
            .0
            .saturating_mul(1u64.checked_shl(n.saturating_sub(1)).unwrap_or(u64::MAX));
        Millis(doubled.min(self.limit.millis().0))
    }
}

impl Default for BackOff {
    fn default() -> Self {
        Self {
            first: Span::of_seconds(10),
            limit: Span::of_seconds(300),
        }
    }
}

fn default_pods() -> u32 {
    110
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_means_three_nodes_and_a_default_class_that_binds_at_once() {
        let settings = Settings::parse(&json!({})).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(settings.nodes.objects().len(), 3);
        assert_eq!(settings.default_class(), Some("standard"));
        assert!(settings.storage_class("fast").provisions);
    }

    /// Found by fuzzing: two thousand million nodes filled the memory.
    #[test]
    fn more_nodes_than_a_cluster_can_hold_are_refused() {
        let error = Settings::parse(&json!({"nodes": 2_147_483_648_u32})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "settings.nodes: Invalid value: 2147483648: must be at most 100000"
        );
        assert!(Settings::parse(&json!({"nodes": MOST_NODES})).is_ok());
    }

    #[test]
    fn settings_survive_writing_and_reading() {
        let text = json!({
            "seed": 7,
            "nodes": [{"name": "a", "zone": "z1"}, {"name": "b", "pods": 5}],
            "storageClasses": [{"name": "slow", "mode": "WaitForFirstConsumer", "delay": "1m30s", "provisions": false}],
            "absent": [{"kind": "Secret", "name": "password"}],
            "crashBackOff": {"first": "1s"},
            "readiness": "250ms",
            "behaviours": [{"pods": "web-*", "what": "crash"}, {"what": "slowTermination", "for": "45s"}],
        });
        let settings = Settings::parse(&text).unwrap();
        assert_eq!(settings.crash_back_off.limit, Span::of_seconds(300));
        assert_eq!(settings.nodes.count(), 2);
        let written = serde_json::to_value(&settings).unwrap();
        assert_eq!(Settings::parse(&written).unwrap(), settings);
    }

    #[test]
    fn errors_name_the_field_and_quote_what_was_found() {
        for (value, expected) in [
            (
                json!({"pul": "2s"}),
                "settings.pul: Forbidden: unknown field; there are seed, nodes, storageClasses, ",
            ),
            (
                json!({"pull": "2 s"}),
                "settings.pull: Invalid value: \"2 s\": `2 s` is not a span of time",
            ),
            (
                json!({"pull": 2}),
                "settings.pull: Invalid value: 2: must be a span of time",
            ),
            (
                json!({"jitter": 101}),
                "settings.jitter: Invalid value: 101: must be at most 100",
            ),
            (
                json!({"jitter": 1.5}),
                "settings.jitter: Invalid value: 1.5: must be a whole number from 0 up",
            ),
            (
                json!({"pull": null}),
                "settings.pull: Invalid value: null: must be a span of time",
            ),
            (json!({"seed": "x"}), "settings.seed: Invalid value: \"x\""),
            (
                json!({"nodes": [{"name": "a"}, {"name": "b", "pods": -1}]}),
                "settings.nodes[1].pods: Invalid value: -1",
            ),
            (
                json!({"nodes": [{"zone": "a"}]}),
                "settings.nodes[0].name: Required value",
            ),
            (
                json!({"nodes": "many"}),
                "settings.nodes: Invalid value: \"many\": must be a number of nodes or a list",
            ),
            (
                json!({"nodes": [{"name": "a"}, {"name": "a"}]}),
                "settings.nodes[1].name: Duplicate value: \"a\"",
            ),
            (
                json!({"storageClasses": [{"name": "a", "mode": "Later"}]}),
                "settings.storageClasses[0].mode: Unsupported value: \"Later\": supported values: \"Immediate\"",
            ),
            (
                json!({"behaviours": [{"what": "slowTermination"}]}),
                "settings.behaviours[0].for: Required value",
            ),
            (
                json!({"behaviours": [{"what": "crash", "for": "2s"}]}),
                "settings.behaviours[0].for: Forbidden",
            ),
            (
                json!({"behaviours": [{"what": "sulk"}]}),
                "settings.behaviours[0].what: Unsupported value: \"sulk\": supported values: \"notReady\"",
            ),
            (
                json!({"crashBackOff": {"first": "x"}}),
                "settings.crashBackOff.first: Invalid value: \"x\"",
            ),
            (
                json!({"nodes": [["a"]]}),
                "settings.nodes[0]: Invalid value: must be a mapping, but is a list",
            ),
            (
                json!({"pullBackOff": ["1s"]}),
                "settings.pullBackOff: Invalid value: must be a mapping, but is a list",
            ),
            (
                json!([1]),
                "settings: Invalid value: must be a mapping, but is a list",
            ),
        ] {
            let error = Settings::parse(&value).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{value}: {error}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = json!({
            "pull": "soon", "sed": 1, "crashBackOff": {"frist": "1s"},
            "storageClasses": [{"name": "a"}, {"mode": "Later", "exists": 1}, {"name": "a"}],
            "nodes": [{"name": "a"}, {"name": "b"}, {"name": "a"}],
            "behaviours": [{"what": "sulk", "for": "2s"}, {"what": "exits", "container": "x"}],
        });
        let causes = Settings::parse(&wrong).unwrap_err().causes;
        let fields: Vec<&str> = causes.iter().map(|cause| cause.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "settings.storageClasses[1].name",
                "settings.storageClasses[1].mode",
                "settings.storageClasses[1].exists",
                "settings.pull",
                "settings.crashBackOff.frist",
                "settings.behaviours[0].what",
                "settings.behaviours[1].phase",
                "settings.behaviours[1].container",
                "settings.nodes[2].name",
                "settings.sed",
            ]
        );
    }

    #[test]
    fn what_is_written_in_one_word_is_read_again() {
        fn check<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(all: &[T]) {
            for one in all {
                let written = serde_json::to_value(one).unwrap();
                assert_eq!(serde_json::from_value::<T>(written).unwrap(), *one);
            }
        }
        check(&[BindingMode::Immediate, BindingMode::WaitForFirstConsumer]);
        check(&[AbsentKind::Secret, AbsentKind::ConfigMap]);
        check(&[Phase::Failed, Phase::Succeeded]);
        check(&Resource::ALL);
        let phase = Phase::Failed;
        let span = Span::of_seconds(1);
        let container = Some("a".to_owned());
        check(
            &[
                What::NotReady,
                What::Crash,
                What::ImageNeverPulls,
                What::SlowTermination { span },
                What::InitFails { container },
                What::NeverTerminates,
                What::Exits { phase },
                What::Healthy,
            ]
            .map(|what| Behaviour::new("*", what)),
        );
    }

    #[test]
    fn back_off_doubles_up_to_its_limit() {
        let waits: Vec<u64> = (1..9).map(|n| BackOff::default().wait(n).0 / 1000).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(BackOff::default().wait(u32::MAX), Millis(300_000));
    }

    #[test]
    fn nodes_are_ready_labelled_and_have_addresses_of_their_own() {
        let nodes = NodesSetting::Count(600).objects();
        let addresses: std::collections::BTreeSet<_> = nodes
            .iter()
            .map(|node| node["status"]["addresses"][0]["address"].as_str().unwrap())
            .collect();
        assert_eq!(addresses.len(), 600);
        assert_eq!(nodes[0]["metadata"]["labels"]["kubernetes.io/hostname"], "node-1");
        assert_eq!(nodes[0]["status"]["allocatable"]["pods"], "110");
    }
}
