use serde_json::{Value, json};

use crate::settings::{BindingMode, NodeSetting, NodesSetting, Settings, Span, StorageClassSetting};
use crate::store::{Key, Resource, Write};
use crate::testing::{Small, claim, claim_key, pod, pod_key, volumes};
use crate::view;
use crate::volumes::drop_version;

fn nodes(count: u32) -> Settings {
    Settings {
        nodes: NodesSetting::Count(count),
        ..Settings::default()
    }
}

fn zones(zones: &[&str]) -> Settings {
    let node = |(at, zone): (usize, &&str)| NodeSetting {
        name: format!("n{at}"),
        zone: Some((*zone).to_owned()),
        pods: 110,
    };
    Settings {
        nodes: NodesSetting::List(zones.iter().enumerate().map(node).collect()),
        ..Settings::default()
    }
}

fn waits_for_consumer() -> Settings {
    let class = StorageClassSetting::new("late");
    Settings {
        storage_classes: vec![StorageClassSetting {
            mode: BindingMode::WaitForFirstConsumer,
            ..class
        }],
        ..Settings::default()
    }
}

fn apart(topology: &str) -> Value {
    let term = json!({"topologyKey": topology, "labelSelector": {"matchLabels": {"app": "web"}}});
    json!({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}})
}

fn message(small: &Small, name: &str) -> String {
    let conditions = view::items(small.pod(name), &["status", "conditions"]);
    let condition = conditions
        .iter()
        .find(|condition| condition["type"] == "PodScheduled")
        .unwrap();
    assert_eq!(
        (&condition["status"], &condition["reason"]),
        (&json!("False"), &json!("Unschedulable"))
    );
    condition["message"].as_str().unwrap().to_owned()
}

fn change_node(small: &mut Small, name: &str, change: impl FnOnce(&mut Value)) {
    let mut node = small.get(&Key::new(Resource::Node, "", name)).unwrap().clone();
    change(&mut node);
    drop_version(&mut node);
    small.write(Write::Update(node));
}

#[test]
fn pods_go_to_the_emptiest_node_then_to_the_first_by_name() {
    let mut small = Small::new(nodes(3));
    for n in 0..4 {
        small.create(pod(&format!("web-{n}"), json!({})));
    }
    small.run_until(1_000);
    let placed: Vec<&str> = (0..4)
        .map(|n| small.node_of(["web-0", "web-1", "web-2", "web-3"][n]))
        .collect();
    assert_eq!(placed, ["node-1", "node-2", "node-3", "node-1"]);
    assert_eq!(
        small.messages("web-0", "Scheduled"),
        ["Successfully assigned default/web-0 to node-1"]
    );
}

#[test]
fn pods_that_keep_apart_wait_for_a_node_and_get_the_one_that_is_left() {
    let mut small = Small::new(nodes(2));
    for name in ["web-0", "web-1", "web-2"] {
        small.create(pod(name, apart("kubernetes.io/hostname")));
    }
    small.run_until(10_000);
    assert_eq!(
        message(&small, "web-2"),
        "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: 0/2 nodes are available: \
         2 No preemption victims found for incoming pod."
    );
    small.delete(&pod_key("web-0"), None);
    small.run_until(11_050);
    assert_eq!(small.node_of("web-2"), "", "web-0 has only just gone");
    small.run_until(20_000);
    assert_eq!(small.node_of("web-2"), "node-1");
    assert_eq!(
        small.messages("web-2", "FailedScheduling").len(),
        1,
        "the same message is said once"
    );
}

#[test]
fn a_new_node_lets_a_waiting_pod_in() {
    let mut small = Small::new(nodes(1));
    small.create(pod("web-0", apart("kubernetes.io/hostname")));
    small.create(pod("web-1", apart("kubernetes.io/hostname")));
    small.run_until(10_000);
    small.put(NodesSetting::Count(2).objects()[1].clone());
    small.run_until(20_000);
    assert_eq!(small.node_of("web-1"), "node-2");
}

#[test]
fn pods_keep_out_of_the_way_of_one_that_holds_the_rule_alone() {
    let mut small = Small::new(nodes(1));
    small.create(pod("web-0", apart("kubernetes.io/hostname")));
    small.run_until(1_000);
    small.create(pod("web-1", json!({})));
    small.run_until(2_000);
    assert!(message(&small, "web-1").contains("1 node(s) didn't satisfy existing pods anti-affinity rules."));
}

#[test]
fn affinity_keeps_pods_in_one_zone_and_the_first_may_go_anywhere() {
    let term = json!({"topologyKey": "topology.kubernetes.io/zone", "labelSelector": {"matchLabels": {"app": "web"}}});
    let together =
        json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}});
    let mut small = Small::new(zones(&["a", "b", "a"]));
    for name in ["web-0", "web-1", "web-2"] {
        small.create(pod(name, together.clone()));
    }
    small.run_until(1_000);
    assert_eq!(
        ["web-0", "web-1", "web-2"].map(|name| small.node_of(name).to_owned()),
        ["n0", "n2", "n0"]
    );
    let mut stranger = pod("x", together);
    stranger["metadata"]["labels"] = json!({"app": "other"});
    stranger["spec"]["nodeSelector"] = json!({"topology.kubernetes.io/zone": "b"});
    small.create(stranger);
    small.run_until(2_000);
    assert_eq!(
        message(&small, "x"),
        "0/3 nodes are available: 1 node(s) didn't match pod affinity rules, 2 node(s) didn't match Pod's node \
         affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    );
}

#[test]
fn a_pod_that_wants_company_is_scheduled_once_the_company_is_there() {
    let term =
        json!({"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "db"}}});
    let mut small = Small::new(nodes(3));
    small.create(pod(
        "web-0",
        json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}),
    ));
    small.run_until(1_000);
    assert!(message(&small, "web-0").contains("3 node(s) didn't match pod affinity rules"));
    let mut db = pod(
        "db-0",
        json!({"nodeSelector": {"kubernetes.io/hostname": "node-3"}}),
    );
    db["metadata"]["labels"] = json!({"app": "db"});
    small.create(db);
    small.run_until(2_000);
    assert_eq!(small.node_of("web-0"), "node-3");
}

#[test]
fn node_selector_and_node_affinity_choose_the_node() {
    let mut small = Small::new(zones(&["a", "b", "c"]));
    let terms = json!([{"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["a", "b"]}]}]);
    let required = json!({"nodeSelectorTerms": terms});
    small.create(pod(
        "web-0",
        json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}),
    ));
    small.create(pod(
        "web-1",
        json!({"nodeSelector": {"kubernetes.io/hostname": "n1"}}),
    ));
    small.run_until(1_000);
    assert_eq!((small.node_of("web-0"), small.node_of("web-1")), ("n2", "n1"));
}

#[test]
fn spread_constraints_keep_zones_even() {
    let constraint = json!({"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}}});
    let mut small = Small::new(zones(&["a", "a", "a", "b"]));
    for n in 0..4 {
        small.create(pod(
            &format!("web-{n}"),
            json!({"topologySpreadConstraints": [constraint]}),
        ));
    }
    small.run_until(1_000);
    let placed = ["web-0", "web-1", "web-2", "web-3"].map(|name| small.node_of(name).to_owned());
    assert_eq!(placed, ["n0", "n3", "n1", "n3"]);
    change_node(&mut small, "n3", |node| {
        node["spec"]["unschedulable"] = json!(true)
    });
    small.create(pod("web-4", json!({"topologySpreadConstraints": [constraint]})));
    small.create(pod("web-5", json!({"topologySpreadConstraints": [constraint]})));
    small.run_until(2_000);
    assert_eq!(small.node_of("web-4"), "n2");
    assert!(message(&small, "web-5").contains("3 node(s) didn't match pod topology spread constraints"));
}

#[test]
fn a_full_node_takes_no_more_pods() {
    let node = NodeSetting {
        name: "n".to_owned(),
        zone: None,
        pods: 1,
    };
    let mut small = Small::new(Settings {
        nodes: NodesSetting::List(vec![node]),
        ..Settings::default()
    });
    small.create(pod("web-0", json!({})));
    small.create(pod("web-1", json!({})));
    small.run_until(1_000);
    assert_eq!(
        message(&small, "web-1"),
        "0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption victims found \
         for incoming pod."
    );
}

#[test]
fn taints_cordons_and_lost_nodes_keep_pods_off_unless_tolerated() {
    let mut small = Small::new(nodes(3));
    change_node(&mut small, "node-1", |n| {
        n["spec"]["taints"] = json!([{"key": "gpu", "value": "x", "effect": "NoSchedule"}])
    });
    change_node(&mut small, "node-2", |n| n["spec"]["unschedulable"] = json!(true));
    small.switch("node-3", false);
    small.create(pod("web-0", json!({})));
    small.create(pod(
        "web-1",
        json!({"tolerations": [{"key": "gpu", "operator": "Exists"}]}),
    ));
    small.run_until(1_000);
    assert_eq!(
        message(&small, "web-0"),
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s). preemption: 0/3 \
         nodes are available: 3 Preemption is not helpful for scheduling."
    );
    assert_eq!(small.node_of("web-1"), "node-1");
    change_node(&mut small, "node-2", |node| node["spec"] = json!({}));
    small.run_until(2_000);
    assert_eq!(small.node_of("web-0"), "node-2");
}

#[test]
fn without_nodes_nothing_is_scheduled() {
    let mut small = Small::new(nodes(0));
    small.create(pod("web-0", json!({})));
    small.run_until(1_000);
    assert_eq!(message(&small, "web-0"), "no nodes available to schedule pods");
}

#[test]
fn what_is_wrong_with_a_claim_is_said_and_looked_at_again_when_the_claim_changes() {
    let class = StorageClassSetting {
        delay: Span::of_seconds(5),
        ..StorageClassSetting::new("slow")
    };
    let mut small = Small::new(Settings {
        storage_classes: vec![class],
        ..Settings::default()
    });
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(1_000);
    let tail = "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    let expected = format!("0/3 nodes are available: persistentvolumeclaim \"data-web-0\" not found. {tail}");
    assert_eq!(message(&small, "web-0"), expected);
    small.create(claim("data-web-0", Some("slow")));
    small.run_until(2_000);
    let expected =
        format!("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. {tail}");
    assert_eq!(message(&small, "web-0"), expected);
    small.run_until(6_050);
    assert_eq!(small.node_of("web-0"), "");
    small.run_until(6_100);
    assert_eq!(small.node_of("web-0"), "node-1");
}

#[test]
fn a_claim_that_is_being_deleted_keeps_its_pod_waiting() {
    let mut small = Small::new(nodes(1));
    let mut leaving = claim("data-web-0", None);
    leaving["metadata"]["finalizers"] = json!(["example.com/backup"]);
    small.create(leaving);
    small.delete(&claim_key("data-web-0"), None);
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(1_000);
    assert!(message(&small, "web-0").contains("persistentvolumeclaim \"data-web-0\" is being deleted."));
}

#[test]
fn a_claim_that_waits_for_its_first_consumer_is_bound_after_the_node_is_chosen() {
    let mut small = Small::new(waits_for_consumer());
    small.create(claim("data-web-0", Some("late")));
    small.run_until(1_000);
    let said = small.messages("data-web-0", "WaitForFirstConsumer");
    assert_eq!(said, ["waiting for first consumer to be created before binding"]);
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(2_000);
    let claim = small.claim("data-web-0");
    assert_eq!(
        claim["metadata"]["annotations"]["volume.kubernetes.io/selected-node"],
        "node-1"
    );
    assert_eq!(claim["status"]["phase"], "Bound");
    assert_eq!(small.node_of("web-0"), "node-1");
    assert_eq!(
        small.messages("data-web-0", "WaitForPodScheduled"),
        ["waiting for pod web-0 to be scheduled"]
    );
}

#[test]
fn a_zonal_volume_brings_its_pod_back_to_its_zone() {
    let mut settings = zones(&["a", "b"]);
    settings.storage_classes = waits_for_consumer().storage_classes;
    let mut small = Small::new(settings);
    small.create(claim("data-web-0", Some("late")));
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(10_000);
    assert_eq!(small.node_of("web-0"), "n0");
    small.delete(&pod_key("web-0"), Some(0));
    change_node(&mut small, "n0", |node| {
        node["spec"]["unschedulable"] = json!(true)
    });
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(20_000);
    assert_eq!(
        message(&small, "web-0"),
        "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) were unschedulable. \
         preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    );
}

#[test]
fn volumes_of_a_class_without_provisioner_decide_where_their_pods_go() {
    let mut settings = nodes(2);
    settings.storage_classes.clear();
    let mut small = Small::new(settings);
    small.put(json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "local", "uid": "c"},
        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}));
    let volume = |name: &str, node: &str| {
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
        "spec": {"capacity": {"storage": "2Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "local",
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}]}}}})
    };
    small.create(volume("pv-b", "node-2"));
    for name in ["web-0", "web-1"] {
        small.create(claim(&format!("data-{name}"), Some("local")));
        small.create(pod(name, json!({"volumes": volumes(&[&format!("data-{name}")])})));
    }
    small.run_until(10_000);
    assert_eq!(small.node_of("web-0"), "node-2");
    assert_eq!(small.claim("data-web-0")["spec"]["volumeName"], "pv-b");
    assert!(message(&small, "web-1").contains("2 node(s) didn't find available persistent volumes to bind."));
    small.create(volume("pv-a", "node-1"));
    small.run_until(20_000);
    assert_eq!(small.node_of("web-1"), "node-1");
    assert_eq!(small.claim("data-web-1")["spec"]["volumeName"], "pv-a");
}

#[test]
fn a_volume_that_never_comes_is_given_up_after_ten_minutes_and_tried_again() {
    let mut settings = waits_for_consumer();
    settings.storage_classes[0].provisions = false;
    let mut small = Small::new(settings);
    small.create(claim("data-web-0", Some("late")));
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(700_000);
    let expected = ["running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded"];
    assert_eq!(small.messages("web-0", "FailedScheduling"), expected);
    small.set_up(|settings| settings.storage_classes[0].provisions = true);
    small.run_until(701_000);
    assert_eq!(small.node_of("web-0"), "node-1");
}

#[test]
fn a_claim_for_one_pod_only_is_not_shared() {
    let mut small = Small::new(nodes(2));
    let mut exclusive = claim("data", None);
    exclusive["spec"]["accessModes"] = json!(["ReadWriteOncePod"]);
    small.create(exclusive);
    small.create(pod("web-0", json!({"volumes": volumes(&["data"])})));
    small.create(pod("web-1", json!({"volumes": volumes(&["data"])})));
    small.run_until(10_000);
    assert_eq!(small.node_of("web-0"), "node-1");
    assert!(message(&small, "web-1").contains("ReadWriteOncePod access mode already in-use by another pod"));
    small.delete(&pod_key("web-0"), None);
    small.run_until(20_000);
    assert_eq!(small.node_of("web-1"), "node-1");
}

#[test]
fn finished_and_foreign_pods_need_no_node() {
    let mut small = Small::new(nodes(1));
    small.create(pod("web-0", json!({"schedulerName": "other"})));
    small.create(pod("web-1", json!({"schedulingGates": [{"name": "wait"}]})));
    small.create(pod("web-2", json!({"nodeName": "node-1"})));
    small.run_until(10_000);
    assert_eq!(
        ["web-0", "web-1", "web-2"].map(|name| small.node_of(name).to_owned()),
        ["", "", "node-1"]
    );
}

#[test]
fn labels_that_change_count_from_then_on() {
    let mut small = Small::new(nodes(1));
    small.create(pod("web-0", json!({})));
    small.run_until(1_000);
    small.create(pod("web-1", apart("kubernetes.io/hostname")));
    small.run_until(2_000);
    assert_eq!(small.node_of("web-1"), "");
    let mut other = small.pod("web-0").clone();
    other["metadata"]["labels"] = json!({"app": "other"});
    small.write(Write::Update(other));
    small.run_until(3_000);
    assert_eq!(small.node_of("web-1"), "node-1");
}
