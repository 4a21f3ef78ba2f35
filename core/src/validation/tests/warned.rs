use serde_json::{Value, json};

use super::{NEWEST, created, updated};

const POD: &str = "spec.template.spec";

#[track_caller]
fn warned(version: &str, path: &str, value: Value, expected: &[&str]) {
    let verdict = created(version, &[(path, value)]);
    assert_eq!(verdict.errors, vec![], "{path}");
    assert_eq!(verdict.warnings, expected, "{version} {path}");
}

/// Source: `WarningsOnCreate`, `WarningsOnUpdate`.
#[test]
fn sets_are_warned_of_history_and_fractions() {
    let history = "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is \
                   recommended";
    warned(NEWEST, "spec.revisionHistoryLimit", json!(-1), &[history]);
    let storage = [(
        "spec.volumeClaimTemplates.0.spec.resources.requests.storage",
        json!("1500m"),
    )];
    let sentence = "fractional byte value \"1500m\" is invalid, must be an integer";
    let on_create = format!("spec.volumeClaimTemplates[0].resources.requests[storage]: {sentence}");
    assert_eq!(created(NEWEST, &storage).warnings, [on_create]);
    // Upstream's paths differ.
    let on_update = format!("spec.volumeClaimTemplates[0].Spec.resources.requests[storage]: {sentence}");
    assert_eq!(updated(NEWEST, &storage, &storage).warnings, [on_update]);
}

#[test]
fn a_template_is_warned_of_only_where_the_spec_changes() {
    let bad = [("spec.template.spec.terminationGracePeriodSeconds", json!(-1))];
    let scaled = [bad[0].clone(), ("spec.replicas", json!(5))];
    let labelled = [bad[0].clone(), ("metadata.labels", json!({"a": "b"}))];
    let sentence = "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be \
                    treated as 1";
    assert_eq!(updated(NEWEST, &bad, &scaled).warnings, [sentence]);
    assert_eq!(updated(NEWEST, &bad, &labelled).warnings, Vec::<String>::new());
}

/// Until 1.33 a source without paths has those of the one before, and an empty list of them is none.
///
/// Source: `warningsForOverlappingVirtualPaths`.
#[test]
fn a_projected_source_without_paths_repeats_the_one_before_until_1_33() {
    let path = "spec.template.spec.volumes";
    let volume = |second: Value| {
        json!([{"name": "v", "projected": {"sources": [
            {"secret": {"name": "s", "items": [{"key": "a", "path": "p"}]}}, {"configMap": second}]}}])
    };
    let sentence =
        "volume \"v\" (Projected): overlapping paths: \"p\" (Secret \"s\") with \"p\" (Secret \"s\")";
    warned("1.33", path, volume(json!({"name": "c"})), &[sentence]);
    warned("1.33", path, volume(json!({"name": "c", "items": []})), &[]);
    warned(NEWEST, path, volume(json!({"name": "c"})), &[]);
}

#[test]
fn what_is_refused_is_not_warned_of() {
    let verdict = created(
        NEWEST,
        &[
            ("spec.revisionHistoryLimit", json!(-1)),
            ("spec.replicas", json!(-1)),
        ],
    );
    assert_eq!(verdict.warnings, Vec::<String>::new());
}

/// Source: `pkg/api/pod/warnings.go`.
#[test]
fn templates_are_warned_of_in_upstreams_words() {
    let at = |rest: &str| format!("{POD}.{rest}");
    let cases = [
        (
            "nodeSelector",
            json!({"node-role.kubernetes.io/master": ""}),
            vec![at("nodeSelector[node-role.kubernetes.io/master]: use \"node-role.kubernetes.io/control-plane\" instead")],
        ),
        (
            "topologySpreadConstraints",
            json!([{"maxSkew": 1, "topologyKey": "beta.kubernetes.io/os", "whenUnsatisfiable": "DoNotSchedule"}]),
            vec![
                at("topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/os is deprecated since v1.14; use \
                    \"kubernetes.io/os\" instead"),
                at("topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod"),
            ],
        ),
        (
            "affinity",
            json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": "zone"}}]}}),
            vec![at("affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.\
                     labelSelector: a null labelSelector results in matching no pod")],
        ),
        (
            "imagePullSecrets",
            json!([{"name": "a"}, {"name": "a"}]),
            vec![at("imagePullSecrets[1].name: duplicate name \"a\"")],
        ),
        (
            "hostAliases",
            json!([{"ip": "1.2.3.4", "hostnames": ["a"]}, {"ip": "1.2.3.4", "hostnames": ["b"]}]),
            vec![at("hostAliases[1].ip: duplicate ip \"1.2.3.4\"")],
        ),
        (
            "dnsConfig",
            json!({"nameservers": ["FE80::0abc"]}),
            vec![at("dnsConfig.nameservers[0]: IPv6 address \"FE80::0abc\" should be in RFC 5952 canonical format \
                     (\"fe80::abc\")")],
        ),
        (
            "volumes",
            json!([{"name": "v", "configMap": {"name": "c", "items": [{"key": "a", "path": "p"}, {"key": "b", "path":
                "p/q"}]}}]),
            vec!["volume \"v\" (ConfigMap \"c\"): overlapping paths: \"p/q\" with \"p\"".to_owned()],
        ),
        (
            "volumes",
            json!([{"name": "v", "projected": {"sources": [
                {"secret": {"name": "s", "items": [{"key": "a", "path": "p"}]}},
                {"serviceAccountToken": {"path": "p"}}]}}]),
            vec!["volume \"v\" (Projected): overlapping paths: \"p\" (ServiceAccountToken) with \"p\" (Secret \"s\")"
                .to_owned()],
        ),
        (
            "volumes",
            json!([{"name": "v", "gitRepo": {"repository": "r"}}]),
            vec![at("volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+")],
        ),
        (
            "containers",
            json!([{"name": "c", "image": "i", "env": [
                {"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}, {"name": "A", "value": "3"}]}]),
            vec![at("containers[0].env[2]: hides previous definition of \"A\", which may be dropped when using apply")],
        ),
        (
            "containers",
            json!([{"name": "c", "image": "i", "resources": {"limits": {"memory": "1500m"}, "requests": {"memory": "1"}}}]),
            vec![at("containers[0].resources.limits[memory]: fractional byte value \"1500m\" is invalid, must be an \
                     integer")],
        ),
        (
            "containers",
            json!([
                {"name": "c", "image": "i", "ports": [{"containerPort": 80, "hostIP": "1.2.3.4", "name": "a"}]},
                {"name": "d", "image": "i", "ports": [{"containerPort": 80, "hostPort": 80}]}]),
            vec![
                at("containers[0].ports[0]: hostIP set without hostPort: {Name:a HostPort:0 ContainerPort:80 Protocol:TCP \
                    HostIP:1.2.3.4}"),
                at("containers[1].ports[0]: overlapping port definition with spec.template.spec.containers[0].ports[0]"),
            ],
        ),
    ];
    for (field, value, expected) in cases {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        warned(NEWEST, &at(field), value, &expected);
    }
}

#[test]
fn standard_forms_of_addresses_became_a_rule_in_1_36() {
    let servers = || json!({"nameservers": ["010.0.0.1"]});
    let path = "spec.template.spec.dnsConfig";
    let sentence = "spec.template.spec.dnsConfig.nameservers[0]: non-standard IP address \"010.0.0.1\" will be considered \
                    invalid in a future Kubernetes release: use \"10.0.0.1\"";
    warned("1.35", path, servers(), &[sentence]);
}

#[test]
fn an_app_armor_annotation_may_repeat_what_the_pod_says() {
    let found = |version: &str, annotation: &str| {
        let key = "container.apparmor.security.beta.kubernetes.io/nginx";
        let changes = [
            ("spec.template.metadata.annotations", json!({key: annotation})),
            (
                "spec.template.spec.securityContext",
                json!({"appArmorProfile": {"type": "RuntimeDefault"}}),
            ),
        ];
        created(version, &changes).warnings.len()
    };
    assert_eq!(found("1.33", "unconfined"), 0);
    assert_eq!(found(NEWEST, "runtime/default"), 0);
}
