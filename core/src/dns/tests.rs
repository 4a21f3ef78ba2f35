//! What the comparison with CoreDNS (`cargo xtask dns`) does not show: reasons, plans, search domains, bad input.

use serde_json::{Value, json};

use super::*;

fn service(spec: Value) -> Value {
    json!({"metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
}

fn headless() -> Value {
    service(
        json!({"clusterIP": "None", "selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "web"}]}),
    )
}

fn set(spec: Value) -> Value {
    let mut set = json!({"metadata": {"name": "web", "namespace": "shop"}, "spec": {
        "replicas": 2, "serviceName": "web", "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "c", "ports": [{"name": "web", "containerPort": 8080}]}]}}}});
    for (key, value) in spec.as_object().unwrap() {
        set["spec"][key] = value.clone();
    }
    set
}

fn pod(ordinal: usize) -> Value {
    let name = format!("web-{ordinal}");
    json!({"metadata": {"name": name, "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"hostname": name, "subdomain": "web", "nodeName": "n", "containers": [
            {"name": "c", "ports": [{"name": "web", "containerPort": 8080}]}]},
        "status": {"phase": "Running", "podIPs": [{"ip": format!("10.1.0.{ordinal}")}],
            "conditions": [{"type": "Ready", "status": "True"}]}})
}

fn zone_of(observation: Value) -> Zone {
    zone(&Observation::of_value(observation).unwrap(), &Settings::default()).unwrap()
}

/// The zone with one Pod, one Service and a set, each changed at a JSON pointer.
fn changed(kind: &str, pointer: &str, value: Value) -> Zone {
    let mut world = json!({"statefulSet": set(json!({"replicas": 1})), "pods": [pod(0)], "services": [headless()], "nodes": [{"metadata": {"name": "n"}}]});
    let root = match kind {
        "pod" => "/pods/0",
        "service" => "/services/0",
        _ => "/statefulSet",
    };
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = world.pointer_mut(&format!("{root}{parent}")).unwrap();
    match parent {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        other => other[key] = value,
    }
    zone_of(world)
}

#[test]
fn each_reason_is_named_where_it_is_the_first_in_the_way() {
    let cases = [
        ("set", "/spec/serviceName", json!(""), "noServiceName"),
        ("set", "/spec/serviceName", json!("other"), "serviceMissing"),
        ("set", "/spec/ordinals", json!({"start": 5}), "podMissing"),
        ("service", "/spec/type", json!("ExternalName"), "externalName"),
        ("service", "/spec/selector", Value::Null, "noSelector"),
        (
            "service",
            "/spec/selector",
            json!({"app": "web", "tier": "db"}),
            "selectorMismatch",
        ),
        (
            "service",
            "/spec/ipFamilies",
            json!(["IPv6"]),
            "noAddressOfFamily",
        ),
        (
            "pod",
            "/metadata/labels",
            json!({"app": "other"}),
            "selectorMismatch",
        ),
        ("pod", "/metadata/namespace", json!("other"), "podMissing"),
        (
            "pod",
            "/metadata/deletionTimestamp",
            json!("2026-11-21T00:00:00Z"),
            "terminating",
        ),
        ("pod", "/spec/subdomain", json!("old"), "otherSubdomain"),
        ("pod", "/spec/hostname", json!("me"), "otherHostname"),
        ("pod", "/spec/nodeName", json!("gone"), "nodeMissing"),
        ("pod", "/status/phase", json!("Failed"), "finished"),
        ("pod", "/status/podIPs", json!([]), "noAddress"),
        (
            "pod",
            "/status/conditions/0",
            json!({"type": "Ready", "status": "False"}),
            "notReady",
        ),
    ];
    for (kind, pointer, value, code) in cases {
        let zone = changed(kind, pointer, value.clone());
        let found = names(&zone);
        let state = found.iter().find(|state| state.is_wanted).unwrap();
        let why = serde_json::to_value(state.why.as_ref()).unwrap();
        assert_eq!(why["code"], code, "{kind} {pointer} {value}: {state:?}");
        assert!(!state.resolves && state.message.is_some(), "{state:?}");
    }
}

#[test]
fn the_last_entry_that_a_selector_asks_for_and_the_pod_lacks_is_said() {
    let zone = changed("service", "/spec/selector", json!({"app": "web", "tier": "db"}));
    assert_eq!(
        names(&zone)[0].message.as_deref(),
        Some("Service web selects tier=db, and Pod web-0 has not this label")
    );
}

#[test]
fn what_is_not_ready_resolves_where_the_service_publishes_it() {
    for (pointer, value) in [
        (
            "/status/conditions/0",
            json!({"type": "Ready", "status": "False"}),
        ),
        ("/metadata/deletionTimestamp", json!("2026-11-21T00:00:00Z")),
    ] {
        let zone = changed("pod", pointer, value.clone());
        assert!(!names(&zone)[0].resolves, "{pointer}");
        let mut world =
            json!({"statefulSet": set(json!({"replicas": 1})), "pods": [pod(0)], "services": [headless()]});
        world["services"][0]["spec"]["publishNotReadyAddresses"] = json!(true);
        match pointer {
            "/metadata/deletionTimestamp" => world["pods"][0]["metadata"]["deletionTimestamp"] = value,
            _ => world["pods"][0]["status"]["conditions"][0] = value,
        }
        let state = &names(&zone_of(world))[0];
        assert_eq!(state.addresses, ["10.1.0.0"], "{pointer}");
    }
}

#[test]
fn a_service_that_is_not_headless_is_no_reason_but_a_caveat() {
    let zone = changed("service", "/spec/clusterIP", json!("10.0.0.1"));
    let state = &names(&zone)[0];
    assert_eq!(state.addresses, ["10.1.0.0"]);
    assert_eq!(
        state.caveat,
        Some(Caveat::NotHeadless {
            service: "web".to_owned()
        })
    );
    let own = lookup(&zone, "web.shop.svc.cluster.local", Kind::A);
    assert_eq!(own.records[0].data, "10.0.0.1");
}

#[test]
fn a_manifest_alone_says_what_there_will_be() {
    let zone = zone_of(json!({"statefulSet": set(json!({})), "services": [headless()]}));
    assert!(zone.is_planned);
    let states = names(&zone);
    assert!(
        states
            .iter()
            .all(|state| state.resolves && state.addresses.is_empty()),
        "{states:?}"
    );
    let ports = lookup(&zone, "_http._tcp.web.shop.svc.cluster.local", Kind::Srv);
    let data: Vec<&str> = ports.records.iter().map(|record| record.data.as_str()).collect();
    assert_eq!(
        data,
        [
            "0 50 8080 web-0.web.shop.svc.cluster.local",
            "0 50 8080 web-1.web.shop.svc.cluster.local"
        ]
    );
    let own = lookup(&zone, "web.shop.svc.cluster.local", Kind::A);
    let pods: Vec<_> = own
        .records
        .iter()
        .map(|record| (record.data.as_str(), record.pod.as_deref()))
        .collect();
    assert_eq!(pods, [("", Some("web-0")), ("", Some("web-1"))]);
    let unseen = zone_of(json!({"statefulSet": set(json!({}))}));
    assert!(matches!(names(&unseen)[0].why, Some(Why::ServiceUnseen { .. })));
}

#[test]
fn slices_that_were_observed_count_more_than_pods() {
    let slices = json!([{"metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}], "endpoints": []}]);
    let zone = zone_of(
        json!({"statefulSet": set(json!({"replicas": 1})), "pods": [pod(0)],
        "services": [headless()], "endpointSlices": slices}),
    );
    assert!(matches!(names(&zone)[0].why, Some(Why::NotInSlices { .. })));
}

#[test]
fn pods_that_should_go_still_have_their_names() {
    let zone = zone_of(
        json!({"statefulSet": set(json!({"replicas": 1})), "pods": [pod(0), pod(1)], "services": [headless()]}),
    );
    let states: Vec<(u64, bool, bool)> = names(&zone)
        .iter()
        .map(|state| (state.ordinal, state.is_wanted, state.resolves))
        .collect();
    assert_eq!(states, [(0, true, true), (1, false, true)]);
}

#[test]
fn a_short_name_is_tried_with_the_search_domains_first_and_a_long_one_last() {
    let zone = zone_of(json!({"statefulSet": set(json!({})), "pods": [pod(0)], "services": [headless()]}));
    let resolver = Resolver::of_namespace("shop", &zone.settings);
    let kinds = [Kind::A, Kind::Aaaa];
    let asked = |name: &str| {
        let resolution = resolver.resolve(&zone, name, &kinds);
        let names: Vec<String> = resolution
            .asked
            .iter()
            .step_by(2)
            .map(|answer| answer.name.clone())
            .collect();
        (names, resolution.resolves)
    };
    assert_eq!(
        asked("web-0.web"),
        (vec!["web-0.web.shop.svc.cluster.local".to_owned()], true)
    );
    let (names, resolves) = asked("web-0.web.shop.svc");
    assert!(resolves);
    assert_eq!(names.last().unwrap(), "web-0.web.shop.svc.cluster.local");
    assert_eq!(names.len(), 3, "{names:?}");
    let (names, resolves) = asked("web-0.web.shop.svc.cluster.local");
    assert_eq!(
        (names.len(), resolves),
        (1, true),
        "five dots are enough: {names:?}"
    );
    let elsewhere = Resolver::of_namespace("other", &zone.settings).resolve(&zone, "web-0.web", &kinds);
    assert!(!elsewhere.resolves);
}

#[test]
fn a_pod_on_the_hosts_network_does_not_ask_the_cluster() {
    let settings = Settings::default();
    let resolver = |spec: Value| {
        let pod = json!({"metadata": {"name": "p", "namespace": "shop"}, "spec": spec});
        Resolver::of_pod(&pod, &settings).unwrap()
    };
    assert!(resolver(json!({})).asks_cluster);
    assert!(!resolver(json!({"hostNetwork": true})).asks_cluster);
    assert!(resolver(json!({"hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet"})).asks_cluster);
    assert!(!resolver(json!({"dnsPolicy": "Default"})).asks_cluster);
    let own = resolver(
        json!({"dnsConfig": {"searches": ["example.com"], "options": [{"name": "ndots", "value": "2"}]}}),
    );
    assert_eq!((own.searches.len(), own.dots), (4, 2));
}

#[test]
fn wrong_types_are_named_with_their_fields() {
    let observation = json!({"statefulSet": {"spec": {"replicas": "two"}}});
    let fields = |observation: Value, settings: &Settings| {
        let error = zone(&Observation::of_value(observation).unwrap(), settings).unwrap_err();
        error
            .causes
            .into_iter()
            .map(|cause| cause.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fields(observation, &Settings::default()),
        ["statefulSet.spec.replicas"]
    );
    let observation = json!({"services": [{"spec": {"ports": [{"port": "x"}]}}]});
    assert_eq!(
        fields(observation, &Settings::default()),
        ["services[0].spec.ports[0].port"]
    );
    let settings = Settings {
        cluster_domain: "cluster.local.".to_owned(),
        ttl: 4000,
        ..Settings::default()
    };
    assert_eq!(fields(json!({}), &settings), ["clusterDomain", "ttl"]);
}

#[test]
fn every_record_that_is_listed_is_what_its_name_answers() {
    let mut external = service(json!({"type": "ExternalName", "externalName": "db.example.com"}));
    external["metadata"]["name"] = json!("db");
    let mut own = service(json!({"clusterIP": "10.0.0.1", "ports": [{"name": "http", "port": 80}]}));
    own["metadata"]["name"] = json!("front");
    let zone = zone_of(
        json!({"statefulSet": set(json!({})), "pods": [pod(0), pod(1)], "services": [headless(), external, own]}),
    );
    assert_eq!(zone.records.len(), 12, "{:#?}", zone.records);
    for record in &zone.records {
        let answer = lookup(&zone, &record.name, record.kind);
        assert!(answer.records.contains(record), "{record:?}: {answer:?}");
    }
}

#[test]
fn a_text_that_is_no_name_does_not_exist() {
    let zone = zone_of(json!({"services": [headless()]}));
    let long = "x".repeat(64);
    for name in ["", "web..shop", "a b", &long] {
        assert_eq!(lookup(&zone, name, Kind::A).outcome, Outcome::NxDomain, "{name}");
    }
}
