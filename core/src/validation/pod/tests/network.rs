use serde_json::json;

use super::{SUBDOMAIN, check, check_in};

/// Source: `validateDNSPolicy`, `validatePodDNSConfig`.
#[test]
fn dns_is_checked() {
    let names: Vec<String> = (0..33).map(|at| format!("s{at}")).collect();
    let long = "a".repeat(250);
    check(&[
        (
            json!({"dnsPolicy": "Mine"}),
            &[
                r#"unknown spec.dnsPolicy: supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None""#,
            ],
        ),
        (
            json!({"dnsPolicy": "None"}),
            &["required spec.dnsConfig: must provide `dnsConfig` when `dnsPolicy` is None"],
        ),
        (
            json!({"dnsPolicy": "None", "dnsConfig": {"searches": ["A"]}}),
            &[
                "required spec.dnsConfig.nameservers: must provide at least one DNS nameserver when `dnsPolicy` is None",
            ],
        ),
        (
            json!({"dnsConfig": {"nameservers": ["1.1.1.1", "1.1.1.1", "::1", "x"]}}),
            &[
                "invalid spec.dnsConfig.nameservers: must not have more than 3 nameservers",
                "invalid spec.dnsConfig.nameservers[3]: must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            ],
        ),
        (
            json!({"dnsConfig": {"searches": names}}),
            &["invalid spec.dnsConfig.searches: must not have more than 32 search paths"],
        ),
        (
            json!({"dnsConfig": {"searches": [long, long, long, long, long, long, long, long, "a".repeat(41)]}}),
            &[
                "invalid spec.dnsConfig.searches: must not have more than 2048 characters (including spaces) in the search list",
            ],
        ),
        (
            json!({"dnsConfig": {"searches": ["_a._b.c.", "."], "options": [{"name": "x"}, {"value": "y"}]}}),
            &["required spec.dnsConfig.options[1]: must not be empty"],
        ),
        (
            json!({"dnsConfig": {"searches": ["-"]}}),
            &[
                r"invalid spec.dnsConfig.searches[0]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
            ],
        ),
    ]);
}

/// Source: `IsValidIPForLegacyField`; the gate StrictIPCIDRValidation is on from 1.36.
#[test]
fn addresses_are_strict_from_1_36() {
    let fragment = json!({"hostAliases": [{"ip": "010.0.0.1"}, {"ip": "::ffff:1.2.3.4"}]});
    check_in("1.35", &fragment, &[]);
    check_in(
        "1.36",
        &fragment,
        &[
            "invalid spec.hostAliases[0].ip: must not have leading 0s",
            "invalid spec.hostAliases[1].ip: must not be an IPv4-mapped IPv6 address",
        ],
    );
}

/// Source: `ValidateHostAliases`, `validatePodHostName`, `validatePodHostNetworkDeps`.
#[test]
fn names_and_ports_of_the_host_are_checked() {
    check(&[
        (
            json!({"hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a", "A"]}]}),
            &[&format!("invalid spec.hostAliases[0].hostnames[1]: {SUBDOMAIN}")],
        ),
        // Upstream empties both before it looks.
        (json!({"hostname": "A B", "subdomain": "C D"}), &[]),
        (
            json!({"hostnameOverride": "", "setHostnameAsFQDN": true, "hostNetwork": true}),
            &[
                "forbidden spec.hostnameOverride: may not be specified when setHostnameAsFQDN is true",
                "forbidden spec.hostnameOverride: may not be specified when hostNetwork is true",
                &format!("invalid spec.hostnameOverride: {SUBDOMAIN}"),
            ],
        ),
        (
            json!({"hostnameOverride": "a".repeat(65)}),
            &["long spec.hostnameOverride: may not be more than 64 bytes"],
        ),
        (
            json!({"hostNetwork": true, "containers": [{"name": "a", "image": "a:1", "ports": [
                {"containerPort": 80}, {"containerPort": 80, "hostPort": 81}]}]}),
            &[
                "invalid spec.containers[0].ports[1].hostPort: must match `containerPort` when `hostNetwork` is true",
            ],
        ),
    ]);
}
