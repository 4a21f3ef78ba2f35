//! A dump of a real cluster becomes the beginning of a simulated one. What is broken there stays broken until it is
//! replaced: nothing in a dump says that it would recover.

use serde_json::Value;
use steadfast_core::Timestamp;
use steadfast_core::sorted::SortedMap;

use crate::cluster::Holds;
use crate::intake;
use crate::settings::{Behaviour, Settings, What};
use crate::store::{Key, Resource};
use crate::trace::pod_status;
use crate::view;

/// How long after its deadline a terminating Pod must still be there to count as stuck, in seconds.
const OVERDUE: i64 = 10;

/// What a dump says beside its objects.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The objects of kinds that are simulated.
    pub objects: Vec<Value>,
    /// What does not move.
    pub holds: Holds,
    /// What is assumed because of it, as sentences.
    pub assumed: Vec<String>,
    /// True where it holds nodes.
    pub has_nodes: bool,
    /// The nodes that its Pods are on, with how many.
    pub used_nodes: SortedMap<String, u32>,
}

/// The newest instant that the objects speak of, deadlines of deletions apart: when the dump was taken, about.
pub fn newest_timestamp(objects: &[Value]) -> Option<Timestamp> {
    objects.iter().filter_map(newest).max()
}

fn newest(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(name, field)| match field {
                Value::String(text) => {
                    let is_time =
                        name.ends_with("Time") || name.ends_with("Timestamp") || name.ends_with("At");
                    (is_time && name != "deletionTimestamp")
                        .then(|| Timestamp::parse(text))
                        .flatten()
                }
                other => newest(other),
            })
            .max(),
        Value::Array(items) => items.iter().filter_map(newest).max(),
        _ => None,
    }
}

/// Reads a dump as of `now`, and fits the settings to it.
pub(super) fn read(objects: &[Value], now: Timestamp, settings: &mut Settings) -> Reading {
    let mut reading = Reading::default();
    for object in objects {
        // Kinds that play no part in a rollout are passed over.
        if intake::key_of(object).is_ok() {
            reading.objects.push(object.clone());
        }
    }
    let pods: Vec<Value> = reading
        .objects
        .iter()
        .filter(|object| is_kind(object, "Pod"))
        .cloned()
        .collect();
    for pod in &pods {
        if let Ok(key) = intake::key_of(pod) {
            reading.hold(&key, pod, now, settings);
        }
    }
    reading.note_nodes(&pods);
    reading
}

impl Reading {
    /// Decides whether a Pod stays as it is.
    fn hold(&mut self, key: &Key, pod: &Value, now: Timestamp, settings: &mut Settings) {
        if view::is_terminating(pod) {
            let deadline = view::text(pod, &["metadata", "deletionTimestamp"]).and_then(Timestamp::parse);
            if deadline.is_some_and(|deadline| deadline.plus_seconds(OVERDUE) < now) {
                self.holds.undying.insert(key.clone());
                self.assume(format!(
                    "Pod `{}` stays Terminating: its deadline is over",
                    key.name
                ));
            }
            return;
        }
        let status = pod_status(pod);
        let is_ready = view::condition(pod, "Ready") == Some("True");
        let is_unscheduled = view::condition(pod, "PodScheduled") == Some("False");
        let last = status.rsplit(':').next().unwrap_or_default();
        let is_on_its_way = match last {
            "Pending" | "SchedulingGated" => !is_unscheduled,
            "ContainerCreating" | "PodInitializing" | "Failed" | "Succeeded" | "Completed" | "Evicted" => {
                true
            }
            "Running" => is_ready,
            // Such as `Init:1/2`.
            _ => {
                view::is_finished(pod)
                    || last
                        .split_once('/')
                        .is_some_and(|(done, _)| done.parse::<u32>().is_ok())
            }
        };
        if is_on_its_way {
            return;
        }
        self.holds.frozen.insert(key.clone());
        let shown = match status.as_str() {
            "Running" => "Running and not ready",
            "Pending" => "unschedulable",
            other => other,
        };
        self.assume(format!("Pod `{}` stays {shown} until it is replaced", key.name));
        if is_unscheduled {
            self.hold_claims(key, pod);
        }
        for image in unpullable(pod) {
            let behaviour = Behaviour {
                image: Some(image.to_owned()),
                ..Behaviour::new("*", What::ImageNeverPulls)
            };
            if !settings.behaviours.contains(&behaviour) {
                self.assume(format!("image `{image}` cannot be pulled by other Pods either"));
                settings.behaviours.push(behaviour);
            }
        }
    }

    /// The claims without a volume of a Pod that cannot be scheduled.
    fn hold_claims(&mut self, key: &Key, pod: &Value) {
        for name in view::claim_names(pod) {
            let claim = Key::new(Resource::PersistentVolumeClaim, &key.namespace, &name);
            let object = self
                .objects
                .iter()
                .find(|object| intake::key_of(object).is_ok_and(|other| other == claim));
            let phase = object.and_then(|object| view::text(object, &["status", "phase"]));
            if phase == Some("Pending") && self.holds.unbound.insert(claim) {
                self.assume(format!("claim `{name}` stays Pending"));
            }
        }
    }

    /// Whether the dump holds nodes; else which ones its Pods are on.
    fn note_nodes(&mut self, pods: &[Value]) {
        self.has_nodes = self.objects.iter().any(|object| is_kind(object, "Node"));
        for name in pods
            .iter()
            .filter_map(|pod| view::text(pod, &["spec", "nodeName"]))
            .filter(|name| !name.is_empty())
        {
            self.used_nodes.change(name.to_owned(), |pods| *pods += 1);
        }
    }

    fn assume(&mut self, sentence: String) {
        self.assumed.push(sentence);
    }
}

/// The images that a Pod is shown to wait for in vain.
fn unpullable(pod: &Value) -> impl Iterator<Item = &str> {
    [
        ("initContainerStatuses", "initContainers"),
        ("containerStatuses", "containers"),
    ]
    .into_iter()
    .flat_map(move |(statuses, containers)| {
        view::items(pod, &["status", statuses])
            .iter()
            .filter_map(move |status| {
                let reason = view::text(status, &["state", "waiting", "reason"])?;
                let is_image = matches!(reason, "ImagePullBackOff" | "ErrImagePull" | "InvalidImageName");
                let container = view::named(
                    view::items(pod, &["spec", containers]),
                    view::text(status, &["name"])?,
                )?;
                is_image.then(|| view::text(container, &["image"]))?
            })
    })
}

fn is_kind(object: &Value, kind: &str) -> bool {
    view::text(object, &["kind"]) == Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-21T00:10:00Z").unwrap()
    }

    fn pod(name: &str, status: Value) -> Value {
        json!({"kind": "Pod", "metadata": {"name": name, "uid": name}, "spec": {"nodeName": "a", "containers": [{"name": "c", "image": "x:1"}]},
            "status": status})
    }

    fn waiting(reason: &str) -> Value {
        json!({"phase": "Pending", "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": reason}}}]})
    }

    fn frozen(pods: &[Value]) -> (Vec<String>, Settings) {
        let mut settings = Settings::default();
        let reading = read(pods, now(), &mut settings);
        (
            reading
                .holds
                .frozen
                .iter()
                .map(|key| key.name.to_string())
                .collect(),
            settings,
        )
    }

    #[test]
    fn what_is_broken_stays_and_what_is_on_its_way_goes_on() {
        let ready = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
        let (names, _) = frozen(&[
            pod("web-0", ready),
            pod(
                "web-1",
                json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}),
            ),
            pod("web-2", waiting("ContainerCreating")),
            pod("web-3", waiting("CrashLoopBackOff")),
            pod("web-4", json!({"phase": "Pending"})),
            pod(
                "web-5",
                json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False"}]}),
            ),
            pod("web-6", json!({"phase": "Failed"})),
            pod(
                "web-7",
                json!({"phase": "Pending", "initContainerStatuses": [{"name": "i", "state": {"running": {}}}]}),
            ),
            pod("web-8", json!({"phase": "Failed", "reason": "Evicted"})),
        ]);
        assert_eq!(names, ["web-1", "web-3", "web-5"]);
    }

    #[test]
    fn an_image_that_one_pod_cannot_pull_no_other_can() {
        let (names, settings) = frozen(&[
            pod("web-0", waiting("ErrImagePull")),
            pod("web-1", waiting("ImagePullBackOff")),
        ]);
        assert_eq!(names, ["web-0", "web-1"]);
        let images: Vec<_> = settings
            .behaviours
            .iter()
            .map(|behaviour| behaviour.image.as_deref())
            .collect();
        assert_eq!(images, [Some("x:1")]);
    }

    #[test]
    fn a_dump_without_nodes_tells_those_that_its_pods_are_on() {
        let reading = read(
            &[pod("web-0", json!({})), pod("web-1", json!({}))],
            now(),
            &mut Settings::default(),
        );
        assert_eq!(
            (reading.has_nodes, reading.used_nodes),
            (false, [("a".to_owned(), 2)].into_iter().collect())
        );
    }

    #[test]
    fn a_pod_is_stuck_terminating_only_past_its_deadline() {
        let terminating = |name: &str, deadline: &str| {
            let mut pod = pod(name, json!({"phase": "Running"}));
            pod["metadata"]["deletionTimestamp"] = json!(deadline);
            pod
        };
        let pods = [
            terminating("web-0", "2026-11-21T00:09:00Z"),
            terminating("web-1", "2026-11-21T00:10:20Z"),
        ];
        let reading = read(&pods, now(), &mut Settings::default());
        let names: Vec<&str> = reading.holds.undying.iter().map(|key| &*key.name).collect();
        assert_eq!(names, ["web-0"]);
    }

    #[test]
    fn a_dump_was_taken_at_its_newest_moment() {
        let pods = [
            json!({"metadata": {"creationTimestamp": "2026-11-21T00:00:00Z", "deletionTimestamp": "2027-01-01T00:00:00Z"}}),
            json!({"status": {"conditions": [{"lastTransitionTime": "2026-11-21T00:01:00Z"}],
                "containerStatuses": [{"state": {"running": {"startedAt": "2026-11-21T00:02:00Z"}}}]}}),
        ];
        assert_eq!(newest_timestamp(&pods), Timestamp::parse("2026-11-21T00:02:00Z"));
        assert_eq!(newest_timestamp(&[json!({})]), None);
    }
}
