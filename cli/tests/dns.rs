//! `dns`: names, lookups, exit codes, bad input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod binary;

use binary::{Scratch, steadfast, steadfast_with, text_of};

const DUMP: &str = "docs/samples/dns.yaml";

#[test]
fn each_ordinal_says_whether_its_name_resolves_and_why_not() {
    let run = steadfast(&["dns", DUMP, "-o", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let answer = run.json();
    let found: Vec<(bool, &str)> = answer["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| {
            (
                name["resolves"] == true,
                name["why"]["code"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(found, [(true, ""), (false, "notReady"), (false, "podMissing")]);
    assert_eq!(answer["isPlanned"], false);
    let yaml = steadfast(&["dns", DUMP, "-o", "yaml"]).out;
    assert!(yaml.contains("isPlanned: false\n"), "{yaml}");
}

#[test]
fn a_lookup_ends_with_0_where_the_name_resolves_and_with_1_where_it_does_not() {
    for (name, code) in [
        ("web-0.web", 0),
        ("web-1.web", 1),
        ("web.shop.svc.cluster.local.", 0),
        ("front", 0),
        ("_http._tcp.front/SRV", 0),
        // CoreDNS has addresses for these names, too.
        ("_http._tcp.front", 0),
        ("_https._tcp.front", 1),
        ("web/AAAA", 1),
        ("7.1.244.10.in-addr.arpa/PTR", 0),
        ("9.2.244.10.in-addr.arpa/ptr", 1),
        ("example.com", 1),
        ("db", 1),
        ("web.other.svc.cluster.local", 1),
    ] {
        let run = steadfast(&["dns", DUMP, "--lookup", name]);
        assert_eq!(run.code, code, "{name}: {run:?}");
        let json = steadfast(&["dns", DUMP, "--lookup", name, "-o", "json"]);
        assert_eq!(json.json()["resolves"], code == 0, "{name}");
    }
}

#[test]
fn a_lookup_says_why_where_something_is_known_of_the_name() {
    for (name, why) in [
        (
            "web-1.web",
            Some("Pod web-1 is not Ready, and Service web publishes only Pods that are"),
        ),
        ("web-2.web.shop.svc", Some("Pod web-2 does not exist")),
        (
            "web-9.web",
            Some("no endpoint of Service web that is ready is called web-9"),
        ),
        ("db", Some("Service db does not exist in namespace shop")),
        (
            "_https._tcp.web/SRV",
            Some("Service web has no port https over tcp"),
        ),
        (
            "web.other.svc.cluster.local",
            Some("the input holds nothing of namespace other"),
        ),
        ("example.com", None),
        ("web-0.web", None),
    ] {
        let answer = steadfast(&["dns", DUMP, "--lookup", name, "-o", "json"]).json();
        assert_eq!(answer["why"].as_str(), why, "{name}: {answer}");
    }
}

#[test]
fn the_one_who_asks_decides_what_a_short_name_means() {
    let looked_up = |more: &[&str]| steadfast(&[&["dns", DUMP, "--lookup", "web"], more].concat());
    assert_eq!(looked_up(&["--from", "web-0"]).code, 0);
    let stranger = looked_up(&["--from", "other/web-0"]);
    assert_eq!(stranger.code, 2, "{stranger:?}");
    assert!(
        stranger.err.contains("no Pod `other/web-0` was observed"),
        "{stranger:?}"
    );
    let on_host = text_of(DUMP).replace(
        "      nodeName: node-1\n",
        "      nodeName: node-1\n      hostNetwork: true\n",
    );
    let run = steadfast_with(
        &["dns", "-", "--lookup", "web", "--from", "web-0"],
        on_host.as_bytes(),
    );
    assert_eq!(run.code, 1);
    assert!(run.out.contains("dnsPolicy"), "{run:?}");
}

#[test]
fn another_domain_and_another_ttl_are_taken() {
    let answer = steadfast(&[
        "dns",
        DUMP,
        "--cluster-domain",
        "k8s.example.com.",
        "--ttl",
        "5",
        "-o",
        "json",
    ])
    .json();
    assert_eq!(answer["names"][0]["name"], "web-0.web.shop.svc.k8s.example.com");
    assert_eq!(answer["records"][0]["ttl"], 5);
}

#[test]
fn a_manifest_says_what_there_will_be() {
    let run = steadfast(&["dns", "examples/web.yaml"]);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("once the rollout is stable"), "{run:?}");
    assert!(run.out.contains("web-2.web.default.svc.cluster.local"), "{run:?}");
    let run = steadfast(&["dns", "examples/web.yaml", "--lookup", "web-2.web"]);
    assert!(
        run.code == 0 && run.out.contains("once the rollout is stable"),
        "{run:?}"
    );
    let run = steadfast(&["dns", "tests/recorded/web/stable.yaml", "-o", "json"]);
    assert_eq!(run.json()["isPlanned"], false, "{run:?}");
}

#[test]
fn bad_input_is_a_sentence_and_2() {
    for (arguments, sentence) in [
        (&["--lookup", "web..shop"][..], "`web..shop` is no DNS name"),
        (&["--lookup", "web/TXT"], "`TXT` is no record type"),
        (&["--lookup", "/A"], "`` is no DNS name"),
        (&["--cluster-domain", "a..b"], "`a..b` is no domain"),
        (&["--ttl", "4000"], "4000"),
        (&["--from", "web-0"], "--lookup"),
        (&["--set", "nobody"], "no StatefulSet `nobody`"),
    ] {
        let run = steadfast(&[&["dns", DUMP][..], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.err.contains(sentence), "{arguments:?}: {run:?}");
    }
    let wrong = Scratch::new("dns.yaml", text_of(DUMP).replace("replicas: 3", "replicas: many"));
    let run = steadfast(&["dns", wrong.path()]);
    assert_eq!(run.code, 2);
    assert!(run.complaint(&wrong).contains("spec.replicas"), "{run:?}");
    let wrong = Scratch::new("dns.yaml", text_of(DUMP).replace("port: 8080", "port: eighty"));
    let run = steadfast(&["dns", wrong.path()]);
    assert!(
        run.code == 2
            && run
                .complaint(&wrong)
                .contains("Service `front`: spec.ports[0].port"),
        "{run:?}"
    );
}

#[test]
fn many_ordinals_are_counted_and_what_a_datagram_holds_is_said() {
    let many = text_of("examples/web.yaml").replace("replicas: 3", "replicas: 300");
    let run = steadfast_with(&["dns", "-"], many.as_bytes());
    assert!(run.out.contains("297 more ordinals that resolve"), "{run:?}");
    assert!(run.out.contains("a datagram of 512 bytes holds 29"), "{run:?}");
    assert!(run.out.lines().count() < 30, "{run:?}");
    let wide = steadfast_with(&["dns", "-", "-o", "wide"], many.as_bytes());
    assert!(wide.out.lines().count() > 300);
}
