use serde_json::{Value, json};

use super::refused;

/// Each of these is refused where nothing is stored, and stays where the same is stored.
///
/// Source: `GetValidationOptionsFromPodSpecAndMeta`.
#[test]
fn what_is_stored_already_may_stay() {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let wrong =
        json!({"matchLabels": {}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]});
    let spec = |spec: Value| json!({"spec": spec});
    for fragment in [
        json!({"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "x"}}}),
        spec(json!({"overhead": {"cpu": "1", "hugepages-2Mi": "3Mi"}})),
        spec(
            json!({"affinity": {"podAffinity": {required: [{"topologyKey": "zone", "labelSelector": wrong}]}}}),
        ),
        spec(
            json!({"affinity": {"nodeAffinity": {required: {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]}]}}}}),
        ),
        spec(json!({"topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": wrong}]})),
        spec(json!({"hostNetwork": true, "securityContext": {"sysctls": [{"name": "net.x", "value": "1"}]}})),
        spec(json!({"tolerations": [{"key": "a", "operator": "Lt", "value": "1"}]})),
        spec(json!({"hostUsers": false, "hostNetwork": true})),
        spec(
            json!({"hostUsers": false, "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}],
            "containers": [{"name": "a", "image": "a:1", "volumeDevices": [{"name": "v", "devicePath": "/v"}]}]}),
        ),
        spec(json!({"securityContext": {"seLinuxChangePolicy": "MountOption"}})),
    ] {
        let version = "1.36";
        assert_ne!(
            refused(version, &fragment, Some(&json!({}))),
            [""; 0],
            "{fragment}"
        );
        assert_eq!(
            refused(version, &fragment, Some(&fragment)),
            [""; 0],
            "{fragment}"
        );
    }
}

/// What is tolerated is the rule's breaking, not everything.
#[test]
fn a_stored_comparison_lets_others_be_checked() {
    let compared =
        |value: &str| json!({"spec": {"tolerations": [{"key": "a", "operator": "Gt", "value": value}]}});
    assert_eq!(refused("1.34", &compared("1"), Some(&compared("1"))).len(), 1);
    assert_eq!(
        refused("1.37", &compared("x"), Some(&compared("1"))),
        [
            "invalid spec.tolerations[0].value: must be a valid decimal integer in canonical form",
            "invalid spec.tolerations[0].value: strconv.ParseInt: parsing \"x\": invalid syntax",
        ]
    );
    assert_eq!(
        refused("1.37", &compared("9223372036854775808"), Some(&compared("1"))),
        [
            "invalid spec.tolerations[0].value: strconv.ParseInt: parsing \"9223372036854775808\": value out of range",
        ]
    );
}

/// A template whose keys broke the rule of 1.34 is measured by the rule before: `ValidateMatchLabelKeysInTopologySpread`.
#[test]
fn stored_keys_of_a_spread_are_measured_by_the_older_rule() {
    let constraint = |keys: Value| {
        json!({"spec": {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone",
            "whenUnsatisfiable": "DoNotSchedule", "matchLabelKeys": keys,
            "labelSelector": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}})
    };
    let at = "spec.topologySpreadConstraints[0]";
    let sentence = "exists in both matchLabelKeys and labelSelector";
    assert_eq!(
        refused("1.37", &constraint(json!(["a"])), None),
        [format!("invalid {at}[0]: {sentence}")]
    );
    assert_eq!(
        refused(
            "1.37",
            &constraint(json!(["c", "a"])),
            Some(&constraint(json!(["a"])))
        ),
        [format!("invalid {at}.matchLabelKeys[1]: {sentence}")]
    );
}

/// Source: `validateWorkloadReference`, `validateSchedulingGroup`.
#[test]
fn groups_that_a_stored_template_kept_are_checked() {
    let found = refused("1.36", &json!({"spec": {"schedulingGroup": {}}}), None);
    assert_eq!(
        found,
        ["invalid spec.schedulingGroup.podGroupName: must specify one of: `podGroupName`"]
    );
    let workload =
        json!({"spec": {"workloadRef": {"name": "A", "podGroup": "B", "podGroupReplicaKey": "C"}}});
    assert_eq!(refused("1.35", &workload, None).len(), 3);
    assert_eq!(refused("1.36", &workload, None), [""; 0]);
}
