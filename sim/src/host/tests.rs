use serde_json::{Value, json};
use steadfast_core::Profile;

use crate::Cluster;
use crate::clock::Millis;
use crate::cluster::Ending;
use crate::scenario::EPOCH;
use crate::settings::Settings;
use crate::store::{Key, Resource};
use crate::trace::Happening;

const HOUR: Millis = Millis(3_600_000);

fn set(replicas: u32, templates: &[&str]) -> Value {
    let claims: Vec<Value> = templates
        .iter()
        .map(|name| {
            json!({"metadata": {"name": name}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
        })
        .collect();
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "revisionHistoryLimit": 0,
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "x:1"}]}},
            "volumeClaimTemplates": claims}})
}

fn image(mut set: Value, image: &str) -> Value {
    set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
    set
}

fn cluster(set: &Value, faults: &[Value]) -> Cluster {
    let mut cluster = Cluster::new(Settings::default(), Profile::default(), EPOCH);
    for rule in faults {
        cluster.add_fault(serde_json::from_value(rule.clone()).unwrap());
    }
    cluster.apply(set).unwrap();
    cluster
}

/// What the controller did from `since` on: `TIME ACTION NAME [STATUS]`.
fn actions(cluster: &Cluster, since: u64) -> Vec<String> {
    let entries = cluster
        .trace()
        .entries()
        .iter()
        .filter(|entry| entry.at.0 >= since);
    let line = |entry: &crate::trace::Entry| match &entry.what {
        Happening::Action { action, error, .. } => {
            let error = error
                .as_ref()
                .map(|error| format!(" {}", error.status))
                .unwrap_or_default();
            let is_revision = action.operation.ends_with("ControllerRevision");
            let name = if is_revision { "revision" } else { &action.name };
            Some(format!("{} {} {name}{error}", entry.at.0, action.operation))
        }
        Happening::Status { error, .. } => {
            let error = error
                .as_ref()
                .map(|error| format!(" {}", error.status))
                .unwrap_or_default();
            Some(format!("{} UpdateStatus{error}", entry.at.0))
        }
        _ => None,
    };
    entries.filter_map(line).collect()
}

#[test]
fn a_claim_that_cannot_be_created_stops_its_pod_but_not_its_siblings() {
    let fault = json!({"verb": "create", "kind": "PersistentVolumeClaim", "name": "a-*", "error": "quota", "times": 1});
    let mut cluster = cluster(&set(1, &["a", "b"]), &[fault]);
    cluster.run_until(Millis(40));
    assert_eq!(
        actions(&cluster, 0),
        [
            "0 CreateControllerRevision revision",
            "5 CreatePersistentVolumeClaim a-web-0 403",
            "10 CreatePersistentVolumeClaim b-web-0",
            "15 UpdateStatus",
            // The status that was written is an event of the set: it does not wait for the backoff.
            "20 CreatePersistentVolumeClaim a-web-0",
            "25 CreatePod web-0",
            "30 UpdateStatus",
        ]
    );
}

#[test]
fn the_backoff_doubles_and_starts_again_after_a_clean_call() {
    let fault = json!({"verb": "create", "kind": "Pod", "error": "quota", "times": 4});
    let mut cluster = cluster(&set(1, &[]), &[fault]);
    cluster.run_until(Millis(200));
    let creations: Vec<String> = actions(&cluster, 0)
        .into_iter()
        .filter(|line| line.contains("CreatePod"))
        .collect();
    // The status after the first try wakes at once (15); the backoff of the first try is over at 15 + 5 + 1. Each try lasts
    // 5 ms; the third waits 20 ms (21 + 5 + 20 + 1), the fourth 40 ms.
    let tries = [5, 15, 21, 47].map(|at| format!("{at} CreatePod web-0 403"));
    assert_eq!(
        creations,
        [&tries[..], &["93 CreatePod web-0".to_owned()]].concat()
    );
    let worker = cluster.sets().next().unwrap();
    assert_eq!((worker.failures(), worker.refusal()), (0, None));
}

#[test]
fn a_write_that_times_out_after_it_was_made_is_not_made_again() {
    let fault = json!({"verb": "create", "kind": "Pod", "error": "timeoutAfterWrite", "times": 1});
    let mut cluster = cluster(&set(1, &[]), &[fault]);
    assert_eq!(cluster.run_to_rest(HOUR), Ending::Rest);
    let creations: Vec<String> = actions(&cluster, 0)
        .into_iter()
        .filter(|line| line.contains("CreatePod"))
        .collect();
    assert_eq!(creations, ["5 CreatePod web-0 504"]);
    assert!(cluster.sets().next().unwrap().stable_since().is_some());
}

#[test]
fn a_revision_name_that_is_taken_is_read_and_the_controller_looks_again_at_once() {
    let created = |cluster: &Cluster, since: u64| -> Vec<(u64, String, Option<&'static str>)> {
        let entries = cluster
            .trace()
            .entries()
            .iter()
            .filter(|entry| entry.at.0 >= since);
        let creation = |entry: &crate::trace::Entry| match &entry.what {
            Happening::Action { action, error, .. } if action.operation == "CreateControllerRevision" => {
                Some((
                    entry.at.0,
                    action.name.clone(),
                    error.as_ref().map(|error| error.reason),
                ))
            }
            _ => None,
        };
        entries.filter_map(creation).collect()
    };
    let mut settings = Settings::default();
    settings.watch = crate::settings::Span::of_seconds(1);
    let mut cluster = Cluster::new(settings, Profile::default(), EPOCH);
    cluster.apply(&set(1, &[])).unwrap();
    cluster.run_to_rest(HOUR);
    let start = cluster.now().0;
    cluster.apply(&image(set(1, &[]), "x:2")).unwrap();
    let mut usual = cluster.clone();
    usual.run_to_rest(HOUR);
    let (_, name, _) = created(&usual, start).remove(0);

    // Somebody else takes that name before the controller hears of it.
    cluster.run_until(Millis(start + 500));
    let stranger = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": name}, "data": {"other": 1}, "revision": 7});
    cluster.apply(&stranger).unwrap();
    cluster.run_until(Millis(start + 1_100));
    let tries = created(&cluster, start);
    assert_eq!((&tries[0].1, tries[0].2), (&name, Some("AlreadyExists")));
    assert_eq!((tries[1].0 - tries[0].0, tries[1].2), (5, None));
    assert_ne!(tries[1].1, name);
}

#[test]
fn a_revision_that_cannot_be_written_leaves_status_and_pods_for_later() {
    let fault = json!({"verb": "create", "kind": "ControllerRevision", "error": "internal", "times": 1});
    let mut cluster = cluster(&set(1, &[]), &[fault]);
    cluster.run_until(Millis(18));
    assert_eq!(
        actions(&cluster, 0),
        [
            "0 CreateControllerRevision revision 500",
            "11 CreateControllerRevision revision",
            "16 CreatePod web-0",
        ]
    );
}

#[test]
fn a_delete_of_the_update_that_fails_still_counts_as_current() {
    let mut cluster = cluster(&set(3, &[]), &[]);
    cluster.run_to_rest(HOUR);
    cluster.add_fault(
        serde_json::from_value(json!({"verb": "delete", "kind": "Pod", "error": "internal", "times": 1}))
            .unwrap(),
    );
    let start = cluster.now().0;
    cluster.apply(&image(set(3, &[]), "x:2")).unwrap();
    cluster.run_until(Millis(start + 30));
    let counted: Vec<i32> = cluster
        .trace()
        .entries()
        .iter()
        .filter(|entry| entry.at.0 >= start)
        .filter_map(|entry| match &entry.what {
            Happening::Status { status, .. } => Some(status.current_replicas),
            _ => None,
        })
        .collect();
    // Three at the failed try, two after the delete went through.
    assert_eq!(counted[..2], [3, 2]);
}

#[test]
fn old_revisions_go_also_after_a_pod_action_that_failed() {
    let mut cluster = cluster(&set(1, &[]), &[]);
    cluster.run_to_rest(HOUR);
    cluster.apply(&image(set(1, &[]), "x:2")).unwrap();
    cluster.add_fault(
        serde_json::from_value(json!({"verb": "create", "kind": "Pod", "error": "quota", "times": 9}))
            .unwrap(),
    );
    let is_refused = |cluster: &Cluster| {
        actions(cluster, 0)
            .iter()
            .any(|line| line.ends_with("CreatePod web-0 403"))
    };
    while !is_refused(&cluster) {
        cluster.step();
    }
    // Now the only Pod is gone: with a third template nothing lives from the second any more.
    let start = cluster.now().0 + 1;
    cluster.apply(&image(set(1, &[]), "x:3")).unwrap();
    cluster.run_until(Millis(start + 50));
    let did: Vec<String> = actions(&cluster, start)
        .into_iter()
        .filter(|line| !line.ends_with("Status"))
        .collect();
    let kinds: Vec<&str> = did
        .iter()
        .filter_map(|line| line.split_once(' '))
        .map(|(_, what)| what)
        .collect();
    assert_eq!(
        kinds[..3],
        [
            "CreateControllerRevision revision",
            "CreatePod web-0 403",
            "DeleteControllerRevision revision"
        ]
    );
}

#[test]
fn a_pod_that_is_gone_when_it_is_deleted_is_as_good_as_deleted() {
    let mut cluster = cluster(&set(2, &[]), &[]);
    cluster.run_to_rest(HOUR);
    cluster.add_fault(
        serde_json::from_value(json!({"verb": "delete", "error": "notFound", "times": 1})).unwrap(),
    );
    let start = cluster.now().0;
    cluster.apply(&set(1, &[])).unwrap();
    cluster.run_to_rest(HOUR);
    let refused = actions(&cluster, start)
        .into_iter()
        .filter(|line| line.ends_with("404"))
        .count();
    assert_eq!(refused, 0, "{:?}", actions(&cluster, start));
    assert!(cluster.sets().next().unwrap().failures() == 0);
}

/// Life 4100008369 in lockstep: the only difference to upstream in 80,000.
#[test]
fn before_1_36_a_pod_that_is_gone_when_it_is_deleted_is_a_failure() {
    let mut cluster = Cluster::new(Settings::default(), "1.35".parse().unwrap(), EPOCH);
    cluster.apply(&set(2, &[])).unwrap();
    cluster.run_to_rest(HOUR);
    cluster.add_fault(
        serde_json::from_value(json!({"verb": "delete", "error": "notFound", "times": 1})).unwrap(),
    );
    let start = cluster.now().0;
    cluster.apply(&set(1, &[])).unwrap();
    cluster.run_to_rest(HOUR);
    let did: Vec<String> = actions(&cluster, start)
        .into_iter()
        .filter_map(|line| Some(line.split_once(' ')?.1.to_owned()))
        .collect();
    let expected = ["DeletePod web-1 404", "UpdateStatus", "DeletePod web-1"];
    assert_eq!(did[..3], expected, "{did:?}");
}

#[test]
fn the_controller_never_acts_before_it_has_seen_its_own_writes() {
    let mut settings = Settings::default();
    settings.watch = crate::settings::Span::of_seconds(8);
    let mut cluster = Cluster::new(settings, Profile::default(), EPOCH);
    cluster.apply(&set(3, &["a"])).unwrap();
    cluster.run_to_rest(HOUR);
    let did = actions(&cluster, 0);
    let refused: Vec<&String> = did.iter().filter(|line| line.ends_with("409")).collect();
    assert!(refused.is_empty(), "{did:?}");
    assert_eq!(
        did.iter().filter(|line| line.contains("CreatePod")).count(),
        3,
        "{did:?}"
    );
}

#[test]
fn two_sets_do_not_wait_for_each_other() {
    let mut cluster = cluster(&set(2, &[]), &[]);
    let mut other = image(set(2, &[]), "y:1");
    other["metadata"]["name"] = json!("db");
    other["spec"]["selector"] = json!({"matchLabels": {"app": "db"}});
    other["spec"]["template"]["metadata"]["labels"] = json!({"app": "db"});
    cluster.apply(&other).unwrap();
    cluster.run_to_rest(HOUR);
    let key = |name| Key::new(Resource::StatefulSet, "default", name);
    let since = |name| cluster.set(&key(name)).unwrap().stable_since().unwrap().0;
    assert!(
        since("web").abs_diff(since("db")) < 1_000,
        "{} {}",
        since("web"),
        since("db")
    );
    let names: Vec<String> = cluster.sets().map(|set| set.key().name.to_string()).collect();
    assert_eq!(names, ["db", "web"]);
}

#[test]
fn events_of_the_controller_are_in_upstreams_words() {
    let said = |version: &str| {
        let fault = json!({"verb": "create", "kind": "Pod", "error": "internal", "times": 1});
        let mut cluster = Cluster::new(Settings::default(), version.parse().unwrap(), EPOCH);
        cluster.add_fault(serde_json::from_value(fault).unwrap());
        cluster.apply(&set(1, &["a"])).unwrap();
        cluster.run_until(Millis(50));
        let messages = cluster
            .trace()
            .entries()
            .iter()
            .filter_map(|entry| match &entry.what {
                Happening::Event {
                    component: "statefulset-controller",
                    reason,
                    message,
                    ..
                } => Some(format!("{reason}: {message}")),
                _ => None,
            });
        messages.collect::<Vec<_>>()
    };
    assert_eq!(
        said("1.37"),
        [
            "SuccessfulCreate: Create Claim a-web-0 Pod web-0 in StatefulSet web success",
            "FailedCreate: Create Pod web-0 in StatefulSet web failed error: Internal error occurred: etcdserver: leader changed",
            "SuccessfulCreate: Create Pod web-0 in StatefulSet web successful",
        ]
    );
    assert_eq!(
        said("1.34")[2],
        "SuccessfulCreate: create Pod web-0 in StatefulSet web successful"
    );
}
