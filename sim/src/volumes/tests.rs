use serde_json::{Value, json};

use crate::settings::{BindingMode, Settings, Span, StorageClassSetting};
use crate::store::{Key, Resource};
use crate::testing::{Small, claim, claim_key, pod, pod_key, volumes};
use crate::view;

fn with_class(class: StorageClassSetting) -> Settings {
    Settings {
        storage_classes: vec![class],
        ..Settings::default()
    }
}

fn volume_key(name: &str) -> Key {
    Key::new(Resource::PersistentVolume, "", name)
}

fn volume(name: &str, size: &str, class: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
        "spec": {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "storageClassName": class,
            "persistentVolumeReclaimPolicy": "Retain"}})
}

fn phase<'a>(small: &'a Small, claim: &str) -> &'a str {
    view::text_or_empty(small.claim(claim), &["status", "phase"])
}

fn event<'a>(small: &'a Small, claim: &str) -> (&'a str, &'a str, &'a str) {
    let mut events = small.events.iter().rev().map(|(_, event)| event);
    let event = events.find(|event| *event.object.name == *claim).unwrap();
    (event.kind, &event.reason, &event.message)
}

#[test]
fn a_claim_is_bound_at_once_to_a_volume_made_for_it() {
    let mut small = Small::new(Settings::default());
    small.create(claim("data-web-0", None));
    let claim = small.claim("data-web-0").clone();
    let name = format!("pvc-{}", view::uid(&claim));
    assert_eq!(claim["spec"]["volumeName"], name);
    assert_eq!(claim["spec"]["storageClassName"], "standard", "the default class");
    assert_eq!(
        claim["status"],
        json!({"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}})
    );
    assert_eq!(
        claim["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"],
        "yes"
    );
    let volume = small.get(&volume_key(&name)).unwrap();
    assert_eq!(volume["status"]["phase"], "Bound");
    assert_eq!(volume["spec"]["claimRef"]["uid"], claim["metadata"]["uid"]);
    assert_eq!(volume["spec"]["persistentVolumeReclaimPolicy"], "Delete");
    assert!(small.is_at_rest());
}

#[test]
fn making_a_volume_takes_the_delay_of_its_class() {
    let mut small = Small::new(with_class(StorageClassSetting {
        delay: Span::of_seconds(7),
        ..StorageClassSetting::new("slow")
    }));
    small.create(claim("data", Some("slow")));
    small.run_until(6_999);
    assert_eq!(phase(&small, "data"), "Pending");
    assert_eq!(event(&small, "data").1, "ExternalProvisioning");
    small.run_until(7_000);
    assert_eq!(phase(&small, "data"), "Bound");
    assert!(
        event(&small, "data")
            .2
            .starts_with("Successfully provisioned volume pvc-")
    );
}

#[test]
fn a_claim_of_a_class_that_does_not_exist_says_so_and_stays_pending() {
    let mut small = Small::new(with_class(StorageClassSetting {
        exists: false,
        ..StorageClassSetting::new("fast")
    }));
    small.create(claim("data", Some("fast")));
    small.run_until(60_000);
    assert_eq!(phase(&small, "data"), "Pending");
    let expected = (
        "Warning",
        "ProvisioningFailed",
        "storageclass.storage.k8s.io \"fast\" not found",
    );
    assert_eq!(event(&small, "data"), expected);
}

#[test]
fn a_claim_whose_class_makes_nothing_waits_until_the_settings_change() {
    let mut small = Small::new(with_class(StorageClassSetting {
        provisions: false,
        ..StorageClassSetting::new("slow")
    }));
    small.create(claim("data", Some("slow")));
    small.run_until(60_000);
    assert_eq!(phase(&small, "data"), "Pending");
    assert_eq!(event(&small, "data").1, "ExternalProvisioning");
    small.set_up(|settings| settings.storage_classes[0].provisions = true);
    assert_eq!(phase(&small, "data"), "Bound");
}

#[test]
fn a_claim_without_a_class_waits_for_a_volume_that_fits() {
    let mut small = Small::new(Settings::default());
    small.create(claim("data", Some("")));
    let message = "no persistent volumes available for this claim and no storage class is set";
    assert_eq!(event(&small, "data"), ("Normal", "FailedBinding", message));
    small.create(volume("too-small", "500Mi", ""));
    small.create(volume("other-class", "5Gi", "standard"));
    assert_eq!(phase(&small, "data"), "Pending");
    small.create(volume("right", "5Gi", ""));
    assert_eq!(small.claim("data")["spec"]["volumeName"], "right");
    assert_eq!(small.claim("data")["status"]["capacity"]["storage"], "5Gi");
    assert_eq!(
        small.get(&volume_key("right")).unwrap()["status"]["phase"],
        "Bound"
    );
}

#[test]
fn the_smallest_volume_that_will_do_is_taken_before_one_is_made() {
    let mut small = Small::new(Settings::default());
    small.create(volume("large", "9Gi", "standard"));
    small.create(volume("medium", "2Gi", "standard"));
    small.create(claim("a", Some("standard")));
    small.create(claim("b", Some("standard")));
    small.create(claim("c", Some("standard")));
    assert_eq!(small.claim("a")["spec"]["volumeName"], "medium");
    assert_eq!(small.claim("b")["spec"]["volumeName"], "large");
    assert!(
        small.claim("c")["spec"]["volumeName"]
            .as_str()
            .unwrap()
            .starts_with("pvc-")
    );
}

#[test]
fn a_volume_kept_for_a_claim_goes_to_that_claim_only() {
    let mut small = Small::new(Settings::default());
    let mut kept = volume("kept", "9Gi", "");
    kept["spec"]["claimRef"] = json!({"namespace": "default", "name": "b"});
    small.create(kept);
    small.create(claim("a", Some("")));
    assert_eq!(phase(&small, "a"), "Pending");
    small.create(claim("b", Some("")));
    assert_eq!(small.claim("b")["spec"]["volumeName"], "kept");
}

#[test]
fn a_claim_that_names_its_volume_gets_it_unless_another_has_it() {
    let mut small = Small::new(Settings::default());
    small.create(volume("mine", "9Gi", ""));
    let named = |name: &str| {
        let mut claim = claim(name, Some(""));
        claim["spec"]["volumeName"] = json!("mine");
        claim
    };
    small.create(named("a"));
    assert_eq!(phase(&small, "a"), "Bound");
    small.create(named("b"));
    assert_eq!(phase(&small, "b"), "Pending");
    assert_eq!(
        event(&small, "b").2,
        "volume \"mine\" already bound to a different claim."
    );
}

#[test]
fn access_mode_volume_mode_and_selector_have_to_fit() {
    let mut small = Small::new(Settings::default());
    let mut block = volume("block", "9Gi", "");
    block["spec"]["volumeMode"] = json!("Block");
    small.create(block);
    let mut gold = volume("gold", "9Gi", "");
    gold["metadata"]["labels"] = json!({"tier": "gold"});
    gold["spec"]["accessModes"] = json!(["ReadWriteOnce", "ReadWriteMany"]);
    small.create(gold);
    let mut many = claim("many", Some(""));
    many["spec"]["accessModes"] = json!(["ReadWriteMany"]);
    many["spec"]["selector"] = json!({"matchLabels": {"tier": "silver"}});
    small.create(many.clone());
    assert_eq!(phase(&small, "many"), "Pending");
    many["metadata"]["name"] = json!("gold-claim");
    many["spec"]["selector"] = json!({"matchLabels": {"tier": "gold"}});
    small.create(many);
    assert_eq!(small.claim("gold-claim")["spec"]["volumeName"], "gold");
}

#[test]
fn a_claim_in_use_stays_until_the_pod_is_gone_even_when_the_pod_has_finished() {
    let mut small = Small::new(Settings::default());
    small.create(claim("data-web-0", None));
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(10_000);
    small.delete(&claim_key("data-web-0"), None);
    assert!(view::is_terminating(small.claim("data-web-0")));
    small.set_up(|settings| {
        let exits = crate::settings::What::Exits {
            phase: crate::settings::Phase::Succeeded,
        };
        settings
            .behaviours
            .push(crate::settings::Behaviour::new("web-0", exits));
    });
    assert!(view::is_finished(small.pod("web-0")));
    assert!(small.get(&claim_key("data-web-0")).is_some());
    small.delete(&pod_key("web-0"), None);
    small.run_until(20_000);
    assert_eq!(small.get(&claim_key("data-web-0")), None);
    assert_eq!(
        small.store.list(Resource::PersistentVolume, None).count(),
        0,
        "its volume is deleted with it"
    );
}

#[test]
fn a_pod_without_a_node_does_not_protect_its_claim() {
    let mut small = Small::new(Settings {
        nodes: crate::settings::NodesSetting::Count(0),
        ..Settings::default()
    });
    small.create(claim("data-web-0", None));
    small.create(pod("web-0", json!({"volumes": volumes(&["data-web-0"])})));
    small.run_until(1_000);
    small.delete(&claim_key("data-web-0"), None);
    assert_eq!(small.get(&claim_key("data-web-0")), None);
}

#[test]
fn a_volume_that_is_to_be_retained_is_released_and_not_used_again() {
    let mut small = Small::new(Settings::default());
    small.create(volume("kept", "1Gi", ""));
    small.create(claim("a", Some("")));
    small.delete(&claim_key("a"), None);
    assert_eq!(
        small.get(&volume_key("kept")).unwrap()["status"]["phase"],
        "Released"
    );
    small.create(claim("a", Some("")));
    assert_eq!(phase(&small, "a"), "Pending");
}

#[test]
fn a_claim_whose_volume_is_deleted_is_lost() {
    let mut small = Small::new(Settings::default());
    small.create(claim("data", None));
    let name = small.claim("data")["spec"]["volumeName"]
        .as_str()
        .unwrap()
        .to_owned();
    small.delete(&volume_key(&name), None);
    assert_eq!(phase(&small, "data"), "Lost");
    assert_eq!(event(&small, "data").1, "ClaimLost");
}

#[test]
fn the_default_class_may_be_an_object() {
    let mut small = Small::new(Settings::default());
    small.put(json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "disk.example.com",
        "metadata": {"name": "disks", "uid": "c", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "reclaimPolicy": "Retain", "volumeBindingMode": "WaitForFirstConsumer"}));
    small.create(claim("data", None));
    assert_eq!(event(&small, "data").1, "WaitForFirstConsumer");
    small.create(pod("web-0", json!({"volumes": volumes(&["data"])})));
    small.run_until(10_000);
    let claim = small.claim("data");
    assert_eq!(claim["spec"]["storageClassName"], "disks");
    let volume = small
        .get(&volume_key(claim["spec"]["volumeName"].as_str().unwrap()))
        .unwrap();
    assert_eq!(volume["spec"]["persistentVolumeReclaimPolicy"], "Retain");
    assert_eq!(volume["spec"]["csi"]["driver"], "disk.example.com");
}

#[test]
fn two_claims_that_wait_for_a_volume_do_not_both_get_it() {
    let mut small = Small::new(Settings::default());
    small.create(claim("a", Some("")));
    small.create(claim("b", Some("")));
    small.create(volume("only", "1Gi", ""));
    assert_eq!((phase(&small, "a"), phase(&small, "b")), ("Bound", "Pending"));
    assert_eq!(
        small.get(&volume_key("only")).unwrap()["spec"]["claimRef"]["name"],
        "a"
    );
}

#[test]
fn a_pod_whose_two_claims_counted_on_the_same_volume_waits_for_another() {
    let mut small = Small::new(Settings {
        storage_classes: Vec::new(),
        ..Settings::default()
    });
    small.put(json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "local", "uid": "c"},
        "provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}));
    small.create(volume("one", "1Gi", "local"));
    small.create(claim("a", Some("local")));
    small.create(claim("b", Some("local")));
    small.create(pod("web-0", json!({"volumes": volumes(&["a", "b"])})));
    small.run_until(60_000);
    assert_eq!((phase(&small, "a"), phase(&small, "b")), ("Bound", "Pending"));
    assert_eq!(small.node_of("web-0"), "");
    let said = small.messages("web-0", "FailedScheduling");
    assert!(
        said[0].contains("3 node(s) didn't find available persistent volumes to bind."),
        "{said:?}"
    );
    small.create(volume("two", "1Gi", "local"));
    small.run_until(120_000);
    assert_eq!((phase(&small, "b"), small.node_of("web-0")), ("Bound", "node-1"));
}

#[test]
fn an_ephemeral_volume_gets_a_claim_that_belongs_to_the_pod() {
    let mut small = Small::new(Settings::default());
    let template =
        json!({"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let volumes = json!([{"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}]);
    small.create(pod("web-0", json!({"volumes": volumes})));
    small.run_until(10_000);
    assert_eq!(phase(&small, "web-0-scratch"), "Bound");
    let owner = &small.claim("web-0-scratch")["metadata"]["ownerReferences"][0];
    assert_eq!(
        (&owner["kind"], &owner["uid"]),
        (&json!("Pod"), &small.pod("web-0")["metadata"]["uid"])
    );
    assert_eq!(view::condition(small.pod("web-0"), "Ready"), Some("True"));
}

#[test]
fn the_mode_of_a_listed_class_counts() {
    let late = StorageClassSetting {
        mode: BindingMode::WaitForFirstConsumer,
        ..StorageClassSetting::new("late")
    };
    let mut small = Small::new(with_class(late));
    small.create(claim("data", Some("late")));
    small.create(claim("other", Some("unlisted")));
    small.run_until(10_000);
    assert_eq!(
        (phase(&small, "data"), phase(&small, "other")),
        ("Pending", "Bound")
    );
}
