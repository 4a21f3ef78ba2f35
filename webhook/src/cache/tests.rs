//! The cache holds what policies read, and a review of it is that of the whole cluster.

use serde_json::json;
use steadfast_core::Profile;
use steadfast_core::admission::{Context, Request, Settings, review};

use super::kinds::{BUDGETS, CLAIMS, PODS, SERVICES, SETS, WORKLOADS};
use super::*;

fn set(namespace: &str, name: &str, replicas: i64) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name, "namespace": namespace, "uid": "u",
            "managedFields": [{"manager": "m"}], "annotations": {"a": "b",
                "kubectl.kubernetes.io/last-applied-configuration": "long"}},
        "spec": {"replicas": replicas, "serviceName": name, "selector": {"matchLabels": {"app": name}},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Delete"},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [
                {"name": "c", "image": "i", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}]},
        "status": {"replicas": replicas}})
}

/// Names that begin alike, namespaces apart, broken Pods, claims of another size, Services that are not headless.
fn cluster(seed: usize) -> BTreeMap<&'static str, Vec<Value>> {
    let mut objects: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    let mut add = |plural: &'static str, value: Value| objects.entry(plural).or_default().push(value);
    for (at, name) in ["db", "db-db", "data-db", "d", "db-0"].iter().enumerate() {
        for namespace in ["shop", "other"] {
            let mixed = seed / (at + 1) % 7;
            let metadata =
                |name: String| json!({"name": name, "namespace": namespace, "managedFields": [{"a": 1}]});
            add("statefulsets", set(namespace, name, 3));
            for ordinal in 0..mixed % 4 {
                let reason = if seed % 3 == ordinal {
                    "CrashLoopBackOff"
                } else {
                    "ContainerCreating"
                };
                add(
                    "pods",
                    json!({"metadata": metadata(format!("{name}-{ordinal}")), "spec": {"containers": [{"name": "c"}]},
                    "status": {"phase": "Pending", "podIP": "10.0.0.1", "containerStatuses": [
                        {"name": "c", "state": {"waiting": {"reason": reason, "message": "m"}}}]}}),
                );
            }
            for ordinal in 0..mixed {
                let size = if ordinal % 2 == seed % 2 { "1Gi" } else { "2Gi" };
                add(
                    "persistentvolumeclaims",
                    json!({"metadata": metadata(format!("data-{name}-{ordinal}")),
                    "spec": {"volumeName": "pv", "resources": {"requests": {"storage": size}}}}),
                );
            }
            let cluster_ip = if mixed.is_multiple_of(2) {
                "None"
            } else {
                "10.1.2.3"
            };
            add(
                "services",
                json!({"metadata": metadata((*name).to_owned()),
                "spec": {"clusterIP": cluster_ip, "ports": [], "selector": {"app": name}}}),
            );
            // With `minAvailable` it is the change of the replicas, by `/scale` too, that leaves none to go.
            let (field, number) = match mixed {
                0..4 => ("maxUnavailable", mixed % 2),
                _ => ("minAvailable", mixed - 3),
            };
            add(
                "poddisruptionbudgets",
                json!({"metadata": metadata((*name).to_owned()),
                "spec": {field: number, "selector": {"matchLabels": {"app": name}}}}),
            );
            if mixed == 3 {
                let label = json!({"app": name});
                add(
                    "deployments",
                    json!({"metadata": metadata(format!("{name}-web")),
                    "spec": {"selector": {"matchLabels": label}, "template": {"metadata": {"labels": label}, "spec": {}}}}),
                );
            }
        }
    }
    objects
}

fn requests(seed: usize) -> Vec<Value> {
    let mut requests = Vec::new();
    for name in ["db", "db-db", "d"] {
        let ask = |operation: &str, sub: &str, object: Value, old: Value| {
            json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "r",
                "operation": operation, "subResource": sub, "namespace": "shop", "name": name,
                "resource": {"group": "apps", "version": "v1", "resource": "statefulsets"},
                "object": object, "oldObject": old}})
        };
        let (old, mut new) = (set("shop", name, 3), set("shop", name, (seed % 6) as i64));
        new["spec"]["template"]["spec"]["containers"][0]["image"] = json!(format!("i:{}", seed % 2));
        if seed.is_multiple_of(5) {
            new["spec"]["serviceName"] = json!("db-db");
        }
        let scale = |replicas: usize| json!({"kind": "Scale", "spec": {"replicas": replicas}});
        requests.push(ask("CREATE", "", new.clone(), Value::Null));
        requests.push(ask("UPDATE", "", new, old.clone()));
        requests.push(ask("UPDATE", "scale", scale(seed % 4), scale(3)));
        requests.push(ask("DELETE", "", Value::Null, old));
    }
    requests
}

#[test]
fn a_review_of_the_cache_is_the_review_of_the_whole_cluster() {
    let settings = ["{}", r#"{"fillServiceName": true}"#]
        .map(|text| Settings::parse(&serde_json::from_str(text).unwrap()).unwrap());
    let profile = Profile::default();
    let mut objected = 0;
    for (seed, settings) in (0..80).map(|at| (at / 2, &settings[at % 2])) {
        let objects = cluster(seed);
        let cache = Cache::new();
        let list = |plural: &str| objects.get(plural).cloned().unwrap_or_default();
        for kind in KINDS {
            cache.replace(kind, list(kind.plural));
        }
        for asked in requests(seed) {
            let request = Request::parse(&asked).unwrap();
            let name = asked["request"]["name"].as_str().unwrap();
            let mut whole = Context::default();
            whole.stored_set = Some(set("shop", name, 3));
            whole.pods = Some(list("pods"));
            whole.claims = Some(list("persistentvolumeclaims"));
            whole.services = Some(list("services"));
            whole.disruption_budgets = Some(list("poddisruptionbudgets"));
            let of_kind = |kind: &&Kind| {
                let mut all = list(kind.plural);
                all.iter_mut()
                    .for_each(|object| object["kind"] = json!(kind.kind));
                all
            };
            whole.workloads = Some(WORKLOADS.iter().flat_map(of_kind).collect());
            let expected = review(&request, &whole, settings, &profile);
            let found = review(
                &request,
                &surroundings(&request, settings, &cache),
                settings,
                &profile,
            );
            assert_eq!(found, expected, "{asked}");
            objected += expected.violations.len();
        }
    }
    assert!(objected > 600, "the policies had little to say: {objected}");
}

#[test]
fn what_no_policy_reads_is_not_kept() {
    let cache = Cache::new();
    for kind in KINDS {
        cache.replace(kind, cluster(5).remove(kind.plural).unwrap_or_default());
    }
    for kind in KINDS {
        let state = cache.stores[kind.plural].read();
        for entry in state
            .namespaces
            .iter()
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
        {
            let text = String::from_utf8_lossy(&entry.kept).into_owned();
            for gone in [
                "managedFields",
                "last-applied",
                "podIP",
                "volumeName",
                "ports",
                "\"message\"",
            ] {
                assert!(!text.contains(gone), "{text}");
            }
        }
    }
    let kept = cache.one(&SETS, "shop", "db").unwrap();
    assert_eq!(kept["metadata"]["annotations"], json!({"a": "b"}));
    assert_eq!(
        (kept.get("status"), &kept["spec"]),
        (None, &set("shop", "db", 3)["spec"])
    );
}

#[test]
fn changes_are_followed_and_what_a_deployment_owns_is_left_to_it() {
    let cache = Cache::new();
    let replica_sets = WORKLOADS[2];
    let pod = |name: &str| json!({"metadata": {"name": name, "namespace": "shop"}});
    cache.put(&PODS, &pod("db-0"));
    assert_eq!(
        cache.beginning(&PODS, "shop", &["db-".to_owned()]),
        None,
        "it is not listed yet"
    );
    cache.replace(&PODS, [pod("db-0"), pod("db-1"), pod("dbx-0")]);
    cache.put(&PODS, &pod("db-1"));
    cache.remove(&PODS, &pod("db-0"));
    cache.remove(&PODS, &pod("db-7"));
    let found = cache.beginning(&PODS, "shop", &["db-".to_owned()]).unwrap();
    assert_eq!((found.len(), &found[0]["metadata"]["name"]), (1, &json!("db-1")));
    let size = |plural: &str| {
        cache
            .sizes()
            .into_iter()
            .find(|(name, ..)| *name == plural)
            .unwrap()
            .1
    };
    assert_eq!(size("pods"), 2);

    cache.replace(replica_sets, []);
    let mut owned = pod("web-1");
    owned["metadata"]["ownerReferences"] = json!([{"controller": true, "kind": "Deployment"}]);
    cache.put(replica_sets, &owned);
    assert_eq!(size("replicasets"), 0);
    cache.put(replica_sets, &pod("web-1"));
    assert_eq!(size("replicasets"), 1);
    cache.put(replica_sets, &owned);
    assert_eq!(size("replicasets"), 0);
}

#[test]
fn a_list_that_is_lost_for_long_is_as_if_it_were_not_there() {
    let cache = Cache::new();
    for kind in [&SERVICES, &BUDGETS, &CLAIMS] {
        cache.replace(kind, []);
    }
    cache.lost(&CLAIMS, "the watch broke".to_owned());
    assert_eq!(
        cache.within(&CLAIMS, "shop"),
        Some(vec![]),
        "a break of a moment is none"
    );
    cache.stores["persistentvolumeclaims"].write().lost = Instant::now().checked_sub(STALE);
    assert_eq!(cache.within(&CLAIMS, "shop"), None);
    cache.found(&CLAIMS);
    assert_eq!(cache.within(&CLAIMS, "shop"), Some(vec![]));
    let unlisted: Vec<&str> = cache.unlisted().into_iter().map(|(plural, _)| plural).collect();
    assert_eq!(
        unlisted,
        [
            "daemonsets",
            "deployments",
            "jobs",
            "pods",
            "replicasets",
            "statefulsets"
        ]
    );
}
