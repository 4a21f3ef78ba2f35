use super::*;
use crate::random::Random;
use crate::settings::Settings;

const NOW: Timestamp = Timestamp::new(1_800_000_000, 0);

struct Cluster {
    store: Store,
    disruption: Disruption,
    events: Vec<String>,
    timers: Vec<(Millis, Timer)>,
}

fn key(resource: Resource, name: &str) -> Key {
    Key::new(resource, "default", name)
}

fn pod(n: u32, is_ready: bool) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("web-{n}"), "uid": format!("pod-{n}"), "labels": {"app": "web"}, "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "uid": "set", "controller": true}]},
        "spec": {"nodeName": "node-1", "terminationGracePeriodSeconds": 30},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": if is_ready { "True" } else { "False" }}]}})
}

fn set(replicas: u32) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "uid": "set"},
        "spec": {"replicas": replicas}})
}

fn budget(spec: Value) -> Value {
    let mut budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}}});
    for (field, value) in spec.as_object().unwrap() {
        budget["spec"][field] = value.clone();
    }
    budget
}

impl Cluster {
    fn of(objects: impl IntoIterator<Item = Value>) -> Self {
        let store = Store::new(1);
        let mut cluster = Self {
            store,
            disruption: Disruption::default(),
            events: Vec::new(),
            timers: Vec::new(),
        };
        for object in objects {
            cluster.store.insert(object, NOW).unwrap();
        }
        cluster.settle(NOW);
        cluster
    }

    fn work(&mut self, wall: Timestamp, ask: impl FnOnce(&mut Disruption, &mut World<'_>) -> Step) {
        let settings = Settings::default();
        let mut random = Random::new(0);
        let now = self.store.snapshot();
        let mut world = World {
            store: &now,
            now: Millis(0),
            wall,
            settings: &settings,
            random: &mut random,
        };
        let step = ask(&mut self.disruption, &mut world);
        self.events.extend(
            step.events
                .iter()
                .map(|event| format!("{} {}", event.reason, event.message)),
        );
        self.timers.extend(step.timers);
        for write in step.writes {
            self.store.apply(write, wall).unwrap();
        }
    }

    fn settle(&mut self, wall: Timestamp) {
        for _ in 0..1000 {
            let changes = self.store.take_changes();
            if changes.is_empty() {
                return;
            }
            for change in changes {
                self.work(wall, |disruption, world| disruption.changed(&change, world));
            }
        }
        panic!("it does not come to an end");
    }

    fn write(&mut self, write: Write) {
        self.store.apply(write, NOW).unwrap();
        self.settle(NOW);
    }

    fn set_ready(&mut self, n: u32, is_ready: bool) {
        let status = pod(n, is_ready)["status"].clone();
        self.write(Write::SetStatus {
            key: key(Resource::Pod, &format!("web-{n}")),
            status,
        });
    }

    fn status(&self) -> &Value {
        &self
            .store
            .get(&key(Resource::PodDisruptionBudget, "web"))
            .unwrap()["status"]
    }

    /// currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed.
    fn counts(&self) -> [i64; 4] {
        [
            "currentHealthy",
            "desiredHealthy",
            "expectedPods",
            "disruptionsAllowed",
        ]
        .map(|field| self.status()[field].as_i64().unwrap())
    }

    fn evict(&mut self, n: u32) -> Result<(), (u16, String)> {
        let write = evict(&self.store, &key(Resource::Pod, &format!("web-{n}")));
        self.write(write.map_err(|error| (error.status, error.message))?);
        Ok(())
    }
}

/// A set of `replicas` with ready Pods and a budget.
fn cluster(replicas: u32, spec: Value) -> Cluster {
    Cluster::of(
        (0..replicas)
            .map(|n| pod(n, true))
            .chain([set(replicas), budget(spec)]),
    )
}

#[test]
fn a_budget_counts_the_pods_that_it_selects() {
    let mut cluster = cluster(3, json!({"minAvailable": 2}));
    assert_eq!(cluster.counts(), [3, 2, 3, 1]);
    let condition = json!({"type": "DisruptionAllowed", "status": "True", "reason": "SufficientPods", "message": "",
        "observedGeneration": 1, "lastTransitionTime": "2027-01-15T08:00:00Z"});
    assert_eq!(cluster.status()["conditions"], json!([condition]));
    cluster.set_ready(1, false);
    assert_eq!(cluster.counts(), [2, 2, 3, 0]);
    assert_eq!(cluster.status()["conditions"][0]["reason"], "InsufficientPods");
    cluster.set_ready(1, true);
    let delete = Write::Delete {
        key: key(Resource::Pod, "web-2"),
        options: Default::default(),
    };
    cluster.write(delete);
    assert_eq!(cluster.counts(), [2, 2, 3, 0], "a terminating Pod is not healthy");
}

#[test]
fn a_percentage_is_of_the_sets_replicas_rounded_up() {
    assert_eq!(cluster(3, json!({"minAvailable": "50%"})).counts(), [3, 2, 3, 1]);
    assert_eq!(
        cluster(3, json!({"maxUnavailable": "50%"})).counts(),
        [3, 1, 3, 2]
    );
    assert_eq!(cluster(5, json!({"maxUnavailable": 1})).counts(), [5, 4, 5, 1]);
    assert_eq!(cluster(2, json!({"maxUnavailable": 5})).counts(), [2, 0, 2, 2]);
}

#[test]
fn scaling_the_set_changes_what_is_expected_before_there_are_pods() {
    let mut cluster = cluster(3, json!({"maxUnavailable": 1}));
    let web = key(Resource::StatefulSet, "web");
    cluster.write(Write::SetSpecField {
        key: web,
        field: "replicas",
        value: json!(5),
    });
    assert_eq!(cluster.counts(), [3, 4, 5, 0]);
}

#[test]
fn a_changed_budget_is_looked_at_anew() {
    let mut cluster = cluster(3, json!({"minAvailable": 2}));
    let web = key(Resource::PodDisruptionBudget, "web");
    cluster.write(Write::SetSpecField {
        key: web.clone(),
        field: "minAvailable",
        value: json!(1),
    });
    assert_eq!(
        (cluster.counts(), &cluster.status()["observedGeneration"]),
        ([3, 1, 3, 2], &json!(2))
    );
    cluster.write(Write::SetSpecField {
        key: web,
        field: "selector",
        value: json!({"matchLabels": {"app": "db"}}),
    });
    assert_eq!(cluster.counts(), [0, 1, 0, 0]);
    assert_eq!(cluster.events, ["NoPods No matching pods found"]);
}

#[test]
fn pods_without_their_set_stop_every_disruption() {
    let mut cluster = cluster(2, json!({"maxUnavailable": 1}));
    cluster.write(Write::Delete {
        key: key(Resource::StatefulSet, "web"),
        options: Default::default(),
    });
    assert_eq!(cluster.status()["disruptionsAllowed"], 0);
    let condition = &cluster.status()["conditions"][0];
    assert_eq!(
        (&condition["reason"], &condition["message"]),
        (
            &json!("SyncFailed"),
            &json!("found no controllers for pod \"web-0\"")
        )
    );
    let event = "CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: found no controllers for \
                 pod \"web-0\"";
    assert_eq!(cluster.events, [event]);
}

#[test]
fn evictions_are_allowed_until_the_budget_is_used_up() {
    let mut cluster = cluster(3, json!({"minAvailable": 2}));
    assert_eq!(cluster.evict(0), Ok(()));
    let words = "Cannot evict pod as it would violate the pod's disruption budget.";
    assert_eq!(cluster.evict(1), Err((429, words.into())));
    assert_eq!(
        cluster.evict(0),
        Ok(()),
        "a Pod that is being deleted may be evicted again"
    );
    assert_eq!(cluster.evict(7), Err((404, "pods \"web-7\" not found".into())));
}

#[test]
fn a_budget_that_nobody_looked_at_yet_allows_nothing() {
    let mut store = Store::new(1);
    store.insert(pod(0, true), NOW).unwrap();
    let mut unseen = budget(json!({"minAvailable": 0}));
    unseen["status"] = json!({"disruptionsAllowed": 1});
    store.insert(unseen, NOW).unwrap();
    assert_eq!(
        evict(&store, &key(Resource::Pod, "web-0")).map_err(|error| error.status),
        Err(429)
    );
}

#[test]
fn an_unready_pod_is_evicted_where_enough_others_are_healthy_or_the_policy_allows_it() {
    let mut cluster = cluster(3, json!({"minAvailable": 2}));
    cluster.set_ready(0, false);
    assert_eq!(cluster.counts(), [2, 2, 3, 0]);
    assert!(cluster.evict(0).is_ok(), "two of two needed are healthy");
    let mut blocked = self::cluster(2, json!({"minAvailable": 2}));
    blocked.set_ready(0, false);
    assert_eq!(blocked.evict(0).map_err(|(status, _)| status), Err(429));
    let mut allowed = self::cluster(
        2,
        json!({"minAvailable": 2, "unhealthyPodEvictionPolicy": "AlwaysAllow"}),
    );
    allowed.set_ready(0, false);
    assert_eq!(allowed.evict(0), Ok(()));
}

#[test]
fn a_pod_that_does_not_run_is_evicted_and_two_budgets_are_one_too_many() {
    let mut pending = pod(0, false);
    pending["status"]["phase"] = json!("Pending");
    let mut second = budget(json!({"minAvailable": 0}));
    second["metadata"]["name"] = json!("second");
    let mut cluster = Cluster::of([
        set(2),
        pending,
        pod(1, true),
        budget(json!({"minAvailable": 2})),
        second,
    ]);
    assert_eq!(cluster.evict(0), Ok(()));
    let words =
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    assert_eq!(cluster.evict(1), Err((500, words.into())));
}

#[test]
fn a_pod_whose_eviction_was_granted_counts_as_gone_for_two_minutes() {
    let mut granted = budget(json!({"minAvailable": 1}));
    granted["status"] =
        json!({"disruptedPods": {"web-0": "2027-01-15T07:59:00Z", "web-9": "2027-01-15T07:59:00Z"}});
    let mut cluster = Cluster::of([set(2), pod(0, true), pod(1, true), granted]);
    assert_eq!(cluster.counts(), [1, 1, 2, 0]);
    assert_eq!(
        cluster.status()["disruptedPods"],
        json!({"web-0": "2027-01-15T07:59:00Z"})
    );
    let (delay, timer) = cluster.timers.pop().unwrap();
    assert_eq!(delay, Millis(60_000));
    cluster.work(NOW.plus_seconds(60), |disruption, world| {
        disruption.due(&timer, world)
    });
    assert_eq!(
        (cluster.counts(), cluster.status().get("disruptedPods")),
        ([2, 1, 2, 1], None)
    );
}

#[test]
fn pods_of_a_controller_that_is_not_simulated_stand_for_its_scale() {
    let mut foreign = pod(0, true);
    foreign["metadata"]["ownerReferences"][0]["kind"] = json!("ReplicaSet");
    let cluster = Cluster::of([foreign, budget(json!({"maxUnavailable": 1}))]);
    assert_eq!(cluster.counts(), [1, 0, 1, 1]);
}
