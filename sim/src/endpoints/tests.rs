use serde_json::{Value, json};

use crate::settings::{NodeSetting, NodesSetting, Settings};
use crate::store::{Key, Resource, Write};
use crate::testing::{Small, pod, pod_key};
use crate::volumes::drop_version;

fn service(spec: Value) -> Value {
    let mut service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]}});
    service["spec"]
        .as_object_mut()
        .unwrap()
        .extend(spec.as_object().unwrap().clone());
    service
}

fn slices(small: &Small) -> Vec<Value> {
    small
        .store
        .list(Resource::EndpointSlice, None)
        .map(|(_, slice)| slice.whole().clone())
        .collect()
}

fn endpoints(small: &Small) -> Vec<Value> {
    slices(small)
        .iter()
        .flat_map(|slice| slice["endpoints"].as_array().unwrap().clone())
        .collect()
}

fn named(name: &str) -> Value {
    pod(name, json!({"hostname": name, "subdomain": "web"}))
}

#[test]
fn a_ready_pod_has_an_endpoint_with_its_hostname_node_and_zone() {
    let node = NodeSetting {
        name: "n".to_owned(),
        zone: Some("z".to_owned()),
        pods: 110,
    };
    let mut small = Small::new(Settings {
        nodes: NodesSetting::List(vec![node]),
        ..Settings::default()
    });
    small.create(service(json!({})));
    small.create(named("web-0"));
    small.run_until(10_000);
    let uid = small.pod("web-0")["metadata"]["uid"].clone();
    assert_eq!(
        endpoints(&small),
        [json!({
            "addresses": ["10.64.0.1"],
            "conditions": {"ready": true, "serving": true, "terminating": false},
            "hostname": "web-0", "nodeName": "n", "zone": "z",
            "targetRef": {"kind": "Pod", "namespace": "default", "name": "web-0", "uid": uid},
        })]
    );
    let slice = &slices(&small)[0];
    assert_eq!(slice["metadata"]["labels"]["kubernetes.io/service-name"], "web");
    assert_eq!(
        slice["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"],
        "endpointslice-controller.k8s.io"
    );
    assert_eq!(
        slice["ports"],
        json!([{"name": "http", "port": 80, "protocol": "TCP"}])
    );
    assert_eq!(slice["metadata"]["ownerReferences"][0]["name"], "web");
}

#[test]
fn a_pod_that_is_not_ready_is_listed_as_not_ready_unless_the_service_publishes_it() {
    for (publishes, ready) in [(false, false), (true, true)] {
        let mut small = Small::new(Settings::default());
        small.create(service(json!({"publishNotReadyAddresses": publishes})));
        let probe = json!({"initialDelaySeconds": 60});
        small.create(pod(
            "web-0",
            json!({"containers": [{"name": "c", "image": "i", "readinessProbe": probe}]}),
        ));
        small.run_until(10_000);
        let conditions = json!({"ready": ready, "serving": false, "terminating": false});
        assert_eq!(endpoints(&small)[0]["conditions"], conditions);
    }
}

#[test]
fn a_terminating_pod_is_not_ready_any_more_and_then_gone() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({})));
    small.create(named("web-0"));
    small.run_until(10_000);
    small.delete(&pod_key("web-0"), None);
    small.run_until(10_500);
    let conditions = json!({"ready": false, "serving": false, "terminating": true});
    assert_eq!(endpoints(&small)[0]["conditions"], conditions);
    small.run_until(20_000);
    assert!(slices(&small).is_empty());
}

#[test]
fn a_pod_that_terminates_on_a_silent_node_is_still_serving_and_not_ready() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({})));
    small.create(named("web-0"));
    small.run_until(10_000);
    small.switch("node-1", false);
    small.delete(&pod_key("web-0"), None);
    small.run_until(20_000);
    let conditions = json!({"ready": false, "serving": true, "terminating": true});
    assert_eq!(endpoints(&small)[0]["conditions"], conditions);
}

#[test]
fn the_hostname_is_given_only_where_the_subdomain_is_the_service() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({})));
    small.create(pod("web-0", json!({"hostname": "web-0", "subdomain": "other"})));
    small.run_until(10_000);
    assert_eq!(endpoints(&small)[0]["hostname"], json!(null));
}

#[test]
fn pods_of_other_labels_or_namespaces_have_no_endpoint() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({})));
    let mut other = pod("other", json!({}));
    other["metadata"]["labels"] = json!({"app": "other"});
    small.create(other);
    let mut far = pod("far", json!({}));
    far["metadata"]["namespace"] = json!("far");
    small.create(far);
    small.run_until(10_000);
    assert!(slices(&small).is_empty());
}

#[test]
fn a_slice_holds_a_hundred_and_changes_of_a_tenth_of_a_second_are_written_together() {
    let mut small = Small::new(Settings {
        nodes: NodesSetting::Count(9),
        ..Settings::default()
    });
    small.create(service(json!({})));
    for n in 0..250 {
        small.create(named(&format!("web-{n}")));
    }
    small.run_until(10_000);
    let mut sizes: Vec<usize> = slices(&small)
        .iter()
        .map(|slice| slice["endpoints"].as_array().unwrap().len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [50, 100, 100]);
    let names: std::collections::BTreeSet<String> = endpoints(&small)
        .iter()
        .map(|endpoint| endpoint["hostname"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 250);
    // Written when the addresses came, and when they were ready.
    let versions: Vec<u64> = slices(&small)
        .iter()
        .map(|s| s["metadata"]["generation"].as_u64().unwrap_or(1))
        .collect();
    assert!(versions.iter().all(|version| *version <= 2), "{versions:?}");
    // Room that is left by one Pod is used by the next.
    small.delete(&pod_key("web-7"), None);
    small.run_until(20_000);
    small.create(named("web-300"));
    small.run_until(30_000);
    assert_eq!(slices(&small).len(), 3);
}

#[test]
fn a_change_of_one_pod_rewrites_one_slice() {
    let mut small = Small::new(Settings {
        nodes: NodesSetting::Count(9),
        ..Settings::default()
    });
    small.create(service(json!({})));
    for n in 0..250 {
        small.create(named(&format!("web-{n}")));
    }
    small.run_until(10_000);
    let before = slices(&small);
    small.delete(&pod_key("web-7"), Some(0));
    small.run_until(10_100);
    let changed = slices(&small)
        .iter()
        .zip(&before)
        .filter(|(after, before)| after != before)
        .count();
    assert_eq!(changed, 1);
}

#[test]
fn a_named_target_port_is_looked_up_in_the_pod() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({"ports": [{"name": "http", "port": 80, "targetPort": "web"}, {"port": 81, "targetPort": 8081}]})));
    small.create(pod("web-0", json!({"containers": [{"name": "c", "image": "i", "ports": [{"name": "web", "containerPort": 8080}]}]})));
    small.create(pod("web-1", json!({})));
    small.run_until(10_000);
    let mut ports: Vec<Value> = slices(&small)
        .iter()
        .map(|slice| slice["ports"].clone())
        .collect();
    ports.sort_by_key(ToString::to_string);
    let second = json!({"name": "", "port": 8081, "protocol": "TCP"});
    assert_eq!(
        ports,
        [
            json!([second]),
            json!([{"name": "http", "port": 8080, "protocol": "TCP"}, second])
        ]
    );
}

#[test]
fn the_slices_follow_the_service() {
    let mut small = Small::new(Settings::default());
    small.create(named("web-0"));
    small.run_until(10_000);
    small.create(service(json!({})));
    small.run_until(20_000);
    assert_eq!(endpoints(&small).len(), 1, "the Pod was there first");
    let key = Key::new(Resource::Service, "default", "web");
    let mut changed = small.get(&key).unwrap().clone();
    changed["spec"]["selector"] = json!({"app": "other"});
    drop_version(&mut changed);
    small.write(Write::Update(changed.clone()));
    small.run_until(30_000);
    assert!(slices(&small).is_empty());
    changed["spec"]["selector"] = json!({"app": "web"});
    small.write(Write::Update(changed));
    small.run_until(40_000);
    assert_eq!(endpoints(&small).len(), 1);
    small.delete(&key, None);
    small.run_until(50_000);
    assert!(slices(&small).is_empty());
}

#[test]
fn a_service_without_a_selector_gets_no_slices() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({"selector": {}})));
    small.create(named("web-0"));
    small.run_until(10_000);
    assert!(slices(&small).is_empty());
}

#[test]
fn observed_slices_give_way_to_our_own() {
    let mut small = Small::new(Settings::default());
    small.create(service(json!({})));
    small.put(json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": [],
        "metadata": {"name": "web-abcde", "namespace": "default", "uid": "e", "labels": {"kubernetes.io/service-name": "web",
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}}}));
    assert!(slices(&small).is_empty());
}
